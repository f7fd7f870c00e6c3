"""The outbox: a mail is a row until the worker has handed it over. A text message is one, too, all the way.

`put` adds the row in the caller's transaction: what is rolled back is never mailed, what is committed is never
forgotten. The worker claims one row at a time with a lease, commits, talks to the server outside any transaction,
and settles the row in a transaction of its own.

What this promises, and what it cannot. No mail is lost: a row stays until a server has taken it, refused it for good,
or it is of no use any more. No mail is sent twice by two workers: the lease is exclusive. But SMTP has no way to ask
"have you got this already?": if the connection, the worker, its machine or the database goes away after the server
took the mail and before the row says so, it is sent once more, with the same Message-ID and Date, by which mail
programs tell a copy (the same as long as MAIL_FROM keeps its domain). The row is settled as soon as the server has
answered, before the connection is closed politely.

Nor does "given up" mean that nothing arrived. Whoever has a mail sent again has it sent with the same Message-ID.

A body holds secrets (a link that opens an account): it is erased when the mail is sent, when what it carries has run
out, and at the latest SENDABLE after the mail was given up. It stands nowhere else. Subject and kind hold none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, case, func, or_, select, update

from advice.actions.postman import Answer, Outcome
from advice.actions.tokens import hash_of
from advice.database import db
from advice.formats.mail import Letter
from advice.models import audit
from advice.models.accounts import OneTimeLink
from advice.models.outbox import Channel, Mail, is_due, is_free, is_over, is_waiting
from advice.rules.access import Actor
from advice.rules.mail import CANCELLABLE, one_line, plain_address, plain_text, wait_after
from advice.rules.texts import LONGEST, danish_number, in_gsm, room

LEASE = timedelta(minutes=10)
"""Longer than the slowest sending that succeeds (postman.py): only a worker that died loses it."""
KEPT_TRYING = timedelta(days=7)
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
EXPIRED = "expired"
CANCELLED = "cancelled"
SECRETS = re.compile(r"[A-Za-z0-9_-]{43}")
"""What may be the secret of a link in a body (tokens.py)."""


class Hindrance(StrEnum):
    """Why a mail can be neither sent again nor cancelled. GONE: somebody was first, or there is no such mail.

    HELD: a worker is sending it. EXPIRED: what it carries opens nothing any more. NO_WORDS: they are erased.
    """

    GONE = "gone"
    HELD = "held"
    EXPIRED = "expired"
    NO_WORDS = "no_words"


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
    about = {"programme_id": programme_id, "person_id": person_id, "kind": kind, "expires_at": expires_at}
    return _added(now, channel=Channel.MAIL, to_address=address, subject=subject, body=text, **about)


def put_text(
    now: datetime, kind: str, number: str, subject: str, words: str, *, programme_id: int, person_id: int,
    expires_at: datetime,
) -> Mail:  # fmt: skip
    """Add a text message that is due at once, as `put` does a mail. `subject` is for who looks at the outbox.

    ValueError where `number` is no Danish number ("+4512345678"), or one message does not hold the words.
    """
    if danish_number(number) != number:
        raise ValueError("no Danish number to send to")
    if in_gsm(words) != words or room(words) > LONGEST:
        raise ValueError("more words than one message holds")
    about = {"programme_id": programme_id, "person_id": person_id, "kind": kind, "expires_at": expires_at}
    return _added(now, channel=Channel.SMS, to_address=number, subject=subject, body=words, **about)


def _added(now: datetime, *, channel: Channel, subject: str, **fields: Any) -> Mail:
    mail = Mail(
        channel=channel.value, subject=one_line(subject)[:LONGEST_SUBJECT], message_id=uuid4().hex, created_at=now,
        due_at=now, attempts=0, **fields,
    )  # fmt: skip
    db.session.add(mail)
    db.session.flush()
    return mail


def give_up_expired(now: datetime) -> int:
    """Erase the words that will be sent no more, of mails nobody holds; how many. In a write transaction.

    A mail that waited is given up by that.
    """
    reason = case((Mail.given_up_at.is_(None), EXPIRED), else_=Mail.last_error)
    erased = {"given_up_at": func.coalesce(Mail.given_up_at, now), "last_error": reason, "body": None}
    gone = update(Mail).where(is_over(now), is_free(now)).values(erased).returning(Mail.id)
    return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())


def claim(now: datetime, channel: Channel = Channel.MAIL) -> Claimed | None:
    """Lease what has been due longest by a way and is nobody's; None if there is none. In a write transaction."""
    due = select(Mail).where(is_due(now, channel)).order_by(Mail.due_at, Mail.id).limit(1)
    mail = db.session.scalar(due.with_for_update(skip_locked=True))
    if mail is None:
        return None
    mail.leased_until = now + LEASE
    letter = Letter(mail.message_id, mail.to_address, mail.subject, mail.body or "", mail.created_at)
    db.session.flush()
    return Claimed(mail.id, mail.kind, mail.leased_until, letter)


