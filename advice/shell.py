"""What stands round every page: the staff's bar and navigation, and the words that templates are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext
from werkzeug.local import LocalProxy

from advice import languages, web
from advice.rules.access import Action, Role
from advice.rules.languages import direction

FILTERS: dict[str, Callable[..., str]] = {
    "clock": languages.clock,
    "clock_long": web.clock_long,
    "day_long": web.day_long,
    "day_plain": web.day_plain,
    "day_short": web.day_short,
    "date_digits": web.date_digits,
    "number": web.number,
    "label": web.label,
    "label_html": languages.label_html,
    "name_html": languages.name_html,
    "direction": direction,
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the staff navigation."""

    label: str
    url: str
    current: bool


STAFF_PAGES = (
    (Action.SEE_DAY, "visits.day", lazy_gettext("I dag")),
    (Action.SEE_VISITS, "visits.index", lazy_gettext("Henvendelser")),
    (Action.SEE_ROSTER, "roster.this_week", lazy_gettext("Vagtplan")),
    (Action.SEE_OWN_SHIFTS, "roster.own", lazy_gettext("Mine vagter")),
    (Action.SEE_INDICATORS, "indicators.index", lazy_gettext("Mål")),
    # Whoever may edit settings may manage people too (rules/access.py); the page itself shows each her own.
    (Action.MANAGE_PEOPLE, "settings.index", lazy_gettext("Indstillinger")),
)


def staff_nav() -> list[NavItem]:
    """The staff pages the person logged in may see."""
    known = current_app.view_functions
    shown = [(str(words), url_for(name)) for action, name, words in STAFF_PAGES if name in known and web.may(action)]
    # A page below counts as the page itself: one week is "Vagtplan".
    return [NavItem(words, url, f"{request.path}/".startswith(f"{url}/")) for words, url in shown]


def page_context() -> dict[str, Any]:
    """What every page needs. Who is logged in is read when a template asks, so that residents' pages never do."""
    return {
        "demo_mode": web.settings().demo,
        "page_language": languages.current(),
        "page_direction": direction(languages.current()),
        "language_links": languages.links(),
        "unreviewed": languages.is_unreviewed(),
        "current_membership": LocalProxy(web.member),
        "staff_shell": staff_shell,
    }


def staff_shell() -> dict[str, Any]:
    """What staff.html shows around a page: the active membership in words, the navigation, the way to switch."""
    return {
        "role": web.ROLE_WORDS[Role(web.member().role)],
        "nav": staff_nav(),
        "switch_url": url_for("accounts.switch") if len(web.user().memberships) > 1 else None,
        "tablet_locks_after": web.user().tablet_idle_minutes,
    }


def install(app: Flask) -> None:
    """Give templates their words and filters."""
    app.context_processor(page_context)
    app.jinja_env.filters.update(FILTERS)
