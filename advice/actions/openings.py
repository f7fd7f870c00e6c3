"""Openings: dated rows made from weekly hours, closures, changes and extras by the rule, 400 days ahead.

`refresh` applies the difference between what the rule says and what is stored: same UID and SEQUENCE + 1
for what changed, tombstones for what went, nothing for what stayed. Days before today are never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from advice.actions.closing_days import closing_days
from advice.actions.hours_book import book_of
from advice.database import db, lock_programme
from advice.models.hours import Opening
from advice.models.places import Place, Service
from advice.models.programmes import Programme
from advice.rules import closures, hours
from advice.rules import openings as rule
from advice.rules.differences import Add, Change, StoredOpening, Update, difference
from advice.rules.hours_book import plan_of
from advice.rules.spans import in_force

DAYS_STORED = 400


@dataclass(frozen=True, slots=True)
class Renamed:
    """Ids of the places and services of which something changed that stands in calendars: name, room or address."""

    places: Collection[int] = ()
    services: Collection[int] = ()


def refresh(programme_id: int, now: datetime, timezone: ZoneInfo, renamed: Renamed | None = None) -> int:
    """Make the stored openings from today on equal to the computed ones; returns how many rows changed.

    Call it in the transaction of the edit, after the edit is flushed. Openings of what was `renamed` change too:
    calendar programs take a new text only with a new SEQUENCE. Raises LookupError for an unknown programme.
    """
    lock_programme(programme_id)
    programme = db.session.get(Programme, programme_id)
    if programme is None:
        raise LookupError(f"no programme {programme_id}")
    today = now.astimezone(timezone).date()
    until = max(today + timedelta(days=DAYS_STORED), programme.openings_until or today)
    rows = stored(programme_id, today, until)
    changes = difference([as_rule(row) for row in rows], computed(programme, today, until), today)
    apply(programme_id, changes, now)
    programme.openings_until = until
    changed = {change.key for change in changes if not isinstance(change, Add)}
    touched = _touch([row for row in rows if row.id not in changed], renamed, now) if renamed else 0
    db.session.flush()
    return len(changes) + touched


def lay_past(programme_id: int, first: date, now: datetime, timezone: ZoneInfo) -> int:
    """Store the openings from `first` to yesterday of a programme that was never open here before.

    For a programme that arrives with a history (the demonstration). Refuses, with ValueError, to touch a
    past that has rows already.
    """
    programme = db.session.get_one(Programme, programme_id)
    yesterday = now.astimezone(timezone).date() - timedelta(days=1)
    if stored(programme_id, first, yesterday):
        raise ValueError("the past has openings already, and is frozen")
    openings = computed(programme, first, yesterday)
    apply(programme_id, [Add(opening) for opening in openings], now)
    db.session.flush()
    return len(openings)


def stored(programme_id: int, first: date, last: date) -> Sequence[Opening]:
    """The stored rows from first to last, both inclusive, tombstones too."""
    found = select(Opening).where(Opening.programme_id == programme_id, Opening.day.between(first, last))
    return db.session.scalars(found.order_by(Opening.day, Opening.id)).all()


def computed(programme: Programme, first: date, last: date) -> list[rule.Opening]:
    """What the rule says for these days, both inclusive, as far as place and service are in force on them.

    After the programme's last day there is nothing.
    """
    holidays = closing_days(first, last, programme.customary_closed)
    return expanded(programme, plan_of(book_of(programme.id), holidays), first, last)


def expanded(programme: Programme, plan: hours.HoursPlan, first: date, last: date) -> list[rule.Opening]:
    """The same of any plan: that of an edit that has not been stored, too."""
    last = min(last, programme.valid_to or last)
    places, services = _validity(Place, programme.id), _validity(Service, programme.id)
    return [
        opening
        for opening in hours.expand(plan, first, last)
        if in_force(*places[opening.place], opening.date) and in_force(*services[opening.service], opening.date)
    ]


def apply(programme_id: int, changes: Iterable[Change], now: datetime) -> None:
    """Write the changes: new rows with the next part of their day, changed ones with SEQUENCE + 1."""
    changes = list(changes)
    parts = _next_parts(programme_id, [change.opening for change in changes if isinstance(change, Add)])
    wanted = [change.key for change in changes if not isinstance(change, Add)]
    rows = {row.id: row for row in db.session.scalars(select(Opening).where(Opening.id.in_(wanted)))} if wanted else {}
    for change in changes:
        if isinstance(change, Add):
            db.session.add(_new_row(programme_id, change.opening, parts, now))
            continue
        row = rows[change.key]
        if isinstance(change, Update):
            row.starts, row.ends = change.opening.starts, change.opening.ends
            row.status, row.reason = change.opening.status, _plain(change.opening.reason)
        else:
            row.status, row.reason = rule.Status.CANCELLED, None
        row.sequence += 1
        row.changed_at = now


_Day = tuple[int, int, date]


def _new_row(programme_id: int, opening: rule.Opening, parts: dict[_Day, int], now: datetime) -> Opening:
    day = (opening.place, opening.service, opening.date)
    parts[day] = parts.get(day, 0) + 1
    return Opening(
        programme_id=programme_id,
        place_id=opening.place,
        service_id=opening.service,
        day=opening.date,
        part=parts[day],
        starts=opening.starts,
        ends=opening.ends,
        status=opening.status,
        reason=_plain(opening.reason),
        sequence=0,
        changed_at=now,
    )


def _touch(rows: Iterable[Opening], renamed: Renamed, now: datetime) -> int:
    """Count up the rows of what was renamed; a tombstone is on its way out and stays as it is. Returns how many."""
    touched = 0
    for row in rows:
        named = row.place_id in renamed.places or row.service_id in renamed.services
        if named and row.status != rule.Status.CANCELLED:
            row.sequence += 1
            row.changed_at = now
            touched += 1
    return touched


def _next_parts(programme_id: int, added: list[rule.Opening]) -> dict[_Day, int]:
    """The highest part stored so far for the service, place and day of each opening to be added."""
    if not added:
        return {}
    days = [opening.date for opening in added]
    found = (
        select(Opening.place_id, Opening.service_id, Opening.day, func.max(Opening.part))
        .where(Opening.programme_id == programme_id, Opening.day.between(min(days), max(days)))
        .group_by(Opening.place_id, Opening.service_id, Opening.day)
    )
    return {(place, service, day): part for place, service, day, part in db.session.execute(found)}


def _plain(reason: closures.Labels | None) -> dict[str, str] | None:
    return dict(reason) if reason else None


def as_rule(row: Opening) -> StoredOpening:
    """A stored opening as the rules compare it."""
    status = rule.Status(row.status)
    opening = rule.Opening(row.place_id, row.service_id, row.day, row.starts, row.ends, status, row.reason)
    return StoredOpening(row.id, opening)


def _validity(model: type[Place] | type[Service], programme_id: int) -> dict[int, tuple[date | None, date | None]]:
    """First and last day of each row, by id."""
    found = select(model.id, model.valid_from, model.valid_to).where(model.programme_id == programme_id)
    return {key: (begins, ends) for key, begins, ends in db.session.execute(found)}
