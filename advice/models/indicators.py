"""Agreements (delaftaler), their objectives (delmål), indicators and readings (målinger)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Float, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advice.database import Model, one_of, ordered, owned, same_programme
from advice.models.people import Person
from advice.rules.indicators import Direction

MEASURES = ("count", "share")


class Agreement(Model):
    """A delaftale. One that has ended stays readable and hides nothing; a renewal points back at it."""

    __tablename__ = "agreements"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        same_programme("focus_area_id", "focus_areas"),
        same_programme("renews_id", "agreements"),
        ordered("valid_from", "valid_to"),
        CheckConstraint("year_month BETWEEN 1 AND 12 AND year_day BETWEEN 1 AND 31", name="year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    focus_area_id: Mapped[int | None] = mapped_column()
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    year_month: Mapped[int] = mapped_column(Integer, default=1)
    """The reporting year starts in this month, on year_day; it need not be the calendar year."""
    year_day: Mapped[int] = mapped_column(Integer, default=1)
    renews_id: Mapped[int | None] = mapped_column()
    invented: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str | None] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(Integer, default=0)


class Objective(Model):
    """A delmål of an agreement."""

    __tablename__ = "objectives"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "agreement_id", "code"), same_programme("agreement_id", "agreements")
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    agreement_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(Integer, default=0)


class Indicator(Model):
    """An indikator: a target or a direction, baselines, frequency, source. Computed where it has a filter.

    `counts` filters the visits that are counted; a share is taken of the visits that `of` filters.
    Both hold codes of the programme, checked when the file is imported.
    """

    __tablename__ = "indicators"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "objective_id", "code"),
        same_programme("objective_id", "objectives"),
        one_of("direction", Direction),
        CheckConstraint("measure IS NULL OR measure IN ('count', 'share')", name="measure"),
        CheckConstraint("measure IS NULL OR counts IS NOT NULL", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    objective_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(500))
    agreed: Mapped[bool] = mapped_column(Boolean, default=True)
    """False: proposed, shown apart."""
    direction: Mapped[str] = mapped_column(String(10))
    target: Mapped[float | None] = mapped_column(Float)
    target_note: Mapped[str | None] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(40))
    baseline: Mapped[float | None] = mapped_column(Float)
    baseline_of: Mapped[str | None] = mapped_column(String(120))
    baseline_date: Mapped[str | None] = mapped_column(String(40))
    """As the agreement words it: "2018", "udgang februar 2021"."""
    comparison: Mapped[float | None] = mapped_column(Float)
    comparison_of: Mapped[str | None] = mapped_column(String(120))
    frequency: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(500))
    measure: Mapped[str | None] = mapped_column(String(10))
    counts: Mapped[dict[str, Any] | None] = mapped_column()
    of: Mapped[dict[str, Any] | None] = mapped_column()
    position: Mapped[int] = mapped_column(Integer, default=0)


class Reading(Model):
    """A måling: a value as of a date, typed in with its source."""

    __tablename__ = "readings"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "indicator_id", "as_of"),
        same_programme("indicator_id", "indicators"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    indicator_id: Mapped[int] = mapped_column()
    as_of: Mapped[date] = mapped_column(Date)
    value: Mapped[float] = mapped_column(Float)
    source: Mapped[str | None] = mapped_column(String(200))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    invented: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str | None] = mapped_column(String(200))

    person: Mapped[Person | None] = relationship(viewonly=True)
