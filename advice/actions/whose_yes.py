"""Whose yes something needs, for drafts and for swaps alike: the services that it touches, and who answers for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from advice.actions.shifts import Stretch
from advice.database import db
from advice.models.hours import Opening
from advice.models.people import Membership, leaders_of
from advice.models.places import Service
from advice.models.programmes import Organisation
from advice.models.weeks import openings_between
from advice.rules.access import Role
from advice.rules.drafts import answering
from advice.rules.openings import STANDING
from advice.rules.spans import overlaps


@dataclass(frozen=True, slots=True)
class Leading:
    """Who leads in a programme on a day: organisations with a leader, the coordinating one, and the names of all."""

    leaders: Sequence[Membership]
    coordinating: int
    names: Mapping[int, str]

    @property
    def led(self) -> frozenset[int]:
        """The organisations that have a leader."""
        return frozenset(one.organisation_id for one in self.leaders)

    def answering(self, organisations: Iterable[int]) -> frozenset[int]:
        """The organisations whose leaders answer for these."""
        return answering(organisations, self.led, self.coordinating)

    def sides_of(self, member: Membership) -> frozenset[int]:
        """The organisations that a leader answers for: her own, and a coordinator what is left to the coordinator."""
        own = frozenset({member.organisation_id})
        return own | {self.coordinating} if member.role == Role.COORDINATOR else own

    def by(self, people: Iterable[int]) -> frozenset[int]:
        """The organisations that one of these people leads."""
        who = set(people)
        return frozenset().union(*(self.sides_of(one) for one in self.leaders if one.person_id in who))

    def of(self, organisations: Iterable[int]) -> list[Membership]:
        """The leaders who answer for these organisations."""
        wanted = self.answering(organisations)
        return [one for one in self.leaders if wanted & self.sides_of(one)]


def leading(programme_id: int, today: date) -> Leading:
    """Who leads today; two queries. Where nobody leads the coordinating organisation, it is that of a coordinator."""
    rows = db.session.scalars(select(Organisation).filter_by(programme_id=programme_id).order_by(Organisation.id)).all()
    leaders = leaders_of(programme_id, today)
    coordinating = next((row.id for row in rows if row.coordinates), rows[0].id)
    if not any(one.organisation_id == coordinating for one in leaders):
        heirs = (one.organisation_id for one in leaders if one.role == Role.COORDINATOR)
        coordinating = next(heirs, coordinating)
    return Leading(leaders, coordinating, {row.id: row.name for row in rows})


def services_at(programme_id: int, stretches: Collection[Stretch]) -> dict[Stretch, list[Service]]:
    """The services open where and when each is, else those closed there then, else the first of all; two queries."""
    rows = select(Service).filter_by(programme_id=programme_id).order_by(Service.position, Service.id)
    every = {row.id: row for row in db.session.scalars(rows)}
    days = [one.day for one in stretches]
    openings: dict[tuple[int, date], list[Opening]] = {}
    for opening in openings_between(programme_id, min(days), max(days)) if days else ():
        openings.setdefault((opening.place_id, opening.day), []).append(opening)
    found: dict[Stretch, list[Service]] = {}
    for one in stretches:
        there = [opening for opening in openings.get((one.place_id, one.day), ())
                 if overlaps(one.starts, one.ends, opening.starts, opening.ends)]  # fmt: skip
        keys = {opening.service_id for opening in there if opening.status in STANDING}
        keys = keys or {opening.service_id for opening in there}
        found[one] = [every[key] for key in sorted(keys)] or list(every.values())[:1]
    return found
