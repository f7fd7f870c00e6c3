"""Shared tablets: enrolled once by a leader for a place, unlocked by each adviser with her PIN once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, owned, same_programme
from advice.models.people import Membership, Person, in_force
from advice.models.places import Place
from advice.models.programmes import Organisation, valid_on
from advice.models.roster import Shift
from advice.rules.access import Role


class Tablet(Model):
    """A device that a leader has enrolled for a place: something the advisers there have."""

    __tablename__ = "tablets"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("organisation_id", "organisations"),
        CheckConstraint("idle_minutes BETWEEN 1 AND 60", name="idle_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    """Of the leader who enrolled it."""
    place_id: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    idle_minutes: Mapped[int] = mapped_column(Integer, default=5)
    enrolled_at: Mapped[datetime] = mapped_column()
    enrolled_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    last_contact_at: Mapped[datetime] = mapped_column()
    unsent: Mapped[int | None] = mapped_column(Integer)
    """Visits that waited on it at the last contact; None until the tablet has said."""
    ended_at: Mapped[datetime | None] = mapped_column()
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    place: Mapped[Place] = relationship(
        primaryjoin="Tablet.place_id == Place.id", foreign_keys="Tablet.place_id", viewonly=True
    )
    organisation: Mapped[Organisation] = relationship(
        primaryjoin="Tablet.organisation_id == Organisation.id", foreign_keys="Tablet.organisation_id", viewonly=True
    )
    enroller: Mapped[Person] = relationship(foreign_keys="Tablet.enrolled_by", viewonly=True)


class TabletUnlock(Model):
    """An adviser has shown her PIN on a tablet on a day, so that it is not asked again that day."""

    __tablename__ = "tablet_unlocks"
    __table_args__ = (
        same_programme("tablet_id", "tablets"),
        ForeignKeyConstraint(["programme_id", "membership_id"], ["memberships.programme_id", "memberships.id"]),
        UniqueConstraint("tablet_id", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    tablet_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    membership_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)
    """The date at the place."""
    unlocked_at: Mapped[datetime] = mapped_column()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A living enrolment in plain values, so that they outlast the transaction they were read in."""

    id: int
    programme_id: int
    place_id: int
    place_name: str
    place_slug: str | None
    """None while the place is not in force."""
    name: str
    last_contact_at: datetime


def enrolled(token_hash: str, today: date) -> Enrolled | None:
    """The enrolment of the device that holds this secret; None if there is none, or it has ended."""
    found = (
        select(Tablet, Place, valid_on(Place, today))
        .join(Place, Place.id == Tablet.place_id)
        .where(Tablet.token_hash == token_hash, Tablet.ended_at.is_(None))
    )
    row = db.session.execute(found).one_or_none()
    if row is None:
        return None
    one, place, is_there = row
    slug = place.slug if is_there else None
    return Enrolled(one.id, one.programme_id, one.place_id, place.name, slug, one.name, one.last_contact_at)


@dataclass(frozen=True, slots=True)
class Tile:
    """An adviser as a shared tablet shows her, and as it lets her in."""

    member: Membership
    on_duty: bool
    """She has a shift today at the tablet's place."""
    unlocked: bool
    """She has shown her PIN on this tablet today."""


def tiles(tablet: Enrolled, today: date) -> list[Tile]:
    """Everybody whom the tablet may let in today, in Danish order of names: each person once, and no readers.

    Under the membership of her shift here today, else under her oldest.
    """
    here = Shift.place_id == tablet.place_id, Shift.day == today, Shift.status == "active"
    shift = select(Shift.id).where(Shift.membership_id == Membership.id, *here).exists()
    shown = TabletUnlock.tablet_id == tablet.id, TabletUnlock.day == today
    unlock = select(TabletUnlock.id).where(TabletUnlock.person_id == Membership.person_id, *shown).exists()
    found = (
        select(Membership, shift, unlock)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.programme_id == tablet.programme_id, in_force(today))
        .where(Membership.role != Role.READER, Person.disabled_at.is_(None))
        .options(joinedload(Membership.person))
        .order_by(Person.sort_key, Membership.person_id, Membership.id)
    )
    of_people: dict[int, Tile] = {}
    for member, on_duty, unlocked in db.session.execute(found):
        one = Tile(member, bool(on_duty), bool(unlocked))
        if one.on_duty or member.person_id not in of_people:
            of_people[member.person_id] = one
    return list(of_people.values())


def living_tablets(programme_id: int) -> list[Tablet]:
    """The tablets of a programme whose enrolment has not ended, with place, organisation and enroller, by place."""
    found = (
        select(Tablet)
        .join(Place, Place.id == Tablet.place_id)
        .where(Tablet.programme_id == programme_id, Tablet.ended_at.is_(None))
        .options(joinedload(Tablet.place), joinedload(Tablet.organisation), joinedload(Tablet.enroller))
        .order_by(Place.position, Place.id, Tablet.id)
    )
    return list(db.session.scalars(found))


def living_tablet(programme_id: int, tablet_id: int) -> Tablet | None:
    """One of them."""
    mine = Tablet.programme_id == programme_id, Tablet.id == tablet_id, Tablet.ended_at.is_(None)
    return db.session.scalar(select(Tablet).where(*mine))
