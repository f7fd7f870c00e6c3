"""People, their memberships (person, organisation, role, validity) and their calendar addresses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    UniqueConstraint,
    Uuid,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, one_of, ordered, owned, same_programme
from advice.models.programmes import Organisation, Programme, valid_on
from advice.models.scope import scoped
from advice.rules.access import Action, Actor, Role


class Person(Model):
    """Somebody who works here. One person can be a member of several programmes and organisations."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(Uuid, unique=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(
        String(240).with_variant(String(240, collation="C"), "postgresql"), index=True
    )
    """Danish alphabetical order, the same on both engines: rules.danish.sort_key(name)."""
    phone: Mapped[str | None] = mapped_column(String(30))
    sms_since: Mapped[datetime | None] = mapped_column()
    """Since when she wants text messages about her shifts of today and tomorrow; None: she does not."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    disabled_at: Mapped[datetime | None] = mapped_column()
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    """For shared tablets only; opens nothing anywhere else."""
    anonymised_at: Mapped[datetime | None] = mapped_column()
    """When retention made her a "tidligere medarbejder"."""


class Membership(Model):
    """A person in an organisation of a programme, in one role, for a time. One is active in a session.

    Anybody's address can be typed in any programme, so a membership counts for nothing until it is accepted: `in_force`
    is the one question that says whether it does.
    """

    __tablename__ = "memberships"
    __table_args__ = owned(
        same_programme("organisation_id", "organisations"),
        UniqueConstraint("programme_id", "id", "person_id", "organisation_id"),
        one_of("role", Role),
        ordered("valid_from", "valid_to"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("most_shifts BETWEEN 0 AND 14", name="most_shifts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    title: Mapped[str | None] = mapped_column(String(120))
    initials: Mapped[str | None] = mapped_column(String(6))
    percent: Mapped[int] = mapped_column(Integer, default=100)
    """Of a full week of 37 hours: what she has for open advice."""
    most_shifts: Mapped[int | None] = mapped_column(Integer)
    """In a week; None: any number."""
    note: Mapped[str | None] = mapped_column(String(200))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    accepted_at: Mapped[datetime | None] = mapped_column()
    """When she took it on; None while it is only offered. Who belongs nowhere else is asked by her invitation."""

    person: Mapped[Person] = relationship(viewonly=True)
    organisation: Mapped[Organisation] = relationship(
        primaryjoin="Membership.organisation_id == Organisation.id",
        foreign_keys="Membership.organisation_id",
        viewonly=True,
    )
    programme: Mapped[Programme] = relationship(
        primaryjoin="Membership.programme_id == Programme.id",
        foreign_keys="Membership.programme_id",
        viewonly=True,
    )


class FeedToken(Model):
    """A secret calendar address, one living a person. Only the hash is stored; the address is shown once."""

    __tablename__ = "feed_tokens"
    __table_args__ = (
        Index(
            "ix_feed_tokens_living",
            "person_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()

    person: Mapped[Person] = relationship(viewonly=True)


def in_force(day: date) -> ColumnElement[bool]:
    """SQL condition on a membership: it counts on a day. It has been accepted, and the day is one of its days."""
    return and_(Membership.accepted_at.is_not(None), valid_on(Membership, day))


def by_email(email: str) -> Person | None:
    """The person with this address, whatever its case, or None."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def memberships_of(public_id: UUID, today: date) -> list[Membership]:
    """The memberships in force today with their person, organisation and programme; oldest first."""
    found = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.public_id == public_id, in_force(today))
        .options(
            joinedload(Membership.person),
            joinedload(Membership.organisation),
            joinedload(Membership.programme),
        )
        .order_by(Membership.id)
    )
    return list(db.session.scalars(found))


def staff_of(programme_id: int, today: date) -> list[Membership]:
    """Everybody who can be put on the vagtplan of a programme today, in Danish order of names."""
    return list(db.session.scalars(_staff(today).where(Membership.programme_id == programme_id)))


def with_ids(ids: Iterable[int]) -> list[Membership]:
    """The memberships of these ids, whatever they are and were; one query."""
    return list(db.session.scalars(select(Membership).where(Membership.id.in_(set(ids)))))


def same_post_on(programme_id: int, person_id: int, organisation_id: int, day: date) -> Membership | None:
    """The membership by which a person is on duty for an organisation on a day; None if she is not."""
    own = _staff(day).where(Membership.programme_id == programme_id, Membership.person_id == person_id)
    return db.session.scalar(own.where(Membership.organisation_id == organisation_id).limit(1))


def members_between(programme_id: int, first: date, last: date) -> list[Membership]:
    """Everybody who can be put on the vagtplan of a programme on at least one of the days (both inclusive), in Danish
    order of names. Whether a member is one on a single day is for the caller to ask of her validity."""
    found = _on_duty_at_all().where(Membership.programme_id == programme_id, Membership.accepted_at.is_not(None))
    begun = or_(Membership.valid_from.is_(None), Membership.valid_from <= last)
    not_over = or_(Membership.valid_to.is_(None), Membership.valid_to >= first)
    return list(db.session.scalars(found.where(begun, not_over)))


def leaders_of(programme_id: int, day: date) -> list[Membership]:
    """The team leaders and coordinators of a programme on a day, who can log in, in Danish order of names."""
    found = select(Membership).join(Person, Person.id == Membership.person_id)
    found = found.where(Membership.programme_id == programme_id, in_force(day), Person.disabled_at.is_(None))
    found = found.where(Membership.role.in_([Role.TEAM_LEADER, Role.COORDINATOR]))
    return list(db.session.scalars(found.options(joinedload(Membership.person)).order_by(Person.sort_key)))


def staff_to_plan(actor: Actor, today: date) -> list[Membership]:
    """Those of them whom the actor may put on it."""
    return list(db.session.scalars(scoped(_staff(today), Membership, actor, Action.PLAN_ROSTER)))


def _staff(today: date) -> Select[Membership]:
    """Whoever is on duty at all that day, in every programme."""
    ends = Programme.valid_to
    return _on_duty_at_all().where(in_force(today), or_(ends.is_(None), ends >= today))


def _on_duty_at_all() -> Select[Membership]:
    """Memberships of those who can be on a vagtplan, whatever the day."""
    return (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Programme, Programme.id == Membership.programme_id)
        .where(Membership.role != Role.READER, Organisation.in_roster, Person.disabled_at.is_(None))
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .order_by(Person.sort_key, Membership.id)
    )
