"""Opening hours edited as people think: closed, moved, other hours, open extra, and any of these taken back.

`state` reads all that an edit depends on; rules/hours_edits makes the rows it needs, and `preview` says what they do.
`save` stores them, makes the openings ahead follow, and writes the audit. Days before today are never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from advice.actions import openings
from advice.actions.closing_days import closing_days
from advice.actions.openings import DAYS_AHEAD
from advice.database import db, lock_programme
from advice.models import audit
from advice.models.hours import Closure, ExtraOpening, HoursChange, WeeklyHours
from advice.models.people import Person
from advice.models.places import Place, Service
from advice.models.programmes import Programme
from advice.models.roster import Shift, shifts_between
from advice.models.weeks import in_order
from advice.rules import hours as rule
from advice.rules.differences import StoredOpening
from advice.rules.hours_edits import Book, Patch, Sort, doubled, patched, plan_of, together
from advice.rules.hours_effects import Duty, Effects, digest, effects
from advice.rules.openings import Opening

YEAR = timedelta(days=371)
"""53 weeks: weekly hours that begin later than openings are stored are looked at for so long."""
MODELS: Mapping[Sort, Any] = {
    Sort.WEEKLY: WeeklyHours, Sort.CLOSURE: Closure, Sort.CHANGE: HoursChange, Sort.EXTRA: ExtraOpening,
}  # fmt: skip
Pair = tuple[Opening, Opening]


@dataclass(frozen=True)
class State:
    """Everything an edit of hours depends on, as it stands: rows, openings stored from today on, shifts, names."""

    programme: Programme
    today: date
    until: date
    book: Book
    stored: Sequence[StoredOpening]
    shifts: Mapping[int, Shift]
    places: Sequence[Place]
    services: Sequence[Service]

    def on(self, day: date) -> list[Opening]:
        """The openings of a day as they stand."""
        return self.computed(self.book, day, day)

    def computed(self, book: Book, first: date, last: date) -> list[Opening]:
        """What the rule says of a book."""
        plan = plan_of(book, closing_days(first, last, self.programme.customary_closed))
        return openings.expanded(self.programme, plan, first, last)

    @property
    def duties(self) -> list[Duty]:
        """The shifts ahead as the rule takes them."""
        return [
            Duty(row.id, row.version, row.person_id, row.place_id, row.day, row.starts, row.ends)
            for row in self.shifts.values()
        ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an edit does. doubled: stretches of one service at one place that would overlap (it cannot be saved then);
    together: two places that would be open at the same time. Of both only what the edit brings about."""

    effects: Effects
    doubled: Sequence[Pair]
    together: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, for the audit, and when."""

    person_id: int
    organisation_id: int
    at: datetime
    timezone: ZoneInfo


def state(programme_id: int, today: date, *, to_change: bool = False) -> State:
    """What stands; `to_change`: no other edit of hours goes on until the transaction ends."""
    if to_change:
        lock_programme(programme_id)
    programme = db.session.get_one(Programme, programme_id)
    until = max(today + timedelta(days=DAYS_AHEAD), programme.openings_until or today)
    shifts = (row for row in shifts_between(programme_id, today, until) if row.status == "active")
    places = db.session.scalars(select(Place).filter_by(programme_id=programme_id))
    services = select(Service).filter_by(programme_id=programme_id).order_by(Service.position, Service.id)
    return State(
        programme=programme,
        today=today,
        until=until,
        book=book_of(programme_id),
        stored=[openings.as_rule(row) for row in openings.stored(programme_id, today, until)],
        shifts={row.id: row for row in shifts},
        places=in_order(places),
        services=db.session.scalars(services).all(),
    )


def book_of(programme_id: int) -> Book:
    """The rows that count."""
    found = {
        sort: db.session.scalars(select(model).filter_by(programme_id=programme_id).order_by(model.id)).all()
        for sort, model in MODELS.items()
    }
    closures = _standing(found[Sort.CLOSURE])
    return Book(
        weekly={row.id: openings.weekly_rule(row) for row in found[Sort.WEEKLY]},
        closures={row.id: openings.closing_rule(row) for row in closures},
        changes={row.id: openings.day_rule(row) for row in _standing(found[Sort.CHANGE])},
        extras={row.id: openings.day_rule(row) for row in _standing(found[Sort.EXTRA])},
        notes={row.id: row.note for row in closures if row.note},
    )


def spans_touched(found: State, patch: Patch) -> list[tuple[date, date]]:
    """The days that openings are stored for, and those further ahead on which a patch makes other hours.

    Never the years in between, which could be many while every writer waits.
    """
    after = found.until + timedelta(days=1)
    weekly = {(max(row.valid_from, after), row.valid_from + YEAR) for row in patch.weekly}
    days = {(row.date, row.date) for row in (*patch.changes, *patch.extras)}
    return [(found.today, found.until), *sorted(one for one in weekly | days if after <= one[0] <= one[1])]


def preview(found: State, patch: Patch) -> Preview:
    """What a patch would do. Writes nothing."""
    after = patched(found.book, patch)
    looked_at = spans_touched(found, patch)
    will = [one for span in looked_at for one in found.computed(after, *span)]
    was = [one for span in looked_at for one in found.computed(found.book, *span)]
    ahead = [one for one in will if one.date <= found.until]
    return Preview(
        effects(found.stored, ahead, found.duties, found.today),
        sorted(doubled(will) - doubled(was), key=_in_time),
        sorted(together(will) - together(was), key=_in_time),
    )


def signed(found: State, patch: Patch, what: Preview, decision: str | None = None) -> str:
    """What an edit is known by. With the programme and its rows: one that changes no stored opening looks the same in
    another programme, and a second time.
    """
    return digest(found.programme.id, found.book, patch, decision, what)


def save(found: State, patch: Patch, by: By, decision: str | None = None) -> None:
    """Store a patch of a state read to be changed: its rows, the openings, the audit. Flushes; the caller commits."""
    key = found.programme.id
    for sort, row_id in patch.withdrawn:
        row = db.session.get_one(MODELS[sort], row_id)
        row.withdrawn_at = by.at
        _record("hours_withdrawn", row, by)
    for row_id in patch.removed:
        row = db.session.get_one(WeeklyHours, row_id)
        _record("hours_withdrawn", row, by)
        db.session.delete(row)
    for row_id, last in patch.ends:
        row = db.session.get_one(WeeklyHours, row_id)
        row.valid_to = last
        _record("hours_edited", row, by)
    db.session.flush()
    for row in _rows(key, patch, decision):
        db.session.add(row)
        db.session.flush()
        _record("hours_edited", row, by)
    openings.refresh(key, by.at, by.timezone)


def people_told(found: State, what: Effects, besides: int) -> dict[Person, list[tuple[Duty, Any]]]:
    """Whose shifts an edit touches, and which; not whoever made it, and nobody who is shut out."""
    told: dict[Person, list[tuple[Duty, Any]]] = {}
    for duty, fate in what.shifts:
        person = found.shifts[duty.key].person
        if person.id != besides and person.disabled_at is None and person.anonymised_at is None:
            told.setdefault(person, []).append((duty, fate))
    return told


def _rows(programme_id: int, patch: Patch, decision: str | None) -> Iterable[Any]:
    """The new rows of a patch."""
    for closing in patch.closures:
        yield Closure(
            programme_id=programme_id, kind="once", place_id=closing.place, service_id=closing.service,
            first_date=closing.first, last_date=closing.last, reason=dict(closing.reason), note=patch.note,
        )  # fmt: skip
    for model, days in ((HoursChange, patch.changes), (ExtraOpening, patch.extras)):
        for day in days:
            yield _day_row(model, programme_id, day)
    for weekly in patch.weekly:
        yield WeeklyHours(
            programme_id=programme_id, place_id=weekly.place, service_id=weekly.service, weekday=weekly.weekday,
            starts=weekly.starts, ends=weekly.ends, valid_from=weekly.valid_from, valid_to=weekly.valid_to,
            every_weeks=weekly.every_weeks, decision=decision,
        )  # fmt: skip


def _day_row(model: Any, programme_id: int, day: rule.DayHours) -> Any:
    return model(
        programme_id=programme_id, place_id=day.place, service_id=day.service, day=day.date, starts=day.starts,
        ends=day.ends, reason=dict(day.reason) if day.reason else None,
    )  # fmt: skip


def _standing(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row.withdrawn_at is None]


def _in_time(pair: Pair) -> tuple[Any, ...]:
    return tuple((one.date, one.starts, one.place, one.service, one.ends) for one in pair)


def _record(action: str, row: Any, by: By) -> None:
    whose = {"programme_id": row.programme_id, "organisation_id": by.organisation_id, "person_id": by.person_id}
    audit.record(by.at, action, row.__tablename__, row.id, **whose)
