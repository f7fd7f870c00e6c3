"""The one overlap rule, and times as people write them."""

from datetime import date, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules import spans
from advice.rules.spans import Span

ends_of_a_span = st.tuples(st.integers(0, 12), st.integers(0, 12))


@given(ends_of_a_span, ends_of_a_span)
def test_spans_overlap_when_they_share_a_moment(a: tuple[int, int], b: tuple[int, int]) -> None:
    shared = set(range(*a)) & set(range(*b))
    assert spans.overlaps(*a, *b) == bool(shared)


def test_spans_that_touch_do_not_overlap() -> None:
    assert not Span(time(12), time(14)).overlaps(Span(time(14), time(17)))
    assert not Span(time(14), time(17)).overlaps(Span(time(12), time(14)))


def test_a_span_inside_another_overlaps_it_both_ways() -> None:
    whole, part = Span(time(12), time(17)), Span(time(13), time(14))
    assert whole.overlaps(part)
    assert part.overlaps(whole)


def test_dates_overlap_by_the_same_rule() -> None:
    assert spans.overlaps(date(2026, 1, 1), date(2026, 2, 1), date(2026, 1, 31), date(2026, 3, 1))
    assert not spans.overlaps(date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 1), date(2026, 3, 1))


@pytest.mark.parametrize("ends", [time(12), time(11, 59)])
def test_a_span_that_does_not_end_after_it_starts_is_refused(ends: time) -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        Span(time(12), ends)


def test_spans_are_ordered_by_start_and_then_end() -> None:
    late, long, short = Span(time(13), time(14)), Span(time(12), time(17)), Span(time(12), time(14))
    assert sorted([late, long, short]) == [short, long, late]


def test_a_span_knows_its_length() -> None:
    assert Span(time(9, 30), time(12)).minutes == 150


@given(st.integers(0, 1439))
def test_minutes_and_clock_undo_each_other(minute: int) -> None:
    assert spans.minutes(spans.clock(minute)) == minute


@pytest.mark.parametrize("minute", [-1, 1440])
def test_a_minute_outside_the_day_has_no_clock(minute: int) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        spans.clock(minute)


@given(st.lists(ends_of_a_span.filter(lambda span: span[0] < span[1])))
def test_joined_is_the_same_time_in_as_few_stretches_as_it_takes(held: list[tuple[int, int]]) -> None:
    found = spans.joined(held)
    assert {at for span in found for at in range(*span)} == {at for span in held for at in range(*span)}
    assert all(before[1] < after[0] for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (time(12), "12"),
        (time(12, 30), "12.30"),
        (time(9, 5), "9.05"),
        (time(0), "0"),
        (time(23, 59), "23.59"),
    ],
)
def test_times_are_written_as_short_as_danes_do(at: time, text: str) -> None:
    assert spans.clock_text(at) == text


@pytest.mark.parametrize(
    ("begins", "ends", "answer"),
    [
        (None, None, True),
        (23, None, True), (24, None, False), (None, 23, True), (None, 22, False),
        (23, 23, True), (22, 24, True), (1, 22, False), (24, 30, False),
    ],
)  # fmt: skip
def test_both_ends_of_a_validity_belong_to_it_and_none_is_open(
    begins: int | None, ends: int | None, answer: bool
) -> None:
    first, last = (None if day is None else date(2026, 11, day) for day in (begins, ends))
    assert spans.in_force(first, last, date(2026, 11, 23)) is answer
