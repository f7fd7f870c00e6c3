"""What a swap would mean, before it is one: what would be lacking, and the organisations whose leaders are asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from advice.actions.shifts import stretch_of
from advice.actions.whose_yes import leading, services_at
from advice.models.absences import away_between
from advice.models.hours import Opening
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.roster import Shift, shifts_between
from advice.models.stand_ins import holders_of
from advice.models.weeks import Staffing, openings_between, staffing_between
from advice.rules.drafts import Approval
from advice.rules.openings import STANDING
from advice.rules.spans import Span
from advice.rules.staffing import Duty, Gap, is_worse, lacking
from advice.rules.swaps import Side, must_approve


@dataclass(frozen=True, slots=True)
class Handing:
    """A shift that goes to somebody else."""

    shift: Shift
    to: Membership


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A gap that a swap would make. name: the organisation or competence meant, or empty."""

    place: Place
    day: date
    gap: Gap
    name: str


def asked_for(handings: Sequence[Handing], today: date) -> frozenset[int]:
    """The organisations whose leaders have to say yes to these handings (rules/swaps.must_approve)."""
    first = handings[0].shift
    found = leading(first.programme_id, today)
    touched = {one.shift.organisation_id for one in handings} | {one.to.organisation_id for one in handings}
    people = {one.shift.person_id for one in handings} | {one.to.person_id for one in handings}
    there = services_at(first.programme_id, [stretch_of(one.shift) for one in handings])
    services = [Side(Approval(one.approval), one.organisation_id) for each in there.values() for one in each]
    worse = bool(shortfalls(handings))
    return must_approve(services, touched, worse, found.by(people), found.led, found.coordinating)


def shortfalls(handings: Sequence[Handing]) -> list[Shortfall]:
    """What would be lacking with the shifts handed on and is not lacking now, by place and day."""
    spots = {(one.shift.place_id, one.shift.day): one.shift for one in handings}
    return [found for shift in spots.values() for found in _shortfalls(shift, handings)]


def standing(programme_id: int, place_id: int, day: date) -> list[Opening]:
    """The openings of a place and day that take place."""
    every = openings_between(programme_id, day, day)
    return [one for one in every if one.place_id == place_id and one.status in STANDING]


def _shortfalls(spot: Shift, handings: Sequence[Handing]) -> list[Shortfall]:
    """The same for the place and day of one shift."""
    needs = staffing_between(spot.programme_id, spot.day, spot.day)
    there = [one for one in shifts_between(spot.programme_id, spot.day, spot.day)
             if one.status == "active" and one.place_id == spot.place_id]  # fmt: skip
    here = [one for one in handings if (one.shift.place_id, one.shift.day) == (spot.place_id, spot.day)]
    gone = {one.shift.id for one in here}
    before = [(one.person_id, needs.duty(one)) for one in there]
    after = [(one.person_id, needs.duty(one)) for one in there if one.id not in gone]
    after += _taken(needs, here)
    people = {person for person, _duty in (*before, *after)}
    away = away_between(people, spot.day, spot.day)

    def present(duties: Iterable[tuple[int, Duty]]) -> list[Duty]:
        """Those of them who are not away meanwhile."""
        return [
            duty
            for person, duty in duties
            if not any(one.covers(spot.day, Span(duty.starts, duty.ends)) for one in away.get(person, ()))
        ]

    found = []
    for opening in standing(spot.programme_id, spot.place_id, spot.day):
        was, will = (_gaps(opening, present(duties), needs) for duties in (before, after))
        for gap in will:
            if is_worse(gap, was):
                found.append(Shortfall(spot.place, spot.day, gap, needs.names.get((gap.kind, gap.subject or 0), "")))
    return found


def _taken(needs: Staffing, handings: Sequence[Handing]) -> list[tuple[int, Duty]]:
    """Those who would be on duty, with what they can of what is wanted anywhere."""
    can = holders_of(needs.competence_days)
    return [
        (
            one.to.person_id,
            Duty(
                one.to.person_id, one.to.organisation_id, one.shift.starts, one.shift.ends,
                can.get(one.to.id, frozenset()),
            ),
        )
        for one in handings
    ]  # fmt: skip


def _gaps(opening: Opening, duties: Iterable[Duty], needs: Staffing) -> Sequence[Gap]:
    return lacking(opening.starts, opening.ends, duties, needs.need(opening)) or ()
