"""ISO weeks: week 53 where it exists, the turn of the year, and the years that addresses reach."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.weeks import YEARS, monday_of, quarter_of, week_of, weeks_of_quarter

FIRST, LAST = date(2000, 1, 3), date(2101, 1, 2)  # of the weeks that addresses reach


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 11, 23), (2026, 48)),
        (date(2026, 12, 31), (2026, 53)),
        (date(2027, 1, 3), (2026, 53)),
        (date(2027, 1, 4), (2027, 1)),
        (date(2018, 12, 31), (2019, 1)),
    ],
)
def test_a_day_lies_in_the_week_of_its_thursday(day: date, week: tuple[int, int]) -> None:
    assert week_of(day) == week


@pytest.mark.parametrize(("year", "week"), [(2026, 0), (2026, 54), (2027, 53), (2026, -1), (2026, 10**20)])
def test_a_week_that_no_calendar_has_has_no_monday(year: int, week: int) -> None:
    assert monday_of(year, week) is None


@pytest.mark.parametrize("year", [0, 1999, 2101, 9999, 10**20])
def test_years_out_of_reach_have_no_mondays(year: int) -> None:
    assert monday_of(year, 1) is None


@pytest.mark.parametrize(
    ("year", "week", "monday"), [(2026, 53, date(2026, 12, 28)), (2000, 1, FIRST), (2100, 52, date(2100, 12, 27))]
)
def test_the_first_day_of_a_week_is_its_monday(year: int, week: int, monday: date) -> None:
    assert monday_of(year, week) == monday


@given(st.dates(FIRST, LAST))
def test_every_day_is_in_the_week_that_its_monday_begins(day: date) -> None:
    assert monday_of(*week_of(day)) == day - timedelta(days=day.weekday())


@given(st.dates(FIRST, LAST - timedelta(weeks=1)))
def test_the_week_after_is_seven_days_later(day: date) -> None:
    monday = monday_of(*week_of(day))
    assert monday is not None
    assert monday_of(*week_of(monday + timedelta(weeks=1))) == monday + timedelta(weeks=1)
    assert week_of(day)[0] in YEARS


def test_quarters_of_weeks_follow_each_other_without_a_gap_and_hold_their_own_days() -> None:
    day = date(2019, 12, 30)
    while day < date(2036, 1, 7):
        year, quarter = quarter_of(day)
        span = weeks_of_quarter(year, quarter)
        assert span is not None
        first, last = span
        assert first <= day <= last and first.weekday() == 0 and last.weekday() == 6
        assert ((last - first).days + 1) // 7 in (12, 13, 14)
        assert quarter_of(first) == quarter_of(last) == (year, quarter)
        assert quarter_of(last + timedelta(days=1)) == ((year, quarter + 1) if quarter < 4 else (year + 1, 1))
        day += timedelta(days=3)


def test_a_year_with_53_weeks_has_them_all_in_its_quarters() -> None:
    spans = [weeks_of_quarter(2026, quarter) for quarter in range(1, 5)]
    assert spans[0] is not None and spans[3] is not None
    assert (spans[0][0], spans[3][1]) == (date(2025, 12, 29), date(2027, 1, 3))
    assert weeks_of_quarter(1999, 4) is None
