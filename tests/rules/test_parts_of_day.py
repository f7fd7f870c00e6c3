"""When somebody with a shift is there: minute by minute the same as asking each minute."""

from __future__ import annotations

from datetime import date, time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from advice.rules.parts_of_day import parts_there
from advice.rules.spans import Span, clock
from advice.rules.terms import Away

DAY = date(2026, 11, 23)
TIMES = st.integers(0, 24 * 12 - 1).map(lambda five: clock(five * 5))
SPANS = st.tuples(TIMES, TIMES).filter(lambda two: two[0] < two[1]).map(lambda two: Span(*two))
AWAY = st.builds(
    Away, st.just(date(2026, 11, 20)), st.sampled_from([date(2026, 11, 22), DAY]), st.one_of(st.none(), SPANS)
)


@given(shift=SPANS, away=st.lists(AWAY, max_size=4))
def test_she_is_there_in_every_minute_of_her_shift_that_no_absence_holds(shift: Span, away: list[Away]) -> None:
    parts = parts_there(shift, DAY, away)
    for at in map(clock, range(0, 24 * 60, 5)):
        on = shift.starts <= at < shift.ends
        gone = any(one.last == DAY and (one.span is None or one.span.starts <= at < one.span.ends) for one in away)
        assert any(one.starts <= at < one.ends for one in parts) == (on and not gone), at
    assert all(one.ends < other.starts for one, other in pairwise(parts))


def test_who_comes_back_from_a_course_is_there_from_then() -> None:
    parts = parts_there(Span(time(12), time(17)), DAY, [Away(DAY, DAY, Span(time(9), time(14)))])
    assert parts == (Span(time(14), time(17)),)


def test_who_is_away_all_day_is_not_there() -> None:
    assert parts_there(Span(time(12), time(17)), DAY, [Away(DAY, DAY)]) == ()
