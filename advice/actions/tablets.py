"""Shared tablets: enrolled, unlocked once an adviser and day, ended. Each flushes in the caller's write transaction.

Whether somebody may, and whether a PIN is right, is asked before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from advice.actions import sessions
from advice.actions.tokens import hash_of, new_token
from advice.database import db, is_postgresql
from advice.models import audit
from advice.models.accounts import LogInMethod
from advice.models.people import Membership
from advice.models.tablets import Tablet, TabletUnlock
from advice.rules.sessions import ABSOLUTE

CONTACT_EVERY = timedelta(minutes=1)
"""How precisely the last contact is kept."""


def enrol(
    now: datetime, leader: Membership, place_id: int, name: str, idle_minutes: int, *, before: str | None = None
) -> str:
    """Enrol a device for a place and return its secret, which is never to be had again.

    before: the secret the device holds already; that enrolment ends.
    """
    if before is not None:
        living = select(Tablet.id).where(Tablet.token_hash == hash_of(before), Tablet.ended_at.is_(None))
        former = db.session.scalar(living)
        if former is not None:
            end(now, former, leader.person_id)
    token = new_token()
    row = Tablet(
        programme_id=leader.programme_id, organisation_id=leader.organisation_id, place_id=place_id, name=name,
        token_hash=hash_of(token), idle_minutes=idle_minutes, enrolled_at=now, enrolled_by=leader.person_id,
        last_contact_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _record(now, "tablet_enrolled", row, leader.person_id)
    return token


def end(now: datetime, tablet_id: int, by: int) -> bool:
    """End an enrolment, and with it every session on the device; False if somebody was first. by: a person's id."""
    living = select(Tablet).where(Tablet.id == tablet_id, Tablet.ended_at.is_(None))
    row = db.session.scalar(living.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return False
    row.ended_at, row.ended_by = now, by
    sessions.end_of_tablet(row.id, now)
    _record(now, "tablet_ended", row, by)
    return True


def unlock(now: datetime, day: date, tablet_id: int, member: Membership) -> bool:
    """Remember that an adviser has shown her PIN on a tablet on a day; False if that was known.

    One insert decides, however often and at once it is asked for.
    """
    insert = (postgresql.insert if is_postgresql() else sqlite.insert)(TabletUnlock)
    values = {
        "programme_id": member.programme_id,
        "tablet_id": tablet_id,
        "person_id": member.person_id,
        "membership_id": member.id,
        "day": day,
        "unlocked_at": now,
    }
    written = db.session.execute(insert.values(values).on_conflict_do_nothing().returning(TabletUnlock.id))
    return written.scalar() is not None


def lock_again(person_id: int, today: date, *, under: Collection[int] | None = None) -> None:
    """Forget that a person has unlocked any tablet today: her PIN is asked again. under: only these memberships.

    Those of former days open nothing and stay: they tell whose a visit is that reaches us late.
    """
    hers = [TabletUnlock.person_id == person_id, TabletUnlock.day >= today]
    chosen = [] if under is None else [TabletUnlock.membership_id.in_(under)]
    db.session.execute(delete(TabletUnlock).where(*hers, *chosen))


def let_in(now: datetime, zone: ZoneInfo, tablet_id: int, member: Membership, device: str | None) -> str | None:
    """Begin a session on a tablet for an adviser who has unlocked it today, and return its secret.

    It ends with the day at the place, however busy she is. None if the enrolment has ended meanwhile.
    """
    living = select(Tablet.id).where(Tablet.id == tablet_id, Tablet.ended_at.is_(None))
    if db.session.scalar(living.with_for_update(read=True)) is None:
        return None
    return sessions.begin(
        now, member.person_id, LogInMethod.PIN, member.id, device=device, tablet_id=tablet_id,
        lasts=min(rest_of_day(now, zone), ABSOLUTE),
    )  # fmt: skip


def touch(tablet_id: int, now: datetime) -> None:
    """Remember that the device was in contact; an older instant never takes the place of a newer one."""
    mine = Tablet.id == tablet_id, Tablet.last_contact_at < now
    db.session.execute(update(Tablet).where(*mine).values(last_contact_at=now))


def rest_of_day(now: datetime, zone: ZoneInfo) -> timedelta:
    """How long it is until midnight at the place; the day of a clock change is an hour shorter or longer."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC) - now


def _record(now: datetime, action: str, row: Tablet, person_id: int) -> None:
    """Write it into the audit."""
    whose = {"programme_id": row.programme_id, "organisation_id": row.organisation_id, "person_id": person_id}
    audit.record(now, action, Tablet.__tablename__, row.id, **whose)
    db.session.flush()
