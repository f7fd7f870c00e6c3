"""Drafts of the vagtplan: change rows over some days, and the organisations that have said yes to them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, one_of, ordered, owned, same_programme
from advice.models.people import Person
from advice.models.places import Place
from advice.models.programmes import Organisation
from advice.rules.drafts import NEXT, Deed, State


class Draft(Model):
    """A plan for some days (both inclusive) that is not in force yet. organisation_id: whose leader lays it."""

    __tablename__ = "drafts"
    __table_args__ = owned(
        same_programme("organisation_id", "organisations"),
        one_of("state", State),
        ordered("first_day", "last_day"),
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
    ended_at: Mapped[datetime | None] = mapped_column()
    """When it came in force or was dropped."""
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What repeating weeks left out, by why: [[membership, place, day], ...]. For telling, until it is in force."""

    organisation: Mapped[Organisation] = relationship(
        primaryjoin="Draft.organisation_id == Organisation.id", foreign_keys="Draft.organisation_id", viewonly=True
    )
    person: Mapped[Person] = relationship(viewonly=True)


class DraftChange(Model):
    """One change of a draft: a shift added, changed or cancelled, made from a version of it. What it says of a shift
    cancelled is what the shift was."""

    __tablename__ = "draft_changes"
    __table_args__ = owned(
        same_programme("draft_id", "drafts"),
        same_programme("shift_id", "shifts"),
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
        ordered("starts", "ends", strictly=True),
        Index("ix_draft_changes_draft", "draft_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    draft_id: Mapped[int] = mapped_column()
    deed: Mapped[str] = mapped_column(String(10))
    shift_id: Mapped[int | None] = mapped_column()
    shift_version: Mapped[int | None] = mapped_column(Integer)
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


def draft_of(programme_id: int, draft_id: int, *, to_change: bool = False) -> Draft | None:
    """The draft of a programme; `to_change`: locked until the transaction ends. None if there is none."""
    found = select(Draft).where(Draft.programme_id == programme_id, Draft.id == draft_id)
    if to_change:
        return db.session.scalar(found.with_for_update().execution_options(populate_existing=True))
    return db.session.scalar(found.options(joinedload(Draft.organisation), joinedload(Draft.person)))


def drafts_of(programme_id: int) -> list[Draft]:
    """The drafts that are still to be decided, by their first day; with who lays them."""
    open_states = [state.value for state in State if NEXT[state] and state is not State.DROPPED]
    found = select(Draft).where(Draft.programme_id == programme_id, Draft.state.in_(open_states))
    found = found.options(joinedload(Draft.organisation), joinedload(Draft.person))
    return list(db.session.scalars(found.order_by(Draft.first_day, Draft.id)))


def changes_of(draft: Draft) -> list[DraftChange]:
    """The changes of a draft with people and places, by day and start; one query."""
    found = (
        select(DraftChange)
        .where(DraftChange.programme_id == draft.programme_id, DraftChange.draft_id == draft.id)
        .options(joinedload(DraftChange.person), joinedload(DraftChange.organisation), joinedload(DraftChange.place))
        .order_by(DraftChange.day, DraftChange.starts, DraftChange.id)
    )
    return list(db.session.scalars(found))


def approvals_of(draft: Draft) -> list[DraftApproval]:
    """Who has said yes to a draft, of its changes as they stood then."""
    found = select(DraftApproval).where(
        DraftApproval.programme_id == draft.programme_id, DraftApproval.draft_id == draft.id
    )
    return list(db.session.scalars(found.order_by(DraftApproval.at)))
