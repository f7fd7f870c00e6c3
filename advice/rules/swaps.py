"""A swap: a shift offered to colleagues, given away or for one of theirs; its states, who may take each step, who is
asked.

A shift stays the offerer's until the swap is done: whoever only asks has not given anything away. What an offer is
about may change under it (somebody plans on, falls ill, leaves, or the shift begins); then it has lapsed, and nobody
has to end it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from advice.rules.drafts import Approval, answering


class State(StrEnum):
    """Where a swap stands. OFFERED: colleagues are asked. TAKEN: one has said yes, and leaders are asked."""

    OFFERED = "offered"
    TAKEN = "taken"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    """The one colleague who was asked cannot."""
    REFUSED = "refused"
    """A leader has said no."""
    LAPSED = "lapsed"
    """What was offered is no longer as it was."""


NEXT: Mapping[State, frozenset[State]] = {
    State.OFFERED: frozenset({State.TAKEN, State.DONE, State.WITHDRAWN, State.DECLINED, State.LAPSED}),
    State.TAKEN: frozenset({State.OFFERED, State.DONE, State.REFUSED, State.WITHDRAWN, State.LAPSED}),
    State.DONE: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.DECLINED: frozenset(),
    State.REFUSED: frozenset(),
    State.LAPSED: frozenset(),
}
"""State -> those that may come next. What has ended stays ended: whoever still wants to swap offers anew."""

LIVING = frozenset(state for state, following in NEXT.items() if following)
"""A shift is in one swap of these at most."""


class Part(StrEnum):
    """What somebody is in a swap. ASKED: a colleague who may take it. LEADER: of a side that has to say yes.

    NOBODY: the program, once it sees that a swap has lapsed.
    """

    OFFERER = "offerer"
    ASKED = "asked"
    TAKER = "taker"
    LEADER = "leader"
    NOBODY = "nobody"


WHO: Mapping[tuple[State, State], Part] = {
    (State.OFFERED, State.TAKEN): Part.ASKED,
    (State.OFFERED, State.DONE): Part.ASKED,
    (State.OFFERED, State.DECLINED): Part.ASKED,
    (State.OFFERED, State.WITHDRAWN): Part.OFFERER,
    (State.OFFERED, State.LAPSED): Part.NOBODY,
    (State.TAKEN, State.OFFERED): Part.TAKER,
    (State.TAKEN, State.DONE): Part.LEADER,
    (State.TAKEN, State.REFUSED): Part.LEADER,
    (State.TAKEN, State.WITHDRAWN): Part.OFFERER,
    (State.TAKEN, State.LAPSED): Part.NOBODY,
}
"""Who takes each step of NEXT. A taker thinks better of it until the leaders have said yes; then it is offered anew."""


def may_step(state: State, to: State, part: Part) -> bool:
    """Whether somebody in this part may take a swap from one state to another."""
    return to in NEXT[state] and WHO[state, to] is part


class Lapse(StrEnum):
    """Why a swap can no longer be."""

    CHANGED = "changed"
    """The offered shift was changed or cancelled."""
    BEGUN = "begun"
    OFFERER_GONE = "offerer_gone"
    COLLEAGUE_GONE = "colleague_gone"
    """The one who was asked or has said yes is not on the team that day."""
    RETURN_CHANGED = "return_changed"
    RETURN_BEGUN = "return_begun"


@dataclass(frozen=True, slots=True)
class Piece:
    """A shift of a swap as it was when it was named, and as it is.

    holder_there, other_there: whether who has it, and who is to have it, are on the team that day.
    """

    version_named: int
    version: int
    active: bool
    day: date
    starts: time
    holder_there: bool
    other_there: bool = True

    @property
    def changed(self) -> bool:
        """Whether it is another shift than was meant, or none."""
        return not self.active or self.version != self.version_named

    def begun(self, today: date, wall: time) -> bool:
        """Whether it has begun by a date and a clock on the wall at the place."""
        return (self.day, self.starts) <= (today, wall)


def lapse(offered: Piece, returned: Piece | None, today: date, wall: time) -> Lapse | None:
    """Why a living swap can no longer be, or None. returned: the shift that is given for it, once one is named."""
    if offered.changed:
        return Lapse.CHANGED
    if offered.begun(today, wall):
        return Lapse.BEGUN
    if not offered.holder_there or (returned is not None and not returned.other_there):
        return Lapse.OFFERER_GONE
    if not offered.other_there or (returned is not None and not returned.holder_there):
        return Lapse.COLLEAGUE_GONE
    if returned is not None and returned.changed:
        return Lapse.RETURN_CHANGED
    if returned is not None and returned.begun(today, wall):
        return Lapse.RETURN_BEGUN
    return None


@dataclass(frozen=True, slots=True)
class Side:
    """A service that a swap touches: its approval rule, and the organisation responsible for it."""

    approval: Approval
    responsible: int


def must_approve(
    services: Iterable[Side], touched: Iterable[int], new_gap: bool, leading: Iterable[int], led: Collection[int],
    coordinating: int,
) -> frozenset[int]:  # fmt: skip
    """The organisations whose leaders have to say yes before a swap is done; often none.

    Who has a say in a service's plan is its approval rule, as for a draft (rules/drafts.py). But a swap within one
    organisation that leaves nothing lacking that was not lacking before (people in the house, the least of each
    organisation, wanted competences) changes nothing that its leader watches over: she is not asked, and only another
    organisation that is responsible for the service is. Else the organisations of both people are asked, and the
    responsible one where the service says so.

    touched: the organisations that the shifts are counted for, before and after. leading: organisations led by one of
    the two herself, whose yes is in her own. led: organisations with a leader; without one the coordinator's
    (coordinating) says yes in its place.
    """
    own = frozenset(touched)
    asked = {one.responsible for one in services if one.approval is not Approval.TOUCHED}
    asked = asked - own if len(own) == 1 and not new_gap else asked | own
    return answering(asked, led, coordinating) - frozenset(leading)
