"""Who did what to which row, when. Append-only: guards.py refuses update and delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, db, same_programme


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
