"""When advice is given: weekly hours, closures, changed and extra hours, and the dated openings made of them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from advice.database import Labels, Model, one_of, ordered, owned, same_programme
from advice.models.places import Place, Service
from advice.rules.openings import Status

CLOSURE_KINDS = ("once", "dates", "weeks")


class HoursEdit(Model):
    """One edit of opening hours as it was confirmed. Rows say which edit made, withdrew or ended them, so that undoing
    it gives back what it took away. None of this is in a programme file: what a file says is for good."""

    __tablename__ = "hours_edits"
    __table_args__ = owned(UniqueConstraint("programme_id", "sign"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sign: Mapped[str] = mapped_column(String(32))
    """The digest of what was shown and confirmed: the same sent twice is known by it."""


class WeeklyHours(Model):
    """A fast åbningstid: a service at a place, one stretch of a weekday, with validity."""

    __tablename__ = "weekly_hours"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("service_id", "services"),
        same_programme("made_by", "hours_edits"),
        same_programme("ended_by", "hours_edits"),
        UniqueConstraint("programme_id", "place_id", "service_id", "weekday", "starts", "valid_from"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("every_weeks BETWEEN 1 AND 52", name="every_weeks"),
        ordered("starts", "ends", strictly=True),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    service_id: Mapped[int] = mapped_column()
    weekday: Mapped[int] = mapped_column(Integer)
    """0 is Monday."""
    starts: Mapped[time] = mapped_column()
    ends: Mapped[time] = mapped_column()
    every_weeks: Mapped[int] = mapped_column(Integer, default=1)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    decision: Mapped[str | None] = mapped_column(String(200))
    """Where it was decided: "besluttet i bestyrelsen, referat …"."""
    made_by: Mapped[int | None] = mapped_column()
    ended_by: Mapped[int | None] = mapped_column()
    """The edit that gave it its last day; valid_to_before is the one it had (NULL: none)."""
    valid_to_before: Mapped[date | None] = mapped_column(Date)


def _given(*columns: str) -> str:
    """SQL: none of the columns is NULL. A CHECK passes on NULL, so it has to be said."""
    return " AND ".join(f"{column} IS NOT NULL" for column in columns)


def _month_day(column: str) -> str:
    """SQL: the column is a day of the year as MM-DD."""
    month, day = f"substr({column}, 1, 2)", f"substr({column}, 4, 2)"
    parts = f"{column} LIKE '__-__' AND {month} BETWEEN '01' AND '12' AND {day} BETWEEN '01' AND '31'"
    return f"{_given(column)} AND {parts}"


class Closure(Model):
    """A lukkeperiode: once (dates), or every year by month and day, or by ISO weeks. Of one place or all."""

    __tablename__ = "closures"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("service_id", "services"),
        same_programme("made_by", "hours_edits"),
        same_programme("withdrawn_by", "hours_edits"),
        one_of("kind", CLOSURE_KINDS),
        CheckConstraint(
            f"kind <> 'once' OR ({_given('first_date', 'last_date')} AND last_date >= first_date)", name="once"
        ),
        CheckConstraint(f"kind <> 'dates' OR ({_month_day('first_day')} AND {_month_day('last_day')})", name="dates"),
        CheckConstraint(
            f"kind <> 'weeks' OR ({_given('first_week', 'last_week')} "
            "AND first_week BETWEEN 1 AND 53 AND last_week BETWEEN 1 AND 53)",
            name="weeks",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    place_id: Mapped[int | None] = mapped_column()
    service_id: Mapped[int | None] = mapped_column()
    first_date: Mapped[date | None] = mapped_column(Date)
    last_date: Mapped[date | None] = mapped_column(Date)
    first_day: Mapped[str | None] = mapped_column(String(5))
    """MM-DD; a span from December to January crosses the new year."""
    last_day: Mapped[str | None] = mapped_column(String(5))
    first_week: Mapped[int | None] = mapped_column(Integer)
    last_week: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[Labels] = mapped_column()
    note: Mapped[str | None] = mapped_column(String(500))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    withdrawn_at: Mapped[datetime | None] = mapped_column()
    made_by: Mapped[int | None] = mapped_column()
    withdrawn_by: Mapped[int | None] = mapped_column()
    """The edit that withdrew it and gives it back when it is undone; NULL: for good."""


class DayHours:
    """What changed hours and extra openings have in common: one stretch of a service at a place on one day."""

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    service_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)
    starts: Mapped[time] = mapped_column()
    ends: Mapped[time] = mapped_column()
    reason: Mapped[Labels | None] = mapped_column()
    withdrawn_at: Mapped[datetime | None] = mapped_column()
    made_by: Mapped[int | None] = mapped_column()
    withdrawn_by: Mapped[int | None] = mapped_column()
    """The edit that withdrew it and gives it back when it is undone; NULL: for good."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """The constraints, made anew for each table."""
        return owned(
            same_programme("place_id", "places"),
            same_programme("service_id", "services"),
            same_programme("made_by", "hours_edits"),
            same_programme("withdrawn_by", "hours_edits"),
            ordered("starts", "ends", strictly=True),
        )


class HoursChange(DayHours, Model):
    """Changed hours of one day: replaces the weekly hours of the service at the place that day."""

    __tablename__ = "hours_changes"


class ExtraOpening(DayHours, Model):
    """An extra opening: stands on closed days too."""

    __tablename__ = "extra_openings"


class Opening(Model):
    """A dated opening made by the rule. An edit applies the difference: same UID, SEQUENCE + 1; the past is frozen.

    `part` numbers the rows of one service, place and day in the order they came to be, so that two
    workers can never store the same opening twice.
    """

    __tablename__ = "openings"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("service_id", "services"),
        UniqueConstraint("programme_id", "place_id", "service_id", "day", "part"),
        one_of("status", Status),
        ordered("starts", "ends", strictly=True),
        Index("ix_openings_day", "programme_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True, default=uuid4)
    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    service_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)
    part: Mapped[int] = mapped_column(Integer)
    starts: Mapped[time] = mapped_column()
    ends: Mapped[time] = mapped_column()
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[Labels | None] = mapped_column()
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime] = mapped_column()

    place: Mapped[Place] = relationship(
        primaryjoin="Opening.place_id == Place.id", foreign_keys="Opening.place_id", viewonly=True
    )
    service: Mapped[Service] = relationship(
        primaryjoin="Opening.service_id == Service.id", foreign_keys="Opening.service_id", viewonly=True
    )
