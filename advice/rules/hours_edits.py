"""Edits of opening hours in people's words -> the rows they need, what they change, and whose shifts they touch.

A `Book` is everything that decides when it is open, under the keys of its rows; an edit makes a `Patch` of it, and
`patched` is the book afterwards. Nothing here reads a clock or a row: a preview and the saving ask the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import combinations
from typing import TypeVar

from advice.rules.closures import Closure, Labels, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours
from advice.rules.openings import STANDING, Opening, Status
from advice.rules.spans import overlaps

Row = TypeVar("Row")
MOVED = "Flyttet til "
"""How the note of a closure begins that is half of a move; the new day follows as 2026-05-15."""
YEARS_TRIED = 9
"""Week 53 comes at the latest after seven years."""


class Sort(StrEnum):
    """Which rows, by the name of their table."""

    WEEKLY = "weekly_hours"
    CLOSURE = "closures"
    CHANGE = "hours_changes"
    EXTRA = "extra_openings"


class NothingThere(Exception):
    """The edit is about an opening, and there is none."""


@dataclass(frozen=True, slots=True)
class Book:
    """What coordinators edit, each row under its key; only what has not been withdrawn. notes: of closures."""

    weekly: Mapping[int, WeeklyHours] = field(default_factory=dict)
    closures: Mapping[int, Closure | YearlyDates | YearlyWeeks] = field(default_factory=dict)
    changes: Mapping[int, DayHours] = field(default_factory=dict)
    extras: Mapping[int, DayHours] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patch:
    """The rows an edit needs. withdrawn: those that count no more. ends: weekly hours that get another last day (None:
    none). removed: weekly hours that never begin. note: of the closures."""

    closures: tuple[Closure, ...] = ()
    changes: tuple[DayHours, ...] = ()
    extras: tuple[DayHours, ...] = ()
    weekly: tuple[WeeklyHours, ...] = ()
    withdrawn: tuple[tuple[Sort, int], ...] = ()
    ends: tuple[tuple[int, date | None], ...] = ()
    removed: tuple[int, ...] = ()
    note: str | None = None


def close(book: Book, closings: Sequence[Closure]) -> Patch:
    """Close: what was opened extra in those days there is withdrawn, since an extra opening stands on closed days."""
    gone = [
        (Sort.EXTRA, key)
        for key, extra in book.extras.items()
        if any(_covers(closing, extra.place, extra.service, extra.date) for closing in closings)
    ]
    return Patch(closures=tuple(closings), withdrawn=tuple(gone))


def move(
    book: Book, there: Iterable[Opening], closing: Closure, to: date, hours: tuple[time, time] | None = None
) -> Patch:
    """Move a day at a place to another: the closing of the one, and extra openings on the other, at other hours or
    the same. `there`: the openings of the day. Raises NothingThere; ValueError for other hours that end too early."""
    moved = [one for one in there if one.status in STANDING and _covers(closing, one.place, one.service, one.date)]
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
    before = [(Sort.CHANGE, key) for key, row in book.changes.items() if _same_day(row, wanted)]
    extra = [(Sort.EXTRA, key) for key, row in book.extras.items() if _same_day(row, wanted)]
    gone = (*before, *extra)
    if all(one.status is Status.EXTRA for one in mine):
        return Patch(extras=(wanted,), withdrawn=gone)
    return Patch(changes=(wanted,), withdrawn=gone)


def begin(book: Book, new: WeeklyHours, old: int | None = None) -> Patch:
    """New weekly hours; the row they take over from ends the day before, or never begins."""
    ended = end(book, old, new.valid_from - timedelta(days=1)) if old is not None else Patch()
    return replace(ended, weekly=(new,))


def end(book: Book, old: int, last: date) -> Patch:
    """A last day for weekly hours; those that would end before they begin go. One that ends earlier stays so."""
    row = book.weekly[old]
    if last < row.valid_from:
        return Patch(removed=(old,))
    return Patch(ends=((old, min(last, row.valid_to or last)),))


def take_back(book: Book, sort: Sort, key: int) -> Patch:
    """Undo: a closure (with the openings it moved away), changed hours, an extra opening; weekly hours that have not
    begun go, and those they took over from go on."""
    if sort is Sort.WEEKLY:
        row = book.weekly[key]
        before = _predecessor(book, key)
        return Patch(removed=(key,), ends=() if before is None else ((before, row.valid_to),))
    withdrawn = [(sort, key)]
    closing = book.closures.get(key) if sort is Sort.CLOSURE else None
    note = book.notes.get(key, "")
    if isinstance(closing, Closure) and note.startswith(MOVED):
        to = note.removeprefix(MOVED)
        withdrawn += [
            (Sort.EXTRA, one)
            for one, extra in book.extras.items()
            if extra.date.isoformat() == to and _in_scope(closing, extra.place, extra.service)
        ]
    return Patch(withdrawn=tuple(withdrawn))


def patched(book: Book, patch: Patch) -> Book:
    """The book afterwards. New rows get keys below zero: they have none yet."""
    ends, gone = dict(patch.ends), set(patch.withdrawn)
    weekly = {
        key: replace(row, valid_to=ends[key]) if key in ends else row
        for key, row in book.weekly.items()
        if key not in patch.removed
    }
    return Book(
        weekly={**weekly, **_new(patch.weekly)},
        closures={**_left(book.closures, Sort.CLOSURE, gone), **_new(patch.closures)},
        changes={**_left(book.changes, Sort.CHANGE, gone), **_new(patch.changes)},
        extras={**_left(book.extras, Sort.EXTRA, gone), **_new(patch.extras)},
        notes=book.notes,
    )


def plan_of(book: Book, holidays: Mapping[date, Labels]) -> HoursPlan:
    """The book as the rule of hours takes it."""
    closings = book.closures.values()
    return HoursPlan(
        weekly=tuple(book.weekly.values()),
        closures=tuple(one for one in closings if isinstance(one, Closure)),
        yearly_dates=tuple(one for one in closings if isinstance(one, YearlyDates)),
        yearly_weeks=tuple(one for one in closings if isinstance(one, YearlyWeeks)),
        changes=tuple(book.changes.values()),
        extras=tuple(book.extras.values()),
        holidays=holidays,
    )


def doubled(openings: Iterable[Opening]) -> set[tuple[Opening, Opening]]:
    """Stretches of one service at one place that overlap. An extra opening on a closed day overlaps nothing."""
    extra_when_closed = {Status.EXTRA, Status.CLOSED}
    return _pairs(
        openings,
        lambda a, b: (a.place, a.service) == (b.place, b.service) and {a.status, b.status} != extra_when_closed,
    )


def together(openings: Iterable[Opening]) -> set[tuple[Opening, Opening]]:
    """Openings of two places at the same time."""
    return _pairs((one for one in openings if one.status in STANDING), lambda a, b: a.place != b.place)


def is_skipped(day: date, at: time, zone: tzinfo) -> bool:
    """Whether the clocks of the zone jump over this time that day: nobody can come at 2.30 when it is 3 after 1.59."""
    local = datetime.combine(day, at, tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)


def coming_weeks(first: int, last: int, today: date, year: int | None = None) -> tuple[date, date] | None:
    """The days of ISO weeks `first` to `last` that are not over: of a year, else the next that come. 52-1 crosses the
    new year. What has gone of them is left out. None where there are no such weeks."""
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


def _in_scope(closing: Closure, place: int, service: int) -> bool:
    return closing.place in (None, place) and closing.service in (None, service)


def _covers(closing: Closure, place: int, service: int, day: date) -> bool:
    return closing.first <= day <= closing.last and _in_scope(closing, place, service)


def _same_day(row: DayHours, wanted: DayHours) -> bool:
    return (row.place, row.service, row.date) == (wanted.place, wanted.service, wanted.date)


def _predecessor(book: Book, key: int) -> int | None:
    """The weekly hours that these took over from: those that end the day before, of the same weekday if there are
    several; None where it cannot be told."""
    row = book.weekly[key]
    eve = row.valid_from - timedelta(days=1)
    before = {
        one: other
        for one, other in book.weekly.items()
        if (other.place, other.service, other.valid_to) == (row.place, row.service, eve)
    }
    same = [one for one, other in before.items() if other.weekday == row.weekday]
    found = same or list(before)
    return found[0] if len(found) == 1 else None


def _new(rows: Sequence[Row]) -> dict[int, Row]:
    return {-number: row for number, row in enumerate(rows, 1)}


def _left(rows: Mapping[int, Row], sort: Sort, gone: set[tuple[Sort, int]]) -> dict[int, Row]:
    return {key: row for key, row in rows.items() if (sort, key) not in gone}
