"""The rows that coordinators edit, read as the rules take them: what counts, and which edit made or took away what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from advice.database import db
from advice.models.hours import Closure, DayHours, ExtraOpening, HoursChange, WeeklyHours
from advice.rules import closures, hours
from advice.rules.hours_book import Book, Ended, Gone, RowKey, Sort

MODELS: Mapping[Sort, Any] = {
    Sort.WEEKLY: WeeklyHours, Sort.CLOSURE: Closure, Sort.CHANGE: HoursChange, Sort.EXTRA: ExtraOpening,
}  # fmt: skip


def book_of(programme_id: int) -> Book:
    """The rows of a programme."""
    found = {
        sort: db.session.scalars(select(model).filter_by(programme_id=programme_id).order_by(model.id)).all()
        for sort, model in MODELS.items()
    }
    weekly = found.pop(Sort.WEEKLY)
    stand = {sort: {row.id: _rule(row) for row in rows if row.withdrawn_at is None} for sort, rows in found.items()}
    gone = {
        (sort, row.id): Gone(_rule(row), row.withdrawn_by)
        for sort, rows in found.items()
        for row in rows
        if row.withdrawn_at is not None and row.withdrawn_by is not None
    }
    made: dict[RowKey, int] = {(Sort.WEEKLY, row.id): row.made_by for row in weekly if row.made_by is not None}
    for sort, rows in found.items():
        kept = (row for row in rows if row.id in stand[sort] or (sort, row.id) in gone)
        made |= {(sort, row.id): row.made_by for row in kept if row.made_by is not None}
    return Book(
        weekly={row.id: weekly_rule(row) for row in weekly},
        closures=stand[Sort.CLOSURE],
        changes=stand[Sort.CHANGE],
        extras=stand[Sort.EXTRA],
        notes=_notes(found[Sort.CLOSURE]),
        made=made,
        gone=gone,
        ended={row.id: Ended(row.ended_by, row.valid_to_before) for row in weekly if row.ended_by is not None},
    )


def _notes(rows: Iterable[Closure]) -> dict[int, str]:
    """Of what stands and of what may stand again."""
    return {row.id: row.note for row in rows if row.note and (row.withdrawn_at is None or row.withdrawn_by is not None)}


def _rule(row: Any) -> Any:
    return closing_rule(row) if isinstance(row, Closure) else day_rule(row)


def weekly_rule(row: WeeklyHours) -> hours.WeeklyHours:
    """A row of weekly hours as the rule takes it."""
    return hours.WeeklyHours(
        row.place_id,
        row.service_id,
        row.weekday,
        row.starts,
        row.ends,
        row.valid_from,
        row.valid_to,
        row.every_weeks,
    )


def day_rule(row: DayHours) -> hours.DayHours:
    """A row of changed hours or of an extra opening as the rule takes it."""
    return hours.DayHours(row.place_id, row.service_id, row.day, row.starts, row.ends, row.reason)


def closing_rule(row: Closure) -> closures.Closure | closures.YearlyDates | closures.YearlyWeeks:
    """A closure of any kind as the rule takes it."""
    if row.kind == "once":
        return _once(row)
    return _dates(row) if row.kind == "dates" else _weeks(row)


def _once(row: Closure) -> closures.Closure:
    if row.first_date is None or row.last_date is None:
        raise ValueError(f"closure {row.id} has no dates")
    return closures.Closure(row.first_date, row.last_date, row.reason, row.place_id, row.service_id)


def _dates(row: Closure) -> closures.YearlyDates:
    first, last = _month_day(row.first_day), _month_day(row.last_day)
    return closures.YearlyDates(first, last, row.reason, row.place_id, row.service_id, row.valid_from, row.valid_to)


def _weeks(row: Closure) -> closures.YearlyWeeks:
    first, last = row.first_week or 0, row.last_week or 0
    return closures.YearlyWeeks(first, last, row.reason, row.place_id, row.service_id, row.valid_from, row.valid_to)


def _month_day(text: str | None) -> tuple[int, int]:
    month, day = (text or "").split("-")
    return int(month), int(day)
