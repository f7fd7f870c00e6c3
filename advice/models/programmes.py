"""Programmes (helhedsplaner), the organisations in them, and what is shared by rows that end."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Integer, String, UniqueConstraint, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.sql import ColumnElement

from advice.database import Labels, Model, db, ordered, owned


class Programme(Model):
    """A helhedsplan. Everything else belongs to one, by composite foreign keys."""

    __tablename__ = "programmes"
    __table_args__ = (
        ordered("valid_from", "valid_to"),
        CheckConstraint("at_once_days BETWEEN 0 AND 60", name="at_once_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))
    municipality: Mapped[str] = mapped_column(String(80))
    municipality_code: Mapped[str | None] = mapped_column(String(4))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    contact: Mapped[Labels] = mapped_column(default=dict)
    """name, phone, email, address: whatever of these is known."""
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Texts of the resident pages by key, each as labels."""
    languages: Mapped[list[str]] = mapped_column(default=list)
    """Languages the resident pages are shown in."""
    visit_languages: Mapped[list[str]] = mapped_column(default=list)
    """Languages an adviser can tap on a visit, in the order of the buttons."""
    customary_closed: Mapped[list[str]] = mapped_column(default=list)
    """Customary days that are closed like public holidays, as MM-DD: the switch of 5 June, 24 and 31 December."""
    thresholds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at_once_days: Mapped[int] = mapped_column(Integer, default=7)
    """How many days after today a leader changes shifts at once; later ones wait for the other side's yes."""
    note: Mapped[str | None] = mapped_column(String(500))
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    openings_until: Mapped[date | None] = mapped_column(Date)
    """The last day that openings are stored for."""


class Organisation(Model):
    """Who counts a shift or a visit; not who pays the wage."""

    __tablename__ = "organisations"
    __table_args__ = owned(UniqueConstraint("programme_id", "code"), ordered("valid_from", "valid_to"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(40))
    """As people say it in a sentence: "mangler 1 fra …"."""
    kind: Mapped[str] = mapped_column(String(40))
    in_roster: Mapped[bool] = mapped_column(Boolean, default=True)
    coordinates: Mapped[bool] = mapped_column(Boolean, default=False)
    """The tovholder of the programme."""
    note: Mapped[str | None] = mapped_column(String(500))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class FocusArea(Model):
    """An indsatsområde of Landsbyggefonden, as the programme names it."""

    __tablename__ = "focus_areas"
    __table_args__ = owned(UniqueConstraint("programme_id", "code"), ordered("valid_from", "valid_to"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


def valid_on(model: Any, day: date) -> ColumnElement[bool]:
    """SQL condition: the row's validity (both ends inclusive, None is open) covers the day."""
    starts: InstrumentedAttribute[date | None] = model.valid_from
    ends: InstrumentedAttribute[date | None] = model.valid_to
    return or_(starts.is_(None), starts <= day) & or_(ends.is_(None), ends >= day)


def by_slug(slug: str) -> Programme | None:
    """The programme with this slug, or None."""
    return db.session.scalar(select(Programme).where(Programme.slug == slug))


def has_ended(programme_id: int, day: date) -> bool:
    """Whether the programme's last day lies before the day."""
    ends = db.session.scalar(select(Programme.valid_to).where(Programme.id == programme_id))
    return ends is not None and ends < day


def everything() -> list[Programme]:
    """All programmes, by slug."""
    return list(db.session.scalars(select(Programme).order_by(Programme.slug)))
