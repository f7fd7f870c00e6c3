"""Tries at a door: counted in the database, for all processes, and refused when there were too many.

    seconds = attempts.check(now, Door.LOG_IN, email, address, key)    # None: go on; else 429 with Retry-After
    ...the slow comparison, outside any write transaction...
    begin_write(); attempts.record(now, Door.LOG_IN, email, address, key, succeeded=False); commit()

`account` is what was typed (an e-mail) or is known (a person's public id), "" where there is none; only a keyed hash
of it is stored. `address` is the network address, or "tablet:<id>"; `key` is what `attempts_key` makes, once. `check`
reads only: end its transaction (rollback) before `begin_write`.

What holds: whoever is refused is refused by rows that are committed. Tries that are being compared at the same moment
do not see each other, so a limit can be passed by as many as run at once (the server's threads) less one, and by no
more. A try that was refused is not recorded and makes nobody wait longer.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from advice.actions.sealing import derived_key
from advice.database import db
from advice.models.accounts import Attempt, attempt_before, came_in_from
from advice.rules.throttle import KNOWN_FOR, LIMITS, Door, Per, network, wait


def attempts_key(secret_key: str) -> bytes:
    """The key under which accounts are hashed; whoever changes SECRET_KEY begins to count anew."""
    return derived_key(secret_key, "attempts")


def check(now: datetime, door: Door, account: str, address: str | None, key: bytes) -> int | None:
    """Seconds to wait before the door may be tried again, the longest of its limits; None if it may be tried now."""
    who, where = _hash(account, key), network(address)
    waits = []
    for limit in LIMITS[door]:
        if limit.known_pass and came_in_from(door, who, where, now - KNOWN_FOR):
            continue
        reached = attempt_before(
            door,
            limit.most,
            now - limit.within,
            account_hash=None if limit.per is Per.ADDRESS else who,
            address=None if limit.per is Per.ACCOUNT else where,
            failures_only=not limit.all_tries,
        )
        waits.append(wait(limit, reached, now))
    return max((seconds for seconds in waits if seconds is not None), default=None)


def record(
    now: datetime,
    door: Door,
    account: str,
    address: str | None,
    key: bytes,
    *,
    succeeded: bool,
    person_id: int | None = None,
) -> None:
    """Remember a try, in the caller's write transaction. person_id: whose account it is, if it is somebody's."""
    row = Attempt(
        at=now, door=door, account_hash=_hash(account, key), address=network(address), person_id=person_id,
        succeeded=succeeded,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()


def _hash(account: str, key: bytes) -> str:
    """HMAC-SHA256 of an account, whatever its case and the spaces round it, in hexadecimal."""
    return hmac.new(key, account.strip().casefold().encode("utf-8", "replace"), hashlib.sha256).hexdigest()
