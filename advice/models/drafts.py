"""Drafts of the vagtplan: change rows over some days, and the organisations that have said yes to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    String,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, one_of, ordered, owned, same_programme
from advice.models.people import Person
from advice.models.places import Place
from advice.models.programmes import Organisation
from advice.models.roster import Shift
from advice.rules.drafts import LONGEST_WHY, NEXT, Deed, State


class Draft(Model):
    """A plan for some days (both inclusive) that is not in force yet. organisation_id: whose leader lays it."""

    __tablename__ = "drafts"
    __table_args__ = owned(
        same_programme("organisation_id", "organisations"),
        one_of("state", State),
        ordered("first_day", "last_day"),
        CheckConstraint("(sent_back_by IS NULL) = (sent_back_at IS NULL)", name="sent_back"),
        Index("ix_drafts_state", "programme_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default=State.OPEN.value)
    version: Mapped[int] = mapped_column(Integer, default=1)
    made_at: Mapped[datetime] = mapped_column()
    sent_on: Mapped[date | None] = mapped_column(Date)
    """The day it was last sent to the leaders."""
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who sent it then."""
    sent_back_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who of those who were asked sent it back, or said no to a single edit; None once it is sent again."""
    sent_back_at: Mapped[datetime | None] = mapped_column()
    sent_back_why: Mapped[str | None] = mapped_column(String(LONGEST_WHY))
    """In her words; gone by retention before the rest."""
    ended_at: Mapped[datetime | None] = mapped_column()
    """When it came in force or was dropped."""
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What repeating weeks left out, by why: [[membership, place, day], ...]. For telling, until it is in force."""
    small: Mapped[bool] = mapped_column(Boolean, default=False)
    """A single edit on the board that waits for the others' yes, not a plan that somebody lays; it has no name."""

    organisation: Mapped[Organisation] = relationship(
        primaryjoin="Draft.organisation_id == Organisation.id", foreign_keys="Draft.organisation_id", viewonly=True
    )
    person: Mapped[Person] = relationship(foreign_keys="Draft.person_id", viewonly=True)
    sender: Mapped[Person | None] = relationship(foreign_keys="Draft.sent_by", viewonly=True)
    sent_back_from: Mapped[Person | None] = relationship(foreign_keys="Draft.sent_back_by", viewonly=True)


class DraftChange(Model):
    """One change of a draft: a shift added, changed or cancelled, made from a version of it. What it says of a shift
    cancelled is what the shift was."""

    __tablename__ = "draft_changes"
    __table_args__ = owned(
        same_programme("draft_id", "drafts"),
        same_programme("shift_id", "shifts"),
        same_programme("replaces_id", "shifts"),
        same_programme("place_id", "places"),
        ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            [
                "memberships.programme_id",
                "memberships.id",
                "memberships.person_id",
                "memberships.organisation_id",
            ],
            name="fk_draft_changes_member",
        ),
        UniqueConstraint("draft_id", "shift_id"),
        one_of("deed", Deed),
        CheckConstraint("(deed = 'add') = (shift_id IS NULL)", name="made_from"),
        CheckConstraint("(shift_id IS NULL) = (shift_version IS NULL)", name="version_seen"),
        CheckConstraint("replaces_id IS NULL OR deed = 'add'", name="replaces"),
        ordered("starts", "ends", strictly=True),
        Index("ix_draft_changes_draft", "draft_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    draft_id: Mapped[int] = mapped_column()
    deed: Mapped[str] = mapped_column(String(10))
    shift_id: Mapped[int | None] = mapped_column()
    shift_version: Mapped[int | None] = mapped_column(Integer)
    replaces_id: Mapped[int | None] = mapped_column()
    """The shift that one added takes the place of: another person's, which the draft cancels, or one cancelled."""
    membership_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column()
    organisation_id: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)
    starts: Mapped[time] = mapped_column()
    ends: Mapped[time] = mapped_column()
    version: Mapped[int] = mapped_column(Integer, default=1)
    made_at: Mapped[datetime] = mapped_column()

    person: Mapped[Person] = relationship(
        primaryjoin="DraftChange.person_id == Person.id", foreign_keys="DraftChange.person_id", viewonly=True
    )
    organisation: Mapped[Organisation] = relationship(
        primaryjoin="DraftChange.organisation_id == Organisation.id",
        foreign_keys="DraftChange.organisation_id",
        viewonly=True,
    )
    place: Mapped[Place] = relationship(
        primaryjoin="DraftChange.place_id == Place.id", foreign_keys="DraftChange.place_id", viewonly=True
    )


class DraftApproval(Model):
    """An organisation has said yes to a draft as it stood: digest is of the difference that was shown."""

    __tablename__ = "draft_approvals"
    __table_args__ = (
        same_programme("draft_id", "drafts"),
        same_programme("organisation_id", "organisations"),
    )

    programme_id: Mapped[int] = mapped_column()
    draft_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column()


class Waiting(NamedTuple):
    """A change of a single edit that waits for a yes, and the shift in force that it is made from."""

    row: DraftChange
    draft: Draft
    shift: Shift | None


def draft_of(programme_id: int, draft_id: int, *, to_change: bool = False) -> Draft | None:
    """The draft of a programme; `to_change`: locked until the transaction ends. None if there is none."""
    found = select(Draft).where(Draft.programme_id == programme_id, Draft.id == draft_id)
    if to_change:
        return db.session.scalar(found.with_for_update().execution_options(populate_existing=True))
    return db.session.scalar(found.options(joinedload(Draft.organisation), joinedload(Draft.person)))


