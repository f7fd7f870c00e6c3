"""What is left of visits when the single rows have lost their detail: counts, never rows (advice/actions/retention)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, Integer, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, db, same_programme


class VisitMonthCount(Model):
    """How many visits of a month had a value in a field that has since been erased from the single rows."""

    __tablename__ = "visit_month_counts"
    __table_args__ = (
        same_programme("organisation_id", "organisations"),
        same_programme("place_id", "places"),
        CheckConstraint("visits > 0", name="visits"),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its first day."""
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(60), primary_key=True)
    """The value as it stood on the visits; "" for ikke oplyst."""
    visits: Mapped[int] = mapped_column(Integer)


class VisitWeekCount(Model):
    """How many visits an organisation had at a place in a week that is too old to keep visit by visit."""

    __tablename__ = "visit_week_counts"
    __table_args__ = (
        same_programme("organisation_id", "organisations"),
        same_programme("place_id", "places"),
        CheckConstraint("visits > 0", name="visits"),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its Monday."""
    visits: Mapped[int] = mapped_column(Integer)


class VisitWeekTopicCount(Model):
    """How many of those visits were about a topic; a visit with two topics counts under both."""

    __tablename__ = "visit_week_topic_counts"
    __table_args__ = (
        same_programme("organisation_id", "organisations"),
        same_programme("place_id", "places"),
        same_programme("topic_id", "topics"),
        CheckConstraint("visits > 0", name="visits"),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True)
    topic_id: Mapped[int] = mapped_column(primary_key=True)
    visits: Mapped[int] = mapped_column(Integer)


def by_value(programme_id: int, field: str, first: date, last: date) -> dict[str, int]:
    """How many coarsened visits of the months that begin from first to last (inclusive) said what; "": nothing."""
    found = (
        select(VisitMonthCount.value, func.sum(VisitMonthCount.visits))
        .where(VisitMonthCount.programme_id == programme_id, VisitMonthCount.field == field)
        .where(VisitMonthCount.month.between(first, last))
        .group_by(VisitMonthCount.value)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def rolled_up(programme_id: int, first: date, last: date) -> int:
    """How many visits of the weeks that begin from first to last (inclusive) are kept as a count only."""
    found = select(func.sum(VisitWeekCount.visits)).where(
        VisitWeekCount.programme_id == programme_id, VisitWeekCount.week.between(first, last)
    )
    return db.session.scalar(found) or 0


def rolled_up_by_topic(programme_id: int, first: date, last: date) -> dict[int, int]:
    """How many of those were about which topic, by its id."""
    found = (
        select(VisitWeekTopicCount.topic_id, func.sum(VisitWeekTopicCount.visits))
        .where(VisitWeekTopicCount.programme_id == programme_id, VisitWeekTopicCount.week.between(first, last))
        .group_by(VisitWeekTopicCount.topic_id)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}
