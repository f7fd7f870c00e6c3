"""The doors of log-in on the web: how many times somebody may try, and what is said when it was too often."""

from __future__ import annotations

from flask import request
from flask_babel import ngettext

from advice import web
from advice.actions import attempts
from advice.database import db
from advice.rules.throttle import Door

__all__ = ["Closed", "Door", "knock", "record"]

SECONDS = 60


class Closed(Exception):
    """The door is closed for a while: too many have failed. `sentence` is for the form, `headers` for the answer."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"closed for {seconds} s")
        self.sentence = ngettext(
            "Der er prøvet mange gange. Prøv igen om %(num)s minut.",
            "Der er prøvet mange gange. Prøv igen om %(num)s minutter.",
            -(-seconds // SECONDS),
        )
        self.headers = {"Retry-After": str(seconds)}


def knock(door: Door, account: str, address: str | None = None) -> None:
    """Raise Closed if this account has failed too often from where the request comes from.

    The address is the network's unless told otherwise (a tablet). Ends the transaction it reads in.
    """
    seconds = attempts.check(web.now(), door, account, address or request.remote_addr, _key())
    db.session.rollback()
    if seconds is not None:
        raise Closed(seconds)


def record(door: Door, account: str, person_id: int | None, succeeded: bool, address: str | None = None) -> None:
    """Remember a try, in the caller's write transaction."""
    where = address or request.remote_addr
    attempts.record(web.now(), door, account, where, _key(), succeeded=succeeded, person_id=person_id)


def _key() -> bytes:
    """The key under which accounts are hashed."""
    return attempts.attempts_key(web.secret_key())
