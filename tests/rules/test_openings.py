"""Whether a dated opening is one that people can walk into now, and which is the next."""

from datetime import date, time, timedelta

import pytest

from advice.rules.openings import Opening, Status, is_open, next_opening

MONDAY = date(2026, 11, 23)


def _opening(day: date, starts: int, ends: int, status: Status = Status.OPEN, place: int = 1) -> Opening:
    return Opening(place, 1, day, time(starts), time(ends), status, None)


@pytest.mark.parametrize(
    ("now", "answer"), [(time(11, 59), False), (time(12), True), (time(16, 59, 59), True), (time(17), False)]
)
def test_it_is_open_from_its_first_minute_until_its_last(now: time, answer: bool) -> None:
    assert is_open(_opening(MONDAY, 12, 17), MONDAY, now) is answer


def test_it_is_not_open_on_another_day_or_when_closed() -> None:
    assert not is_open(_opening(MONDAY, 12, 17), MONDAY + timedelta(days=7), time(13))
    assert not is_open(_opening(MONDAY, 12, 17, Status.CLOSED), MONDAY, time(13))
    assert not is_open(_opening(MONDAY, 12, 17, Status.CANCELLED), MONDAY, time(13))
    assert is_open(_opening(MONDAY, 12, 17, Status.EXTRA), MONDAY, time(13))
    assert is_open(_opening(MONDAY, 12, 17, Status.CHANGED), MONDAY, time(13))


def test_the_next_opening_is_the_one_that_is_open_now() -> None:
    now_open, later = _opening(MONDAY, 12, 17), _opening(MONDAY, 14, 17, place=2)
    assert next_opening([later, now_open], MONDAY, time(13)) == now_open


def test_the_next_opening_passes_over_what_is_over_closed_or_cancelled() -> None:
    week = timedelta(days=7)
    openings = [
        _opening(MONDAY, 12, 17),
        _opening(MONDAY + week, 12, 17, Status.CLOSED),
        _opening(MONDAY + 2 * week, 12, 17, Status.CANCELLED),
        _opening(MONDAY + 3 * week, 12, 14, Status.CHANGED),
        _opening(MONDAY + 4 * week, 12, 17),
    ]
    assert next_opening(openings, MONDAY, time(17)) == openings[3]
    assert next_opening(openings[:3], MONDAY, time(17)) is None