def settle(claimed: Claimed, now: datetime, answer: Answer) -> None:
    """Write down how it went. In a write transaction.

    That a mail was sent is true whoever holds it by now, and though it was given up meanwhile; a failure is only for
    the holder of the lease to say.
    """
    mail = db.session.scalar(select(Mail).where(Mail.id == claimed.id, Mail.sent_at.is_(None)).with_for_update())
    if mail is None or (answer.outcome is not Outcome.SENT and mail.leased_until != claimed.leased_until):
        return
    mail.leased_until = None
    mail.attempts += 1
    mail.last_error = answer.code
    if answer.outcome is Outcome.SENT:
        mail.sent_at, mail.given_up_at, mail.body = now, None, None
    elif answer.outcome is Outcome.REFUSED or now - mail.created_at >= KEPT_TRYING:
        mail.given_up_at = now
    else:
        mail.due_at = now + wait_after(mail.attempts)
    db.session.flush()


def send_again(now: datetime, mail_id: int, by: Actor) -> Hindrance | None:
    """Let a mail of the actor's programme that was given up wait once more, as if it were new; what hinders it.

    In a write transaction; the caller asks whether she may. Its Message-ID stays: should the mail have arrived after
    all, mail programs can tell the copy.
    """
    mail = _locked(mail_id, by, now, Mail.given_up_at.is_not(None))
    if isinstance(mail, Hindrance):
        return mail
    if mail.body is None:
        return Hindrance.EXPIRED if mail.last_error == EXPIRED else Hindrance.NO_WORDS
    if (mail.expires_at is not None and mail.expires_at <= now) or _has_dead_link(mail.body, now):
        return Hindrance.EXPIRED
    mail.given_up_at, mail.last_error, mail.attempts = None, None, 0
    mail.created_at = mail.due_at = now
    whose = {"programme_id": by.programme, "organisation_id": by.organisation, "person_id": by.person}
    audit.record(now, "mail_sent_again", Mail.__tablename__, mail.id, **whose, kind=mail.kind)
    db.session.flush()
    return None


def cancel(now: datetime, mail_id: int, by: Actor) -> Hindrance | None:
    """Give up a mail of the actor's programme that waits; what hinders it. In a write transaction.

    Its words are kept as those of any mail that was given up: whoever pressed the wrong button has it sent again.
    """
    mail = _locked(mail_id, by, now, is_waiting() & Mail.kind.in_(CANCELLABLE))
    if isinstance(mail, Hindrance):
        return mail
    mail.given_up_at, mail.leased_until, mail.last_error = now, None, CANCELLED
    whose = {"programme_id": by.programme, "organisation_id": by.organisation, "person_id": by.person}
    audit.record(now, "mail_cancelled", Mail.__tablename__, mail.id, **whose, kind=mail.kind)
    db.session.flush()
    return None


def _locked(mail_id: int, by: Actor, now: datetime, state: ColumnElement[bool]) -> Mail | Hindrance:
    """A mail of the actor's programme in a state, that no worker holds, for this transaction alone."""
    mine = Mail.id == mail_id, Mail.programme_id == by.programme
    found = select(Mail, is_free(now)).where(*mine, state)
    row = db.session.execute(found.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return Hindrance.GONE
    mail, free = row
    return mail if free else Hindrance.HELD


def _has_dead_link(body: str, now: datetime) -> bool:
    """Whether a one-time link in these words has been used, replaced or closed, or has run out."""
    hashes = [hash_of(secret) for secret in SECRETS.findall(body)]
    dead = OneTimeLink.token_hash.in_(hashes), or_(OneTimeLink.used_at.is_not(None), OneTimeLink.expires_at <= now)
    return db.session.scalar(select(OneTimeLink.id).where(*dead).limit(1)) is not None
