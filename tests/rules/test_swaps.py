"""Swaps: every path through the table of states, who may take each step, when one has lapsed, and who is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.drafts import Approval, answering
from advice.rules.swaps import (
    LIVING,
    NEXT,
    WHO,
    Lapse,
    Part,
    Piece,
    Side,
    State,
    lapse,
    may_step,
    must_approve,
)

TODAY, DAY = date(2026, 11, 23), date(2026, 11, 25)
HUSET, BYEN, CAI = 1, 2, 3
PATHS = {
    State.OFFERED: {
        Part.ASKED: {State.TAKEN, State.DONE, State.DECLINED},
        Part.OFFERER: {State.WITHDRAWN},
        Part.NOBODY: {State.LAPSED},
    },
    State.TAKEN: {
        Part.TAKER: {State.OFFERED},
        Part.LEADER: {State.DONE, State.REFUSED},
        Part.OFFERER: {State.WITHDRAWN},
        Part.NOBODY: {State.LAPSED},
    },
}
"""The same table by part, written down a second time."""


def test_the_table_has_every_state_and_each_step_has_one_who_takes_it() -> None:
    assert set(NEXT) == set(State)
    assert set(WHO) == {(state, to) for state, following in NEXT.items() for to in following}
    assert set(LIVING) == {State.OFFERED, State.TAKEN}


@pytest.mark.parametrize(("state", "to", "part"), list(product(State, State, Part)))
def test_a_step_is_one_parts_and_nobody_elses(state: State, to: State, part: Part) -> None:
    assert may_step(state, to, part) is (to in PATHS.get(state, {}).get(part, set()))


def test_every_path_ends_and_every_state_is_reached() -> None:
    reached, ahead = {State.OFFERED}, [State.OFFERED]
    while ahead:
        for to in NEXT[ahead.pop()] - reached:
            reached.add(to)
            ahead.append(to)
    assert reached == set(State)
    assert all(NEXT[state] - LIVING for state in LIVING), "from a living state there is a way to an end"


@given(st.lists(st.tuples(st.sampled_from(State), st.sampled_from(Part)), max_size=30))
def test_whatever_is_tried_what_has_ended_stays_ended_and_only_a_leader_ends_a_taken_one_as_done(
    tried: list[tuple[State, Part]],
) -> None:
    state, ended = State.OFFERED, False
    for to, part in tried:
        if not may_step(state, to, part):
            continue
        assert not ended
        if (state, to) == (State.TAKEN, State.DONE):
            assert part is Part.LEADER
        if to is State.TAKEN:
            assert state is State.OFFERED and part is Part.ASKED
        state, ended = to, to not in LIVING
    assert state in NEXT


OFFERED = Piece(3, 3, True, DAY, time(9), True)
RETURNED = Piece(1, 1, True, DAY + timedelta(days=7), time(13), True)


@pytest.mark.parametrize(
    ("offered", "returned", "why"),
    [
        ({}, None, None),
        ({}, {}, None),
        ({"version": 4}, {}, Lapse.CHANGED),
        ({"active": False}, None, Lapse.CHANGED),
        ({"day": TODAY, "starts": time(12)}, None, Lapse.BEGUN),
        ({"day": TODAY, "starts": time(12, 1)}, None, None),
        ({"day": TODAY - timedelta(days=1)}, {}, Lapse.BEGUN),
        ({"holder_there": False}, None, Lapse.OFFERER_GONE),
        ({}, {"other_there": False}, Lapse.OFFERER_GONE),
        ({"other_there": False}, None, Lapse.COLLEAGUE_GONE),
        ({}, {"holder_there": False}, Lapse.COLLEAGUE_GONE),
        ({}, {"version": 2}, Lapse.RETURN_CHANGED),
        ({}, {"active": False}, Lapse.RETURN_CHANGED),
        ({}, {"day": TODAY, "starts": time(8)}, Lapse.RETURN_BEGUN),
    ],
)
def test_a_swap_lapses_with_what_it_is_about(
    offered: dict[str, object], returned: dict[str, object] | None, why: Lapse | None
) -> None:
    given = None if returned is None else replace(RETURNED, **returned)  # type: ignore[arg-type]
    assert lapse(replace(OFFERED, **offered), given, TODAY, time(12)) is why  # type: ignore[arg-type]


ORGANISATIONS = st.frozensets(st.sampled_from([HUSET, BYEN, CAI]), max_size=3)
SIDES = st.builds(Side, st.sampled_from(Approval), st.sampled_from([HUSET, BYEN, CAI]))


def test_within_one_organisation_and_with_nothing_lacking_nobody_of_it_is_asked() -> None:
    both, touched = Side(Approval.BOTH, HUSET), Side(Approval.TOUCHED, HUSET)
    led = {HUSET, BYEN}
    assert must_approve([both], [HUSET], False, [], led, HUSET) == set()
    assert must_approve([touched], [BYEN], False, [], led, HUSET) == set()
    assert must_approve([both], [BYEN], False, [], led, HUSET) == {HUSET}, "who is responsible keeps her say"
    assert must_approve([both], [HUSET], True, [], led, HUSET) == {HUSET}
    assert must_approve([touched], [BYEN], True, [], led, HUSET) == {BYEN}
    assert must_approve([touched], [BYEN, CAI], False, [], led, HUSET) == {BYEN, HUSET}, "the coordinator's for CAI"
    assert must_approve([both], [HUSET, BYEN], False, [BYEN], led, HUSET) == {HUSET}, "a leader has said her own yes"


@given(st.lists(SIDES, max_size=3), ORGANISATIONS.filter(bool), st.booleans(), ORGANISATIONS, ORGANISATIONS)
def test_who_is_asked_is_an_organisation_with_a_leader_that_has_to_do_with_it(
    sides: list[Side], touched: frozenset[int], gap: bool, leading: frozenset[int], led: frozenset[int]
) -> None:
    asked = must_approve(sides, touched, gap, leading, led, HUSET)
    involved = touched | {one.responsible for one in sides}
    assert asked <= answering(involved, led, HUSET)
    assert not asked & leading
    if gap or len(touched) > 1:
        assert asked >= answering(touched, led, HUSET) - leading
    more = must_approve(sides, touched, True, leading, led, HUSET)
    assert asked <= more, "a gap asks nobody less"
