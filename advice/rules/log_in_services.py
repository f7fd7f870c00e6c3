"""Log-in services of organisations (OpenID Connect): which addresses are safe to ask, and what an answer says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from advice.rules.characters import held
from advice.rules.mail import plain_address

ALGORITHMS = ("RS256", "PS256", "ES256")
"""How answers may be signed: with a private key only the service has. Never "none", never with a shared secret."""
LEEWAY = timedelta(seconds=60)
"""How far two clocks may be apart."""
ANSWER_WITHIN = timedelta(minutes=10)
"""How long somebody may take at the service."""
LONGEST_ISSUER = 300
LONGEST_ADDRESS = 2000
LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, 2: ASCII characters."""
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
PLAIN = re.compile(r"[!-\[\]-~]+")
"""ASCII without spaces, control characters and backslashes: what no two programs read differently."""
PORTS = range(1, 65536)


def is_safe(address: str, *, local: bool) -> bool:
    """Whether the program may send a request there: https to a host with a name.

    Not to a bare number or to this machine, so that nobody has the server knock at doors behind the firewall. `local`:
    where the program itself is served to this machine only, http to this machine is fine.
    """
    if len(address) > LONGEST_ADDRESS or not PLAIN.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or parts.fragment or (port is not None and port not in PORTS):
        return False
    if host in THIS_MACHINE:
        return local and parts.scheme == "http"
    return parts.scheme == "https" and "." in host.strip(".") and not is_number(host)


def is_number(host: str) -> bool:
    """Whether a host is a number in any way of writing one: 10.0.0.1, ::1, 0x7f.1, 2130706433."""
    try:
        ip_address(host)
    except ValueError:
        return host.rstrip(".").rpartition(".")[2][:1].isdigit()
    return True


def is_local(base_url: str | None) -> bool:
    """Whether the program is served to this machine only; over a network it is served by https alone (config.py)."""
    return base_url is None or base_url.startswith("http://")


def is_issuer(address: str, *, local: bool) -> bool:
    """Whether an address can name a log-in service: safe to ask, not too long, and nothing after its path."""
    return is_safe(address, local=local) and len(address) <= LONGEST_ISSUER and "?" not in address


def document_address(issuer: str) -> str:
    """Where a service describes itself (OpenID Connect Discovery 1.0, 4.1)."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def subject_of(claims: Mapping[str, object]) -> str | None:
    """Who the service says she is, by its own name for her; None if that is no such name."""
    subject = claims.get("sub")
    sound = isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and subject.isascii()
    return str(subject) if sound and held(str(subject)) == subject else None


def mail_addresses(claims: Mapping[str, object]) -> list[str]:
    """The e-mails that a service says are hers, small letters, the likeliest first.

    One that the service itself has not made sure of is none. Entra ID says no `email` for those without a mailbox, and
    names them by what looks like one.
    """
    unsure = claims.get("email_verified", True) not in (True, "true")
    names = ("preferred_username", "upn") if unsure else ("email", "preferred_username", "upn")
    said = [str(claims[name]).strip().lower() for name in names if isinstance(claims.get(name), str)]
    plain = [plain_address(text) for text in said if "." in text.rpartition("@")[2]]
    return list(dict.fromkeys(address for address in plain if address))


def asked_for_two(claims: Mapping[str, object]) -> bool:
    """Whether the service says that it asked for a second factor itself (RFC 8176)."""
    ways = claims.get("amr")
    return isinstance(ways, list) and "mfa" in ways
