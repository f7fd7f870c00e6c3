"""What coordinators edit of opening hours: a `Book` of rows under their keys, and what an edit, a `Patch`, makes of it.

hours_edits makes the patches of edits, hours_undo those that take an edit back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from advice.rules.closures import Closure, Labels, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours


class Sort(StrEnum):
    """Which rows, by the name of their table."""

    WEEKLY = "weekly_hours"
    CLOSURE = "closures"
    CHANGE = "hours_changes"
    EXTRA = "extra_openings"


RowKey = tuple[Sort, int]


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that an edit withdrew, and which edit: undoing that one stands it up again."""

    row: Closure | YearlyDates | YearlyWeeks | DayHours
    by: int


@dataclass(frozen=True, slots=True)
class Ended:
    """Which edit gave weekly hours their last day, and the one they had before."""

    by: int
    before: date | None


@dataclass(frozen=True, slots=True)
class Book:
    """What coordinators edit, each row under its key; only what has not been withdrawn. notes: of closures.

    made: the edit each row came by, of rows in gone too; rows that came by none (a file, a setting, before edits were
    kept) are left out. gone: what can stand up again. ended: weekly hours that an edit ended. Edits count upward.
    """

    weekly: Mapping[int, WeeklyHours] = field(default_factory=dict)
    closures: Mapping[int, Closure | YearlyDates | YearlyWeeks] = field(default_factory=dict)
    changes: Mapping[int, DayHours] = field(default_factory=dict)
    extras: Mapping[int, DayHours] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)
    made: Mapping[RowKey, int] = field(default_factory=dict)
    gone: Mapping[RowKey, Gone] = field(default_factory=dict)
    ended: Mapping[int, Ended] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patch:
    """The rows an edit needs. withdrawn: those that count no more. ends: weekly hours that get another last day (None:
    none). removed: weekly hours that never begin. note: of the closures. Of an undo: what it withdraws is gone for
    good; revived: rows that stand again; passed: withdrawn rows that another edit keeps away now (None: for good)."""

    closures: tuple[Closure, ...] = ()
    changes: tuple[DayHours, ...] = ()
    extras: tuple[DayHours, ...] = ()
    weekly: tuple[WeeklyHours, ...] = ()
    withdrawn: tuple[RowKey, ...] = ()
    ends: tuple[tuple[int, date | None], ...] = ()
    removed: tuple[int, ...] = ()
    note: str | None = None
    undo: bool = False
    revived: tuple[RowKey, ...] = ()
    passed: tuple[tuple[RowKey, int | None], ...] = ()


def patched(book: Book, patch: Patch, edit: int | None = None) -> Book:
    """The book afterwards. New rows get keys below zero: they have none yet. edit: the number of the edit, if what it
    did is to be undone from there."""
    ends, taken = dict(patch.ends), {*patch.withdrawn, *patch.revived}
    weekly = {
        key: replace(row, valid_to=ends[key]) if key in ends else row
        for key, row in book.weekly.items()
        if key not in patch.removed
    }
    gone, back = _gone(book, patch, edit), {key: book.gone[key].row for key in patch.revived}
    fresh = _fresh(book, patch)
    stand: dict[Sort, dict[int, Any]] = {
        sort: {key: row for key, row in rows.items() if (sort, key) not in taken}
        | {key: row for (kind, key), row in back.items() if kind is sort}
        | fresh[sort]
        for sort, rows in _days_of(book).items()
    }
    stand[Sort.WEEKLY] = weekly | fresh[Sort.WEEKLY]
    numbered = {(sort, key): edit for sort, rows in fresh.items() for key in rows} if edit is not None else {}
    made = {**book.made, **numbered}
    return Book(
        weekly=stand[Sort.WEEKLY],
        closures=stand[Sort.CLOSURE],
        changes=stand[Sort.CHANGE],
        extras=stand[Sort.EXTRA],
        notes={**book.notes, **(dict.fromkeys(fresh[Sort.CLOSURE], patch.note) if patch.note else {})},
        made={key: by for key, by in made.items() if key in gone or key[1] in stand[key[0]]},
        gone=gone,
        ended=_ended(book, patch, edit),
    )


