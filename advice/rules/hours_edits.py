"""Edits of opening hours in people's words -> the rows they need, what they change, and whose shifts they touch.

An edit makes a `Patch` of a `Book` (hours_book). Nothing here reads a clock or a row: a preview and the saving ask the
same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import combinations, islice

from advice.rules.closures import Closure
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours, expand, weekly_days
from advice.rules.hours_book import Book, Patch, Sort, covers, same_day, same_days
from advice.rules.openings import STANDING, Opening, Status
from advice.rules.spans import overlaps

MOVED = "Flyttet til "
"""How the note of a closure begins that is half of a move; the new day follows as 2026-05-15."""
YEARS_TRIED = 9
"""Week 53 comes at the latest after seven years."""
ACROSS = 10
"""The most weeks that are taken to cross the new year."""
CLOCK_YEARS = 60
"""Hours of every n weeks meet the Sunday of a clock change at last, or never."""


class NothingThere(Exception):
    """The edit is about an opening, and there is none."""


class NotBegun(Exception):
    """Weekly hours cannot end before they begin: they are taken back instead."""


def close(book: Book, closings: Sequence[Closure]) -> Patch:
    """Close: what was opened extra in those days there is withdrawn, since an extra opening stands on closed days. A
    closing of the same days there is replaced."""
    gone = [
        (Sort.EXTRA, key)
        for key, extra in book.extras.items()
        if any(covers(closing, extra.place, extra.service, extra.date) for closing in closings)
    ]
    same = [
        (Sort.CLOSURE, key)
        for key, row in book.closures.items()
        if any(isinstance(row, Closure) and same_days(row, closing) for closing in closings)
    ]
    return Patch(closures=tuple(closings), withdrawn=(*same, *gone))


def move(
    book: Book, there: Iterable[Opening], closing: Closure, to: date, hours: tuple[time, time] | None = None
) -> Patch:
    """Move a day at a place to another: the closing of the one, and extra openings on the other, at other hours or
    the same. `there`: the openings of the day. Raises NothingThere; ValueError for other hours that end too early."""
    moved = [one for one in there if one.status in STANDING and covers(closing, one.place, one.service, one.date)]
    if not moved:
        raise NothingThere
    extras = {
        (one.place, one.service, *(hours or (one.starts, one.ends))): DayHours(
            one.place, one.service, to, *(hours or (one.starts, one.ends))
        )
        for one in moved
    }
    shut = close(book, [closing])
    return replace(shut, extras=tuple(extras.values()), note=f"{MOVED}{to.isoformat()}")


def open_extra(extra: DayHours) -> Patch:
    """An extra opening."""
    return Patch(extras=(extra,))


def other_time(book: Book, there: Iterable[Opening], wanted: DayHours) -> Patch:
    """Other hours for a service at a place on one day, in place of all it has that day.

    A day that is only open extra keeps being so. Raises NothingThere where it is not open that day.
    """
    mine = [
        one
        for one in there
        if (one.place, one.service, one.date) == (wanted.place, wanted.service, wanted.date) and one.status in STANDING
    ]
    if not mine:
        raise NothingThere
    before = [(Sort.CHANGE, key) for key, row in book.changes.items() if same_day(row, wanted)]
    extra = [(Sort.EXTRA, key) for key, row in book.extras.items() if same_day(row, wanted)]
    gone = (*before, *extra)
    if all(one.status is Status.EXTRA for one in mine):
        return Patch(extras=(wanted,), withdrawn=gone)
    return Patch(changes=(wanted,), withdrawn=gone)


def begin(book: Book, new: WeeklyHours, old: int | None = None) -> Patch:
    """New weekly hours; the row they take over from ends the day before, unless it ends earlier. Raises NotBegun."""
    eve = new.valid_from - timedelta(days=1)
    if old is None or ((last := book.weekly[old].valid_to) is not None and last <= eve):
        return Patch(weekly=(new,))
    return replace(end(book, old, eve), weekly=(new,))


def end(book: Book, old: int, last: date | None) -> Patch:
    """Another last day for weekly hours; None: they go on. Raises NotBegun for a day before they begin."""
    if last is not None and last < book.weekly[old].valid_from:
        raise NotBegun
    return Patch(ends=((old, last),))


def doubled(openings: Iterable[Opening]) -> set[tuple[Opening, Opening]]:
    """Stretches of one service at one place that overlap."""
    return _pairs(openings, lambda a, b: (a.place, a.service) == (b.place, b.service))


def meeting(one: WeeklyHours, other: WeeklyHours, after: date) -> date | None:
    """The first day from `after` on that overlapping weekly hours of a service at a place share; None: never."""
    where = (one.place, one.service, one.weekday) == (other.place, other.service, other.weekday)
    if not where or not overlaps(one.starts, one.ends, other.starts, other.ends):
        return None
    first = max(one.valid_from, other.valid_from, after)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    tried = islice(weekly_days(one, first, last), other.every_weeks)  # then the weeks of the two repeat
    return next((day for day in tried if any(weekly_days(other, day, day))), None)


def together(openings: Iterable[Opening]) -> set[tuple[Opening, Opening]]:
    """Openings of two places at the same time."""
    return _pairs((one for one in openings if one.status in STANDING), lambda a, b: a.place != b.place)


def is_skipped(day: date, at: time, zone: tzinfo) -> bool:
    """Whether the clocks of the zone jump over this time that day: nobody can come at 2.30 when it is 3 after 1.59."""
    local = datetime.combine(day, at, tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)


def skipped_by_clocks(weekly: WeeklyHours, zone: tzinfo) -> bool:
    """Whether weekly hours begin or end, on one of their days, at a time the clocks of the zone jump over.

    Of hours that go on, the first CLOCK_YEARS years are looked at.
    """
    last = weekly.valid_to or date.max
    years = range(weekly.valid_from.year, min(last.year, weekly.valid_from.year + CLOCK_YEARS) + 1)
    plan = HoursPlan(weekly=(weekly,))
    return any(
        expand(plan, day, day)
        for year in years
        for day in _jumps(zone, year)
        if is_skipped(day, weekly.starts, zone) or is_skipped(day, weekly.ends, zone)
    )


@lru_cache(maxsize=1000)
def _jumps(zone: tzinfo, year: int) -> tuple[date, ...]:
    """The days of a year on which the clocks of the zone jump ahead."""
    first = date(year, 1, 1).toordinal()
    found = []
    before = _midday(date.fromordinal(first), zone).utcoffset()
    for number in range(1, 365):
        day = date.fromordinal(first + number)
        offset = _midday(day, zone).utcoffset()
        if offset is not None and before is not None and offset > before:
            found.append(day)
        before = offset
    return tuple(found)


def _midday(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(12), tzinfo=zone)


def coming_weeks(first: int, last: int, today: date, year: int | None = None) -> tuple[date, date] | None:
    """The days of ISO weeks `first` to `last` that are not over: of a year, else the next that come. 52-1 crosses the
    new year, which no more than ACROSS weeks do: 30-28 is a slip. What has gone of them is left out. None where there
    are no such weeks."""
    if last < first and 53 - first + last > ACROSS:
        return None
    this = today.isocalendar().year
    for tried in [year] if year is not None else range(this - 1, this + YEARS_TRIED):
        try:
            begins = date.fromisocalendar(tried, first, 1)
            ends = date.fromisocalendar(tried + (last < first), last, 7)
        except ValueError:
            continue
        if ends >= today:
            return max(begins, today), ends
    return None


def _pairs(openings: Iterable[Opening], fits: Callable[[Opening, Opening], bool]) -> set[tuple[Opening, Opening]]:
    """Two openings of a day that share a moment, where they fit."""
    days: dict[date, list[Opening]] = {}
    for one in openings:
        days.setdefault(one.date, []).append(one)
    return {
        (a, b)
        for same_day in days.values()
        for a, b in combinations(same_day, 2)
        if overlaps(a.starts, a.ends, b.starts, b.ends) and fits(a, b)
    }
