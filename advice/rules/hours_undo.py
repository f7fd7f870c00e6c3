"""Taking an edit of opening hours back: what it did goes, and what it took away stands again.

An edit is taken back by one of its rows. What came later by other edits stays: a row that a later closing keeps away
as well stays away, and passes to that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from advice.rules.closures import Closure
from advice.rules.hours import DayHours
from advice.rules.hours_book import Book, Patch, RowKey, Sort, covers, in_scope, row_of, same_day, same_days
from advice.rules.hours_edits import MOVED
from advice.rules.spans import overlaps


def take_back(book: Book, sort: Sort, key: int) -> Patch:
    """Undo: a closure or an extra opening (of a move: both, and no other edit's), changed hours; weekly hours that
    have not begun go, and those they took over from go on."""
    if sort is Sort.WEEKLY:
        return Patch(removed=(key,), ends=tuple(_goes_on(book, key)), undo=True)
    edit = book.made.get((sort, key))
    if edit is None:
        return Patch(withdrawn=((sort, key), *_moved_before_edits(book, sort, key)), undo=True)
    mine = [row for row, by in book.made.items() if by == edit] if _is_move(book, edit) else [(sort, key)]
    standing = tuple(row for row in mine if row not in book.gone)
    passed: list[tuple[RowKey, int | None]] = [(row, None) for row in mine if row in book.gone]
    revived = []
    for row, one in book.gone.items():
        if one.by != edit or not any(_took_away(book, taken, row) for taken in mine):
            continue
        keeper = _keeper(book, row, edit, standing)
        if keeper is not None:
            passed.append((row, keeper))
        elif _in_the_way(book, row, standing):
            passed.append((row, None))
        else:
            revived.append(row)
    return Patch(withdrawn=standing, revived=tuple(revived), passed=tuple(passed), undo=True)


def _is_move(book: Book, edit: int) -> bool:
    return any(
        by == edit and sort is Sort.CLOSURE and book.notes.get(key, "").startswith(MOVED)
        for (sort, key), by in book.made.items()
    )


def _took_away(book: Book, taken: RowKey, gone: RowKey) -> bool:
    """Whether a row of an edit is why another is gone: a closing by its days, hours of a day by their day."""
    new, old = row_of(book, taken), row_of(book, gone)
    if isinstance(new, Closure):
        if isinstance(old, DayHours):
            return covers(new, old.place, old.service, old.date)
        return isinstance(old, Closure) and same_days(new, old)
    return isinstance(new, DayHours) and isinstance(old, DayHours) and same_day(new, old)


def _keeper(book: Book, gone: RowKey, edit: int, withdrawn: tuple[RowKey, ...]) -> int | None:
    """The edit of a closing that is not taken back, as late or later, which closes an extra opening as well."""
    row = row_of(book, gone)
    if gone[0] is not Sort.EXTRA or not isinstance(row, DayHours):
        return None
    for key, closing in book.closures.items():
        by = book.made.get((Sort.CLOSURE, key))
        later = by is not None and by >= edit and (Sort.CLOSURE, key) not in withdrawn
        if later and isinstance(closing, Closure) and covers(closing, row.place, row.service, row.date):
            return by
    return None


def _in_the_way(book: Book, gone: RowKey, withdrawn: tuple[RowKey, ...]) -> bool:
    """Whether what has come since leaves no room for a row: an extra opening at its time, a closing of its days."""
    row = row_of(book, gone)
    if isinstance(row, DayHours):
        return any(
            same_day(row, other) and overlaps(row.starts, row.ends, other.starts, other.ends)
            for key, other in book.extras.items()
            if (Sort.EXTRA, key) not in withdrawn
        )
    return any(
        isinstance(row, Closure) and isinstance(other, Closure) and same_days(row, other)
        for key, other in book.closures.items()
        if (Sort.CLOSURE, key) not in withdrawn
    )


def _moved_before_edits(book: Book, sort: Sort, key: int) -> Iterator[RowKey]:
    """Of a move made before edits were kept, the extra openings on the other day that no edit made."""
    closing = book.closures.get(key) if sort is Sort.CLOSURE else None
    note = book.notes.get(key, "")
    if isinstance(closing, Closure) and note.startswith(MOVED):
        to = note.removeprefix(MOVED)
        for one, extra in book.extras.items():
            there = extra.date.isoformat() == to and in_scope(closing, extra.place, extra.service)
            if there and (Sort.EXTRA, one) not in book.made:
                yield Sort.EXTRA, one


def _goes_on(book: Book, key: int) -> Iterator[tuple[int, date | None]]:
    """The weekly hours that these took over from, with the last day they had before."""
    row, edit = book.weekly[key], book.made.get((Sort.WEEKLY, key))
    eve = row.valid_from - timedelta(days=1)
    if edit is None:
        before = _predecessor(book, key, eve)
        if before is not None:
            yield before, row.valid_to
        return
    for other, ended in book.ended.items():
        if ended.by == edit and book.weekly[other].valid_to == eve:
            yield other, ended.before


def _predecessor(book: Book, key: int, eve: date) -> int | None:
    """Of hours laid before edits were kept: those they took over from, which end the day before; of the same weekday
    if there are several; None where it cannot be told."""
    row = book.weekly[key]
    before = {
        one: other
        for one, other in book.weekly.items()
        if (other.place, other.service, other.valid_to) == (row.place, row.service, eve) and one not in book.ended
    }
    same = [one for one, other in before.items() if other.weekday == row.weekday]
    found = same or list(before)
    return found[0] if len(found) == 1 else None
