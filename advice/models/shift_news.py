"""What a person has not yet been told of her shifts, and what she has not yet seen.

A row is a shift that stands otherwise than she knows; what it says is how she knows it. However often the shift changes
until she hears of it, the row stays as it is, and what she is told is the difference. No row: she knows it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Date, Index, String, UniqueConstraint, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from advice.database import Model, db, one_of, ordered, same_programme
from advice.models.roster import Shift
from advice.rules.news import Stand


class Reader(StrEnum):
    """By which way: what the mails have told her, or what she has seen on her page. Neither knows of the other."""

    MAIL = "mail"
    PAGE = "page"


class ShiftNews(Model):
    """A shift and how its person knows it: at a place, a day and a time, or (all empty) not at all."""

    __tablename__ = "shift_news"
    __table_args__ = (
        same_programme("shift_id", "shifts"),
        same_programme("place_id", "places"),
        UniqueConstraint("shift_id", "reader"),
        one_of("reader", Reader),
        CheckConstraint("(place_id IS NULL) = (day IS NULL)", name="day"),
        CheckConstraint("(day IS NULL) = (starts IS NULL)", name="starts"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="ends"),
        ordered("starts", "ends", strictly=True),
        Index("ix_shift_news_since", "reader", "since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    shift_id: Mapped[int] = mapped_column()
    reader: Mapped[str] = mapped_column(String(4))
    place_id: Mapped[int | None] = mapped_column()
    day: Mapped[date | None] = mapped_column(Date)
    starts: Mapped[time | None] = mapped_column()
    ends: Mapped[time | None] = mapped_column()
    since: Mapped[datetime] = mapped_column()
    """Of the first change that she has not heard of."""

    @property
    def known(self) -> Stand | None:
        """How she knows it."""
        if self.place_id is None or self.day is None or self.starts is None or self.ends is None:
            return None
        return Stand(self.place_id, self.day, self.starts, self.ends)


class Unheard(NamedTuple):
    """A shift, and how its person knows it."""

    news: ShiftNews
    shift: Shift


def stand_of(shift: Shift) -> Stand | None:
    """How a shift stands; None for a cancelled one."""
    return Stand(shift.place_id, shift.day, shift.starts, shift.ends) if shift.status == "active" else None


def readers_waiting(shift_id: int) -> set[str]:
    """The ways by which the person has something to hear about a shift."""
    return set(db.session.scalars(select(ShiftNews.reader).where(ShiftNews.shift_id == shift_id)))


def forget(shift_ids: Iterable[int], *readers: Reader) -> None:
    """She knows these as they stand."""
    gone = delete(ShiftNews).where(ShiftNews.shift_id.in_(set(shift_ids)), ShiftNews.reader.in_(readers))
    db.session.execute(gone.execution_options(synchronize_session="fetch"))


def untold(before: datetime, until: date) -> list[Unheard]:
    """What is to be mailed, of anybody: all that has waited since `before`, and what is about a day up to `until`."""
    about = or_(ShiftNews.day <= until, and_(Shift.status == "active", Shift.day <= until))
    return _unheard(Reader.MAIL, or_(ShiftNews.since < before, about))


def lock_untold(person_id: int) -> list[Unheard] | None:
    """All that a person has not been told by mail, locked with its shifts; None while somebody else holds part of it.

    It waits for nobody, so that whoever holds her shifts and waits for others is never waited for from here.
    """
    mine = Shift.person_id == person_id, ShiftNews.reader == Reader.MAIL
    found = select(ShiftNews, Shift).join(Shift, Shift.id == ShiftNews.shift_id).where(*mine).order_by(Shift.id)
    locked = found.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    rows = [Unheard(*row) for row in db.session.execute(locked)]
    waiting = select(func.count()).select_from(ShiftNews).join(Shift, Shift.id == ShiftNews.shift_id).where(*mine)
    return rows if len(rows) == db.session.scalar(waiting) else None


def unseen(person_id: int, first: date) -> list[Unheard]:
    """What a person has not seen on her page of days from the first on, by day; places and organisations with it."""
    ahead = or_(ShiftNews.day >= first, Shift.day >= first)
    return _unheard(Reader.PAGE, Shift.person_id == person_id, ahead)


def lock_unseen(person_id: int, shift_ids: Iterable[int]) -> list[Unheard]:
    """Those of these shifts of a person of which she has not seen something, locked in the order of their ids."""
    found = select(ShiftNews, Shift).join(Shift, Shift.id == ShiftNews.shift_id).order_by(Shift.id)
    found = found.where(Shift.person_id == person_id, Shift.id.in_(set(shift_ids)), ShiftNews.reader == Reader.PAGE)
    locked = found.with_for_update(of=Shift).execution_options(populate_existing=True)
    return [Unheard(*row) for row in db.session.execute(locked)]


def _unheard(reader: Reader, *conditions: object) -> list[Unheard]:
    found = select(ShiftNews, Shift).join(Shift, Shift.id == ShiftNews.shift_id)
    found = found.where(ShiftNews.reader == reader, *conditions)  # type: ignore[arg-type]
    found = found.options(joinedload(Shift.place)).order_by(Shift.day, Shift.starts, Shift.id)
    return [Unheard(*row) for row in db.session.execute(found)]
