"""How people log in: sessions, one-time links, second factors, and the log-in services of organisations.

Whatever opens a door is stored as a hash (SHA-256 of 256 random bits; argon2id where people choose), or sealed
with a key made from SECRET_KEY where the program itself must read it again (rules of ASVS 5.0, chapters 6, 7, 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, one_of, owned, same_programme
from advice.models.people import Membership, Person, in_force
from advice.models.tablets import Tablet


class LogInMethod(StrEnum):
    """How a session began. DEMO: a password alone, for invented people in a demonstration."""

    DEMO = "demo"
    PASSWORD = "password"
    PASSKEY = "passkey"
    OIDC = "oidc"
    LINK = "link"
    PIN = "pin"


class LogInSession(Model):
    """One browser that somebody is logged in with. It ends by its limits, or when somebody ends it."""

    __tablename__ = "sessions"
    __table_args__ = (one_of("method", LogInMethod), Index("ix_sessions_person", "person_id", "ended_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"))
    """The membership she works under in this session; None until she chose, or when it has ended."""
    tablet_id: Mapped[int | None] = mapped_column(ForeignKey("tablets.id"), index=True)
    method: Mapped[str] = mapped_column(String(10))
    complete: Mapped[bool] = mapped_column(Boolean, default=True)
    """False while a second factor is still to be set up: nothing but that can be done."""
    device: Mapped[str | None] = mapped_column(String(80))
    """The browser in words, for the person herself: "Firefox på Windows"."""
    created_at: Mapped[datetime] = mapped_column()
    proved_at: Mapped[datetime] = mapped_column()
    """When she last showed who she is: what changes the account asks for it again after a while."""
    last_seen_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    """The absolute limit; the idle limit is counted from last_seen_at."""
    ended_at: Mapped[datetime | None] = mapped_column()

    person: Mapped[Person] = relationship(viewonly=True)


class LinkPurpose(StrEnum):
    """What a one-time link is for. MEMBERSHIP opens no account: it lets who is logged in take on a membership."""

    INVITATION = "invitation"
    PASSWORD = "password"
    MEMBERSHIP = "membership"


class OneTimeLink(Model):
    """A secret address that works once, for a time: an invitation, a new password, or a membership to take on."""

    __tablename__ = "one_time_links"
    __table_args__ = (one_of("purpose", LinkPurpose),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"), index=True)
    """The membership that a link of purpose MEMBERSHIP is for; None for the others."""
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()

    person: Mapped[Person] = relationship(foreign_keys=[person_id], viewonly=True)


class Passkey(Model):
    """A WebAuthn credential of a person; the private half never leaves her device."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(60))
    """As its owner calls it: "min telefon"."""
    created_at: Mapped[datetime] = mapped_column()
    last_used_at: Mapped[datetime | None] = mapped_column()


class TotpSecret(Model):
    """The secret that a person's authenticator shares with us (RFC 6238), sealed. Each code is taken once."""

    __tablename__ = "totp_secrets"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    sealed: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column()
    confirmed_at: Mapped[datetime | None] = mapped_column()
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The newest 30-second step whose code was taken: that one and older ones are refused."""


class RecoveryCode(Model):
    """One of the codes on paper that stand in for a lost second factor, each once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()


