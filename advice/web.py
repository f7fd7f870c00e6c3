"""What every screen shares: who is asking, permission, security headers, Danish dates, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Response, abort, current_app, flash, request, session, url_for
from flask_babel import format_date, format_decimal, get_locale, gettext, lazy_gettext
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf import CSRFProtect, FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response as BaseResponse

from advice import database
from advice.config import Settings
from advice.models.people import Membership, memberships_of
from advice.rules import access
from advice.rules.access import Action, Actor, Role, Subject
from advice.rules.spans import clock_text

P = ParamSpec("P")
R = TypeVar("R")


class SessionLogin(LoginManager):
    """Log-in by the session only: a remember-me cookie is never looked at, whatever somebody sends as one."""

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None


login_manager = SessionLogin()
csrf = CSRFProtect()

NO_CHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
UNHELD = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef{NO_CHARACTERS}]")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ROLE_WORDS = {
    Role.ADVISER: lazy_gettext("rådgiver"),
    Role.TEAM_LEADER: lazy_gettext("teamleder"),
    Role.COORDINATOR: lazy_gettext("tovholder"),
    Role.READER: lazy_gettext("læser"),
}
MEMBERSHIP_KEY = "membership"
CSRF_KEY = "csrf_token"


def settings() -> Settings:
    """The settings of the running program."""
    found: Settings = current_app.extensions["advice"]
    return found


def now() -> datetime:
    """The present instant, aware UTC."""
    return settings().clock()


def local_now() -> datetime:
    """The present instant on the clock of the place."""
    return now().astimezone(settings().timezone)


def today() -> date:
    """The date at the place."""
    return local_now().date()


class User(UserMixin):
    """The person logged in, with the memberships in force today; one of them is active."""

    def __init__(self, memberships: list[Membership], chosen: int | None) -> None:
        self.person = memberships[0].person
        self.memberships = memberships
        self.membership = next((m for m in memberships if m.id == chosen), memberships[0])

    def get_id(self) -> str:
        """The public id: what the session cookie holds."""
        return str(self.person.public_id)

    @property
    def actor(self) -> Actor:
        """The active membership as rules/access.py sees it."""
        member = self.membership
        return Actor(member.person_id, member.programme_id, member.organisation_id, Role(member.role))


def load_user(public_id: str) -> User | None:
    """The user that the session cookie names, if she has a membership in force today and is not disabled."""
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    memberships = memberships_of(wanted, today())
    if not memberships or memberships[0].person.disabled_at is not None:
        return None
    chosen = session.get(MEMBERSHIP_KEY)
    found = User(memberships, chosen)
    if chosen is not None and chosen != found.membership.id:
        session[MEMBERSHIP_KEY] = found.membership.id
        where = f"{found.membership.programme.short_name}: {found.membership.organisation.name}"
        flash(gettext("Det, du arbejdede for, er slut. Du arbejder nu for %(where)s.", where=where), "warning")
    return found


def user() -> User:
    """The person logged in. Only behind `needs` or `login_required`."""
    found: User = current_user._get_current_object()
    return found


def member() -> Membership:
    """The active membership. Only behind `needs` or `login_required`."""
    return user().membership


def may(action: Action, subject: Subject | None = None) -> bool:
    """Ask rules/access.py for the person logged in; without a subject: in her own programme and organisation."""
    if not current_user.is_authenticated:
        return False
    actor = user().actor
    return access.may(actor, action, subject or Subject(actor.programme, actor.organisation, actor.person))


def refuse_unless(action: Action, subject: Subject | None = None) -> None:
    """403 if the person logged in may not."""
    if not may(action, subject):
        abort(403)


def needs(action: Action) -> Callable[[Callable[P, R]], Callable[P, R | BaseResponse]]:
    """Decorator: log-in, then permission for the action in the own organisation, before anything is read."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | BaseResponse]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | BaseResponse:
            if not current_user.is_authenticated:
                answer: BaseResponse = login_manager.unauthorized()
                return answer
            refuse_unless(action)
            return view(*args, **kwargs)

        guarded.needs = action  # type: ignore[attr-defined]
        return guarded

    return decorate


