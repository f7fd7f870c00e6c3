"""Dated openings as recurrences: together they are the openings, also across clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from advice.rules.hours import HoursPlan, WeeklyHours, expand
from advice.rules.openings import Opening
from advice.rules.recurrences import clock_with_offset, runs
from tests.hours_plans import END, START, plans
from tests.hours_readers import told_hours

pytestmark = pytest.mark.usefixtures("process_timezone")
ZONE = ZoneInfo("Europe/Copenhagen")
MONDAY = date(2026, 11, 23)
WEEK = timedelta(weeks=1)


def told(openings: list[Opening]) -> list[tuple[date, date, int, str, str]]:
    return [
        (run.first, run.last, run.every_weeks, clock_with_offset(run.opens), clock_with_offset(run.closes))
        for run in runs(openings, ZONE)
    ]


def test_a_closed_day_and_a_clock_change_end_a_run() -> None:
    weekly = WeeklyHours(1, 1, 0, time(12), time(17), date(2024, 1, 1))
    plan = HoursPlan([weekly], holidays={date(2027, 2, 1): {"da": "lukket"}})
    assert told(expand(plan, date(2027, 1, 1), date(2027, 4, 30))) == [
        (date(2027, 1, 4), date(2027, 1, 25), 1, "12:00+01:00", "17:00+01:00"),
        (date(2027, 2, 8), date(2027, 3, 22), 1, "12:00+01:00", "17:00+01:00"),
        (date(2027, 3, 29), date(2027, 4, 26), 1, "12:00+02:00", "17:00+02:00"),
    ]


def test_an_opening_through_the_night_of_the_clock_change_has_both_offsets() -> None:
    night = WeeklyHours(1, 1, 6, time(1), time(4), date(2026, 10, 25), date(2026, 10, 25))
    assert told(expand(HoursPlan([night]), START, END)) == [
        (date(2026, 10, 25), date(2026, 10, 25), 1, "01:00+02:00", "04:00+01:00")
    ]


def test_every_other_week_is_one_run_until_a_closed_day() -> None:
    weekly = WeeklyHours(1, 1, 2, time(15), time(18), MONDAY, every_weeks=2)
    plan = HoursPlan([weekly], holidays={date(2027, 1, 6): {"da": "lukket"}})
    assert told(expand(plan, MONDAY, MONDAY + 11 * WEEK)) == [
        (date(2026, 11, 25), date(2026, 12, 23), 2, "15:00+01:00", "18:00+01:00"),
        (date(2027, 1, 20), date(2027, 2, 3), 2, "15:00+01:00", "18:00+01:00"),
    ]


@settings(deadline=None, max_examples=40)
@given(plans())
def test_the_runs_of_ten_years_hold_every_opening_once(plan: HoursPlan) -> None:
    openings = [o for o in expand(plan, START, END) if (o.place, o.service) == (1, 1)]
    expected = [(_utc(day, a), _utc(day, b)) for day, held in told_hours(openings).items() for a, b in held]
    found = []
    for run in runs(openings, ZONE):
        opens, closes = (at.timetz().replace(tzinfo=timezone(at.utcoffset() or WEEK)) for at in (run.opens, run.closes))
        for at in range(0, (run.last - run.first).days + 1, 7 * run.every_weeks):
            day = run.first + timedelta(days=at)
            found.append(tuple(datetime.combine(day, clock).astimezone(UTC) for clock in (opens, closes)))
    assert sorted(found) == sorted(expected)


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE).astimezone(UTC)
