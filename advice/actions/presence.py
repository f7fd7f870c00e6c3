"""Met and left: one's own taps. Each flushes in the caller's write transaction.

A tap is about a shift of today, or about helping out at a place; it takes the time of the server's clock, and tapping
twice changes nothing. One writer at a time marks a person (`lock_people`, after the shift: models/roster.py); what the
indexes of the table hold besides is that she has one row a shift and is at one place at once.

One's own taps are not in the audit: its instants would keep to the minute, for years, when somebody came and went,
which the row itself forgets (retention.PRESENCES). What a leader puts right is there: actions/presence_rulings.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import select

from advice.actions.shifts import Refused, Stale
from advice.database import LARGEST_ID, db
from advice.models.people import Membership
from advice.models.presence import Presence, here_elsewhere, marked
from advice.models.roster import Shift, lock_people
from advice.rules.presence import State, about
from advice.rules.spans import Span


class Deed(StrEnum):
    """What a tap says, as forms send it."""

    CAME = "moedt"
    LEFT = "gaaet"
    UNDO = "fortryd"


class NotHers(Refused):
    """There is no such shift of hers that day any more, or nothing to take back."""


class Elsewhere(Refused):
    """She is marked as here somewhere else, and has not left. `row` says where."""

    def __init__(self, row: Presence) -> None:
        super().__init__()
        self.row = row


@dataclass(frozen=True, slots=True)
class Tap:
    """Somebody's tap: under which membership, where, and when, by the server's clock at the place."""

    member: Membership
    place_id: int
    local: datetime

    @property
    def day(self) -> date:
        """The date at the place."""
        return self.local.date()

    @property
    def at(self) -> time:
        """The minute at the place."""
        return to_the_minute(self.local)


@dataclass(frozen=True, slots=True)
class Panel:
    """Where somebody stands at a place today, and what her next tap is about."""

    state: State
    shift: Shift | None = None
    """None: she is not on the plan here today."""
    row: Presence | None = None
    elsewhere: Presence | None = None
    """Where she is marked as here instead."""

    @property
    def may_undo(self) -> bool:
        """Whether her last tap can be taken back by herself: not once a leader has put the row right."""
        return self.row is not None and self.state is not State.AWAITED and self.row.corrected_by is None


def panel(person_id: int, place_id: int, local: datetime, shifts: Iterable[Shift], rows: Iterable[Presence]) -> Panel:
    """Where somebody stands at a place. shifts, rows: active shifts and marks of the day, hers among others'."""
    own = [one for one in rows if one.person_id == person_id]
    hers = {one.id: one for one in shifts if (one.person_id, one.place_id) == (person_id, place_id)}
    by_shift = {one.shift_id: one for one in own if one.shift_id in hers}
    helping = next((one for one in own if one.shift_id not in hers and _stands(one, place_id)), None)
    spans = [(key, Span(one.starts, one.ends)) for key, one in hers.items()]
    key = about(spans, {key: one.mark for key, one in by_shift.items() if key}, to_the_minute(local))
    row = by_shift.get(key) if key is not None else None
    if helping is not None and (key is None or helping.mark.state is State.HERE):
        key, row = None, helping
    elsewhere = next((one for one in own if one.mark.state is State.HERE and one is not row), None)
    return Panel(row.mark.state if row else State.AWAITED, hers.get(key) if key else None, row, elsewhere)


def tap(deed: Deed, one: Tap, shift_id: int | None, row_id: int | None = None, version: int | None = None) -> Presence:
    """Do what a tap says. shift_id: the shift it is about, None for helping out; row_id: the row that she leaves, or
    whose last tap is taken back, if there is one; version: the one that she saw. Raises NotHers, Elsewhere, or Stale
    for an UNDO of what has changed since."""
    if any(key is not None and not 0 < key <= LARGEST_ID for key in (shift_id, row_id)):
        raise NotHers
    # The shift before her, as whoever edits it: the new row's foreign key would want it all the same, and too late.
    shift = _own_shift(one, shift_id) if shift_id is not None and row_id is None else None
    lock_people([one.member.person_id])
    if deed is Deed.UNDO:
        return _undo(one, row_id, version)
    row = marked(one.member.person_id, one.place_id, one.day, shift_id) if row_id is None else _own_row(one, row_id)
    if deed is Deed.CAME and (row is None or row.mark.state is State.AWAITED):
        return _changed(one, row or _new(one, shift), came=one.at)
    if deed is Deed.LEFT and (row.gone is None if row is not None else shift is not None):
        row = row or _new(one, shift)
        # The hour that comes twice in autumn: nobody leaves before she has met.
        return _changed(one, row, gone=max(one.at, row.came or one.at))
    if row is None:
        raise NotHers
    return row


def to_the_minute(local: datetime) -> time:
    """The minute on the wall that an instant at the place lies in."""
    return time(local.hour, local.minute)


def refuse_elsewhere(person_id: int, day: date, besides: int | None) -> None:
    """Elsewhere if somebody is here at another place."""
    if other := here_elsewhere(person_id, day, besides):
        raise Elsewhere(other)


def _stands(row: Presence, place_id: int) -> bool:
    """Whether a row without a shift in force says something about a place."""
    return row.place_id == place_id and (row.came is not None or row.gone is not None)


def _own_shift(one: Tap, shift_id: int) -> Shift:
    """Her active shift of that day in her programme, which stays so until it is marked; else NotHers."""
    hers = Shift.person_id == one.member.person_id, Shift.programme_id == one.member.programme_id
    found = select(Shift).where(Shift.id == shift_id, *hers, Shift.status == "active", Shift.day == one.day)
    shift = db.session.scalar(found.with_for_update(read=True).execution_options(populate_existing=True))
    if shift is None:
        raise NotHers
    return shift


def _own_row(one: Tap, row_id: int | None) -> Presence:
    """Her row of that day in her programme, as it stands now; NotHers if it is none."""
    hers = Presence.person_id == one.member.person_id, Presence.programme_id == one.member.programme_id
    found = select(Presence).where(Presence.id == row_id, *hers, Presence.day == one.day)
    row = db.session.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise NotHers
    return row


def _new(one: Tap, shift: Shift | None) -> Presence:
    """A row for what a tap is about, not yet in the session."""
    whose = shift or one.member
    return Presence(
        programme_id=one.member.programme_id, place_id=shift.place_id if shift else one.place_id,
        shift_id=shift.id if shift else None, membership_id=shift.membership_id if shift else one.member.id,
        person_id=whose.person_id, organisation_id=whose.organisation_id, day=one.day, confirmed=False, version=0,
    )  # fmt: skip


def _changed(one: Tap, row: Presence, **times: time | None) -> Presence:
    """Write the times; whoever would be at two places is refused."""
    values: dict[str, time | None] = {"came": row.came, "gone": row.gone, **times}
    if values["came"] is not None and values["gone"] is None:
        refuse_elsewhere(row.person_id, row.day, row.id)
    for name, value in values.items():
        setattr(row, name, value)
    row.minutes, row.version = None, row.version + 1
    db.session.add(row)
    db.session.flush()
    return row


def _undo(one: Tap, row_id: int | None, version: int | None) -> Presence:
    """Take the last tap back; the row stays, blank."""
    row = _own_row(one, row_id)
    if row.version != version or row.corrected_by is not None or row.mark.state is State.AWAITED:
        raise Stale
    return _changed(one, row, **({"gone": None} if row.gone is not None else {"came": None}))
