"""Finding somebody for a shift that has been called off: who was asked, what they said, and what was left open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from advice.database import Model, db, one_of, owned, same_programme
from advice.models.people import Membership, Person
from advice.models.roster import Competence, MembershipCompetence, Shift

ANSWERS = ("yes", "no")


class StandInAsk(Model):
    """A member was asked to take a cancelled shift: by mail, if there is a token, else in the telephone."""

    __tablename__ = "stand_in_asks"
    __table_args__ = owned(
        same_programme("shift_id", "shifts"),
        same_programme("membership_id", "memberships"),
        UniqueConstraint("shift_id", "membership_id"),
        one_of("answer", ANSWERS),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    shift_id: Mapped[int] = mapped_column()
    """The cancelled shift."""
    membership_id: Mapped[int] = mapped_column(index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the secret in the mail; it opens one thing, an answer, and that only while the shift is nobody's."""
    asked_at: Mapped[datetime] = mapped_column()
    answer: Mapped[str | None] = mapped_column(String(3))
    answered_at: Mapped[datetime | None] = mapped_column()

    membership: Mapped[Membership] = relationship(
        primaryjoin="StandInAsk.membership_id == Membership.id", foreign_keys="StandInAsk.membership_id", viewonly=True
    )


class OpenWithFewer(Model):
    """Nobody is to be found for a cancelled shift: the house is open with fewer.

    It was said of one cancelling: once the shift was active again it says nothing of what became of it later.
    """

    __tablename__ = "open_with_fewer"
    __table_args__ = (same_programme("shift_id", "shifts"),)

    programme_id: Mapped[int] = mapped_column()
    shift_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who said so."""
    at: Mapped[datetime] = mapped_column()
    shift_version: Mapped[int] = mapped_column(Integer)
    """Of the cancelled shift as it was then."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Who said that the house is open without somebody, and when."""

    who: str
    at: datetime


def called_off(programme_id: int, first: date, last: date) -> list[Shift]:
    """The cancelled shifts of the days (both inclusive) that no other shift has replaced, by day and start; one query.

    Of a shift that was taken over and called off again, the last holder's.
    """
    newer = aliased(Shift)
    found = (
        select(Shift)
        .outerjoin(newer, newer.replaces_id == Shift.id)
        .where(Shift.programme_id == programme_id, Shift.day.between(first, last))
        .where(Shift.status == "cancelled", newer.id.is_(None))
        .options(joinedload(Shift.person), joinedload(Shift.organisation), joinedload(Shift.place))
        .order_by(Shift.day, Shift.starts, Shift.place_id, Shift.id)
    )
    return list(db.session.scalars(found))


def lock_shift(shift_id: int) -> Shift:
    """A shift, locked until the transaction ends: of several who would take it, one after the other."""
    found = select(Shift).where(Shift.id == shift_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def lock_active(person_ids: Iterable[int], programme_id: int, first: date, last: date) -> list[Shift]:
    """The active shifts of these people in the days (both inclusive), locked in the order of their ids."""
    found = select(Shift).where(
        Shift.programme_id == programme_id, Shift.status == "active", Shift.day.between(first, last),
        Shift.person_id.in_(set(person_ids)),
    )  # fmt: skip
    locked = found.order_by(Shift.id).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def active_of(person_ids: Iterable[int], first: date, last: date) -> dict[int, list[Shift]]:
    """The active shifts of these people in the days (both inclusive), in any programme, by person; one query."""
    found: defaultdict[int, list[Shift]] = defaultdict(list)
    rows = select(Shift).where(
        Shift.person_id.in_(set(person_ids)), Shift.status == "active", Shift.day.between(first, last)
    )
    for row in db.session.scalars(rows.order_by(Shift.day, Shift.starts)):
        found[row.person_id].append(row)
    return dict(found)


def asks_of(shift_ids: Iterable[int]) -> dict[int, list[StandInAsk]]:
    """Who was asked to take these shifts, by shift, in the order they were asked; one query."""
    found: defaultdict[int, list[StandInAsk]] = defaultdict(list)
    rows = select(StandInAsk).where(StandInAsk.shift_id.in_(set(shift_ids)))
    rows = rows.options(joinedload(StandInAsk.membership).joinedload(Membership.person))
    for row in db.session.scalars(rows.order_by(StandInAsk.asked_at, StandInAsk.id)):
        found[row.shift_id].append(row)
    return dict(found)


def asked_by_mail(programme_id: int, days: Iterable[date]) -> list[Shift]:
    """The cancelled shifts of these days that somebody was asked by mail to take, in the order of their ids; one
    query."""
    asked = select(StandInAsk.shift_id).where(StandInAsk.token_hash.is_not(None))
    found = select(Shift).where(
        Shift.programme_id == programme_id, Shift.day.in_(set(days)), Shift.status == "cancelled", Shift.id.in_(asked)
    )
    return list(db.session.scalars(found.order_by(Shift.id)))


def ask_of(shift_id: int, membership_id: int) -> StandInAsk | None:
    """What a member was asked and said about a shift."""
    return db.session.scalar(select(StandInAsk).filter_by(shift_id=shift_id, membership_id=membership_id))


def ask_with(token_hash: str) -> StandInAsk | None:
    """What the secret of this hash is about, with the member it was sent to."""
    found = select(StandInAsk).where(StandInAsk.token_hash == token_hash)
    found = found.options(joinedload(StandInAsk.membership).joinedload(Membership.person))
    return db.session.scalar(found)


def left_open(shift_ids: Iterable[int]) -> set[int]:
    """Those of these shifts for which nobody is to be found."""
    return set(db.session.scalars(_said(OpenWithFewer.shift_id).where(Shift.id.in_(set(shift_ids)))))


def agreed_between(programme_id: int, first: date, last: date) -> dict[int, Agreed]:
    """The cancelled shifts of the days (both inclusive) without which the house is open, with who said so; one query.

    Whether somebody has taken one of them since is for the caller to know.
    """
    found = _said(OpenWithFewer.shift_id, Person.name, OpenWithFewer.at).join(
        Person, Person.id == OpenWithFewer.person_id
    )
    found = found.where(Shift.programme_id == programme_id, Shift.day.between(first, last))
    return {shift_id: Agreed(who, at) for shift_id, who, at in db.session.execute(found)}


def _said(*columns: Any) -> Select[Any]:
    """What was said of cancelled shifts as they still are."""
    found = select(*columns).join(Shift, Shift.id == OpenWithFewer.shift_id)
    return found.where(Shift.status == "cancelled", Shift.version == OpenWithFewer.shift_version)


def holders_of(competence_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Which of these competences members have, by membership; one query."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = select(MembershipCompetence.membership_id, MembershipCompetence.competence_id)
    for member, competence in db.session.execute(
        rows.where(MembershipCompetence.competence_id.in_(set(competence_ids)))
    ):
        found[member].add(competence)
    return {member: frozenset(ids) for member, ids in found.items()}


def languages_among(competence_ids: Iterable[int]) -> set[int]:
    """Those of these competences that are languages."""
    which = Competence.id.in_(set(competence_ids)), Competence.kind == "language"
    return set(db.session.scalars(select(Competence.id).where(*which)))
