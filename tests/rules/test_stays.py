"""The plan with met and left laid over it: minute by minute the same as asking each minute."""

from __future__ import annotations

from datetime import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from advice.rules.presence import Mark
from advice.rules.spans import Span, clock
from advice.rules.staffing import outside
from advice.rules.stays import Stay, next_at, now_at, stays

STEPS = [clock(number * 10) for number in range(24 * 6)]
TIMES = st.sampled_from(STEPS)
SPANS = st.tuples(TIMES, TIMES).filter(lambda two: two[0] < two[1]).map(lambda two: Span(*two))


@st.composite
def marks(draw: st.DrawFn) -> Mark | None:
    """Nothing, met, left, both in order, or a leader's word that she was not there."""
    came, left = draw(st.none() | TIMES), draw(st.none() | TIMES)
    if came is not None and left is not None and left < came:
        came, left = left, came
    return draw(st.sampled_from([None, Mark(came, left), Mark(came, left), Mark(minutes=0)]))


def there(planned: Span | None, parts: list[Span], mark: Mark | None, at: time) -> bool:
    """The rule said of one moment."""
    on = any(one.starts <= at < one.ends for one in parts)
    if mark is None:
        return on
    if mark.minutes == 0 or (mark.left is not None and at >= mark.left):
        return False
    if on or mark.came is None or at < mark.came:
        return on
    if planned is None or mark.came >= planned.ends:
        return True
    met_since = [one for one in STEPS if mark.came <= one <= at]
    return at < planned.ends and not any(part.starts <= one < part.ends for part in parts for one in met_since)


@given(planned=st.none() | SPANS, away=st.lists(SPANS, max_size=3), mark=marks())
def test_in_every_minute_she_is_where_her_marks_say_else_where_the_plan_does(
    planned: Span | None, away: list[Span], mark: Mark | None
) -> None:
    parts = outside(planned.starts, planned.ends, away) if planned else []
    found = stays(planned, parts, mark)
    for at in STEPS:
        assert (now_at(found, at) is not None) == there(planned, parts, mark, at), at
    assert all(one.ends is not None and one.ends < other.starts for one, other in pairwise(found))
    if mark is None:
        assert found == [Stay(one.starts, one.ends) for one in parts]


NOON = Span(time(12), time(16))


def test_who_leaves_at_half_past_two_is_there_until_then_and_comes_back_no_more() -> None:
    found = stays(NOON, [NOON], Mark(time(12), time(14, 30)))
    assert found == [Stay(time(12), time(14, 30))]
    assert now_at(found, time(14, 29)) and now_at(found, time(14, 30)) is None and next_at(found, time(11)) == found[0]
    assert stays(NOON, [NOON], Mark(None, time(11, 50))) == []


def test_who_comes_before_her_shift_is_there_from_then_until_it_ends() -> None:
    assert stays(NOON, [NOON], Mark(time(11, 45))) == [Stay(time(11, 45), time(16))]
    assert stays(NOON, [], Mark(time(13))) == [Stay(time(13), time(16))], "she was to be away, and came"


def test_a_helper_is_there_until_she_says_that_she_leaves() -> None:
    assert stays(None, [], Mark(time(13))) == [Stay(time(13), None)]
    assert stays(None, [], Mark(time(13), time(15))) == [Stay(time(13), time(15))]
    assert stays(NOON, [NOON], Mark(time(17))) == [Stay(time(12), time(16)), Stay(time(17), None)]
    assert stays(NOON, [NOON], Mark(time(16))) == [Stay(time(12), None)], "met again as it ended: she never left"
