"""Notices to the staff of a place for a day or some days: "printeren virker ikke"."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, ordered, owned, same_programme
from advice.models.people import Person
from advice.models.places import Place
from advice.models.roster import Shift
from advice.models.scope import scoped
from advice.rules.access import Action, Actor
from advice.rules.staff_notices import LONGEST_TEXT


class StaffNotice(Model):
    """A notice to the staff of one place, or of all (place_id NULL), from its first to its last day."""

    __tablename__ = "staff_notices"
    __table_args__ = owned(
        same_programme("place_id", "places"),
        same_programme("organisation_id", "organisations"),
        CheckConstraint("length(text) > 0", name="text"),
        ordered("first_day", "last_day"),
        Index("ix_staff_notices_days", "programme_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    """Of whoever wrote it."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who wrote it."""
    place_id: Mapped[int | None] = mapped_column()
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    version: Mapped[int] = mapped_column(Integer, default=1)
    written_at: Mapped[datetime] = mapped_column()
    withdrawn_at: Mapped[datetime | None] = mapped_column()

    person: Mapped[Person] = relationship(foreign_keys="StaffNotice.person_id", viewonly=True)
    place: Mapped[Place | None] = relationship(
        primaryjoin="StaffNotice.place_id == Place.id", foreign_keys="StaffNotice.place_id", viewonly=True
    )

    def on(self, place_id: int, day: date) -> bool:
        """Whether it is shown at a place on a day."""
        return self.place_id in (None, place_id) and self.first_day <= day <= self.last_day


_STANDS = StaffNotice.withdrawn_at.is_(None)
_ORDER = StaffNotice.first_day, StaffNotice.id
_WHOLE = joinedload(StaffNotice.person), joinedload(StaffNotice.place)


def notices_between(programme_id: int, first: date, last: date | None) -> list[StaffNotice]:
    """What is told on a day from first to last (both inclusive, None: on), with who wrote it and where; one query."""
    found = select(StaffNotice).where(StaffNotice.programme_id == programme_id, _STANDS, StaffNotice.last_day >= first)
    if last is not None:
        found = found.where(StaffNotice.first_day <= last)
    return list(db.session.scalars(found.options(*_WHOLE).order_by(*_ORDER)))


def notices_at(programme_id: int, place_id: int, day: date) -> list[StaffNotice]:
    """What is told at a place on a day."""
    return [one for one in notices_between(programme_id, day, day) if one.on(place_id, day)]


def notices_of_shifts(person_id: int, today: date) -> dict[UUID, list[StaffNotice]]:
    """What is told where and when a person has shifts from today on, in every programme, by the uid of the shift."""
    here = or_(StaffNotice.place_id.is_(None), StaffNotice.place_id == Shift.place_id)
    rows = (
        select(Shift.uid, StaffNotice)
        .join(StaffNotice, (StaffNotice.programme_id == Shift.programme_id) & here)
        .where(Shift.person_id == person_id, Shift.status == "active", Shift.day >= today, _STANDS)
        .where(StaffNotice.first_day <= Shift.day, StaffNotice.last_day >= Shift.day)
        .options(joinedload(StaffNotice.person))
        .order_by(*_ORDER)
    )
    found: defaultdict[UUID, list[StaffNotice]] = defaultdict(list)
    for uid, notice in db.session.execute(rows):
        found[uid].append(notice)
    return dict(found)


def notice_of(actor: Actor, notice_id: int) -> StaffNotice | None:
    """The notice, to look at; None if the actor may not see it."""
    found = scoped(select(StaffNotice), StaffNotice, actor, Action.SEE_ROSTER).where(StaffNotice.id == notice_id)
    return db.session.scalar(found.options(*_WHOLE))


def notice_to_change(actor: Actor, notice_id: int) -> StaffNotice | None:
    """The same, locked until the transaction ends, so that a version that was compared stays the newest."""
    found = scoped(select(StaffNotice), StaffNotice, actor, Action.SEE_ROSTER).where(StaffNotice.id == notice_id)
    return db.session.scalar(found.with_for_update().execution_options(populate_existing=True))


def days_on_duty(person_id: int, programme_id: int, today: date) -> set[tuple[int, date]]:
    """Place and day of the active shifts that a person has in a programme from today on."""
    rows = select(Shift.place_id, Shift.day).where(
        Shift.person_id == person_id, Shift.programme_id == programme_id, Shift.status == "active", Shift.day >= today
    )
    return {(place_id, day) for place_id, day in db.session.execute(rows)}
