"""A place's hours as other programs take them: usual weeks with validity, and the days that differ.

JSON-LD and OpenStreetMap's `opening_hours` both say a week first and exceptions after it. The exceptions are found
by comparing the week with the dated openings, so that what is told equals what is stored, whatever made it: a
closure, a changed day, an extra one, hours every second week (no such format can say "every n weeks").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise

from advice.rules.closures import days
from advice.rules.hours import WeeklyHours
from advice.rules.openings import STANDING, Opening
from advice.rules.spans import in_force, joined

Stretches = tuple[tuple[time, time], ...]
"""Half-open stretches of one day, in order; none touches the next. () is closed."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Usual:
    """The same hours on some weekdays (0 is Monday), from first to last, both inclusive; None is open-ended."""

    weekdays: tuple[int, ...]
    stretches: Stretches
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """What is usual from `first` on, and what each day that differs has instead, from `first` to `last` inclusive.

    No weekday has two usual hours on one day. `exceptions` replace all usual hours of their day.
    """

    first: date
    last: date
    usual: Sequence[Usual]
    exceptions: Mapping[date, Stretches]

    def on(self, day: date) -> Stretches:
        """When it is open on a day from `first` on; after `last` only the usual is known."""
        found = self.exceptions.get(day)
        return usual_on(self.usual, day) if found is None else found

    def closed_ranges(self) -> list[tuple[date, date]]:
        """The exceptions that are closed, as ranges without any opening in them, both ends inclusive; in order.

        Days between two closed ones on which it never opens anyway belong to the range: shorter, and as true.
        """
        found: list[tuple[date, date]] = []
        for day in sorted(day for day, stretches in self.exceptions.items() if not stretches):
            if found and not any(self.on(between) for between in days(found[-1][1], day)):
                found[-1] = (found[-1][0], day)
            else:
                found.append((day, day))
        return found

    def changed(self) -> dict[Stretches, list[date]]:
        """The exceptions that are open: the days that have the same hours, in order of the first of them."""
        found: dict[Stretches, list[date]] = {}
        for day, stretches in sorted(self.exceptions.items()):
            if stretches:
                found.setdefault(stretches, []).append(day)
        return found


def timetable(weekly: Iterable[WeeklyHours], openings: Iterable[Opening], first: date, last: date) -> Timetable:
    """The hours of one place (or of one service at it) from its weekly hours and its openings from first to last.

    Several services are told together: the place is open when one of them is. Closed and cancelled openings count
    as none. A weekly row is usual only as far as its validity reaches: bound it by its place's and service's first.
    """
    usual = usual_weeks(weekly, first)
    dated: dict[date, list[tuple[time, time]]] = {}
    for opening in openings:
        if opening.status in STANDING:
            dated.setdefault(opening.date, []).append((opening.starts, opening.ends))
    real = {day: tuple(joined(dated.get(day, ()))) for day in days(first, last)}
    return Timetable(
        first, last, usual, {day: stretches for day, stretches in real.items() if stretches != usual_on(usual, day)}
    )


def usual_on(usual: Iterable[Usual], day: date) -> Stretches:
    """The usual hours of a day."""
    weekday = day.weekday()
    return next((u.stretches for u in usual if weekday in u.weekdays and in_force(u.first, u.last, day)), ())


def usual_weeks(weekly: Iterable[WeeklyHours], first: date) -> list[Usual]:
    """The hours of every week from `first` on, the weekdays with the same hours and validity together.

    Rows of every n weeks are left out. In order of validity, then of weekday.
    """
    rows = [row for row in weekly if row.every_weeks == 1 and (row.valid_to is None or row.valid_to >= first)]
    weekdays: dict[tuple[date | None, date | None, Stretches], list[int]] = {}
    for weekday in range(7):
        for key in _periods([row for row in rows if row.weekday == weekday], first):
            weekdays.setdefault(key, []).append(weekday)
    found = [Usual(tuple(held), stretches, begin, end) for (begin, end, stretches), held in weekdays.items()]
    return sorted(found, key=lambda u: (u.first or date.min, u.weekdays, u.last or date.max))


def _periods(rows: Sequence[WeeklyHours], first: date) -> list[tuple[date | None, date | None, Stretches]]:
    """The hours of one weekday in time: whenever a row begins or ends, others hold; equal neighbours are one."""
    turns = {first, *(row.valid_from for row in rows if row.valid_from > first)}
    turns |= {row.valid_to + DAY for row in rows if row.valid_to is not None and row.valid_to < date.max}
    found: list[tuple[date | None, date | None, Stretches]] = []
    for begin, after in pairwise([*sorted(turns), None]):
        if begin is None:
            continue
        held = tuple(joined((r.starts, r.ends) for r in rows if in_force(r.valid_from, r.valid_to, begin)))
        until = after - DAY if after is not None else None
        if found and found[-1][2] == held:
            found[-1] = (found[-1][0], until, held)
        else:
            found.append((None if begin == first else begin, until, held))
    return [period for period in found if period[2]]
