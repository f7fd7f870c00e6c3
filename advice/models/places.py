"""Where advice is given and what: areas, departments, places, services."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, Float, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Labels, Model, db, one_of, ordered, owned, same_programme
from advice.rules.drafts import Approval

APPROVERS = tuple(one.value for one in Approval)


class ResidentialArea(Model):
    """A boligområde: where people live. Not where advice is given."""

    __tablename__ = "residential_areas"
    __table_args__ = owned(UniqueConstraint("programme_id", "code"), ordered("valid_from", "valid_to"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    external_ref: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Department(Model):
    """A housing department (boligafdeling). Which area it lies in may be unknown."""

    __tablename__ = "departments"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        same_programme("area_id", "residential_areas"),
        same_programme("organisation_id", "organisations"),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(120))
    area_id: Mapped[int | None] = mapped_column()
    organisation_id: Mapped[int | None] = mapped_column()
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Place(Model):
    """A sted: the room where advice is given. It serves areas, n to m."""

    __tablename__ = "places"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "slug"),
        UniqueConstraint("programme_id", "code"),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    room: Mapped[str] = mapped_column(String(200))
    room_kind: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    phone: Mapped[str | None] = mapped_column(String(30))
    note: Mapped[str | None] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(Integer, default=0)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class PlaceArea(Model):
    """A place serves a residential area."""

    __tablename__ = "place_areas"
    __table_args__ = (
        same_programme("place_id", "places"),
        same_programme("area_id", "residential_areas"),
    )

    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(primary_key=True)


class Service(Model):
    """What is offered, by which organisation, to whom in words, and who approves its vagtplan."""

    __tablename__ = "services"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        same_programme("organisation_id", "organisations"),
        one_of("approval", APPROVERS),
        CheckConstraint("approval_days BETWEEN 0 AND 60", name="approval_days"),
        CheckConstraint("min_age IS NULL OR min_age BETWEEN 0 AND 120", name="min_age"),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    target_group: Mapped[Labels] = mapped_column(default=dict)
    min_age: Mapped[int | None] = mapped_column(Integer)
    organisation_id: Mapped[int] = mapped_column()
    approval: Mapped[str] = mapped_column(String(30), default="responsible_and_touched")
    approval_days: Mapped[int] = mapped_column(Integer, default=7)
    """Days after which the coordinator may put an unanswered draft in force."""
    position: Mapped[int] = mapped_column(Integer, default=0)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


def place_by_slug(programme_id: int, slug: str) -> Place | None:
    """The place of a programme with this slug, also one that has ended, or None."""
    return db.session.scalar(select(Place).where(Place.programme_id == programme_id, Place.slug == slug))
