"""What residents ask: programmes with their places, when they are open, and what one can get there.

Reads stored openings only. Each function is one query, whatever the number of places, people or days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.sql import ColumnElement

from advice.database import db
from advice.models.catalogue import TopicGroup
from advice.models.hours import Opening, WeeklyHours
from advice.models.places import Place, PlaceArea, ResidentialArea, Service
from advice.models.programmes import Organisation, Programme, valid_on
from advice.models.roster import Competence, MembershipCompetence, Shift
from advice.rules import openings as rule
from advice.rules.danish import sort_key
from advice.rules.openings import STANDING, Status


@dataclass(slots=True)
class Houses:
    """A programme with the places that have not ended, in its own order, and the areas each serves."""

    programme: Programme
    places: list[Place] = field(default_factory=list)
    areas: dict[int, list[str]] = field(default_factory=dict)
    """Names of residential areas by place id, in Danish order."""


@dataclass(slots=True)
class Offer:
    """A service as residents meet it at one place: who is responsible, and the usual hours now and ahead."""

    service: Service
    organisation: str
    hours: list[WeeklyHours] = field(default_factory=list)


def not_ended(model: Any, today: date) -> ColumnElement[bool]:
    """SQL condition: the row is in force today or will be."""
    return or_(model.valid_to.is_(None), model.valid_to >= today)


def houses(today: date, slug: str | None = None) -> list[Houses]:
    """The programme with the slug, ended or not, or all that have not ended; in Danish order of names."""
    wanted = Programme.slug == slug if slug is not None else not_ended(Programme, today)
    found = (
        select(Programme, Place, ResidentialArea.name)
        .outerjoin(Place, (Place.programme_id == Programme.id) & not_ended(Place, today))
        .outerjoin(PlaceArea, PlaceArea.place_id == Place.id)
        .outerjoin(ResidentialArea, (ResidentialArea.id == PlaceArea.area_id) & valid_on(ResidentialArea, today))
        .where(wanted)
    )
    grouped: dict[int, Houses] = {}
    for programme, place, area in db.session.execute(found):
        one = grouped.setdefault(programme.id, Houses(programme))
        if place is not None and place.id not in one.areas:
            one.places.append(place)
            one.areas[place.id] = []
        if area is not None:
            one.areas[place.id].append(area)
    for one in grouped.values():
        one.places.sort(key=lambda place: (place.position, sort_key(place.name), place.id))
        one.areas = {place_id: sorted(names, key=sort_key) for place_id, names in one.areas.items()}
    return sorted(grouped.values(), key=lambda one: (sort_key(one.programme.name), one.programme.id))


def openings_of(programme_ids: Sequence[int], first: date, last: date) -> list[rule.Opening]:
    """The openings from first to last (inclusive), closed ones too, and each place's first open day after them.

    So a place that is closed for longer than the page looks ahead still says when it opens.
    """
    later = (
        select(Opening.place_id, func.min(Opening.day).label("day"))
        .where(Opening.programme_id.in_(programme_ids), Opening.day > last, Opening.status.in_(STANDING))
        .group_by(Opening.place_id)
        .subquery()
    )
    found = (
        select(
            Opening.place_id, Opening.service_id, Opening.day, Opening.starts, Opening.ends, Opening.status,
            Opening.reason,
        )
        .outerjoin(later, later.c.place_id == Opening.place_id)
        .where(Opening.programme_id.in_(programme_ids), Opening.status != Status.CANCELLED)
        .where(or_(Opening.day.between(first, last), Opening.day == later.c.day))
        .order_by(Opening.day, Opening.starts, Opening.place_id, Opening.service_id, Opening.id)
    )  # fmt: skip
    return [
        rule.Opening(place, service, day, starts, ends, Status(status), reason)
        for place, service, day, starts, ends, status, reason in db.session.execute(found)
    ]


def offers(programme_id: int, place_id: int, today: date) -> list[Offer]:
    """Every service of the programme that has not ended, with its hours at the place now and ahead."""
    here = (WeeklyHours.service_id == Service.id) & (WeeklyHours.place_id == place_id)
    found = (
        select(Service, Organisation.name, WeeklyHours)
        .join(Organisation, Organisation.id == Service.organisation_id)
        .outerjoin(WeeklyHours, here & not_ended(WeeklyHours, today))
        .where(Service.programme_id == programme_id, not_ended(Service, today))
        .order_by(Service.position, Service.id, WeeklyHours.weekday, WeeklyHours.valid_from, WeeklyHours.starts)
    )
    grouped: dict[int, Offer] = {}
    for service, organisation, weekly in db.session.execute(found):
        offer = grouped.setdefault(service.id, Offer(service, organisation))
        if weekly is not None:
            offer.hours.append(weekly)
    return list(grouped.values())


def topic_groups(programme_id: int, today: date) -> list[TopicGroup]:
    """What one can get help with, in the programme's order."""
    found = select(TopicGroup).where(TopicGroup.programme_id == programme_id, valid_on(TopicGroup, today))
    return list(db.session.scalars(found.order_by(TopicGroup.position, TopicGroup.id)))


def languages_on_duty(opening: rule.Opening) -> list[str]:
    """Codes of the languages that those on duty in an opening speak, in alphabetical order; never who speaks which."""
    found = (
        select(Competence.language)
        .join(MembershipCompetence, MembershipCompetence.competence_id == Competence.id)
        .join(Shift, Shift.membership_id == MembershipCompetence.membership_id)
        .where(Shift.place_id == opening.place, Shift.day == opening.date, Shift.status == "active")
        .where(Shift.starts < opening.ends, Shift.ends > opening.starts)
        .where(Competence.kind == "language", Competence.language.is_not(None), valid_on(Competence, opening.date))
        .distinct()
    )
    return sorted(language for language in db.session.scalars(found) if language)
