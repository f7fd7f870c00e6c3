"""A draft of the vagtplan: proposed changes laid over what is in force, who has to say yes to them, and its states.

A draft is change rows, never shifts: each adds, changes or cancels a shift, with the version of it that it was made
from. What is in force stays so until everybody whose people are touched has said yes to that difference ("lægger
vagtplanen i samarbejde"); whoever says yes says it to the difference as it stands, and a change of it asks her anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from advice.rules.turns import Turn, in_order


class State(StrEnum):
    """Where a draft stands. OPEN: being laid. SENT: the leaders concerned are asked."""

    OPEN = "open"
    SENT = "sent"
    IN_FORCE = "in_force"
    DROPPED = "dropped"


NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.SENT, State.IN_FORCE, State.DROPPED}),
    State.SENT: frozenset({State.OPEN, State.IN_FORCE, State.DROPPED}),
    State.IN_FORCE: frozenset(),
    State.DROPPED: frozenset({State.OPEN}),
}
"""State -> those that may come next. An OPEN one comes in force where nobody else has to say yes; a SENT one is OPEN
again when whoever lays it or one who is asked wants it to be."""
LONGEST_WHY = 300
"""So many characters say why a draft is sent back."""


class Deed(StrEnum):
    """What a change of a draft does."""

    ADD = "add"
    CHANGE = "change"
    CANCEL = "cancel"


class Approval(StrEnum):
    """Who says yes to a draft that touches a service: the organisation responsible for it, those whose people are
    touched, or both."""

    RESPONSIBLE = "responsible"
    TOUCHED = "touched"
    BOTH = "responsible_and_touched"


@dataclass(frozen=True, slots=True)
class Standing:
    """A shift in force, under its row's key and in its version."""

    key: int
    version: int
    turn: Turn


@dataclass(frozen=True, slots=True)
class Change:
    """A change row. shift and version: what it was made from, None for ADD. turn: what will be; of a CANCEL, what
    was."""

    key: int
    deed: Deed
    turn: Turn
    shift: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A shift as it will be, with the change that makes it so (None: it stays)."""

    turn: Turn
    shift: Standing | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is in force with a draft laid over it. gone: shifts it cancels. stale: changes whose shift is no longer as
    it was when they were made; they are left out, and a planner has to look at them."""

    planned: tuple[Planned, ...]
    gone: tuple[tuple[Standing, Change], ...]
    stale: tuple[Change, ...]


def overlay(standing: Iterable[Standing], changes: Iterable[Change]) -> Overlay:
    """Lay changes over the shifts in force. standing: every active shift of the days and of every shift changed."""
    by_key = {shift.key: shift for shift in standing}
    changed: dict[int, Change] = {}
    added: list[Change] = []
    stale: list[Change] = []
    for change in changes:
        shift = by_key.get(change.shift) if change.shift is not None else None
        if change.deed is Deed.ADD:
            added.append(change)
        elif shift is None or shift.version != change.version:
            stale.append(change)
        else:
            changed[shift.key] = change
    planned = [Planned(change.turn, None, change) for change in added]
    gone = []
    for key, shift in by_key.items():
        own = changed.get(key)
        if own is None:
            planned.append(Planned(shift.turn, shift, None))
        elif own.deed is Deed.CANCEL:
            gone.append((shift, own))
        else:
            planned.append(Planned(own.turn, shift, own))
    return Overlay(tuple(sorted(planned, key=lambda one: in_order(one.turn))), tuple(gone), tuple(stale))


def clashes(planned: Iterable[Planned]) -> list[tuple[Planned, Planned]]:
    """Two of one person at once, of which at least one is proposed."""
    by_day: dict[tuple[int, date], list[Planned]] = {}
    for one in planned:
        by_day.setdefault((one.turn.person, one.turn.day), []).append(one)
    return [
        (a, b)
        for same in by_day.values()
        for a, b in combinations(same, 2)
        if (a.change or b.change) and a.turn.span.overlaps(b.turn.span)
    ]


def touched(changes: Iterable[Change]) -> frozenset[int]:
    """The organisations whose people changes touch. A shift is one person's for life, so no change moves it across."""
    return frozenset(change.turn.organisation for change in changes)


def must_say_yes(
    approval: Approval, responsible: int, touched_by_it: Iterable[int], led: Collection[int], coordinating: int
) -> frozenset[int]:
    """The organisations that have to say yes to what a draft does to a service. led: those that have a leader."""
    wanted = set() if approval is Approval.RESPONSIBLE else set(touched_by_it)
    if approval is not Approval.TOUCHED:
        wanted.add(responsible)
    return answering(wanted, led, coordinating)


def answering(organisations: Iterable[int], led: Collection[int], coordinating: int) -> frozenset[int]:
    """The organisations whose leaders answer for these: the coordinator's for one without a leader."""
    return frozenset(one if one in led else coordinating for one in organisations)


def may_come_in_force(
    asked: Iterable[int], said_yes: Iterable[int], sent: date | None, days: int, today: date, *, coordinator: bool
) -> bool:
    """Whether a draft may come in force: when all who are asked have said yes, or by the coordinator `days` days after
    it was sent."""
    if set(asked) <= set(said_yes):
        return True
    return coordinator and sent is not None and sent + timedelta(days=days) <= today


def may_lay_on(first: date, last: date, day: date, today: date = date.min) -> bool:
    """Whether a draft for the days from first to last (both inclusive) lays anything on a day: one of its days, that
    has not gone."""
    return max(first, today) <= day <= last


def is_at_once(days: Sequence[date], today: date, soon: int) -> bool:
    """Whether changes on these days are made at once by a leader, without a draft: all lie in today and the `soon`
    days after it."""
    return all(today <= day <= today + timedelta(days=soon) for day in days)
