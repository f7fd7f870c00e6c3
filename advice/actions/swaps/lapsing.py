"""Swaps that can no longer be: a shift was changed or has begun, or somebody has left. Seen whenever they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from advice.actions.shifts import By
from advice.models.people import members_between
from advice.models.roster import Shift
from advice.models.swaps import Swap
from advice.rules.spans import in_force
from advice.rules.swaps import LIVING, Lapse, Piece, lapse


@dataclass(frozen=True, slots=True)
class Here(By):
    """Who does it, when, and what the clock on the wall shows there."""

    wall: time


def lapses(swaps: Iterable[Swap], here: Here) -> dict[int, Lapse]:
    """Why some of these can no longer be, by swap; one query."""
    living = [one for one in swaps if one.state in LIVING]
    if not living:
        return {}
    days = [shift.day for one in living for shift in (one.shift, one.returned) if shift is not None]
    members = {one.id: one for one in members_between(living[0].programme_id, min(days), max(days))}

    def there(member_id: int | None, shift: Shift) -> bool:
        """Whether a member is on the team on the day of a shift."""
        found = members.get(member_id or 0)
        return member_id is None or (found is not None and in_force(found.valid_from, found.valid_to, shift.day))

    found: dict[int, Lapse] = {}
    for one in living:
        shift, returned, other = one.shift, one.returned, one.taker_id or one.asked_id
        offered = _piece(shift, one.shift_version, there(shift.membership_id, shift), there(other, shift))
        given = None
        if returned is not None:
            both = there(returned.membership_id, returned), there(shift.membership_id, returned)
            given = _piece(returned, one.return_version or 0, *both)
        if why := lapse(offered, given, here.today, here.wall):
            found[one.id] = why
    return found


def begun(shift: Shift, here: Here) -> bool:
    """Whether a shift has begun."""
    return (shift.day, shift.starts) <= (here.today, here.wall)


def _piece(shift: Shift, named: int, holder_there: bool, other_there: bool) -> Piece:
    active = shift.status == "active"
    return Piece(named, shift.version, active, shift.day, shift.starts, holder_there, other_there)
