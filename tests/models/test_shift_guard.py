"""The guard `shift_clash`: nobody is on duty twice at once, whoever writes, and however many at the same moment.

The last two tests are twins: the same race, with the guard and without it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import scoped_session

from advice import guards
from advice.database import begin_write, db
from advice.models.people import Person
from advice.models.places import Place
from advice.models.roster import Shift
from tests import builders

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
THREADS, ROUNDS = 6, 4
Values = dict[str, object]


@pytest.fixture
def values(session: scoped_session[Session]) -> Values:
    """What an INSERT of Rita's shift 12-15 at one of the houses needs."""
    world = builders.saved_world()
    rita, place = world.members["rita"], world.places["kajen"]
    found: Values = {
        "programme_id": rita.programme_id, "place_id": place.id, "membership_id": rita.id,
        "person_id": rita.person_id, "organisation_id": rita.organisation_id, "day": DAY, "starts": time(12),
        "ends": time(15), "status": "active", "sequence": 0, "version": 1, "created_at": AT, "changed_at": AT,
    }  # fmt: skip
    session.rollback()
    return found


def stored(values: Values, **other: object) -> int:
    """Insert a shift with some values changed; its id."""
    begin_write()
    found = db.session.execute(
        insert(Shift).values({**values, "uid": uuid4(), **other}).returning(Shift.id)
    ).scalar_one()
    db.session.commit()
    return found


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(12, 15), (11, 16), (13, 14), (11, 13), (14, 16), (12, 13), (14, 15), (11, 15), (12, 16)],
)
def test_it_refuses_every_way_to_overlap(values: Values, starts: int, ends: int) -> None:
    stored(values)
    with pytest.raises(IntegrityError, match="shift_clash"):
        stored(values, starts=time(starts), ends=time(ends))


@pytest.mark.parametrize(("starts", "ends"), [(9, 12), (15, 17)])
def test_shifts_that_touch_are_no_clash(values: Values, starts: int, ends: int) -> None:
    stored(values)
    assert stored(values, starts=time(starts), ends=time(ends))


def test_it_knows_minutes(values: Values) -> None:
    stored(values)
    stored(values, starts=time(15), ends=time(16))
    with pytest.raises(IntegrityError, match="shift_clash"):
        stored(values, starts=time(10), ends=time(12, 1))


def test_another_day_another_person_and_a_cancelled_shift_are_no_clash(values: Values) -> None:
    stored(values, status="cancelled")
    stored(values)
    stored(values, day=date(2026, 11, 24))
    stored(values, status="cancelled")
    bent = builders.saved_world("engen", "e-").members["bent"]
    key = {"programme_id": bent.programme_id, "membership_id": bent.id, "person_id": bent.person_id}
    place = db.session.scalars(select(Place.id).where(Place.programme_id == bent.programme_id))
    other = {**key, "organisation_id": bent.organisation_id, "place_id": place.first()}
    db.session.rollback()
    assert stored(values, **other)


def test_it_reaches_across_programmes(values: Values) -> None:
    stored(values)
    other = builders.saved_world("engen", "e-")
    begin_write()
    rita = db.session.get_one(Person, values["person_id"])
    theirs = db.session.merge(other.members["bent"])
    world = builders.World(theirs.programme, {"byen": theirs.organisation})
    second = builders.member(world, rita, "byen", "adviser")
    place = db.session.scalars(select(Place).where(Place.programme_id == theirs.programme_id)).first()
    assert place is not None
    key = {"programme_id": second.programme_id, "membership_id": second.id, "place_id": place.id}
    key["organisation_id"] = second.organisation_id
    db.session.commit()
    with pytest.raises(IntegrityError, match="shift_clash"):
        stored(values, **key)


@pytest.mark.parametrize("change", [{"starts": time(14)}, {"day": DAY}, {"status": "active"}])
def test_it_refuses_a_change_that_makes_a_clash(values: Values, change: Values) -> None:
    stored(values)
    apart: dict[str, Values] = {
        "starts": {"starts": time(15), "ends": time(17)},
        "day": {"day": date(2026, 11, 24)},
        "status": {"status": "cancelled"},
    }
    other = stored(values, **apart[next(iter(change))])
    begin_write()
    with pytest.raises(IntegrityError, match="shift_clash"):
        db.session.execute(update(Shift).where(Shift.id == other).values(change))


def test_a_shift_may_change_within_its_own_time(values: Values) -> None:
    shift = stored(values)
    begin_write()
    db.session.execute(update(Shift).where(Shift.id == shift).values(starts=time(13), ends=time(16)))
    db.session.commit()
    assert db.session.scalar(select(Shift.ends)) == time(16)


def race(engine: Engine, values: Values, day: date) -> int:
    """Everybody looks first, sees that the person is free, and then books her, all at once; how many got through."""
    ready = Barrier(THREADS)

    def book(_number: int) -> bool:
        with engine.begin() as connection:
            taken = connection.scalar(select(func.count()).select_from(Shift).where(Shift.day == day))
        assert taken == 0
        ready.wait(timeout=30)
        try:
            with engine.connect().execution_options(writes=True) as connection:
                connection.execute(insert(Shift).values({**values, "uid": uuid4(), "day": day}))
                connection.commit()
        except (IntegrityError, OperationalError) as error:
            assert refused(error), error
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(book, range(THREADS)))


def refused(error: DBAPIError) -> bool:
    """The guard's own no, or PostgreSQL's when two wait for each other; actions lock the person first, so not there."""
    return "shift_clash" in str(error.orig) or "deadlock" in str(error.orig)


def test_of_many_at_once_exactly_one_gets_through(app: Flask, values: Values) -> None:
    for number in range(ROUNDS):
        assert race(db.engine, values, date(2026, 12, 1 + number)) == 1
    assert db.session.scalar(select(func.count()).select_from(Shift)) == ROUNDS


def test_without_the_guard_the_same_race_books_her_many_times(app: Flask, values: Values) -> None:
    begin_write()
    guards.drop(db.session.connection())
    db.session.commit()
    assert race(db.engine, values, date(2026, 12, 1)) == THREADS
