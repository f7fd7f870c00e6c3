"""The day goes wrong: people fall ill, their shifts are called off at once, and colleagues are asked to stand in.

A shift is the first colleague's who says yes, whether in the telephone or by the link in a mail: whoever acts on a
called-off shift has locked its row first (`shift_to_change`, `lock_shift`), so that of many one gets it and the others
read who has it. Why somebody is away is stored nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from advice.actions import absences, shifts
from advice.actions.absences import Days, TwiceAway
from advice.actions.shifts import By, NotOnTeam, Stale, Taken
from advice.actions.tokens import hash_of, new_token
from advice.database import db
from advice.models import audit
from advice.models.people import Membership, staff_of
from advice.models.roster import Shift, holder_now
from advice.models.stand_ins import OpenWithFewer, StandInAsk, ask_of, ask_with, lock_active, lock_shift
from advice.rules.spans import Span

KIND = "absence"
"""What a sick call is stored as: the same as any absence without a reason."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """Somebody who is away, the shifts that were called off, and those that stand, since they are not this planner's.

    elsewhere: of those, the ones in another programme.
    """

    member: Membership
    called_off: tuple[Shift, ...]
    left: tuple[Shift, ...]

    @property
    def elsewhere(self) -> tuple[Shift, ...]:
        """Those that stand in another programme: whoever plans there decides."""
        return tuple(one for one in self.left if one.programme_id != self.member.programme_id)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer: the shift she got by it, or None."""

    ask: StandInAsk
    cancelled: Shift
    new: Shift | None


def call_off(members: Sequence[Membership], days: Days, may_plan: Callable[[int], bool], by: By) -> list[Fallen]:
    """These people are away, and every active shift of theirs that it touches is cancelled, from today on.

    may_plan: whether the planner may plan the shifts of an organisation, by id. Shifts of other organisations and
    programmes stand and are told. An absence that is told already is not told twice. Raises PastDay or NotOnTeam.
    """
    team = sorted(members, key=lambda one: one.person_id)
    people, programmes = [one.person_id for one in team], {one.programme_id for one in team}
    for programme_id in sorted(programmes):  # the shifts before the people: whoever holds people waits for no shift
        lock_active(people, programme_id, max(days.first, by.today), days.last)
    return [_call_off_one(one, days, may_plan, by) for one in team]


def ask(cancelled: Shift, members: Sequence[Membership], by: By) -> list[tuple[Membership, str]]:
    """Ask these for a called-off shift; the secret of each one's link. A link she had for it opens nothing any more.

    Raises Taken, Stale or PastDay.
    """
    refuse_unless_open(cancelled, by)
    found = []
    for member in members:
        token, row = new_token(), _asked(cancelled, member, by)
        row.token_hash, row.asked_at, row.asked_by = hash_of(token), by.at, by.person_id
        row.answer = row.answered_at = None
        found.append((member, token))
        _record("stand_in_asked", cancelled, by, asked=member.id)
    return found


def say_no(cancelled: Shift, member: Membership, by: By) -> None:
    """She cannot; remembered for as long as somebody is looked for. Raises Taken, Stale or PastDay."""
    refuse_unless_open(cancelled, by)
    row = _asked(cancelled, member, by)
    row.answer, row.answered_at = "no", by.at
    _record("stand_in_declined", cancelled, by, asked=member.id)


def say_yes(cancelled: Shift, member: Membership, by: By) -> Shift:
    """She takes it; the new shift. Raises Taken, Stale, PastDay, NotOnTeam or Clash."""
    new = shifts.take_over(cancelled, member.id, by)
    row = _asked(cancelled, member, by)
    row.answer, row.answered_at = "yes", by.at
    db.session.flush()
    return new


def find(token: str) -> StandInAsk | None:
    """What a secret is about, whether it can still be answered or not."""
    return ask_with(hash_of(token))


