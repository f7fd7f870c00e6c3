"""What is done to a swap that is offered: taken, approved, refused, declined, withdrawn, thought better of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from advice.actions import shifts
from advice.actions.shifts import Clash, Refused, Stale
from advice.actions.swaps.lapsing import Here, begun, lapses
from advice.actions.swaps.offering import NotYours, promised, record, step
from advice.actions.swaps.sides import Handing, asked_for
from advice.actions.whose_yes import leading
from advice.database import db
from advice.models.people import Membership
from advice.models.roster import Shift, lock_people, shift_in_the_way
from advice.models.swaps import Swap, SwapApproval, approvals_of, lock_shifts
from advice.rules.swaps import Lapse, Part, State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: the new shifts if the swap is done by it, else the organisations still to say yes."""

    swap: Swap
    new: tuple[Shift, ...] = ()
    waiting: frozenset[int] = frozenset()


class Lapsed(Refused):
    """What was offered is no longer as it was; `why` says what has changed."""

    def __init__(self, why: Lapse) -> None:
        super().__init__()
        self.why = why


def take(swap: Swap, member: Membership, return_id: int | None, here: Here) -> Outcome:
    """A colleague says yes, and names the shift that she gives where one is wanted.

    The swap is done at once, or waits for leaders. Raises Stale if it is nobody's to take any more, NotYours, Lapsed,
    NotOnTeam or Clash (whoever of the two would be on duty twice at once).
    """
    if swap.state != State.OFFERED:
        raise Stale
    locked = lock_shifts({swap.shift_id, *([return_id] if return_id else [])})
    shift, returned = locked[swap.shift_id], locked.get(return_id or 0)
    _refuse_strangers(swap, shift, returned, member)
    _refuse_lapsed(swap, here)
    if returned is not None and (returned.status != "active" or begun(returned, here) or promised(returned, here)):
        raise Stale
    handings = handings_of(shift, returned, member)
    _refuse_clashes(handings)
    asked = asked_for(handings, here.today)
    named = {"taker_id": member.id, "taken_at": here.at}
    if returned is not None:
        named |= {"return_id": returned.id, "return_version": returned.version}
    if not asked:
        new = _hand_over(handings, here)
        step(swap, State.DONE, Part.ASKED, here, **named)
        record("swap_done", swap, here, taker=member.id)
        return Outcome(swap, new)
    step(swap, State.TAKEN, Part.ASKED, here, **named)
    db.session.add_all(
        SwapApproval(programme_id=swap.programme_id, swap_id=swap.id, organisation_id=one) for one in sorted(asked)
    )
    record("swap_taken", swap, here, taker=member.id)
    return Outcome(swap, waiting=asked)


def decline(swap: Swap, here: Here) -> None:
    """The one who was asked cannot. Raises NotYours, Lapsed or Stale."""
    if swap.asked is None or swap.asked.person_id != here.person_id:
        raise NotYours
    _lock_living(swap, here)
    step(swap, State.DECLINED, Part.ASKED, here)
    record("swap_declined", swap, here)


def back_out(swap: Swap, here: Here) -> None:
    """Who has said yes thinks better of it: the shift is offered as before. Raises NotYours, Lapsed or Stale."""
    if swap.taker is None or swap.taker.person_id != here.person_id:
        raise NotYours
    _lock_living(swap, here)
    nothing = dict.fromkeys(("taker_id", "taken_at", "return_id", "return_version"))
    step(swap, State.OFFERED, Part.TAKER, here, **nothing)
    db.session.execute(delete(SwapApproval).where(SwapApproval.swap_id == swap.id))
    record("swap_reopened", swap, here)


def withdraw(swap: Swap, here: Here) -> None:
    """The offerer keeps her shift. Raises NotYours, Lapsed or Stale."""
    if swap.shift.person_id != here.person_id:
        raise NotYours
    _lock_living(swap, here)
    step(swap, State.WITHDRAWN, Part.OFFERER, here)
    record("swap_withdrawn", swap, here)


