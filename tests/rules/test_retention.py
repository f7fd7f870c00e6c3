"""The written rules: every table has one or a reason to stay, and the dates that follow from them are right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from advice.actions.retention import STEPS
from advice.guards import AUDIT_YEARS
from advice.models.registry import metadata
from advice.rules import retention as rules

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def test_every_table_has_a_rule_or_a_reason_to_stay_and_none_has_both() -> None:
    ruled = {table for rule in rules.RULES for table in rule.tables}
    assert sorted(ruled | {*rules.KEPT}) == sorted(metadata.tables)
    assert ruled & {*rules.KEPT} == set()


def test_every_rule_says_what_why_and_when_and_is_carried_out() -> None:
    for rule in rules.RULES:
        assert rule.what and rule.why and bool(rule.days) != bool(rule.years), rule.name
    assert [rule.name for rule in rules.RULES] == [*(step.rule.name for step in STEPS), rules.COPIES.name]
    assert all(rules.KEPT.values())


def test_what_is_forgotten_of_a_visit_is_a_column_of_it() -> None:
    assert {*rules.FORGOTTEN} <= {column.name for column in metadata.tables["visits"].columns}


def test_the_audit_stays_as_long_as_the_database_makes_it() -> None:
    assert rules.AUDIT.years == AUDIT_YEARS


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (rules.VISITS_COARSENED, date(2026, 10, 24)),
        (rules.ATTEMPTS, date(2026, 8, 25)),
        (rules.PEOPLE, date(2025, 11, 23)),
        (rules.AUDIT, date(2024, 11, 23)),
        (rules.VISITS_ROLLED_UP, date(2021, 11, 23)),
    ],
)
def test_the_cut_off_is_so_many_days_or_years_before(rule: rules.Rule, expected: date) -> None:
    assert rule.cutoff_day(NOW.date()) == expected
    assert rule.cutoff(NOW) == datetime.combine(expected, NOW.timetz())


def test_thirty_days_are_720_hours_over_a_clock_change() -> None:
    assert NOW - rules.VISITS_COARSENED.cutoff(NOW) == timedelta(hours=720)


def test_a_year_before_the_29th_of_february_is_the_28th() -> None:
    assert rules.years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)
    assert rules.years_before(date(2028, 2, 29), 4) == date(2024, 2, 29)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        rules.VISITS_COARSENED.cutoff(NOW.replace(tzinfo=None))


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_the_hour_begins_where_it_does_on_the_wall(offset: int) -> None:
    zone = timezone(timedelta(hours=offset))
    moment = datetime(2026, 11, 23, 14, 37, 12, 5, tzinfo=zone)
    assert rules.to_the_hour(moment) == datetime(2026, 11, 23, 14, tzinfo=zone)


@pytest.mark.parametrize(("known", "then"), [("exact", "hour"), ("hour", "hour"), ("day", "day")])
def test_content_loses_the_minute_and_the_language_and_nothing_else(known: str, then: str) -> None:
    said: dict[str, Any] = {"revision": 2, "topics": ["regn"], "minutes": 15, "undone": False}
    fine = {**said, "occurred_at": "2026-11-23T12:10:37.123456Z", "time_known": known, "language": "ar"}
    coarse = {**said, "occurred_at": "2026-11-23T12:00:00Z", "time_known": then, "language": None}
    assert rules.coarse_content(fine) == coarse
    assert rules.coarse_content(coarse) == coarse
    assert rules.coarse_content({}) == {}


def test_months_begin_on_their_first_and_weeks_on_monday() -> None:
    assert rules.month_of(date(2026, 11, 23)) == date(2026, 11, 1)
    assert {rules.monday_of(date(2026, 11, 23) + timedelta(days=day)) for day in range(7)} == {date(2026, 11, 23)}
