"""Agreements (delaftaler), their objectives (delmål), indicators and readings (målinger)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Float, ForeignKey, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advice.database import Model, db, one_of, ordered, owned, same_programme
from advice.models.people import Person
from advice.models.programmes import FocusArea
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
        UniqueConstraint("programme_id", "agreement_id", "code"),
        same_programme("agreement_id", "agreements"),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    agreement_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(Integer, default=0)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


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
        one_of("measure", MEASURES),
        CheckConstraint("measure IS NULL OR counts IS NOT NULL", name="counts"),
        ordered("valid_from", "valid_to"),
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
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


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


@dataclass(slots=True)
class IndicatorLines:
    """An indicator with its readings, the newest first."""

    indicator: Indicator
    readings: list[Reading] = field(default_factory=list)


@dataclass(slots=True)
class ObjectiveLines:
    """A delmål with its indicators, in the agreement's order."""

    objective: Objective
    indicators: list[IndicatorLines] = field(default_factory=list)


@dataclass(slots=True)
class AgreementLines:
    """An agreement as it is written: its objectives and their indicators."""

    agreement: Agreement
    focus_area: str | None
    objectives: list[ObjectiveLines] = field(default_factory=list)


def agreements_of(programme_id: int) -> list[AgreementLines]:
    """Every agreement of a programme, ended ones too, the newest first, with all that belongs to it; four queries."""
    agreements: dict[int, AgreementLines] = {}
    found = (
        select(Agreement, FocusArea.name)
        .outerjoin(FocusArea, FocusArea.id == Agreement.focus_area_id)
        .where(Agreement.programme_id == programme_id)
        .order_by(Agreement.valid_from.desc(), Agreement.position, Agreement.id)
    )
    for agreement, focus_area in db.session.execute(found):
        agreements[agreement.id] = AgreementLines(agreement, focus_area)
    objectives: dict[int, ObjectiveLines] = {}
    for objective in db.session.scalars(
        select(Objective).where(Objective.programme_id == programme_id).order_by(Objective.position, Objective.id)
    ):
        objectives[objective.id] = ObjectiveLines(objective)
        agreements[objective.agreement_id].objectives.append(objectives[objective.id])
    indicators: dict[int, IndicatorLines] = {}
    for indicator in db.session.scalars(
        select(Indicator).where(Indicator.programme_id == programme_id).order_by(Indicator.position, Indicator.id)
    ):
        indicators[indicator.id] = IndicatorLines(indicator)
        objectives[indicator.objective_id].indicators.append(indicators[indicator.id])
    for reading in db.session.scalars(
        select(Reading).where(Reading.programme_id == programme_id).order_by(Reading.as_of.desc())
    ):
        indicators[reading.indicator_id].readings.append(reading)
    return list(agreements.values())
