"""Openings and places put together as the residents' pages read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from markupsafe import Markup

from advice.actions.openings import DAYS_STORED
from advice.models.hours import WeeklyHours
from advice.models.openings import Houses, Offer
from advice.models.places import Place
from advice.public import words
from advice.rules.doors import Notice, Sign, notices, sign
from advice.rules.openings import STANDING, Opening, Status

DAYS_TOLD = 60
"""How far ahead the closures and changes begin that are told."""
DAYS_PLANNED = 14
"""How far ahead the vagtplan, and how busy it is, says anything of the next opening."""
WEEKS = 2
"""This week and the next; once nothing is left of this one, the two after it."""


@dataclass(frozen=True, slots=True)
class Door:
    """A place and what its door says."""

    place: Place
    areas: Sequence[str]
    openings: Sequence[Opening]
    sign: Sign
    sentence: tuple[Markup, Markup]
    next_time: Markup
    """Empty when it never opens."""
    today: date
    known_until: date
    """The last day that its openings are stored for."""

    @property
    def current(self) -> Opening | None:
        """The opening whose end the sign names; None when it is not open."""
        until, today = self.sign.open_until, self.today
        there = (o for o in self.openings if o.date == today and o.ends == until and o.status in STANDING)
        return next(there, None) if until is not None else None

    @property
    def coming(self) -> Opening | None:
        """The opening that is on, or the next one if it is near enough for the vagtplan to say anything of it."""
        found = self.current or self.sign.ahead
        return found if found and found.date <= self.today + timedelta(days=DAYS_PLANNED) else None

    @property
    def order(self) -> tuple[bool, date, time]:
        """Sorts doors by when one can come: those open now first, those that never open last."""
        if self.sign.open_until is not None:
            return False, date.min, self.sign.open_until
        ahead = self.sign.ahead
        return (False, ahead.date, ahead.starts) if ahead else (True, date.max, time.max)


class Line(NamedTuple):
    """An opening at a place, on a page for several places."""

    place: Place
    opening: Opening
    kind: str
    """ "ændret tid", "lukket" …; empty when all is as usual."""


class Day(NamedTuple):
    """A day on which anything is to be told; weekday and rest are its words: "mandag" and "16. nov."."""

    date: date
    weekday: str
    rest: str
    lines: list[Line]


class Week(NamedTuple):
    """What is left of a week; `name` is its words ("Denne uge"), number the ISO week."""

    name: str
    number: int
    days: list[Day]


class Ahead(NamedTuple):
    """One line of what is different ahead: a closure, changed hours or an extra opening."""

    first: date
    days: str
    span: Markup
    """Empty for a closure."""
    places: list[Place]
    everywhere: bool
    kind: str
    look: str
    reason: Markup


def window(today: date) -> tuple[date, date]:
    """The days whose openings a page reads, both inclusive: all that are stored, so that a closure has its real end."""
    return today, today + timedelta(days=DAYS_STORED)


def doors(house: Houses, openings: Sequence[Opening], at: datetime) -> list[Door]:
    """The doors of a programme at the local moment, in the programme's order."""
    today, now = at.date(), at.time()
    until = min(house.programme.openings_until or today, window(today)[1])
    found = []
    for place in house.places:
        own = [opening for opening in openings if opening.place == place.id]
        says = sign(own, today, now)
        said = words.sentence(says, today), words.next_time(says, today)
        found.append(Door(place, house.areas[place.id], own, says, *said, today, until))
    return found


def soon(door: Door, hours: WeeklyHours) -> bool:
    """Whether usual hours hold: they open in the time that closures are told for, or begin after it."""
    last = door.today + timedelta(days=DAYS_TOLD)
    return hours.valid_from > last or any(
        opening.status in STANDING
        and (opening.service, opening.date.weekday()) == (hours.service_id, hours.weekday)
        and opening.date <= last
        for opening in door.openings
    )


def shut(door: Door, offers: Sequence[Offer]) -> set[int]:
    """The usual hours (by id) that one should not come to: closed for as long as closures are told."""
    return {hours.id for offer in offers for hours in offer.hours if not soon(door, hours)}


def others(chosen: Door, all_doors: Sequence[Door]) -> list[Door]:
    """Where else one can go, the soonest first; places that never open are left out."""
    fitting = (door for door in all_doors if door is not chosen and door.next_time)
    return sorted(fitting, key=lambda door: door.order)


def weeks(shown: Sequence[Door], today: date) -> list[Week]:
    """This week from today on and the next, day by day; the next two once nothing is left of this one."""
    monday = today - timedelta(days=today.weekday())
    found = []
    for number in range(WEEKS + 1):
        first = monday + timedelta(days=7 * number)
        days = [one for one in (first + timedelta(days=day) for day in range(7)) if one >= today]
        told = [Day(one, *words.weekday_and_date(one), lines) for one in days if (lines := _lines(shown, one))]
        found.append(Week(words.week(number, begun=today > first), first.isocalendar().week, told))
    over = today > monday and not found[0].days
    return found[1:] if over else found[:WEEKS]


def ahead(shown: Sequence[Door], today: date) -> list[Ahead]:
    """What is different from today on: closures, changed hours and extra openings, in order."""
    last = today + timedelta(days=DAYS_TOLD)
    places = {door.place.id: door.place for door in shown}
    every = [opening for door in shown for opening in door.openings]
    openings = [opening for opening in every if today <= opening.date <= last]
    usually = {opening.place for opening in openings}
    known_until = min((door.known_until for door in shown), default=today)
    found = [_closed(notice, places, usually, today) for notice in notices(every, today, last, known_until)]
    unusual = STANDING - {Status.OPEN}
    found += [_unusual(o, places[o.place], today) for o in openings if o.status in unusual]
    return sorted(found, key=lambda line: line.first)


def _lines(shown: Sequence[Door], day: date) -> list[Line]:
    found = [
        Line(door.place, opening, words.kind(opening.status))
        for door in shown
        for opening in door.openings
        if opening.date == day
    ]
    return sorted(found, key=lambda line: line.opening.starts)


def _closed(notice: Notice, places: dict[int, Place], usually: set[int], today: date) -> Ahead:
    named = [place for key, place in places.items() if key in notice.places]
    return Ahead(
        first=notice.first,
        days=words.days_of(notice, today),
        span=Markup(""),
        places=named,
        everywhere=len(named) > 1 and usually <= set(notice.places),
        kind=words.kind(Status.CLOSED),
        look=words.TAGS[Status.CLOSED],
        reason=words.because(notice.reason),
    )


def _unusual(opening: Opening, place: Place, today: date) -> Ahead:
    return Ahead(
        first=opening.date,
        days=words.days_of(Notice(opening.date, opening.date, (place.id,), opening.reason), today),
        span=words.span(opening.starts, opening.ends),
        places=[place],
        everywhere=False,
        kind=words.kind(opening.status),
        look=words.TAGS[opening.status],
        reason=words.because(opening.reason),
    )
