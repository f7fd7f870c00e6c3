"""Who has met and left: the marks on shifts, and of those who helped out without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, ordered, owned, same_programme
from advice.models.people import Person
from advice.models.places import Place
from advice.models.programmes import Organisation
from advice.models.roster import Shift
from advice.rules.presence import Held, Mark, carried
from advice.rules.spans import Span

OPEN = text("came IS NOT NULL AND gone IS NULL")
HELPING = text("shift_id IS NULL")


class Presence(Model):
    """Somebody was at a place on a day: for a shift, or to help out. One row a shift and day, or place and day.

    Wall-clock times, to the minute; nobody is at two places at once, in any programme. After retention.PRESENCES the
    times go, and the minutes that they came to stay.
    """

    __tablename__ = "presences"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("shift_id", "shifts"),
        ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            ["memberships.programme_id", "memberships.id", "memberships.person_id", "memberships.organisation_id"],
            name="fk_presences_membership",  # the one by the convention would be too long for PostgreSQL
        ),
        UniqueConstraint("shift_id", "day"),
        Index(
            "ix_presences_helping", "person_id", "place_id", "day", unique=True,
            sqlite_where=HELPING, postgresql_where=HELPING,
        ),
        Index("ix_presences_open", "person_id", "day", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_presences_day", "programme_id", "day"),
        ordered("came", "gone"),
        CheckConstraint("minutes BETWEEN 0 AND 1439", name="minutes"),
        CheckConstraint("minutes IS NULL OR (came IS NULL AND gone IS NULL)", name="times_or_minutes"),
        CheckConstraint("NOT confirmed OR shift_id IS NOT NULL", name="confirmed"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    shift_id: Mapped[int | None] = mapped_column()
    """None: she helped out, and was not on the plan."""
    membership_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)
    came: Mapped[time | None] = mapped_column()
    gone: Mapped[time | None] = mapped_column()
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    minutes: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    corrected_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The leader who has last put it right. When is not kept: after a tap it would be the time itself, once more."""

    place: Mapped[Place] = relationship(
        primaryjoin="Presence.place_id == Place.id", foreign_keys="Presence.place_id", viewonly=True
    )
    shift: Mapped[Shift | None] = relationship(
        primaryjoin="Presence.shift_id == Shift.id", foreign_keys="Presence.shift_id", viewonly=True
    )
    person: Mapped[Person] = relationship(
        primaryjoin="Presence.person_id == Person.id", foreign_keys="Presence.person_id", viewonly=True
    )
    organisation: Mapped[Organisation] = relationship(
        primaryjoin="Presence.organisation_id == Organisation.id",
        foreign_keys="Presence.organisation_id",
        viewonly=True,
    )

    @property
    def mark(self) -> Mark:
        """As rules/presence.py counts it."""
        return Mark(self.came, self.gone, self.confirmed, self.minutes)


def of_day(programme_id: int, day: date) -> list[Presence]:
    """What is marked on a day in a programme, with people and places; one query."""
    found = select(Presence).where(Presence.programme_id == programme_id, Presence.day == day)
    loaded = joinedload(Presence.person), joinedload(Presence.place), joinedload(Presence.organisation)
    return list(db.session.scalars(found.options(*loaded).order_by(Presence.id)))


def own_of_days(person_id: int, first: date, last: date) -> list[Presence]:
    """What is marked of somebody on the days (both inclusive), in any programme, with its place; one query."""
    found = select(Presence).where(Presence.person_id == person_id, Presence.day.between(first, last))
    return list(db.session.scalars(found.options(joinedload(Presence.place)).order_by(Presence.day, Presence.id)))


def marked(person_id: int, place_id: int, day: date, shift_id: int | None) -> Presence | None:
    """The row of a shift on a day; without one that of helping out at a place. As it stands now."""
    found = select(Presence).where(Presence.person_id == person_id, Presence.day == day)
    if shift_id is None:
        found = found.where(Presence.shift_id.is_(None), Presence.place_id == place_id)
    else:
        found = found.where(Presence.shift_id == shift_id)
    return db.session.scalar(found.execution_options(populate_existing=True))


