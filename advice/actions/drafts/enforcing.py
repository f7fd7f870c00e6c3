"""Putting a draft in force: its changes become shifts, all of them or none."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from advice.actions import shifts
from advice.actions.drafts.approving import asked
from advice.actions.drafts.laying import record
from advice.actions.drafts.reading import Laid
from advice.actions.shifts import By, Clash, NotOnTeam, Refused, Stale, Stretch
from advice.database import db
from advice.models.drafts import DraftChange
from advice.models.people import same_post_on
from advice.models.roster import Shift, lock_people
from advice.rules.drafts import NEXT, Deed, State

ORDER = (Deed.CANCEL, Deed.CHANGE, Deed.ADD)
"""First the time is free, then it is taken."""


class NotApproved(Refused):
    """Somebody has still to say yes."""


@dataclass
class Held(Refused):
    """The draft cannot come in force as it is; nothing has happened. why: each change that stands in the way."""

    why: list[tuple[DraftChange, Refused]] = field(default_factory=list)


@dataclass(frozen=True)
class Done:
    """What came in force: the shifts as they are now, with the change that made each so."""

    shifts: list[tuple[Shift, Deed]]


def put_in_force(found: Laid, by: By, *, coordinator: bool) -> Done:
    """Make shifts of a draft, all changes or none. The draft must be locked.

    Raises Stale unless it is open or sent, NotApproved, or Held with each change that cannot be: its shift is no
    longer as it was, its day has gone, its person has left or is on duty elsewhere then.
    """
    draft = found.draft
    if State.IN_FORCE not in NEXT[State(draft.state)]:
        raise Stale
    if not asked(found, by.today).allows(draft, by.today, coordinator=coordinator):
        raise NotApproved
    done: list[tuple[Shift, Deed]] = []
    with db.session.begin_nested():
        _lock(found)
        left = sorted(found.rows, key=lambda row: (ORDER.index(Deed(row.deed)), row.day, row.starts, row.id))
        while left:
            held: list[tuple[DraftChange, Refused]] = []
            for row in left:
                try:
                    done.append((_enforced(row, by), Deed(row.deed)))
                except Refused as refused:
                    held.append((row, refused))
            # Somebody's two shifts may change places: what clashed may go once the other has moved.
            if held and (len(held) == len(left) or not any(isinstance(why, Clash) for _row, why in held)):
                raise Held(held)
            left = [row for row, _why in held]
    draft.state, draft.ended_at = State.IN_FORCE.value, by.at
    draft.version += 1
    db.session.flush()
    record("draft_in_force", draft, by, changes=len(found.rows))
    return Done(done)


def _lock(found: Laid) -> None:
    """Nobody else changes these shifts, or those of these people, until the transaction ends: shifts first, then people
    (models.roster.lock_people)."""
    made_from = {key for row in found.rows for key in (row.shift_id, row.replaces_id)}
    keys = sorted(key for key in made_from if key is not None)
    if keys:
        locked = select(Shift).where(Shift.id.in_(keys)).order_by(Shift.id).with_for_update()
        db.session.scalars(locked.execution_options(populate_existing=True)).all()
    lock_people(row.person_id for row in found.rows)


def _added(row: DraftChange, stretch: Stretch, by: By) -> Shift:
    """A new shift, under the membership that the draft names; where she has another post by now (`memberships.moved`),
    under the one that she has that day in the same organisation."""
    try:
        return shifts.add(row.programme_id, row.membership_id, stretch, by)
    except NotOnTeam:
        heir = same_post_on(row.programme_id, row.person_id, row.organisation_id, row.day)
        if heir is None:
            raise
        return shifts.add(row.programme_id, heir.id, stretch, by)


def _enforced(row: DraftChange, by: By) -> Shift:
    """One change as a shift. Raises what actions.shifts raises."""
    stretch = Stretch(row.place_id, row.day, row.starts, row.ends)
    if row.replaces_id is not None:
        return _taken(row, by)
    if row.deed == Deed.ADD:
        return _added(row, stretch, by)
    shift = db.session.get_one(Shift, row.shift_id)
    if row.deed == Deed.CANCEL:
        shifts.cancel(shift, row.shift_version, by)
    else:
        shifts.change(shift, row.shift_version, stretch, by)
    return shift


def _taken(row: DraftChange, by: By) -> Shift:
    """Somebody takes a shift that is cancelled by now: its own person the same one again, another a new one."""
    cancelled = db.session.get_one(Shift, row.replaces_id)
    if cancelled.membership_id != row.membership_id:
        return shifts.take_over(cancelled, row.membership_id, by)
    shifts.restore(cancelled, cancelled.version, by)
    return cancelled
