"""Who can stand in and in which order, against a slow reference that asks every minute and compares every pair."""

from __future__ import annotations

from datetime import date, time
from functools import cmp_to_key, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.spans import Span, clock
from advice.rules.stand_ins import Colleague, Hole, can, stand_ins
from advice.rules.terms import Away, Terms, Window

MONDAY = date(2026, 11, 23)
DAYS = [date(2026, 11, number) for number in range(21, 27)]
EVERY = [clock(minute) for minute in range(0, 24 * 60, 30)]
SPANS = st.tuples(st.integers(0, 45), st.integers(1, 47)).map(
    lambda pair: Span(clock(min(pair[0], pair[1] - 1) * 30), clock(max(pair[0] + 1, pair[1]) * 30))
)
FEW = st.frozensets(st.integers(1, 3), max_size=2)
ABSENCES = st.builds(
    lambda days, span: Away(min(days), max(days), span),
    st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)),
    st.none() | SPANS,
)
TERMS = st.builds(
    Terms,
    percent=st.sampled_from([0, 16, 50, 100]),
    windows=st.lists(st.builds(Window, st.integers(0, 2), SPANS), max_size=2).map(tuple),
    most_shifts=st.none() | st.integers(0, 2),
    prefers=FEW,
    avoids=FEW,
)
SPELLS = st.lists(SPANS, max_size=2).map(tuple)
HOLES = st.builds(Hole, st.integers(1, 3), st.just(MONDAY), SPANS, FEW, FEW)
TEAMS = st.lists(
    st.builds(
        Colleague,
        member=st.just(0),
        person=st.integers(1, 4),
        organisation=st.integers(1, 3),
        terms=TERMS,
        away=st.lists(ABSENCES, max_size=1).map(tuple),
        busy=st.lists(SPANS, max_size=1).map(tuple),
        week=SPELLS,
        competences=FEW,
        said_no=st.booleans(),
    ),
    max_size=6,
)


def inside(span: Span) -> list[time]:
    """The half hours of a stretch."""
    return [at for at in EVERY if span.starts <= at < span.ends]


def slow_can(hole: Hole, one: Colleague) -> bool:
    """Whether no half hour of it is hers to be elsewhere."""
    for at in inside(hole.span):
        if any(at in inside(span) for span in one.busy):
            return False
        for away in one.away:
            if away.first <= hole.day <= away.last and (away.span is None or at in inside(away.span)):
                return False
    return True


def facts(hole: Hole, one: Colleague) -> list[float]:
    """What decides, each the smaller the better, the most important first."""
    on_day = [window.span for window in one.terms.windows if window.weekday == hole.day.weekday()]
    within = [any(at in inside(span) for span in on_day) for at in inside(hole.span)]
    days = 0 if not one.terms.windows or all(within) else 1 if any(within) else 2
    worked = sum(len(inside(span)) for span in (*one.week, hole.span)) * 30
    hours = round(37 * 60 * one.terms.percent / 100)
    wish = (1 if hole.place in one.terms.avoids else 0) - (1 if hole.place in one.terms.prefers else 0)
    return [
        float(one.said_no),
        days,
        0 if one.organisation in hole.short else 1,
        -sum(1 for key in one.competences if key in hole.wanted),
        0 if hours else 1,
        worked / hours if hours else len([at for span in one.week for at in inside(span)]),
        wish,
    ]


def before(hole: Hole, a: Colleague, b: Colleague) -> int:
    """Below zero if a comes before b: the first fact that differs decides."""
    for left, right in zip(facts(hole, a), facts(hole, b), strict=True):
        if left != right:
            return -1 if left < right else 1
    return 0


@given(HOLES, TEAMS)
def test_the_order_is_the_one_that_every_pair_is_in(hole: Hole, team: list[Colleague]) -> None:
    fitting = sorted((one for one in team if slow_can(hole, one)), key=cmp_to_key(partial(before, hole)))
    expected = [
        one for number, one in enumerate(fitting) if one.person not in {each.person for each in fitting[:number]}
    ]
    assert [one.colleague for one in stand_ins(hole, team)] == expected


@given(HOLES, TEAMS)
def test_nobody_who_can_is_left_out_and_nobody_else_is_there(hole: Hole, team: list[Colleague]) -> None:
    found = stand_ins(hole, team)
    assert {one.colleague.person for one in found} == {one.person for one in team if slow_can(hole, one)}
    assert all(can(hole, one.colleague) for one in found)
    assert all(one.brings == one.colleague.competences & hole.wanted for one in found)
    assert all(one.share == (one.colleague.organisation in hole.short) for one in found)


NINE_TO_NOON = Span(time(9), time(12))
HOLE = Hole(7, MONDAY, NINE_TO_NOON, short=frozenset({2}), wanted=frozenset({5}))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Colleague(1, 1, 1, Terms()), Colleague(2, 2, 2, Terms(), said_no=True)),
        (Colleague(1, 1, 1, Terms()), Colleague(2, 2, 2, Terms(windows=(Window(1, NINE_TO_NOON),)))),
        (
            Colleague(1, 1, 1, Terms(windows=(Window(0, Span(time(8), time(11))),))),
            Colleague(2, 2, 2, Terms(windows=(Window(1, NINE_TO_NOON),))),
        ),
        (Colleague(1, 1, 2, Terms()), Colleague(2, 2, 1, Terms(), competences=frozenset({5}))),
        (
            Colleague(1, 1, 1, Terms(), competences=frozenset({5}), week=(NINE_TO_NOON, NINE_TO_NOON)),
            Colleague(2, 2, 1, Terms()),
        ),
        (Colleague(1, 1, 1, Terms(100), week=(NINE_TO_NOON,)), Colleague(2, 2, 1, Terms(16))),
        (Colleague(1, 1, 1, Terms(1)), Colleague(2, 2, 1, Terms(0))),
        (Colleague(1, 1, 1, Terms(prefers=frozenset({7}))), Colleague(2, 2, 1, Terms())),
        (Colleague(1, 1, 1, Terms()), Colleague(2, 2, 1, Terms(avoids=frozenset({7})))),
    ],
    ids=[
        "said no", "free that day", "free for a part", "the share", "the competence", "fewest hours", "any hours",
        "would rather", "would rather not",
    ],
)  # fmt: skip
def test_who_is_asked_first(first: Colleague, then: Colleague) -> None:
    assert [one.colleague.person for one in stand_ins(HOLE, [first, then])] == [1, 2]
    assert [one.colleague.person for one in stand_ins(HOLE, [then, first])] == [1, 2]


def test_a_person_of_two_organisations_stands_once_where_she_comes_first() -> None:
    both = [Colleague(1, 9, 1, Terms()), Colleague(2, 9, 2, Terms())]
    assert [one.colleague.member for one in stand_ins(HOLE, both)] == [2]


def test_where_nothing_tells_them_apart_they_stand_as_they_came() -> None:
    team = [Colleague(key, key, 1, Terms()) for key in (3, 1, 2)]
    assert [one.colleague.person for one in stand_ins(HOLE, team)] == [3, 1, 2]
