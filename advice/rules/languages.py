"""The languages of the residents' pages, and which of them a reader gets.

Lookup after RFC 4647, 3.4: each range a browser names, the dearest first, is shortened from its end until it is one
that the programme has ("ar-EG" is "ar"). Danish is what everybody gets who asked for nothing that is there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

DANISH = "da"
NAMES = {
    "da": "dansk",
    "en": "English",
    "ar": "العربية",
    "tr": "Türkçe",
    "uk": "українська",
    "so": "Soomaali",
    "fa": "فارسی",
    "pl": "polski",
    "ku": "Kurdî",
}
"""Code -> the language's own name, in the order they are shown. ku is Kurmanji in Latin letters."""
RIGHT_TO_LEFT = frozenset({"ar", "fa"})
ALIASES = {"kmr": "ku", "prs": "fa", "pes": "fa", "arb": "ar", "dan": "da", "eng": "en"}
"""Other codes that browsers send for the same words: Kurmanji by its own code, Dari, Western Persian."""
LONGEST_HEADER = 1000
"""Characters of Accept-Language that are read: no browser sends as many, and the rest is somebody's joke."""


@dataclass(frozen=True, slots=True)
class Range:
    """One entry of Accept-Language: a language range in small letters, and how dear it is (0-1)."""

    words: str
    weight: float


def direction(code: str) -> str:
    """ "rtl" for languages written from the right, else "ltr"."""
    return "rtl" if code.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def own_name(code: str) -> str:
    """What those who read it call a language; the code itself for one that is not ours."""
    return NAMES.get(code, code)


def choose(asked: str | None, remembered: str | None, accept_language: str, offered: Collection[str]) -> str:
    """The language of a page: asked for in its address, remembered from before, or wanted by the browser.

    `offered`: the languages that the programme has switched on; Danish is always there. Whoever asks for one that is
    not gets Danish, not what was remembered: the address says what she wanted.
    """
    if asked is not None:
        return looked_up(asked, offered) or DANISH
    if remembered is not None and (found := looked_up(remembered, offered)):
        return found
    for wanted in ranges(accept_language):
        if found := looked_up(wanted.words, offered):
            return found
    return DANISH


def looked_up(wanted: str, offered: Collection[str]) -> str | None:
    """The language among those offered that a range means, if any."""
    parts = wanted.strip().lower().replace("_", "-").split("-")[:8]
    while parts:
        code = "-".join(parts)
        code = ALIASES.get(code, code)
        if code in NAMES and (code in offered or code == DANISH):
            return code
        parts.pop()
    return None


def ranges(accept_language: str) -> list[Range]:
    """The ranges of an Accept-Language header, the dearest first and as written among equals; nonsense is left out."""
    found = []
    for entry in accept_language[:LONGEST_HEADER].split(","):
        words, _, rest = entry.partition(";")
        weight = _weight(rest)
        if weight and (name := words.strip().lower()) and name != "*":
            found.append(Range(name, weight))
    return sorted(found, key=lambda one: -one.weight)


def _weight(parameter: str) -> float:
    """ "q=0.8" as 0.8; nothing said is 1, and what cannot be read 0."""
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.strip().partition("=")
    digits = value.strip()
    if name.strip().lower() != "q" or not digits.isascii() or not digits.replace(".", "", 1).isdigit():
        return 0.0
    return min(float(digits), 1.0)
