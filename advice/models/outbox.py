"""The outbox: mails and text messages wait here until the worker has handed them over. No request sends any."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, db, one_of
from advice.models.people import Membership

MOST_LISTED = 200
SENDABLE = timedelta(days=7)
"""So long the words of a mail that was given up are kept, for somebody to have it sent again."""


class Channel(StrEnum):
    """By which way it goes: a mail to an address, or a text message to a Danish number ("+4512345678")."""

    MAIL = "mail"
    SMS = "sms"


class Mail(Model):
    """A mail in the outbox, or a text message, which is handled alike.

    The worker sends it; its words are erased when it has been sent, or can be sent no more.
    """

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_waiting", "sent_at", "given_up_at", "due_at"), one_of("channel", Channel))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    channel: Mapped[str] = mapped_column(String(4), default=Channel.MAIL.value)
    kind: Mapped[str] = mapped_column(String(40))
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(String(20000))
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime | None] = mapped_column()
    """After this instant it is of no use any more (the link in it has run out) and is given up."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column()
    last_error: Mapped[str | None] = mapped_column(String(120))
    sent_at: Mapped[datetime | None] = mapped_column()
    given_up_at: Mapped[datetime | None] = mapped_column()


class Listed(NamedTuple):
    """A mail as a coordinator sees it: everything but its words. `last_error` is a code, None before a failure.

    leased_until: a worker holds it until then. member_id: the newest membership here of the person it is to.
    """

    id: int
    kind: str
    to: str
    subject: str
    since: datetime
    attempts: int
    last_error: str | None
    leased_until: datetime | None
    expires_at: datetime | None
    has_words: bool
    member_id: int | None
    channel: str

    @property
    def is_text(self) -> bool:
        """Whether it is a text message."""
        return self.channel == Channel.SMS

    def is_held(self, now: datetime) -> bool:
        """Whether a worker is sending it."""
        return self.leased_until is not None and self.leased_until > now

    def can_be_sent(self, now: datetime) -> bool:
        """Whether there is something left to send that is still of use, as far as the row can tell."""
        return self.has_words and (self.expires_at is None or self.expires_at > now)


class Counts(NamedTuple):
    """How many mails of a programme wait, how many of those have failed at least once, and how many were given up."""

    waiting: int
    failing: int
    given_up: int


MEMBER = (
    select(func.max(Membership.id))
    .where(Membership.person_id == Mail.person_id, Membership.programme_id == Mail.programme_id)
    .scalar_subquery()
)
LISTED = (
    Mail.id, Mail.kind, Mail.to_address, Mail.subject, Mail.created_at, Mail.attempts, Mail.last_error,
    Mail.leased_until, Mail.expires_at, Mail.body.is_not(None), MEMBER,
    Mail.channel,
)  # fmt: skip


def is_waiting() -> ColumnElement[bool]:
    """Neither sent nor given up."""
    return and_(Mail.sent_at.is_(None), Mail.given_up_at.is_(None))


def is_free(now: datetime) -> ColumnElement[bool]:
    """Held by no worker, or by one whose lease has run out."""
    return or_(Mail.leased_until.is_(None), Mail.leased_until <= now)


def is_over(now: datetime) -> ColumnElement[bool]:
    """Has words that will be sent no more: they are of no use, or it was given up too long ago."""
    over = or_(Mail.expires_at <= now, Mail.given_up_at <= now - SENDABLE)
    return and_(Mail.sent_at.is_(None), Mail.body.is_not(None), over)


def waiting(programme_id: int) -> list[Listed]:
    """The mails of a programme that wait, newest first, at most MOST_LISTED of them; `counts` says how many."""
    return _listed(Mail.programme_id == programme_id, is_waiting())


def given_up(programme_id: int) -> list[Listed]:
    """The mails of a programme that never arrived and will not be tried again by themselves, newest first."""
    return _listed(Mail.programme_id == programme_id, Mail.given_up_at.is_not(None))


def is_there(programme_id: int, mail_id: int) -> bool:
    """Whether a mail is one of a programme's, sent ones too."""
    mine = Mail.programme_id == programme_id, Mail.id == mail_id
    return db.session.scalar(select(Mail.id).where(*mine)) is not None


def counts(programme_id: int) -> Counts:
    """How a programme's mails stand."""
    found = select(
        func.count().filter(is_waiting()),
        func.count().filter(is_waiting(), Mail.attempts > 0),
        func.count().filter(Mail.given_up_at.is_not(None)),
    ).where(Mail.programme_id == programme_id)
    return Counts(*db.session.execute(found).one())


def oldest_waiting() -> datetime | None:
    """Since when the oldest mail has been waiting, of any programme or of none; None when nothing waits."""
    return db.session.scalar(select(func.min(Mail.created_at)).where(is_waiting()))


def is_due(now: datetime, channel: Channel) -> ColumnElement[bool]:
    """To be sent now, by this way."""
    return and_(is_waiting(), is_free(now), Mail.due_at <= now, Mail.channel == channel)


def has_due(now: datetime, channel: Channel = Channel.MAIL) -> bool:
    """Whether there is something to send now."""
    due = select(Mail.id).where(is_due(now, channel)).limit(1)
    return db.session.scalar(due) is not None


def has_expired(now: datetime) -> bool:
    """Whether a mail that nobody holds has words that will be sent no more."""
    over = select(Mail.id).where(is_over(now), is_free(now)).limit(1)
    return db.session.scalar(over) is not None


def _listed(*conditions: ColumnElement[bool]) -> list[Listed]:
    """Mails, newest first."""
    found = select(*LISTED).where(*conditions).order_by(Mail.created_at.desc(), Mail.id.desc()).limit(MOST_LISTED)
    return [Listed(*row) for row in db.session.execute(found)]
