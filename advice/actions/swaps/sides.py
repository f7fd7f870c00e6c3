"""What a swap would mean, before it is one: what would be lacking, and the organisations whose leaders are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from advice.rules.terms import Away

Spot = tuple[int, date]
"""A place and a day."""


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


@dataclass(frozen=True, slots=True)
class Around:
    """What stands round handings: what is open where and when, what that needs, who is on duty there, when people are
    away, and what members can of what is wanted anywhere."""

    needs: Staffing
    openings: Mapping[Spot, Sequence[Opening]]
    on_duty: Mapping[Spot, Sequence[Shift]]
    away: Mapping[int, Sequence[Away]]
    can: Mapping[int, frozenset[int]]


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


def around(handings: Sequence[Handing]) -> Around:
    """Read what stands round handings, of one swap or of many; nine queries however many there are."""
    programme_id = handings[0].shift.programme_id
    spots = {(one.shift.place_id, one.shift.day) for one in handings}
    first, last = min(day for _place, day in spots), max(day for _place, day in spots)
    needs = staffing_between(programme_id, first, last)
    openings: defaultdict[Spot, list[Opening]] = defaultdict(list)
    for opening in openings_between(programme_id, first, last):
        if opening.status in STANDING:
            openings[opening.place_id, opening.day].append(opening)
    on_duty: defaultdict[Spot, list[Shift]] = defaultdict(list)
    for shift in shifts_between(programme_id, first, last):
        if shift.status == "active" and (shift.place_id, shift.day) in spots:
            on_duty[shift.place_id, shift.day].append(shift)
    people = {shift.person_id for there in on_duty.values() for shift in there} | {one.to.person_id for one in handings}
    return Around(needs, openings, on_duty, away_between(people, first, last), holders_of(needs.competence_days))


def shortfalls(handings: Sequence[Handing], there: Around | None = None) -> list[Shortfall]:
    """What would be lacking with the shifts handed on and is not lacking now, by place and day. there: what was read
    round these and others; else it is read."""
    read = there or around(handings)
    spots = {(one.shift.place_id, one.shift.day): one.shift.place for one in handings}
    return [
        Shortfall(place, spot[1], gap, read.needs.names.get((gap.kind, gap.subject or 0), ""))
        for spot, place in spots.items()
        for gap in _new_gaps(spot, handings, read)
    ]


def _new_gaps(spot: Spot, handings: Sequence[Handing], there: Around) -> list[Gap]:
    """The same for one place and day."""
    here = [one for one in handings if (one.shift.place_id, one.shift.day) == spot]
    gone = {one.shift.id for one in here}
    on_duty, needs = there.on_duty.get(spot, ()), there.needs
    before = [needs.duty(one) for one in on_duty]
    after = [needs.duty(one) for one in on_duty if one.id not in gone] + [_taken(one, there) for one in here]

    def present(duties: Iterable[Duty]) -> list[Duty]:
        """Those of them who are not away meanwhile."""
        return [
            duty
            for duty in duties
            if not any(one.covers(spot[1], Span(duty.starts, duty.ends)) for one in there.away.get(duty.person, ()))
        ]

    found = []
    for opening in there.openings.get(spot, ()):
        was, will = (_gaps(opening, present(duties), needs) for duties in (before, after))
        found += [gap for gap in will if is_worse(gap, was)]
    return found


def _taken(one: Handing, there: Around) -> Duty:
    """Who would be on duty, with what she can of what is wanted anywhere."""
    can = there.can.get(one.to.id, frozenset())
    return Duty(one.to.person_id, one.to.organisation_id, one.shift.starts, one.shift.ends, can)


def _gaps(opening: Opening, duties: Iterable[Duty], needs: Staffing) -> Sequence[Gap]:
    return lacking(opening.starts, opening.ends, duties, needs.need(opening)) or ()
