"""Which visits an indicator counts, its year, its pace and its direction."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules import indicators
from advice.rules.indicators import Direction, Filter, Movement, Verdict, VisitFacts

VISIT = VisitFacts(
    date(2026, 11, 23),
    organisation=1,
    place=1,
    service=1,
    kind=1,
    topics=frozenset({1, 2}),
    outcomes=frozenset({1}),
    outcome_flags=frozenset({"bridges"}),
    result_known=False,
    undone=False,
)


def _ids(*values: int) -> frozenset[int]:
    return frozenset(values)


def _filter(name: str, *values: int) -> Filter:
    conditions: dict[str, Any] = {name: _ids(*values)}
    return Filter(**conditions)


# --- counting ---


def test_an_empty_filter_counts_everything_but_what_was_undone() -> None:
    assert indicators.counts(VISIT, Filter())
    assert not indicators.counts(replace(VISIT, undone=True), Filter())


@pytest.mark.parametrize("name", ["organisations", "places", "services", "kinds", "topics", "outcomes"])
def test_one_of_a_set_is_enough_and_none_of_it_is_not(name: str) -> None:
    assert indicators.counts(VISIT, _filter(name, 1, 9))
    assert not indicators.counts(VISIT, _filter(name, 8, 9))


def test_every_condition_must_hold() -> None:
    assert indicators.counts(VISIT, Filter(organisations=_ids(1), kinds=_ids(1)))
    assert not indicators.counts(VISIT, Filter(organisations=_ids(1), kinds=_ids(2)))
    assert not indicators.counts(VISIT, Filter(organisations=_ids(2), kinds=_ids(1)))


def test_a_visit_without_a_kind_is_of_none() -> None:
    plain = replace(VISIT, kind=None)
    assert indicators.counts(plain, Filter())
    assert not indicators.counts(plain, Filter(kinds=_ids(1)))


def test_outcomes_are_counted_by_what_they_mean() -> None:
    assert indicators.counts(VISIT, Filter(any_flag=frozenset({"solves", "bridges"})))
    assert not indicators.counts(VISIT, Filter(any_flag=frozenset({"solves"})))


def test_a_share_is_of_the_visits_with_any_outcome() -> None:
    assert indicators.counts(VISIT, Filter(any_outcome=True))
    assert not indicators.counts(replace(VISIT, outcomes=_ids()), Filter(any_outcome=True))


def test_a_known_result_is_asked_either_way_or_not_at_all() -> None:
    known = replace(VISIT, result_known=True)
    assert [indicators.counts(known, Filter(result_known=asked)) for asked in (None, True, False)] == [
        True,
        True,
        False,
    ]
    assert [indicators.counts(VISIT, Filter(result_known=asked)) for asked in (None, True, False)] == [
        True,
        False,
        True,
    ]


SOME = st.frozensets(st.integers(1, 3), max_size=2)
ONE = st.integers(1, 3)
FLAGS = st.frozensets(st.sampled_from(["solves", "bridges"]))


@given(
    st.builds(
        VisitFacts,
        st.just(VISIT.day),
        ONE,
        ONE,
        ONE,
        st.none() | ONE,
        SOME,
        SOME,
        FLAGS,
        *[st.booleans()] * 2,
    ),
    st.builds(Filter, *[SOME] * 6, FLAGS, st.booleans(), st.none() | st.booleans()),
)
def test_counting_equals_the_conditions_spelt_out(visit: VisitFacts, f: Filter) -> None:
    expected = not visit.undone
    expected &= not f.organisations or visit.organisation in f.organisations
    expected &= not f.places or visit.place in f.places
    expected &= not f.services or visit.service in f.services
    expected &= not f.kinds or visit.kind in f.kinds
    expected &= not f.topics or any(topic in f.topics for topic in visit.topics)
    expected &= not f.outcomes or any(outcome in f.outcomes for outcome in visit.outcomes)
    expected &= not f.any_flag or any(flag in f.any_flag for flag in visit.outcome_flags)
    expected &= not f.any_outcome or len(visit.outcomes) > 0
    expected &= f.result_known is None or visit.result_known == f.result_known
    assert indicators.counts(visit, f) == expected


# --- the reporting year ---


@pytest.mark.parametrize(
    ("start", "on", "year"),
    [
        ((1, 1), date(2026, 11, 23), (date(2026, 1, 1), date(2026, 12, 31))),
        ((10, 1), date(2026, 9, 30), (date(2025, 10, 1), date(2026, 9, 30))),
        ((10, 1), date(2026, 10, 1), (date(2026, 10, 1), date(2027, 9, 30))),
        ((9, 1), date(2027, 1, 15), (date(2026, 9, 1), date(2027, 8, 31))),
        ((2, 29), date(2027, 2, 28), (date(2026, 3, 1), date(2027, 2, 28))),
        ((2, 29), date(2028, 2, 28), (date(2027, 3, 1), date(2028, 2, 28))),
        ((2, 29), date(2028, 2, 29), (date(2028, 2, 29), date(2029, 2, 28))),
        ((7, 1), date.max, (date(9999, 7, 1), date.max)),
        ((7, 1), date.min, (date.min, date(1, 6, 30))),
    ],
)
def test_a_reporting_year_begins_where_the_agreement_says(
    start: tuple[int, int], on: date, year: tuple[date, date]
) -> None:
    assert indicators.reporting_year(*start, on) == year


@given(st.dates(date(2020, 1, 1), date(2020, 12, 31)), st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_every_day_lies_in_one_year_and_years_follow_each_other(start: date, on: date) -> None:
    first, last = indicators.reporting_year(start.month, start.day, on)
    assert first <= on <= last
    assert indicators.reporting_year(start.month, start.day, first) == (first, last)
    assert indicators.reporting_year(start.month, start.day, last) == (first, last)
    assert indicators.reporting_year(start.month, start.day, last + timedelta(days=1))[0] == last + timedelta(days=1)


@pytest.mark.parametrize("start", [(2, 30), (13, 1), (0, 1)])
def test_a_day_that_no_year_has_begins_none(start: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"month|day"):
        indicators.reporting_year(*start, date(2026, 1, 1))


# --- pace ---

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_the_line_is_straight_over_the_days_and_today_has_passed() -> None:
    ten_days = (date(2026, 3, 1), date(2026, 3, 10))
    found = indicators.pace(50, 100, *ten_days, date(2026, 3, 5))
    assert found == indicators.Pace(50.0, 0.5, Verdict.ON_TRACK)


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (44, Verdict.BEHIND),
        (45, Verdict.ON_TRACK),
        (55, Verdict.ON_TRACK),
        (56, Verdict.AHEAD),
        (99, Verdict.AHEAD),
        (100, Verdict.REACHED),
        (101, Verdict.REACHED),
    ],
)
def test_on_track_is_within_ten_percent_of_the_line(count: int, verdict: Verdict) -> None:
    assert indicators.pace(count, 100, date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 5)).verdict is verdict


@pytest.mark.parametrize(
    ("count", "verdict"),
    [(0, Verdict.BELOW), (99, Verdict.BELOW), (100, Verdict.BELOW), (101, Verdict.ABOVE)],
)
def test_a_ceiling_is_kept_until_the_count_has_passed_it(count: int, verdict: Verdict) -> None:
    found = indicators.pace(count, 100, date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 5), Direction.AT_MOST)
    assert found == indicators.Pace(50.0, 0.5, verdict)


def test_before_the_year_nothing_is_expected_and_after_it_everything() -> None:
    before = indicators.pace(0, 150, *YEAR, date(2025, 12, 31))
    assert (before.expected, before.share_of_year, before.verdict) == (0, 0, Verdict.ON_TRACK)
    after = indicators.pace(134, 150, *YEAR, date(2027, 5, 1))
    assert (after.expected, after.share_of_year, after.verdict) == (150, 1, Verdict.BEHIND)


def test_a_year_that_ends_before_it_begins_has_no_pace() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        indicators.pace(0, 1, YEAR[1], YEAR[0], YEAR[0])


@given(st.integers(0, 200), st.dates(*YEAR))
def test_one_visit_more_never_makes_it_worse(count: int, today: date) -> None:
    order = [Verdict.BEHIND, Verdict.ON_TRACK, Verdict.AHEAD, Verdict.REACHED]
    less, more = (indicators.pace(n, 150, *YEAR, today).verdict for n in (count, count + 1))
    assert order.index(less) <= order.index(more)


# --- direction ---


@pytest.mark.parametrize(
    ("direction", "reading", "movement"),
    [
        (Direction.FALLS, 200.0, Movement.RIGHT_WAY),
        (Direction.FALLS, 240.0, Movement.WRONG_WAY),
        (Direction.AT_MOST, 200.0, Movement.RIGHT_WAY),
        (Direction.RISES, 240.0, Movement.RIGHT_WAY),
        (Direction.RISES, 200.0, Movement.WRONG_WAY),
        (Direction.AT_LEAST, 240.0, Movement.RIGHT_WAY),
        (Direction.FALLS, 233.0, Movement.STILL),
        (Direction.RISES, None, Movement.UNKNOWN),
        (Direction.RISES, float("nan"), Movement.UNKNOWN),
    ],
)
def test_a_reading_moves_by_what_is_wanted(direction: Direction, reading: float | None, movement: Movement) -> None:
    assert indicators.moved(direction, 233.0, reading) is movement


def test_a_reading_without_a_baseline_goes_nowhere_known() -> None:
    assert indicators.moved(Direction.RISES, None, 1.0) is Movement.UNKNOWN
    assert indicators.moved(Direction.RISES, 0.0, 1.0) is Movement.RIGHT_WAY
