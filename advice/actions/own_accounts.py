"""What a person changes in her own account besides second factors; each flushes in the caller's write transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from advice.actions import links, sessions, tablets
from advice.database import db
from advice.models import audit
from advice.models.people import Person


def has_still(person_id: int, password_hash: str | None) -> bool:
    """Whether this is the hash of her password now, when it was read before a slow compare. Nobody changes it until
    the caller's write transaction ends.
    """
    mine = select(Person.password_hash).where(Person.id == person_id)
    return db.session.scalars(mine.with_for_update()).one() == password_hash


def change_password(person_id: int, password_hash: str, now: datetime) -> None:
    """Store the hash of a new password; links that could set another die. Other sessions are the caller's affair."""
    db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))
    links.close_all(person_id, now)
    audit.record(now, "password_changed", Person.__tablename__, person_id, person_id=person_id)


def hash_anew(person_id: int, password_hash: str) -> None:
    """The same password under today's costs; nothing else changes."""
    db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))


def set_pin(person_id: int, pin_hash: str, now: datetime, today: date) -> None:
    """Store the hash of a new PIN for shared tablets; what the former one has opened is shut. today: at the place."""
    db.session.execute(update(Person).where(Person.id == person_id).values(pin_hash=pin_hash))
    sessions.end_by_pin(person_id, now)
    tablets.lock_again(person_id, today)
    audit.record(now, "pin_set", Person.__tablename__, person_id, person_id=person_id)
