"""One shift made two at a time of the day, and the two made one again."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from sqlalchemy import select

from advice.actions import shifts
from advice.actions.drafts import laying
from advice.actions.edits.ways import Made, added, cancelled, changed, done, refuse_waiting, waiting, way_of
from advice.actions.shifts import By, Stale, Stretch, stretch_of
from advice.database import db
from advice.models.drafts import Draft, DraftChange
from advice.models.roster import Shift


def split(shift: Shift, version: int | None, at: time, place_id: int, by: By) -> Made:
    """The first part keeps the row and its UID; the second, at a place that may be another, is a new shift of the same
    person. ValueError unless `at` lies within the shift."""
    shifts.refuse_stale(shift, version)
    shifts.refuse_past(shift.day, by)
    whole = stretch_of(shift)
    if not whole.starts < at < whole.ends:
        raise ValueError("a shift is split at a time within it")
    first, second = replace(whole, ends=at), Stretch(place_id, whole.day, at, whole.ends)
    member = shifts.member_on_team(shift.programme_id, shift.membership_id, shift.day)
    way = way_of(shift.programme_id, [changed(shift, first), added(member, second)], [], by)
    if way.at_once:
        return replace(done(shift, way), second=shifts.split(shift, version, at, place_id, by))
    refuse_waiting(shift)

    def lay(draft: Draft) -> list[DraftChange]:
        return [laying.change(draft, shift, shift.version, first, by), laying.add(draft, member.id, second, by)]

    return waiting(shift.programme_id, [shift.day], lay, way, by)


def join(shift: Shift, second: Shift, whole: Stretch, by: By) -> Made:
    """The first part is the whole shift again, the second is cancelled. Raises Stale if that one is another by now."""
    locked = select(Shift).where(Shift.id == second.id).with_for_update().execution_options(populate_existing=True)
    second = db.session.scalars(locked).one()
    if second.status != "active" or second.version != 1:
        raise Stale
    way = way_of(shift.programme_id, [changed(shift, whole), cancelled(second)], [], by)
    if way.at_once:
        with db.session.begin_nested():
            shifts.cancel(second, 1, by)
            shifts.change(shift, shift.version, whole, by)
        return done(shift, way)
    refuse_waiting(shift)
    refuse_waiting(second)

    def lay(draft: Draft) -> list[DraftChange]:
        off = laying.change(draft, second, 1, None, by)
        return [off, laying.change(draft, shift, shift.version, whole, by)]

    return waiting(shift.programme_id, [shift.day], lay, way, by)
