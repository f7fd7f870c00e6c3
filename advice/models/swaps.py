"""Swaps of the vagtplan: a shift offered to colleagues, who takes it, and the leaders who are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Select, String, and_, or_, select, text
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from advice.database import Model, db, one_of, owned, same_programme
from advice.models.people import Membership
from advice.models.roster import Shift
from advice.rules.swaps import LIVING, State

_LIVING = "state IN ('offered', 'taken')"


class Swap(Model):
    """A shift that its holder offers: away, or (is_trade) for one of the taker's."""

    __tablename__ = "swaps"
    __table_args__ = owned(
        same_programme("shift_id", "shifts"),
        same_programme("return_id", "shifts"),
        same_programme("asked_id", "memberships"),
        same_programme("taker_id", "memberships"),
        one_of("state", State),
        CheckConstraint("(taker_id IS NULL) = (taken_at IS NULL)", name="taken"),
        CheckConstraint("(return_id IS NULL) = (return_version IS NULL)", name="return_seen"),
        CheckConstraint("state != 'offered' OR taker_id IS NULL", name="free"),
        CheckConstraint("state != 'offered' OR ended_at IS NULL", name="lasts_offered"),
        CheckConstraint("state != 'taken' OR ended_at IS NULL", name="lasts_taken"),
        Index(
            "ix_swaps_living", "shift_id", unique=True, sqlite_where=text(_LIVING), postgresql_where=text(_LIVING)
        ),
        Index("ix_swaps_state", "programme_id", "state"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    shift_id: Mapped[int] = mapped_column()
    shift_version: Mapped[int] = mapped_column(Integer)
    """Of the shift as it was offered."""
    is_trade: Mapped[bool] = mapped_column(Boolean)
    asked_id: Mapped[int | None] = mapped_column()
    """The one member who is asked; None: everybody who can."""
    state: Mapped[str] = mapped_column(String(10), default=State.OFFERED.value)
    taker_id: Mapped[int | None] = mapped_column()
    return_id: Mapped[int | None] = mapped_column()
    """The taker's shift that she gives for it."""
    return_version: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    offered_at: Mapped[datetime] = mapped_column()
    taken_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who ended it; None where it lapsed."""

    shift: Mapped[Shift] = relationship(
        primaryjoin="Swap.shift_id == Shift.id", foreign_keys="Swap.shift_id", viewonly=True
    )
    returned: Mapped[Shift | None] = relationship(
        primaryjoin="Swap.return_id == Shift.id", foreign_keys="Swap.return_id", viewonly=True
    )
    asked: Mapped[Membership | None] = relationship(
        primaryjoin="Swap.asked_id == Membership.id", foreign_keys="Swap.asked_id", viewonly=True
    )
    taker: Mapped[Membership | None] = relationship(
        primaryjoin="Swap.taker_id == Membership.id", foreign_keys="Swap.taker_id", viewonly=True
    )


class SwapApproval(Model):
    """An organisation whose leader has to say yes to a swap that is taken, and who did."""

    __tablename__ = "swap_approvals"
    __table_args__ = (
        same_programme("swap_id", "swaps"),
        same_programme("organisation_id", "organisations"),
        CheckConstraint("(person_id IS NULL) = (at IS NULL)", name="answered"),
    )

    programme_id: Mapped[int] = mapped_column()
    swap_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime | None] = mapped_column()


def swap_of(programme_id: int, swap_id: int) -> Swap | None:
    """A swap of a programme with its people and shifts, to look at."""
    return db.session.scalar(_whole().where(Swap.programme_id == programme_id, Swap.id == swap_id))


def lock_swap(programme_id: int, swap_id: int) -> Swap | None:
    """The same, locked until the transaction ends: of several who would take it, one after the other."""
    found = select(Swap).where(Swap.programme_id == programme_id, Swap.id == swap_id)
    return db.session.scalar(found.with_for_update().execution_options(populate_existing=True))


def lock_shifts(shift_ids: Iterable[int]) -> dict[int, Shift]:
    """Shifts by id, locked until the transaction ends in the order of their ids. A swap is locked before them."""
    found = select(Shift).where(Shift.id.in_(set(shift_ids))).order_by(Shift.id)
    locked = found.with_for_update().execution_options(populate_existing=True)
    return {one.id: one for one in db.session.scalars(locked)}


def living_of(shift_id: int, *, lock: bool = False) -> Swap | None:
    """The swap in which a shift is offered and that has not ended, as it is stored; lock: until the transaction ends,
    before the shift is."""
    found = select(Swap).where(Swap.shift_id == shift_id, Swap.state.in_(LIVING))
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(found)


def swaps_seen_by(programme_id: int, person_id: int, today: date, since: datetime) -> list[Swap]:
    """The swaps that a person's own page tells of, of shifts from a day on, by day and start: what she offers or has
    said yes to, what ended of it after an instant, and what is offered to her or to everybody; one query."""
    shift, taker, asked = aliased(Shift), aliased(Membership), aliased(Membership)
    found = _whole().join(shift, shift.id == Swap.shift_id)
    found = found.outerjoin(taker, taker.id == Swap.taker_id).outerjoin(asked, asked.id == Swap.asked_id)
    hers = or_(shift.person_id == person_id, taker.person_id == person_id)
    recent = or_(Swap.state.in_(LIVING), Swap.ended_at >= since)
    to_her = and_(Swap.state == State.OFFERED, or_(Swap.asked_id.is_(None), asked.person_id == person_id))
    found = found.where(Swap.programme_id == programme_id, shift.day >= today, or_(and_(hers, recent), to_her))
    return list(db.session.scalars(found.order_by(shift.day, shift.starts, Swap.id)))


def taken_swaps(programme_id: int, today: date) -> list[Swap]:
    """The swaps that wait for leaders, from a day on; by day and start."""
    shift = aliased(Shift)
    found = _whole().join(shift, shift.id == Swap.shift_id)
    found = found.where(Swap.programme_id == programme_id, Swap.state == State.TAKEN, shift.day >= today)
    return list(db.session.scalars(found.order_by(shift.day, shift.starts, Swap.id)))


def taken_anywhere() -> list[Swap]:
    """The swaps that wait for leaders, in every programme."""
    return list(db.session.scalars(_whole().where(Swap.state == State.TAKEN).order_by(Swap.id)))


def approvals_of(swap_ids: Iterable[int]) -> dict[int, list[SwapApproval]]:
    """Who has to say yes to swaps and who has, by swap; one query."""
    found: defaultdict[int, list[SwapApproval]] = defaultdict(list)
    rows = select(SwapApproval).where(SwapApproval.swap_id.in_(set(swap_ids)))
    for row in db.session.scalars(rows.order_by(SwapApproval.swap_id, SwapApproval.organisation_id)):
        found[row.swap_id].append(row)
    return dict(found)


def ahead_of(programme_id: int, person_id: int, today: date, wall: time) -> Sequence[Shift]:
    """A person's active shifts in a programme that have not begun by a date and a clock on the wall; in order."""
    later = or_(Shift.day > today, and_(Shift.day == today, Shift.starts > wall))
    found = select(Shift).where(
        Shift.programme_id == programme_id, Shift.person_id == person_id, Shift.status == "active", later
    )
    found = found.options(joinedload(Shift.place), joinedload(Shift.organisation), joinedload(Shift.person))
    return db.session.scalars(found.order_by(Shift.day, Shift.starts, Shift.id)).all()


def _whole() -> Select[Swap]:
    """Swaps with the shifts and people that stand beside them."""
    shifts = [
        joinedload(one).joinedload(part)
        for one in (Swap.shift, Swap.returned)
        for part in (Shift.person, Shift.place, Shift.organisation)
    ]
    people = [
        joinedload(one).joinedload(part)
        for one in (Swap.taker, Swap.asked)
        for part in (Membership.person, Membership.organisation)
    ]
    return select(Swap).options(*shifts, joinedload(Swap.shift).joinedload(Shift.membership), *people)
