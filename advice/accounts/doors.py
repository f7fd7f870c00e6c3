"""The doors of log-in on the web: how many times somebody may try, and what is said when it was too often."""

from __future__ import annotations

from flask import request

from advice import web
from advice.actions import attempts
from advice.database import db
from advice.rules.throttle import Door

__all__ = ["Closed", "Door", "knock", "record"]


class Closed(Exception):
    """The door is closed for a while: too many have failed. `sentence` is for the form, `headers` for the answer."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"closed for {seconds} s")
        self.sentence = web.closed_for(seconds)
        self.headers = {"Retry-After": str(seconds)}


def knock(door: Door, account: str) -> None:
    """Raise Closed if this account has failed too often from where the request comes from.

    Ends the transaction it reads in.
    """
    seconds = attempts.check(web.now(), door, account, request.remote_addr, _key())
    db.session.rollback()
    if seconds is not None:
        raise Closed(seconds)


def record(door: Door, account: str, person_id: int | None, succeeded: bool) -> None:
    """Remember a try, in the caller's write transaction."""
    where = request.remote_addr
    attempts.record(web.now(), door, account, where, _key(), succeeded=succeeded, person_id=person_id)


def _key() -> bytes:
    """The key under which accounts are hashed."""
    return attempts.attempts_key(web.secret_key())
