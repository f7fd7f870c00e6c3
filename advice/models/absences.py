"""What people can and when they are away: availability, wishes about places, absence, and rounds that collect it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    and_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, one_of, ordered, owned, same_programme
from advice.models.people import Membership, Person
from advice.rules.spans import Span
from advice.rules.terms import Away, Terms, Window

ABSENCE_KINDS = ("holiday", "course", "leave", "absence")
"""Ferie, kursus, barsel eller orlov, fravær. Illness is no kind: a sick call stores "absence" (design.md, rule 6)."""
WISHES = ("prefers", "avoids")


class Availability(Model):
    """When a member can be on duty on a weekday, with validity. Who has none can be on duty at any time."""

    __tablename__ = "availabilities"
    __table_args__ = owned(
        same_programme("membership_id", "memberships"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        ordered("starts", "ends", strictly=True),
        ordered("valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    membership_id: Mapped[int] = mapped_column(index=True)
    weekday: Mapped[int] = mapped_column(Integer)
    """0 is Monday."""
    starts: Mapped[time] = mapped_column()
    ends: Mapped[time] = mapped_column()
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class PlaceWish(Model):
    """A place that a member would rather be at, or rather not."""

    __tablename__ = "place_wishes"
    __table_args__ = (
        same_programme("membership_id", "memberships"),
        same_programme("place_id", "places"),
        one_of("wish", WISHES),
    )

    programme_id: Mapped[int] = mapped_column()
    membership_id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(primary_key=True)
    wish: Mapped[str] = mapped_column(String(10))


class Absence(Model):
    """A fravær from first to last day, all day or the same hours of each. Why is her own organisation's only."""

    __tablename__ = "absences"
    __table_args__ = owned(
        ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            [
                "memberships.programme_id",
                "memberships.id",
                "memberships.person_id",
                "memberships.organisation_id",
            ],
            name="fk_absences_member",
        ),
        one_of("kind", ABSENCE_KINDS),
        ordered("first_day", "last_day"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_or_neither"),
        ordered("starts", "ends", strictly=True),
        Index("ix_absences_person", "person_id", "last_day"),
        Index("ix_absences_days", "programme_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    membership_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    starts: Mapped[time | None] = mapped_column()
    ends: Mapped[time | None] = mapped_column()
    version: Mapped[int] = mapped_column(Integer, default=1)
    entered_at: Mapped[datetime] = mapped_column()
    withdrawn_at: Mapped[datetime | None] = mapped_column()

    membership: Mapped[Membership] = relationship(
        primaryjoin="Absence.membership_id == Membership.id", foreign_keys="Absence.membership_id", viewonly=True
    )
    person: Mapped[Person] = relationship(
        primaryjoin="Absence.person_id == Person.id", foreign_keys="Absence.person_id", viewonly=True
    )


class AbsenceRound(Model):
    """ "Indmeld fravær inden …": everybody on the team is asked for the absences of some days, once."""

    __tablename__ = "absence_rounds"
    __table_args__ = owned(ordered("first_day", "last_day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    answer_by: Mapped[date] = mapped_column(Date)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who asks."""
    begun_at: Mapped[datetime] = mapped_column()
    reminded_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class AbsenceAnswer(Model):
    """A member has said all there is to say in a round."""

    __tablename__ = "absence_answers"
    __table_args__ = (
        same_programme("round_id", "absence_rounds"),
        same_programme("membership_id", "memberships"),
    )

    programme_id: Mapped[int] = mapped_column()
    round_id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(primary_key=True)
    answered_at: Mapped[datetime] = mapped_column()


def absences_between(programme_id: int, first: date, last: date) -> list[Absence]:
    """What stands of absences that reach into the days (both inclusive), of everybody in the programme, by first day.

    A person who is a member elsewhere, too, is away from there as well: who asks for people asks `away_between`.
    """
    found = select(Absence).where(Absence.programme_id == programme_id, _stands(first, last))
    found = found.options(joinedload(Absence.person), joinedload(Absence.membership))
    return list(db.session.scalars(found.order_by(Absence.first_day, Absence.id)))


def absences_of(person_id: int, today: date) -> list[Absence]:
    """What stands of a person's absences that are not over, in every programme, by first day."""
    found = select(Absence).where(Absence.person_id == person_id, Absence.withdrawn_at.is_(None))
    return list(db.session.scalars(found.where(Absence.last_day >= today).order_by(Absence.first_day, Absence.id)))


def absence_of(absence_id: int) -> Absence | None:
    """An absence that stands, locked until the transaction ends."""
    found = select(Absence).where(Absence.id == absence_id, Absence.withdrawn_at.is_(None))
    return db.session.scalar(found.with_for_update().execution_options(populate_existing=True))


def away_between(person_ids: Iterable[int], first: date, last: date) -> dict[int, list[Away]]:
    """When these people are away within the days (both inclusive), by person, entered in any programme; one query."""
    found: dict[int, list[Away]] = {}
    rows = select(Absence).where(Absence.person_id.in_(set(person_ids)), _stands(first, last))
    for row in db.session.scalars(rows.order_by(Absence.first_day, Absence.id)):
        found.setdefault(row.person_id, []).append(away_of(row))
    return found


def away_of(row: Absence) -> Away:
    """An absence as the rule takes it: when, never why."""
    span = Span(row.starts, row.ends) if row.starts and row.ends else None
    return Away(row.first_day, row.last_day, span)


def terms_of(members: Iterable[Membership]) -> dict[int, Terms]:
    """What was agreed with members, by membership; two queries however many there are."""
    rows = list(members)
    keys = [row.id for row in rows]
    windows: defaultdict[int, list[Window]] = defaultdict(list)
    asked = select(Availability).where(Availability.membership_id.in_(keys))
    for row in db.session.scalars(asked.order_by(Availability.weekday, Availability.starts)):
        span = Span(row.starts, row.ends)
        windows[row.membership_id].append(Window(row.weekday, span, row.valid_from, row.valid_to))
    wishes: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for wish in db.session.scalars(select(PlaceWish).where(PlaceWish.membership_id.in_(keys))):
        wishes[wish.membership_id, wish.wish].add(wish.place_id)
    return {
        row.id: Terms(
            row.percent,
            tuple(windows[row.id]),
            row.most_shifts,
            frozenset(wishes[row.id, "prefers"]),
            frozenset(wishes[row.id, "avoids"]),
        )
        for row in rows
    }


def _stands(first: date, last: date) -> ColumnElement[bool]:
    return and_(Absence.withdrawn_at.is_(None), Absence.first_day <= last, Absence.last_day >= first)
