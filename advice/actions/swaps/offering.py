"""Offering a shift, and what every step of a swap is made of: one statement, and one line in the audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, or_, select, update

from advice.actions import shifts
from advice.actions.shifts import NotOnTeam, PastDay, Refused, Stale
from advice.actions.swaps.lapsing import Here, begun, lapses
from advice.database import db
from advice.models import audit
from advice.models.people import Membership
from advice.models.roster import Shift
from advice.models.swaps import Swap, living_of, lock_shifts
from advice.rules.swaps import LIVING, Lapse, Part, State, may_step


class Offered(Stale):
    """The shift is in a swap already."""


class NotYours(Refused):
    """The step is somebody else's to take."""


def offer(shift_id: int, version: int | None, asked: Membership | None, here: Here, *, is_trade: bool) -> Swap:
    """Offer one's own shift to one colleague, or to everybody (None); is_trade: for one of theirs.

    Raises NotYours, Stale, Offered, PastDay for one that has begun, or NotOnTeam.
    """
    before = living_of(shift_id, lock=True)
    shift = lock_shifts([shift_id])[shift_id]
    if shift.person_id != here.person_id:
        raise NotYours
    shifts.refuse_stale(shift, version)
    if begun(shift, here):
        raise PastDay
    shifts.member_on_team(shift.programme_id, shift.membership_id, shift.day)
    if asked is not None:
        if asked.person_id == shift.person_id:
            raise NotOnTeam
        shifts.member_on_team(shift.programme_id, asked.id, shift.day)
    _make_way(shift, before, here)
    swap = Swap(
        programme_id=shift.programme_id, shift_id=shift.id, shift_version=shift.version, is_trade=is_trade,
        asked_id=asked.id if asked else None, offered_at=here.at,
    )  # fmt: skip
    db.session.add(swap)
    db.session.flush()
    record("swap_offered", swap, here, shift=shift.id)
    return swap


def let_lapse(swap: Swap, here: Here) -> Lapse | None:
    """End a living swap that can no longer be, and why; None if it can, or has ended. Nobody's step, whoever sees it
    first: neither the swap nor the audit says who."""
    why = lapses([swap], here).get(swap.id)
    if why is not None:
        step(swap, State.LAPSED, Part.NOBODY, here)
        audit.record(here.at, "swap_lapsed", "swaps", swap.id, programme_id=swap.programme_id)
        db.session.flush()
    return why


def promised(shift: Shift, here: Here) -> bool:
    """Whether a shift is in a swap that waits for leaders and has not lapsed."""
    named = or_(Swap.return_id == shift.id, Swap.shift_id == shift.id)
    found = list(db.session.scalars(select(Swap).where(named, Swap.state == State.TAKEN)))
    return len(lapses(found, here)) < len(found)


def step(swap: Swap, to: State, part: Part, here: Here, **values: Any) -> None:
    """The next state of a swap, if there is a way to it for this part and nobody was first; else Stale."""
    was = State(swap.state)
    if not may_step(was, to, part):
        raise Stale
    if to not in LIVING:
        by_somebody = here.person_id if part is not Part.NOBODY else None
        values |= {"ended_at": here.at, "decided_by": by_somebody}
    as_read = Swap.id == swap.id, Swap.state == was, Swap.version == swap.version
    new = {"state": to.value, "version": swap.version + 1, **values}
    one = update(Swap).where(*as_read).values(new)
    done = db.session.execute(one, execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise Stale
    db.session.refresh(swap)


def record(action: str, swap: Swap, here: Here, **details: int | list[int]) -> None:
    """Note it in the audit, and flush."""
    audit.record(
        here.at, action, "swaps", swap.id, programme_id=swap.programme_id, organisation_id=here.organisation_id,
        person_id=here.person_id, **details,
    )  # fmt: skip
    db.session.flush()


def _make_way(shift: Shift, before: Swap | None, here: Here) -> None:
    """A swap of the shift that can no longer be ends here; one that can raises Offered."""
    now = living_of(shift.id)
    if promised(shift, here) or (now is not None and (before is None or now.id != before.id)):
        raise Offered
    if now is not None and let_lapse(now, here) is None:
        raise Offered
