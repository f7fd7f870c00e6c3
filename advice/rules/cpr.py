"""CPR numbers in what people type: found by shape and a possible date, whatever way they are written.

A CPR number is DDMMYY-SSSS (CPR-kontoret, "Personnummeret i CPR", 2008). There is no check digit to lean on:
numbers without modulus 11 are given out since 2007. A replacement number (erstatningspersonnummer), which somebody
gets who is in no Danish register yet, has 60 added to the day. The year may be written in full.

What is looked at is the text as a reader sees it: digits of every alphabet are digits, what is invisible is not
there, all dashes are one dash. Four ways of writing are known: the date with any signs between its digits and the
four last ones together; pairs of digits; single digits; a date with the year in full. What people write just as often
and means something else is left alone: a date and a time, opening hours, a phone number, an amount in kroner.
"""

import re
import unicodedata
from collections.abc import Iterator

_SIGN = r"[ .\-/]"
_BETWEEN = rf"{_SIGN}{{1,3}}"
_PERHAPS = rf"{_SIGN}{{0,3}}"
# Between date and the last four: signs, and one other at most, as in "010190 (1234)". A comma or a semicolon and a
# space end a date.
_BOUNDARY = rf"(?![,;] ){_SIGN}{{0,3}}[^\w ]?{_SIGN}{{0,3}}"
# "1500 kr", "1500,-", "1500,50"
_NO_AMOUNT = r"(?! ?(?:kr\b|dkk\b|,-|,\d|:-))"

# Each is looked for at every place, overlapping, so that a number in front hides none.
_WAYS = (
    re.compile(rf"(?<!\d)(?=((?:\d{_PERHAPS}){{5}}\d{_BOUNDARY}\d{{4}})(?!\d){_NO_AMOUNT})"),
    re.compile(
        rf"(?<!\d)(?=(\d\d(?P<gap>{_BETWEEN})\d\d(?P=gap)\d\d(?P<middle>{_BOUNDARY}{_SIGN})(?P<last>\d\d(?P=gap)\d\d))"
        r"(?!\d)(?!(?P=gap)\d))"
    ),
    re.compile(rf"(?<!\d)(?=(\d{{6}}(?P<middle>{_BETWEEN})(?P<last>\d\d(?P<gap> |(?P=middle))\d\d))(?!\d))"),
    re.compile(rf"(?<!\d)(?<!(?<!\d)\d{_SIGN})(?=(\d(?:{_SIGN}{{1,5}}\d){{9}})(?!\d)(?!{_SIGN}\d))"),
    re.compile(r"(?<!\d)(?=(\d\d[.\-/]?\d\d[.\-/]?(?:19|20)\d\d[\-/]?\d{4})(?!\d))"),
    re.compile(rf"(?<!\d)(?=(\d{{4}}(?:19|20)\d\d{_BETWEEN}\d{{4}})(?!\d){_NO_AMOUNT})"),
)
# A number and a date or a range: "kl. 12 05.11.2026", "22 11-14 6069", "27/11 - 280626".
_NUMBER_AND_RANGE = re.compile(r"\d\d +\d\d *[.\-/]|\d\d[.\-/]\d\d +[.\-/]? *\d{6}$")
_FULL_YEAR = 12
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_REPLACEMENT = 60

# Blank, though Unicode counts them as letters or symbols.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
_SIGNS = {"_": "-", "\u2212": "-", "\u2043": "-", "\u00b7": ".", "\u2022": ".", "\u2219": ".", "\u2027": ".",
          "\u3002": ".", "\u30fb": ".", "\\": "/", "|": "/", "\u2044": "/", "\u2215": "/", "\u29f8": "/"}  # fmt: skip


def holds_cpr(text: str) -> bool:
    """Whether the text holds what looks like a CPR number."""
    return next(_spans(text), None) is not None


def without_cpr(text: str) -> str:
    """The text without what looks like CPR numbers: a space stands for each. For showing a refused text again."""
    while (span := next(_spans(text), None)) is not None:
        text = f"{text[: span[0]]} {text[span[1] :]}"
    return text


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the CPR numbers stand in the text, as half-open spans of it."""
    plain, origin = _plain(text)
    for way in _WAYS:
        for found in way.finditer(plain):
            if _is_date(found[1]) and not _is_time(found) and not _NUMBER_AND_RANGE.match(found[1]):
                yield origin[found.start(1)], origin[found.end(1) - 1] + 1


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in plain digits and signs, and for each of its characters the index it came from."""
    characters: list[str] = []
    origin: list[int] = []
    for index, written in enumerate(text):
        for character in unicodedata.normalize("NFKC", written):
            if character in _BLANK or unicodedata.category(character) in _INVISIBLE:
                continue
            characters.append(_folded(character))
            origin.append(index)
    return "".join(characters), origin


def _folded(character: str) -> str:
    """One of 0-9, one of the four signs, or the character itself in lower case."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category[0] == "Z" or category == "Cc":
        return " "
    if category == "Pd":
        return "-"
    lower = character.lower()
    return _SIGNS.get(character) or (lower if len(lower) == 1 else character)


def _is_date(written: str) -> bool:
    """Whether the number begins with a day that some year of its century digits has."""
    digits = [int(character) for character in written if character.isdecimal()]
    if len(digits) == _FULL_YEAR:
        del digits[4:6]
    day, month, year = (10 * digits[at] + digits[at + 1] for at in (0, 2, 4))
    if not 1 <= month <= 12:
        return False
    # 1900 was no leap year, but 2000 was; so the two last digits of the year are enough.
    last = 28 if month == 2 and year % 4 else _DAYS[month - 1]
    return 1 <= (day - _REPLACEMENT if day > _REPLACEMENT else day) <= last


def _is_time(found: re.Match[str]) -> bool:
    """Whether the last four are a time or opening hours after a date: 23.11.26 12.30, 23-11-26 10-12."""
    said = found.groupdict()
    gap, middle, last = said.get("gap"), said.get("middle"), said.get("last")
    if gap is None or last is None or gap.isspace() or gap == middle:
        return False
    return int(last[:2]) <= 24 and int(last[-2:]) <= 59
