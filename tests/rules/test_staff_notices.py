"""Who may put up a notice to the staff, where and for how long."""

from __future__ import annotations

from datetime import date, timedelta

from advice.rules.staff_notices import LONGEST, Writer, may_change, may_write

DAY = date(2026, 11, 23)
PLANNER = Writer(plans=True)
ADVISER = Writer(plans=False, on_duty={(1, DAY), (1, DAY + timedelta(days=1)), (2, DAY)})


def test_whoever_plans_writes_for_every_place_and_day() -> None:
    assert may_write(PLANNER, None, DAY, DAY + LONGEST)
    assert may_write(PLANNER, 7, DAY, DAY)


def test_an_adviser_writes_where_and_when_she_is_on_duty_on_each_of_the_days() -> None:
    assert may_write(ADVISER, 1, DAY, DAY + timedelta(days=1))
    assert may_write(ADVISER, 2, DAY, DAY)
    assert not may_write(ADVISER, 2, DAY, DAY + timedelta(days=1))
    assert not may_write(ADVISER, 3, DAY, DAY)
    assert not may_write(ADVISER, None, DAY, DAY)
    assert not may_write(ADVISER, 1, DAY, date.max)


def test_her_own_is_hers_to_change_and_every_one_the_planners() -> None:
    assert may_change(ADVISER, own=True) and not may_change(ADVISER, own=False)
    assert may_change(PLANNER, own=False)
    assert ADVISER.has_place and PLANNER.has_place and not Writer(plans=False).has_place
