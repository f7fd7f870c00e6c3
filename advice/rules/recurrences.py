"""Dated openings as recurrences: which of them are one rule "every n weeks until", with one UTC offset.

For formats that know neither exceptions nor summer time: a closed day and a clock change end a recurrence, and what
follows is another. Together the recurrences are exactly the openings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from advice.rules.openings import STANDING, Opening
from advice.rules.spans import joined

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Run:
    """The same hours every n weeks from first to last, both inclusive.

    opens and closes are aware, of the first day; their UTC offsets are those of every day of the run.
    """

    first: date
    last: date
    every_weeks: int
    opens: datetime
    closes: datetime


def runs(openings: Iterable[Opening], timezone: ZoneInfo) -> list[Run]:
    """The openings of one service at one place that take place, as recurrences; by first day and start."""
    dated: dict[date, list[Opening]] = {}
    for opening in openings:
        if opening.status in STANDING:
            dated.setdefault(opening.date, []).append(opening)
    alike: dict[tuple[int, str, str], list[tuple[datetime, datetime]]] = {}
    for day, held in sorted(dated.items()):
        for starts, ends in joined((opening.starts, opening.ends) for opening in held):
            opens, closes = datetime.combine(day, starts, timezone), datetime.combine(day, ends, timezone)
            key = day.weekday(), clock_with_offset(opens), clock_with_offset(closes)
            alike.setdefault(key, []).append((opens, closes))
    found = [run for held_alike in alike.values() for run in _runs_of(held_alike)]
    return sorted(found, key=lambda run: (run.first, run.opens))


def clock_with_offset(at: datetime) -> str:
    """The time of day of an aware time, as "12:00+01:00"."""
    return at.isoformat(timespec="minutes").partition("T")[2]


def _runs_of(held: Sequence[tuple[datetime, datetime]]) -> Iterator[Run]:
    """Cut wherever the next is further off than the shortest step between two of them; all are of one weekday."""
    dates = [opens.date() for opens, _closes in held]
    step = min((after - day for day, after in pairwise(dates)), default=WEEK)
    begin = 0
    for at, day in enumerate(dates):
        if at + 1 == len(dates) or dates[at + 1] - day != step:
            yield Run(dates[begin], day, step // WEEK, *held[begin])
            begin = at + 1
