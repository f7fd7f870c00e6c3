"""The vagtplan: shifts, staffing needs, competences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Labels, Model, db, one_of, ordered, owned, same_programme
from advice.models.people import Membership, Person
from advice.models.places import Place
from advice.models.programmes import Organisation
from advice.models.scope import scoped
from advice.rules.access import Action, Actor
from advice.rules.spans import overlaps

SHIFT_STATUSES = ("active", "cancelled")
COMPETENCE_KINDS = ("language", "topic", "other")


class Competence(Model):
    """Something a person can: speak a language, know a topic."""

    __tablename__ = "competences"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        one_of("kind", COMPETENCE_KINDS),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))
    language: Mapped[str | None] = mapped_column(String(12))
    labels: Mapped[Labels] = mapped_column()
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class MembershipCompetence(Model):
    """A member has a competence."""

    __tablename__ = "membership_competences"
    __table_args__ = (
        same_programme("membership_id", "memberships"),
        same_programme("competence_id", "competences"),
    )

    programme_id: Mapped[int] = mapped_column()
    membership_id: Mapped[int] = mapped_column(primary_key=True)
    competence_id: Mapped[int] = mapped_column(primary_key=True)


class StaffingNeed(Model):
    """How many a service needs at a place on a weekday ("3-4 medarbejdere hvert sted"), with validity."""

    __tablename__ = "staffing_needs"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("service_id", "services"),
        UniqueConstraint("programme_id", "place_id", "service_id", "weekday", "valid_from"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= never_fewer AND never_fewer <= least AND least <= best", name="rising"),
        CheckConstraint("before_minutes BETWEEN 0 AND 240 AND after_minutes BETWEEN 0 AND 240", name="setup"),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    service_id: Mapped[int] = mapped_column()
    weekday: Mapped[int] = mapped_column(Integer)
    never_fewer: Mapped[int] = mapped_column(Integer, default=2)
    least: Mapped[int] = mapped_column(Integer)
    best: Mapped[int] = mapped_column(Integer)
    before_minutes: Mapped[int] = mapped_column(Integer, default=0)
    after_minutes: Mapped[int] = mapped_column(Integer, default=0)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class NeedOrganisation(Model):
    """At least so many of one organisation."""

    __tablename__ = "need_organisations"
    __table_args__ = (
        same_programme("need_id", "staffing_needs"),
        same_programme("organisation_id", "organisations"),
        CheckConstraint("least > 0", name="least"),
    )

    programme_id: Mapped[int] = mapped_column()
    need_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    least: Mapped[int] = mapped_column(Integer)


class NeedCompetence(Model):
    """Somebody on duty with this competence is wanted."""

    __tablename__ = "need_competences"
    __table_args__ = (
        same_programme("need_id", "staffing_needs"),
        same_programme("competence_id", "competences"),
    )

    programme_id: Mapped[int] = mapped_column()
    need_id: Mapped[int] = mapped_column(primary_key=True)
    competence_id: Mapped[int] = mapped_column(primary_key=True)


class Shift(Model):
    """A vagt: one person for life, one place, one dated stretch.

    Changed time or place: the same row and UID, SEQUENCE + 1. Another person: cancelled, and a new one
    that replaces it. guards.py refuses two active shifts of one person at once, in any programme.
    """

    __tablename__ = "shifts"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("replaces_id", "shifts"),
        ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            [
                "memberships.programme_id",
                "memberships.id",
                "memberships.person_id",
                "memberships.organisation_id",
            ],
        ),
        one_of("status", SHIFT_STATUSES),
        ordered("starts", "ends", strictly=True),
        Index("ix_shifts_day", "programme_id", "day"),
        Index("ix_shifts_person", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True, default=uuid4)
    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    membership_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)
    starts: Mapped[time] = mapped_column()
    ends: Mapped[time] = mapped_column()
    status: Mapped[str] = mapped_column(String(10), default="active")
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
    replaces_id: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column()

    place: Mapped[Place] = relationship(
        primaryjoin="Shift.place_id == Place.id", foreign_keys="Shift.place_id", viewonly=True
    )
    person: Mapped[Person] = relationship(
        primaryjoin="Shift.person_id == Person.id", foreign_keys="Shift.person_id", viewonly=True
    )
    organisation: Mapped[Organisation] = relationship(
        primaryjoin="Shift.organisation_id == Organisation.id",
        foreign_keys="Shift.organisation_id",
        viewonly=True,
    )
    membership: Mapped[Membership] = relationship(
        primaryjoin="Shift.membership_id == Membership.id", foreign_keys="Shift.membership_id", viewonly=True
    )


def shifts_between(programme_id: int, first: date, last: date) -> list[Shift]:
    """Every shift of the days (both inclusive), cancelled ones too, by day, start and name; one query."""
    found = (
        select(Shift)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.programme_id == programme_id, Shift.day.between(first, last))
        .options(joinedload(Shift.person), joinedload(Shift.organisation), joinedload(Shift.place))
        .order_by(Shift.day, Shift.starts, Person.sort_key, Shift.id)
    )
    return list(db.session.scalars(found))


def active_shifts(shift_ids: Iterable[int]) -> dict[int, Shift]:
    """Those of these shifts that are active, with person and place, by id; one query."""
    found = select(Shift).where(Shift.id.in_(set(shift_ids)), Shift.status == "active")
    rows = db.session.scalars(found.options(joinedload(Shift.person), joinedload(Shift.place)))
    return {row.id: row for row in rows}


def last_day_planned(programme_id: int) -> date | None:
    """The last day on which anybody has a shift in force."""
    return db.session.scalar(select(func.max(Shift.day)).filter_by(programme_id=programme_id, status="active"))


def shift_of(actor: Actor, shift_id: int) -> Shift | None:
    """The shift with its person, organisation and place, to look at; None if the actor may not see it."""
    found = scoped(select(Shift), Shift, actor, Action.SEE_ROSTER).where(Shift.id == shift_id)
    return db.session.scalar(
        found.options(joinedload(Shift.person), joinedload(Shift.organisation), joinedload(Shift.place))
    )


def shift_to_change(actor: Actor, shift_id: int) -> Shift | None:
    """The shift, locked until the transaction ends, so that a version that was compared stays the newest.

    None if the actor may not even see it. Whether she may plan it is for the caller to ask: it is no secret.
    """
    found = scoped(select(Shift), Shift, actor, Action.SEE_ROSTER).where(Shift.id == shift_id)
    return db.session.scalar(found.with_for_update().execution_options(populate_existing=True))


def lock_people(person_ids: Iterable[int]) -> None:
    """One writer at a time changes which shifts these people have; held until the transaction ends.

    Without it two at once now and then wait for each other inside PostgreSQL's exclusion constraint, and the one
    that is ended hears of a deadlock instead of a clash. Whoever takes a shift from one person and gives it to
    another locks both, here and at once: in the order of their ids, so that no ring of writers can form. The shift
    itself is locked before (`shift_to_change`); who holds people waits for no shift.
    """
    people = select(Person.id).where(Person.id.in_(set(person_ids))).order_by(Person.id)
    db.session.execute(people.with_for_update(key_share=True))


def holder_now(shift_id: int) -> Shift | None:
    """The shift at the end of the row of replacements that began with this one, cancelled or not; None without any."""
    found: Shift | None = None
    while new := db.session.scalar(
        select(Shift).where(Shift.replaces_id == shift_id).options(joinedload(Shift.person), joinedload(Shift.place))
    ):
        found, shift_id = new, new.id
    return found


def shift_in_the_way(person_id: int, day: date, starts: time, ends: time, besides: int | None) -> Shift | None:
    """An active shift of the person, in any programme, that overlaps; `besides` is the row that is being changed.

    For telling people whom they collide with. What refuses the clash is the guard `shift_clash`.
    """
    found = (
        select(Shift)
        .where(Shift.person_id == person_id, Shift.day == day, Shift.status == "active")
        .where(Shift.id.is_distinct_from(besides))
        .options(joinedload(Shift.person), joinedload(Shift.place))
        .order_by(Shift.starts)
    )
    return next((row for row in db.session.scalars(found) if overlaps(starts, ends, row.starts, row.ends)), None)
