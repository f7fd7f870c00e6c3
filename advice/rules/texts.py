"""Text messages: Danish numbers, and the letters that a telephone takes.

A message holds 160 letters of the alphabet of GSM (3GPP TS 23.038, 6.2.1); one that needs any other letter holds 70.
So what we write is put into that alphabet, and never takes more than one message.
"""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 160
"""Letters of the plain alphabet in one message."""
PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€")
"""Letters that take the room of two."""
ALIKE = {
    "–": "-",
    "—": "-",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "\u00a0": " ",
    "·": "-",
    "ł": "l",
    "đ": "d",
}
NUMBER = re.compile(r"(?:\+45|0045)?([2-9]\d{7})")
BETWEEN = re.compile(r"[\s.\-/()]")


def danish_number(text: str) -> str | None:
    """A Danish number as "+4512345678"; None for anything else.

    Eight digits of which the first is 2-9 (Den danske nummerplan), with or without +45 or 0045, however spaced.
    """
    found = NUMBER.fullmatch(BETWEEN.sub("", text))
    return f"+45{found[1]}" if found and found[1].isascii() else None


def in_gsm(text: str) -> str:
    """The text in the alphabet of GSM: what it has not becomes what looks most like it, else a question mark."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def room(text: str) -> int:
    """How many letters of a message a text in that alphabet takes."""
    return len(text) + sum(letter in DOUBLE for letter in text)


def first_that_fits(wordings: Iterable[str]) -> str:
    """The first wording that one message holds, in its alphabet; of the last what it holds, if none does."""
    found = ""
    for found in map(in_gsm, wordings):
        if room(found) <= LONGEST:
            return found
    while room(found) > LONGEST:
        found = found[:-1]
    return found


def _letter(letter: str) -> str:
    if letter in PLAIN or letter in DOUBLE:
        return letter
    if letter in ALIKE:
        return ALIKE[letter]
    bare = "".join(one for one in unicodedata.normalize("NFKD", letter) if one in PLAIN or one in DOUBLE)
    return bare or ("" if unicodedata.category(letter) in ("Mn", "Cf") else "?")
