"""Taking back what was done last to a shift: an edit like any other, with its own history."""

from __future__ import annotations

from datetime import datetime

from advice.actions import shifts
from advice.actions.edits import editing, splitting
from advice.actions.edits.history import Edit, Kind, last_edit
from advice.actions.edits.ways import Made
from advice.actions.shifts import By, Refused
from advice.models.roster import Shift


class TooLate(Refused):
    """What was done last was not done today, or is none of what a button takes back (`last_edit`)."""


def undo(shift: Shift, version: int | None, since: datetime, by: By) -> Made:
    """Take back what was done last to a shift.

    A shift that was added is cancelled, a cancelled one is active again, a changed one goes back to where it was, one
    that was handed on is handed back, and a split one is whole again. Raises TooLate unless it was done at or after
    `since` (a cancelling can be taken back whenever its day is ahead), Stale unless the shift is as the person saw it.
    """
    if shift.status != "active":
        return editing.restore(shift, version, by)
    shifts.refuse_stale(shift, version)
    edit = last_edit(shift, since)
    if edit is None:
        raise TooLate
    return _undone(shift, edit, by)


def _undone(shift: Shift, edit: Edit, by: By) -> Made:
    if edit.kind is Kind.CHANGED and edit.before is not None:
        made = editing.change(shift, shift.version, edit.before, by)
        if made is None:
            raise TooLate
        return made
    if edit.kind is Kind.REPLACED and edit.old is not None:
        return editing.replace(shift, shift.version, edit.old.membership_id, by)
    if edit.kind is Kind.SPLIT and edit.before is not None and edit.second is not None:
        return splitting.join(shift, edit.second, edit.before, by)
    return editing.cancel(shift, shift.version, by)
