"""What a restored copy must not bring back to life: log-ins that have ended since, and mails that may have gone out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CursorResult, update

from advice.database import db
from advice.models import audit
from advice.models.accounts import LogInSession
from advice.models.outbox import Mail


def settle(now: datetime) -> tuple[int, int]:
    """End every session and give up every waiting mail of a database put back; how many of each. Flushes.

    Whoever was logged out or shut out after the copy was made would be in again; and what waited in the copy has
    probably been sent since. Coordinators see what was given up.
    """
    ended = db.session.execute(update(LogInSession).where(LogInSession.ended_at.is_(None)).values(ended_at=now))
    waiting = Mail.sent_at.is_(None), Mail.given_up_at.is_(None)
    erased = {"given_up_at": now, "body": None, "leased_until": None, "last_error": "restored"}
    given_up = db.session.execute(update(Mail).where(*waiting).values(**erased))
    audit.record(now, "restored", "alembic_version", "-")
    db.session.flush()
    assert isinstance(ended, CursorResult) and isinstance(given_up, CursorResult)
    return ended.rowcount, given_up.rowcount
