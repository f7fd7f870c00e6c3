"""How long somebody stays logged in. ASVS 5.0, 7.3.1 and 7.3.2: an idle limit and an absolute one, written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(hours=2)
"""At a desk: a meeting and a lunch do not log anybody out, a forgotten browser does."""
ABSOLUTE = timedelta(hours=12)
"""One working day, however busy."""
SEEN_EVERY = timedelta(minutes=2)
"""How precisely the last use is kept: a page is not worth a write each time."""
PROOF_LASTS = timedelta(minutes=20)
"""How long a shown password or passkey is enough to change what opens the account (ASVS 7.5.1)."""


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """The instants of a session that decide whether it lives; `idle` is the limit of where it is used."""

    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    idle: timedelta = IDLE


def is_alive(times: SessionTimes, now: datetime) -> bool:
    """Whether the session still opens anything: not ended, not past its absolute limit, not idle for too long."""
    if times.ended_at is not None or now >= times.expires_at:
        return False
    # The precision of last_seen_at is given on top: nobody is thrown out earlier than the limit says.
    return now < times.last_seen_at + times.idle + SEEN_EVERY


def is_proved(proved_at: datetime, now: datetime) -> bool:
    """Whether who she is was shown so lately that it need not be shown again."""
    return now < proved_at + PROOF_LASTS
