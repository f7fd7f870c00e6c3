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

from sqlalchemy import func, select

from advice.actions import openings
from advice.actions.closing_days import closing_days
from advice.actions.hours_book import MODELS, book_of
from advice.actions.openings import DAYS_STORED
from advice.database import db, lock_programme
from advice.models import audit
from advice.models.hours import Closure, ExtraOpening, HoursChange, HoursEdit, WeeklyHours
from advice.models.people import Person
from advice.models.places import Place, Service
from advice.models.programmes import Programme
from advice.models.roster import Shift, shifts_between
from advice.models.weeks import in_order
from advice.rules.closures import Labels, YearlyDates, YearlyWeeks, closed_days, closing_reason
from advice.rules.differences import StoredOpening
from advice.rules.hours import DayHours, HoursPlan
from advice.rules.hours_book import Book, Patch, patched, plan_of, row_of
from advice.rules.hours_edits import doubled, meeting, together
from advice.rules.hours_effects import Duty, Effects, digest, effects
from advice.rules.openings import Opening

YEAR = timedelta(days=371)
"""53 weeks: weekly hours that begin later than openings are stored are looked at for so long."""
Pair = tuple[Opening, Opening]


@dataclass(frozen=True)
class State:
    """Everything an edit of hours depends on, as it stands: rows, openings stored from today on, shifts, names.

    newest: the edit before this one, None for none.
    """

    programme: Programme
    today: date
    until: date
    book: Book
    newest: int | None
    stored: Sequence[StoredOpening]
    shifts: Mapping[int, Shift]
    places: Sequence[Place]
    services: Sequence[Service]

    def on(self, day: date) -> list[Opening]:
        """The openings of a day as they stand."""
        return self.computed(self.book, day, day)

    def computed(self, book: Book, first: date, last: date) -> list[Opening]:
        """What the rule says of a book."""
        return openings.expanded(self.programme, self._plan(book, first, last), first, last)

    def closed_for(self, book: Book, row: DayHours) -> Labels | None:
        """Why the service would else be closed there on the day of a row; None where it would not."""
        plan = self._plan(book, row.date, row.date)
        yearly: list[YearlyDates | YearlyWeeks] = [*plan.yearly_dates, *plan.yearly_weeks]
        closed = closed_days(plan.holidays, plan.closures, yearly, row.date, row.date)
        return closing_reason(closed, row.date, row.place, row.service)

    def _plan(self, book: Book, first: date, last: date) -> HoursPlan:
        return plan_of(book, closing_days(first, last, self.programme.customary_closed))

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
    until = max(today + timedelta(days=DAYS_STORED), programme.openings_until or today)
    shifts = (row for row in shifts_between(programme_id, today, until) if row.status == "active")
    places = db.session.scalars(select(Place).filter_by(programme_id=programme_id))
    services = select(Service).filter_by(programme_id=programme_id).order_by(Service.position, Service.id)
    return State(
        programme=programme,
        today=today,
        until=until,
        book=book_of(programme_id),
        newest=newest(programme_id),
        stored=[openings.as_rule(row) for row in openings.stored(programme_id, today, until)],
        shifts={row.id: row for row in shifts},
        places=in_order(places),
        services=db.session.scalars(services).all(),
    )


def newest(programme_id: int) -> int | None:
    """The newest edit of a programme's hours."""
    return db.session.scalar(select(func.max(HoursEdit.id)).filter_by(programme_id=programme_id))


def confirmed(programme_id: int, sign: str) -> int | None:
    """The edit that was stored under a sign; None for none."""
    return db.session.scalar(select(HoursEdit.id).filter_by(programme_id=programme_id, sign=sign))


def spans_touched(found: State, patch: Patch) -> list[tuple[date, date]]:
    """The days that openings are stored for, and those further ahead on which a patch makes other hours: a year of new
    weekly hours, the first days they share with others, single days.

    Never the years in between, which could be many while every writer waits.
    """
    after = found.until + timedelta(days=1)
    book = patched(found.book, patch)
    spans = {(max(row.valid_from, after), row.valid_from + YEAR) for row in patch.weekly}
    revived = [row for key in patch.revived if isinstance(row := row_of(found.book, key), DayHours)]
    days = {row.date for row in (*patch.changes, *patch.extras, *revived)}
    for key, row in book.weekly.items():
        if row == found.book.weekly.get(key):
            continue
        shared = (meeting(row, other, after) for one, other in book.weekly.items() if one != key)
        days |= {day for day in shared if day is not None}
        days |= {one.date for one in book.extras.values() if (one.place, one.service) == (row.place, row.service)}
    spans |= {(day, day) for day in days}
    return [(found.today, found.until), *sorted(one for one in spans if after <= one[0] <= one[1])]


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
    return digest(found.programme.id, found.newest, found.book, patch, decision, what)


def save(found: State, patch: Patch, by: By, sign: str, decision: str | None = None) -> None:
    """Store a patch of a state read to be changed, under what it was `signed`: its rows, the openings, the audit.
    Flushes; the caller commits."""
    key = found.programme.id
    edit = HoursEdit(programme_id=key, at=by.at, person_id=by.person_id, sign=sign)
    db.session.add(edit)
    db.session.flush()
    _withdraw(patch, by, None if patch.undo else edit.id)
    _end(patch, by, None if patch.undo else edit.id)
    db.session.flush()
    for row in _rows(key, patch, decision):
        row.made_by = edit.id
        db.session.add(row)
        db.session.flush()
        _record("hours_edited", row, by)
    openings.refresh(key, by.at, by.timezone)


def _withdraw(patch: Patch, by: By, edit: int | None) -> None:
    """Withdraw rows, until the edit is undone or for good; stand others up again."""
    for sort, row_id in patch.withdrawn:
        row = db.session.get_one(MODELS[sort], row_id)
        row.withdrawn_at, row.withdrawn_by = by.at, edit
        _record("hours_withdrawn", row, by)
    for sort, row_id in patch.revived:
        row = db.session.get_one(MODELS[sort], row_id)
        row.withdrawn_at = row.withdrawn_by = None
        _record("hours_edited", row, by)
    for (sort, row_id), keeper in patch.passed:
        db.session.get_one(MODELS[sort], row_id).withdrawn_by = keeper


def _end(patch: Patch, by: By, edit: int | None) -> None:
    """Take away weekly hours that never begin; give others another last day."""
    for row_id in patch.removed:
        row = db.session.get_one(WeeklyHours, row_id)
        _record("hours_withdrawn", row, by)
        db.session.delete(row)
    for row_id, last in patch.ends:
        row = db.session.get_one(WeeklyHours, row_id)
        row.ended_by, row.valid_to_before = edit, row.valid_to if edit is not None else None
        row.valid_to = last
        _record("hours_edited", row, by)


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


def _day_row(model: Any, programme_id: int, day: DayHours) -> Any:
    return model(
        programme_id=programme_id, place_id=day.place, service_id=day.service, day=day.date, starts=day.starts,
        ends=day.ends, reason=dict(day.reason) if day.reason else None,
    )  # fmt: skip


def _in_time(pair: Pair) -> tuple[Any, ...]:
    return tuple((one.date, one.starts, one.place, one.service, one.ends) for one in pair)


def _record(action: str, row: Any, by: By) -> None:
    whose = {"programme_id": row.programme_id, "organisation_id": by.organisation_id, "person_id": by.person_id}
    audit.record(by.at, action, row.__tablename__, row.id, **whose)
