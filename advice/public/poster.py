"""A poster to print: one place's hours in up to four languages, with the address of its page as a QR code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

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

MOST_LANGUAGES = 4
MOST_CLOSURES = 4
"""Lines of what is different ahead; the page behind the QR code has them all."""
PAPERS = ("a4", "a3")


@dataclass(frozen=True, slots=True)
class Side:
    """What the poster says in one language."""

    code: str
    direction: str
    title: Markup
    text: Markup
    """What a theme says besides its title; else empty."""
    hours: Sequence[Markup]
    promise: Markup
    closures: Sequence[Ahead]
    scan: str


def chosen_languages(asked: Iterable[str], offered: Iterable[str]) -> list[str]:
    """The languages asked for ("ar", "ar,tr") that the programme has, each once, in the order of the list of languages.

    Those of whoever asked for none: Danish and the first of the programme's others, MOST_LANGUAGES in all.
    """
    there = [code for code in NAMES if code == DANISH or code in set(offered)]
    wanted = {code.strip().lower() for one in asked for code in one.split(",")}
    return [code for code in there if code in wanted] or there[:MOST_LANGUAGES]


def sides(
    codes: Iterable[str],
    programme: Programme,
    door: Door,
    offers: Sequence[Offer],
    theme: ResidentNotice | None,
    today: date,
) -> list[Side]:
    """The poster's words, language by language; the first stands largest."""
    found = []
    for code in codes:
        with reading(code):
            found.append(_side(code, programme, door, offers, theme, today))
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


def _side(
    code: str, programme: Programme, door: Door, offers: Sequence[Offer], theme: ResidentNotice | None, today: date
) -> Side:
    promise = _("Gratis. Kom uden aftale. Du behøver ikke sige dit navn.")
    title = languages.label_html(theme.labels if theme else programme.texts.get("title"))
    return Side(
        code=code,
        direction=direction(code),
        title=title or Markup(_("Åben Rådgivning")),
        text=languages.label_html(theme.text) if theme else Markup(""),
        hours=[words.usual(hours, today) for offer in offers for hours in offer.hours],
        promise=languages.label_html(programme.texts.get("promise")) or Markup(promise),
        closures=signs.ahead([door], today)[:MOST_CLOSURES],
        scan=str(_("Scan koden med din telefon. Så ser du, om der er åbent.")),
    )
