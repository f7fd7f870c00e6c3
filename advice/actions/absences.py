"""Absence entered, withdrawn, and asked for: who has answered a round, and the one reminder.

An absence takes nobody off a shift by itself; which shifts it touches is told, so that whoever plans can act. Why
somebody is away is her own organisation's: the others see "væk" (design.md, rule 6), and the audit holds no reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from advice.actions.shifts import By, NotOnTeam, PastDay, Refused, Stale
from advice.database import db
from advice.models import audit
from advice.models.absences import Absence, AbsenceAnswer, AbsenceRound, away_of
from advice.models.people import Membership, Person
from advice.models.roster import Shift
from advice.rules.spans import Span

LONGEST = timedelta(days=730)
"""Longer than any leave; what is longer is a membership that has ended."""


class TwiceAway(Refused):
    """The person is away already on all of these days. `existing` is that absence."""

    def __init__(self, existing: Absence) -> None:
        super().__init__()
        self.existing = existing


@dataclass(frozen=True, slots=True)
class Days:
    """When somebody is away: from first to last (both inclusive), all day or the same hours of each."""

    first: date
    last: date
    span: tuple[time, time] | None = None


def enter(member: Membership, kind: str, days: Days, by: By) -> Absence:
    """A new absence. Raises PastDay if it is over already, NotOnTeam for a membership that is not one then, TwiceAway
    if all of it is told already; ValueError for days or hours that are none."""
    if not days.first <= days.last or days.last - days.first > LONGEST:
        raise ValueError("an absence lasts from a day to a later one, at most two years")
    if days.span is not None:
        Span(*days.span)
    if days.last < by.today:
        raise PastDay
    if member.valid_to is not None and member.valid_to < days.first:
        raise NotOnTeam
    db.session.execute(select(Person.id).where(Person.id == member.person_id).with_for_update(key_share=True))
    row = Absence(
        programme_id=member.programme_id, membership_id=member.id, person_id=member.person_id,
        organisation_id=member.organisation_id, kind=kind, first_day=days.first, last_day=days.last,
        starts=days.span[0] if days.span else None, ends=days.span[1] if days.span else None, entered_at=by.at,
    )  # fmt: skip
    if told := next((one for one in _others(row) if _holds(one, row)), None):
        raise TwiceAway(told)
    db.session.add(row)
    db.session.flush()
    _record("absence_entered", row, by, membership=row.membership_id)
    return row


def withdraw(absence: Absence, version: int | None, by: By) -> None:
    """Take an absence back, or what is left of it: days that have gone stay. Raises Stale, PastDay if it is over."""
    if absence.withdrawn_at is not None or absence.version != version:
        raise Stale
    if absence.last_day < by.today:
        raise PastDay
    if absence.first_day < by.today:
        absence.last_day = by.today - timedelta(days=1)
    else:
        absence.withdrawn_at = by.at
    absence.version += 1
    db.session.flush()
    _record("absence_withdrawn", absence, by, membership=absence.membership_id)


def shifts_touched(absence: Absence, today: date) -> list[Shift]:
    """The active shifts from today on, in any programme, that an absence covers a moment of, in order."""
    away = away_of(absence)
    found = select(Shift).where(
        Shift.person_id == absence.person_id, Shift.status == "active",
        Shift.day.between(max(absence.first_day, today), absence.last_day),
    )  # fmt: skip
    rows = db.session.scalars(found.options(joinedload(Shift.place)).order_by(Shift.day, Shift.starts))
    return [row for row in rows if away.covers(row.day, Span(row.starts, row.ends))]


def ask(programme_id: int, first: date, last: date, answer_by: date, by: By) -> AbsenceRound:
    """Ask everybody for the absences of some days; a round that still goes on ends. Raises PastDay for an answer that
    would be late already; ValueError for days that are none or that end before the answers are in."""
    if not first <= last or answer_by > last:
        raise ValueError("the answers must be in before the days they are about are over")
    if answer_by < by.today:
        raise PastDay
    for row in db.session.scalars(select(AbsenceRound).filter_by(programme_id=programme_id, ended_at=None)):
        row.ended_at = by.at
    found = AbsenceRound(
        programme_id=programme_id, first_day=first, last_day=last, answer_by=answer_by, person_id=by.person_id,
        begun_at=by.at,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    _record("absence_round_begun", found, by)
    return found


def answer(asked: AbsenceRound, member: Membership, at: datetime) -> None:
    """A member has told all there is; saying so again changes nothing. Raises Stale once the round has ended."""
    if asked.ended_at is not None or asked.programme_id != member.programme_id:
        raise Stale
    if db.session.get(AbsenceAnswer, (asked.id, member.id)) is None:
        db.session.add(
            AbsenceAnswer(programme_id=asked.programme_id, round_id=asked.id, membership_id=member.id, answered_at=at)
        )
        db.session.flush()


def round_now(programme_id: int) -> AbsenceRound | None:
    """The round that goes on, if there is one."""
    found = select(AbsenceRound).where(AbsenceRound.programme_id == programme_id, AbsenceRound.ended_at.is_(None))
    return db.session.scalar(found.order_by(AbsenceRound.id.desc()).limit(1))


def answered(asked: AbsenceRound) -> dict[int, datetime]:
    """Who has answered a round, by membership, and when."""
    found = select(AbsenceAnswer.membership_id, AbsenceAnswer.answered_at).where(AbsenceAnswer.round_id == asked.id)
    return {row.membership_id: row.answered_at for row in db.session.execute(found)}


def _others(row: Absence) -> Sequence[Absence]:
    """What stands of the person's absences that touches the days."""
    found = select(Absence).where(
        Absence.person_id == row.person_id, Absence.withdrawn_at.is_(None), Absence.first_day <= row.last_day,
        Absence.last_day >= row.first_day,
    )  # fmt: skip
    return db.session.scalars(found).all()


def _holds(other: Absence, row: Absence) -> bool:
    """Whether all of an absence is told by another."""
    days = other.first_day <= row.first_day and row.last_day <= other.last_day
    if other.starts is None or other.ends is None:
        return days
    return days and row.starts is not None and row.ends is not None and (
        other.starts <= row.starts and row.ends <= other.ends
    )  # fmt: skip


def _record(action: str, row: Absence | AbsenceRound, by: By, **details: int) -> None:
    audit.record(
        by.at, action, row.__tablename__, row.id, programme_id=row.programme_id, organisation_id=by.organisation_id,
        person_id=by.person_id, **details,
    )  # fmt: skip
    db.session.flush()
