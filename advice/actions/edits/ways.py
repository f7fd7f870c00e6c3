"""Whether an edit is made at once or has to wait for the others' yes, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from advice.actions.drafts import approving, laying
from advice.actions.drafts.approving import Concerned
from advice.actions.drafts.reading import laid, turn_of
from advice.actions.shifts import By, Clash, Refused, Stretch
from advice.database import db
from advice.models.drafts import Draft, DraftChange, waiting_for, waits_there
from advice.models.people import Membership
from advice.models.programmes import Programme
from advice.models.roster import Shift, lock_people, shift_in_the_way
from advice.rules.drafts import Change, Deed, is_at_once
from advice.rules.spans import Span
from advice.rules.turns import Turn

NAME = "Ændring"
"""What a small draft is called where plans have a name; it says nothing of anybody."""


@dataclass(frozen=True)
class Made:
    """What became of an edit. shift: as it is now, the new one of two; None where the edit waits as `draft`.

    others: the organisations that have still to say yes to the draft, or that are to hear of what was done.
    """

    shift: Shift | None
    draft: Draft | None
    others: frozenset[int]
    names: Mapping[int, str]
    second: Shift | None = None
    """The other part of a shift that was split."""


class Waits(Refused):
    """An edit of the shift waits for a yes already: that comes first. `draft` is the one."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


class AskedAlready(Refused):
    """It waits for a yes already that the person is to be on duty at that time."""


class TooFar(Refused):
    """No draft reaches from where the shift is to where it is to be."""


@dataclass(frozen=True)
class Way:
    """How an edit is made: at once, or by asking the others first."""

    at_once: bool
    others: frozenset[int]
    names: Mapping[int, str]


def way_of(programme_id: int, changes: Sequence[Change], days: Sequence[date], by: By) -> Way:
    """Whether changes are made at once. days: those that they touch besides the days they are on."""
    concerned: Concerned = approving.concerned(programme_id, changes, by.today)
    soon = db.session.get_one(Programme, programme_id).at_once_days
    missing = concerned.asked - {by.organisation_id}
    if not missing or is_at_once([*days, *(one.turn.day for one in changes)], by.today, soon):
        return Way(True, concerned.told - {by.organisation_id}, concerned.names)
    return Way(False, missing, concerned.names)


def way_of_shift(shift: Shift, by: By) -> Way:
    """The same of any edit of a shift that leaves it on its day."""
    return way_of(shift.programme_id, [cancelled(shift)], [], by)


def done(shift: Shift, way: Way) -> Made:
    """It was made at once."""
    return Made(shift, None, way.others, way.names)


def waiting(
    programme_id: int, days: Sequence[date], lay: Callable[[Draft], Sequence[DraftChange]], way: Way, by: By
) -> Made:
    """Lay a small draft and send it: by laying it, the editor has said yes for her side."""
    draft = laying.begin(programme_id, NAME, min(days), max(days), by, small=True)
    lay(draft)
    db.session.flush()
    approving.send(laid(draft), by)
    return Made(None, draft, way.others, way.names)


def refuse_waiting(shift: Shift) -> None:
    """Waits if an edit of the shift waits for a yes already."""
    draft = waiting_for(shift)
    if draft is not None:
        raise Waits(draft)


def refuse_clash(programme_id: int, person_id: int, stretch: Stretch, besides: int | None) -> None:
    """Clash for what could not come in force as things are, AskedAlready for what waits for a yes already; what refuses
    a clash then is the guard. One at a time asks for somebody: two at once would not see each other."""
    lock_people([person_id])
    if waits_there(programme_id, person_id, stretch.day, stretch.starts, stretch.ends):
        raise AskedAlready
    existing = shift_in_the_way(person_id, stretch.day, stretch.starts, stretch.ends, besides)
    if existing is not None:
        raise Clash(existing)


def added(member: Membership, stretch: Stretch) -> Change:
    """A new shift, as the rule takes it."""
    span = Span(stretch.starts, stretch.ends)
    turn = Turn(member.id, member.person_id, member.organisation_id, stretch.place_id, stretch.day, span)
    return Change(0, Deed.ADD, turn)


def changed(shift: Shift, stretch: Stretch) -> Change:
    """A shift at another time, day or place."""
    span = Span(stretch.starts, stretch.ends)
    turn = Turn(shift.membership_id, shift.person_id, shift.organisation_id, stretch.place_id, stretch.day, span)
    return Change(shift.id, Deed.CHANGE, turn, shift.id, shift.version)


def cancelled(shift: Shift) -> Change:
    """A shift taken off."""
    return Change(shift.id, Deed.CANCEL, turn_of(shift), shift.id, shift.version)
