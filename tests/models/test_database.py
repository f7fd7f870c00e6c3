"""The floor everything stands on: column types, write transactions, keys that cannot leave a programme."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session, scoped_session

from advice.database import begin_write, is_postgresql
from advice.models.audit import record
from advice.models.jobs import Job
from advice.models.places import PlaceArea, ResidentialArea
from advice.models.roster import Shift
from tests import builders

pytestmark = pytest.mark.usefixtures("process_timezone")

Db = scoped_session[Session]
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def job(**fields: object) -> Job:
    values = {"name": "x", "every_seconds": 60, "due_at": NOON, "attempts": 0, **fields}
    return Job(**values)


def test_an_instant_comes_back_as_the_same_instant_in_utc(session: Db) -> None:
    begin_write()
    summer = datetime(2026, 7, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    session.add(job(due_at=summer))
    session.commit()
    found = session.get_one(Job, "x").due_at
    assert found == NOON and found.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(session: Db) -> None:
    begin_write()
    session.add(job(due_at=datetime(2026, 7, 1, 12)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="time zone"):
        session.flush()


def test_a_flush_outside_a_write_transaction_is_refused(session: Db) -> None:
    session.add(job())
    with pytest.raises(RuntimeError, match="begin_write"):
        session.flush()


def test_begin_write_after_a_read_is_refused(session: Db) -> None:
    session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError, match="before the first query"):
        begin_write()


def test_begin_write_twice_is_once(session: Db) -> None:
    begin_write()
    begin_write()
    session.add(job())
    session.commit()
    assert session.get(Job, "x")


def test_sqlite_is_set_as_promised(session: Db) -> None:
    if is_postgresql():
        assert session.execute(text("SHOW synchronous_commit")).scalar() == "on"
        return
    values = {
        name: session.execute(text(f"PRAGMA {name}")).scalar()
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_row_that_crosses_programmes_cannot_exist(session: Db) -> None:
    begin_write()
    here, there = builders.world("her", "a."), builders.world("der", "b.")
    area = builders.added(ResidentialArea(programme_id=there.programme.id, code="x", name="X"))
    session.add(PlaceArea(programme_id=here.programme.id, place_id=here.places["kajen"].id, area_id=area.id))
    with pytest.raises(IntegrityError):
        session.flush()


def shift(world: builders.World, name: str, starts: int, ends: int, **fields: object) -> Shift:
    member = world.members[name]
    values = {
        "programme_id": world.programme.id, "place_id": world.places["kajen"].id, "membership_id": member.id,
        "person_id": member.person_id, "organisation_id": member.organisation_id, "day": date(2026, 11, 25),
        "starts": time(starts), "ends": time(ends), "created_at": NOON, "changed_at": NOON, **fields,
    }  # fmt: skip
    return Shift(**values)


def test_a_shift_cannot_be_counted_for_an_organisation_the_person_is_not_in(session: Db) -> None:
    begin_write()
    world = builders.world()
    session.add(shift(world, "rita", 9, 12, organisation_id=world.organisations["byen"].id))
    with pytest.raises(IntegrityError):
        session.flush()


def test_one_person_cannot_be_on_duty_twice_at_once_but_back_to_back_is_fine(session: Db) -> None:
    begin_write()
    world = builders.world()
    session.add_all([shift(world, "rita", 9, 12), shift(world, "rita", 12, 14), shift(world, "svend", 9, 12)])
    session.add(shift(world, "rita", 10, 11, status="cancelled"))
    session.flush()
    session.add(shift(world, "rita", 11, 13))
    with pytest.raises(IntegrityError, match="shift_clash"):
        session.flush()


def test_the_audit_keeps_what_was_done(session: Db) -> None:
    begin_write()
    world = builders.world()
    record(NOON, "moved", "shifts", 7, programme_id=world.programme.id, to="kajen")
    session.flush()
    found = session.execute(text("SELECT action, subject_id FROM audit_entries")).one()
    assert tuple(found) == ("moved", "7")
