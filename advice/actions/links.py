"""One-time links: a secret address that lets somebody choose a password, or take on a membership, once and for a time.

Every function flushes at most; the caller commits. The address itself is told once, to the caller: only its hash is
stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from advice.actions import sessions
from advice.actions.tokens import hash_of, new_token
from advice.database import db
from advice.models import audit
from advice.models.accounts import LinkPurpose, OneTimeLink
from advice.models.people import Person
from advice.rules.people import INVITATION_LASTS, PASSWORD_LINK_LASTS

LASTS: dict[LinkPurpose, timedelta] = {
    LinkPurpose.INVITATION: INVITATION_LASTS,
    LinkPurpose.PASSWORD: PASSWORD_LINK_LASTS,
    LinkPurpose.MEMBERSHIP: INVITATION_LASTS,
}
OPENS = (LinkPurpose.INVITATION, LinkPurpose.PASSWORD)
"""The purposes of the links that open a person's account."""


def make(
    now: datetime,
    purpose: LinkPurpose,
    person_id: int,
    *,
    membership_id: int | None = None,
    made_by: int | None = None,
    programme_id: int | None = None,
    organisation_id: int | None = None,
) -> str:
    """Make a link for a person and return its secret; those she had for the same purpose open nothing from now on.

    membership_id: what a link of purpose MEMBERSHIP is for; hers for other memberships stay, and the audit does not say
    whose it is, since she has not taken it on. made_by: the person who did it, None for herself or the console.
    """
    same = OneTimeLink.person_id == person_id, OneTimeLink.purpose == purpose
    _close(now, *same, OneTimeLink.membership_id.is_not_distinct_from(membership_id))
    token = new_token()
    row = OneTimeLink(
        token_hash=hash_of(token), purpose=purpose, person_id=person_id, membership_id=membership_id, made_by=made_by,
        created_at=now, expires_at=now + LASTS[purpose],
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    where = {"programme_id": programme_id, "organisation_id": organisation_id, "person_id": made_by}
    whose = {"whose": person_id} if membership_id is None else {}
    audit.record(now, "link_made", OneTimeLink.__tablename__, row.id, **where, purpose=str(purpose), **whose)
    db.session.flush()
    return token


def find(token: str, purpose: LinkPurpose) -> OneTimeLink | None:
    """The link with this secret and its person, used and run out ones too."""
    found = select(OneTimeLink).where(OneTimeLink.token_hash == hash_of(token), OneTimeLink.purpose == purpose)
    return db.session.scalar(found.options(joinedload(OneTimeLink.person)))


def take(token: str, purpose: LinkPurpose, password_hash: str, now: datetime) -> int | None:
    """Use a link up and set the password; the person's id, or None if it opens nothing (any more).

    Her other links that open her account, and all her sessions, end with it.
    """
    if purpose not in OPENS:
        raise ValueError("a link for a membership sets no password")
    found = _used(token, purpose, now)
    if found is None:
        return None
    link_id, person_id = found
    db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))
    close_all(person_id, now)
    sessions.end_all(person_id, now)
    audit.record(now, "link_used", OneTimeLink.__tablename__, link_id, person_id=person_id, purpose=str(purpose))
    audit.record(now, "password_set", Person.__tablename__, person_id, person_id=person_id)
    db.session.flush()
    return person_id


def use_offer(token: str, now: datetime) -> bool:
    """Use up a link to take a membership on; False if it works no more. It opens nothing."""
    return _used(token, LinkPurpose.MEMBERSHIP, now) is not None


def close_all(person_id: int, now: datetime) -> None:
    """Whatever links open a person's account open nothing from now on."""
    _close(now, OneTimeLink.person_id == person_id, OneTimeLink.purpose.in_(OPENS))


def close_offer(membership_id: int, now: datetime) -> None:
    """The links to take a membership on work no more."""
    _close(now, OneTimeLink.membership_id == membership_id)


def _used(token: str, purpose: LinkPurpose, now: datetime) -> tuple[int, int] | None:
    """Ids of a link and its person, if it worked until now. One UPDATE decides, so of two at once one wins."""
    living = (
        OneTimeLink.token_hash == hash_of(token),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
    used = update(OneTimeLink).where(*living).values(used_at=now).returning(OneTimeLink.id, OneTimeLink.person_id)
    found = db.session.execute(used).one_or_none()
    return (found[0], found[1]) if found else None


def _close(now: datetime, *which: object) -> None:
    """Use up what nobody has used among these."""
    db.session.execute(update(OneTimeLink).where(OneTimeLink.used_at.is_(None), *which).values(used_at=now))  # type: ignore[arg-type]
