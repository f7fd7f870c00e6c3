"""What a person can be asked to do: weekdays and hours, hours a week, places, absence -> what speaks against a shift.

Nothing here refuses: staffing "skal være fleksibel", so a planner decides and is told. What refuses is only that
nobody can be on duty twice at once (`spans`, and the guard shift_clash of the database).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from advice.rules.spans import Span, in_force, minutes, overlaps

FULL_WEEK = 37 * 60
"""Minutes of a full-time week by the Danish collective agreements; a membership's percent is a part of it."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a person can be on duty on a weekday (0 is Monday); valid_from and valid_to both inclusive, None open."""

    weekday: int
    span: Span
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed with a person. most_shifts: in an ISO week, None any number.

    On a day on which none of the windows is in force, of whatever weekday, she can at any hour: so it is without any.
    """

    percent: int = 100
    windows: tuple[Window, ...] = ()
    most_shifts: int | None = None
    prefers: frozenset[int] = frozenset()
    avoids: frozenset[int] = frozenset()

    @property
    def week_minutes(self) -> int:
        """Minutes a week for open advice: the percent of a full week, to the nearest minute."""
        return round(FULL_WEEK * self.percent / 100)


@dataclass(frozen=True, slots=True)
class Away:
    """An absence from first to last (both inclusive), all day or within a span of each of the days."""

    first: date
    last: date
    span: Span | None = None

    def covers(self, day: date, span: Span) -> bool:
        """Whether the person is away at any moment of the stretch."""
        return self.first <= day <= self.last and (self.span is None or self.span.overlaps(span))


class Against(StrEnum):
    """What speaks against a shift, the most serious first."""

    AWAY = "away"
    NOT_THAT_DAY = "not_that_day"
    """None of it lies in the hours she can on that weekday."""
    NOT_ALL = "not_all"
    """Part of it lies outside them."""
    MOST_SHIFTS = "most_shifts"
    MOST_HOURS = "most_hours"
    AVOIDS = "avoids"


def against(
    place: int, day: date, span: Span, terms: Terms, away: Iterable[Away], week: Sequence[Span]
) -> tuple[Against, ...]:
    """What speaks against a person taking a stretch at a place, the most serious first.

    week: her other shifts in the ISO week of the day, in this programme.
    """
    found = []
    if any(one.covers(day, span) for one in away):
        found.append(Against.AWAY)
    inside = minutes_inside(span, windows_on(terms, day))
    if bound_on(terms, day) and inside < span.minutes:
        found.append(Against.NOT_ALL if inside else Against.NOT_THAT_DAY)
    if terms.most_shifts is not None and len(week) + 1 > terms.most_shifts:
        found.append(Against.MOST_SHIFTS)
    if sum(one.minutes for one in week) + span.minutes > terms.week_minutes:
        found.append(Against.MOST_HOURS)
    if place in terms.avoids:
        found.append(Against.AVOIDS)
    return tuple(found)


def bound_on(terms: Terms, day: date) -> bool:
    """Whether anything is agreed of when she can that day."""
    return any(in_force(window.valid_from, window.valid_to, day) for window in terms.windows)


def windows_on(terms: Terms, day: date) -> list[Span]:
    """When she can that day; empty on a day that none of her windows names."""
    return [
        window.span
        for window in terms.windows
        if window.weekday == day.weekday() and in_force(window.valid_from, window.valid_to, day)
    ]


def minutes_inside(span: Span, windows: Iterable[Span]) -> int:
    """How many minutes of a stretch lie in at least one of the windows."""
    begin, end = minutes(span.starts), minutes(span.ends)
    inside, at = 0, begin
    for starts, ends in sorted((minutes(one.starts), minutes(one.ends)) for one in windows):
        if overlaps(max(starts, at), ends, begin, end):
            inside += min(ends, end) - max(starts, at)
            at = min(ends, end)
    return inside
