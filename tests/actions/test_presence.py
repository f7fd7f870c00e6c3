"""Met and left, below the screens: on both engines, tapped twice, on two tablets at once, and put right by a leader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from advice.actions import presence, retention
from advice.actions import presence_rulings as rulings
from advice.actions.presence import Deed, Elsewhere, NotHers, Panel, Tap
from advice.actions.presence_rulings import Line, Ruling
from advice.actions.shifts import By, Stale
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.people import Membership
from advice.models.presence import Presence, first_marked, held_between, of_day
from advice.models.roster import Shift, shifts_between
from advice.rules.presence import Mark, State
from tests import builders
from tests.builders import World
from tests.racing import at_once
from tests.visit_log import ZONE

DAY = date(2026, 11, 23)
MANY = 12
Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """The usual world, in the open write transaction of the test."""
    begin_write()
    return builders.world()


def tap(world: World, deed: Deed, at: str, shift: Shift | None = None, name: str = "rita", **more: Any) -> Presence:
    """Somebody's tap at "12.05", at skuret unless told otherwise."""
    place = more.pop("place", "skuret")
    one = Tap(world.members[name], world.places[place].id, local(at))
    return presence.tap(deed, one, shift.id if shift else None, **more)


def local(at: str, day: date = DAY) -> datetime:
    """An instant at the place, with seconds that no door knows."""
    hour, minute = at.split(".")
    return datetime.combine(day, time(int(hour), int(minute), 42), ZONE)


def by(world: World, name: str = "karen") -> By:
    """A leader, some time later."""
    who = world.members[name]
    return By(who.person_id, who.organisation_id, datetime(2026, 11, 24, 9, tzinfo=UTC), DAY + timedelta(days=1))


def times(row: Presence) -> tuple[time | None, time | None]:
    """What stands."""
    return row.came, row.gone


def audited() -> list[tuple[str, Any, Any]]:
    """What the audit says of marks: code, minutes before and after."""
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(row.action, row.details["before"], row.details["after"]) for row in rows]


