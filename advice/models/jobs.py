"""The worker's jobs: what is due, who holds the lease, how it went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, db


class Job(Model):
    """A job that comes round. Whoever holds the lease runs it; a lease that runs out is free again."""

    __tablename__ = "jobs"
    __table_args__ = (CheckConstraint("every_seconds > 0", name="every_seconds"),)

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    every_seconds: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column()
    leased_by: Mapped[str | None] = mapped_column(String(80))
    leased_until: Mapped[datetime | None] = mapped_column()
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    """Failed runs in a row."""
    last_finished_at: Mapped[datetime | None] = mapped_column()
    last_error: Mapped[str | None] = mapped_column(String(500))


class WorkerBeat(Model):
    """When a worker was last alive."""

    __tablename__ = "worker_beats"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column()


def last_beat() -> datetime | None:
    """When any worker was last alive, or None."""
    return db.session.scalar(select(WorkerBeat.beat_at).order_by(WorkerBeat.beat_at.desc()).limit(1))
