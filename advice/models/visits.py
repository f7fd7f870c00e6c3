"""Visits (henvendelser): one resident or family, one contact, one service. Nothing that names a person.

`visit_revisions` is the history: one insert of (visit_id, revision) decides whether something is new.
`visits` is the newest state and points at its newest revision; the tapped lists hang below it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advice.database import Model, one_of, same_programme
from advice.models.people import Person
from advice.models.places import Place, Service
from advice.rules.visits import TimeKnown


class VisitRevision(Model):
    """One version of a visit as it was sent, with when and from where."""

    __tablename__ = "visit_revisions"
    __table_args__ = (
        ForeignKeyConstraint(["programme_id"], ["programmes.id"]),
        CheckConstraint("revision >= 1", name="revision"),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column()
    """The codes as entered."""
    content_hash: Mapped[str] = mapped_column(String(64))
    entered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Whoever entered this revision; not always the adviser it is counted for."""
    device: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column()


class Visit(Model):
    """The newest state of a visit, with the local day and hour stored for counting."""

    __tablename__ = "visits"
    __table_args__ = (
        ForeignKeyConstraint(["programme_id"], ["programmes.id"]),
        ForeignKeyConstraint(
            ["programme_id", "id", "revision"],
            ["visit_revisions.programme_id", "visit_revisions.visit_id", "visit_revisions.revision"],
        ),
        same_programme("place_id", "places"),
        same_programme("service_id", "services"),
        ForeignKeyConstraint(
            ["programme_id", "service_id", "kind_id"],
            ["visit_kinds.programme_id", "visit_kinds.service_id", "visit_kinds.id"],
        ),
        ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            [
                "memberships.programme_id",
                "memberships.id",
                "memberships.person_id",
                "memberships.organisation_id",
            ],
        ),
        one_of("time_known", TimeKnown),
        CheckConstraint("local_hour BETWEEN 0 AND 23", name="local_hour"),
        CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 480", name="minutes"),
        CheckConstraint("persons BETWEEN 1 AND 30", name="persons"),
        Index("ix_visits_day", "programme_id", "organisation_id", "local_date"),
        Index("ix_visits_local_date", "programme_id", "local_date"),
        Index("ix_visits_place", "programme_id", "place_id", "local_date"),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    place_id: Mapped[int] = mapped_column()
    service_id: Mapped[int] = mapped_column()
    kind_id: Mapped[int | None] = mapped_column()
    membership_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    occurred_at: Mapped[datetime] = mapped_column()
    time_known: Mapped[str] = mapped_column(String(5), default=TimeKnown.EXACT)
    local_date: Mapped[date] = mapped_column(Date)
    local_hour: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int | None] = mapped_column(Integer)
    persons: Mapped[int] = mapped_column(Integer, default=1)
    language: Mapped[str | None] = mapped_column(String(12))
    outside_opening: Mapped[bool] = mapped_column(Boolean, default=False)
    outside_shift: Mapped[bool] = mapped_column(Boolean, default=False)
    undone: Mapped[bool] = mapped_column(Boolean, default=False)
    coarsened_at: Mapped[datetime | None] = mapped_column()
    """When retention took the minute and what can point at a person off the row and its revisions."""

    place: Mapped[Place] = relationship(
        primaryjoin="Visit.place_id == Place.id", foreign_keys="Visit.place_id", viewonly=True
    )
    service: Mapped[Service] = relationship(
        primaryjoin="Visit.service_id == Service.id", foreign_keys="Visit.service_id", viewonly=True
    )
    person: Mapped[Person] = relationship(
        primaryjoin="Visit.person_id == Person.id", foreign_keys="Visit.person_id", viewonly=True
    )


def _tapped(column: str, table: str, *arguments: Any) -> tuple[Any, ...]:
    """Table arguments of one tapped list of a visit."""
    return (
        ForeignKeyConstraint(["programme_id", "visit_id"], ["visits.programme_id", "visits.id"]),
        same_programme(column, table),
        *arguments,
    )


class VisitTopic(Model):
    """What a visit was about."""

    __tablename__ = "visit_topics"
    __table_args__ = _tapped("topic_id", "topics")

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    topic_id: Mapped[int] = mapped_column(primary_key=True, index=True)


class VisitHelpForm(Model):
    """What was done."""

    __tablename__ = "visit_help_forms"
    __table_args__ = _tapped("help_form_id", "help_forms")

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    help_form_id: Mapped[int] = mapped_column(primary_key=True)


class VisitOutcome(Model):
    """How it ended."""

    __tablename__ = "visit_outcomes"
    __table_args__ = _tapped("outcome_id", "outcomes")

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    outcome_id: Mapped[int] = mapped_column(primary_key=True, index=True)


class VisitBody(Model):
    """Which body a visit was bridged to, and whether the result is known (None: not asked yet)."""

    __tablename__ = "visit_bodies"
    __table_args__ = _tapped(
        "body_id",
        "bodies",
        Index(
            "ix_visit_bodies_awaited",
            "programme_id",
            "visit_id",
            sqlite_where=text("result_known IS NULL"),
            postgresql_where=text("result_known IS NULL"),
        ),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    body_id: Mapped[int] = mapped_column(primary_key=True)
    result_known: Mapped[bool | None] = mapped_column(Boolean)


class VisitActivity(Model):
    """Which activity a resident was recruited to."""

    __tablename__ = "visit_activities"
    __table_args__ = _tapped("activity_id", "activities")

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    activity_id: Mapped[int] = mapped_column(primary_key=True)
