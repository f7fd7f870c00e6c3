"""The years of an agreement, and the last twelve months."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.indicators import reporting_year, reporting_years, twelve_months_to


def test_an_agreement_of_four_years_has_four_reporting_years() -> None:
    assert reporting_years(10, 1, date(2021, 10, 1), date(2025, 9, 30)) == [
        (date(year, 10, 1), date(year + 1, 9, 30)) for year in (2024, 2023, 2022, 2021)
    ]


def test_a_year_counts_if_one_of_its_days_does_and_none_do_in_an_empty_span() -> None:
    assert len(reporting_years(1, 1, date(2025, 12, 31), date(2026, 1, 1))) == 2
    assert reporting_years(1, 1, date(2026, 1, 2), date(2026, 1, 1)) == []
    assert reporting_years(10, 1, date.min, date(2, 1, 1))[-1][0] == date.min


@pytest.mark.parametrize(
    ("on", "first"),
    [
        (date(2026, 11, 22), date(2025, 11, 23)),
        (date(2028, 2, 29), date(2027, 3, 1)),
        (date(2029, 2, 28), date(2028, 2, 29)),
        (date(2027, 12, 31), date(2027, 1, 1)),
        (date(1, 5, 5), date.min),
    ],
)
def test_the_last_twelve_months_begin_the_day_after_the_same_day_last_year(on: date, first: date) -> None:
    assert twelve_months_to(on) == (first, on)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 4000), st.integers(1, 12), st.integers(1, 28))
def test_reporting_years_cover_every_day_once(first: date, days: int, month: int, day: int) -> None:
    last = first + timedelta(days=days)
    years = reporting_years(month, day, first, last)
    assert years[0] == reporting_year(month, day, last)
    assert years[-1] == reporting_year(month, day, first)
    assert all(later[0] == earlier[1] + timedelta(days=1) for later, earlier in pairwise(years))
