"""A poster to print: one place's hours in up to four languages, with the address of its page as a QR code.

Everything stands on one sheet. So what is too long is shortened, and the type gets smaller by how many lines the words
will take, which `size` counts here: the code, the address and the closures are never what is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil

import segno
from flask import g
from flask_babel import gettext as _
from flask_babel import refresh
from markupsafe import Markup

from advice import languages
from advice.models.notices import ResidentNotice
from advice.models.openings import Offer
from advice.models.programmes import Programme
from advice.public import signs, words
from advice.public.signs import Ahead, Door
from advice.rules.languages import DANISH, NAMES, direction
from advice.rules.openings import Status

MOST_LANGUAGES = 4
MOST_HOURS = 6
MOST_CLOSURES = 3
"""Lines of usual hours, and of what is different ahead; the page behind the QR code has them all."""
MOST_TITLE, MOST_TEXT = 90, 200
"""Characters of a theme's title and of its text."""
PAPERS = ("a4", "a3")
SPARE = 0.92
"""Of the room that is counted on: no two fonts break their lines at the same word."""
SIZES = (100, 92, 84, 76, 68, 60, 54, 48, 43, 38)
"""Sizes of the type in percent, the largest first; poster.css has a class `fit-…` for each."""
HEIGHT, WIDTH, CODE = 141.0, 88.0, 30.0
"""Of the sheet, of a line on it, and of the code; all measures are in hundredths of the sheet's width."""
BOLD = 0.56


@dataclass(frozen=True, slots=True)
class Side:
    """What the poster says in one language."""

    code: str
    direction: str
    kind: Markup
    title: Markup
    text: Markup
    """What a theme says besides its title; else empty."""
    place: Markup
    where: Sequence[Markup]
    hours: Sequence[Markup]
    """When it opens; a sentence if there are no usual hours, or if it is closed for long."""
    promise: Markup
    closures: Sequence[Ahead]
    more: str
    """That there is more to read than stands here; else empty."""
    scan: str


def chosen_languages(asked: Iterable[str], offered: Iterable[str], reader: str = DANISH) -> list[str]:
    """The languages asked for ("ar", "ar,tr") that the programme has, each once, in the order of the list of languages.

    Those of whoever asked for none: Danish, the reader's, and the first of the others, MOST_LANGUAGES in all.
    """
    there = [code for code in NAMES if code == DANISH or code in set(offered)]
    wanted = {code.strip().lower() for one in asked for code in one.split(",")}
    usual = dict.fromkeys([DANISH, *(code for code in there if code == reader), *there])
    return [code for code in there if code in wanted] or list(usual)[:MOST_LANGUAGES]


def sides(
    codes: Iterable[str], programme: Programme, door: Door, offers: Sequence[Offer], theme: ResidentNotice | None
) -> list[Side]:
    """The poster's words, language by language, the first one largest; the others tell a theme in own words or not."""
    found: list[Side] = []
    for code in codes:
        with reading(code):
            said = theme if theme and (code in theme.labels or not found) else None
            found.append(_side(code, programme, door, offers, said))
    return found


@contextmanager
def reading(code: str) -> Iterator[None]:
    """Say everything in another language than the page's for as long as the block lasts."""
    before = languages.current()
    g.language = code
    refresh()
    try:
        yield
    finally:
        g.language = before
        refresh()


def qr(address: str) -> Markup:
    """The address as a QR code: inline SVG, black on white whatever the page's colours, a quarter may be torn off."""
    code = segno.make(address, error="q", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=2, dark="#000", light="#fff"))


def size(sides: Sequence[Side]) -> int:
    """The largest of SIZES at which all the words have room on the sheet; the smallest if they have at none."""
    room = (HEIGHT - _foot(sides[0])) * SPARE
    return next((percent for percent in SIZES if _height(sides, percent / 100) <= room), SIZES[-1])


def _foot(first: Side) -> float:
    """The height of the code and of what stands beside it, which is the same at each size."""
    beside = WIDTH - CODE - 5
    said = _lines(first.scan, 3.4, 1.2, beside, BOLD) + sum(_lines(one, 2.6, 1.3, beside, BOLD) for one in first.where)
    # The address of the page, and the phone.
    return 7 + max(CODE, said + 2 + 3 * 2.6 * 1.3)


