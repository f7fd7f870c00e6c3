"""A dated opening: one stretch of a service at a place on a day, and whether people can walk in.

`hours` makes them, `differences` compares them with the stored ones, `doors` puts them into words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from advice.rules.closures import Labels


class Status(StrEnum):
    """How an opening came to be. CANCELLED is stored only: the tombstone of what no rule makes any more."""

    OPEN = "open"
    CHANGED = "changed"
    EXTRA = "extra"
    CLOSED = "closed"
    CANCELLED = "cancelled"


STANDING = frozenset({Status.OPEN, Status.CHANGED, Status.EXTRA})
"""The openings that take place; the others are closed or gone."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One dated stretch of a service at a place; a closed one carries its usual times and the reason."""

    place: int
    service: int
    date: date
    starts: time
    ends: time
    status: Status
    reason: Labels | None = field(default=None, hash=False)


def is_open(opening: Opening, today: date, now: time) -> bool:
    """Whether people can walk in now; at its last minute's end it is closed."""
    return opening.status in STANDING and opening.date == today and opening.starts <= now < opening.ends


def next_opening(openings: Iterable[Opening], today: date, now: time) -> Opening | None:
    """The one open now, else the next; closed and cancelled ones do not count. None when none is ahead."""
    ahead = (o for o in openings if o.status in STANDING and (o.date, o.ends) > (today, now))
    return min(ahead, key=lambda o: (o.date, o.starts, o.place, o.service, o.ends), default=None)
