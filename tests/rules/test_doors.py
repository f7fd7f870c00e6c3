"""What a door says: open until, next, closed today, and the notices of closures ahead."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.doors import Notice, notices, sign
from advice.rules.openings import STANDING, Opening, Status

pytestmark = pytest.mark.usefixtures("process_timezone")
MONDAY = date(2026, 11, 23)
REASON = {"da": "Storm"}


def _opening(
    day: int, starts: int, ends: int, status: Status = Status.OPEN, place: int = 1, why: dict[str, str] = REASON
) -> Opening:
    reason = why if status is Status.CLOSED else None
    return Opening(place, 1, date.fromordinal(MONDAY.toordinal() + day), time(starts), time(ends), status, reason)


def test_it_is_open_from_the_first_minute_and_not_at_the_last() -> None:
    today = [_opening(0, 12, 17), _opening(7, 12, 17)]
    assert sign(today, MONDAY, time(11, 59)).ahead == today[0]
    assert sign(today, MONDAY, time(12)).open_until == time(17)
    assert sign(today, MONDAY, time(16, 59)).open_now
    after = sign(today, MONDAY, time(17))
    assert not after.open_now and after.ahead == today[1] and after.closed_today is None


def test_openings_that_touch_are_one_to_who_stands_at_the_door() -> None:
    today = [_opening(0, 9, 12), _opening(0, 12, 15), _opening(0, 14, 16), _opening(0, 18, 20)]
    says = sign(today, MONDAY, time(10))
    assert says.open_until == time(16)
    assert says.ahead == today[3]


def test_a_closed_day_is_told_all_day_but_an_extra_opening_comes_first() -> None:
    closed, later = _opening(0, 12, 17, Status.CLOSED), _opening(7, 12, 17)
    for hour in (8, 13, 20):
        says = sign([closed, later], MONDAY, time(hour))
        assert says.closed_today == closed and says.ahead == later and says.closed_ahead is None
    extra = _opening(0, 18, 19, Status.EXTRA)
    assert sign([closed, extra, later], MONDAY, time(8)).closed_today is None
    assert sign([closed, extra, later], MONDAY, time(18)).open_until == time(19)
    assert sign([closed, extra, later], MONDAY, time(19)).closed_today == closed


def test_a_place_that_is_closed_for_good_says_why_and_one_without_hours_says_nothing() -> None:
    closed = _opening(7, 12, 17, Status.CLOSED)
    says = sign([closed], MONDAY, time(8))
    assert (says.ahead, says.closed_today, says.closed_ahead) == (None, None, closed)
    empty = sign([], MONDAY, time(8))
    assert (empty.open_until, empty.ahead, empty.closed_today, empty.closed_ahead) == (None, None, None, None)


def test_closed_days_in_a_row_are_one_notice_for_all_their_places() -> None:
    closed = [_opening(day, 12, 17, Status.CLOSED, place) for day, place in ((0, 1), (1, 2), (7, 1), (8, 2))]
    others = [_opening(15, 12, 17, place=2), _opening(14, 12, 17, Status.CLOSED, 1)]
    found = notices(closed + others, MONDAY, date(2027, 1, 1))
    assert found == [Notice(MONDAY, date(2026, 12, 7), (1, 2), REASON)]


def test_a_notice_never_covers_a_day_on_which_one_of_its_places_is_open() -> None:
    rows = [_opening(0, 12, 17, Status.CLOSED), _opening(7, 12, 17), _opening(14, 12, 17, Status.CLOSED)]
    assert [(n.first, n.last) for n in notices(rows, MONDAY, date(2027, 1, 1))] == [
        (MONDAY, MONDAY),
        (date(2026, 12, 7), date(2026, 12, 7)),
    ]


def test_a_place_that_is_open_on_the_first_day_leaves_the_others_one_notice() -> None:
    rows = [_opening(0, 12, 17, place=2), *(_opening(day, 12, 17, Status.CLOSED) for day in range(3))]
    rows.append(_opening(1, 12, 17, Status.CLOSED, place=2))
    assert notices(rows, MONDAY, date(2027, 1, 1)) == [
        Notice(MONDAY, date(2026, 11, 25), (1,), REASON),
        Notice(date(2026, 11, 24), date(2026, 11, 24), (2,), REASON),
    ]


def test_a_notice_ends_where_the_closure_ends_however_far_beyond_the_days_looked_at() -> None:
    rows = [_opening(day, 12, 17, Status.CLOSED) for day in range(0, 365, 7)]
    rows += [_opening(366, 12, 17), _opening(70, 12, 17, Status.CLOSED, 2), _opening(5, 12, 17, place=2)]
    (found,) = notices(rows, MONDAY, date(2027, 1, 22), date(2027, 12, 28))
    assert (found.first, found.last, found.goes_on) == (MONDAY, rows[52].date, False)


def test_a_closure_with_no_open_day_behind_it_goes_on_if_nobody_knows_further() -> None:
    rows = [_opening(day, 12, 17, Status.CLOSED) for day in range(0, 399, 7)]
    known = date.fromordinal(MONDAY.toordinal() + 400)
    assert [n.goes_on for n in notices(rows, MONDAY, MONDAY, known)] == [True]
    assert [n.goes_on for n in notices(rows[:20], MONDAY, MONDAY, known)] == [False], "the hours end with the closure"
    assert [n.goes_on for n in notices([*rows, _opening(399, 12, 17)], MONDAY, MONDAY, known)] == [False]


def test_a_closed_day_within_a_longer_closure_is_not_told_again() -> None:
    rows = [_opening(0, 12, 17, Status.CLOSED), _opening(14, 12, 17, Status.CLOSED)]
    rows.append(_opening(7, 12, 17, Status.CLOSED, why={"da": "Kursus"}))
    assert [n.reason for n in notices(rows, MONDAY, date(2027, 1, 1))] == [REASON]
    elsewhere = _opening(7, 12, 17, Status.CLOSED, 2, {"da": "Kursus"})
    assert len(notices([*rows, elsewhere], MONDAY, date(2027, 1, 1))) == 2


_openings = st.lists(
    st.builds(
        _opening,
        st.integers(0, 30),
        st.just(12),
        st.just(17),
        st.sampled_from([Status.OPEN, Status.CLOSED, Status.EXTRA]),
        st.integers(1, 3),
    ),
    max_size=40,
)


@given(_openings)
def test_notices_tell_every_closed_day_once_and_no_open_one(openings: list[Opening]) -> None:
    told = notices(openings, MONDAY, date(2027, 1, 1))
    for opening in openings:
        same_day = {o.status in STANDING for o in openings if (o.place, o.date) == (opening.place, opening.date)}
        covering = [n for n in told if opening.place in n.places and n.first <= opening.date <= n.last]
        if same_day == {True}:
            assert covering == []
        elif same_day == {False}:
            assert len(covering) == 1