def _height(sides: Sequence[Side], scale: float) -> float:
    """How high the words will stand above the code. The measures are those of poster.css."""
    first, *rest = sides
    large = (1 + 2 * scale) / 3
    height = 15 + _lines(first.title, 9.5 * large, 1.08, WIDTH, BOLD) + 5 * scale
    height += _lines(first.place, 5 * large, 1.15, WIDTH, BOLD)
    height += _lines(first.kind, 2.6 * scale, 1.3) + _lines(first.text, 3 * large, 1.3)
    height += sum(_lines(one, 5.6 * large, 1.15, WIDTH, BOLD) + scale for one in first.hours)
    height += _rest(first, 3.2 * scale, WIDTH)
    if rest:
        width = (WIDTH - 4 * (len(rest) - 1)) / len(rest)
        height += 5 + max(_column(side, scale, width) for side in rest)
    return height


def _column(side: Side, scale: float, width: float) -> float:
    """The height of a smaller language's words."""
    said = _lines(side.title, 3.4 * scale, 1.2, width, BOLD) + _lines(side.text, 2.6 * scale, 1.3, width) + 4 * scale
    said += sum(_lines(hours, 2.9 * scale, 1.2, width, BOLD) + scale for hours in side.hours)
    return said + _rest(side, 2.6 * scale, width) + _lines(side.scan, 2.6 * scale, 1.3, width)


def _rest(side: Side, letters: float, width: float) -> float:
    """The height of a language's promise and closures."""
    closures = [f"{line.days}: {line.kind} {line.span} {line.reason}" for line in side.closures]
    told = sum(_lines(one, letters * 0.85, 1.4, width, BOLD) for one in [*closures, side.more])
    return _lines(side.promise, letters, 1.3, width) + told + letters * 0.8


def _lines(words: str, letters: float, line: float, width: float = WIDTH, each: float = 0.5) -> float:
    """The height of a paragraph whose letters are so high, and wide as `each` says in parts of that; lines end early.

    Cyrillic letters are wider than Latin and Arabic ones.
    """
    plain = Markup(words).striptags()
    wide = sum(1.15 if "\u0400" <= letter <= "\u04ff" else 1 for letter in plain) * letters * each
    return ceil(wide / width * 1.04) * letters * line


def _side(code: str, programme: Programme, door: Door, offers: Sequence[Offer], theme: ResidentNotice | None) -> Side:
    title, cut_title = _shortened(theme.labels if theme else programme.texts.get("title"), MOST_TITLE)
    text, cut_text = _shortened(theme.text if theme else None, MOST_TEXT)
    hours = _hours(door, offers)
    closures = signs.ahead([door], door.today)
    cut = cut_title or cut_text or len(hours) > MOST_HOURS or len(closures) > MOST_CLOSURES
    place = door.place
    return Side(
        code=code,
        direction=direction(code),
        kind=languages.name_html(programme.short_name),
        title=title or Markup(_("Åben Rådgivning")),
        text=text,
        place=languages.name_html(place.name),
        where=[languages.name_html(one) for one in (place.room, place.address) if one],
        hours=hours[:MOST_HOURS],
        promise=words.promise(programme),
        closures=closures[:MOST_CLOSURES],
        more=str(_("Læs mere: scan koden.")) if cut else "",
        scan=str(_("Scan koden med din telefon. Så ser du, om der er åbent.")),
    )


def _hours(door: Door, offers: Sequence[Offer]) -> list[Markup]:
    """The usual hours that hold in the weeks ahead; when there are none, what the door says of the time after."""
    usual = [words.usual(hours, door.today) for offer in offers for hours in offer.hours if signs.soon(door, hours)]
    if usual:
        return list(dict.fromkeys(usual))
    ahead = door.current or door.sign.ahead
    closed = (one for one in door.openings if one.status is Status.CLOSED and (not ahead or one.date <= ahead.date))
    return words.on_paper(next(closed, None), ahead, door.today) or [
        Markup(_("Scan koden, og se næste gang, vi har åbent."))
    ]


def _shortened(labels: Mapping[str, str] | None, most: int) -> tuple[Markup, bool]:
    """The words in the language being read, cut at the end of a word, and whether they were."""
    whole = languages.label(labels)
    if len(whole) <= most:
        return languages.label_html(labels), False
    cut = {code: f"{said[:most].rsplit(None, 1)[0]} …" for code, said in (labels or {}).items() if len(said) > most}
    return languages.label_html({**(labels or {}), **cut}), True
