"""Swaps by many people at the same moment, with real connections, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from advice.actions import shifts
from advice.actions.swaps import offering, stepping
from advice.actions.swaps.lapsing import Here
from advice.database import begin_write, db
from advice.models.people import Membership
from advice.models.roster import Shift, shift_to_change
from advice.models.swaps import Swap, lock_swap
from tests import builders
from tests.builders import World
from tests.racing import at_once

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), date(2026, 11, 25)
MANY, ROUNDS = 20, 3
Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """The usual world, in the open write transaction of the test."""
    begin_write()
    return builders.world()


def here(member: Membership) -> Here:
    """A member, today."""
    return Here(member.person_id, member.organisation_id, NOW, TODAY, time(13, 30))


def taking(programme_id: int, swap_id: int, member_id: int, given: int | None = None) -> Callable[[], object]:
    """Somebody presses "Ja, jeg tager den"."""

    def act() -> None:
        swap, member = lock_swap(programme_id, swap_id), db.session.get_one(Membership, member_id)
        assert swap is not None
        stepping.take(swap, member, given, here(member))

    return act


def offers(world: World, number: int, *, is_trade: bool = False) -> list[tuple[int, int]]:
    """Shifts of Rita's that she offers everybody: ids of swap and shift."""
    rita, found = world.members["rita"], []
    for week in range(number):
        shift = builders.shift(world, "rita", "kajen", DAY + timedelta(weeks=week), 9, 12)
        swap = offering.offer(shift.id, shift.version, None, here(rita), is_trade=is_trade)
        found.append((swap.id, shift.id))
    return found


@pytest.mark.t8
def test_of_twenty_takers_at_once_one_has_the_shift(app: Flask, world: World) -> None:
    team = [builders.member(world, builders.person(f"Ny {one}"), "huset", "adviser").id for one in range(MANY)]
    swaps, key = offers(world, ROUNDS), world.programme.id
    db.session.commit()
    for swap_id, shift_id in swaps:
        acts = [taking(key, swap_id, member_id) for member_id in team]
        assert at_once(app, acts) == ["Stale"] * (MANY - 1) + ["done"]
        db.session.rollback()
        [new] = db.session.scalars(select(Shift).where(Shift.replaces_id == shift_id)).all()
        assert db.session.get_one(Swap, swap_id).taker_id == new.membership_id
        assert db.session.get_one(Shift, shift_id).status == "cancelled"


@pytest.mark.t8
def test_twin_without_the_lock_and_the_one_statement_two_have_the_shift(app: Flask, world: World) -> None:
    """Both look before either writes: what `lock_swap` and the UPDATE of a step keep from happening."""
    [(swap_id, shift_id)] = offers(world, 1)
    pair = [(one.id, one.person_id, one.organisation_id) for one in (world.members["svend"], world.members["karen"])]
    key, place = world.programme.id, world.places["kajen"].id
    db.session.commit()
    looked = Barrier(2)

    def act(member: tuple[int, int, int]) -> None:
        with app.app_context():
            assert db.session.get_one(Swap, swap_id).state == "offered"
            db.session.rollback()
            looked.wait(timeout=30)
            begin_write()
            membership_id, person_id, organisation_id = member
            db.session.add(Shift(
                programme_id=key, place_id=place, membership_id=membership_id, person_id=person_id,
                organisation_id=organisation_id, day=DAY, starts=time(9), ends=time(12), replaces_id=shift_id,
                created_at=NOW, changed_at=NOW,
            ))  # fmt: skip
            ended = {"state": "done", "taker_id": membership_id, "taken_at": NOW, "ended_at": NOW}
            db.session.execute(update(Swap).where(Swap.id == swap_id).values(ended))
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, pair))
    assert len(db.session.scalars(select(Shift.id).where(Shift.replaces_id == shift_id)).all()) == 2


@pytest.mark.t8
def test_a_yes_and_a_withdrawal_at_once_leave_one_of_them(app: Flask, world: World) -> None:
    swaps, key = offers(world, ROUNDS), world.programme.id
    svend, rita = world.members["svend"].id, world.members["rita"].id
    db.session.commit()
    for swap_id, shift_id in swaps:

        def withdraw(swap_id: int = swap_id) -> None:
            swap = lock_swap(key, swap_id)
            assert swap is not None
            stepping.withdraw(swap, here(db.session.get_one(Membership, rita)))

        assert at_once(app, [taking(key, swap_id, svend), withdraw]) == ["Stale", "done"]
        db.session.rollback()
        done = db.session.get_one(Swap, swap_id).state == "done"
        new = db.session.scalars(select(Shift).where(Shift.replaces_id == shift_id)).all()
        assert len(new) == int(done) and (db.session.get_one(Shift, shift_id).status == "cancelled") is done


@pytest.mark.t8
def test_a_yes_and_a_planners_change_at_once_never_both(app: Flask, world: World) -> None:
    swaps, key = offers(world, ROUNDS), world.programme.id
    svend, karen, actor = world.members["svend"].id, here(world.members["karen"]), world.actor("karen")
    db.session.commit()
    for swap_id, shift_id in swaps:

        def change(shift_id: int = shift_id) -> None:
            shift = shift_to_change(actor, shift_id)
            assert shift is not None
            shifts.change(shift, 1, shifts.Stretch(shift.place_id, shift.day, time(9), time(11)), karen)

        assert at_once(app, [taking(key, swap_id, svend), change]) in (["Lapsed", "done"], ["Stale", "done"])
        db.session.rollback()
        new = db.session.scalars(select(Shift).where(Shift.replaces_id == shift_id)).all()
        old = db.session.get_one(Shift, shift_id)
        assert (old.status, old.ends, len(new)) in (("active", time(11), 0), ("cancelled", time(12), 1))


@pytest.mark.t8
def test_two_trades_that_want_the_same_shift_in_return_at_once_give_it_once(app: Flask, world: World) -> None:
    swaps, key = offers(world, 2, is_trade=True), world.programme.id
    svend = world.members["svend"].id
    given = builders.shift(world, "svend", "skuret", DAY + timedelta(days=40), 13, 16).id
    db.session.commit()
    assert at_once(app, [taking(key, swap_id, svend, given) for swap_id, _shift in swaps]) == ["Stale", "done"]
    db.session.rollback()
    assert len(db.session.scalars(select(Shift).where(Shift.replaces_id == given)).all()) == 1
    assert sorted(db.session.scalars(select(Swap.state))) == ["done", "offered"]


@pytest.mark.t8
def test_one_shift_offered_twice_at_once_is_offered_once(app: Flask, world: World) -> None:
    shift = builders.shift(world, "rita", "kajen", DAY, 9, 12).id
    rita = here(world.members["rita"])
    db.session.commit()

    def act() -> None:
        offering.offer(shift, 1, None, rita, is_trade=False)

    assert at_once(app, [act] * 4) == ["Offered"] * 3 + ["done"]
    db.session.rollback()
    assert db.session.scalars(select(Swap.shift_id)).all() == [shift]