def drafts_of(programme_id: int, *, small: bool = False) -> list[Draft]:
    """The plans (`small`: the single edits) that are still to be decided, by their first day; with who lays them."""
    open_states = [state.value for state in State if NEXT[state] and state is not State.DROPPED]
    found = select(Draft).where(
        Draft.programme_id == programme_id, Draft.state.in_(open_states), Draft.small.is_(small)
    )
    found = found.options(joinedload(Draft.organisation), joinedload(Draft.person))
    return list(db.session.scalars(found.order_by(Draft.first_day, Draft.id)))


def laid_for(programme_id: int, person_id: int, first: date, last: date) -> list[tuple[Draft, DraftChange]]:
    """The shifts that somebody is to have on the days (both inclusive) by plans that are not in force, by day."""
    found = (
        select(Draft, DraftChange)
        .join(DraftChange, DraftChange.draft_id == Draft.id)
        .where(Draft.programme_id == programme_id, Draft.small.is_(False))
        .where(Draft.state.in_([State.OPEN.value, State.SENT.value]), DraftChange.deed != Deed.CANCEL.value)
        .where(DraftChange.person_id == person_id, DraftChange.day.between(first, last))
        .order_by(Draft.id, DraftChange.day, DraftChange.starts)
    )
    return [(row[0], row[1]) for row in db.session.execute(found.options(joinedload(DraftChange.place)))]


def ended_drafts(programme_id: int, most: int) -> list[Draft]:
    """The plans that are in force or dropped, the newest first, at most so many; with who laid them."""
    found = select(Draft).where(
        Draft.programme_id == programme_id, Draft.small.is_(False),
        Draft.state.in_([State.IN_FORCE.value, State.DROPPED.value]),
    )  # fmt: skip
    found = found.options(joinedload(Draft.organisation), joinedload(Draft.person))
    return list(db.session.scalars(found.order_by(Draft.first_day.desc(), Draft.id.desc()).limit(most)))


def sent_drafts(programme_id: int) -> list[Draft]:
    """The plans and single edits that leaders are asked about, by their first day; one query."""
    found = select(Draft).where(Draft.programme_id == programme_id, Draft.state == State.SENT.value)
    return list(db.session.scalars(found.order_by(Draft.first_day, Draft.id)))


def changes_of(draft: Draft) -> list[DraftChange]:
    """The changes of a draft with people and places, by day and start; one query."""
    return changes_of_all([draft]).get(draft.id, [])


def changes_of_all(drafts: Iterable[Draft]) -> dict[int, list[DraftChange]]:
    """The same of many drafts, by draft; one query."""
    found: defaultdict[int, list[DraftChange]] = defaultdict(list)
    rows = (
        select(DraftChange)
        .where(DraftChange.draft_id.in_([one.id for one in drafts]))
        .options(joinedload(DraftChange.person), joinedload(DraftChange.organisation), joinedload(DraftChange.place))
        .order_by(DraftChange.day, DraftChange.starts, DraftChange.id)
    )
    for row in db.session.scalars(rows):
        found[row.draft_id].append(row)
    return dict(found)


def waiting_between(programme_id: int, first: date, last: date) -> list[Waiting]:
    """The single edits that wait for a yes and touch the days (both inclusive), by day and start; one query."""
    found = (
        _waiting(programme_id)
        .where(or_(DraftChange.day.between(first, last), Shift.day.between(first, last)))
        .options(joinedload(DraftChange.person), joinedload(DraftChange.organisation), joinedload(DraftChange.place))
        .order_by(DraftChange.day, DraftChange.starts, DraftChange.id)
    )
    return [Waiting(row[0], row[1], row[2]) for row in db.session.execute(found)]


def waiting_for(shift: Shift) -> Draft | None:
    """The single edit of a shift in force that waits for a yes, or None; with who made it."""
    found = _waiting(shift.programme_id).where(
        or_(DraftChange.shift_id == shift.id, DraftChange.replaces_id == shift.id),
        or_(DraftChange.shift_version.is_(None), DraftChange.shift_version == shift.version),
    )
    row = db.session.execute(found.limit(1)).first()
    return row[1] if row else None


def waits_there(programme_id: int, person_id: int, day: date, starts: time, ends: time) -> bool:
    """Whether a single edit waits for a yes that would put somebody on duty at a moment of the stretch, or move her
    there."""
    found = _waiting(programme_id).where(
        DraftChange.deed != Deed.CANCEL.value, DraftChange.person_id == person_id, DraftChange.day == day,
        DraftChange.starts < ends, DraftChange.ends > starts,
    )  # fmt: skip
    return db.session.execute(found.limit(1)).first() is not None


def _waiting(programme_id: int) -> Select[DraftChange, Draft, Shift]:
    return (
        select(DraftChange, Draft, Shift)
        .join(Draft, Draft.id == DraftChange.draft_id)
        .outerjoin(Shift, Shift.id == DraftChange.shift_id)
        .where(Draft.programme_id == programme_id, Draft.small.is_(True), Draft.state == State.SENT.value)
    )


def approvals_of(draft: Draft) -> list[DraftApproval]:
    """Who has said yes to a draft, of its changes as they stood then."""
    found = select(DraftApproval).where(
        DraftApproval.programme_id == draft.programme_id, DraftApproval.draft_id == draft.id
    )
    return list(db.session.scalars(found.order_by(DraftApproval.at)))