def test_met_and_left_are_noted_to_the_minute_and_tapping_again_changes_nothing(world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    row = tap(world, Deed.CAME, "11.58", shift)
    assert (*times(row), row.version, row.shift_id) == (time(11, 58), None, 1, shift.id)
    assert tap(world, Deed.CAME, "12.30", shift) is row
    assert tap(world, Deed.LEFT, "16.02", shift, row_id=row.id) is row
    assert tap(world, Deed.LEFT, "16.03", shift, row_id=row.id) is row
    assert tap(world, Deed.CAME, "16.04", shift) is row
    assert (*times(row), row.version) == (time(11, 58), time(16, 2), 2)
    assert audited() == []


def test_the_last_tap_is_taken_back_by_who_saw_it(world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    row = tap(world, Deed.CAME, "11.58", shift)
    tap(world, Deed.LEFT, "14.00", shift)
    with pytest.raises(Stale):
        tap(world, Deed.UNDO, "14.01", row_id=row.id, version=1)
    with pytest.raises(NotHers):
        tap(world, Deed.UNDO, "14.01", row_id=row.id, version=2, name="svend")
    tap(world, Deed.UNDO, "14.01", row_id=row.id, version=2)
    assert times(row) == (time(11, 58), None)
    tap(world, Deed.UNDO, "14.01", row_id=row.id, version=3)
    assert times(row) == (None, None)
    with pytest.raises(Stale):
        tap(world, Deed.UNDO, "14.01", row_id=row.id, version=4)
    assert times(tap(world, Deed.CAME, "14.05", shift)) == (time(14, 5), None)


def test_who_forgot_met_can_still_say_that_she_left(world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    row = tap(world, Deed.LEFT, "16.00", shift)
    assert (*times(row), row.mark.state) == (None, time(16), State.LEFT)
    assert tap(world, Deed.CAME, "16.01", shift) is row and row.came is None


def test_nobody_leaves_before_she_met_in_the_hour_that_comes_twice(world: World) -> None:
    row = tap(world, Deed.CAME, "2.50")
    assert times(tap(world, Deed.LEFT, "2.10", row_id=row.id)) == (time(2, 50), time(2, 50))


def test_who_is_not_on_the_plan_helps_out_for_the_place_and_day(world: World) -> None:
    row = tap(world, Deed.CAME, "13.00", name="bent")
    assert (row.shift_id, row.organisation_id) == (None, world.organisations["byen"].id)
    assert tap(world, Deed.CAME, "13.01", name="bent") is row
    with pytest.raises(NotHers):
        tap(world, Deed.LEFT, "13.05", name="svend")


def test_a_shift_that_is_not_hers_today_is_marked_by_nobody(world: World) -> None:
    hers = builders.shift(world, "svend", "skuret", DAY, 12, 16)
    gone = builders.shift(world, "rita", "skuret", DAY, 12, 16, status="cancelled")
    other_day = builders.shift(world, "rita", "skuret", DAY + timedelta(days=1), 12, 16)
    for shift in (hers, gone, other_day):
        with pytest.raises(NotHers):
            tap(world, Deed.CAME, "12.00", shift)
    for key in (0, -1, 2**31, 2**70):
        with pytest.raises(NotHers):
            presence.tap(Deed.LEFT, Tap(world.members["rita"], world.places["skuret"].id, local("12.00")), None, key)
    assert db.session.scalar(select(func.count()).select_from(Presence)) == 0


def test_nobody_is_at_two_places_at_once(world: World) -> None:
    row = tap(world, Deed.CAME, "12.00")
    with pytest.raises(Elsewhere) as told:
        tap(world, Deed.CAME, "13.00", place="kajen")
    assert told.value.row is row
    tap(world, Deed.LEFT, "13.01", row_id=row.id, place="kajen")
    there = tap(world, Deed.CAME, "13.05", place="kajen")
    assert times(row) == (time(12), time(13, 1)) and times(there) == (time(13, 5), None)
    with pytest.raises(Elsewhere):
        tap(world, Deed.UNDO, "13.06", row_id=row.id, version=row.version)


def panel(world: World, at: str, name: str = "rita", place: str = "skuret") -> Panel:
    """Where somebody stands."""
    key = world.programme.id
    shifts = [one for one in shifts_between(key, DAY, DAY) if one.status == "active"]
    person = world.members[name].person_id
    return presence.panel(person, world.places[place].id, local(at), shifts, of_day(key, DAY))


def test_the_panel_says_where_she_stands_and_what_is_next(world: World) -> None:
    early, late = (builders.shift(world, "rita", "skuret", DAY, *span) for span in ((9, 12), (13, 16)))
    assert panel(world, "8.55").shift is early
    row = tap(world, Deed.CAME, "8.58", early)
    assert (panel(world, "12.30").state, panel(world, "12.30").shift) == (State.HERE, early)
    tap(world, Deed.LEFT, "12.05", early)
    found = panel(world, "12.30")
    assert (found.state, found.shift, found.row) == (State.AWAITED, late, None)
    assert panel(world, "12.30", "bent") == Panel(State.AWAITED)
    helping = tap(world, Deed.CAME, "12.31", place="kajen")
    assert panel(world, "12.40").elsewhere is helping and panel(world, "12.40", place="kajen").row is helping
    early.status = "cancelled"
    helping.gone = time(12, 45)
    db.session.flush()
    row.gone = None
    db.session.flush()
    stays = panel(world, "12.50")
    assert (stays.state, stays.shift, stays.row) == (State.HERE, None, row)
    tap(world, Deed.LEFT, "13.00", row_id=row.id)
    assert panel(world, "13.01").shift is late


def test_a_leader_puts_times_right_in_the_version_she_saw_and_the_audit_has_minutes_and_no_times(world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    row = tap(world, Deed.CAME, "11.58", shift)
    line = Line(shift, row)
    with pytest.raises(Stale):
        rulings.put_right(line, 0, time(12), time(15), by(world))
    assert not rulings.put_right(line, 1, time(11, 58), None, by(world))
    assert rulings.put_right(line, 1, time(12), time(15), by(world))
    assert (*times(row), row.version, row.corrected_by) == (time(12), time(15), 2, world.members["karen"].person_id)
    with pytest.raises(Stale):
        tap(world, Deed.UNDO, "15.30", row_id=row.id, version=2)
    assert audited() == [("presence_corrected", None, 180)]
    [entry] = db.session.scalars(select(AuditEntry))
    assert "12:00" not in str(entry.details) and "15:00" not in str(entry.details)


def test_a_leader_says_that_the_plan_was_kept_or_that_nobody_came_and_takes_it_back(world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    assert rulings.rule(Line(shift, None), 0, Ruling.PLAN, by(world))
    [row] = of_day(world.programme.id, DAY)
    line = Line(shift, row)
    said = [(line.worked, line.version, rulings.rule(line, 1, Ruling.PLAN, by(world)))]
    for ruling in (Ruling.NONE, Ruling.ABSENT):
        changed = rulings.rule(line, line.version, ruling, by(world))
        said.append((line.worked, line.version, changed))
    assert said == [(240, 1, False), (None, 2, True), (0, 3, True)]
    assert tap(world, Deed.CAME, "15.00", shift) is row and times(row) == (time(15), None)
    with pytest.raises(NotHers):
        rulings.rule(Line(None, row), row.version, Ruling.PLAN, by(world))
    assert audited() == [("presence_corrected", *pair) for pair in ((None, 240), (240, None), (None, 0))]


def test_a_leader_cannot_leave_somebody_at_two_places(world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    tap(world, Deed.CAME, "12.00", place="kajen")
    with pytest.raises(Elsewhere):
        rulings.put_right(Line(shift, None), 0, time(13), None, by(world))
    assert rulings.put_right(Line(shift, None), 0, time(13), time(14), by(world))


def test_what_is_over_is_counted_marked_or_not_and_what_goes_on_is_not(world: World) -> None:
    marked, unmarked, going_on = (
        builders.shift(world, name, "skuret", DAY, *span)
        for name, span in (("rita", (9, 12)), ("svend", (9, 12)), ("bent", (12, 16)))
    )
    tap(world, Deed.CAME, "9.00", marked)
    tap(world, Deed.LEFT, "11.00", marked)
    tap(world, Deed.CAME, "12.00", going_on, "bent")
    helper = tap(world, Deed.CAME, "12.00", name="tove")

    def found(at: time, person: int | None = None) -> list[tuple[int, int | None]]:
        held = held_between(world.programme.id, DAY, DAY, (DAY, at), person)
        return sorted((one.person, one.worked) for _day, one in held)

    ids = {name: world.members[name].person_id for name in ("rita", "svend", "bent", "tove")}
    assert found(time(13)) == sorted([(ids["rita"], 120), (ids["svend"], None)], key=str)
    tap(world, Deed.LEFT, "14.00", name="tove", row_id=helper.id)
    assert (ids["tove"], 120) in found(time(14, 1)) and found(time(14, 1), ids["rita"]) == [(ids["rita"], 120)]
    marked.status = "cancelled"
    db.session.flush()
    assert found(time(14, 1), ids["rita"]) == [(ids["rita"], 120)]
    assert first_marked(world.programme.id, {world.organisations["byen"].id}, DAY) == DAY
    assert first_marked(world.programme.id, {world.organisations["byen"].id}, DAY + timedelta(days=1)) is None
    assert unmarked.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"came": time(12), "gone": time(11, 59)},
        {"came": time(12), "minutes": 10},
        {"minutes": -1},
        {"minutes": 1440},
        {"confirmed": True},
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, wrong: dict[str, Any]) -> None:
    who, values = world.members["rita"], {"confirmed": False, **wrong}
    row = Presence(
        programme_id=who.programme_id, membership_id=who.id, person_id=who.person_id, day=DAY, **values,
        organisation_id=who.organisation_id, place_id=world.places["skuret"].id,
    )  # fmt: skip
    db.session.add(row)
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_mark_points_at_nothing_of_another_programme(world: World) -> None:
    other = builders.world("kysten", "k-")
    who = world.members["rita"]
    key = {"programme_id": who.programme_id, "membership_id": who.id, "person_id": who.person_id, "day": DAY}
    db.session.add(
        Presence(organisation_id=who.organisation_id, place_id=other.places["skuret"].id, confirmed=False, **key)
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_after_90_days_the_times_go_and_the_minutes_stay(world: World) -> None:
    names, rows = ("rita", "svend", "bent"), []
    for name in names:
        shift = builders.shift(world, name, "skuret", DAY, 12, 16)
        rows.append(tap(world, Deed.CAME, "12.00", shift, name))
    tap(world, Deed.LEFT, "15.30", name="rita", row_id=rows[0].id)
    line = Line(db.session.get_one(Shift, rows[1].shift_id), rows[1])
    rulings.rule(line, 1, Ruling.PLAN, by(world))
    db.session.commit()
    due = datetime.combine(DAY + timedelta(days=90), time(12), UTC)
    assert retention.run(due - timedelta(days=1), ZONE).counts["presences_coarsened"] == 0
    assert retention.run(due, ZONE).counts["presences_coarsened"] == 3
    marks = [row.mark for row in of_day(world.programme.id, DAY)]
    assert marks == [Mark(minutes=210), Mark(minutes=240), Mark()]
    assert set(db.session.scalars(select(Presence.corrected_by))) == {None}
    assert retention.run(due, ZONE).counts["presences_coarsened"] == 0


def taps(world: World, deed: Deed, places: Sequence[str], shift: Shift | None = None) -> list[Callable[[], object]]:
    """Rita's taps on several screens, a minute apart by the clock, each with a session of its own."""
    key, shift_id = world.members["rita"].id, shift.id if shift else None
    ids = [world.places[place].id for place in places]

    def act(number: int, place: int) -> Callable[[], object]:
        return lambda: presence.tap(
            deed, Tap(db.session.get_one(Membership, key), place, local(f"12.{number:02}")), shift_id
        )

    return [act(number, place) for number, place in enumerate(ids)]


@pytest.mark.t7
def test_many_taps_at_once_are_one_row(app: Flask, world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    db.session.commit()
    for deed, version in ((Deed.CAME, 1), (Deed.LEFT, 2)):
        assert at_once(app, taps(world, deed, ["skuret"] * MANY, shift)) == ["done"] * MANY
        db.session.rollback()
        [row] = db.session.scalars(select(Presence)).all()
        assert row.version == version
        db.session.rollback()


@pytest.mark.t7
def test_of_two_tablets_at_once_one_has_her(app: Flask, world: World) -> None:
    db.session.commit()
    acts = taps(world, Deed.CAME, ["skuret", "kajen"])
    db.session.rollback()
    assert at_once(app, acts) == ["Elsewhere", "done"]
    assert len(db.session.scalars(select(Presence)).all()) == 1


@pytest.mark.t8
def test_a_tap_and_a_leader_at_once_lose_nothing(app: Flask, world: World) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 12, 16)
    shift_id, who = shift.id, by(world)
    db.session.commit()
    [come] = taps(world, Deed.CAME, ["skuret"], shift)
    db.session.rollback()

    def correct() -> None:
        rulings.put_right(Line(db.session.get_one(Shift, shift_id), None), 0, time(11), time(15), who)

    assert at_once(app, [come, correct]) in (["Stale", "done"], ["done", "done"])
    [row] = db.session.scalars(select(Presence)).all()
    assert times(row) in ((time(12), None), (time(11), time(15)))


@pytest.mark.t7
@pytest.mark.parametrize("guarded", [True, False])
def test_twin_without_the_lock_the_indexes_refuse_a_second_row_and_without_them_there_are_two(
    app: Flask, world: World, guarded: bool
) -> None:
    """Both look before either writes: what `lock_people` keeps from happening, and the indexes refuse."""
    who = world.members["rita"]
    facts = {"programme_id": who.programme_id, "membership_id": who.id, "person_id": who.person_id,
             "organisation_id": who.organisation_id, "place_id": world.places["skuret"].id}  # fmt: skip
    for name in () if guarded else ("ix_presences_helping", "ix_presences_open"):
        db.session.execute(text(f"DROP INDEX {name}"))
    db.session.commit()
    looked = Barrier(2)

    def act(_number: int) -> str:
        with app.app_context():
            assert of_day(facts["programme_id"], DAY) == []
            db.session.rollback()
            looked.wait(timeout=30)
            begin_write()
            db.session.add(Presence(day=DAY, came=time(12), confirmed=False, **facts))
            try:
                db.session.commit()
                return "done"
            except IntegrityError:
                return "refused"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(act, range(2)))
    assert ended == (["done", "refused"] if guarded else ["done", "done"])
