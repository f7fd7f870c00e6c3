"""Shares of a vagtplan, against counting every person, day and minute for itself."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.fairness import Engaged, Share, agreed_minutes, is_late, shares
from advice.rules.spans import Span, clock
from advice.rules.terms import Away, Terms
from advice.rules.turns import Turn

MONDAY = date(2026, 11, 23)
SUNDAY = MONDAY + timedelta(days=6)
NOON_TO_FIVE = Span(time(12), time(17))
DAYS = st.integers(-3, 17).map(lambda count: MONDAY + timedelta(days=count))
SPANS = st.tuples(st.integers(16, 40), st.integers(1, 7)).map(
    lambda pair: Span(clock(pair[0] * 30), clock((pair[0] + pair[1]) * 30))
)
TURNS = st.builds(Turn, st.just(0), st.integers(1, 3), st.integers(1, 2), st.integers(1, 3), DAYS, SPANS)
STAFF = st.builds(
    Engaged, st.integers(1, 3), st.integers(1, 2),
    st.builds(Terms, percent=st.integers(0, 100), avoids=st.frozensets(st.integers(1, 3), max_size=2)),
)  # fmt: skip


@given(st.lists(STAFF, max_size=4), st.lists(TURNS, max_size=8), st.dictionaries(
    st.tuples(st.integers(1, 3), DAYS), st.sampled_from([time(15), time(17)])
))  # fmt: skip
def test_shares_are_what_counting_one_by_one_gives(
    engaged: list[Engaged], turns: list[Turn], closing: dict[tuple[int, date], time]
) -> None:
    found = shares(engaged, turns, closing, MONDAY, SUNDAY)
    for (person, organisation), share in found.items():
        own = [t for t in turns if (t.person, t.organisation) == (person, organisation) and MONDAY <= t.day <= SUNDAY]
        late = unpopular = every = 0
        for turn in own:
            on = {minute for minute in range(24 * 60) if turn.span.starts <= clock(minute) < turn.span.ends}
            every += len(on)
            closes = closing.get((turn.place, turn.day))
            late += closes is not None and any(closes.hour * 60 - 60 <= minute < closes.hour * 60 for minute in on)
            unpopular += any(turn.place in one.terms.avoids and one.person != person for one in engaged)
        assert (share.shifts, share.minutes, share.late, share.unpopular) == (len(own), every, late, unpopular)
    assert sum(share.shifts for share in found.values()) == sum(MONDAY <= turn.day <= SUNDAY for turn in turns)
    assert {(one.person, one.organisation) for one in engaged} <= set(found)


FULL = Terms(percent=100)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (Engaged(1, 1, FULL), 37 * 60),
        (Engaged(1, 1, Terms(percent=40)), 888),
        (Engaged(1, 1, FULL, valid_from=MONDAY + timedelta(days=2)), 37 * 60 * 3 // 5),
        (Engaged(1, 1, FULL, valid_to=MONDAY - timedelta(days=1)), 0),
        (Engaged(1, 1, FULL, away=(Away(MONDAY, MONDAY + timedelta(days=1)),)), 37 * 60 * 3 // 5),
        (Engaged(1, 1, FULL, away=(Away(MONDAY, MONDAY, NOON_TO_FIVE),)), 37 * 60),
        (Engaged(1, 1, FULL, away=(Away(SUNDAY, SUNDAY),)), 37 * 60),
        (Engaged(1, 1, FULL, away=(Away(MONDAY, MONDAY), Away(MONDAY, MONDAY))), 37 * 60 * 4 // 5),
    ],
)
def test_agreed_hours_are_those_of_her_weekdays_on_the_team(one: Engaged, expected: int) -> None:
    assert agreed_minutes(one, MONDAY, SUNDAY) == expected


@pytest.mark.parametrize(("ends", "late"), [(time(16), False), (time(16, 1), True), (time(17), True), (time(18), True)])
def test_the_last_hour_before_closing_is_late(ends: time, late: bool) -> None:
    assert is_late(Span(time(12), ends), time(17)) is late
    assert not is_late(Span(time(12), ends), None)


def test_two_memberships_in_one_organisation_are_one_share_and_in_two_are_two() -> None:
    parts = [
        Engaged(1, 1, Terms(percent=50), valid_to=MONDAY),
        Engaged(1, 1, Terms(percent=100), valid_from=MONDAY + timedelta(days=1)),
        Engaged(1, 2, Terms(percent=10)),
    ]
    found = shares(parts, [Turn(0, 1, 2, 1, MONDAY, NOON_TO_FIVE)], {}, MONDAY, SUNDAY)
    assert found == {(1, 1): Share(agreed=222 + 1776), (1, 2): Share(1, 300, 222)}
    assert found[1, 2].percent == 135 and Share().percent is None