class Form(FlaskForm):
    """The base of every form: CSRF, and Danish sentences at the fields."""

    class Meta(FlaskForm.Meta):
        locales = ("da",)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a form sent, not files or JSON, and without what neither a page nor PostgreSQL can hold."""
            if request.method in SAFE_METHODS:
                return None
            return MultiDict([(name, UNHELD.sub("", value)) for name, value in request.form.items(multi=True)])


def inward(target: str | None, otherwise: str) -> str:
    """The path to go to after log-in: only inside this site, else `otherwise`."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    if any(ord(character) < 33 or ord(character) == 127 for character in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def clock_long(value: time) -> str:
    """12:30 as "12.30", 12:00 as "12.00"."""
    return f"{value.hour}.{value.minute:02d}"


def day_long(value: date) -> str:
    """ "mandag 23. november 2026"."""
    return str(format_date(value, "EEEE d. MMMM y"))


def day_plain(value: date) -> str:
    """ "mandag 23. november"."""
    return str(format_date(value, "EEEE d. MMMM"))


def day_short(value: date) -> str:
    """ "man. 23. nov."."""
    return str(format_date(value, "EEE d. MMM"))


def date_digits(value: date) -> str:
    """ "30.09.2025", as the agreements write it."""
    return str(format_date(value, "dd.MM.y"))


def number(value: float) -> str:
    """Danish digits: 2.123 and 19,14."""
    return str(format_decimal(value))


def label(labels: Mapping[str, str] | None) -> str:
    """The words in the page's language, else the Danish ones."""
    if not labels:
        return ""
    language = get_locale()
    return labels.get(str(language)) or labels.get("da", "")


FILTERS: dict[str, Callable[..., str]] = {
    "clock": clock_text,
    "clock_long": clock_long,
    "day_long": day_long,
    "day_plain": day_plain,
    "day_short": day_short,
    "date_digits": date_digits,
    "number": number,
    "label": label,
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
)


def staff_nav() -> list[NavItem]:
    """The staff pages the person logged in may see."""
    known = current_app.view_functions
    shown = [(str(words), url_for(name)) for action, name, words in STAFF_PAGES if name in known and may(action)]
    # A page below counts as the page itself: one week is "Vagtplan".
    return [NavItem(words, url, f"{request.path}/".startswith(f"{url}/")) for words, url in shown]


def page_context() -> dict[str, Any]:
    """What every page needs. Who is logged in is read when a template asks, so that residents' pages never do."""
    return {
        "demo_mode": settings().demo,
        "page_language": str(get_locale() or "da"),
        "page_direction": get_locale().text_direction if get_locale() else "ltr",
        "current_membership": LocalProxy(member),
        "staff_shell": staff_shell,
    }


def staff_shell() -> dict[str, Any]:
    """What staff.html shows around a page: the active membership in words, the navigation, the way to switch."""
    return {
        "role": ROLE_WORDS[Role(member().role)],
        "nav": staff_nav(),
        "switch_url": url_for("accounts.switch") if len(user().memberships) > 1 else None,
    }


def add_headers(response: Response) -> Response:
    """Security headers on every answer; staff pages are never kept by anyone."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in response.headers:
        personal = "_user_id" in session or CSRF_KEY in session
        response.headers["Cache-Control"] = "no-store" if personal else "no-cache"
    return response


def announce_write() -> None:
    """A request that may write says so to the database before its first query.

    Only once a route takes it, its CSRF token has been checked and somebody is logged in: strangers must not
    make writers wait.
    """
    if request.method not in SAFE_METHODS and request.endpoint and session.get("_user_id"):
        database.begin_write()


def refuse_unheld(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """404 for an address with a character in it that PostgreSQL cannot hold: no row can have that name."""
    if any(UNHELD.search(value) for value in (values or {}).values() if isinstance(value, str)):
        abort(404)


def install(app: Flask) -> None:
    """Hook all of this into the application."""
    # Not its context processor: that one would read the person for every template, the residents' and the errors' too.
    login_manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    login_manager.login_view = "accounts.log_in"
    login_manager.login_message = lazy_gettext("Log ind for at se siden.")
    login_manager.login_message_category = "info"
    csrf.init_app(app)
    app.before_request(announce_write)
    app.url_value_preprocessor(refuse_unheld)
    app.after_request(add_headers)
    app.context_processor(page_context)
    app.jinja_env.filters.update(FILTERS)
