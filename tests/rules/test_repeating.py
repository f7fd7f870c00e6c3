"""Weeks laid again: every shift of every week is either laid or told to be left out, and nobody is on duty twice."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.repeating import Hours, Repetition, Skip, repeat
from advice.rules.spans import Span
from advice.rules.terms import Away
from advice.rules.turns import Turn

MONDAY = date(2026, 11, 2)
ONTO = date(2026, 11, 30)
AFTERNOON = Span(time(12), time(17))
WEEK = timedelta(days=7)


def every_week(place: int, weekday: int, span: Span = AFTERNOON, weeks: int = 20) -> dict[tuple[int, date], list[Span]]:
    """Hours of a place on a weekday from MONDAY on."""
    return {(place, MONDAY + number * WEEK + timedelta(days=weekday)): [span] for number in range(weeks)}


def laid(source: list[Turn], hours: Hours, times: int = 2, **besides: object) -> Repetition:
    """A week repeated, everybody on the team and nobody away unless said otherwise."""
    given_: dict[str, object] = {
        "today": date(2026, 11, 22),
        "hours": hours,
        "on_team": lambda member, day: True,
        "away": {},
        "standing": [],
        **besides,
    }
    return repeat(source, MONDAY, 1, ONTO, times, **given_)  # type: ignore[arg-type]


OLD = Turn(1, 1, 5, 7, MONDAY, AFTERNOON)
NEXT, LATER = (Turn(1, 1, 5, 7, ONTO + number * WEEK, AFTERNOON) for number in range(2))


def test_a_week_is_laid_again_on_the_same_weekday() -> None:
    found = laid([OLD], every_week(7, 0))
    assert found.turns == (NEXT, LATER) and found.skipped == () and found.cut == ()


def test_weeks_of_a_pattern_come_in_turn() -> None:
    other = Turn(2, 2, 5, 7, MONDAY + WEEK, AFTERNOON)
    found = repeat(
        [OLD, other], MONDAY, 2, ONTO, 3, today=MONDAY, hours=every_week(7, 0), on_team=lambda *_: True, away={},
        standing=[],
    )  # fmt: skip
    assert [(turn.member, turn.day) for turn in found.turns] == [
        (1, ONTO), (2, ONTO + WEEK), (1, ONTO + 2 * WEEK),
    ]  # fmt: skip


def test_what_cannot_be_laid_is_told_with_why() -> None:
    hours = every_week(7, 0)
    closed = {key: spans for key, spans in hours.items() if key[1] != ONTO}

    def why(found: Repetition) -> list[Skip]:
        return [one.why for one in found.skipped]

    assert why(laid([OLD], closed)) == [Skip.CLOSED]
    assert why(laid([OLD], hours, on_team=lambda member, day: day == ONTO)) == [Skip.NOT_ON_TEAM]
    assert why(laid([OLD], hours, away={1: [Away(ONTO, ONTO + timedelta(days=3))]})) == [Skip.AWAY]
    assert why(laid([OLD], hours, standing=[NEXT])) == [Skip.THERE]
    elsewhere = Turn(1, 1, 5, 8, ONTO, Span(time(16), time(18)))
    assert why(laid([OLD], hours, standing=[elsewhere])) == [Skip.BUSY]
    assert why(laid([OLD], hours, today=ONTO + timedelta(days=1))) == [Skip.PAST]


def test_another_person_there_is_in_nobodys_way_and_back_to_back_is_no_clash() -> None:
    colleague = Turn(2, 2, 5, 7, ONTO, AFTERNOON)
    before = Turn(1, 1, 5, 8, ONTO, Span(time(10), time(12)))
    assert laid([OLD], every_week(7, 0), standing=[colleague, before]).skipped == ()


def test_other_hours_that_day_cut_the_shift_and_usual_hours_leave_it_as_it_is() -> None:
    early = Turn(1, 1, 5, 7, MONDAY, Span(time(11, 30), time(17)))
    hours = {**every_week(7, 0), (7, ONTO): [Span(time(12), time(14))]}
    found = laid([early], hours)
    assert [turn.span for turn in found.turns] == [Span(time(12), time(14)), Span(time(11, 30), time(17))]
    assert found.cut == found.turns[:1]


@pytest.mark.parametrize(
    ("begins", "weeks", "onto"),
    [
        (MONDAY + timedelta(days=1), 1, ONTO),
        (MONDAY, 1, ONTO + timedelta(days=1)),
        (MONDAY, 0, ONTO),
        (MONDAY, 5, ONTO),
    ],
)
def test_only_whole_weeks_are_laid_onto_later_ones(begins: date, weeks: int, onto: date) -> None:
    with pytest.raises(ValueError, match="whole weeks"):
        repeat([], begins, weeks, onto, 1, today=MONDAY, hours={}, on_team=lambda *_: True, away={}, standing=[])


SPANS = st.tuples(st.integers(9, 14), st.integers(1, 4)).map(lambda t: Span(time(t[0]), time(t[0] + t[1])))
TURNS = st.builds(
    lambda person, place, offset, span: Turn(person, person, 5, place, MONDAY + timedelta(days=offset), span),
    *(st.integers(1, 3), st.integers(1, 2), st.integers(0, 13), SPANS),
)
DAYS = st.integers(0, 60).map(lambda offset: MONDAY + timedelta(days=offset))
HOURS = st.dictionaries(st.tuples(st.integers(1, 2), DAYS), st.lists(SPANS, min_size=1, max_size=2), max_size=40)
AWAY = st.dictionaries(
    st.integers(1, 3),
    st.lists(
        st.builds(lambda day, length: Away(day, day + timedelta(days=length)), DAYS, st.integers(0, 9)), max_size=2
    ),
)


@given(st.lists(TURNS, max_size=6), st.integers(1, 2), st.integers(1, 5), HOURS, AWAY, st.lists(TURNS, max_size=3))
def test_every_shift_of_every_week_is_laid_or_told(
    source: list[Turn], weeks: int, times: int, hours: Hours, away: dict[int, list[Away]], standing: list[Turn]
) -> None:
    found = repeat(
        source, MONDAY, weeks, ONTO, times, today=ONTO, hours=hours, on_team=lambda member, _day: member != 3,
        away=away, standing=standing,
    )  # fmt: skip
    asked = sorted(
        (turn.member, turn.place, ONTO + number * WEEK + timedelta(days=turn.day.weekday()))
        for number in range(times)
        for turn in source
        if (turn.day - MONDAY).days // 7 == number % weeks
    )
    told = [*found.turns, *(one.turn for one in found.skipped)]
    assert sorted((turn.member, turn.place, turn.day) for turn in told) == asked
    on_duty: list[Turn] = [*found.turns]
    for turn in on_duty:
        others = [
            one for one in (*on_duty, *standing) if one is not turn and (one.person, one.day) == (turn.person, turn.day)
        ]
        assert not any(one.span.overlaps(turn.span) for one in others)
        assert any(span.overlaps(turn.span) for span in hours[turn.place, turn.day])
        assert turn.member != 3
        assert not any(one.covers(turn.day, turn.span) for one in away.get(turn.person, ()))
