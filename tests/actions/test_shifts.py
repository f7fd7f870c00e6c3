"""What people do with shifts, below the screens: on both engines, and by several people at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy import func, select, text
from sqlalchemy.orm import scoped_session

from advice.actions import shifts
from advice.actions.shifts import Busy, By, Clash, NotOnTeam, PastDay, Stale, Stretch
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.people import Membership
from advice.models.roster import Shift, shift_to_change
from advice.rules.access import Actor
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), date(2026, 11, 25)
THREADS, ROUNDS = 6, 20
Answer = TypeVar("Answer")


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """The usual world, in the open write transaction of the test."""
    begin_write()
    return builders.world()


def by(world: World, name: str = "karen", at: datetime = NOW) -> By:
    """Somebody of the world, now."""
    return By(world.members[name].person_id, world.members[name].organisation_id, at, TODAY)


def stretch(world: World, place: str = "kajen", day: date = DAY, starts: int = 9, ends: int = 12) -> Stretch:
    """Whole hours at a place."""
    return Stretch(world.places[place].id, day, time(starts), time(ends))


def added(world: World, name: str = "rita", **where: object) -> Shift:
    """A shift added by the tovholder."""
    return shifts.add(world.programme.id, world.members[name].id, stretch(world, **where), by(world))  # type: ignore[arg-type]


def entries(action: str) -> list[AuditEntry]:
    """The audit of one action, oldest first."""
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_a_new_shift_belongs_to_the_members_organisation(world: World) -> None:
    shift = added(world, "bent")
    member = world.members["bent"]
    assert (shift.person_id, shift.organisation_id) == (member.person_id, member.organisation_id)
    assert (shift.status, shift.sequence, shift.version, shift.created_at, shift.changed_at) == (
        "active",
        0,
        1,
        NOW,
        NOW,
    )
    assert entries("shift_added")[0].details["starts"] == "09:00"


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), date(1, 1, 1)])
def test_a_past_day_is_refused(world: World, day: date) -> None:
    with pytest.raises(PastDay):
        added(world, day=day)
    assert db.session.scalar(select(func.count()).select_from(Shift)) == 0


def test_today_is_not_past(world: World) -> None:
    assert added(world, day=TODAY).day == TODAY


def test_a_reader_and_a_stranger_are_not_on_the_team(world: World) -> None:
    stranger = builders.world("engen", "e-").members["rita"]
    for member in (world.members["lars"], stranger):
        with pytest.raises(NotOnTeam):
            shifts.add(world.programme.id, member.id, stretch(world), by(world))


def test_membership_counts_on_the_day_of_the_shift(world: World) -> None:
    world.members["rita"].valid_to = DAY
    db.session.flush()
    assert added(world)
    with pytest.raises(NotOnTeam):
        added(world, day=DAY + timedelta(days=1))


def test_a_clash_tells_which_shift_is_in_the_way_and_leaves_nothing(world: World) -> None:
    first = added(world)
    with pytest.raises(Clash) as told:
        added(world, place="skuret", starts=11, ends=14)
    assert told.value.existing is first
    db.session.commit()
    assert db.session.scalars(select(Shift.id)).all() == [first.id]
    assert len(entries("shift_added")) == 1


def test_the_transaction_can_go_on_after_a_clash(world: World) -> None:
    added(world)
    with pytest.raises(Clash):
        added(world)
    added(world, starts=12, ends=14)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Shift)) == 2


def test_a_change_keeps_the_uid_and_counts_up(world: World) -> None:
    shift = added(world)
    uid, later = shift.uid, NOW + timedelta(hours=1)
    assert shifts.change(shift, 1, stretch(world, "skuret", DAY + timedelta(days=5)), by(world, at=later))
    assert (shift.uid, shift.sequence, shift.version, shift.changed_at) == (uid, 1, 2, later)
    assert shift.created_at == NOW
    entry = entries("shift_changed")[0]
    assert (entry.details["before"]["day"], entry.details["day"]) == ("2026-11-25", "2026-11-30")


def test_a_change_that_clashes_leaves_the_shift_as_it_was(world: World) -> None:
    added(world, starts=13, ends=15)
    shift = added(world)
    with pytest.raises(Clash) as told:
        shifts.change(shift, 1, stretch(world, ends=14), by(world))
    assert told.value.existing is not shift
    assert (shift.ends, shift.version, shift.sequence) == (time(12), 1, 0)
    assert entries("shift_changed") == []


def test_a_change_to_the_same_is_none(world: World) -> None:
    shift = added(world)
    assert not shifts.change(shift, 1, stretch(world), by(world))
    assert (shift.version, shift.sequence) == (1, 0)


def test_a_past_shift_cannot_be_changed_even_into_the_future(world: World) -> None:
    shift = builders.shift(world, "rita", "kajen", TODAY - timedelta(days=1), 9, 12)
    with pytest.raises(PastDay):
        shifts.change(shift, 1, stretch(world), by(world))
    with pytest.raises(PastDay):
        shifts.cancel(shift, 1, by(world))
    with pytest.raises(PastDay):
        shifts.replace(shift, 1, world.members["bent"].id, by(world))


@pytest.mark.parametrize("version", [0, 2, None])
def test_another_version_is_stale(world: World, version: int | None) -> None:
    shift = added(world)
    with pytest.raises(Stale):
        shifts.change(shift, version, stretch(world, ends=11), by(world))
    with pytest.raises(Stale):
        shifts.cancel(shift, version, by(world))
    with pytest.raises(Stale):
        shifts.replace(shift, version, world.members["bent"].id, by(world))
    assert (shift.version, shift.status) == (1, "active")


def test_a_cancelled_shift_is_stale_in_its_own_version_too(world: World) -> None:
    shift = added(world)
    shifts.cancel(shift, 1, by(world))
    assert (shift.status, shift.sequence, shift.version) == ("cancelled", 1, 2)
    with pytest.raises(Stale):
        shifts.cancel(shift, 2, by(world))
    assert len(entries("shift_cancelled")) == 1


def test_a_replacement_cancels_the_one_and_adds_the_other(world: World) -> None:
    shift = added(world)
    new = shifts.replace(shift, 1, world.members["bent"].id, by(world))
    assert (shift.status, new.status, new.replaces_id) == ("cancelled", "active", shift.id)
    assert new.uid != shift.uid
    assert (new.place_id, new.day, new.starts, new.ends) == (shift.place_id, shift.day, shift.starts, shift.ends)
    assert entries("shift_cancelled")[0].details["replaced_by"] == new.id


def test_a_person_can_take_the_shift_over_for_another_organisation(world: World) -> None:
    shift = added(world)
    second = builders.member(world, world.members["rita"].person, "byen", "adviser")
    assert shifts.replace(shift, 1, second.id, by(world)).organisation_id == second.organisation_id


def test_a_replacement_that_clashes_changes_nothing(world: World) -> None:
    shift = added(world)
    busy = added(world, "bent", place="skuret")
    with pytest.raises(Clash) as told:
        shifts.replace(shift, 1, world.members["bent"].id, by(world))
    assert told.value.existing is busy
    assert (shift.status, shift.version) == ("active", 1)
    assert entries("shift_cancelled") == []


def at_once(app: Flask, act: Callable[[int], Answer]) -> list[Answer]:
    """Do it in several transactions of their own, all begun at the same moment."""
    ready = Barrier(THREADS)

    def one(number: int) -> Answer:
        with app.app_context():
            ready.wait(timeout=30)
            begin_write()
            try:
                answer = act(number)
                db.session.commit()
                return answer
            finally:
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_of_many_planners_at_once_one_books_and_the_others_are_told_whom_they_met(app: Flask, world: World) -> None:
    programme, member, who = world.programme.id, world.members["rita"].id, by(world)
    places = [place.id for place in world.places.values()]
    db.session.commit()
    for number in range(ROUNDS):
        day = DAY + timedelta(days=number)

        def book(planner: int, day: date = day) -> str:
            wanted = Stretch(places[planner % 2], day, time(9 + planner % 3), time(14))
            try:
                shifts.add(programme, member, wanted, who)
            except Clash as clash:
                assert clash.existing is not None and clash.existing.day == day
                return "clash"
            return "booked"

        assert sorted(at_once(app, book)) == ["booked", *["clash"] * (THREADS - 1)]


def test_of_many_changes_at_once_to_one_shift_one_is_saved_and_the_others_are_stale(app: Flask, world: World) -> None:
    karen, who, place = world.actor("karen"), by(world), world.places["kajen"].id
    bent = world.members["bent"].id
    ids = [added(world, day=DAY + timedelta(days=number)).id for number in range(ROUNDS)]
    db.session.commit()
    for shift_id in ids:

        def act(planner: int, shift_id: int = shift_id) -> str:
            shift = shift_to_change(karen, shift_id)
            assert shift is not None
            try:
                if planner % 3 == 0:
                    shifts.cancel(shift, 1, who)
                elif planner % 3 == 1:
                    shifts.replace(shift, 1, bent, who)
                else:
                    shifts.change(shift, 1, Stretch(place, shift.day, time(8), time(10 + planner)), who)
            except Stale:
                return "stale"
            return "saved"

        assert sorted(at_once(app, act)) == ["saved", *["stale"] * (THREADS - 1)]
    versions = db.session.scalars(select(Shift.version).where(Shift.id.in_(ids))).all()
    assert set(versions) == {2}


def test_planners_who_exchange_people_at_once_are_never_in_each_others_way(app: Flask, world: World) -> None:
    """Rings of three, cancelling and adding besides: without an order of locks PostgreSQL gives some of them up."""
    programme, who, place = world.programme.id, by(world), world.places["skuret"].id
    karen, names = world.actor("karen"), ("rita", "bent", "svend")
    members = [world.members[name].id for name in names]
    days = [DAY + timedelta(days=number) for number in range(ROUNDS)]
    ids = {day: [added(world, name, day=day).id for name in names] for day in days}
    db.session.commit()
    for day in days:

        def act(planner: int, day: date = day) -> str:
            number = planner % 3
            try:
                if planner == 5:
                    shifts.add(programme, members[0], Stretch(place, day, time(9), time(12)), who)
                    return "added"
                shift = shift_to_change(karen, ids[day][number])
                assert shift is not None
                if planner == 4:
                    shifts.cancel(shift, 1, who)
                else:
                    shifts.replace(shift, 1, members[(number + 1) % 3], who)
            except Clash:
                return "clash"
            except Stale as stale:
                return type(stale).__name__
            return "saved"

        assert set(at_once(app, act)) <= {"saved", "added", "clash", "Stale"}


@pytest.mark.postgresql_only
def test_a_deadlock_that_remains_is_told_as_busy(app: Flask, world: World) -> None:
    """Somebody holds the person and wants the shift; we hold the shift and want the person."""
    karen, who, bent = world.actor("karen"), by(world), world.members["bent"]
    shift_id, bent_id, person_id = added(world).id, bent.id, bent.person_id
    db.session.commit()
    shift = shift_to_change_soon_given_up(karen, shift_id)
    with db.engine.connect() as other, ThreadPoolExecutor(1) as pool:
        other.execute(text("SET deadlock_timeout = '20s'"))
        other.execute(text(f"SELECT id FROM people WHERE id = {person_id} FOR UPDATE"))
        waiting = pool.submit(other.execute, text(f"SELECT id FROM shifts WHERE id = {shift_id} FOR UPDATE"))
        with pytest.raises(Busy):
            shifts.replace(shift, 1, bent_id, who)
        db.session.rollback()
        waiting.result(timeout=30)
        other.rollback()
        other.execute(text("RESET deadlock_timeout"))
    assert db.session.get_one(Shift, shift_id).status == "active"


def shift_to_change_soon_given_up(actor: Actor, shift_id: int) -> Shift:
    """The shift, locked by a transaction in which PostgreSQL looks for a deadlock after half a second."""
    begin_write()
    db.session.execute(text("SET LOCAL deadlock_timeout = '500ms'"))
    shift = shift_to_change(actor, shift_id)
    assert shift is not None
    return shift


def test_a_restored_shift_is_the_same_one(world: World) -> None:
    shift = added(world)
    uid = shift.uid
    shifts.cancel(shift, 1, by(world))
    with pytest.raises(Stale):
        shifts.restore(shift, 1, by(world))
    shifts.restore(shift, 2, by(world))
    assert (shift.status, shift.uid, shift.sequence, shift.version) == ("active", uid, 2, 3)
    assert len(entries("shift_restored")) == 1
    with pytest.raises(Stale):
        shifts.restore(shift, 3, by(world))


def test_what_was_replaced_or_is_past_or_clashes_is_not_restored(world: World) -> None:
    shift = added(world)
    shifts.replace(shift, 1, world.members["bent"].id, by(world))
    with pytest.raises(Stale):
        shifts.restore(shift, 2, by(world))
    other = added(world, "svend")
    shifts.cancel(other, 1, by(world))
    busy = added(world, "svend", place="skuret", starts=11, ends=14)
    with pytest.raises(Clash) as told:
        shifts.restore(other, 2, by(world))
    assert told.value.existing is busy
    with pytest.raises(PastDay):
        shifts.restore(other, 2, replace(by(world), today=DAY + timedelta(days=1)))
    assert other.status == "cancelled"


def test_the_team_is_asked_of_the_right_programme(world: World) -> None:
    other = builders.world("engen", "e-")
    with pytest.raises(NotOnTeam):
        shifts.add(other.programme.id, world.members["rita"].id, stretch(other), by(world))
    assert isinstance(world.members["rita"], Membership)
