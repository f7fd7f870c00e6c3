"""What the two programme files made, by code: the ids that invented people, plan and visits point at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from advice.database import db
from advice.demo.contents import Lists
from advice.demo.plan import Opened
from advice.models.catalogue import OUTCOME_FLAGS, Activity, Body, HelpForm, Outcome, Topic, TopicGroup, VisitKind
from advice.models.hours import Opening
from advice.models.places import Place, Service
from advice.models.programmes import Organisation, by_slug
from advice.models.roster import Competence, NeedCompetence, StaffingNeed
from advice.rules.openings import STANDING

Ids = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class World:
    """One demo programme: its ids by code, and what can be tapped there. Holds no rows, so it outlives a commit."""

    programme: int
    slug: str
    first_day: date
    places: Ids
    """By slug."""
    services: Mapping[int, str]
    """Id to code."""
    organisations: Ids
    competences: Ids
    topics: Ids
    help_forms: Ids
    outcomes: Ids
    kinds: Ids
    bodies: Ids
    activities: Ids
    lists: Lists


def world_of(slug: str) -> World:
    """The programme of this slug. LookupError if there is none."""
    programme = by_slug(slug)
    if programme is None:
        raise LookupError(f"no programme {slug}")
    key = programme.id
    topics, activities = _ids(Topic, key), _ids(Activity, key)
    help_forms, bodies = _ids(HelpForm, key), _ids(Body, key)
    return World(
        programme=key,
        slug=slug,
        first_day=programme.valid_from,
        places={row.slug: row.id for row in _rows(Place, key)},
        services={row.id: row.code for row in _rows(Service, key)},
        organisations=_ids(Organisation, key),
        competences=_ids(Competence, key),
        topics=topics,
        help_forms=help_forms,
        outcomes=_ids(Outcome, key),
        kinds=_ids(VisitKind, key),
        bodies=bodies,
        activities=activities,
        lists=Lists(
            topics=_groups(key),
            help_forms=frozenset(help_forms),
            bodies=frozenset(bodies),
            activities=tuple(activities),
            languages=frozenset(programme.visit_languages),
            flags={row.code: _flags(row) for row in _rows(Outcome, key)},
        ),
    )


def openings(world: World, first: date, last: date) -> list[Opened]:
    """The openings that stand from first to last, both inclusive, with what is needed at each."""
    found = select(Opening).where(
        Opening.programme_id == world.programme, Opening.day.between(first, last), Opening.status.in_(STANDING)
    )
    slugs = {place: slug for slug, place in world.places.items()}
    needs = {(need.place_id, need.service_id, need.weekday): need for need in _rows(StaffingNeed, world.programme)}
    wanted = _wanted(world)
    made: list[Opened] = []
    for row in db.session.scalars(found.order_by(Opening.day, Opening.starts, Opening.place_id)):
        need = needs.get((row.place_id, row.service_id, row.day.weekday()))
        made.append(
            Opened(
                site=(world.slug, slugs[row.place_id]),
                programme=world.programme,
                place=row.place_id,
                service=row.service_id,
                day=row.day,
                starts=row.starts,
                ends=row.ends,
                least=need.least if need else 1,
                wanted=wanted.get(need.id, frozenset()) if need else frozenset(),
            )
        )
    return made


def _wanted(world: World) -> dict[int, frozenset[str]]:
    """The codes of the competences that each need wants, by the need's id."""
    codes = {competence: code for code, competence in world.competences.items()}
    found: dict[int, frozenset[str]] = {}
    for row in _rows(NeedCompetence, world.programme):
        found[row.need_id] = found.get(row.need_id, frozenset()) | {codes[row.competence_id]}
    return found


def _groups(programme: int) -> dict[str, str]:
    """The code of each topic's group."""
    groups = {row.id: row.code for row in _rows(TopicGroup, programme)}
    return {row.code: groups[row.group_id] for row in _rows(Topic, programme)}


def _flags(outcome: Outcome) -> frozenset[str]:
    return frozenset(flag for flag in OUTCOME_FLAGS if getattr(outcome, flag))


def _ids(model: Any, programme: int) -> Ids:
    """The ids of a list by code."""
    return {row.code: row.id for row in _rows(model, programme)}


def _rows(model: Any, programme: int) -> list[Any]:
    """All rows of a kind, in the order they were made, so that a seed always draws the same."""
    keys = model.__table__.primary_key.columns
    return list(db.session.scalars(select(model).filter_by(programme_id=programme).order_by(*keys)))
