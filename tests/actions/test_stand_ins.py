"""Calling off and standing in, below the screens: on both engines, and by many people at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import shifts, stand_ins
from advice.actions.absences import Days
from advice.actions.shifts import By, Clash, NotOnTeam, PastDay, Stale, Taken
from advice.database import begin_write, db
from advice.models.absences import Absence
from advice.models.audit import AuditEntry
from advice.models.roster import Shift, holder_now, shift_to_change
from advice.models.stand_ins import OpenWithFewer, StandInAsk, asks_of, called_off
from tests import builders
from tests.builders import World
from tests.racing import at_once

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), date(2026, 11, 25)
MANY, ROUNDS = 20, 5
Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """The usual world, in the open write transaction of the test."""
    begin_write()
    return builders.world()


def by(world: World, name: str = "karen") -> By:
    """Somebody of the world, now."""
    return By(world.members[name].person_id, world.members[name].organisation_id, NOW, TODAY)


def hole(world: World, name: str = "rita", day: date = DAY) -> Shift:
    """A shift that was called off."""
    return builders.shift(world, name, "kajen", day, 9, 12, status="cancelled")


def everybody(_organisation: int) -> bool:
    """The tovholder plans for all."""
    return True


def test_calling_off_cancels_what_it_touches_from_today_on_and_tells_what_it_may_not(world: World) -> None:
    kept = [
        builders.shift(world, "rita", "kajen", TODAY - timedelta(days=1), 9, 12),
        builders.shift(world, "rita", "kajen", DAY + timedelta(days=1), 9, 12),
    ]
    touched = [builders.shift(world, "rita", "kajen", day, 9, 12) for day in (TODAY, DAY)]
    other = builders.world("kysten", "k-")
    other.members["rita"] = builders.member(other, world.members["rita"].person, "byen", "adviser")
    away = builders.shift(other, "rita", "kajen", DAY, 14, 15)
    [fallen] = stand_ins.call_off([world.members["rita"]], Days(TODAY - timedelta(days=2), DAY), everybody, by(world))
    assert list(fallen.called_off) == touched and [one.status for one in touched] == ["cancelled"] * 2
    assert list(fallen.left) == list(fallen.elsewhere) == [away]
    assert [one.status for one in (*kept, away)] == ["active"] * 3
    assert db.session.scalars(select(Absence.kind)).one() == "absence"


def test_a_shift_of_an_organisation_that_she_does_not_plan_for_stands(world: World) -> None:
    second = builders.member(world, world.members["rita"].person, "byen", "adviser")
    world.members["rita-byen"] = second
    hers, other = (
        builders.shift(world, "rita", "kajen", DAY, 9, 12),
        builders.shift(world, "rita-byen", "skuret", DAY, 13, 16),
    )
    own = world.organisations["huset"].id
    [fallen] = stand_ins.call_off([world.members["rita"]], Days(DAY, DAY), lambda key: key == own, by(world))
    assert (list(fallen.called_off), list(fallen.left), list(fallen.elsewhere)) == ([hers], [other], [])


def test_only_the_hours_that_she_is_away_are_called_off(world: World) -> None:
    early, late = (
        builders.shift(world, "rita", "kajen", DAY, 9, 12),
        builders.shift(world, "rita", "kajen", DAY, 13, 15),
    )
    stand_ins.call_off([world.members["rita"]], Days(DAY, DAY, (time(8), time(12))), everybody, by(world))
    assert (early.status, late.status) == ("cancelled", "active")


def test_who_takes_it_over_has_a_shift_of_her_own_that_replaces_it(world: World) -> None:
    gone = hole(world)
    new = stand_ins.say_yes(gone, world.members["bent"], by(world))
    assert (new.replaces_id, new.day, new.starts, new.status) == (gone.id, DAY, time(9), "active")
    assert new.organisation_id == world.organisations["byen"].id and new.uid != gone.uid
    assert gone.status == "cancelled" and holder_now(gone.id) is new
    with pytest.raises(Taken) as told:
        stand_ins.say_yes(gone, world.members["svend"], by(world))
    assert told.value.holder is new


def test_what_is_not_open_is_taken_over_by_nobody(world: World) -> None:
    active = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    past = hole(world, day=TODAY - timedelta(days=1))
    busy = hole(world, day=DAY + timedelta(days=7))
    builders.shift(world, "bent", "skuret", busy.day, 11, 14)
    for gone, name, why in (
        (active, "bent", Stale), (past, "bent", PastDay), (busy, "bent", Clash), (busy, "lars", NotOnTeam),
    ):  # fmt: skip
        with pytest.raises(why):
            stand_ins.say_yes(gone, world.members[name], by(world))
    for gone, why in ((active, Stale), (past, PastDay)):
        for act in (stand_ins.leave_open, stand_ins.refuse_unless_open):
            with pytest.raises(why):
                act(gone, by(world))
        with pytest.raises(why):
            stand_ins.say_no(gone, world.members["bent"], by(world))
        with pytest.raises(why):
            stand_ins.ask(gone, [world.members["bent"]], by(world))
    assert list(db.session.scalars(select(Shift.id).where(Shift.replaces_id.is_not(None)))) == []


def test_a_shift_that_is_called_off_twice_is_one_hole_the_last_holders(world: World) -> None:
    gone = hole(world)
    new = shifts.take_over(gone, world.members["bent"].id, by(world))
    assert called_off(world.programme.id, DAY, DAY) == []
    shifts.cancel(new, new.version, by(world))
    assert called_off(world.programme.id, DAY, DAY) == [new]


def test_a_link_answers_for_her_and_the_audit_says_that_it_was_she(world: World) -> None:
    gone = hole(world)
    [(_member, token)] = stand_ins.ask(gone, [world.members["bent"]], by(world))
    no = stand_ins.answer(token, yes=False, at=NOW, today=TODAY)
    assert no is not None and no.new is None and no.ask.answer == "no"
    yes = stand_ins.answer(token, yes=True, at=NOW, today=TODAY)
    assert yes is not None and yes.new is not None and yes.new.person_id == world.members["bent"].person_id
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "shift_added")).one()
    assert entry.person_id == world.members["bent"].person_id
    assert stand_ins.answer("x" * 43, yes=True, at=NOW, today=TODAY) is None


def test_open_with_fewer_is_noted_once_and_taken_back(world: World) -> None:
    gone = hole(world)
    for _again in range(2):
        stand_ins.leave_open(gone, by(world))
    assert len(db.session.scalars(select(OpenWithFewer)).all()) == 1
    stand_ins.look_again(gone, by(world))
    stand_ins.look_again(gone, by(world))
    assert db.session.scalars(select(OpenWithFewer)).all() == []
    acts = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["gap_accepted", "gap_reopened"]


@pytest.mark.t7
def test_of_twenty_who_say_yes_at_once_one_has_the_shift(app: Flask, world: World) -> None:
    team = [builders.member(world, builders.person(f"Ny {number}"), "huset", "adviser") for number in range(MANY)]
    holes = [hole(world, day=DAY + timedelta(days=number)) for number in range(ROUNDS)]
    tokens = [[token for _member, token in stand_ins.ask(gone, team, by(world))] for gone in holes]
    ids = [gone.id for gone in holes]
    db.session.commit()
    for shift_id, each in zip(ids, tokens, strict=True):
        acts = [lambda token=token: stand_ins.answer(token, yes=True, at=NOW, today=TODAY) for token in each]
        assert at_once(app, acts) == ["Taken"] * (MANY - 1) + ["done"]
        db.session.rollback()
        [new] = db.session.scalars(select(Shift).where(Shift.replaces_id == shift_id)).all()
        said = {one.membership_id: one.answer for one in asks_of([shift_id])[shift_id]}
        assert [key for key, answer in said.items() if answer == "yes"] == [new.membership_id]


@pytest.mark.t7
def test_twin_without_the_lock_two_have_the_shift(app: Flask, world: World) -> None:
    """Both look before either writes: what `lock_shift` keeps from happening."""
    gone_id, pair = hole(world).id, [world.members[name].id for name in ("bent", "svend")]
    rows = {key: db.session.get_one(type(world.members["bent"]), key) for key in pair}
    facts = {key: (row.person_id, row.organisation_id) for key, row in rows.items()}
    programme, place = world.programme.id, world.places["kajen"].id
    db.session.commit()
    looked = Barrier(2)

    def act(key: int) -> None:
        with app.app_context():
            assert holder_now(gone_id) is None
            db.session.rollback()
            looked.wait(timeout=30)
            begin_write()
            person, organisation = facts[key]
            new = Shift(
                programme_id=programme, place_id=place, membership_id=key, person_id=person,
                organisation_id=organisation, day=DAY, starts=time(9), ends=time(12), replaces_id=gone_id,
                created_at=NOW, changed_at=NOW,
            )  # fmt: skip
            db.session.add(new)
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, pair))
    assert len(db.session.scalars(select(Shift.id).where(Shift.replaces_id == gone_id)).all()) == 2


@pytest.mark.postgresql_only
def test_twin_on_postgresql_take_over_itself_needs_the_lock(app: Flask, world: World) -> None:
    gone_id, programme = hole(world).id, world.programme.id
    pair, who = [world.members[name].id for name in ("bent", "svend")], by(world)
    db.session.commit()
    both = Barrier(2)

    def act(key: int) -> None:
        with app.app_context():
            begin_write()
            shifts.take_over(db.session.get_one(Shift, gone_id), key, who)
            both.wait(timeout=30)
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, pair))
    found = db.session.scalars(select(Shift.id).where(Shift.replaces_id == gone_id, Shift.programme_id == programme))
    assert len(found.all()) == 2


@pytest.mark.t7
def test_a_yes_and_an_undo_at_once_leave_one_of_them_on_duty(app: Flask, world: World) -> None:
    karen, who = world.actor("karen"), by(world)
    ids = [hole(world, day=DAY + timedelta(days=number)).id for number in range(ROUNDS)]
    tokens = [stand_ins.ask(db.session.get_one(Shift, key), [world.members["bent"]], who)[0][1] for key in ids]
    db.session.commit()
    for shift_id, token in zip(ids, tokens, strict=True):

        def undo(shift_id: int = shift_id) -> None:
            row = shift_to_change(karen, shift_id)
            assert row is not None
            shifts.restore(row, row.version, who)

        def yes(token: str = token) -> None:
            stand_ins.answer(token, yes=True, at=NOW, today=TODAY)

        assert at_once(app, [undo, yes]) in (["Stale", "done"], ["Taken", "done"])
        db.session.rollback()
        active = select(Shift.id).where(
            Shift.status == "active", (Shift.id == shift_id) | (Shift.replaces_id == shift_id)
        )
        assert len(db.session.scalars(active).all()) == 1


@pytest.mark.t8
def test_two_planners_who_call_off_the_same_people_at_once_call_each_off_once(app: Flask, world: World) -> None:
    names, who = ("rita", "bent", "svend"), by(world)
    ids = [builders.shift(world, name, "kajen", DAY + timedelta(days=number), 9, 12).id
           for number in range(ROUNDS) for name in names]  # fmt: skip
    members, days = [world.members[name] for name in names], Days(DAY, DAY + timedelta(days=ROUNDS))
    db.session.expunge_all()
    for one in members:
        db.session.merge(one, load=False)
    db.session.commit()
    kind, keys = type(members[0]), [one.id for one in members]

    def off(order: int) -> Callable[[], object]:
        def act() -> None:
            team = [db.session.get_one(kind, key) for key in keys[::order]]
            stand_ins.call_off(team, days, everybody, who)

        return act

    assert at_once(app, [off(1), off(-1)]) == ["done", "done"]
    db.session.rollback()
    assert set(db.session.scalars(select(Shift.version).where(Shift.id.in_(ids)))) == {2}
    assert len(db.session.scalars(select(Absence.id)).all()) == len(names)


def test_asking_again_gives_a_new_secret_and_the_old_one_opens_nothing(world: World) -> None:
    gone = hole(world)
    tokens = [stand_ins.ask(gone, [world.members["bent"]], by(world))[0][1] for _time in range(2)]
    assert stand_ins.find(tokens[0]) is None and stand_ins.find(tokens[1]) is not None
    assert len(db.session.scalars(select(StandInAsk)).all()) == 1
