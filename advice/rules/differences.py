"""What an edit changes in the openings already stored.

People subscribe to openings, and shifts stand on their days: an edit must therefore not make everything
anew but keep the row (and with it the calendar's UID, RFC 5545 section 3.8.4.7) of every opening that is
still recognisably the same. Other modules read these names from `hours`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from advice.rules.closures import Labels
from advice.rules.spans import minutes


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


@dataclass(frozen=True, slots=True)
class StoredOpening:
    """A stored row as the rule sees it; `key` is the row's own."""

    key: int
    place: int
    service: int
    date: date
    starts: time
    ends: time
    status: Status
    reason: Labels | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Add:
    """A new row is needed."""

    opening: Opening


@dataclass(frozen=True, slots=True)
class Update:
    """The row stays, with these times, status and reason (a cancelled row comes back to life so)."""

    key: int
    opening: Opening


@dataclass(frozen=True, slots=True)
class Cancel:
    """The row becomes CANCELLED: no rule makes it any more."""

    key: int


Change = Add | Update | Cancel


def difference(stored: Sequence[StoredOpening], computed: Sequence[Opening], today: date) -> list[Change]:
    """The changes after which the stored rows that are not cancelled equal the computed ones from today on.

    Days before today are frozen, on both sides. Rows are paired within place, service and date: first the
    same times, then the same start, then the largest overlap, then in order of time. What finds no row
    revives a cancelled one of the same place, service and day before it adds a new one; a row that finds
    no opening is cancelled; equals change nothing. Sorted by day, place and service; within them
    cancelled, updated, added, so that room is made first.
    """
    groups: dict[tuple[date, int, int], tuple[list[StoredOpening], list[Opening]]] = {}
    for row in stored:
        if row.date >= today:
            groups.setdefault((row.date, row.place, row.service), ([], []))[0].append(row)
    for opening in computed:
        if opening.date >= today:
            groups.setdefault((opening.date, opening.place, opening.service), ([], []))[1].append(opening)
    found: list[Change] = []
    for _, (rows, openings) in sorted(groups.items(), key=lambda item: item[0]):
        found.extend(_day_difference(rows, openings))
    return found


def _day_difference(rows: list[StoredOpening], openings: list[Opening]) -> list[Change]:
    standing = [row for row in rows if row.status is not Status.CANCELLED]
    if len(standing) == len(openings) == 1:  # nearly every day of nearly every edit
        return [] if _equal(standing[0], openings[0]) else [Update(standing[0].key, openings[0])]
    pairs, unmade, missing = _paired(standing, openings)
    tombstones = [row for row in rows if row.status is Status.CANCELLED]
    revived, _, new = _paired(tombstones, missing)
    return [
        *(Cancel(row.key) for row in unmade),
        *(Update(row.key, opening) for row, opening in (*pairs, *revived) if not _equal(row, opening)),
        *(Add(opening) for opening in new),
    ]


def _paired(
    rows: list[StoredOpening], openings: list[Opening]
) -> tuple[list[tuple[StoredOpening, Opening]], list[StoredOpening], list[Opening]]:
    """The pairs, the rows left over and the openings left over, of one place, service and day."""
    rows = sorted(rows, key=lambda row: (row.starts, row.ends, row.key))
    openings = sorted(openings, key=lambda opening: (opening.starts, opening.ends, opening.status))
    ranked = sorted(
        (_unlikeness(row, opening), i, j) for i, row in enumerate(rows) for j, opening in enumerate(openings)
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in ranked:
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    return (
        [(rows[i], openings[j]) for i, j in sorted(partner.items())],
        [row for i, row in enumerate(rows) if i not in partner],
        [opening for j, opening in enumerate(openings) if j not in taken],
    )


def _unlikeness(row: StoredOpening, opening: Opening) -> tuple[int, int, bool]:
    """How far a row is from an opening: the least is paired first.

    Equals come before the mere same times, and the same status before another: an extra opening at the
    usual times of a closed day must find its own row again, or the two would change places at each run.
    """
    other_status = row.status != opening.status
    if row.starts == opening.starts and row.ends == opening.ends:
        return (0 if _equal(row, opening) else 1, 0, other_status)
    if row.starts == opening.starts:
        return (2, 0, other_status)
    shared = minutes(min(row.ends, opening.ends)) - minutes(max(row.starts, opening.starts))
    return (3, -shared, other_status) if shared > 0 else (4, 0, False)


def _equal(row: StoredOpening, opening: Opening) -> bool:
    """Whether the row says what the opening says; place, service and date are the same already."""
    return (row.starts, row.ends, row.status, row.reason) == (
        opening.starts,
        opening.ends,
        opening.status,
        opening.reason,
    )