def here_elsewhere(person_id: int, day: date, besides: int | None) -> Presence | None:
    """Where somebody is marked as here on a day, in any programme, but for one row."""
    found = select(Presence).where(Presence.person_id == person_id, Presence.day == day)
    found = found.where(Presence.came.is_not(None), Presence.gone.is_(None), Presence.id.is_distinct_from(besides))
    return db.session.scalar(found.options(joinedload(Presence.place)))


def first_marked(programme_id: int, organisations: Collection[int], since: date) -> date | None:
    """The first day from `since` on that anybody of these organisations has a mark; None where nobody marks."""
    found = select(Presence.day).where(Presence.programme_id == programme_id, Presence.day >= since)
    found = found.where(Presence.organisation_id.in_(organisations))
    return db.session.scalar(found.order_by(Presence.day).limit(1))


def held_between(
    programme_id: int, first: date, last: date, now: tuple[date, time], person_id: int | None = None
) -> list[tuple[date, Held]]:
    """The shifts of the days (both inclusive) that are over, and what was marked besides them, each with its day.

    Active shifts, marked or not; marks of a shift that was called off or moved to another day after somebody had
    come; helping out. Of everybody or of one person; two queries. now: date and time at the place.
    """
    whose: list[ColumnElement[bool]] = [] if person_id is None else [Shift.person_id == person_id]
    marks = Presence.came, Presence.gone, Presence.confirmed, Presence.minutes
    columns = Shift.day, Shift.person_id, Shift.organisation_id, Shift.starts, Shift.ends, Presence.id, *marks
    shifts = (
        select(*columns)
        .outerjoin(Presence, and_(Presence.shift_id == Shift.id, Presence.day == Shift.day))
        .where(Shift.programme_id == programme_id, Shift.status == "active", Shift.day.between(first, last))
        .where(_over(now), *whose)
    )
    found = [(row[0], Held(row[1], row[2], Span(row[3], row[4]), _mark(row[5:]))) for row in db.session.execute(shifts)]
    return _as_counted(found) + _besides(programme_id, first, last, now, person_id)


def _as_counted(found: list[tuple[date, Held]]) -> list[tuple[date, Held]]:
    """The same with the marks as they count where one shift of somebody joins the next."""
    days: defaultdict[tuple[date, int], list[tuple[Span, Held]]] = defaultdict(list)
    for day, one in found:
        assert one.planned is not None
        days[day, one.person].append((one.planned, one))
    counted = []
    for (day, _person), hers in days.items():
        hers.sort(key=lambda pair: pair[0])
        marks = carried([(span, one.mark) for span, one in hers])
        counted += [(day, replace(one, mark=mark)) for (_span, one), mark in zip(hers, marks, strict=True)]
    return counted


def _mark(row: Sequence[Any]) -> Mark | None:
    """The id of a row and its marks, as selected; None for a shift without one."""
    key, came, gone, confirmed, kept = row
    return None if key is None else Mark(came, gone, confirmed, kept)


def _over(now: tuple[date, time]) -> ColumnElement[bool]:
    """SQL condition on a shift: it has ended."""
    return or_(Shift.day < now[0], and_(Shift.day == now[0], Shift.ends <= now[1]))


def _besides(
    programme_id: int, first: date, last: date, now: tuple[date, time], person_id: int | None
) -> list[tuple[date, Held]]:
    """What was marked of no active shift of its day; somebody who is still here is not counted yet."""
    planned = and_(Shift.id == Presence.shift_id, Shift.day == Presence.day, Shift.status == "active")
    something = or_(Presence.came.is_not(None), Presence.gone.is_not(None), Presence.minutes.is_not(None))
    over = or_(Presence.day < now[0], Presence.gone.is_not(None), Presence.minutes.is_not(None))
    columns = Presence.day, Presence.person_id, Presence.organisation_id, Presence.came, Presence.gone
    found = (
        select(*columns, Presence.minutes)
        .outerjoin(Shift, planned)
        .where(Presence.programme_id == programme_id, Presence.day.between(first, last), Shift.id.is_(None))
        .where(something, over)
    )
    if person_id is not None:
        found = found.where(Presence.person_id == person_id)
    rows = db.session.execute(found)
    return [(row[0], Held(row[1], row[2], None, Mark(row[3], row[4], False, row[5]))) for row in rows]
