"""The screen on the wall of a staff room: who is here until when, house by house, at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from advice.models.houses import House, Present, houses_on
from advice.models.places import Place
from advice.models.staff_notices import StaffNotice, notices_between
from advice.rules.fitting import Fit, wall_fit
from advice.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Sign:
    """A house as the screen shows it."""

    house: House
    here: Sequence[tuple[Present, Span]]
    """Those who are there, with the part of their shift that goes on."""
    coming: Sequence[tuple[Present, Span]]
    away: Sequence[Present]

    @property
    def texts(self) -> Iterator[int]:
        """How long each of its lines is, as rules/fitting.py asks."""
        yield from (round(1.2 * len(self.house.place.name)), 24)
        for one, _part in (*self.here, *self.coming):
            yield len(one.shift.person.name) + 13
        for away in self.away:
            yield len(away.shift.person.name) + 5
        for notice in self.house.notices:
            yield notice_length(notice)
        if not (self.here or self.coming or self.away):
            yield 20


def notice_length(notice: StaffNotice) -> int:
    """How long a notice is, with who wrote it: it is set smaller than names are."""
    return round(0.8 * len(notice.text) + 0.6 * len(notice.person.name)) + 3


@dataclass(frozen=True, slots=True)
class Wall:
    """All of the screen."""

    local: datetime
    """The moment on the clock of the place."""
    signs: Sequence[Sign]
    notices: Sequence[StaffNotice]
    """Those to the staff of all places."""
    idle: Sequence[Place]
    """The places where nothing is on today."""
    places: Sequence[Place]
    """All there are to choose from."""
    place: Place | None
    """The one chosen."""
    fit: Fit

    @property
    def seconds(self) -> int:
        """Until the next minute, when anything can change by itself: 1 to 60."""
        return 60 - self.local.second


def wall_at(programme_id: int, local: datetime, slug: str | None, *, notices: bool = True) -> Wall | None:
    """The screen of all places, or of the one with the slug; None if the programme has no such place today.

    notices: whether it tells what the staff are told.
    """
    told = notices_between(programme_id, local.date(), local.date()) if notices else []
    houses, now = houses_on(programme_id, local.date(), told), local.time()
    places = [one.place for one in houses]
    place = next((one for one in places if one.slug == slug), None)
    if slug is not None and place is None:
        return None
    shown = [one for one in houses if (one.place is place if place else one.in_use)]
    signs = [sign_of(one, now) for one in shown]
    idle = [] if place else [one.place for one in houses if not one.in_use]
    everywhere = [one for one in told if one.place_id is None]
    fit = wall_fit([list(one.texts) for one in signs], [notice_length(one) for one in everywhere])
    return Wall(local, signs, everywhere, idle, places, place, fit)


def sign_of(house: House, now: time) -> Sign:
    """A house at a moment. Who has gone home stands there no more."""
    here = [(one, part) for one in house.present if (part := one.here(now))]
    coming = [(one, part) for one in house.present if (part := one.coming(now))]
    coming.sort(key=lambda found: found[1].starts)
    return Sign(house, here, coming, [one for one in house.present if one.away(now)])
