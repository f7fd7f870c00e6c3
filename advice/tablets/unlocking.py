"""Whether a PIN is right, and how often one may try: per person and tablet, so that nobody is locked out elsewhere."""

from __future__ import annotations

from flask import session
from flask_login import login_user

from advice import web
from advice.actions import attempts, sessions, tablets
from advice.actions.slow_hashes import is_right
from advice.database import db
from advice.models.people import Membership
from advice.models.tablets import Enrolled
from advice.rules.throttle import Door
from advice.signed_in import device_words

__all__ = ["is_right", "leave", "let_in", "record", "seconds_to_wait"]


def seconds_to_wait(tablet: Enrolled, person: str) -> int | None:
    """Seconds until this person's PIN may be tried again on this tablet; None if it may be now. Reads only."""
    return attempts.check(web.now(), Door.PIN, person, _address(tablet), _key())


def record(tablet: Enrolled, person: str, person_id: int, succeeded: bool) -> None:
    """Remember a try, in the caller's write transaction."""
    attempts.record(web.now(), Door.PIN, person, _address(tablet), _key(), succeeded=succeeded, person_id=person_id)


def let_in(tablet: Enrolled, member: Membership, user_agent: str) -> None:
    """Begin a session for her on this tablet, in place of the one before.

    In the caller's write transaction, which this commits: the cookie must not know a session that is not stored.
    Nothing from before is carried over (ASVS 7.2.4).
    """
    leave()
    token = tablets.let_in(web.now(), web.settings().timezone, tablet.id, member, device_words(user_agent))
    db.session.commit()
    session.clear()
    # None: the enrolment ended, or her membership, in this very moment. The next page says so.
    user = web.load_user(token) if token else None
    if user is not None:
        login_user(user)


def leave() -> None:
    """End the session of this browser, if there is one, in the caller's write transaction; the cookie forgets it."""
    held = session.get(web.SECRET_KEY)
    if held:
        sessions.end(str(held), web.now())


def _address(tablet: Enrolled) -> str:
    """What stands for the network address: a tablet is where it is, whatever network it is on."""
    return f"tablet:{tablet.id}"


def _key() -> bytes:
    """The key under which accounts are hashed."""
    return attempts.attempts_key(web.secret_key())
