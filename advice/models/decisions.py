"""Where a setting was decided: "bestyrelsen, referat 12.11.2026". Words, so they stand outside the audit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from advice.database import Model, db, owned
from advice.models.people import Person


class Decision(Model):
    """The reference that whoever changed a setting gave for it."""

    __tablename__ = "decisions"
    __table_args__ = owned(Index("ix_decisions_subject", "programme_id", "subject", "subject_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime] = mapped_column()
    """When it was entered."""
    subject: Mapped[str] = mapped_column(String(40))
    """Table name of the row."""
    subject_id: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(200))

    person: Mapped[Person] = relationship(viewonly=True)


def decisions_on(programme_id: int, subject: str, subject_id: int) -> list[Decision]:
    """The references given for a row, newest first, with who entered them."""
    about = Decision.programme_id == programme_id, Decision.subject == subject, Decision.subject_id == str(subject_id)
    found = select(Decision).where(*about).order_by(Decision.decided_at.desc(), Decision.id.desc())
    return list(db.session.scalars(found.options(joinedload(Decision.person))))
