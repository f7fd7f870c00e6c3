""" "Er der travlt?": nothing is said of too little, and every minute of the opening has one band."""

from __future__ import annotations

from datetime import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.busyness import DAYS, FEWEST_DAYS, FEWEST_VISITS, Band, Stretch, stretches

pytestmark = pytest.mark.usefixtures("process_timezone")
hours = st.dictionaries(st.integers(0, 23), st.integers(0, 40), max_size=10)
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))


def test_hours_of_one_band_in_a_row_are_one_stretch() -> None:
    days = [{12: 9, 13: 7, 14: 4, 15: 1}] * FEWEST_DAYS
    assert stretches(days, time(12), time(16, 30)) == [
        Stretch(time(12), time(14), Band.BUSY),
        Stretch(time(14), time(15), Band.SOME),
        Stretch(time(15), time(16, 30), Band.CALM),
    ]


def test_one_full_house_among_quiet_days_is_not_called_busy() -> None:
    days = [{12: 40}, *({12: 1} for _ in range(FEWEST_DAYS))]
    assert stretches(days, time(12), time(13)) == [Stretch(time(12), time(13), Band.CALM)]


@given(st.lists(hours, max_size=DAYS), clocks, clocks)
def test_of_too_few_days_or_visits_nothing_is_said(days: list[dict[int, int]], one: time, other: time) -> None:
    starts, ends = sorted((one, other))
    said = stretches(days, starts, ends)
    if len(days) < FEWEST_DAYS or sum(sum(day.values()) for day in days) < FEWEST_VISITS:
        assert said == []


@given(st.lists(hours, min_size=FEWEST_DAYS, max_size=DAYS), clocks, clocks)
def test_the_stretches_are_the_opening_and_neighbours_differ(
    days: list[dict[int, int]], one: time, other: time
) -> None:
    starts, ends = sorted((one, other))
    said = stretches([*days, {0: FEWEST_VISITS}], starts, ends)
    if starts == ends:
        return
    assert (said[0].starts, said[-1].ends) == (starts, ends)
    for before, after in pairwise(said):
        assert before.ends == after.starts
        assert before.band is not after.band
    assert all(stretch.starts < stretch.ends for stretch in said)


@given(st.lists(hours, min_size=FEWEST_DAYS, max_size=DAYS))
def test_the_order_of_the_days_says_nothing(days: list[dict[int, int]]) -> None:
    assert stretches(days, time(8), time(18)) == stretches(days[::-1], time(8), time(18))
