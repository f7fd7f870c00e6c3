"""What an edit changes in the openings already stored.

People subscribe to openings, and shifts stand on their days: an edit must therefore not make everything
anew but keep the row (and with it the calendar's UID, RFC 5545 section 3.8.4.7) of every opening that is
still recognisably the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from advice.rules.openings import Opening, Status
from advice.rules.spans import minutes


@dataclass(frozen=True, slots=True)
class StoredOpening:
    """What a stored row says, under the row's own key."""

    key: int
    opening: Opening


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
_Day = tuple[date, int, int]


def difference(stored: Sequence[StoredOpening], computed: Sequence[Opening], today: date) -> list[Change]:
    """The changes after which the stored rows that are not cancelled equal the computed ones from today on.

    Days before today are frozen, on both sides. Rows are paired within place, service and date: first the
    same times, then the same start, then the largest overlap, then in order of time. What finds no row
    revives a cancelled one of the same place, service and day before it adds a new one; a row that finds
    no opening is cancelled; equals change nothing. Sorted by day, place and service; within them
    cancelled, updated, added, so that room is made first.
    """
    groups: dict[_Day, tuple[list[StoredOpening], list[Opening]]] = {}
    for row in stored:
        if row.opening.date >= today:
            groups.setdefault(_day(row.opening), ([], []))[0].append(row)
    for opening in computed:
        if opening.date >= today:
            groups.setdefault(_day(opening), ([], []))[1].append(opening)
    found: list[Change] = []
    for _, (rows, openings) in sorted(groups.items(), key=lambda item: item[0]):
        found.extend(_day_difference(rows, openings))
    return found


def _day(opening: Opening) -> _Day:
    """Openings of other days, places and services are never partners."""
    return opening.date, opening.place, opening.service


def _day_difference(rows: list[StoredOpening], openings: list[Opening]) -> list[Change]:
    standing = [row for row in rows if row.opening.status is not Status.CANCELLED]
    if len(standing) == len(openings) == 1:  # nearly every day of nearly every edit
        return [] if standing[0].opening == openings[0] else [Update(standing[0].key, openings[0])]
    pairs, unmade, missing = _paired(standing, openings)
    tombstones = [row for row in rows if row.opening.status is Status.CANCELLED]
    revived, _, new = _paired(tombstones, missing)
    return [
        *(Cancel(row.key) for row in unmade),
        *(Update(row.key, opening) for row, opening in (*pairs, *revived) if row.opening != opening),
        *(Add(opening) for opening in new),
    ]


def _paired(
    rows: list[StoredOpening], openings: list[Opening]
) -> tuple[list[tuple[StoredOpening, Opening]], list[StoredOpening], list[Opening]]:
    """The pairs, the rows left over and the openings left over, of one place, service and day."""
    rows = sorted(rows, key=lambda row: (row.opening.starts, row.opening.ends, row.key))
    openings = sorted(openings, key=lambda opening: (opening.starts, opening.ends, opening.status))
    ranked = sorted(
        (_unlikeness(row.opening, opening), i, j) for i, row in enumerate(rows) for j, opening in enumerate(openings)
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


def _unlikeness(row: Opening, opening: Opening) -> tuple[int, int, bool]:
    """How far a row is from an opening: the least is paired first.

    Equals come before the mere same times, and the same status before another: an extra opening at the
    usual times of a closed day must find its own row again, or the two would change places at each run.
    """
    other_status = row.status != opening.status
    if row.starts == opening.starts and row.ends == opening.ends:
        return (0 if row == opening else 1, 0, other_status)
    if row.starts == opening.starts:
        return (2, 0, other_status)
    shared = minutes(min(row.ends, opening.ends)) - minutes(max(row.starts, opening.starts))
    return (3, -shared, other_status) if shared > 0 else (4, 0, False)
