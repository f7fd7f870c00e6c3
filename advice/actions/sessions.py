"""Sessions: begun anew at every log-in, found by the secret in the cookie, ended for real on the server.

Every function flushes at most; the caller commits. Who may end whose is asked before (rules/access.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update

from advice.actions.tokens import hash_of, new_token
from advice.database import db
from advice.models import audit
from advice.models.accounts import LogInMethod, LogInSession
from advice.rules.sessions import ABSOLUTE


def begin(
    now: datetime,
    person_id: int,
    method: LogInMethod,
    membership_id: int | None,
    *,
    complete: bool = True,
    device: str | None = None,
    tablet_id: int | None = None,
    lasts: timedelta = ABSOLUTE,
) -> str:
    """Make a session and return its secret, which is never to be had again. Written into the audit."""
    token = new_token()
    row = LogInSession(
        token_hash=hash_of(token), person_id=person_id, membership_id=membership_id, tablet_id=tablet_id,
        method=method, complete=complete, device=device, created_at=now, proved_at=now, last_seen_at=now,
        expires_at=now + lasts,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(now, "logged_in", LogInSession.__tablename__, row.id, person_id=person_id, method=str(method))
    db.session.flush()
    return token


def touch(session_id: int, now: datetime) -> None:
    """Remember that the session was used; an older instant never takes the place of a newer one."""
    mine = LogInSession.id == session_id, LogInSession.last_seen_at < now
    db.session.execute(update(LogInSession).where(*mine).values(last_seen_at=now))


def prove(session_id: int, now: datetime, *, complete: bool = False) -> str:
    """She has just shown again who she is, or set up her second factor (`complete`): a new secret, which it returns.

    The former one is dead at once (ASVS 5.0, 7.2.4): whoever had got hold of it is out.
    """
    token = new_token()
    values = {"token_hash": hash_of(token), "proved_at": now, **({"complete": True} if complete else {})}
    db.session.execute(update(LogInSession).where(LogInSession.id == session_id).values(**values))
    return token


def choose(session_id: int, membership_id: int) -> None:
    """Work under another membership from now on."""
    db.session.execute(update(LogInSession).where(LogInSession.id == session_id).values(membership_id=membership_id))


def end(token: str, now: datetime) -> None:
    """End the session of a cookie, if it still lives."""
    _end(now, LogInSession.token_hash == hash_of(token))


def end_one(person_id: int, session_id: int, now: datetime) -> bool:
    """End one session of a person; False if she has none such that lives."""
    return _end(now, LogInSession.person_id == person_id, LogInSession.id == session_id) == 1


def end_all(person_id: int, now: datetime, *, but: int | None = None, under: Collection[int] | None = None) -> int:
    """End every session of a person (but the one asking, if told so); returns how many.

    under: only those in which she works under one of these memberships.
    """
    which = [LogInSession.person_id == person_id, LogInSession.id != (but or 0)]
    return _end(now, *which, *([] if under is None else [LogInSession.membership_id.in_(under)]))


def end_by_pin(person_id: int, now: datetime) -> int:
    """End the sessions of a person into which her PIN let her; returns how many."""
    return _end(now, LogInSession.person_id == person_id, LogInSession.method == LogInMethod.PIN)


def end_of_tablet(tablet_id: int, now: datetime) -> int:
    """End every session on a shared tablet."""
    return _end(now, LogInSession.tablet_id == tablet_id)


def _end(now: datetime, *which: object) -> int:
    """End what lives among these sessions, and write each into the audit."""
    living = select(LogInSession.id, LogInSession.person_id).where(LogInSession.ended_at.is_(None), *which)  # type: ignore[arg-type]
    found = db.session.execute(living.with_for_update()).all()
    for session_id, person_id in found:
        audit.record(now, "logged_out", LogInSession.__tablename__, session_id, person_id=person_id)
    ids = [session_id for session_id, _ in found]
    db.session.execute(update(LogInSession).where(LogInSession.id.in_(ids)).values(ended_at=now))
    return len(ids)
