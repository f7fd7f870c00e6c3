"""Notices to the staff: written, changed, taken away and put back; two at once; gone by retention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from advice.actions import retention, staff_notices
from advice.actions.shifts import By, PastDay, Stale
from advice.actions.staff_notices import Told, told_by
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.staff_notices import StaffNotice, notice_to_change, notices_between
from advice.rules.staff_notices import LONGEST
from tests import builders
from tests.builders import World
from tests.racing import at_once
from tests.residents import ZONE

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MANY = 8


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Havnen, in a write transaction that stands open."""
    with app.app_context():
        begin_write()
        yield builders.world()


def by(world: World, name: str = "rita") -> By:
    one = world.members[name]
    return By(one.person_id, one.organisation_id, NOW, TODAY)


def told(world: World, place: str | None = "skuret", text: str = "Printeren virker ikke", days: int = 0) -> Told:
    key = world.places[place].id if place else None
    return Told(text, key, TODAY, TODAY + timedelta(days=days))


def written(world: World, **more: object) -> StaffNotice:
    return staff_notices.write(world.programme.id, told(world, **more), by(world))  # type: ignore[arg-type]


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


class TestOne:
    """A notice alone."""

    def test_it_is_told_until_it_is_taken_away_and_again_when_put_back(self, world: World) -> None:
        row = written(world)
        assert [one.text for one in notices_between(world.programme.id, TODAY, TODAY)] == ["Printeren virker ikke"]
        staff_notices.take_away(row, 1, by(world, "karen"))
        assert notices_between(world.programme.id, TODAY, TODAY) == []
        staff_notices.put_back(row, 2, by(world))
        assert (row.version, len(notices_between(world.programme.id, TODAY, TODAY))) == (3, 1)
        assert acts() == ["staff_notice_written", "staff_notice_taken_away", "staff_notice_put_back"]

    def test_the_audit_holds_none_of_its_words(self, world: World) -> None:
        row = written(world)
        staff_notices.change(row, 1, told(world, text="Døren binder"), by(world))
        entries = db.session.scalars(select(AuditEntry)).all()
        assert [one.details for one in entries] == [{}, {}]

    def test_changing_nothing_is_no_change(self, world: World) -> None:
        row = written(world)
        assert not staff_notices.change(row, 1, told_by(row), by(world))
        assert row.version == 1 and acts() == ["staff_notice_written"]

    def test_who_saw_another_version_changes_nothing(self, world: World) -> None:
        row = written(world)
        staff_notices.change(row, 1, told(world, text="Nyt"), by(world))
        for act in (
            lambda: staff_notices.change(row, 1, told(world, text="Andet"), by(world)),
            lambda: staff_notices.take_away(row, 1, by(world)),
            lambda: staff_notices.put_back(row, 2, by(world)),
        ):
            with pytest.raises(Stale):
                act()
        assert (row.text, row.version, row.withdrawn_at) == ("Nyt", 2, None)

    def test_days_that_have_gone_and_days_that_are_none_are_refused(self, world: World) -> None:
        before = TODAY - timedelta(days=1)
        for wrong, error in (
            (Told("x", None, before, before), PastDay),
            (Told("x", None, TODAY, before), ValueError),
            (Told("x", None, TODAY, TODAY + LONGEST + timedelta(days=1)), ValueError),
        ):
            with pytest.raises(error):
                staff_notices.write(world.programme.id, wrong, by(world))
        assert db.session.scalars(select(StaffNotice)).all() == []

    @pytest.mark.parametrize("values", [{"text": ""}, {"last_day": TODAY - timedelta(days=1)}])
    def test_the_database_holds_no_empty_one_and_none_that_ends_before_it_begins(
        self, world: World, values: dict[str, object]
    ) -> None:
        row = written(world)
        with pytest.raises(IntegrityError):
            db.session.execute(update(StaffNotice).where(StaffNotice.id == row.id).values(**values))
        db.session.rollback()

    def test_it_cannot_be_about_another_programmes_place(self, world: World) -> None:
        there = builders.world("kysten", "k-")
        with pytest.raises(IntegrityError):
            staff_notices.write(there.programme.id, told(world), by(there))
        db.session.rollback()


@pytest.mark.t8
def test_of_many_who_change_one_version_at_once_one_is_saved(app: Flask, world: World) -> None:
    row_id, actor, who, place = written(world).id, world.actor("karen"), by(world, "karen"), world.places["skuret"].id
    db.session.commit()

    def act(number: int) -> Callable[[], object]:
        def change() -> None:
            row = notice_to_change(actor, row_id)
            assert row is not None
            staff_notices.change(row, 1, Told(f"Nr. {number}", place, TODAY, TODAY), who)

        return change

    assert at_once(app, [act(number) for number in range(MANY)]) == ["Stale"] * (MANY - 1) + ["done"]
    db.session.rollback()
    assert db.session.get_one(StaffNotice, row_id).version == 2


@pytest.mark.t8
def test_twin_without_the_lock_one_overwrites_the_other(app: Flask, world: World) -> None:
    """Both look before either writes: what `notice_to_change` keeps from happening."""
    row_id = written(world).id
    db.session.commit()
    looked = Barrier(2)

    def act(text: str) -> None:
        with app.app_context():
            seen = db.session.scalar(select(StaffNotice.version).where(StaffNotice.id == row_id))
            db.session.rollback()
            looked.wait(timeout=30)
            begin_write()
            assert seen == 1
            changed = update(StaffNotice).where(StaffNotice.id == row_id).values(text=text, version=seen + 1)
            db.session.execute(changed)
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, ["en", "to"]))
    db.session.rollback()
    assert db.session.get_one(StaffNotice, row_id).version == 2, "two saves, and one of them is gone"


def test_thirty_days_after_its_last_day_it_is_gone_and_the_taken_away_one_too(world: World) -> None:
    first, second, third = (written(world, days=days) for days in (0, 0, 1))
    staff_notices.take_away(second, 1, by(world))
    keys = [one.id for one in (first, second, third)]
    db.session.commit()
    assert retention.run(NOW + timedelta(days=29), ZONE).counts["staff_notices"] == 0
    assert retention.run(NOW + timedelta(days=30), ZONE).counts["staff_notices"] == 2
    assert list(db.session.scalars(select(StaffNotice.id))) == keys[2:]
