"""What an edit changes in the stored openings: which row becomes which opening; never the past."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from advice.rules.differences import Add, Cancel, StoredOpening, Update, difference
from advice.rules.openings import Opening, Status

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)


def _row(key: int, starts: int, ends: int, status: Status = Status.OPEN, day: date = TODAY) -> StoredOpening:
    return StoredOpening(key, _opening(starts, ends, status, day))


def _opening(starts: int, ends: int, status: Status = Status.OPEN, day: date = TODAY) -> Opening:
    return Opening(1, 1, day, time(starts), time(ends), status)


def test_equal_openings_change_nothing() -> None:
    assert difference([_row(1, 12, 17)], [_opening(12, 17)], TODAY) == []


def test_a_shortened_day_keeps_its_row() -> None:
    short = _opening(12, 14, Status.CHANGED)
    assert difference([_row(1, 12, 17)], [short], TODAY) == [Update(1, short)]


def test_a_closed_day_keeps_its_row_and_gets_the_reason() -> None:
    closed = Opening(1, 1, TODAY, time(12), time(17), Status.CLOSED, {"da": "Lejet ud"})
    assert difference([_row(1, 12, 17)], [closed], TODAY) == [Update(1, closed)]


def test_a_reason_that_changes_is_a_change() -> None:
    stored = [StoredOpening(1, replace(_opening(12, 17, Status.CLOSED), reason={"da": "Ferie"}))]
    closed = Opening(1, 1, TODAY, time(12), time(17), Status.CLOSED, {"da": "Ferie", "en": "Holiday"})
    assert difference(stored, [closed], TODAY) == [Update(1, closed)]


def test_an_opening_nobody_had_is_added() -> None:
    assert difference([], [_opening(12, 17)], TODAY) == [Add(_opening(12, 17))]


def test_a_row_no_rule_makes_is_cancelled_once() -> None:
    assert difference([_row(1, 12, 17)], [], TODAY) == [Cancel(1)]
    assert difference([_row(1, 12, 17, Status.CANCELLED)], [], TODAY) == []


def test_a_cancelled_row_of_the_same_day_comes_back_to_life() -> None:
    cancelled = _row(1, 12, 17, Status.CANCELLED)
    assert difference([cancelled], [_opening(10, 11)], TODAY) == [Update(1, _opening(10, 11))]
    other_day = _opening(12, 17, day=TOMORROW)
    assert difference([cancelled], [other_day], TODAY) == [Add(other_day)]


def test_a_cancelled_row_waits_until_the_standing_ones_are_taken() -> None:
    stored = [_row(1, 9, 10, Status.CANCELLED), _row(2, 12, 17)]
    assert difference(stored, [_opening(9, 10)], TODAY) == [Update(2, _opening(9, 10))]


def test_the_cancelled_row_most_like_the_opening_is_taken() -> None:
    stored = [_row(1, 9, 10, Status.CANCELLED), _row(2, 12, 16, Status.CANCELLED)]
    assert difference(stored, [_opening(12, 17)], TODAY) == [Update(2, _opening(12, 17))]


def test_the_same_times_go_before_the_same_start() -> None:
    stored = [_row(1, 12, 14), _row(2, 12, 17)]
    assert difference(stored, [_opening(12, 17)], TODAY) == [Cancel(1)]


def test_the_same_start_goes_before_a_larger_overlap() -> None:
    stored = [_row(1, 11, 17), _row(2, 12, 13)]
    assert difference(stored, [_opening(12, 18)], TODAY) == [Cancel(1), Update(2, _opening(12, 18))]


def test_the_larger_overlap_goes_before_the_order_of_time() -> None:
    stored = [_row(1, 9, 11), _row(2, 12, 17)]
    assert difference(stored, [_opening(10, 16)], TODAY) == [Cancel(1), Update(2, _opening(10, 16))]


def test_what_is_left_is_paired_in_order_of_time() -> None:
    stored = [_row(2, 10, 11), _row(1, 8, 9)]
    early, late = _opening(14, 15), _opening(12, 13)
    assert difference(stored, [early, late], TODAY) == [Update(1, late), Update(2, early)]


@pytest.mark.parametrize("keys", [(1, 2), (2, 1)])
def test_an_extra_opening_at_a_closed_days_times_finds_its_own_row_again(keys: tuple[int, int]) -> None:
    stored = [_row(keys[0], 12, 17, Status.CLOSED), _row(keys[1], 12, 17, Status.EXTRA)]
    both = [_opening(12, 17, Status.CLOSED), _opening(12, 17, Status.EXTRA)]
    assert difference(stored, both, TODAY) == []
    told = replace(both[0], reason={"da": "Ferie"})
    assert difference(stored, [told, both[1]], TODAY) == [Update(keys[0], told)]


def test_other_places_and_services_are_never_partners() -> None:
    elsewhere = replace(_opening(12, 17), place=2)
    assert difference([_row(1, 12, 17)], [elsewhere], TODAY) == [Cancel(1), Add(elsewhere)]
    other_service = replace(_opening(12, 17), service=2)
    assert difference([_row(1, 12, 17)], [other_service], TODAY) == [Cancel(1), Add(other_service)]


def test_yesterday_is_frozen_on_both_sides() -> None:
    yesterday = TODAY - timedelta(days=1)
    stored = [_row(1, 12, 17, day=yesterday)]
    assert difference(stored, [_opening(9, 10, day=yesterday)], TODAY) == []
    assert difference(stored, [], TODAY) == []
    assert difference([], [_opening(9, 10, day=yesterday)], TODAY) == []
