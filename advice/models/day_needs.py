"""What a service needs at a place on one day of the calendar, where it differs from the weekday's need."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, owned, same_programme


class DayNeed(Model):
    """The whole need of a service at a place on a day: it stands in place of the weekday's, of which nothing is left.

    Withdrawn, it stays as history, and the weekday's need holds again.
    """

    __tablename__ = "day_needs"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("service_id", "services"),
        CheckConstraint("0 <= never_fewer AND never_fewer <= least AND least <= best", name="rising"),
        CheckConstraint("before_minutes BETWEEN 0 AND 240 AND after_minutes BETWEEN 0 AND 240", name="setup"),
        Index(
            "ix_day_needs_one",
            "programme_id",
            "place_id",
            "service_id",
            "day",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    service_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)
    never_fewer: Mapped[int] = mapped_column(Integer)
    least: Mapped[int] = mapped_column(Integer)
    best: Mapped[int] = mapped_column(Integer)
    before_minutes: Mapped[int] = mapped_column(Integer, default=0)
    after_minutes: Mapped[int] = mapped_column(Integer, default=0)
    withdrawn_at: Mapped[datetime | None] = mapped_column()


class DayNeedOrganisation(Model):
    """At least so many of one organisation that day."""

    __tablename__ = "day_need_organisations"
    __table_args__ = (
        same_programme("day_need_id", "day_needs"),
        same_programme("organisation_id", "organisations"),
        CheckConstraint("least > 0", name="least"),
    )

    programme_id: Mapped[int] = mapped_column()
    day_need_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    least: Mapped[int] = mapped_column(Integer)


class DayNeedCompetence(Model):
    """Somebody on duty with this competence is wanted that day."""

    __tablename__ = "day_need_competences"
    __table_args__ = (
        same_programme("day_need_id", "day_needs"),
        same_programme("competence_id", "competences"),
    )

    programme_id: Mapped[int] = mapped_column()
    day_need_id: Mapped[int] = mapped_column(primary_key=True)
    competence_id: Mapped[int] = mapped_column(primary_key=True)
