"""The screen on the wall of a staff room: who is here until when, house by house, at one moment.

Met and left are laid over the plan (rules/stays.py); who helps out without a shift is here until she says she leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from advice.models.houses import House, Present, houses_on
from advice.models.people import Person
from advice.models.places import Place
from advice.models.presence import Presence, of_day
from advice.models.staff_notices import StaffNotice, notices_between
from advice.rules.fitting import Fit, wall_fit
from advice.rules.presence import Mark, State
from advice.rules.spans import Span
from advice.rules.stays import Stay, next_at, now_at, stays


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody at a house that day: with a shift, or helping out without one."""

    person: Person
    planned: Span | None
    stays: Sequence[Stay]
    mark: Mark | None

    def here(self, at: time) -> Stay | None:
        """The stay that goes on."""
        return now_at(self.stays, at)

    def coming(self, at: time) -> Stay | None:
        """The one that is still ahead; None while she is there."""
        return None if self.here(at) else next_at(self.stays, at)

    def has_met(self, at: time) -> bool:
        """Whether she has said that she is here, and still is."""
        return self.mark is not None and self.mark.state is State.HERE and self.here(at) is not None

    def away(self, at: time) -> bool:
        """Whether she would be there now or later, and is not: why is nobody's here. Who has left is not away."""
        if self.planned is None or self.planned.ends <= at or (self.mark and self.mark.state is State.LEFT):
            return False
        return not self.here(at) and not self.coming(at)


@dataclass(frozen=True, slots=True)
class Sign:
    """A house as the screen shows it."""

    house: House
    here: Sequence[tuple[Seen, Stay]]
    """Those who are there, and until when as far as that is known."""
    coming: Sequence[tuple[Seen, Stay]]
    away: Sequence[Seen]

    @property
    def in_use(self) -> bool:
        """Whether anything is to be said of the house today, or somebody helps out there."""
        return self.house.in_use or bool(self.here)

    @property
    def texts(self) -> Iterator[int]:
        """How long each of its lines is, as rules/fitting.py asks."""
        yield from (round(1.2 * len(self.house.place.name)), 24)
        for one, _stay in (*self.here, *self.coming):
            yield len(one.person.name) + 13
        for away in self.away:
            yield len(away.person.name) + 5
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


def wall_at(programme_id: int, local: datetime, slug: str | None, *, for_staff: bool = True) -> Wall | None:
    """The screen of all places, or of the one with the slug; None if the programme has no such place today.

    for_staff: whether it tells what is the staff's alone: notices to them, and who is away.
    """
    told = notices_between(programme_id, local.date(), local.date()) if for_staff else []
    houses, now = houses_on(programme_id, local.date(), told), local.time()
    places = [one.place for one in houses]
    place = next((one for one in places if one.slug == slug), None)
    if slug is not None and place is None:
        return None
    seen = seen_at(houses, of_day(programme_id, local.date()))
    met = {one.person.id: key for key, people in seen.items() for one in people if one.has_met(now)}
    every = [sign_of(one, seen[one.place.id], met, now, for_staff) for one in houses]
    signs = [one for one in every if (one.house.place is place if place else one.in_use)]
    idle = [] if place else [one.house.place for one in every if not one.in_use]
    everywhere = [one for one in told if one.place_id is None]
    fit = wall_fit([list(one.texts) for one in signs], [notice_length(one) for one in everywhere])
    return Wall(local, signs, everywhere, idle, places, place, fit)


def seen_at(houses: Sequence[House], rows: Sequence[Presence]) -> dict[int, list[Seen]]:
    """Everybody at each house, by the id of its place: those with a shift, then those who were marked without one."""
    by_shift = {row.shift_id: row for row in rows if row.shift_id}
    found = {house.place.id: [_planned(one, by_shift) for one in house.present] for house in houses}
    planned = {one.shift.id for house in houses for one in house.present}
    for row in rows:
        if row.shift_id not in planned and row.came is not None and row.place_id in found:
            found[row.place_id].append(Seen(row.person, None, stays(None, (), row.mark), row.mark))
    return found


def _planned(one: Present, by_shift: Mapping[int, Presence]) -> Seen:
    """Somebody with a shift."""
    planned, row = Span(one.shift.starts, one.shift.ends), by_shift.get(one.shift.id)
    mark = row.mark if row else None
    return Seen(one.shift.person, planned, stays(planned, one.parts, mark), mark)


def sign_of(house: House, people: Sequence[Seen], met: Mapping[int, int], now: time, for_staff: bool) -> Sign:
    """A house at a moment. Who has gone home stands there no more.

    met: the place that each has said she is at, by person: as long as she is there, she is at no other.
    """
    here: dict[int, tuple[Seen, Stay]] = {}
    for one in people:
        if (stay := one.here(now)) and met.get(one.person.id, house.place.id) == house.place.id:
            here.setdefault(one.person.id, (one, stay))
    coming = [(one, stay) for one in people if (stay := one.coming(now))]
    coming.sort(key=lambda found: found[1].starts)
    return Sign(house, list(here.values()), coming, [one for one in people if for_staff and one.away(now)])
