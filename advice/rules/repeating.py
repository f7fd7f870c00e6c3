"""A stretch of the vagtplan laid again over the weeks ahead: which shifts come of it, and what is left out and why.

The quick way to a quarter's plan: the weeks of the last one (or a pattern of n weeks) are repeated in order. A shift is
repeated on the same weekday at the same place, where it is open then and its person is there; everything that is not
repeated is told, since a plan that is silently thinner is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from advice.rules.spans import Span
from advice.rules.terms import Away
from advice.rules.turns import Turn, in_order

WEEK = timedelta(days=7)
Hours = Mapping[tuple[int, date], Sequence[Span]]
"""By place and day, when people are on duty for its openings; a day on which nothing is open is not there."""


class Skip(StrEnum):
    """Why a shift is not repeated."""

    PAST = "past"
    CLOSED = "closed"
    NOT_ON_TEAM = "not_on_team"
    AWAY = "away"
    THERE = "there"
    """The same shift stands there already."""
    BUSY = "busy"
    """The person is on duty elsewhere then."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A shift that is not repeated, as it would have been."""

    turn: Turn
    why: Skip


@dataclass(frozen=True, slots=True)
class Repetition:
    """What repeating gives: new shifts by day, those among them that were cut to other opening hours, what was left
    out."""

    turns: tuple[Turn, ...]
    cut: tuple[Turn, ...]
    skipped: tuple[Skipped, ...]


def repeat(
    source: Iterable[Turn],
    begins: date,
    weeks: int,
    onto: date,
    times: int,
    *,
    today: date,
    hours: Hours,
    on_team: Callable[[int, date], bool],
    away: Mapping[int, Sequence[Away]],
    standing: Iterable[Turn],
) -> Repetition:
    """Lay the `weeks` weeks from the Monday `begins` again over `times` weeks from the Monday `onto`, in turn.

    hours: of the source's days and of those ahead. away: by person. standing: the shifts that stand already, of any
    place; what is laid counts as standing for what is laid after it. ValueError unless both are Mondays, weeks > 0
    and the weeks that are read lie before those that are written.
    """
    if begins.weekday() or onto.weekday() or weeks < 1 or begins + weeks * WEEK > onto:
        raise ValueError("whole weeks are repeated, onto weeks that come after them")
    busy: dict[tuple[int, date], list[Turn]] = {}
    for turn in standing:
        busy.setdefault((turn.person, turn.day), []).append(turn)
    turns: list[Turn] = []
    cut: list[Turn] = []
    skipped: list[Skipped] = []
    for old, day in _dated(sorted(source, key=in_order), begins, weeks, onto, times):
        wanted = replace(old, day=day, span=fitted(old, day, hours) or old.span)
        why = _why_not(wanted, today, hours, on_team, away, busy)
        if why is not None:
            skipped.append(Skipped(wanted, why))
            continue
        busy.setdefault((wanted.person, day), []).append(wanted)
        turns.append(wanted)
        if wanted.span != old.span:
            cut.append(wanted)
    return Repetition(tuple(turns), tuple(cut), tuple(skipped))


def fitted(old: Turn, day: date, hours: Hours) -> Span | None:
    """The stretch on another day: as it was where the hours are the same there, else what of it lies in the first of
    the day's hours that it reaches. None where it reaches none."""
    there = hours.get((old.place, day), ())
    if there and sorted(there) == sorted(hours.get((old.place, old.day), ())):
        return old.span
    reached = next((one for one in sorted(there) if one.overlaps(old.span)), None)
    if reached is None:
        return None
    return Span(max(reached.starts, old.span.starts), min(reached.ends, old.span.ends))


def _dated(source: Sequence[Turn], begins: date, weeks: int, onto: date, times: int) -> Iterator[tuple[Turn, date]]:
    """Each shift of the source with each day it is to be repeated on, in order of those days' weeks."""
    for number in range(times):
        monday = begins + (number % weeks) * WEEK
        for turn in source:
            if monday <= turn.day < monday + WEEK:
                yield turn, onto + number * WEEK + (turn.day - monday)


def _why_not(
    wanted: Turn,
    today: date,
    hours: Hours,
    on_team: Callable[[int, date], bool],
    away: Mapping[int, Sequence[Away]],
    busy: Mapping[tuple[int, date], Sequence[Turn]],
) -> Skip | None:
    """Why a shift cannot be laid; None if it can."""
    if wanted.day < today:
        return Skip.PAST
    if not any(one.overlaps(wanted.span) for one in hours.get((wanted.place, wanted.day), ())):
        return Skip.CLOSED
    if not on_team(wanted.member, wanted.day):
        return Skip.NOT_ON_TEAM
    if any(one.covers(wanted.day, wanted.span) for one in away.get(wanted.person, ())):
        return Skip.AWAY
    there = [one for one in busy.get((wanted.person, wanted.day), ()) if one.span.overlaps(wanted.span)]
    if any(one.place == wanted.place for one in there):
        return Skip.THERE
    return Skip.BUSY if there else None
