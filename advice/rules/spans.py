"""Half-open spans of time: [starts, ends) holds its start and not its end.

A shift until 14 and one from 14 therefore do not clash, and one rule says so everywhere. Times are wall-clock
times at a place, within one day; an opening or a shift never crosses midnight.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Protocol, TypeVar


class _Comparable(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...
    def __le__(self, other: Any, /) -> bool: ...


Point = TypeVar("Point", bound=_Comparable)


def overlaps(a_start: Point, a_end: Point, b_start: Point, b_end: Point) -> bool:
    """Whether [a_start, a_end) and [b_start, b_end) share a moment: THE overlap rule of the program.

    Works for anything ordered: times, dates, aware instants, minutes. Spans that only touch do not
    overlap, and an empty or backward span overlaps nothing.
    """
    return max(a_start, b_start) < min(a_end, b_end)


def joined(stretches: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """The same time in as few stretches as it takes, in order: those that overlap or touch become one."""
    found: list[tuple[Point, Point]] = []
    for starts, ends in sorted(stretches):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((starts, ends))
    return found


def in_force(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether something is in force that day; both ends belong to it, None is open.

    models.programmes.valid_on says the same in SQL.
    """
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


def minutes(t: time) -> int:
    """Minutes after midnight, 0-1439; seconds are cut off."""
    return t.hour * 60 + t.minute


def clock(m: int) -> time:
    """The time `m` minutes after midnight; ValueError outside 0-1439 (24:00 is no time of day)."""
    if not 0 <= m < 24 * 60:
        raise ValueError(f"{m} minutes after midnight is not a time of day")
    return time(m // 60, m % 60)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one day, ordered by start and then end; ValueError unless it ends after it starts."""

    starts: time
    ends: time

    def __post_init__(self) -> None:
        if self.ends <= self.starts:
            raise ValueError(f"a span from {self.starts} must end after it starts, not at {self.ends}")

    @property
    def minutes(self) -> int:
        """Its length in minutes."""
        return minutes(self.ends) - minutes(self.starts)

    def overlaps(self, other: "Span") -> bool:
        """Whether both hold the same moment."""
        return overlaps(self.starts, self.ends, other.starts, other.ends)


def clock_text(t: time) -> str:
    """A time as short as Danes write it: 12:00 is "12", 12:30 is "12.30", 09:05 is "9.05"."""
    return f"{t.hour}.{t.minute:02}" if t.minute else str(t.hour)
