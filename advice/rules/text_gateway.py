"""Where text messages are handed over and who they are from, as SMS_URL and SMS_FROM say it.

Every fault is a ValueError whose sentence tells the person at the console what to do, and never repeats SMS_URL: it
holds a token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from advice.rules.mail_server import is_this_machine

GATEWAYS = (
    "SMS_URL must be https://token@host/path, the address that your SMS gateway takes messages at; "
    "write @ : / ? # in a token as %40 %3A %2F %3F %23."
)
SENDER = re.compile(r"[A-Za-z0-9 ]{1,11}")
USUAL_SENDER = "Vagtplan"


@dataclass(frozen=True, slots=True)
class TextGateway:
    """Where messages are handed over. `path` has its query; the token shows in no repr, and so in no log."""

    host: str
    port: int
    path: str
    sender: str = USUAL_SENDER
    encrypted: bool = True
    token: str = field(default="", repr=False)


def text_gateway(url: str, sender: str = "") -> TextGateway | None:
    """Read SMS_URL and SMS_FROM; None for "" (no messages are sent). ValueError with a sentence without the URL.

    https, or http to this machine itself: numbers, messages and the token cross no network in the clear.
    """
    if sender and not SENDER.fullmatch(sender):
        raise ValueError(f"SMS_FROM={sender!r} must be 1 to 11 letters and digits from A to Z, like {USUAL_SENDER}.")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        raise ValueError(GATEWAYS) from None
    token, target = unquote(parts.username or ""), (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    plain = parts.scheme == "http" and is_this_machine(host)
    sound = bool(host) and port != 0 and (parts.scheme == "https" or plain) and bool(token) and not parts.password
    if not sound or "#" in url or not (token + target).isascii() or not _is_one_word(token + target + host):
        raise ValueError(GATEWAYS)
    return TextGateway(host, port or (80 if plain else 443), target, sender or USUAL_SENDER, not plain, token)


def _is_one_word(text: str) -> bool:
    return text.isprintable() and text.split() == [text]
