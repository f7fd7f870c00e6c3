"""The outbox: a mail is a row until the worker has handed it over.

`put` adds the row in the caller's transaction: what is rolled back is never mailed, what is committed is never
forgotten. The worker claims one row at a time with a lease, commits, talks to the server outside any transaction,
and settles the row in a transaction of its own.

What this promises, and what it cannot. No mail is lost: a row stays until a server has taken it, refused it for good,
or it is of no use any more. No mail is sent twice by two workers: the lease is exclusive. But SMTP has no way to ask
"have you got this already?": if the connection, the worker, its machine or the database goes away after the server
took the mail and before the row says so, it is sent once more, with the same Message-ID and Date, by which mail
programs tell a copy (the same as long as MAIL_FROM keeps its domain). The row is settled as soon as the server has
answered, before the connection is closed politely.

A body holds secrets (a link that opens an account): it is erased when the mail is sent or given up, and it stands
nowhere else. Subject and kind hold none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update

from advice.actions.postman import Answer, Outcome
from advice.database import db
from advice.formats.mail import Letter
from advice.models.outbox import Mail, is_free, is_waiting
from advice.rules.mail import one_line, plain_address, plain_text, wait_after

LEASE = timedelta(minutes=10)
"""Longer than the slowest sending that succeeds (postman.py): only a worker that died loses it."""
KEPT_TRYING = timedelta(days=7)
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail this worker holds until `leased_until`, as plain values: no row is held while it is sent."""

    id: int
    kind: str
    leased_until: datetime
    letter: Letter


def put(
    now: datetime,
    kind: str,
    to: str,
    subject: str,
    body: str,
    *,
    programme_id: int | None = None,
    person_id: int | None = None,
    expires_at: datetime | None = None,
) -> Mail:
    """Add a mail that is due at once. Flushes; the caller commits, and with it the mail.

    `kind` is a short code ("invitation"); `expires_at` is when it is of no use any more. ValueError where `to` is no
    single address or the body is longer than the column: both are for the caller's form to catch.
    """
    address = plain_address(to)
    text = plain_text(body)
    if address is None:
        raise ValueError("no single address to send to")
    if len(text) > LONGEST_BODY:
        raise ValueError(f"a body of more than {LONGEST_BODY} characters")
    mail = Mail(
        programme_id=programme_id,
        person_id=person_id,
        kind=kind,
        to_address=address,
        subject=one_line(subject)[:LONGEST_SUBJECT],
        body=text,
        message_id=uuid4().hex,
        created_at=now,
        due_at=now,
        expires_at=expires_at,
        attempts=0,
    )
    db.session.add(mail)
    db.session.flush()
    return mail


def give_up_expired(now: datetime) -> int:
    """Give up what nobody holds and is of no use any more, and erase its words; how many. In a write transaction."""
    over = update(Mail).where(is_waiting(), is_free(now), Mail.expires_at <= now)
    gone = over.values(given_up_at=now, last_error=EXPIRED, body=None).returning(Mail.id)
    return len(db.session.scalars(gone).all())


def claim(now: datetime) -> Claimed | None:
    """Lease the mail that has been due longest and is nobody's; None if there is none. In a write transaction."""
    due = select(Mail).where(is_waiting(), is_free(now), Mail.due_at <= now).order_by(Mail.due_at, Mail.id).limit(1)
    mail = db.session.scalar(due.with_for_update(skip_locked=True))
    if mail is None:
        return None
    mail.leased_until = now + LEASE
    letter = Letter(mail.message_id, mail.to_address, mail.subject, mail.body or "", mail.created_at)
    db.session.flush()
    return Claimed(mail.id, mail.kind, mail.leased_until, letter)


def settle(claimed: Claimed, now: datetime, answer: Answer) -> None:
    """Write down how it went. In a write transaction.

    That a mail was sent is true whoever holds it by now; a failure is only for the holder of the lease to say.
    """
    mail = db.session.scalar(select(Mail).where(Mail.id == claimed.id, is_waiting()).with_for_update())
    if mail is None or (answer.outcome is not Outcome.SENT and mail.leased_until != claimed.leased_until):
        return
    mail.leased_until = None
    mail.attempts += 1
    mail.last_error = answer.code
    if answer.outcome is Outcome.SENT:
        mail.sent_at, mail.body = now, None
    elif answer.outcome is Outcome.REFUSED or now - mail.created_at >= KEPT_TRYING:
        mail.given_up_at, mail.body = now, None
    else:
        mail.due_at = now + wait_after(mail.attempts)
    db.session.flush()
