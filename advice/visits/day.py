"""The day at a house: which house this adviser is at, what is open there and until when, who is on duty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _

from advice import web
from advice.models.hours import Opening
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.roster import Shift, shifts_between
from advice.models.stand_ins import left_open
from advice.models.weeks import openings_between, places_between
from advice.rules import openings as rule
from advice.rules.doors import Sign, sign
from advice.rules.openings import STANDING, Status
from advice.rules.spans import clock_text

DAYS_SEARCHED = 28
"""How far ahead the screen looks for the next opening."""


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One shift of today at the house."""

    shift: Shift
    now: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One house today."""

    place: Place
    places: Sequence[Place]
    on_duty: list[OnDuty]
    openings: list[Opening]
    """Those of the house from today on, closed ones too, by day and time."""
    local: datetime
    with_fewer: bool
    """Whether somebody is missed today, and it was said that the house is open without her."""

    @property
    def sign(self) -> Sign:
        """What the door says now, to residents as to advisers."""
        as_ruled = [
            rule.Opening(one.place_id, one.service_id, one.day, one.starts, one.ends, Status(one.status), one.reason)
            for one in self.openings
        ]
        return sign(as_ruled, self.local.date(), self.local.time())

    @property
    def open_today(self) -> list[tuple[int, time, time]]:
        """(service id, starts, ends) of what is open at the house today, by time; as models.duty.open_stretches."""
        todays = (one for one in self.openings if one.day == self.local.date() and _open(one))
        return [(one.service_id, one.starts, one.ends) for one in todays]


def the_day(member: Membership, local: datetime, slug: str | None) -> Day | None:
    """The house with the slug, or without one: where her shift is, else where it is open now, else next.

    None when the programme has no such house.
    """
    today = local.date()
    places = places_between(member.programme_id, today, today)
    all_shifts = shifts_between(member.programme_id, today, today)
    shifts = [one for one in all_shifts if one.status == "active"]
    openings = openings_between(member.programme_id, today, today + timedelta(days=DAYS_SEARCHED))
    if slug is None:
        wanted = _where(member, shifts, openings, local)
        place = next((one for one in places if one.id == wanted), next(iter(places), None))
    else:
        place = next((one for one in places if one.slug == slug), None)
    if place is None:
        return None
    now = local.time()
    here = [
        OnDuty(shift, shift.starts <= now < shift.ends, shift.person_id == member.person_id)
        for shift in shifts
        if shift.place_id == place.id
    ]
    todays = [one for one in openings if one.place_id == place.id]
    return Day(place, places, here, todays, local, _with_fewer([one for one in all_shifts if one.place_id == place.id]))


def status(day: Day) -> tuple[bool, str, str]:
    """(open now, words, detail) of the house, as the status macro takes them."""
    says = day.sign
    if says.open_until:
        return True, _("Åbent nu"), _("til kl. %(time)s", time=clock_text(says.open_until))
    if says.ahead and says.ahead.date == day.local.date():
        return False, _("Åbner i dag"), _stretch(says.ahead)
    if says.closed_today:
        return False, _("Lukket i dag"), web.label(says.closed_today.reason)
    if says.ahead:
        words = _("Åbner %(day)s", day=web.day_plain(says.ahead.date))
        return False, words, _stretch(says.ahead)
    return False, _("Ingen åbningstid de næste fire uger"), ""


def _with_fewer(shifts: Sequence[Shift]) -> bool:
    """Whether the house is open without somebody whose shift of today, among these of the house, nobody has."""
    taken = {one.replaces_id for one in shifts}
    gone = [one.id for one in shifts if one.status == "cancelled" and one.id not in taken]
    return bool(gone) and bool(left_open(gone))


def _where(member: Membership, shifts: Sequence[Shift], openings: Sequence[Opening], local: datetime) -> int | None:
    """Id of the place she is most likely to be at."""
    now = local.time()
    own = [shift for shift in shifts if shift.person_id == member.person_id]
    for shift in own:
        if now < shift.ends:
            return shift.place_id
    if own:
        return own[-1].place_id
    ahead = [one for one in openings if _open(one) and _ahead(one, local)]
    return ahead[0].place_id if ahead else None


def _open(opening: Opening) -> bool:
    return Status(opening.status) in STANDING


def _ahead(opening: Opening, local: datetime) -> bool:
    """Whether it has not ended yet."""
    end: tuple[date, time] = (opening.day, opening.ends)
    return end > (local.date(), local.time())


def _stretch(opening: rule.Opening) -> str:
    span = f"{clock_text(opening.starts)}–\N{WORD JOINER}{clock_text(opening.ends)}"
    return str(_("kl. %(span)s", span=span))
