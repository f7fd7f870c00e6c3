"""The language of the page being made: chosen once the programme is known, and everything that follows from it.

A view of a resident page calls `speak` with the programme's languages; until then, and on every staff page, all is
Danish. Digits stay 0-9 in every language: so do clocks, bills, house numbers and buses where the readers live.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from urllib.parse import quote, urlencode

from flask import Response, after_this_request, current_app, g, request
from flask_babel import format_date, get_domain, get_locale, gettext, refresh
from markupsafe import Markup, escape

from advice.kept import LANGUAGE_COOKIES, QUESTIONS
from advice.rules.languages import DANISH, NAMES, choose, direction, own_name
from advice.rules.reasons import KNOWN
from advice.rules.spans import clock_text

LASTS = timedelta(days=365)
"""How long a device remembers a language that somebody chose."""
DAY_PATTERNS = {
    # language: a day of another year, one of this year, in short, and the date alone. CLDR's patterns, without what
    # the weekday makes needless; its short Kurdish and Somali names ("dşm", "mjd") are nobody's, so they stay long.
    "da": ("EEEE d. MMMM y", "EEEE d. MMMM", "EEE d. MMM", "d. MMM"),
    "en": ("EEEE d MMMM y", "EEEE d MMMM", "EEE d MMM", "d MMM"),
    "ar": ("EEEE، d MMMM y", "EEEE، d MMMM", "EEE، d MMM", "d MMM"),
    "tr": ("d MMMM y EEEE", "d MMMM EEEE", "d MMM EEE", "d MMM"),
    "uk": ("EEEE, d MMMM y", "EEEE, d MMMM", "EEE, d MMM", "d MMM"),
    "so": ("EEEE, d MMMM y", "EEEE, d MMMM", "EEEE, d MMM", "d MMM"),
    "fa": ("EEEE d MMMM y", "EEEE d MMMM", "EEE d MMM", "d MMM"),
    "pl": ("EEEE, d MMMM y", "EEEE, d MMMM", "EEE, d MMM", "d MMM"),
    "ku": ("EEEE, d'ê' MMMM'a' y'an'", "EEEE, d'ê' MMMM'ê'", "EEEE, d'ê' MMMM'ê'", "d'ê' MMMM'ê'"),
}
WITH_YEAR, PLAIN, SHORT, DATE_ONLY = range(4)
UNREVIEWED = "unreviewed"
"""What stands for the last translator in the header of a catalogue that no native speaker has read."""
CHOSEN_FROM = ("Accept-Language", "Cookie")
"""The headers of a request, beside its address, that choose the language of its answer."""
DANISH_NAME = Markup('<bdi lang="da">{}</bdi>')
FELL_BACK = Markup('<span lang="da" dir="ltr">{}</span>')


@dataclass(frozen=True, slots=True)
class Link:
    """A link to this page in another language."""

    code: str
    label: str
    direction: str
    url: str
    current: bool


def chosen() -> str:
    """The code of the language chosen for this request; what flask-babel asks for."""
    code: str = g.get("language", DANISH)
    return code


def current() -> str:
    """The code of the language being spoken: the chosen one, or another inside flask-babel's `force_locale`."""
    return str(get_locale() or DANISH)


def speak_danish() -> None:
    """Take the choice back: what follows is no page of a programme."""
    g.language, g.languages = DANISH, []
    refresh()


def cookie_name() -> str:
    """With the prefix that binds it to this host wherever https is."""
    plain, bound = LANGUAGE_COOKIES
    return bound if current_app.config["SESSION_COOKIE_SECURE"] else plain


def speak(offered: Iterable[str]) -> str:
    """Choose the language of the page among those offered, and keep it if the address asks for it; gives its code."""
    among = {DANISH, *offered}
    shown = [code for code in NAMES if code in among]
    asked = request.args.get("lang")
    accepted = request.headers.get("Accept-Language", "")
    found = choose(asked, request.cookies.get(cookie_name()), accepted, shown)
    g.language, g.languages = found, shown
    refresh()
    if not g.get("language_told"):
        after_this_request(_tell)
        g.language_told = True
    return found


def _tell(answer: Response) -> Response:
    """Say what the language was chosen from, and remember one that the address asked for, where there is a page."""
    answer.vary.update(CHOSEN_FROM)
    if request.args.get("lang") == chosen() and (answer.status_code < 400 or answer.status_code == 404):
        answer.set_cookie(
            cookie_name(), chosen(), max_age=LASTS, secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True, samesite="Lax",
        )  # fmt: skip
    return answer


def links() -> list[Link]:
    """This page in each language it has; none where it has Danish only."""
    shown: list[str] = g.get("languages", [])
    if len(shown) < 2:
        return []
    rest = [(name, value) for name, value in request.args.items(multi=True) if name in QUESTIONS - {"lang"}]
    return [
        Link(
            code,
            own_name(code),
            direction(code),
            f"{quote(request.path)}?{urlencode([*rest, ('lang', code)])}",
            code == chosen(),
        )
        for code in shown
    ]


def is_unreviewed() -> bool:
    """Whether no native speaker has read the page's catalogue: its header says so (docs/translating.md)."""
    header: dict[str, str] = get_domain().get_translations().info()
    return current() != DANISH and header.get("last-translator", UNREVIEWED) == UNREVIEWED


def day(value: date, form: int) -> str:
    """A day in the page's language: WITH_YEAR, PLAIN, SHORT or DATE_ONLY."""
    return str(format_date(value, DAY_PATTERNS[current()][form]))


def weekday(value: int) -> str:
    """The name of a weekday (0 is Monday), as it stands in a date."""
    return str(get_locale().days["format"]["wide"][value])


def clock(value: time) -> str:
    """12 or 12.30 in Danish, 12:00 and 12:30 elsewhere: a bare 12 reads as a time in Danish only."""
    return clock_text(value) if current() == DANISH else f"{value:%H:%M}"


def found(labels: Mapping[str, str] | None) -> tuple[str, bool]:
    """Words of the programme in the page's language, and whether they are Danish for lack of it.

    A usual reason or the name of a holiday (rules/reasons) is in the catalogue.
    """
    if not labels:
        return "", False
    own, danish = labels.get(current()), labels.get(DANISH, "")
    if own or not danish or current() == DANISH:
        return own or danish, False
    if danish in KNOWN:
        return str(gettext(danish)), False
    return danish, True


def label(labels: Mapping[str, str] | None) -> str:
    """The words in the page's language, else the Danish ones. For attributes and titles; else `label_html`."""
    return found(labels)[0]


def label_html(labels: Mapping[str, str] | None) -> Markup:
    """The words in the page's language; Danish ones, where it lacks them, marked as Danish."""
    words, fell_back = found(labels)
    return FELL_BACK.format(words) if fell_back else escape(words)


def name_html(words: str | None) -> Markup:
    """A proper name (a place, a street, an organisation): set apart and marked Danish where the page is not.

    Else the full stop of "m.fl." jumps to the other end of the line where the page runs from the right.
    """
    return escape(words or "") if current() == DANISH or not words else DANISH_NAME.format(words)
