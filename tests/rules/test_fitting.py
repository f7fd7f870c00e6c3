"""How large a text is set: what fits is never made smaller than need be, and more text is never set larger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules import fitting

TEXTS = st.lists(st.integers(0, 60), min_size=1, max_size=12)


def test_few_lines_are_set_as_large_as_it_goes() -> None:
    assert fitting.week_size([[[12, 12]]], 5) == 0
    assert fitting.door_size([10, 10]) == 0
    assert fitting.wall_fit([[10]]).size == 0


def test_what_fits_nowhere_gets_the_smallest() -> None:
    assert fitting.week_size([[[60] * 40]] * 12, 7) == len(fitting.WEEK_POINTS) - 1
    assert fitting.door_size([100] * 90) == len(fitting.DOOR_POINTS) - 1
    assert fitting.wall_fit([[60] * 30] * 20) == fitting.Fit(5, len(fitting.WALL_SIZES) - 1)


@given(texts=TEXTS, more=st.integers(0, 60))
def test_more_text_is_never_set_larger(texts: list[int], more: int) -> None:
    assert fitting.door_size([*texts, more]) >= fitting.door_size(texts)
    assert fitting.wall_fit([[*texts, more]]).size >= fitting.wall_fit([texts]).size


def test_a_week_is_set_smaller_rather_than_with_broken_lines_or_names_but_not_below_what_is_read_easily() -> None:
    points = fitting.WEEK_POINTS
    assert points[fitting.week_size([[[38]]], 2.5)] == 12
    assert points[fitting.week_size([[[38]]], 3)] == 10
    assert points[fitting.week_size([[[90]]], 5)] == points[0], "it is broken at any size"
    assert points[fitting.week_size([[[5]]], 3, [15])] == 10


@given(rows=st.lists(TEXTS, min_size=1, max_size=12))
def test_a_week_that_fits_at_all_is_set_in_a_size_in_which_it_does(rows: list[list[int]]) -> None:
    number = fitting.week_size([[cell] for cell in rows], 5)
    width = (fitting.WEEK_WIDTH - fitting.NAMES_WIDTH) / 5 - fitting.PADDING
    tall = [
        sum(fitting.height(cell, width, points * fitting.MM_PER_POINT) + fitting.PADDING for cell in rows)
        for points in fitting.WEEK_POINTS
    ]
    assert tall[number] <= fitting.WEEK_HEIGHT or (min(tall) > fitting.WEEK_HEIGHT and number == len(tall) - 1)


@given(houses=st.lists(TEXTS, min_size=1, max_size=12))
def test_what_a_wall_is_said_to_hold_is_not_higher_than_the_screen(houses: list[list[int]]) -> None:
    fit = fitting.wall_fit(houses)
    size = fitting.WALL_SIZES[fit.size]
    width = fitting.WALL_WIDTH / fit.columns - 2 * size
    rows = [houses[at : at + fit.columns] for at in range(0, len(houses), fit.columns)]
    tall = sum(max(fitting.height(one, width, size) for one in row) + size for row in rows)
    assert tall <= fitting.WALL_HEIGHT or fit.size == len(fitting.WALL_SIZES) - 1


@pytest.mark.parametrize(("length", "letters", "expected"), [(0, 10, 1), (10, 10, 1), (11, 10, 2), (5, 0.3, 5)])
def test_a_line_is_broken_where_it_is_full(length: int, letters: float, expected: int) -> None:
    assert fitting.lines(length, letters) == expected
