"""What residents are told besides hours: dated notices and themes; and the municipality's school holidays."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Labels, Model, db, one_of, ordered, owned, same_programme

NOTICE_KINDS = ("notice", "theme")


class ResidentNotice(Model):
    """A notice to residents of one place or all, shown from its first to its last day; or a theme one can print."""

    __tablename__ = "resident_notices"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        one_of("kind", NOTICE_KINDS),
        ordered("first_date", "last_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    place_id: Mapped[int | None] = mapped_column()
    labels: Mapped[Labels] = mapped_column()
    """What stands large: "Vil du tage en uddannelse? Kom mandag"."""
    text: Mapped[Labels | None] = mapped_column()
    first_date: Mapped[date] = mapped_column(Date)
    last_date: Mapped[date] = mapped_column(Date)
    withdrawn_at: Mapped[datetime | None] = mapped_column()


class SchoolHoliday(Model):
    """A school holiday that the municipality has set: a suggestion for closing, nothing more."""

    __tablename__ = "school_holidays"
    __table_args__ = owned(ordered("first_date", "last_date"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    labels: Mapped[Labels] = mapped_column()
    first_date: Mapped[date] = mapped_column(Date)
    last_date: Mapped[date] = mapped_column(Date)
    withdrawn_at: Mapped[datetime | None] = mapped_column()


def notices_on(programme_id: int, day: date, place_id: int | None = None) -> list[ResidentNotice]:
    """What is told on a day, themes last; with a place, what concerns that place or all. In order of their last day."""
    shown = ResidentNotice.first_date <= day, ResidentNotice.last_date >= day, ResidentNotice.withdrawn_at.is_(None)
    found = select(ResidentNotice).where(ResidentNotice.programme_id == programme_id, *shown)
    if place_id is not None:
        found = found.where(or_(ResidentNotice.place_id.is_(None), ResidentNotice.place_id == place_id))
    return list(db.session.scalars(found.order_by(ResidentNotice.kind, ResidentNotice.last_date, ResidentNotice.id)))


def school_holidays(programme_id: int, first: date, last: date) -> list[SchoolHoliday]:
    """Those that touch the days from first to last (inclusive), the earliest first."""
    within = SchoolHoliday.last_date >= first, SchoolHoliday.first_date <= last, SchoolHoliday.withdrawn_at.is_(None)
    found = select(SchoolHoliday).where(SchoolHoliday.programme_id == programme_id, *within)
    return list(db.session.scalars(found.order_by(SchoolHoliday.first_date, SchoolHoliday.id)))