def refuse_unless_open(cancelled: Shift, by: By) -> None:
    """Raises Taken if somebody has the shift, Stale if it is active again, PastDay once its day has gone."""
    if holder := holder_now(cancelled.id):
        raise Taken(holder)
    if cancelled.status != "cancelled":
        raise Stale
    shifts.refuse_past(cancelled.day, by)


def refuse_unless_living(asked: StandInAsk, cancelled: Shift, by: By) -> None:
    """Whether the link of an ask opens anything: as `refuse_unless_open`, and NotOnTeam for who is shut out or left."""
    refuse_unless_open(cancelled, by)
    if asked.membership_id not in {one.id for one in staff_of(cancelled.programme_id, cancelled.day)}:
        raise NotOnTeam


def answer(token: str, *, yes: bool, at: datetime, today: date) -> Answered | None:
    """Answer by a link; None for a secret that is nobody's. What she does is hers in the audit.

    Raises Taken, Stale, PastDay, NotOnTeam or Clash; then nothing has changed.
    """
    asked = find(token)
    if asked is None:
        return None
    cancelled, member = lock_shift(asked.shift_id), asked.membership
    by = By(member.person_id, member.organisation_id, at, today)
    refuse_unless_living(asked, cancelled, by)
    if yes:
        return Answered(asked, cancelled, say_yes(cancelled, member, by))
    say_no(cancelled, member, by)
    return Answered(asked, cancelled, None)


def leave_open(cancelled: Shift, by: By) -> None:
    """Nobody is to be found for a shift: the house is open with fewer. Saying so again changes nothing.

    Raises Taken, Stale or PastDay.
    """
    refuse_unless_open(cancelled, by)
    row = db.session.get(OpenWithFewer, cancelled.id)
    if row is not None and row.shift_version == cancelled.version:
        return
    if row is None:
        row = OpenWithFewer(programme_id=cancelled.programme_id, shift_id=cancelled.id)
        db.session.add(row)
    row.person_id, row.at, row.shift_version = by.person_id, by.at, cancelled.version
    _record("gap_accepted", cancelled, by)


def look_again(cancelled: Shift, by: By) -> None:
    """Somebody is to be found after all."""
    row = db.session.get(OpenWithFewer, cancelled.id)
    if row is not None:
        db.session.delete(row)
        _record("gap_reopened", cancelled, by)


def _call_off_one(member: Membership, days: Days, may_plan: Callable[[int], bool], by: By) -> Fallen:
    # What she has told of it already stands; a part of it is told again, as any absence may be.
    touched = {one.id: one for one in _touched(member, days, by)}
    gone = [
        one for one in touched.values() if one.programme_id == member.programme_id and may_plan(one.organisation_id)
    ]
    for shift in gone:
        shifts.cancel(shift, shift.version, by)
    left = tuple(one for one in touched.values() if one not in gone)
    return Fallen(member, tuple(gone), left)


def _touched(member: Membership, days: Days, by: By) -> list[Shift]:
    """Enter the absence; the active shifts that it covers a moment of."""
    try:
        row = absences.enter(member, KIND, days, by)
    except TwiceAway as twice:
        row = twice.existing
    found = absences.shifts_touched(row, by.today)
    span = Span(*days.span) if days.span else None
    inside = [one for one in found if days.first <= one.day <= days.last]
    return [one for one in inside if span is None or span.overlaps(Span(one.starts, one.ends))]


def _asked(cancelled: Shift, member: Membership, by: By) -> StandInAsk:
    """The row of a member's being asked, a new one if need be."""
    row = ask_of(cancelled.id, member.id)
    if row is None:
        row = StandInAsk(
            programme_id=cancelled.programme_id, shift_id=cancelled.id, membership_id=member.id, asked_by=by.person_id,
            asked_at=by.at,
        )  # fmt: skip
        db.session.add(row)
    return row


def _record(action: str, cancelled: Shift, by: By, **details: int) -> None:
    audit.record(
        by.at, action, "shifts", cancelled.id, programme_id=cancelled.programme_id,
        organisation_id=by.organisation_id, person_id=by.person_id, **details,
    )  # fmt: skip
    db.session.flush()
