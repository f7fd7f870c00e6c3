"""What the vagtplan asks about a stretch of days: places, openings, and what the openings need.

Each question is one query for each kind of row, however many people and places there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from advice.database import db
from advice.models.day_needs import DayNeed, DayNeedCompetence, DayNeedOrganisation
from advice.models.drafts import DraftChange
from advice.models.hours import Opening
from advice.models.places import Place
from advice.models.programmes import Organisation, valid_on
from advice.models.roster import Competence, MembershipCompetence, NeedCompetence, NeedOrganisation, Shift, StaffingNeed
from advice.rules import staffing
from advice.rules.danish import sort_key
from advice.rules.openings import Status
from advice.rules.spans import Span, in_force
from advice.rules.staffing import Duty, GapKind, Lacking, Need

OnDuty = Shift | DraftChange
"""Somebody on duty, in force or in a draft."""
Owner = tuple[bool, int]
"""What need a share or a wanted competence belongs to: whether it is the need of a single day, and its id."""


def places_between(programme_id: int, first: date, last: date) -> list[Place]:
    """The places in force on at least one of the days (both inclusive), in the programme's order."""
    found = (
        select(Place)
        .where(Place.programme_id == programme_id)
        .where(or_(Place.valid_from.is_(None), Place.valid_from <= last))
        .where(or_(Place.valid_to.is_(None), Place.valid_to >= first))
    )
    return in_order(db.session.scalars(found))


def every_place(programme_id: int) -> dict[int, Place]:
    """All places of a programme, those that have ended too, by id."""
    return {row.id: row for row in db.session.scalars(select(Place).filter_by(programme_id=programme_id))}


def in_order(places: Iterable[Place]) -> list[Place]:
    """Places in the programme's order, those of one position as Danes sort names (each engine has its own idea)."""
    return sorted(places, key=lambda place: (place.position, sort_key(place.name), place.id))


def openings_between(programme_id: int, first: date, last: date) -> list[Opening]:
    """The openings of the days (both inclusive), closed ones too but no tombstones, by day and start."""
    found = (
        select(Opening)
        .where(Opening.programme_id == programme_id, Opening.day.between(first, last))
        .where(Opening.status != Status.CANCELLED)
        .options(joinedload(Opening.service))
        .order_by(Opening.day, Opening.starts, Opening.ends, Opening.id)
    )
    return list(db.session.scalars(found))


@dataclass(frozen=True, slots=True)
class DatedNeed:
    """A staffing need and the days it holds for (both inclusive, None: open)."""

    valid_from: date
    valid_to: date | None
    need: Need


@dataclass(frozen=True, slots=True)
class Staffing:
    """What openings need and what those on duty can, as rules/staffing.py wants it."""

    needs: Mapping[tuple[int, int, int], list[DatedNeed]]
    """By place, service and weekday; the newest first."""
    on_days: Mapping[tuple[int, int, date], Need]
    """By place, service and day, where a day has a need of its own."""
    competences: Mapping[int, frozenset[int]]
    """Ids of competences by membership, of those on duty and those who were."""
    names: Mapping[tuple[GapKind, int], str]
    competence_days: Mapping[int, tuple[date | None, date | None]]
    """From when until when (both inclusive, None: open) a wanted competence is in use."""

    def need(self, opening: Opening) -> Need | None:
        """The need of the opening's day, else the weekday's in force; None if nobody has said what it needs."""
        found = self.own_need(opening) or self.usual_need(opening)
        return found and replace(found, competences=frozenset(filter(self._in_use(opening.day), found.competences)))

    def own_need(self, opening: Opening) -> Need | None:
        """The need that the opening's day has of its own."""
        return self.on_days.get((opening.place_id, opening.service_id, opening.day))

    def usual_need(self, opening: Opening) -> Need | None:
        """The need of the opening's weekday that is in force, whatever its day needs."""
        dated = self.needs.get((opening.place_id, opening.service_id, opening.day.weekday()), [])
        return next((one.need for one in dated if in_force(one.valid_from, one.valid_to, opening.day)), None)

    def _in_use(self, day: date) -> Callable[[int], bool]:
        return lambda competence_id: in_force(*self.competence_days[competence_id], day)

    def duty(self, shift: OnDuty) -> Duty:
        """A shift as the rule sees it."""
        can = self.competences.get(shift.membership_id, frozenset())
        return Duty(shift.person_id, shift.organisation_id, shift.starts, shift.ends, can)

    def lacking(self, opening: Opening, shifts: Iterable[OnDuty]) -> Lacking:
        """What the opening lacks, given the active shifts of its place and day."""
        return staffing.lacking(opening.starts, opening.ends, map(self.duty, shifts), self.need(opening))

    def manned(self, opening: Opening) -> Span:
        """When people are on duty for the opening."""
        return staffing.manned(opening.starts, opening.ends, self.need(opening))


