"""How often a door may be tried: the doors, their limits, and how long one waits at a closed one.

Failures alone are counted, but where each try costs somebody something (a mail is sent, a time is held). Strangers
must not be able to lock anybody out: the limits that count an account over all addresses let an address pass from
which that person came in lately (ASVS 5.0, 6.3.1). No limit is for ever.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

KNOWN_FOR = timedelta(days=30)
"""How long an address stays known from which somebody came in."""
ADDRESS_CHARACTERS = 45
_NOWHERE = "unknown"
_HOUSEHOLD = 64
"""The bits of an IPv6 address that a provider gives a household or an office; the rest it chooses itself."""


class Door(StrEnum):
    """What can be tried."""

    LOG_IN = "log_in"
    SECOND = "second"
    PIN = "pin"
    INVITATION = "invitation"
    PASSWORD_MAIL = "password_mail"
    BOOKING = "booking"


class Per(StrEnum):
    """Whose tries are counted together: one account's from one address, an account's, or an address's."""

    BOTH = "both"
    ACCOUNT = "account"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries within a time.

    all_tries: those that succeed count too. known_pass: it is not for an address known for that account.
    """

    most: int
    within: timedelta
    per: Per
    all_tries: bool = False
    known_pass: bool = False


_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
LIMITS: Mapping[Door, tuple[Limit, ...]] = {
    Door.LOG_IN: (
        Limit(10, _QUARTER, Per.BOTH),
        Limit(50, _HOUR, Per.ACCOUNT, known_pass=True),
        Limit(100, _QUARTER, Per.ADDRESS),
    ),
    # Only who has the password gets here, so an account may close for all: six digits are few.
    Door.SECOND: (Limit(10, _QUARTER, Per.ACCOUNT), Limit(50, _DAY, Per.ACCOUNT, known_pass=True)),
    # The address is the tablet, so a colleague who guesses locks her out on that tablet only.
    # Whoever enrols one tablet after the other gets no more tries by it; those she has been let in on stay open.
    Door.PIN: (
        Limit(5, _QUARTER, Per.BOTH),
        Limit(20, _DAY, Per.BOTH),
        Limit(50, _DAY, Per.ACCOUNT, known_pass=True),
    ),
    # 256 random bits cannot be guessed; this spares the log and the database.
    Door.INVITATION: (Limit(30, _QUARTER, Per.ADDRESS),),
    Door.PASSWORD_MAIL: (
        Limit(3, _HOUR, Per.ACCOUNT, all_tries=True),
        Limit(10, _DAY, Per.ACCOUNT, all_tries=True),
        Limit(20, _HOUR, Per.ADDRESS, all_tries=True),
    ),
    # Many residents share the Wi-Fi of a house: the address is generous, the phone number or e-mail is not.
    Door.BOOKING: (
        Limit(5, _DAY, Per.ACCOUNT, all_tries=True),
        Limit(60, _HOUR, Per.ADDRESS, all_tries=True),
    ),
}


def wait(limit: Limit, reached_at: datetime | None, now: datetime) -> int | None:
    """Whole seconds until the limit lets in again (for Retry-After, at least 1), or None while it does.

    reached_at: the instant of the counted try that is the `most`-th newest, None if there are fewer.
    """
    if reached_at is None or reached_at <= now - limit.within:
        return None
    # A clock that was set back must not make anybody wait longer than the limit says.
    left = min(reached_at + limit.within - now, limit.within)
    return max(1, math.ceil(left.total_seconds()))


def network(address: str | None) -> str:
    """What counts as one address: an IPv4 address, the /64 of an IPv6 one, or the text as it is (a tablet)."""
    text = (address or "").strip()
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return text[:ADDRESS_CHARACTERS] or _NOWHERE
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    shift = found.max_prefixlen - _HOUSEHOLD
    return f"{IPv6Address(int(found) >> shift << shift)}/{_HOUSEHOLD}"
