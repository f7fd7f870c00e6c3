"""What the vagtplan asks about a stretch of days: places, openings, and what the openings need.

Each question is one query for each kind of row, however many people and places there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from advice.database import db
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
    competences: Mapping[int, frozenset[int]]
    """Ids of competences by membership, of those on duty."""
    names: Mapping[tuple[GapKind, int], str]
    competence_days: Mapping[int, tuple[date | None, date | None]]
    """From when until when (both inclusive, None: open) a wanted competence is in use."""

    def need(self, opening: Opening) -> Need | None:
        """The need in force for an opening on its day, or None if nobody has said what it needs."""
        key = (opening.place_id, opening.service_id, opening.day.weekday())
        dated = self.needs.get(key, [])
        found = next((one.need for one in dated if in_force(one.valid_from, one.valid_to, opening.day)), None)
        return found and replace(found, competences=frozenset(filter(self._in_use(opening.day), found.competences)))

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


def staffing_between(programme_id: int, first: date, last: date) -> Staffing:
    """Everything about staffing that the openings and shifts of the days (both inclusive) touch; four queries."""
    names: dict[tuple[GapKind, int], str] = {}
    least: defaultdict[int, dict[int, int]] = defaultdict(dict)
    found = (
        select(NeedOrganisation.need_id, NeedOrganisation.least, Organisation.id, Organisation.short_name)
        .join(Organisation, Organisation.id == NeedOrganisation.organisation_id)
        .where(NeedOrganisation.programme_id == programme_id)
    )
    for need_id, count, organisation_id, name in db.session.execute(found):
        least[need_id][organisation_id] = count
        names[GapKind.ORGANISATION, organisation_id] = name
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    asked = (
        select(NeedCompetence.need_id, Competence.id, Competence.labels, Competence.valid_from, Competence.valid_to)
        .join(Competence, Competence.id == NeedCompetence.competence_id)
        .where(NeedCompetence.programme_id == programme_id)
    )
    days: dict[int, tuple[date | None, date | None]] = {}
    for need_id, competence_id, labels, valid_from, valid_to in db.session.execute(asked):
        wanted[need_id].add(competence_id)
        days[competence_id] = valid_from, valid_to
        names[GapKind.COMPETENCE, competence_id] = labels["da"]
    needs = _needs(programme_id, first, last, least, wanted)
    return Staffing(needs, _competences(programme_id, first, last), names, days)


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


def _needs(
    programme_id: int, first: date, last: date, least: Mapping[int, dict[int, int]], wanted: Mapping[int, set[int]]
) -> dict[tuple[int, int, int], list[DatedNeed]]:
    found: defaultdict[tuple[int, int, int], list[DatedNeed]] = defaultdict(list)
    rows = (
        select(StaffingNeed)
        .where(StaffingNeed.programme_id == programme_id, StaffingNeed.valid_from <= last)
        .where(or_(StaffingNeed.valid_to.is_(None), StaffingNeed.valid_to >= first))
        .order_by(StaffingNeed.valid_from.desc())
    )
    for row in db.session.scalars(rows):
        competences = frozenset(wanted.get(row.id, ()))
        need = Need(
            row.never_fewer, row.least, row.best, least.get(row.id, {}), competences, row.before_minutes,
            row.after_minutes,
        )  # fmt: skip
        found[row.place_id, row.service_id, row.weekday].append(DatedNeed(row.valid_from, row.valid_to, need))
    return dict(found)


def _competences(programme_id: int, first: date, last: date) -> dict[int, frozenset[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    on_duty = select(Shift.membership_id).where(
        Shift.programme_id == programme_id, Shift.day.between(first, last), Shift.status == "active"
    )
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
