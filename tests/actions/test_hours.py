"""Edits of opening hours as they are stored, on both engines: rows, openings, the audit, and two who save at once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import hours, openings
from advice.actions.hours import By, State
from advice.actions.hours_book import book_of
from advice.actions.programmes import editing
from advice.actions.programmes.exchange import export_programme, import_programme
from advice.database import begin_write, db
from advice.formats.programme_file import document
from advice.models.audit import AuditEntry
from advice.models.hours import Closure, ExtraOpening, HoursEdit, Opening, WeeklyHours
from advice.rules.closures import Closure as ClosureRule
from advice.rules.hours import DayHours
from advice.rules.hours import WeeklyHours as WeeklyRule
from advice.rules.hours_book import Patch, Sort
from advice.rules.hours_edits import begin, close, end, move, open_extra, other_time
from advice.rules.hours_effects import digest
from advice.rules.hours_undo import take_back
from tests import builders, stored_hours
from tests.stored_hours import NOW, TODAY, ZONE

world = stored_hours.world
MONDAY = date(2026, 11, 30)
REASON = {"da": "Sygdom"}


def by(world: builders.World) -> By:
    karen = world.actor("karen")
    return By(karen.person, karen.organisation, NOW, ZONE)


def edit(world: builders.World, patch_of: object) -> None:
    """Store what a function of the state makes, in a transaction of its own."""
    begin_write()
    found = hours.state(world.programme.id, TODAY, to_change=True)
    store(found, patch_of(found), world)  # type: ignore[operator]
    db.session.commit()


def store(found: State, patch: Patch, world: builders.World) -> None:
    hours.save(found, patch, by(world), hours.signed(found, patch, hours.preview(found, patch)))


def on(world: builders.World, day: date) -> list[tuple[str, time, time]]:
    found = select(Opening.status, Opening.starts, Opening.ends).where(
        Opening.programme_id == world.programme.id, Opening.day == day, Opening.status != "cancelled"
    )
    return [tuple(row) for row in db.session.execute(found.order_by(Opening.starts, Opening.id))]  # type: ignore[misc]


@pytest.fixture
def ids(world: builders.World) -> tuple[int, int]:
    """Skuret and the service."""
    return world.places["skuret"].id, world.services["snak"].id


def an_edit(found: State, ids: tuple[int, int], number: int) -> Patch:
    """One of five kinds; none gets in another's way."""
    (place, service), book = ids, found.book
    other = DayHours(place, service, date(2026, 12, 14), time(14), time(15))
    if number == 0:
        return close(book, [ClosureRule(date(2026, 12, 7), date(2026, 12, 8), REASON, place)])
    if number == 1:
        return move(book, found.on(MONDAY), ClosureRule(MONDAY, MONDAY, REASON, place), date(2026, 12, 1))
    if number == 2:
        return open_extra(DayHours(place, service, date(2026, 12, 3), time(9), time(11)))
    if number == 3:
        return other_time(book, found.on(other.date), other)
    [old] = [key for key, row in book.weekly.items() if row.place == place]
    return begin(book, WeeklyRule(place, service, 4, time(10), time(12), date(2027, 2, 1)), old)