@dataclass(frozen=True, slots=True)
class Ties:
    """What hangs on needs: the least of each organisation, and the competences wanted."""

    least: Mapping[Owner, dict[int, int]]
    wanted: Mapping[Owner, set[int]]

    def need(self, row: StaffingNeed | DayNeed) -> Need:
        """A need as the rule takes it."""
        owner = isinstance(row, DayNeed), row.id
        return Need(
            row.never_fewer, row.least, row.best, self.least.get(owner, {}), frozenset(self.wanted.get(owner, ())),
            row.before_minutes, row.after_minutes,
        )  # fmt: skip


def staffing_between(programme_id: int, first: date, last: date) -> Staffing:
    """Everything about staffing that the openings and shifts of the days (both inclusive) touch; five queries."""
    names: dict[tuple[GapKind, int], str] = {}
    least: defaultdict[Owner, dict[int, int]] = defaultdict(dict)
    for on_day, need_id, count, organisation_id, name in db.session.execute(_shares(programme_id)):
        least[on_day, need_id][organisation_id] = count
        names[GapKind.ORGANISATION, organisation_id] = name
    wanted: defaultdict[Owner, set[int]] = defaultdict(set)
    days: dict[int, tuple[date | None, date | None]] = {}
    for on_day, need_id, competence_id, labels, valid_from, valid_to in db.session.execute(_wanted(programme_id)):
        wanted[on_day, need_id].add(competence_id)
        days[competence_id] = valid_from, valid_to
        names[GapKind.COMPETENCE, competence_id] = labels["da"]
    ties = Ties(least, wanted)
    needs, on_days = _needs(programme_id, first, last, ties), _on_days(programme_id, first, last, ties)
    return Staffing(needs, on_days, _competences(programme_id, first, last), names, days)


def competences_of(programme_id: int, day: date) -> dict[int, list[str]]:
    """What each member of the programme can that is in use that day, in words, by membership; one query."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = (
        select(MembershipCompetence.membership_id, Competence.labels)
        .join(Competence, Competence.id == MembershipCompetence.competence_id)
        .where(MembershipCompetence.programme_id == programme_id, valid_on(Competence, day))
    )
    for membership_id, labels in db.session.execute(rows):
        found[membership_id].append(labels["da"])
    return {membership_id: sorted(words, key=sort_key) for membership_id, words in found.items()}


def _shares(programme_id: int) -> CompoundSelect[Any]:
    """The least of each organisation, of the needs of weekdays and of single days."""
    parts = [
        select(literal(model is DayNeedOrganisation), owner, model.least, Organisation.id, Organisation.short_name)
        .join(Organisation, Organisation.id == model.organisation_id)
        .where(model.programme_id == programme_id)
        for model, owner in (
            (NeedOrganisation, NeedOrganisation.need_id),
            (DayNeedOrganisation, DayNeedOrganisation.day_need_id),
        )
    ]
    return union_all(*parts)


def _wanted(programme_id: int) -> CompoundSelect[Any]:
    """The competences that are wanted, of the needs of weekdays and of single days."""
    one = Competence
    parts = [
        select(literal(model is DayNeedCompetence), owner, one.id, one.labels, one.valid_from, one.valid_to)
        .join(one, one.id == model.competence_id)
        .where(model.programme_id == programme_id)
        for model, owner in (
            (NeedCompetence, NeedCompetence.need_id),
            (DayNeedCompetence, DayNeedCompetence.day_need_id),
        )
    ]
    return union_all(*parts)


def _needs(programme_id: int, first: date, last: date, ties: Ties) -> dict[tuple[int, int, int], list[DatedNeed]]:
    found: defaultdict[tuple[int, int, int], list[DatedNeed]] = defaultdict(list)
    rows = (
        select(StaffingNeed)
        .where(StaffingNeed.programme_id == programme_id, StaffingNeed.valid_from <= last)
        .where(or_(StaffingNeed.valid_to.is_(None), StaffingNeed.valid_to >= first))
        .order_by(StaffingNeed.valid_from.desc())
    )
    for row in db.session.scalars(rows):
        dated = DatedNeed(row.valid_from, row.valid_to, ties.need(row))
        found[row.place_id, row.service_id, row.weekday].append(dated)
    return dict(found)


def _on_days(programme_id: int, first: date, last: date, ties: Ties) -> dict[tuple[int, int, date], Need]:
    rows = select(DayNeed).where(
        DayNeed.programme_id == programme_id, DayNeed.day.between(first, last), DayNeed.withdrawn_at.is_(None)
    )
    return {(row.place_id, row.service_id, row.day): ties.need(row) for row in db.session.scalars(rows)}


def _competences(programme_id: int, first: date, last: date) -> dict[int, frozenset[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    on_duty = select(Shift.membership_id).where(Shift.programme_id == programme_id, Shift.day.between(first, last))
    in_draft = select(DraftChange.membership_id).where(
        DraftChange.programme_id == programme_id, DraftChange.day.between(first, last)
    )
    rows = select(MembershipCompetence.membership_id, MembershipCompetence.competence_id).where(
        MembershipCompetence.programme_id == programme_id,
        MembershipCompetence.membership_id.in_(on_duty.union(in_draft)),
    )
    for membership_id, competence_id in db.session.execute(rows):
        found[membership_id].add(competence_id)
    return {membership_id: frozenset(ids) for membership_id, ids in found.items()}
