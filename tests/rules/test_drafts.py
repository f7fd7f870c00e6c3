"""Drafts laid over what is in force, against an obvious reference; who is asked; which state follows which."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.drafts import (
    NEXT,
    Approval,
    Change,
    Deed,
    Planned,
    Standing,
    State,
    clashes,
    is_at_once,
    may_come_in_force,
    may_lay_on,
    must_say_yes,
    overlay,
    touched,
)
from advice.rules.spans import Span
from advice.rules.turns import Turn

DAY = date(2026, 11, 25)
HUSET, BYEN, CAI = 1, 2, 3


def turn(person: int = 1, starts: int = 12, ends: int = 17, place: int = 7, organisation: int = HUSET) -> Turn:
    return Turn(person, person, organisation, place, DAY, Span(time(starts), time(ends)))


def test_changes_lie_over_the_shifts_they_were_made_from() -> None:
    stays, moves, goes = Standing(1, 1, turn(1)), Standing(2, 3, turn(2)), Standing(3, 1, turn(3))
    moved = Change(1, Deed.CHANGE, turn(2, 9, 12), 2, 3)
    gone = Change(2, Deed.CANCEL, turn(3), 3, 1)
    new = Change(3, Deed.ADD, turn(4))
    found = overlay([stays, moves, goes], [moved, gone, new])
    assert found.planned == (
        Planned(turn(2, 9, 12), moves, moved),
        Planned(turn(1), stays, None),
        Planned(turn(4), None, new),
    )
    assert (found.gone, found.stale) == (((goes, gone),), ())


@pytest.mark.parametrize("standing", [[], [Standing(2, 4, turn(2))]])
def test_a_change_of_a_shift_that_is_no_longer_as_it_was_is_left_out_and_told(standing: list[Standing]) -> None:
    moved = Change(1, Deed.CHANGE, turn(2, 9, 12), 2, 3)
    found = overlay(standing, [moved])
    assert found.stale == (moved,)
    assert [one.turn for one in found.planned] == [one.turn for one in standing]


TURNS = st.builds(turn, st.integers(1, 3), st.integers(8, 11), st.integers(12, 16))


@given(st.lists(TURNS, max_size=4), st.lists(st.tuples(st.sampled_from(Deed), TURNS, st.integers(0, 3)), max_size=5))
def test_a_draft_equals_doing_its_changes_one_by_one(shifts: list[Turn], wanted: list[tuple[Deed, Turn, int]]) -> None:
    standing = [Standing(number, 1, one) for number, one in enumerate(shifts)]
    changes, reference, used = [], dict(enumerate(shifts)), set()
    for key, (deed, new, at) in enumerate(wanted):
        if deed is Deed.ADD:
            changes.append(Change(key, deed, new))
            reference[100 + key] = new
        elif at < len(shifts) and at not in used:
            used.add(at)
            changes.append(Change(key, deed, new, at, 1))
            if deed is Deed.CANCEL:
                del reference[at]
            else:
                reference[at] = new
    found = overlay(standing, changes)
    planned = sorted(found.planned, key=lambda one: repr(one.turn))
    assert [one.turn for one in planned] == sorted(reference.values(), key=repr)
    everybody = [(a, b) for a in reference for b in reference if a < b]
    changed = used | {key for key in reference if key >= 100}
    met = [
        1
        for a, b in everybody
        if reference[a].person == reference[b].person
        and reference[a].span.overlaps(reference[b].span)
        and {a, b} & changed
    ]
    assert len(clashes(found.planned)) == len(met)


@pytest.mark.parametrize(
    ("approval", "people", "led", "asked"),
    [
        (Approval.BOTH, {HUSET, BYEN}, {HUSET, BYEN}, {HUSET, BYEN}),
        (Approval.BOTH, {BYEN}, {HUSET, BYEN}, {HUSET, BYEN}),
        (Approval.TOUCHED, {BYEN}, {HUSET, BYEN}, {BYEN}),
        (Approval.RESPONSIBLE, {BYEN, CAI}, {HUSET, BYEN}, {HUSET}),
        (Approval.BOTH, {CAI}, {HUSET, BYEN}, {HUSET}),
        (Approval.TOUCHED, {CAI}, {HUSET}, {HUSET}),
    ],
)
def test_who_has_to_say_yes(approval: Approval, people: set[int], led: set[int], asked: set[int]) -> None:
    assert must_say_yes(approval, HUSET, people, led, coordinating=HUSET) == asked


def test_the_people_touched_are_those_of_the_changes() -> None:
    assert touched([Change(1, Deed.ADD, turn(organisation=BYEN)), Change(2, Deed.ADD, turn())]) == {HUSET, BYEN}


@pytest.mark.parametrize(
    ("said", "sent", "coordinator", "may"),
    [
        ({HUSET, BYEN}, None, False, True),
        ({HUSET}, DAY, True, False),
        ({HUSET}, DAY - timedelta(days=6), True, False),
        ({HUSET}, DAY - timedelta(days=7), True, True),
        ({HUSET}, DAY - timedelta(days=7), False, False),
        ({HUSET}, None, True, False),
    ],
)
def test_when_a_draft_may_come_in_force(said: set[int], sent: date | None, coordinator: bool, may: bool) -> None:
    assert may_come_in_force({HUSET, BYEN}, said, sent, 7, DAY, coordinator=coordinator) is may


def test_what_is_in_force_stays_and_every_state_can_be_left_to_known_ones() -> None:
    assert NEXT[State.IN_FORCE] == frozenset()
    assert set(NEXT) == set(State) and all(following <= set(State) for following in NEXT.values())


def test_changes_of_the_next_days_are_made_at_once() -> None:
    assert is_at_once([DAY, DAY + timedelta(days=7)], DAY, 7)
    assert not is_at_once([DAY, DAY + timedelta(days=8)], DAY, 7)
    assert not is_at_once([DAY - timedelta(days=1)], DAY, 7)


@pytest.mark.parametrize(("day", "expected"), [(24, False), (25, True), (28, True), (29, False)])
def test_a_draft_lays_on_its_days_that_have_not_gone(day: int, expected: bool) -> None:
    first, last = DAY - timedelta(days=2), DAY + timedelta(days=3)
    assert may_lay_on(first, last, DAY.replace(day=day), today=DAY) is expected
    assert may_lay_on(first, last, first), "be it past"