def test_stored_openings_equal_the_computed_ones_after_every_edit_and_after_taking_each_back(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    for number in range(5):
        edit(world, lambda found, number=number: an_edit(found, ids, number))
        agree(world)
    assert on(world, MONDAY) == [("closed", time(13), time(16))]
    assert on(world, date(2026, 12, 1)) == [("extra", time(13), time(16))]
    book = book_of(world.programme.id)
    session.rollback()
    new = max(book.weekly)
    rows = [(Sort.WEEKLY, new), *((Sort.CLOSURE, key) for key in book.closures), (Sort.CHANGE, min(book.changes))]
    for sort, key in rows:
        edit(world, lambda found, sort=sort, key=key: take_back(found.book, sort, key))
        agree(world)
    assert on(world, MONDAY) == [("open", time(13), time(16))]
    assert on(world, date(2026, 12, 1)) == []
    assert on(world, date(2027, 2, 1)) == [("open", time(13), time(16))]


def agree(world: builders.World) -> None:
    """Stored is computed, for every day ahead."""
    found = hours.state(world.programme.id, TODAY)
    computed = openings.computed(found.programme, found.today, found.until)
    stored = [row.opening for row in found.stored if row.opening.status != "cancelled"]

    def key(one: object) -> tuple[object, ...]:
        return one.date, one.starts, one.place, one.service, one.ends, one.status  # type: ignore[attr-defined]

    assert sorted(map(key, stored)) == sorted(map(key, computed))
    db.session.rollback()


def test_a_preview_says_what_saving_then_does(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    for number in range(5):
        begin_write()
        found = hours.state(world.programme.id, TODAY, to_change=True)
        patch = an_edit(found, ids, number)
        preview = hours.preview(found, patch)
        before = number_standing(world)
        store(found, patch, world)
        after = number_standing(world)
        session.rollback()
        assert after - before == len(preview.effects.come) - len(preview.effects.gone)


def number_standing(world: builders.World) -> int:
    standing = Opening.programme_id == world.programme.id, Opening.status.in_(["open", "changed", "extra"])
    return db.session.scalar(select(func.count()).where(*standing)) or 0


def test_days_before_today_are_never_rewritten(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    """Weekly hours that stop, and a closure that began before today: the past keeps what it was."""
    begin_write()
    openings.lay_past(world.programme.id, date(2026, 11, 1), NOW, ZONE)
    session.commit()
    past = [on(world, date(2026, 11, day)) for day in range(1, 23)]
    session.rollback()
    edit(world, lambda found: end(found.book, min(found.book.weekly), TODAY))
    edit(world, lambda found: close(found.book, [ClosureRule(date(2026, 11, 2), MONDAY, REASON)]))
    assert [on(world, date(2026, 11, day)) for day in range(1, 23)] == past


def test_what_is_edited_can_be_exported_and_read_again(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    for number in range(5):
        edit(world, lambda found, number=number: an_edit(found, ids, number))
    doc = editing.open_document(world.programme.id)
    assert document.checked(doc.data, TODAY)[1] == []
    [moved] = [row for row in doc.data["closures"] if row.get("note")]
    assert moved["note"] == "Flyttet til 2026-12-01"


def test_what_an_edit_took_away_is_stored_with_it_and_comes_back(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    """Moved, then closed for illness, then that taken back; then the move."""
    tuesday = date(2026, 12, 1)
    edit(world, lambda found: an_edit(found, ids, 1))
    edit(world, lambda found: close(found.book, [ClosureRule(tuesday, tuesday, REASON)]))
    agree(world)
    assert on(world, tuesday) == [("closed", time(13), time(16))]
    [moved, ill] = session.scalars(select(HoursEdit.id).order_by(HoursEdit.id))
    [extra] = session.scalars(select(ExtraOpening))
    assert (extra.made_by, extra.withdrawn_by) == (moved, ill)
    [first, second] = session.scalars(select(Closure.id).order_by(Closure.id))
    session.rollback()
    edit(world, lambda found: take_back(found.book, Sort.CLOSURE, second))
    agree(world)
    assert on(world, tuesday) == [("extra", time(13), time(16))]
    session.rollback()
    edit(world, lambda found: take_back(found.book, Sort.CLOSURE, first))
    agree(world)
    assert (on(world, MONDAY), on(world, tuesday)) == ([("open", time(13), time(16))], [])
    assert not book_of(world.programme.id).gone


def test_weekly_hours_remember_the_last_day_they_had(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    [old] = [key for key, row in book_of(world.programme.id).weekly.items() if row.place == ids[0]]
    session.rollback()
    edit(world, lambda found: end(found.book, old, date(2027, 6, 30)))
    edit(world, lambda found: an_edit(found, ids, 4))
    row = session.get_one(WeeklyHours, old)
    assert (row.valid_to, row.valid_to_before) == (date(2027, 1, 31), date(2027, 6, 30))
    session.rollback()
    edit(world, lambda found: take_back(found.book, Sort.WEEKLY, max(found.book.weekly)))
    row = session.get_one(WeeklyHours, old)
    assert (row.valid_to, row.valid_to_before, row.ended_by) == (date(2027, 6, 30), None, None)


def test_a_programme_file_says_nothing_of_edits_and_changes_nothing_when_it_comes_back(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    edit(world, lambda found: an_edit(found, ids, 1))
    edit(world, lambda found: close(found.book, [ClosureRule(date(2026, 12, 1), date(2026, 12, 1), REASON)]))
    before = book_of(world.programme.id)
    session.rollback()
    said = export_programme(world.programme.slug) or ""
    assert not re.search("made_by|withdrawn_by|ended_by|valid_to_before|hours_edits", said)
    session.rollback()
    begin_write()
    report = import_programme(document.read(said.encode(), TODAY), NOW, ZONE)
    session.commit()
    assert not report.changes
    assert book_of(world.programme.id) == before and before.gone and before.made


def test_every_row_stands_in_the_audit(
    session: scoped_session[Session], world: builders.World, ids: tuple[int, int]
) -> None:
    edit(world, lambda found: an_edit(found, ids, 4))
    edit(world, lambda found: take_back(found.book, Sort.WEEKLY, max(found.book.weekly)))
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("hours%")).order_by(AuditEntry.id))
    assert list(acts) == ["hours_edited", "hours_edited", "hours_withdrawn", "hours_edited"]
    assert session.scalars(select(WeeklyHours.valid_to)).all() == [None, None]


def test_of_two_who_save_the_same_at_once_one_sees_that_it_is_another_by_then(
    app: Flask, world: builders.World, ids: tuple[int, int]
) -> None:
    """Both have seen the preview that closes one opening; whoever comes second finds nothing left to close."""
    who, programme = by(world), world.programme.id

    def wanted(found: State) -> Patch:
        return close(found.book, [ClosureRule(MONDAY, MONDAY, REASON)])

    with app.app_context():
        found = hours.state(programme, TODAY)
        seen = digest(wanted(found), hours.preview(found, wanted(found)))
        db.session.remove()
    ready = Barrier(2)

    def save(_number: int) -> str:
        with app.app_context():
            ready.wait(timeout=30)
            begin_write()
            found = hours.state(programme, TODAY, to_change=True)
            patch = wanted(found)
            if digest(patch, hours.preview(found, patch)) != seen:
                db.session.remove()
                return "another"
            hours.save(found, patch, who, seen)
            db.session.commit()
            db.session.remove()
            return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, range(2))) == ["another", "saved"]
    with app.app_context():
        assert db.session.scalar(select(func.count(Closure.id))) == 1
