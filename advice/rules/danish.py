"""Danish as it is written: an alphabetical order that every database agrees on, plain addresses, hours.

The order is the Danish alphabet as the dictionary of Dansk Sprognævn and Unicode's Danish collation have
it: after z come æ, ø, å; ä stands with æ and ö with ø. Two things are simpler than there: aa is two
letters, ü is u.
"""

import re
import unicodedata
from datetime import time

from advice.rules.spans import clock_text

SLUG_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
"""What a slug looks like, in HTML and JSON schema too. In Python ask `is_slug`: $ forgives a newline."""

RESERVED_SLUGS = frozenset(
    {
        "log-ind",
        "log-ud",
        "i-dag",
        "henvendelser",
        "vagtplan",
        "skift",
        "invitation",
        "glemt",
        "nyt-kodeord",
        "konto",
        "tablet",
        "mine-vagter",
        "kalender",
        "maal",
        "rapporter",
        "indstillinger",
        "healthz",
        "tid",
        "static",
        "robots.txt",
        "favicon.ico",
    }
)
"""First segments of the program's own addresses: no programme and no place may be called so."""

# The three ASCII characters after z, in order: the key sorts right wherever bytes are compared.
_SORTED = {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "œ": "|", "å": "}"}
# Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN = {"\u0131": "i", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ŋ": "n", "ħ": "h"}


def sort_key(text: str) -> str:
    """A plain ASCII key: comparing keys byte by byte puts texts into Danish alphabetical order.

    Case, accents, punctuation and the two ways to write å in Unicode make no difference. Letters of other
    alphabets sort after å. A column that stores the key must compare bytes (PostgreSQL: COLLATE "C").
    """
    return " ".join("".join(map(_folded, unicodedata.normalize("NFC", text.casefold()))).split())


def is_slug(text: str) -> bool:
    """Whether the text can be an address; says nothing of `RESERVED_SLUGS`."""
    return re.fullmatch(SLUG_PATTERN, text) is not None


def hours_text(starts: time, ends: time) -> str:
    """A stretch as it stands on every screen, with the long dash of a range: "9.30–12"."""
    return f"{clock_text(starts)}–{clock_text(ends)}"


def _folded(letter: str) -> str:
    """One letter without its accent; a space for what is no letter, nothing for a lone accent."""
    known = _SORTED.get(letter) or _PLAIN.get(letter)
    if known:
        return known
    if letter.isascii():
        return letter if letter.isalnum() else " "
    if unicodedata.category(letter) in ("Mn", "Cf"):
        return ""
    base = unicodedata.normalize("NFKD", letter).casefold()
    if base != letter:
        return "".join(map(_folded, base))
    return f"~{ord(letter):06x}" if letter.isalnum() else " "
