"""Indicators: which visits one counts, its reporting year, its pace and the way a reading went.

"Indikatorer er variable, der bruges til at vise, om delmålene opnås" (both agreements); "årlige
opgørelser", and a year that need not be the calendar's. What an indicator counts is a filter of ids and
flags, so that no code knows a topic or an outcome.
"""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from math import isnan


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What a filter may ask of a visit; result_known: whether one hears how a bridging went."""

    day: date
    organisation: int
    place: int
    service: int
    kind: int | None
    topics: frozenset[int]
    outcomes: frozenset[int]
    outcome_flags: frozenset[str]
    result_known: bool
    undone: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """What an indicator counts: any one of a set is enough, every set must be met, an empty one asks nothing.

    any_outcome: some outcome was recorded at all (the whole that a share is a share of). result_known:
    None asks nothing.
    """

    organisations: frozenset[int] = frozenset()
    places: frozenset[int] = frozenset()
    services: frozenset[int] = frozenset()
    kinds: frozenset[int] = frozenset()
    topics: frozenset[int] = frozenset()
    outcomes: frozenset[int] = frozenset()
    any_flag: frozenset[str] = frozenset()
    any_outcome: bool = False
    result_known: bool | None = None


class Direction(StrEnum):
    """What an agreement wants of an indicator: a number, or only a direction ("skal falde", "skal øges")."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    FALLS = "falls"
    RISES = "rises"


class Verdict(StrEnum):
    """How a count stands against the straight line to its target; of a ceiling, whether it is kept."""

    REACHED = "reached"
    AHEAD = "ahead"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    BELOW = "below"
    ABOVE = "above"


class Movement(StrEnum):
    """Where a reading went from its baseline."""

    RIGHT_WAY = "right_way"
    WRONG_WAY = "wrong_way"
    STILL = "still"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pace:
    """Where the count should be today, the share of the year that has passed (0-1), and the verdict."""

    expected: float
    share_of_year: float
    verdict: Verdict


def counts(visit: VisitFacts, f: Filter) -> bool:
    """Whether the filter counts the visit; an undone one never counts. Dates are the caller's to choose."""
    if visit.undone or (f.any_outcome and not visit.outcomes):
        return False
    if f.result_known is not None and f.result_known != visit.result_known:
        return False
    kind = frozenset() if visit.kind is None else frozenset({visit.kind})
    conditions: tuple[tuple[frozenset[int] | frozenset[str], frozenset[int] | frozenset[str]], ...] = (
        (f.organisations, frozenset({visit.organisation})),
        (f.places, frozenset({visit.place})),
        (f.services, frozenset({visit.service})),
        (f.kinds, kind),
        (f.topics, visit.topics),
        (f.outcomes, visit.outcomes),
        (f.any_flag, visit.outcome_flags),
    )
    return all(not wanted or bool(wanted & found) for wanted, found in conditions)


def reporting_year(start_month: int, start_day: int, on: date) -> tuple[date, date]:
    """First and last day, both inclusive, of the reporting year that holds the day.

    A year that starts on 29 February starts on 1 March where there is none. ValueError for a day that no
    year has. At either end of the calendar the year is cut off.
    """
    date(2000, start_month, start_day)  # a leap year: refuses only days that never exist
    year = on.year if _year_start(on.year, start_month, start_day) <= on else on.year - 1
    first = _year_start(year, start_month, start_day) if year >= MINYEAR else date.min
    last = _year_start(year + 1, start_month, start_day) - timedelta(days=1) if year < MAXYEAR else date.max
    return first, last


def reporting_years(start_month: int, start_day: int, first: date, last: date) -> list[tuple[date, date]]:
    """The reporting years that hold a day from first to last (inclusive), the newest first; none if last is earlier."""
    found: list[tuple[date, date]] = []
    day = last
    while day >= first:
        year = reporting_year(start_month, start_day, day)
        found.append(year)
        if year[0] == date.min:
            break
        day = year[0] - timedelta(days=1)
    return found


def twelve_months_to(on: date) -> tuple[date, date]:
    """First and last day, both inclusive, of the twelve months that end with the day: always one of each date."""
    if on.year == MINYEAR:
        return date.min, on
    try:
        year_ago = on.replace(year=on.year - 1)
    except ValueError:  # 29 February
        year_ago = date(on.year - 1, 2, 28)
    return year_ago + timedelta(days=1), on


def pace(
    count: int, target: float, first: date, last: date, today: date, direction: Direction = Direction.AT_LEAST
) -> Pace:
    """How a count stands on a straight line over the days first to last, both inclusive; today has passed.

    On track is within 10 % of the line, either way. A ceiling (AT_MOST) is BELOW as long as the count has not
    passed it, however near the line, else ABOVE. ValueError when the year ends before it begins.
    """
    whole = (last - first).days + 1
    if whole < 1:
        raise ValueError(f"a year from {first} cannot end on {last}")
    passed = min(max((today - first).days + 1, 0), whole)
    expected = target * passed / whole
    if direction is Direction.AT_MOST:
        return Pace(expected, passed / whole, Verdict.ABOVE if count > target else Verdict.BELOW)
    return Pace(expected, passed / whole, _verdict(count, target, expected))


def moved(direction: Direction, baseline: float | None, reading: float | None) -> Movement:
    """Which way a reading went from its baseline, by what is wanted; UNKNOWN when either is missing."""
    if baseline is None or reading is None or isnan(baseline) or isnan(reading):
        return Movement.UNKNOWN
    if reading == baseline:
        return Movement.STILL
    wants_more = direction in (Direction.AT_LEAST, Direction.RISES)
    return Movement.RIGHT_WAY if (reading > baseline) == wants_more else Movement.WRONG_WAY


def _year_start(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 3, 1)


def _verdict(count: int, target: float, expected: float) -> Verdict:
    if count >= target:
        return Verdict.REACHED
    if abs(count - expected) * 10 <= expected:
        return Verdict.ON_TRACK
    return Verdict.AHEAD if count > expected else Verdict.BEHIND