def plan_of(book: Book, holidays: Mapping[date, Labels]) -> HoursPlan:
    """The book as the rule of hours takes it."""
    closings = book.closures.values()
    return HoursPlan(
        weekly=tuple(book.weekly.values()),
        closures=tuple(one for one in closings if isinstance(one, Closure)),
        yearly_dates=tuple(one for one in closings if isinstance(one, YearlyDates)),
        yearly_weeks=tuple(one for one in closings if isinstance(one, YearlyWeeks)),
        changes=tuple(book.changes.values()),
        extras=tuple(book.extras.values()),
        holidays=holidays,
        shut_extras=tuple(shut_extras(book)),
    )


def taken_over(book: Book, key: int) -> bool:
    """Whether other weekly hours, which stand, took over from these: those are taken back first."""
    ended = book.ended.get(key)
    return ended is not None and any(book.made.get((Sort.WEEKLY, other)) == ended.by for other in book.weekly)


def shut_extras(book: Book) -> Iterator[DayHours]:
    """Extra openings that an edit withdrew by closing, while that closing or a later one stands; with its reason."""
    made = {key: edit for (sort, key), edit in book.made.items() if sort is Sort.CLOSURE}
    for (sort, _key), one in book.gone.items():
        if sort is not Sort.EXTRA or not isinstance(extra := one.row, DayHours):
            continue
        there = [
            (key, row)
            for key, edit in made.items()
            if edit >= one.by
            and isinstance(row := row_of(book, (Sort.CLOSURE, key)), Closure)
            and covers(row, extra.place, extra.service, extra.date)
        ]
        standing = [row for key, row in there if key in book.closures]
        if standing and any(made[key] == one.by for key, _row in there):
            yield replace(extra, reason=standing[0].reason)


def covers(closing: Closure, place: int, service: int, day: date) -> bool:
    """Whether a closing closes a service at a place that day."""
    return closing.first <= day <= closing.last and in_scope(closing, place, service)


def in_scope(closing: Closure, place: int, service: int) -> bool:
    """Whether a closing is of that place and service."""
    return closing.place in (None, place) and closing.service in (None, service)


def same_days(one: Closure, other: Closure) -> bool:
    """Whether two closings close the same days of the same place and service."""
    return (one.place, one.service, one.first, one.last) == (other.place, other.service, other.first, other.last)


def same_day(row: DayHours, wanted: DayHours) -> bool:
    """Whether two rows are of the same service, place and day."""
    return (row.place, row.service, row.date) == (wanted.place, wanted.service, wanted.date)


def _fresh(book: Book, patch: Patch) -> dict[Sort, dict[int, Any]]:
    """The new rows of a patch under keys that no row has."""
    numbers = (*book.weekly, *book.closures, *book.changes, *book.extras, *(key for _sort, key in book.gone))
    first = min((0, *numbers)) - 1
    rows: dict[Sort, Sequence[Any]] = {
        Sort.WEEKLY: patch.weekly, Sort.CLOSURE: patch.closures, Sort.CHANGE: patch.changes, Sort.EXTRA: patch.extras,
    }  # fmt: skip
    return {sort: {first - number: row for number, row in enumerate(those)} for sort, those in rows.items()}


def _days_of(book: Book) -> dict[Sort, Mapping[int, Any]]:
    return {Sort.CLOSURE: book.closures, Sort.CHANGE: book.changes, Sort.EXTRA: book.extras}


def row_of(book: Book, key: RowKey) -> Any:
    """A row that stands, or that an edit withdrew."""
    sort, number = key
    return book.gone[key].row if key in book.gone else _days_of(book)[sort][number]


def _gone(book: Book, patch: Patch, edit: int | None) -> dict[RowKey, Gone]:
    """What an edit keeps away afterwards."""
    passed = dict(patch.passed)
    kept = {}
    for key, one in book.gone.items():
        by = passed.get(key, one.by)
        if key not in patch.revived and by is not None:
            kept[key] = replace(one, by=by)
    if edit is None or patch.undo:
        return kept
    return kept | {key: Gone(row_of(book, key), edit) for key in patch.withdrawn}


def _ended(book: Book, patch: Patch, edit: int | None) -> dict[int, Ended]:
    """Which edits ended which weekly hours afterwards."""
    ends = dict(patch.ends)
    kept = {key: one for key, one in book.ended.items() if key not in ends}
    if edit is None or patch.undo:
        return kept
    return kept | {key: Ended(edit, book.weekly[key].valid_to) for key in ends}
