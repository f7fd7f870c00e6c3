"""What can be tapped on a visit: topics, help forms, outcomes, kinds, bodies, activities.

Codes are a programme's own. Meaning is a flag on the row, a hint is a text on the row. Names end
(valid_to), they are never deleted; renaming a row keeps its statistics.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Labels, Model, one_of, ordered, owned, same_programme

OUTCOME_FLAGS = (
    "solves",
    "self_help",
    "bridges",
    "recruits",
    "new_time",
    "to_course",
    "continues",
    "not_reached",
)
PICTURES = (
    "letter", "money", "home", "work", "school", "health", "family", "children", "phone", "papers", "residence", "food",
    "talk", "more",
)  # fmt: skip
"""The plain drawings there are for what one can get help with."""


class TopicGroup(Model):
    """Emnegruppe."""

    __tablename__ = "topic_groups"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        same_programme("focus_area_id", "focus_areas"),
        one_of("picture", PICTURES),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    kle: Mapped[str | None] = mapped_column(String(20))
    """KL Emnesystematik number, where one fits; never shown on the tablet."""
    picture: Mapped[str | None] = mapped_column(String(20))
    """The plain drawing that residents see beside it: one of PICTURES."""
    focus_area_id: Mapped[int | None] = mapped_column()
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Topic(Model):
    """Emne: what it was about."""

    __tablename__ = "topics"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        same_programme("group_id", "topic_groups"),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    group_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    hint: Mapped[Labels | None] = mapped_column()
    """Shown to the adviser beside the topic."""
    unreviewed: Mapped[list[str]] = mapped_column(default=list)
    """Languages whose label no native speaker has seen yet."""
    kle: Mapped[str | None] = mapped_column(String(20))
    catch_all: Mapped[bool] = mapped_column(Boolean, default=False)
    """"Andet": a large share of it says that the list needs a look."""
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class HelpForm(Model):
    """Hjælpeform: what we did."""

    __tablename__ = "help_forms"
    __table_args__ = owned(UniqueConstraint("programme_id", "code"), ordered("valid_from", "valid_to"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Outcome(Model):
    """Udfald: how it ended. What it means is its flags."""

    __tablename__ = "outcomes"
    __table_args__ = owned(UniqueConstraint("programme_id", "code"), ordered("valid_from", "valid_to"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    final: Mapped[bool] = mapped_column(Boolean, default=False)
    solves: Mapped[bool] = mapped_column(Boolean, default=False)
    self_help: Mapped[bool] = mapped_column(Boolean, default=False)
    bridges: Mapped[bool] = mapped_column(Boolean, default=False)
    recruits: Mapped[bool] = mapped_column(Boolean, default=False)
    new_time: Mapped[bool] = mapped_column(Boolean, default=False)
    to_course: Mapped[bool] = mapped_column(Boolean, default=False)
    continues: Mapped[bool] = mapped_column(Boolean, default=False)
    not_reached: Mapped[bool] = mapped_column(Boolean, default=False)
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class VisitKind(Model):
    """A kind of visit that a service counts, such as the agreement's borgersamtale."""

    __tablename__ = "visit_kinds"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        ordered("valid_from", "valid_to"),
        UniqueConstraint("programme_id", "service_id", "id"),
        same_programme("service_id", "services"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    service_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    hint: Mapped[Labels | None] = mapped_column()
    position: Mapped[int] = mapped_column(Integer, default=0)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Body(Model):
    """An instans one can be bridged to, with what a resident needs to know to get there."""

    __tablename__ = "bodies"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        ordered("valid_from", "valid_to"),
        CheckConstraint("link IS NULL OR link LIKE 'https://%' OR link LIKE 'http://%'", name="link"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    kind: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(200))
    hours: Mapped[Labels | None] = mapped_column()
    link: Mapped[str | None] = mapped_column(String(300))
    bring: Mapped[Labels | None] = mapped_column()
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Activity(Model):
    """Something a resident can be recruited to."""

    __tablename__ = "activities"
    __table_args__ = owned(
        UniqueConstraint("programme_id", "code"),
        same_programme("focus_area_id", "focus_areas"),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    labels: Mapped[Labels] = mapped_column()
    focus_area_id: Mapped[int | None] = mapped_column()
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
