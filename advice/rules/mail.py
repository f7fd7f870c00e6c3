"""Mail addresses, and text that can stand in a mail: nothing somebody typed becomes a header of its own."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import NamedTuple

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
LONGEST_ADDRESS = 254
"""Characters, RFC 5321 4.5.3.1.3 less the angle brackets; a part before the @ has at most 64."""
LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
SENDER = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
LINE_BREAKS_AND_WORSE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control characters, half characters, line and paragraph separators."""
UNSEEN = LINE_BREAKS_AND_WORSE | {"Cf", "Zs"}


INVITATION, OFFER, MEMBERSHIP = "invitation", "membership_offered", "membership"
"""Kinds of mails that leaders send: to choose a password; to take a membership on; that there is one more."""
CANCELLABLE = frozenset({INVITATION, OFFER, MEMBERSHIP})
"""Kinds that a leader may take back while they wait. What tells a person about her own account is not theirs to stop:
whoever has stolen a leader's session would silence the warning."""


class Sender(NamedTuple):
    """Who a mail is from: a name ("" for none) and an address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2]


def plain_address(text: str) -> str | None:
    """The address as mail programs write it, its domain in ASCII; None where the text is no single address.

    Quoted local parts and domain literals are not taken: nobody who works here has one, and they are where
    injected headers hide. A local part outside ASCII is kept (RFC 6531); whether it can be reached is up to the server.
    """
    local, _at, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    well_formed = LOCAL.fullmatch(local) and DOMAIN.fullmatch(domain) and not local.startswith(".")
    seen = not any(unicodedata.category(character) in UNSEEN for character in local)
    found = f"{local}@{domain}"
    return found if well_formed and seen and ".." not in local + "." and len(found) <= LONGEST_ADDRESS else None


def sender(text: str) -> Sender | None:
    """Read `address` or `Name <address>`; None where it is neither."""
    found = SENDER.fullmatch(text.strip())
    name, written = (found["name"].strip().strip('"'), found["address"]) if found else ("", text.strip())
    address = plain_address(written)
    return Sender(one_line(name), address) if address else None


def one_line(text: str) -> str:
    """The text on one line: whatever breaks lines or controls a terminal becomes a space."""
    kept = (" " if unicodedata.category(character) in LINE_BREAKS_AND_WORSE else character for character in text)
    return " ".join("".join(kept).split())


def plain_text(text: str) -> str:
    """Lines that end in one line feed each, tabs kept, without any other control character or half character."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = (c for c in lines if c in "\n\t" or unicodedata.category(c) not in LINE_BREAKS_AND_WORSE)
    return "".join(kept).rstrip("\n") + "\n"


def wait_after(attempts: int) -> timedelta:
    """How long a mail waits after that many failures (1 or more): a minute, doubling, never over an hour."""
    return min(LAST_RETRY, FIRST_RETRY * (1 << min(attempts - 1, 12)))
