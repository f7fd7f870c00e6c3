"""What the sign on a door says at a moment, made from dated openings.

A resident asks three things: is it open now, when is it next, and what is different in the weeks ahead.
Closure notices name the place, the span and the reason, as municipalities write them ("Lukkedage").
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from advice.rules.closures import Labels
from advice.rules.openings import STANDING, Opening, Status, is_open, next_opening

CLOCKS_CHANGE_ON = timedelta(minutes=15)
"""Clocks are put forward and back at a full quarter of an hour, in every time zone there is."""

LONGEST_PAUSE = timedelta(days=28)
"""Hours come back within so long, if they come back: what is closed that near to the last day known may go on."""

_OpenDays = Mapping[int, Sequence[date]]
"""By place, the days on which it is open, in order."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a place's door says: open until then (None: not open), and the next time it opens after that.

    closed_today: the closed opening of today, when nobody can come in any more today. closed_ahead: the next
    closed opening when nothing is open ahead at all.
    """

    open_until: time | None
    ahead: Opening | None
    closed_today: Opening | None
    closed_ahead: Opening | None

    @property
    def open_now(self) -> bool:
        """Whether people can walk in."""
        return self.open_until is not None


@dataclass(frozen=True, slots=True)
class Notice:
    """A closure for residents: from the first to the last closed day (inclusive) at the places, with its reason."""

    first: date
    last: date
    places: tuple[int, ...]
    reason: Labels | None
    goes_on: bool = False
    """Nobody knows an open day after it: `last` is only the last day that is known."""


def sign(openings: Iterable[Opening], today: date, now: time) -> Sign:
    """What the door of one place says at `now`, given its openings in any order; at the end's minute it is closed."""
    openings = list(openings)
    until = _open_until(openings, today, now)
    ahead = next_opening(
        (o for o in openings if (o.date, o.starts) > (today, until or now)),
        today,
        now,
    )
    shut = until is None and (ahead is None or ahead.date != today)
    closed = sorted((o for o in openings if o.status is Status.CLOSED and o.date >= today), key=_order)
    return Sign(
        open_until=until,
        ahead=ahead,
        closed_today=next((o for o in closed if shut and o.date == today), None),
        closed_ahead=next((o for o in closed if until is None and ahead is None), None),
    )


def notices(openings: Iterable[Opening], first: date, last: date, known_until: date | None = None) -> list[Notice]:
    """The closures that begin from first to last (inclusive), in order, each to its own end, however far that is.

    openings: all there are from `first` on; known_until: the last day they are made for. Closed days of one reason in
    a row are one notice. It covers several places only if none of them is open between its first and its last day;
    one that lies within a longer one at the same places is not told again.
    """
    within = [o for o in openings if first <= o.date]
    open_days: dict[int, list[date]] = {}
    for opening in sorted((o for o in within if o.status in STANDING), key=_order):
        open_days.setdefault(opening.place, []).append(opening.date)
    by_reason: dict[tuple[tuple[str, str], ...], list[Opening]] = {}
    for opening in sorted((o for o in within if o.status is Status.CLOSED), key=_order):
        by_reason.setdefault(tuple(sorted((opening.reason or {}).items())), []).append(opening)
    every = [notice for closed in by_reason.values() for notice in _merged(closed, open_days)]
    begun = [notice for notice in every if notice.first <= last]
    found = [
        replace(one, goes_on=known_until is not None and _goes_on(one, open_days, known_until))
        for one in begun
        if not any(_lies_within(one, longer) for longer in begun)
    ]
    return sorted(found, key=lambda n: (n.first, n.last, n.places))


def holds_until(openings: Iterable[Opening], at: datetime) -> datetime:
    """The next instant (aware UTC) at which a sign or the word of a day can change, if nobody edits anything.

    at: the moment on the clock of the place, aware, with its ZoneInfo. That is the next start or end of an opening
    today, else midnight. In the night that clocks change: not after the change, since the wall clock jumps there, and
    an hour that comes twice has each of its minutes twice.
    """
    today, now = at.date(), at.astimezone(UTC)
    midnight = datetime.combine(today + timedelta(days=1), time(), at.tzinfo)
    walls = {wall for opening in openings if opening.date == today for wall in (opening.starts, opening.ends)}
    local = [datetime.combine(today, wall, at.tzinfo).replace(fold=fold) for wall in walls for fold in (0, 1)]
    instants = [moment.astimezone(UTC) for moment in (midnight, *local)]
    if midnight.utcoffset() != at.utcoffset():
        instants.append(_clock_change(at))
    return min(instant for instant in instants if instant > now)


def _clock_change(at: datetime) -> datetime:
    """The instant (UTC) of the change of clocks that lies between a local moment and its midnight."""
    moment = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while moment.astimezone(at.tzinfo).utcoffset() == at.utcoffset() or moment <= at.astimezone(UTC):
        moment += CLOCKS_CHANGE_ON
    return moment


def _open_until(openings: Sequence[Opening], today: date, now: time) -> time | None:
    """The end of the stretch that is open now, through openings that touch or overlap it."""
    until = max((o.ends for o in openings if is_open(o, today, now)), default=None)
    while until is not None:
        longer = max((o.ends for o in openings if is_open(o, today, until)), default=None)
        if longer is None:
            return until
        until = longer
    return None


def _merged(closed: Sequence[Opening], open_days: _OpenDays) -> list[Notice]:
    """Closed openings of one reason, in order, as notices: first the runs of each place, then runs together."""
    runs: dict[int, list[Notice]] = {}
    for opening in closed:
        own = runs.setdefault(opening.place, [])
        day = Notice(opening.date, opening.date, (opening.place,), opening.reason)
        if own and own[-1].last == opening.date:
            continue
        _add(own, day, open_days)
    found: list[Notice] = []
    for run in sorted((run for own in runs.values() for run in own), key=lambda n: (n.first, n.last, n.places)):
        _add(found, run, open_days)
    return found


def _add(found: list[Notice], more: Notice, open_days: _OpenDays) -> None:
    """Let the last notice grow by another, or put it behind, if a place would be open within."""
    if found:
        last = found[-1]
        grown = Notice(
            min(last.first, more.first),
            max(last.last, more.last),
            tuple(sorted({*last.places, *more.places})),
            last.reason,
        )
        if not any(_opens(open_days.get(place, ()), grown.first, grown.last) for place in grown.places):
            found[-1] = grown
            return
    found.append(more)


def _opens(days: Sequence[date], first: date, last: date) -> bool:
    """Whether one of the days, which are in order, lies between the two (inclusive)."""
    at = bisect_left(days, first)
    return at < len(days) and days[at] <= last


def _lies_within(notice: Notice, longer: Notice) -> bool:
    spans = (notice.first, notice.last, notice.places), (longer.first, longer.last, longer.places)
    inside = longer.first <= notice.first and notice.last <= longer.last
    return inside and spans[0] != spans[1] and set(notice.places) <= set(longer.places)


def _goes_on(notice: Notice, open_days: _OpenDays, known_until: date) -> bool:
    """Whether the last day known comes before any of the places is known to open again."""
    opens = any(_opens(open_days.get(place, ()), notice.last, date.max) for place in notice.places)
    return not opens and known_until - notice.last < LONGEST_PAUSE


def _order(opening: Opening) -> tuple[date, time, int, int]:
    return opening.date, opening.starts, opening.place, opening.service
