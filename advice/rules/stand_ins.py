"""Somebody falls ill: who of the others can take the shift, and in which order to ask them.

Nobody who can is left out: staffing "skal være fleksibel", so whoever plans sees everybody, the best first, and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from advice.rules.spans import Span
from advice.rules.terms import Against, Away, Terms, against


@dataclass(frozen=True, slots=True)
class Hole:
    """A shift that nobody has: where and when, and what is missing at its opening without it.

    short: the organisations of which too few are there. wanted: the competences that nobody there has, by id.
    """

    place: int
    day: date
    span: Span
    short: frozenset[int] = frozenset()
    wanted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on the team that day, under one of her memberships.

    busy: her shifts that day, in any programme. week: her shifts in the ISO week of the day, in this programme.
    """

    member: int
    person: int
    organisation: int
    terms: Terms
    away: tuple[Away, ...] = ()
    busy: tuple[Span, ...] = ()
    week: tuple[Span, ...] = ()
    competences: frozenset[int] = frozenset()
    said_no: bool = False

    @property
    def minutes(self) -> int:
        """What she has that week already."""
        return sum(one.minutes for one in self.week)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who can take a shift, and what is to be known of her.

    share: her organisation lacks somebody there. brings: the wanted competences that she has.
    """

    colleague: Colleague
    against: tuple[Against, ...]
    share: bool
    brings: frozenset[int]


def can(hole: Hole, colleague: Colleague) -> bool:
    """Whether she is neither away nor on duty anywhere at a moment of it."""
    away = any(one.covers(hole.day, hole.span) for one in colleague.away)
    return not away and not any(one.overlaps(hole.span) for one in colleague.busy)


def stand_ins(hole: Hole, colleagues: Iterable[Colleague]) -> list[StandIn]:
    """Everybody who can, in the order to ask them; a person of several organisations once, where she comes first.

    Who has said no comes last. Else first who can that day by her terms, then whose organisation lacks somebody, then
    who brings most of the competences wanted, then who has least of her hours that week with this shift in it, then
    who would rather be there than elsewhere; where all of it is the same, the order they came in.
    """
    found = [_judged(hole, one) for one in colleagues if can(hole, one)]
    found.sort(key=lambda one: _rank(hole, one))
    first: dict[int, StandIn] = {}
    for one in found:
        first.setdefault(one.colleague.person, one)
    return list(first.values())


def _judged(hole: Hole, colleague: Colleague) -> StandIn:
    told = against(hole.place, hole.day, hole.span, colleague.terms, colleague.away, colleague.week)
    return StandIn(colleague, told, colleague.organisation in hole.short, colleague.competences & hole.wanted)


def _rank(hole: Hole, one: StandIn) -> tuple[bool, int, bool, int, bool, Fraction, int]:
    """Smaller comes first. Nobody's week is nothing to divide by: whoever has no hours comes after those who have."""
    who = one.colleague
    hours = who.terms.week_minutes
    days = 2 if Against.NOT_THAT_DAY in one.against else int(Against.NOT_ALL in one.against)
    wish = (hole.place in who.terms.avoids) - (hole.place in who.terms.prefers)
    load = Fraction(who.minutes + hole.span.minutes, hours) if hours else Fraction(who.minutes)
    return who.said_no, days, not one.share, -len(one.brings), not hours, load, wish
