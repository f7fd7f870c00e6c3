"""Who did what to which row, when. Append-only: guards.py refuses update and delete."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, db, same_programme
from advice.models.people import Person
from advice.models.scope import scoped
from advice.rules.access import Action, Actor


class AuditEntry(Model):
    """One act. No secrets and no free text: the details are codes, dates and times."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        same_programme("organisation_id", "organisations"),
        Index("ix_audit_entries_at", "programme_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column()
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    organisation_id: Mapped[int | None] = mapped_column()
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    """Table name of the row."""
    subject_id: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    at: datetime,
    action: str,
    subject: str,
    subject_id: object,
    *,
    programme_id: int | None = None,
    organisation_id: int | None = None,
    person_id: int | None = None,
    **details: Any,
) -> None:
    """Add an entry to the session; it lives and dies with the caller's transaction."""
    db.session.add(
        AuditEntry(
            at=at,
            action=action,
            subject=subject,
            subject_id=str(subject_id),
            programme_id=programme_id,
            organisation_id=organisation_id,
            person_id=person_id,
            details=details,
        )
    )


class Noted(NamedTuple):
    """An entry as a leader reads it. who: None where the program did it, or the name is no longer kept."""

    id: int
    at: datetime
    who: str | None
    action: str
    subject: str
    subject_id: str
    details: dict[str, Any]


def entries(actor: Actor, first: int, most: int, *, person_id: int | None = None, action: str = "") -> list[Noted]:
    """The entries that the actor may see, newest first: `most` of them after the newest `first`.

    person_id: only what this person did. action: only entries with this code, "" for all.
    """
    columns = (AuditEntry.id, AuditEntry.at, Person.name, AuditEntry.action, AuditEntry.subject, AuditEntry.subject_id)
    found = select(*columns, AuditEntry.details).outerjoin(Person, Person.id == AuditEntry.person_id)
    found = scoped(found, AuditEntry, actor, Action.SEE_AUDIT)
    if person_id is not None:
        found = found.where(AuditEntry.person_id == person_id)
    if action:
        found = found.where(AuditEntry.action == action)
    newest = found.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).offset(first).limit(most)
    return [Noted(*row) for row in db.session.execute(newest)]


def people_in_log(actor: Actor) -> list[tuple[int, str]]:
    """Id and name of everybody who stands in the entries that the actor may see, in Danish order."""
    found = select(AuditEntry.person_id).where(AuditEntry.person_id.is_not(None))
    ids = scoped(found, AuditEntry, actor, Action.SEE_AUDIT)
    named = select(Person.id, Person.name).where(Person.id.in_(ids)).order_by(Person.sort_key, Person.id)
    return [(row.id, row.name) for row in db.session.execute(named)]


def acts_in_log(actor: Actor) -> set[str]:
    """The codes that stand in the entries that the actor may see: what there is to choose among."""
    found = scoped(select(AuditEntry.action).distinct(), AuditEntry, actor, Action.SEE_AUDIT)
    return set(db.session.scalars(found))


def last_of(
    programme_id: int, subject: str, subject_id: int, actions: Collection[str], since: datetime
) -> AuditEntry | None:
    """The newest entry of these codes about a row, at or after an instant; None if there is none."""
    found = select(AuditEntry).where(
        AuditEntry.programme_id == programme_id,
        AuditEntry.at >= since,
        AuditEntry.subject == subject,
        AuditEntry.subject_id == str(subject_id),
        AuditEntry.action.in_(actions),
    )
    return db.session.scalar(found.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1))


def last_editor(subject: str, subject_id: object) -> int | None:
    """Who did the newest thing that is noted of a row; None for the program, and where nothing is."""
    found = select(AuditEntry.person_id).where(AuditEntry.subject == subject, AuditEntry.subject_id == str(subject_id))
    return db.session.scalar(found.order_by(AuditEntry.id.desc()).limit(1))
