"""What speaks against a shift, against asking every minute for itself."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.spans import Span, clock
from advice.rules.terms import Against, Away, Terms, Window, against, minutes_inside, windows_on

MONDAY = date(2026, 11, 23)
NOON_TO_FIVE = Span(time(12), time(17))
SPANS = st.tuples(st.integers(0, 46), st.integers(1, 47)).map(
    lambda pair: Span(clock(min(pair[0], pair[1] - 1) * 30), clock(max(pair[0] + 1, pair[1]) * 30))
)


@given(SPANS, st.lists(SPANS, max_size=4))
def test_minutes_inside_are_those_that_some_window_holds(span: Span, windows: list[Span]) -> None:
    every = [clock(minute) for minute in range(24 * 60)]
    expected = sum(
        span.starts <= at < span.ends and any(one.starts <= at < one.ends for one in windows) for at in every
    )
    assert minutes_inside(span, windows) == expected


@pytest.mark.parametrize(
    ("terms", "away", "week", "expected"),
    [
        (Terms(), [], [], ()),
        (Terms(), [Away(MONDAY, MONDAY)], [], (Against.AWAY,)),
        (Terms(), [Away(MONDAY - timedelta(days=3), MONDAY)], [], (Against.AWAY,)),
        (Terms(), [Away(MONDAY - timedelta(days=3), MONDAY - timedelta(days=1))], [], ()),
        (Terms(), [Away(MONDAY, MONDAY, Span(time(8), time(12)))], [], ()),
        (Terms(), [Away(MONDAY, MONDAY, Span(time(8), time(12, 1)))], [], (Against.AWAY,)),
        (Terms(windows=(Window(0, NOON_TO_FIVE),)), [], [], ()),
        (Terms(windows=(Window(1, NOON_TO_FIVE),)), [], [], (Against.NOT_THAT_DAY,)),
        (Terms(windows=(Window(0, Span(time(8), time(14))),)), [], [], (Against.NOT_ALL,)),
        (Terms(windows=(Window(0, NOON_TO_FIVE, valid_to=date(2026, 11, 22)),)), [], [], ()),
        (Terms(most_shifts=2), [], [NOON_TO_FIVE], ()),
        (Terms(most_shifts=1), [], [NOON_TO_FIVE], (Against.MOST_SHIFTS,)),
        (Terms(percent=16), [], [Span(time(10), time(11))], (Against.MOST_HOURS,)),
        (Terms(percent=16), [], [], ()),
        (Terms(avoids=frozenset({7})), [], [], (Against.AVOIDS,)),
        (Terms(avoids=frozenset({8}), prefers=frozenset({7})), [], [], ()),
    ],
)
def test_what_speaks_against_a_shift(
    terms: Terms, away: list[Away], week: list[Span], expected: tuple[Against, ...]
) -> None:
    assert against(7, MONDAY, NOON_TO_FIVE, terms, away, week) == expected


def test_sixteen_percent_are_six_hours_a_week() -> None:
    # "6 timer ugentligt (6/37 = 16 %)", as the agreement of Slagelse counts it
    assert round(Terms(percent=16).week_minutes / 60) == 6
    assert Terms().week_minutes == 37 * 60


def test_before_anything_agreed_is_in_force_she_can_at_any_hour() -> None:
    tuesday_from_next_week = Terms(windows=(Window(1, NOON_TO_FIVE, MONDAY + timedelta(days=7)),))
    found = [
        against(7, MONDAY + timedelta(days=7 * week), NOON_TO_FIVE, tuesday_from_next_week, (), ()) for week in (0, 1)
    ]
    assert found == [(), (Against.NOT_THAT_DAY,)]


def test_a_window_counts_on_its_days_only() -> None:
    terms = Terms(windows=(Window(0, NOON_TO_FIVE, MONDAY, MONDAY + timedelta(days=7)),))
    days = [MONDAY + timedelta(days=7 * week) for week in range(-1, 3)]
    assert [bool(windows_on(terms, day)) for day in days] == [False, True, True, False]