class OidcProvider(Model):
    """Where the people of an organisation log in with their work account (OpenID Connect)."""

    __tablename__ = "oidc_providers"
    __table_args__ = owned(
        same_programme("organisation_id", "organisations"),
        UniqueConstraint("programme_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(200))
    sealed_secret: Mapped[str] = mapped_column(String(600))
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False)
    """The service asks for a second factor itself, so that we need not."""
    ended_at: Mapped[datetime | None] = mapped_column()


class OidcIdentity(Model):
    """Who a log-in service says somebody is: its issuer and subject, tied to one person."""

    __tablename__ = "oidc_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column()


class Attempt(Model):
    """Somebody tried to open a door. Who is a keyed hash, so that a password typed as an e-mail is not kept."""

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint("address <> ''", name="address"),
        Index("ix_attempts_account", "door", "account_hash", "at"),
        Index("ix_attempts_address", "door", "address", "at"),
        Index("ix_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column()
    door: Mapped[str] = mapped_column(String(20))
    """What was tried: rules/throttle.py lists the doors and their limits."""
    account_hash: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(45))
    """The network address, or the tablet, it came from."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    succeeded: Mapped[bool] = mapped_column(Boolean)


@dataclass(frozen=True, slots=True)
class Held:
    """A session as it stands in the database: whose it is today, and the idle limit of the tablet it is on."""

    session: LogInSession
    memberships: list[Membership]
    tablet_idle_minutes: int | None


def session_of(token_hash: str, today: date) -> Held | None:
    """The session with this secret and its person's memberships in force today, oldest first.

    None without such a session, or when its person is disabled or belongs nowhere today. One query; whether the
    session still lives is the caller's question to rules/sessions.py.
    """
    # On a shared tablet only its own programme's memberships count, and only while it is enrolled.
    at_tablet = and_(Tablet.ended_at.is_(None), Membership.programme_id == Tablet.programme_id)
    rows = (
        select(LogInSession, Membership, Tablet.idle_minutes)
        .join(Person, Person.id == LogInSession.person_id)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Tablet, Tablet.id == LogInSession.tablet_id)
        .where(LogInSession.token_hash == token_hash, Person.disabled_at.is_(None), in_force(today))
        .where(or_(LogInSession.tablet_id.is_(None), at_tablet))
        .options(
            joinedload(Membership.person),
            joinedload(Membership.organisation),
            joinedload(Membership.programme),
        )
        .order_by(Membership.id)
    )
    found = db.session.execute(rows).all()
    return Held(found[0][0], [row[1] for row in found], found[0][2]) if found else None


def living_sessions(person_id: int, now: datetime) -> list[LogInSession]:
    """A person's sessions that nobody has ended and that have not run out, last used first."""
    mine = LogInSession.person_id == person_id, LogInSession.ended_at.is_(None), LogInSession.expires_at > now
    return list(db.session.scalars(select(LogInSession).where(*mine).order_by(LogInSession.last_seen_at.desc())))


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can show besides her password. Recovery codes alone are no factor: they stand in for one."""

    totp: bool
    passkeys: int
    recovery_codes: int

    @property
    def none(self) -> bool:
        """Whether she has none yet."""
        return not self.totp and not self.passkeys


def factors_of(person_id: int) -> Factors:
    """The second factors a person has set up, and how many recovery codes are left."""
    totp = select(TotpSecret.person_id).where(TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_not(None))
    keys = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    codes = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    found = db.session.execute(select(totp.exists(), keys.scalar_subquery(), codes.scalar_subquery())).one()
    return Factors(bool(found[0]), found[1], found[2])


def attempt_before(
    door: str, most: int, since: datetime, *, account_hash: str | None, address: str | None, failures_only: bool
) -> datetime | None:
    """When the `most`-th newest try at a door after `since` was; None if there were fewer.

    Of one account, from one address, or both; None stands for any.
    """
    tries = select(Attempt.at).where(Attempt.door == door, Attempt.at > since)
    if account_hash is not None:
        tries = tries.where(Attempt.account_hash == account_hash)
    if address is not None:
        tries = tries.where(Attempt.address == address)
    if failures_only:
        tries = tries.where(Attempt.succeeded.is_(False))
    return db.session.scalar(tries.order_by(Attempt.at.desc()).offset(most - 1).limit(1))


def came_in_from(door: str, account_hash: str, address: str, since: datetime) -> bool:
    """Whether somebody came in through this door as this account, from this address, after `since`."""
    mine = Attempt.door == door, Attempt.account_hash == account_hash, Attempt.address == address
    came_in = select(Attempt.id).where(*mine, Attempt.succeeded.is_(True), Attempt.at > since)
    return db.session.scalar(came_in.limit(1)) is not None


def passkeys_of(person_id: int) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    return list(db.session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)))
