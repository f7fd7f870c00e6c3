"""What marks of met and left say of worked hours: counted from what is known, never guessed."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.presence import (
    DAYS_BACK,
    Fault,
    Held,
    Mark,
    State,
    about,
    carried,
    fault,
    is_theirs,
    may_be_put_right,
    tally,
    worked,
)
from advice.rules.retention import PRESENCES
from advice.rules.spans import Span, clock, minutes

MONDAY = date(2026, 11, 23)
TIMES = st.integers(0, 24 * 60 - 1).map(clock)
SPANS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Span(*pair))
MARKS = st.builds(Mark, st.none() | TIMES, st.none() | TIMES, st.booleans(), st.none() | st.integers(0, 600))
NOON_TO_FOUR = Span(time(12), time(16))


@given(MARKS, st.none() | SPANS)
def test_worked_hours_are_never_guessed(mark: Mark, planned: Span | None) -> None:
    found = worked(mark, planned)
    stamped = mark.came is not None and mark.left is not None
    if mark.minutes is not None:
        assert found == mark.minutes
    elif stamped or (mark.confirmed and planned):
        came = mark.came if mark.came is not None else planned.starts if planned else time()
        left = mark.left if mark.left is not None else planned.ends if planned else time()
        assert found == (minutes(left) - minutes(came) if left >= came else None)
    else:
        assert found is None
    assert found is None or 0 <= found < 24 * 60


@given(TIMES, TIMES, st.booleans(), SPANS)
def test_what_was_marked_counts_whatever_was_planned(came: time, left: time, confirmed: bool, planned: Span) -> None:
    came, left = min(came, left), max(came, left)
    assert worked(Mark(came, left, confirmed), planned) == minutes(left) - minutes(came)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (None, None),
        (Mark(), None),
        (Mark(time(12, 5)), None),
        (Mark(left=time(15)), None),
        (Mark(confirmed=True), 240),
        (Mark(time(12, 30), confirmed=True), 210),
        (Mark(left=time(15), confirmed=True), 180),
        (Mark(time(11, 58), time(16, 2), confirmed=True), 244),
        (Mark(time(16, 10), confirmed=True), None),
        (Mark(time(0), time(0)), 0),
        (Mark(minutes=0), 0),
    ],
)
def test_the_plan_stands_in_for_a_missing_time_once_it_is_confirmed(mark: Mark | None, expected: int | None) -> None:
    assert worked(mark, NOON_TO_FOUR) == expected


@given(SPANS, TIMES, TIMES, st.sets(TIMES, max_size=3), st.data())
def test_a_shift_that_was_split_counts_what_it_counted_before(
    whole: Span, came: time, left: time, cuts: set[time], data: st.DataObject
) -> None:
    came, left = min(came, left), max(came, left)
    edges = [whole.starts, *sorted(cut for cut in cuts if whole.starts < cut < whole.ends), whole.ends]
    spans = [Span(*pair) for pair in pairwise(edges)]
    tapped = data.draw(st.integers(0, len(spans) - 1))
    by_plan = data.draw(st.booleans())
    marks = [Mark(came, left) if index == tapped else Mark(confirmed=True) if by_plan else None
             for index in range(len(spans))]  # fmt: skip
    found = carried(list(zip(spans, marks, strict=True)))
    reached = [index for index in range(tapped, len(spans)) if index == tapped or spans[index].starts < left]
    sums = [worked(found[index], spans[index]) for index in reached]
    assert sum(one or 0 for one in sums) == worked(Mark(came, left), whole) == minutes(left) - minutes(came)
    assert [found[index] for index in range(len(spans)) if index not in reached] == [
        marks[index] for index in range(len(spans)) if index not in reached
    ]


@given(SPANS, st.integers(1, 24 * 60), MARKS, MARKS)
def test_two_that_join_never_count_the_same_minute_twice(whole: Span, cut: int, first: Mark, second: Mark) -> None:
    at = min(minutes(whole.starts) + cut, minutes(whole.ends) - 1)
    if at <= minutes(whole.starts) or first.minutes is not None or second.minutes is not None:
        return
    spans = [Span(whole.starts, clock(at)), Span(clock(at), whole.ends)]
    found = carried([(spans[0], first), (spans[1], second)])
    stretches = [
        (mark.came or (span.starts if mark.confirmed else None), mark.left or (span.ends if mark.confirmed else None))
        for mark, span in zip(found, spans, strict=True)
        if mark is not None and worked(mark, span)
    ]
    if len(stretches) == 2 and first.left is not None:
        (starts, ends), (begins, stops) = stretches
        assert starts and ends and begins and stops
        assert ends <= begins or starts >= begins


def test_what_does_not_join_or_is_said_otherwise_is_left_as_it_is() -> None:
    early, late, apart = Span(time(9), time(12)), Span(time(12), time(15)), Span(time(13), time(15))
    stayed = Mark(time(9), time(14))
    for parts in (
        [(early, stayed), (apart, None)],
        [(early, stayed), (late, Mark(minutes=0))],
        [(early, Mark(time(9), time(12))), (late, None)],
        [(early, Mark(left=time(14))), (late, None)],
        [(early, Mark(minutes=180)), (late, Mark(confirmed=True))],
    ):
        assert carried(parts) == [mark for _span, mark in parts]
    assert carried([(early, stayed), (late, None)]) == [Mark(time(9), time(12)), Mark(time(12), time(14))]
    assert carried([(early, stayed), (late, Mark(time(13), time(15)))]) == [
        Mark(time(9), time(13)), Mark(time(13), time(15)),
    ]  # fmt: skip


@given(st.lists(st.builds(Held, st.integers(1, 4), st.just(1), st.none() | SPANS, st.none() | MARKS), max_size=8))
def test_a_tally_loses_no_shift_and_counts_none_twice(held: list[Held]) -> None:
    found = tally(held)
    known = [one.worked for one in held if one.worked is not None]
    assert (found.minutes, found.unknown) == (sum(known), len(held) - len(known))
    assert found.planned == sum(one.planned.minutes for one in held if one.planned)
    assert found.people == len({one.person for one in held if one.worked})


@given(st.lists(SPANS, max_size=4), st.lists(st.sampled_from(State), min_size=4, max_size=4), TIMES)
def test_a_tap_is_about_the_shift_she_is_here_for_or_the_next_that_awaits_her(
    spans: list[Span], states: list[State], at: time
) -> None:
    as_marked = {State.AWAITED: Mark(), State.HERE: Mark(time(8)), State.LEFT: Mark(time(8), time(9))}
    marks = {key: as_marked[states[key]] for key in range(len(spans))}
    found = about(list(enumerate(spans)), marks, at)
    if not spans:
        assert found is None
        return
    assert found is not None
    of = {state: [key for key in marks if marks[key].state is state] for state in State}
    waiting = [key for key in of[State.AWAITED] if at < spans[key].ends]
    if of[State.HERE]:
        assert found in of[State.HERE]
    elif waiting:
        assert found in waiting and spans[found].starts == min(spans[key].starts for key in waiting)
    elif of[State.LEFT]:
        assert found in of[State.LEFT] and spans[found].starts == max(spans[key].starts for key in of[State.LEFT])


@pytest.mark.parametrize(
    ("came", "left", "expected"),
    [
        (None, None, None),
        (time(12), None, None),
        (time(13, 30), time(13, 30), None),
        (time(13), time(12, 59), Fault.BACKWARD),
        (time(12), time(13, 31), Fault.AHEAD),
        (time(13, 31), None, Fault.AHEAD),
    ],
)
def test_times_that_cannot_be_are_refused(came: time | None, left: time | None, expected: Fault | None) -> None:
    now = MONDAY, time(13, 30)
    assert fault(came, left, MONDAY, now) is expected
    yesterday = fault(came, left, MONDAY - timedelta(days=1), now)
    assert yesterday is (Fault.BACKWARD if expected is Fault.BACKWARD else None)


def test_marks_are_put_right_for_sixty_days_and_while_their_times_are_still_kept() -> None:
    first = MONDAY - timedelta(days=DAYS_BACK)
    assert [may_be_put_right(day, MONDAY) for day in (MONDAY, first)] == [True, True]
    outside = MONDAY + timedelta(days=1), first - timedelta(days=1)
    assert [may_be_put_right(day, MONDAY) for day in outside] == [False, False]
    assert PRESENCES.cutoff_day(MONDAY) < first


def test_a_leader_puts_right_her_own_organisations_and_what_nobody_leads() -> None:
    assert [is_theirs(one, own=1, led={1, 2}) for one in (1, 2, 3)] == [True, False, True]
    assert is_theirs(1, own=1, led=())
