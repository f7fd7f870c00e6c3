"""What log-in services have said of themselves lately, so that nobody's click asks them again.

Anyone may press the button of log-in. A service that is silent would hold a thread for each click: so one asks at a
time, the others are told at once that it does not answer, and what came of it is kept for a while, good or bad. Of
this process: nothing here must outlive it or be the same in the next one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from advice.actions.oidc_service import Fault, ServiceError, describe

KEPT = timedelta(minutes=10)
FAILURE_KEPT = timedelta(seconds=30)
Key = tuple[str, bool]


class NotAsked(ServiceError):
    """It has just failed, or somebody else is asking it at this moment. The service was not asked for this."""


class Descriptions:
    """The descriptions of a program's services, by issuer; safe between threads."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[datetime, dict[str, Any] | ServiceError]] = {}
        self._asking: dict[Key, Lock] = {}

    def of(self, issuer: str, local: bool, now: datetime) -> dict[str, Any]:
        """As oidc_service.describe, at most 10 minutes old. Raises ServiceError: NotAsked without having waited."""
        key = issuer, local
        found = self._lately(key, now)
        if found is not None:
            return found
        asking = self._asking.setdefault(key, Lock())
        if not asking.acquire(blocking=False):
            raise NotAsked(Fault.NO_ANSWER)
        try:
            # Somebody may have had the answer between the look and the lock.
            return self._lately(key, now) or self._asked(key, now)
        finally:
            asking.release()

    def _asked(self, key: Key, now: datetime) -> dict[str, Any]:
        """Ask the service, and keep what comes of it."""
        try:
            found = describe(*key)
        except ServiceError as error:
            self._kept[key] = now, error
            raise
        self._kept[key] = now, found
        return found

    def _lately(self, key: Key, now: datetime) -> dict[str, Any] | None:
        """What is kept and still good; raises NotAsked for a failure that is."""
        at, found = self._kept.get(key, (None, None))
        if at is None or found is None:
            return None
        failed = isinstance(found, ServiceError)
        # Both ways, lest a clock that is set back keeps it for ever.
        if abs(now - at) >= (FAILURE_KEPT if failed else KEPT):
            return None
        if isinstance(found, ServiceError):
            raise NotAsked(found.fault, found.issuer) from found
        return found
