"""Which closure covers a day, and whose reason is shown.

Closure notices name the span, the reason and the place, and repeat every year by date ("23.12.-2.1.") or
by ISO week ("uge 28-30"): three shapes, one question.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from advice.rules.spans import in_force

Labels = Mapping[str, str]
"""Language -> words; "da" is always there."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Closed once, first and last day included. No place (or service) means every place (or service)."""

    first: date
    last: date
    reason: Labels
    place: int | None = None
    service: int | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a closure from {self.first} cannot end on {self.last}")


@dataclass(frozen=True, slots=True)
class YearlyDates:
    """Closed every year from one (month, day) to another, both closed; (12, 23)-(1, 2) crosses the new year.

    29 February is closed in the years that have it. valid_from and valid_to bound the days, both inclusive.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    reason: Labels
    place: int | None = None
    service: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            date(2000, month, day)  # a leap year: ValueError for a day that no year has

    def covers(self, day: date) -> bool:
        """Whether the day lies within it."""
        inside = _comes_round(self.first, (day.month, day.day), self.last)
        return inside and in_force(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class YearlyWeeks:
    """Closed every year from one ISO 8601 week to another, both included; 52-1 crosses the new year.

    Week 53 is closed in the years that have it. valid_from and valid_to bound the days, both inclusive.
    """

    first_week: int
    last_week: int
    reason: Labels
    place: int | None = None
    service: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if not (1 <= self.first_week <= 53 and 1 <= self.last_week <= 53):
            raise ValueError(f"ISO weeks are 1-53, not {self.first_week}-{self.last_week}")

    def covers(self, day: date) -> bool:
        """Whether the day lies within it."""
        inside = _comes_round(self.first_week, day.isocalendar().week, self.last_week)
        return inside and in_force(self.valid_from, self.valid_to, day)


InYear = TypeVar("InYear", int, tuple[int, int])
ClosedDays = Mapping[date, Sequence[Closure | YearlyDates | YearlyWeeks]]


def closed_days(
    holidays: Mapping[date, Labels],
    closures: Iterable[Closure],
    yearly: Sequence[YearlyDates | YearlyWeeks],
    first: date,
    last: date,
) -> ClosedDays:
    """What closes each day from first to last, both inclusive, the one whose reason is shown first.

    A public holiday goes before a single closure, a single closure before a yearly one; within a kind the
    order given decides. Days that nothing closes are left out.
    """
    found: dict[date, list[Closure | YearlyDates | YearlyWeeks]] = {}
    for day, name in holidays.items():
        if first <= day <= last:
            found.setdefault(day, []).append(Closure(day, day, name))
    for closure in closures:
        for day in days(max(first, closure.first), min(last, closure.last)):
            found.setdefault(day, []).append(closure)
    if yearly:
        for day in days(first, last):
            covering = [closing for closing in yearly if closing.covers(day)]
            if covering:
                found.setdefault(day, []).extend(covering)
    return found


def closing_reason(closed: ClosedDays, day: date, place: int, service: int) -> Labels | None:
    """Why a service at a place is closed that day; None when it is not."""
    for closing in closed.get(day, ()):
        if closing.place in (None, place) and closing.service in (None, service):
            return closing.reason
    return None


def days(first: date, last: date, step: int = 1) -> Iterator[date]:
    """Every `step`th day from first to last, both inclusive; also right at the end of the calendar."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1, step))


def _comes_round(first: InYear, at: InYear, last: InYear) -> bool:
    """Whether `at` lies between two points of every year, both included; backward they hold the new year."""
    if first <= last:
        return first <= at <= last
    return at >= first or at <= last
