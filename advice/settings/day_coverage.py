"""What the openings of a service at a place on a day lack, in words, with the needs as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from advice import web
from advice.models.absences import away_between
from advice.models.roster import shifts_between
from advice.models.stand_ins import agreed_between
from advice.models.weeks import openings_between, staffing_between
from advice.rules import staffing
from advice.rules.danish import hours_text
from advice.rules.openings import STANDING
from advice.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Told:
    """The hours of a day, who is on duty, and what is missing, in words. covered: nothing is, and that is known."""

    hours: Sequence[str]
    people: Sequence[str]
    gaps: Sequence[str]
    """But for what somebody has said the house can be open without."""
    agreed: bool
    """Something is missing, and only what was agreed."""
    covered: bool


def told(place_id: int, service_id: int, day: date) -> Told:
    """Look at a day of the programme worked in. Who is away counts as not there, as on the board."""
    key = web.member().programme_id
    openings = [
        one
        for one in openings_between(key, day, day)
        if (one.place_id, one.service_id) == (place_id, service_id) and one.status in STANDING
    ]
    needs = staffing_between(key, day, day)
    shifts = shifts_between(key, day, day)
    active = [one for one in shifts if one.status == "active" and one.place_id == place_id]
    replaced, said = {one.replaces_id for one in shifts}, agreed_between(key, day, day)
    fewer = [one for one in shifts if one.place_id == place_id and one.id in said and one.id not in replaced]
    away = away_between((one.person_id for one in active), day, day)
    there = [
        one
        for one in active
        if not any(absence.covers(day, Span(one.starts, one.ends)) for absence in away.get(one.person_id, ()))
    ]
    lacking = [needs.lacking(opening, there) for opening in openings]
    alarms = [needs.lacking(opening, [*there, *fewer]) for opening in openings] if fewer else lacking
    gaps = [
        str(staffing.gap_words(gap, needs.names.get((gap.kind, gap.subject or 0), "")))
        for found in alarms
        for gap in found or ()
    ]
    return Told(
        [hours_text(one.starts, one.ends) for one in openings],
        [f"{one.person.name} {hours_text(one.starts, one.ends)}" for one in there],
        list(dict.fromkeys(gaps)),
        not gaps and any(lacking),
        staffing.covered(lacking),
    )
