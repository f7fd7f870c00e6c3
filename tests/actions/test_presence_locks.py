"""Marking a shift while somebody edits it: one waits for the other, and neither is given up (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Event, get_ident

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, scoped_session

from advice.actions import presence_rulings as rulings
from advice.actions import shifts
from advice.actions.presence import Deed
from advice.actions.presence_rulings import Line, Ruling
from advice.actions.shifts import Busy, By, Stretch
from advice.database import begin_write, db
from advice.models.presence import Presence
from advice.models.roster import Shift, lock_people, shift_to_change
from tests import builders
from tests.actions.test_presence import DAY, by, taps, times
from tests.builders import World


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """The usual world, in the open write transaction of the test."""
    begin_write()
    return builders.world()


def edit_during(app: Flask, world: World, shift_id: int, act: Callable[[], object]) -> None:
    """Somebody holds the shift; another marks it, as far as she comes; then the first one changes it.

    The second one has come as far as she can once she holds the person, or asks for the shift.
    """
    karen, leader, there = world.actor("karen"), by(world), Event()
    marking: list[int] = []
    engine, at_kajen = db.engine, world.places["kajen"].id
    who = By(leader.person_id, leader.organisation_id, leader.at, DAY)
    db.session.commit()

    def asks(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if marking == [get_ident()] and "FROM shifts" in statement and "FOR " in statement:
            there.set()

    def holds(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if marking == [get_ident()] and "FROM people" in statement and "FOR NO KEY UPDATE" in statement:
            there.set()

    def mark() -> None:
        with app.app_context():
            begin_write()
            db.session.execute(text("SET LOCAL deadlock_timeout = '20s'"))
            marking.append(get_ident())
            act()
            db.session.commit()
            db.session.remove()

    event.listen(engine, "before_cursor_execute", asks)
    event.listen(engine, "after_cursor_execute", holds)
    begin_write()
    db.session.execute(text("SET LOCAL deadlock_timeout = '500ms'"))
    shift = shift_to_change(karen, shift_id)
    assert shift is not None
    with ThreadPoolExecutor(1) as pool:
        marked = pool.submit(mark)
        try:
            assert there.wait(30)
            shifts.change(shift, 1, Stretch(at_kajen, DAY, time(12), time(15)), who)
            db.session.commit()
        finally:
            db.session.rollback()
            marked.result(timeout=30)
            event.remove(engine, "before_cursor_execute", asks)
            event.remove(engine, "after_cursor_execute", holds)


@pytest.mark.t8
@pytest.mark.postgresql_only
@pytest.mark.parametrize("marks", ["tap", "leader", "leader of several"])
def test_who_marks_a_shift_that_is_being_edited_waits_for_the_edit_and_holds_nobody(
    app: Flask, world: World, marks: str
) -> None:
    shift_id, leader = builders.shift(world, "rita", "skuret", DAY, 12, 16).id, by(world)
    other_id = builders.shift(world, "svend", "skuret", DAY, 12, 16).id
    [come] = taps(world, Deed.CAME, ["skuret"], db.session.get_one(Shift, shift_id))

    def correct() -> None:
        found = [Line(db.session.get_one(Shift, key), None) for key in (other_id, shift_id)]
        if marks == "leader":
            found = found[1:]
        rulings.lock(found)
        for line in found:
            rulings.rule(line, 0, Ruling.PLAN, leader)

    edit_during(app, world, shift_id, come if marks == "tap" else correct)
    assert db.session.get_one(Shift, shift_id).ends == time(15)
    [row] = db.session.scalars(select(Presence).where(Presence.shift_id == shift_id)).all()
    assert times(row) == ((time(12), None) if marks == "tap" else (None, None))
    assert row.place_id == world.places["kajen"].id, "where the shift is by now"


@pytest.mark.t8
@pytest.mark.postgresql_only
def test_twin_who_holds_the_person_before_the_shift_deadlocks_with_an_edit(app: Flask, world: World) -> None:
    """The foreign key of the new row asks for the shift, whatever the order in which one locks."""
    shift, who = builders.shift(world, "rita", "skuret", DAY, 12, 16), world.members["rita"]
    facts = {"programme_id": who.programme_id, "membership_id": who.id, "person_id": who.person_id,
             "organisation_id": who.organisation_id, "place_id": shift.place_id, "shift_id": shift.id}  # fmt: skip

    def act() -> None:
        lock_people([facts["person_id"]])
        db.session.add(Presence(day=DAY, came=time(12), confirmed=False, **facts))
        db.session.flush()

    with pytest.raises(Busy):
        edit_during(app, world, shift.id, act)
    assert db.session.get_one(Shift, facts["shift_id"]).ends == time(16)
