"""Laying a draft: begun for some days, weeks repeated into it, single changes put in and taken out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from advice.actions.drafts.reading import Laid, laid, turn_of
from advice.actions.shifts import (
    By,
    NotOnTeam,
    PastDay,
    Refused,
    Stale,
    Stretch,
    facts,
    refuse_past,
    stretch_of,
)
from advice.database import db
from advice.models import audit
from advice.models.absences import away_between
from advice.models.drafts import Draft, DraftApproval, DraftChange
from advice.models.people import Membership, members_between
from advice.models.roster import Shift, shifts_between
from advice.models.weeks import openings_between, staffing_between
from advice.rules.drafts import Deed, State, may_lay_on
from advice.rules.openings import STANDING
from advice.rules.repeating import WEEK, Hours, Repetition, repeat
from advice.rules.spans import Span, in_force
from advice.rules.turns import Turn


class LaidAlready(Refused):
    """The draft has that very shift of that person already: the same was asked for twice."""


LONGEST = timedelta(days=371)
"""A draft lays at most a year ahead, as far as openings are stored."""


def begin(programme_id: int, name: str, first: date, last: date, by: By, *, small: bool = False) -> Draft:
    """A new, empty draft for days ahead (both inclusive). Raises PastDay; ValueError for days that make no plan."""
    if not first <= last <= first + LONGEST:
        raise ValueError("a draft is for a stretch of days, at most a year")
    refuse_past(first, by)
    draft = Draft(
        programme_id=programme_id, organisation_id=by.organisation_id, person_id=by.person_id, name=name,
        first_day=first, last_day=last, made_at=by.at, small=small,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    record("draft_begun", draft, by)
    return draft


def lay_again(draft: Draft, begins: date, weeks: int, by: By, may_plan: Callable[[int], bool]) -> Repetition:
    """Repeat `weeks` weeks from a Monday over all whole weeks of the draft; gives what was laid and what was left out.

    may_plan: whether the planner may plan an organisation's people; others' shifts are not repeated. Raises Stale
    unless the draft is being laid; ValueError for weeks that cannot be repeated.
    """
    refuse_unless_open(draft)
    key, onto = draft.programme_id, draft.first_day + timedelta(days=-draft.first_day.weekday() % 7)
    times = (draft.last_day + timedelta(days=1) - onto) // WEEK
    ends = begins + weeks * WEEK - timedelta(days=1)
    source = [
        row for row in shifts_between(key, begins, ends) if row.status == "active" and may_plan(row.organisation_id)
    ]
    there = laid(draft)
    members = {row.id: row for row in members_between(key, draft.first_day, draft.last_day)}
    people = {row.person_id for row in source}
    found = repeat(
        [_turn_now(row, members) for row in source], begins, weeks, onto, times,
        today=by.today,
        hours={**manned_hours(key, begins, ends), **manned_hours(key, draft.first_day, draft.last_day)},
        on_team=lambda member, day: member in members and on_team(members[member], day),
        away=away_between(people, draft.first_day, draft.last_day),
        standing=busy_turns(there, people),
    )  # fmt: skip
    db.session.add_all(_row(draft, turn, by) for turn in found.turns)
    draft.left_out = _told(found)
    touch(draft)
    record("draft_laid", draft, by, turns=len(found.turns), left_out=len(found.skipped))
    return found


def _turn_now(row: Shift, members: Mapping[int, Membership]) -> Turn:
    """A shift to repeat, under the membership she has in the same organisation by the draft's days: the one that the
    shift was held under may have given way to another role since."""
    turn = turn_of(row)
    if row.membership_id in members:
        return turn
    post = row.person_id, row.organisation_id
    heirs = (one.id for one in members.values() if (one.person_id, one.organisation_id) == post)
    return replace(turn, member=next(heirs, row.membership_id))


def _told(found: Repetition) -> dict[str, list[list[Any]]]:
    """What was left out, as the draft keeps it: by why, membership, place and day."""
    told: dict[str, list[list[Any]]] = {}
    for one in found.skipped:
        told.setdefault(one.why.value, []).append([one.turn.member, one.turn.place, one.turn.day.isoformat()])
    return told


def add(
    draft: Draft, membership_id: int, stretch: Stretch, by: By, *, split_from: DraftChange | None = None
) -> DraftChange:
    """A new shift in a draft; split_from: the change it was one with. Raises Stale, PastDay, NotOnTeam or LaidAlready;
    a clash is told by reading the draft."""
    refuse_unless_open(draft)
    _refuse_outside(draft, stretch.day, by)
    member = member_then(draft.programme_id, membership_id, stretch.day)
    same = {"place_id": stretch.place_id, "day": stretch.day, "starts": stretch.starts, "ends": stretch.ends}
    twice = select(DraftChange.id).filter_by(draft_id=draft.id, person_id=member.person_id, **same)
    if db.session.scalar(twice.where(DraftChange.deed == Deed.ADD.value).limit(1)) is not None:
        raise LaidAlready
    span = Span(stretch.starts, stretch.ends)
    turn = Turn(member.id, member.person_id, member.organisation_id, stretch.place_id, stretch.day, span)
    row = _row(draft, turn, by)
    db.session.add(row)
    touch(draft)
    _record("draft_shift_added", draft, row, by, **({"split_from": split_from.id} if split_from else {}))
    return row


def change(draft: Draft, shift: Shift, version: int, stretch: Stretch | None, by: By) -> DraftChange:
    """Another time, day or place for a shift in force; None: it is cancelled. Raises Stale if the shift is not as it
    was seen or the draft changes it already, PastDay or NotOnTeam."""
    refuse_unless_open(draft)
    if shift.status != "active" or shift.version != version:
        raise Stale
    if db.session.scalar(select(DraftChange.id).filter_by(draft_id=draft.id, shift_id=shift.id)) is not None:
        raise Stale
    refuse_past(shift.day, by)
    if stretch is not None:
        _refuse_outside(draft, stretch.day, by)
        member_then(draft.programme_id, shift.membership_id, stretch.day)
    row = _row(draft, turn_of(shift), by)
    row.deed = (Deed.CANCEL if stretch is None else Deed.CHANGE).value
    row.shift_id, row.shift_version = shift.id, version
    if stretch is not None:
        row.place_id, row.day, row.starts, row.ends = stretch.place_id, stretch.day, stretch.starts, stretch.ends
    db.session.add(row)
    touch(draft)
    if stretch is None:
        _record("draft_shift_cancelled", draft, row, by)
    else:
        _record("draft_shift_changed", draft, row, by, before=facts(stretch_of(shift)))
    return row


def alter(draft: Draft, row: DraftChange, version: int, stretch: Stretch, by: By) -> None:
    """Another time, day or place for a shift that the draft adds or changes. Raises Stale if it is not as it was seen,
    PastDay or NotOnTeam."""
    refuse_unless_open(draft)
    if row.deed == Deed.CANCEL or row.version != version:
        raise Stale
    _refuse_outside(draft, stretch.day, by)
    member_then(draft.programme_id, row.membership_id, stretch.day)
    before = facts(stretch_of(row))
    row.place_id, row.day, row.starts, row.ends = stretch.place_id, stretch.day, stretch.starts, stretch.ends
    row.made_at = by.at
    row.version += 1
    touch(draft)
    _record("draft_shift_changed", draft, row, by, before=before)


def take_out(draft: Draft, row: DraftChange, version: int, by: By) -> None:
    """Take a change out of a draft: what is in force stays there. Raises Stale if it is not as it was seen."""
    refuse_unless_open(draft)
    if row.version != version:
        raise Stale
    _record("draft_shift_taken_out", draft, row, by)
    db.session.delete(row)
    touch(draft)


def manned_hours(programme_id: int, first: date, last: date) -> Hours:
    """When people are on duty for the openings of the days (both inclusive), by place and day."""
    needs = staffing_between(programme_id, first, last)
    found: dict[tuple[int, date], list[Span]] = {}
    for opening in openings_between(programme_id, first, last):
        if opening.status in STANDING:
            found.setdefault((opening.place_id, opening.day), []).append(needs.manned(opening))
    return found


def busy_turns(there: Laid, people: set[int]) -> list[Turn]:
    """What people would be on duty for with the draft as it is, in other programmes too."""
    planned = [one.turn for one in there.overlay.planned]
    first, last = there.draft.first_day, there.draft.last_day
    rows = select(Shift).where(
        Shift.status == "active", Shift.programme_id != there.draft.programme_id, Shift.person_id.in_(people),
        Shift.day.between(first, last),
    )  # fmt: skip
    return [*planned, *(turn_of(row) for row in db.session.scalars(rows))]


def member_then(programme_id: int, membership_id: int, day: date) -> Membership:
    """The membership if it can be on the vagtplan that day; else NotOnTeam."""
    members = members_between(programme_id, day, day)
    found = next((one for one in members if one.id == membership_id and on_team(one, day)), None)
    if found is None:
        raise NotOnTeam
    return found


def on_team(member: Membership, day: date) -> bool:
    """Whether a member read by members_between is one on a day."""
    return in_force(member.valid_from, member.valid_to, day)


def refuse_unless_open(draft: Draft) -> None:
    """Stale unless the draft is being laid."""
    if draft.state != State.OPEN:
        raise Stale


def touch(draft: Draft) -> None:
    """A draft that was changed has another version, and nobody has said yes to it as it is now."""
    draft.version += 1
    db.session.execute(delete(DraftApproval).where(DraftApproval.draft_id == draft.id))
    db.session.flush()


def record(action: str, draft: Draft, by: By, **details: object) -> None:
    """An audit entry about a draft."""
    audit.record(
        by.at, action, "drafts", draft.id, programme_id=draft.programme_id, organisation_id=by.organisation_id,
        person_id=by.person_id, **details,
    )  # fmt: skip
    db.session.flush()


def _refuse_outside(draft: Draft, day: date, by: By) -> None:
    if not may_lay_on(draft.first_day, draft.last_day, day, by.today):
        raise PastDay


def _record(action: str, draft: Draft, row: DraftChange, by: By, **details: Any) -> None:
    """An audit entry about one change of a draft, as a shift in force has it (actions.shifts): ids, days and times."""
    record(
        action, draft, by, change=row.id, shift=row.shift_id, membership=row.membership_id, **facts(stretch_of(row)),
        **details,
    )  # fmt: skip


def _row(draft: Draft, turn: Turn, by: By) -> DraftChange:
    # Above every version that a row of the draft has had: SQLite gives the id of a row that was taken out to another.
    return DraftChange(
        version=draft.version + 1,
        programme_id=draft.programme_id, draft_id=draft.id, deed=Deed.ADD.value, membership_id=turn.member,
        person_id=turn.person, organisation_id=turn.organisation, place_id=turn.place, day=turn.day,
        starts=turn.span.starts, ends=turn.span.ends, made_at=by.at,
    )  # fmt: skip
