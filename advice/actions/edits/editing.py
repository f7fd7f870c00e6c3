"""A shift added, changed, taken off, handed to another person, or active again."""

from __future__ import annotations

from advice.actions import shifts
from advice.actions.drafts import laying
from advice.actions.edits.ways import (
    Made,
    TooFar,
    added,
    cancelled,
    changed,
    done,
    refuse_clash,
    refuse_waiting,
    waiting,
    way_of,
)
from advice.actions.shifts import By, Stale, Stretch, stretch_of
from advice.models.drafts import Draft, DraftChange
from advice.models.roster import Shift, holder_now


def add(programme_id: int, membership_id: int, stretch: Stretch, by: By) -> Made:
    """A new shift."""
    shifts.refuse_past(stretch.day, by)
    member = shifts.member_on_team(programme_id, membership_id, stretch.day)
    way = way_of(programme_id, [added(member, stretch)], [], by)
    if way.at_once:
        return done(shifts.add(programme_id, membership_id, stretch, by), way)
    refuse_clash(programme_id, member.person_id, stretch, None)
    return waiting(programme_id, [stretch.day], lambda draft: [laying.add(draft, member.id, stretch, by)], way, by)


def change(shift: Shift, version: int | None, stretch: Stretch, by: By) -> Made | None:
    """Other time, day or place; None if nothing differs. The shift must be locked (`shift_to_change`)."""
    shifts.refuse_stale(shift, version)
    shifts.refuse_past(shift.day, by)
    shifts.refuse_past(stretch.day, by)
    if stretch == stretch_of(shift):
        return None
    way = way_of(shift.programme_id, [changed(shift, stretch)], [shift.day], by)
    if way.at_once:
        shifts.change(shift, version, stretch, by)
        return done(shift, way)
    refuse_waiting(shift)
    shifts.member_on_team(shift.programme_id, shift.membership_id, stretch.day)
    refuse_clash(shift.programme_id, shift.person_id, stretch, shift.id)
    if abs(stretch.day - shift.day) > laying.LONGEST:
        raise TooFar
    days = [shift.day, stretch.day]
    return waiting(
        shift.programme_id, days, lambda draft: [laying.change(draft, shift, shift.version, stretch, by)], way, by
    )


def cancel(shift: Shift, version: int | None, by: By) -> Made:
    """Take somebody off. The shift must be locked."""
    shifts.refuse_stale(shift, version)
    shifts.refuse_past(shift.day, by)
    way = way_of(shift.programme_id, [cancelled(shift)], [], by)
    if way.at_once:
        shifts.cancel(shift, version, by)
        return done(shift, way)
    refuse_waiting(shift)
    return waiting(
        shift.programme_id, [shift.day], lambda draft: [laying.change(draft, shift, shift.version, None, by)], way, by
    )


def replace(shift: Shift, version: int | None, membership_id: int, by: By) -> Made:
    """Another person. The shift must be locked."""
    shifts.refuse_stale(shift, version)
    shifts.refuse_past(shift.day, by)
    member = shifts.member_on_team(shift.programme_id, membership_id, shift.day)
    stretch = stretch_of(shift)
    way = way_of(shift.programme_id, [cancelled(shift), added(member, stretch)], [], by)
    if way.at_once:
        return done(shifts.replace(shift, version, membership_id, by), way)
    refuse_waiting(shift)
    refuse_clash(shift.programme_id, member.person_id, stretch, shift.id)

    def lay(draft: Draft) -> list[DraftChange]:
        off = laying.change(draft, shift, shift.version, None, by)
        on = laying.add(draft, member.id, stretch, by)
        on.replaces_id = shift.id
        return [off, on]

    return waiting(shift.programme_id, [shift.day], lay, way, by)


def restore(shift: Shift, version: int | None, by: By) -> Made:
    """Take a cancelling back. The shift must be locked."""
    if shift.status != "cancelled" or shift.version != version or holder_now(shift.id):
        raise Stale
    shifts.refuse_past(shift.day, by)
    member = shifts.member_on_team(shift.programme_id, shift.membership_id, shift.day)
    stretch = stretch_of(shift)
    way = way_of(shift.programme_id, [added(member, stretch)], [], by)
    if way.at_once:
        shifts.restore(shift, version, by)
        return done(shift, way)
    refuse_waiting(shift)
    refuse_clash(shift.programme_id, shift.person_id, stretch, shift.id)

    def lay(draft: Draft) -> list[DraftChange]:
        row = laying.add(draft, member.id, stretch, by)
        row.replaces_id = shift.id
        return [row]

    return waiting(shift.programme_id, [shift.day], lay, way, by)
