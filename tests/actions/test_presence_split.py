"""Worked hours of a shift that was split during the day: no minute is counted twice, now or after its times go."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from advice.actions import presence_rulings as rulings
from advice.actions import retention, shifts
from advice.actions.presence import Deed
from advice.actions.presence_rulings import Line, Ruling
from advice.actions.shifts import By
from advice.database import begin_write, db
from advice.models.presence import held_between, of_day
from tests import builders
from tests.actions.test_presence import DAY, by, tap
from tests.builders import World
from tests.visit_log import ZONE


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """The usual world, in the open write transaction of the test."""
    begin_write()
    return builders.world()


@pytest.mark.parametrize("by_plan", [False, True])
def test_a_shift_that_was_split_while_she_was_here_counts_the_time_between_met_and_left_now_and_after_90_days(
    world: World, by_plan: bool
) -> None:
    shift = builders.shift(world, "rita", "skuret", DAY, 13, 16)
    row = tap(world, Deed.CAME, "13.30", shift)
    today = By(world.members["karen"].person_id, world.members["karen"].organisation_id, by(world).at, DAY)
    second = shifts.split(shift, 1, time(14, 30), shift.place_id, today)
    tap(world, Deed.LEFT, "16.01", row_id=row.id)
    if by_plan:
        rulings.rule(Line(second, None), 0, Ruling.PLAN, by(world))

    def counted() -> list[int | None]:
        found = held_between(world.programme.id, DAY, DAY, (DAY, time(16, 1)))
        return [one.worked for _day, one in sorted(found, key=lambda pair: str(pair[1].planned))]

    assert counted() == [60, 91]
    rows = {one.shift_id: one for one in of_day(world.programme.id, DAY)}
    lines = rulings.as_counted([Line(second, rows.get(second.id)), Line(shift, row)])
    assert [one.worked for one in lines] == [91, 60]
    db.session.commit()
    retention.run(datetime.combine(DAY + timedelta(days=90), time(12), UTC), ZONE)
    assert sum(one or 0 for one in counted()) == 151
