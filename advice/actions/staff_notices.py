"""Notices to the staff: written, changed, taken away before their time, put back.

Who may is for the caller to ask (rules/staff_notices.py). Every function flushes and writes the audit, which holds no
word of the text; the caller commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from advice.actions.shifts import By, PastDay, Stale
from advice.database import db
from advice.models import audit
from advice.models.staff_notices import StaffNotice
from advice.rules.staff_notices import LONGEST


@dataclass(frozen=True, slots=True)
class Told:
    """What is told: the words, at which place (None: all), from first to last (both inclusive)."""

    text: str
    place_id: int | None
    first: date
    last: date


def write(programme_id: int, told: Told, by: By) -> StaffNotice:
    """A new notice. Raises PastDay for one that is over already; ValueError for days that are none."""
    _refuse(told, by)
    row = StaffNotice(
        programme_id=programme_id, organisation_id=by.organisation_id, person_id=by.person_id,
        place_id=told.place_id, first_day=told.first, last_day=told.last, text=told.text, written_at=by.at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _record("staff_notice_written", row, by)
    return row


def change(notice: StaffNotice, version: int | None, told: Told, by: By) -> bool:
    """Other words, place or days; False if nothing differs. Who wrote it first stays.

    The notice must have come from `notice_to_change`. Raises Stale (it was changed or taken away meanwhile) or PastDay.
    """
    if notice.withdrawn_at is not None or notice.version != version:
        raise Stale
    _refuse(told, by)
    if told == told_by(notice):
        return False
    notice.text, notice.place_id = told.text, told.place_id
    notice.first_day, notice.last_day = told.first, told.last
    _record("staff_notice_changed", _touched(notice), by)
    return True


def take_away(notice: StaffNotice, version: int | None, by: By) -> None:
    """Nobody is told any more. The notice must have come from `notice_to_change`. Raises Stale."""
    if notice.withdrawn_at is not None or notice.version != version:
        raise Stale
    notice.withdrawn_at = by.at
    _record("staff_notice_taken_away", _touched(notice), by)


def put_back(notice: StaffNotice, version: int | None, by: By) -> None:
    """It was taken away by mistake. Raises Stale, PastDay if it is over."""
    if notice.withdrawn_at is None or notice.version != version:
        raise Stale
    if notice.last_day < by.today:
        raise PastDay
    notice.withdrawn_at = None
    _record("staff_notice_put_back", _touched(notice), by)


def told_by(notice: StaffNotice) -> Told:
    """What a notice tells."""
    return Told(notice.text, notice.place_id, notice.first_day, notice.last_day)


def _refuse(told: Told, by: By) -> None:
    if not told.first <= told.last or told.last - told.first > LONGEST:
        raise ValueError("a notice is told from a day to the same or a later one, for two months at most")
    if told.last < by.today:
        raise PastDay


def _touched(notice: StaffNotice) -> StaffNotice:
    notice.version += 1
    db.session.flush()
    return notice


def _record(action: str, notice: StaffNotice, by: By) -> None:
    audit.record(
        by.at, action, "staff_notices", notice.id, programme_id=notice.programme_id,
        organisation_id=by.organisation_id, person_id=by.person_id,
    )  # fmt: skip
    db.session.flush()
