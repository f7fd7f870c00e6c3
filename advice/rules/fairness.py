"""How the work of a vagtplan is spread: shifts and hours against what is agreed, late ends, unpopular places.

Agreed is what her percent gives for the weekdays she is on the team and not away; public holidays are not taken off,
since everybody has them alike. Nothing here judges: the numbers stand beside each other, and people talk.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from advice.rules.spans import Span, in_force, minutes, overlaps
from advice.rules.terms import Away, Terms
from advice.rules.turns import Turn

LATE = 60
"""Minutes before a place closes that count as its late end: somebody stays, says no and locks up."""
WORKDAYS = 5
"""Days of a week's agreed hours, Monday to Friday."""

Closing = Mapping[tuple[int, date], time]
"""When a place closes on a day."""


@dataclass(frozen=True, slots=True)
class Engaged:
    """Somebody on the team under a membership: its days (both inclusive, None: open), terms and absences."""

    person: int
    organisation: int
    terms: Terms
    valid_from: date | None = None
    valid_to: date | None = None
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody has of the work of some days. Times are in minutes."""

    shifts: int = 0
    minutes: int = 0
    agreed: int = 0
    late: int = 0
    """Shifts that reach into the last hour before closing."""
    unpopular: int = 0
    """Shifts at a place that somebody else would rather not be at."""

    @property
    def percent(self) -> int | None:
        """Of what is agreed, rounded; None where nothing is."""
        return round(100 * self.minutes / self.agreed) if self.agreed else None


def shares(
    engaged: Iterable[Engaged], turns: Iterable[Turn], closing: Closing, first: date, last: date
) -> dict[tuple[int, int], Share]:
    """Each person's share of the days (both inclusive), by person and organisation: of everybody on the team in one of
    them, and of everybody with a turn. Several memberships of one person in an organisation are one share."""
    everybody = list(engaged)
    agreed: Counter[tuple[int, int]] = Counter()
    for one in everybody:
        agreed[one.person, one.organisation] += agreed_minutes(one, first, last)
    own: defaultdict[tuple[int, int], list[Turn]] = defaultdict(list)
    for turn in turns:
        if first <= turn.day <= last:
            own[turn.person, turn.organisation].append(turn)
    avoided = _avoided(everybody)
    return {key: _share(own[key], agreed[key], closing, avoided, key[0]) for key in {*agreed, *own}}


def agreed_minutes(one: Engaged, first: date, last: date) -> int:
    """Minutes that somebody has for the days, to the nearest: her weekly minutes a fifth for each weekday on which she
    is on the team and not away all day."""
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    whole = [away for away in one.away if away.span is None]
    counted = sum(
        day.weekday() < WORKDAYS
        and in_force(one.valid_from, one.valid_to, day)
        and not any(away.first <= day <= away.last for away in whole)
        for day in days
    )
    return round(one.terms.week_minutes * counted / WORKDAYS)


def is_late(span: Span, closes: time | None) -> bool:
    """Whether a turn holds a moment of the last hour before a place closes. None: it does not open that day."""
    if closes is None:
        return False
    end = minutes(closes)
    return overlaps(minutes(span.starts), minutes(span.ends), end - LATE, end)


def _avoided(engaged: Sequence[Engaged]) -> dict[int, set[int]]:
    """Who would rather not be at a place, by place."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one in engaged:
        for place in one.terms.avoids:
            found[place].add(one.person)
    return found


def _share(turns: Sequence[Turn], agreed: int, closing: Closing, avoided: Mapping[int, set[int]], person: int) -> Share:
    return Share(
        len(turns),
        sum(turn.span.minutes for turn in turns),
        agreed,
        sum(is_late(turn.span, closing.get((turn.place, turn.day))) for turn in turns),
        sum(bool(avoided.get(turn.place, set()) - {person}) for turn in turns),
    )
