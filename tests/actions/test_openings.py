"""Stored openings equal the computed ones after any edit, and no edit changes the past."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import openings
from advice.actions.closing_days import closing_days
from advice.database import begin_write
from advice.models.hours import Closure, ExtraOpening, HoursChange, Opening, WeeklyHours
from advice.models.programmes import Programme
from advice.rules.openings import Status
from tests import builders

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FIRST_FRIDAY = date(2024, 1, 5)

Db = scoped_session[Session]


def facts(rows: Any) -> list[tuple[Any, ...]]:
    """What a reader of the plan sees of openings, stored or computed, in one order."""
    seen = (
        (o.place, o.service, o.date, o.starts, o.ends, str(o.status), dict(o.reason) if o.reason else None)
        for o in (openings.as_rule(row).opening if isinstance(row, Opening) else row for row in rows)
    )
    return sorted(seen, key=str)


def standing(programme: Programme) -> list[Opening]:
    """The stored rows ahead, without tombstones."""
    until = programme.openings_until
    assert until is not None
    return [row for row in openings.stored(programme.id, TODAY, until) if row.status != Status.CANCELLED]


def assert_whole(programme: Programme) -> None:
    """Stored equals computed for every day ahead."""
    assert programme.openings_until is not None
    wanted = openings.computed(programme, TODAY, programme.openings_until)
    assert facts(standing(programme)) == facts(wanted)


def refresh(programme: Programme) -> int:
    return openings.refresh(programme.id, NOW, COPENHAGEN)


def test_they_are_stored_400_days_ahead_and_a_second_run_changes_nothing(session: Db) -> None:
    begin_write()
    programme = builders.world().programme
    assert refresh(programme) > 100
    assert programme.openings_until == TODAY + timedelta(days=400)
    assert_whole(programme)
    assert refresh(programme) == 0


def test_a_changed_hour_keeps_the_uid_and_counts_the_sequence(session: Db) -> None:
    begin_write()
    world = builders.world()
    refresh(world.programme)
    before = {row.id: (row.uid, row.starts, row.sequence) for row in standing(world.programme)}
    monday = session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 0)).one()
    monday.ends = time(17)
    refresh(world.programme)
    for row in standing(world.programme):
        uid, starts, sequence = before[row.id]
        assert (row.uid, row.starts) == (uid, starts)
        assert row.sequence == sequence + (1 if row.day.weekday() == 0 else 0)
    assert_whole(world.programme)


def test_an_ended_place_leaves_tombstones_and_comes_back_under_the_same_uid(session: Db) -> None:
    begin_write()
    world = builders.world()
    refresh(world.programme)
    uids = {row.uid for row in standing(world.programme)}
    world.places["kajen"].valid_to = TODAY
    refresh(world.programme)
    assert {row.place_id for row in standing(world.programme)} == {world.places["skuret"].id}
    world.places["kajen"].valid_to = None
    refresh(world.programme)
    assert {row.uid for row in standing(world.programme)} == uids
    assert_whole(world.programme)


@pytest.mark.parametrize("whose", ["place", "service"])
def test_nothing_is_open_before_its_place_or_service_begins_or_after_it_ends(session: Db, whose: str) -> None:
    begin_write()
    world = builders.world()
    begins, ends = TODAY + timedelta(days=30), TODAY + timedelta(days=90)
    row = world.places["kajen"] if whose == "place" else world.services["snak"]
    row.valid_from, row.valid_to = begins, ends
    at: dict[str, Any] = {"programme_id": world.programme.id, "place_id": world.places["kajen"].id}
    at |= {"service_id": world.services["snak"].id, "starts": time(19), "ends": time(20)}
    builders.weekly(world, "kajen", 4, time(9), time(12), every_weeks=2)
    for model in (ExtraOpening, HoursChange):
        for day in (begins - timedelta(days=5), ends + timedelta(days=6)):  # a Friday, a Saturday
            builders.added(model(day=day, **at))
    refresh(world.programme)
    days = {opening.day for opening in standing(world.programme) if opening.place_id == at["place_id"]}
    assert begins <= min(days) < begins + timedelta(days=7)
    assert ends - timedelta(days=7) < max(days) <= ends
    every_second = {day for day in days if day.weekday() == 4}
    assert {(day - FIRST_FRIDAY).days % 14 for day in every_second} == {0}, "counted from the hours' own first week"


def test_a_renamed_place_counts_its_openings_ahead_up_and_no_others(session: Db) -> None:
    begin_write()
    world = builders.world()
    openings.lay_past(world.programme.id, TODAY - timedelta(days=30), NOW, COPENHAGEN)
    refresh(world.programme)
    places = {name: row.id for name, row in world.places.items()}
    wednesday = session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 2)).one()
    wednesday.valid_to = TODAY + timedelta(days=30)
    refresh(world.programme)
    monday = session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 0)).one()
    key = {"programme_id": world.programme.id, "place_id": places["skuret"], "service_id": monday.service_id}
    builders.added(HoursChange(day=TODAY + timedelta(days=7), starts=time(14), ends=time(15), **key))
    rows = session.scalars(select(Opening)).all()
    before = {row.id: (row.sequence, row.changed_at) for row in rows}
    later = NOW + timedelta(minutes=5)
    renamed = openings.Renamed(places=[*places.values()])
    assert openings.refresh(world.programme.id, later, COPENHAGEN, renamed) > 60
    for row in rows:
        sequence, changed_at = before[row.id]
        if row.day < TODAY or row.status == Status.CANCELLED:
            assert (row.sequence, row.changed_at) == (sequence, changed_at)
        else:
            assert (row.sequence, row.changed_at) == (sequence + 1, later)


def test_a_closed_day_names_its_reason(session: Db) -> None:
    begin_write()
    world = builders.world()
    world.programme.customary_closed = ["12-24", "06-05"]
    key = {"programme_id": world.programme.id, "reason": {"da": "Maling af væggene"}}
    builders.added(Closure(kind="once", first_date=date(2026, 12, 7), last_date=date(2026, 12, 9), **key))
    builders.weekly(world, "skuret", 3, time(10), time(12))
    refresh(world.programme)
    closed = {row.day: (row.reason or {})["da"] for row in standing(world.programme) if row.status == Status.CLOSED}
    assert closed[date(2026, 12, 7)] == closed[date(2026, 12, 9)] == "Maling af væggene"
    assert closed[date(2026, 12, 24)] == "Juleaftensdag"
    assert closed[date(2027, 5, 6)] == "Kristi himmelfartsdag"
    assert date(2026, 12, 31) not in closed


def edit(dice: random.Random, world: builders.World, session: Db) -> None:
    """One thing a coordinator might do, often nonsense for the days ahead."""
    places = [place.id for place in world.places.values()]
    key = {"programme_id": world.programme.id}
    at = {**key, "place_id": dice.choice(places), "service_id": world.services["snak"].id}
    day = TODAY + timedelta(days=dice.randint(-60, 420))
    starts = time(dice.randint(7, 18), dice.choice((0, 30)))
    span = {"starts": starts, "ends": time(starts.hour + dice.randint(1, 4), starts.minute)}
    reason = {"reason": {"da": dice.choice(("Møde", "Udlejet", "Sygdom"))}}
    choice = dice.randrange(7)
    if choice == 0:
        last = day + timedelta(days=dice.randint(0, 20))
        place = dice.choice((None, at["place_id"]))
        session.add(Closure(kind="once", first_date=day, last_date=last, place_id=place, **key, **reason))
    elif choice == 1:
        session.add(HoursChange(day=day, **at, **span, **reason))
    elif choice == 2:
        session.add(ExtraOpening(day=day, **at, **span, **reason))
    elif choice == 3:
        weekday, weeks = dice.randrange(7), dice.randint(1, 3)
        session.add(WeeklyHours(weekday=weekday, every_weeks=weeks, valid_from=day, **at, **span))
    elif choice == 4:
        for row in session.scalars(select(WeeklyHours)).all()[-3:]:
            row.valid_to = max(row.valid_from, day)
    elif choice == 5:
        model: Any = dice.choice((Closure, HoursChange, ExtraOpening))
        rows = session.scalars(select(model)).all()
        if rows:
            dice.choice(rows).withdrawn_at = NOW
    else:
        hours = dice.choice(session.scalars(select(WeeklyHours)).all())
        hours.starts, hours.ends = span["starts"], span["ends"]


def test_after_500_random_edits_stored_equals_computed_and_the_past_stands(session: Db) -> None:
    dice = random.Random(20261123)
    begin_write()
    world = builders.world()
    openings.lay_past(world.programme.id, TODAY - timedelta(days=60), NOW, COPENHAGEN)
    refresh(world.programme)
    past = facts(openings.stored(world.programme.id, date.min, TODAY - timedelta(days=1)))
    assert len(past) > 10
    uids = {row.id: row.uid for row in session.scalars(select(Opening))}
    for number in range(500):
        edit(dice, world, session)
        session.flush()
        refresh(world.programme)
        if number % 10 == 9:
            assert_whole(world.programme)
        if number % 100 == 99:
            session.commit()
            begin_write()
    session.expire_all()
    assert_whole(world.programme)
    assert facts(openings.stored(world.programme.id, date.min, TODAY - timedelta(days=1))) == past
    now_stored = {row.id: row.uid for row in session.scalars(select(Opening))}
    assert {key: now_stored[key] for key in uids} == uids


def test_the_past_can_be_laid_once_only(session: Db) -> None:
    begin_write()
    world = builders.world()
    assert openings.lay_past(world.programme.id, TODAY - timedelta(days=30), NOW, COPENHAGEN) > 4
    with pytest.raises(ValueError, match="frozen"):
        openings.lay_past(world.programme.id, TODAY - timedelta(days=90), NOW, COPENHAGEN)


@pytest.mark.parametrize(("year", "opened"), [(2025, (46, 47, 44)), (2026, (46, 48, 45)), (2027, (46, 48, 45))])
def test_the_package_and_the_rule_give_the_counted_opening_days_of_a_year(
    session: Db, year: int, opened: tuple[int, int, int]
) -> None:
    """Monday, Tuesday and Thursday with 5 June, weeks 28-30 and 23 December to 2 January closed."""
    begin_write()
    world = builders.world()
    for row in session.scalars(select(WeeklyHours)):
        session.delete(row)
    world.programme.customary_closed = ["06-05"]
    key = {"programme_id": world.programme.id, "reason": {"da": "Lukket"}}
    session.add(Closure(kind="weeks", first_week=28, last_week=30, **key))
    session.add(Closure(kind="dates", first_day="12-23", last_day="01-02", **key))
    for weekday in (0, 1, 3):
        builders.weekly(world, "skuret", weekday, time(12), time(17))
    session.flush()
    rows = openings.computed(world.programme, date(year, 1, 1), date(year, 12, 31))
    counted = [sum(row.status == Status.OPEN and row.date.weekday() == day for row in rows) for day in (0, 1, 3)]
    assert tuple(counted) == opened


def test_store_bededag_is_gone_and_customary_days_are_a_switch() -> None:
    assert date(2024, 4, 26) not in closing_days(date(2024, 1, 1), date(2024, 12, 31))
    assert date(2026, 6, 5) not in closing_days(date(2026, 1, 1), date(2026, 12, 31))
    assert closing_days(date(2026, 1, 1), date(2026, 12, 31), ["06-05"])[date(2026, 6, 5)] == {"da": "Grundlovsdag"}
