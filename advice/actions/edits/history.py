"""What was done last to a shift, as the audit has it: for showing it and for taking it back.

Every change of a shift is written into the audit in its own transaction, with where and when it was before; so the
last entry is what made the row as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from advice.actions.shifts import Stretch
from advice.database import db
from advice.models import audit
from advice.models.people import Person
from advice.models.roster import Shift

ACTS = ("shift_added", "shift_changed", "shift_cancelled", "shift_restored")


class Kind(StrEnum):
    """What was done. REPLACED: it was somebody else's, and was handed on."""

    ADDED = "added"
    CHANGED = "changed"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    SPLIT = "split"


@dataclass(frozen=True)
class Edit:
    """What was done, when and by whom (None: the program). before: where and when a changed or split one was; old: the
    shift that one handed on replaced; second: the other part of a split one."""

    kind: Kind
    at: datetime
    who: Person | None
    before: Stretch | None = None
    old: Shift | None = None
    second: Shift | None = None


def last_edit(shift: Shift, since: datetime) -> Edit | None:
    """The last thing done to a shift, unless that was before `since`; None too for what a button cannot take back: a
    split of which the other part is another by now, that part by itself, and a shift that came to her by a swap, as a
    stand-in or by a plan (`shifts.take_over`): others have said yes to that, and taken back alone it left nobody."""
    entry = audit.last_of(shift.programme_id, "shifts", shift.id, ACTS, since)
    if entry is None or "split_from" in entry.details:
        return None
    who = db.session.get(Person, entry.person_id) if entry.person_id else None
    if entry.action == "shift_changed":
        before = stretch_from(entry.details["before"])
        if "split_into" not in entry.details:
            return Edit(Kind.CHANGED, entry.at, who, before=before)
        second = db.session.get_one(Shift, entry.details["split_into"])
        untouched = second.status == "active" and second.version == 1
        return Edit(Kind.SPLIT, entry.at, who, before=before, second=second) if untouched else None
    if entry.action == "shift_added":
        old = _handed_on(shift, since)
        if old is None and shift.replaces_id is not None:
            return None
        return Edit(Kind.REPLACED if old else Kind.ADDED, entry.at, who, old=old)
    return Edit(Kind.CANCELLED if entry.action == "shift_cancelled" else Kind.RESTORED, entry.at, who)


def stretch_from(facts: Mapping[str, Any]) -> Stretch:
    """A stretch as the audit keeps it."""
    starts, ends = (time.fromisoformat(facts[name]) for name in ("starts", "ends"))
    return Stretch(int(facts["place"]), date.fromisoformat(facts["day"]), starts, ends)


def _handed_on(shift: Shift, since: datetime) -> Shift | None:
    """The shift that was cancelled in the same edit so that this one could replace it; None if there is none."""
    if shift.replaces_id is None:
        return None
    entry = audit.last_of(shift.programme_id, "shifts", shift.replaces_id, ACTS, since)
    if entry is None or entry.details.get("replaced_by") != shift.id:
        return None
    return db.session.get(Shift, shift.replaces_id)