def approve(swap: Swap, version: int | None, leader: Membership, here: Here) -> Outcome:
    """A leader says yes for the sides she answers for, to the swap as she saw it; the last yes makes it so.

    Raises Stale, NotYours, Lapsed, NotOnTeam or Clash.
    """
    mine, others = _sides(swap, version, leader, here)
    locked = _lock_living(swap, here)
    for row in mine:
        row.person_id, row.at = here.person_id, here.at
    record("swap_approved", swap, here, organisations=[row.organisation_id for row in mine])
    if others:
        return Outcome(swap, waiting=frozenset(row.organisation_id for row in others))
    assert swap.taker is not None
    new = _hand_over(handings_of(locked[swap.shift_id], locked.get(swap.return_id or 0), swap.taker), here)
    step(swap, State.DONE, Part.LEADER, here)
    record("swap_done", swap, here, taker=swap.taker.id)
    return Outcome(swap, new)


def refuse(swap: Swap, version: int | None, leader: Membership, here: Here) -> None:
    """A leader who is asked says no: everybody keeps her shift. Raises Stale, NotYours or Lapsed."""
    _sides(swap, version, leader, here)
    _lock_living(swap, here)
    step(swap, State.REFUSED, Part.LEADER, here)
    record("swap_refused", swap, here)


def handings_of(shift: Shift, returned: Shift | None, taker: Membership) -> list[Handing]:
    """Which shift goes to whom."""
    given = [] if returned is None else [Handing(returned, shift.membership)]
    return [Handing(shift, taker), *given]


def _refuse_strangers(swap: Swap, shift: Shift, returned: Shift | None, member: Membership) -> None:
    """NotYours unless she may take it, and gives one of hers where one is wanted."""
    asked = swap.asked
    if member.person_id == shift.person_id or (asked is not None and asked.person_id != member.person_id):
        raise NotYours
    if (returned is not None) is not swap.is_trade:
        raise NotYours
    if returned is not None and (returned.person_id, returned.programme_id) != (member.person_id, swap.programme_id):
        raise NotYours
    shifts.member_on_team(swap.programme_id, member.id, shift.day)


def _lock_living(swap: Swap, here: Here) -> dict[int, Shift]:
    """The shifts of a swap, locked, by id: what is said of them stays true until the commit. Raises Lapsed: who says no
    to what has changed meanwhile must not read that a shift is still hers."""
    locked = lock_shifts({swap.shift_id, *([swap.return_id] if swap.return_id else [])})
    _refuse_lapsed(swap, here)
    return locked


def _refuse_lapsed(swap: Swap, here: Here) -> None:
    if why := lapses([swap], here).get(swap.id):
        raise Lapsed(why)


def _refuse_clashes(handings: Sequence[Handing]) -> None:
    """Clash for whoever would be on duty twice at once; what she gives away is not in her way."""
    for one in handings:
        shift = one.shift
        given = next((other.shift.id for other in handings if other is not one), None)
        in_the_way = shift_in_the_way(one.to.person_id, shift.day, shift.starts, shift.ends, given)
        if in_the_way is not None:
            raise Clash(in_the_way)


def _hand_over(handings: Sequence[Handing], here: Here) -> tuple[Shift, ...]:
    """Cancel the shifts, and put the other on each: all of it or none. Raises Clash, NotOnTeam, PastDay or Stale."""
    with db.session.begin_nested():
        lock_people(person for one in handings for person in (one.shift.person_id, one.to.person_id))
        for one in handings:  # first both are free, then both are taken: they may be at the same hour
            shifts.cancel(one.shift, one.shift.version, here)
        return tuple(shifts.take_over(one.shift, one.to.id, here) for one in handings)


def _sides(
    swap: Swap, version: int | None, leader: Membership, here: Here
) -> tuple[list[SwapApproval], list[SwapApproval]]:
    """Of the sides that have still to say yes, those that a leader answers for, and the others."""
    if swap.state != State.TAKEN or swap.version != version:
        raise Stale
    found = leading(swap.programme_id, here.today)
    missing = [one for one in approvals_of([swap.id]).get(swap.id, []) if one.at is None]
    hers = found.sides_of(leader)
    mine = [one for one in missing if found.answering([one.organisation_id]) & hers]
    if not mine:
        raise NotYours
    return mine, [one for one in missing if one not in mine]
