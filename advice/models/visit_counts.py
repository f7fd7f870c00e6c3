"""What is left of visits when the single rows have lost their detail: counts, never rows (advice/actions/retention)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, same_programme


class OfAPlace:
    """What every count has: whose visits and where, first in its key; and last how many."""

    programme_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    organisation_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    place_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    visits: Mapped[int] = mapped_column(Integer, sort_order=1)


def of_a_place(*arguments: Any) -> tuple[Any, ...]:
    """Table arguments of a count: an organisation and a place of the programme; what is nothing has no row."""
    here = (same_programme("organisation_id", "organisations"), same_programme("place_id", "places"))
    return (*here, *arguments, CheckConstraint("visits > 0", name="visits"))


class VisitMonthCount(OfAPlace, Model):
    """How many visits of a month had a value in a field that has since been erased from the single rows."""

    __tablename__ = "visit_month_counts"
    __table_args__ = of_a_place()

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its first day."""
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(60), primary_key=True)
    """The value as it stood on the visits; "" for ikke oplyst."""


class VisitWeekCount(OfAPlace, Model):
    """How many visits an organisation had at a place in a week that is too old to keep visit by visit."""

    __tablename__ = "visit_week_counts"
    __table_args__ = of_a_place()

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its Monday."""


class VisitWeekTopicCount(OfAPlace, Model):
    """How many of those visits were about a topic; a visit with two topics counts under both."""

    __tablename__ = "visit_week_topic_counts"
    __table_args__ = of_a_place(same_programme("topic_id", "topics"))

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    topic_id: Mapped[int] = mapped_column(primary_key=True)
