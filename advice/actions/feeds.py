"""Calendar addresses: made, replaced, closed, and looked up by whoever holds one.

A token is 256 random bits that open one feed and nothing else. It is stored hashed and told once, to its
owner; it dies when she replaces or closes it and when she is disabled, and opens nothing on a day she belongs nowhere.
One lives at a time.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from advice.actions.tokens import hash_of
from advice.actions.tokens import new_token as new_secret
from advice.database import db
from advice.models import audit
from advice.models.people import FeedToken, Membership, Person, in_force


def new_token(person_id: int, now: datetime) -> str:
    """Make the person's calendar address anew and return its token, which is never to be had again.

    Whatever addresses she had are dead from now on. Flushes; the caller commits. LookupError for a person
    who is not there.
    """
    _lock(person_id)
    _revoke(person_id, now)
    token = new_secret()
    row = FeedToken(person_id=person_id, token_hash=hash_of(token), created_at=now)
    db.session.add(row)
    db.session.flush()
    audit.record(now, "feed_token_made", FeedToken.__tablename__, row.id, person_id=person_id)
    db.session.flush()
    return token


def close_address(person_id: int, now: datetime) -> bool:
    """Revoke the person's calendar address; False if she had none. Flushes; the caller commits."""
    _lock(person_id)
    revoked = _revoke(person_id, now)
    for token_id in revoked:
        audit.record(now, "feed_token_revoked", FeedToken.__tablename__, token_id, person_id=person_id)
    db.session.flush()
    return bool(revoked)


def person_of_token(token: str, today: date) -> Person | None:
    """The person whose living address holds this token.

    None for one unknown or revoked, and for somebody who is disabled or has no membership in force today.
    """
    belongs = select(Membership.id).where(Membership.person_id == Person.id, in_force(today)).exists()
    found = (
        select(Person)
        .join(FeedToken, FeedToken.person_id == Person.id)
        .where(FeedToken.token_hash == hash_of(token), FeedToken.revoked_at.is_(None))
        .where(Person.disabled_at.is_(None), belongs)
    )
    return db.session.scalar(found)


def _lock(person_id: int) -> None:
    """One change of a person's addresses at a time: two at once must not leave two that live."""
    if db.session.scalar(select(Person.id).where(Person.id == person_id).with_for_update()) is None:
        raise LookupError(f"there is no person {person_id}")


def _revoke(person_id: int, now: datetime) -> list[int]:
    """Revoke what the person has; the ids of what lived until now."""
    living = FeedToken.person_id == person_id, FeedToken.revoked_at.is_(None)
    found = list(db.session.scalars(select(FeedToken.id).where(*living)))
    if found:
        db.session.execute(update(FeedToken).where(*living).values(revoked_at=now))
    return found
