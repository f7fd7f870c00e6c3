"""What every screen shares: who is asking, permission, Danish dates, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import format_date, format_decimal, gettext, lazy_gettext, ngettext
from flask_login import LoginManager, current_user
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from advice import database, languages, late_forms, tablet_cookie
from advice.actions import sessions, tablets
from advice.config import Settings
from advice.database import db
from advice.late_forms import Why
from advice.models.people import Membership
from advice.rules import access
from advice.rules.access import Action, Role, Standing, Subject
from advice.rules.characters import held
from advice.rules.sessions import SEEN_EVERY, is_proved
from advice.signed_in import User, find_user

P = ParamSpec("P")
R = TypeVar("R")


class SessionLogin(LoginManager):
    """Log-in by the session only: a remember-me cookie is never looked at, whatever somebody sends as one."""

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None


login_manager = SessionLogin()
csrf = late_forms.Tokens()

SECRET_KEY = "_user_id"
"""Where Flask-Login keeps the secret of the session in the signed cookie."""
LONGEST_TARGET = 500
"""Characters of a page to go to after log-in: no page has more, and the cookie that may keep it holds 4096 bytes."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ROLE_WORDS = {
    Role.ADVISER: lazy_gettext("rådgiver"),
    Role.TEAM_LEADER: lazy_gettext("teamleder"),
    Role.COORDINATOR: lazy_gettext("tovholder"),
    Role.READER: lazy_gettext("læser"),
}


def settings() -> Settings:
    """The settings of the running program."""
    found: Settings = current_app.extensions["advice"]
    return found


def secret_key() -> str:
    """The program's key. RuntimeError without one: then nothing is served."""
    key = settings().secret_key
    if key is None:
        raise RuntimeError("nothing is served without SECRET_KEY")
    return key


def now() -> datetime:
    """The present instant, aware UTC."""
    return settings().clock()


def local_now() -> datetime:
    """The present instant on the clock of the place."""
    return now().astimezone(settings().timezone)


def today() -> date:
    """The date at the place."""
    return local_now().date()


@dataclass(frozen=True, slots=True)
class Use:
    """What is remembered of a session until the page is made: plain values, since its row may be stale by then."""

    session_id: int
    role: str
    seen: datetime
    moved_to: int | None
    """The membership she works under now, when the one she had chosen has ended."""
    tablet_id: int | None


def load_user(token: str) -> User | None:
    """The user of the session that the cookie names, if it lives."""
    found = find_user(token, now(), today())
    if found is not None:
        chosen, active = found.session.membership_id, found.membership
        moved = active.id if chosen is not None and chosen != active.id else None
        if moved:
            where = f"{active.programme.short_name}: {active.organisation.name}"
            flash(gettext("Det, du arbejdede for, er slut. Du arbejder nu for %(where)s.", where=where), "warning")
        g.use = Use(found.session.id, active.role, found.session.last_seen_at, moved, found.session.tablet_id)
    return found


def user() -> User:
    """The person logged in. Only behind `needs` or `login_required`."""
    found: User = current_user._get_current_object()
    return found


def member() -> Membership:
    """The active membership. Only behind `needs` or `login_required`."""
    return user().membership


def post_words(of: Membership) -> str:
    """A membership in a sentence: role, organisation, programme."""
    role, where = ROLE_WORDS[Role(of.role)], {"organisation": of.organisation.name, "programme": of.programme.name}
    return str(gettext("%(role)s hos %(organisation)s i %(programme)s", role=role, **where))


def may(action: Action, subject: Subject | None = None) -> bool:
    """Ask rules/access.py for the person logged in; without a subject: in her own programme and organisation."""
    if not current_user.is_authenticated or not user().session.complete:
        return False
    actor = user().actor
    return access.may(actor, action, subject or Subject(actor.programme, actor.organisation, actor.person))


def refuse_unless(action: Action, subject: Subject | None = None) -> None:
    """403 if the person logged in may not."""
    if not may(action, subject):
        abort(403)


def declare(view: Callable[P, R], needs: Action | Standing) -> Callable[P, R]:
    """Note on a view what it asks for; app.py refuses a program with a view that says nothing."""
    view.needs = needs  # type: ignore[attr-defined]
    return view


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator: a page for anyone."""
    return declare(view, Standing.ANYONE)


def secret_address(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator: a page for whoever has its address, in which a secret stands."""
    return declare(view, Standing.SECRET_ADDRESS)


def needs_of(app: Flask, endpoint: str) -> Action | Standing | None:
    """What the view of an endpoint has declared."""
    return getattr(app.view_functions[endpoint], "needs", None)


def log_in_first() -> BaseResponse | None:
    """Where somebody must go before a staff page opens: log-in (on a shared tablet its tiles), or the second factor
    still to be set up. A form that is sent when nobody is logged in any more is kept instead."""
    if not current_user.is_authenticated:
        late_forms.keep(Why.LOGGED_OUT)
    if not current_user.is_authenticated and tablet_cookie.secret():
        return redirect(url_for("tablets.tiles"), 303)
    if not current_user.is_authenticated:
        answer: BaseResponse = login_manager.unauthorized()
        return answer
    if not user().session.complete:
        return redirect(url_for("accounts.security"), 303)
    return None


def prove_first() -> BaseResponse | None:
    """Where somebody must go who has not shown lately who she is; from there she comes back."""
    if is_proved(user().session.proved_at, now()):
        return None
    late_forms.keep(Why.UNPROVED)
    back = request.full_path if request.method in SAFE_METHODS else url_for("accounts.account")
    return redirect(url_for("accounts.prove", next=back.rstrip("?")), 303)


def needs(action: Action, *, proved: bool = False) -> Callable[[Callable[P, R]], Callable[P, R | BaseResponse]]:
    """Decorator: log-in, then permission for the action in the own organisation, before anything is read.

    `proved`: who she is must have been shown lately, too.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | BaseResponse]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | BaseResponse:
            first = log_in_first()
            if first is not None:
                return first
            refuse_unless(action)
            first = prove_first() if proved else None
            return view(*args, **kwargs) if first is None else first

        return declare(guarded, action)

    return decorate


def logged_in(view: Callable[P, R]) -> Callable[P, R | BaseResponse]:
    """Decorator: anybody who is logged in, whatever her role."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | BaseResponse:
        first = log_in_first()
        return view(*args, **kwargs) if first is None else first

    return declare(guarded, Standing.LOGGED_IN)


def own_account(*, proved: bool = False, incomplete: bool = False) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Decorator of pages about one's own account: log-in, and not by what a shared tablet lends.

    `proved`: who she is must have been shown lately (else she shows it again and comes back). `incomplete`: also
    while the second factor is still to be set up.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            first = None if incomplete and current_user.is_authenticated else log_in_first()
            if first is not None:
                return first
            if user().leans_on_tablet:
                abort(403)
            first = prove_first() if proved else None
            return view(*args, **kwargs) if first is None else first

        return declare(guarded, Standing.OWN_ACCOUNT)

    return decorate


def unattended() -> None:
    """This page asks for itself, minute after minute: nobody's being there, so it keeps no session alive."""
    g.unattended = True


def note_use(response: Response) -> Response:
    """Remember, every few minutes, that the session is in use: after the page is made, in a write of its own."""
    use: Use | None = g.get("use")
    attended = not g.get("unattended", False)
    due = use is not None and (use.moved_to or (attended and now() - use.seen >= SEEN_EVERY))
    if use is not None and due and response.status_code < 500:
        db.session.rollback()
        database.begin_write()
        if attended:
            sessions.touch(use.session_id, now())
        if attended and use.tablet_id:
            tablets.touch(use.tablet_id, now())
        if use.moved_to:
            sessions.choose(use.session_id, use.moved_to)
        db.session.commit()
    return response


class Form(FlaskForm):
    """The base of every form: CSRF, and Danish sentences at the fields."""

    class Meta(FlaskForm.Meta):
        locales = ("da",)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a form sent, not files or JSON, and without what neither a page nor PostgreSQL can hold.

            Nothing (None) for one that stands on the page besides: it shows what it begins with.
            """
            if formdata is None or request.method in SAFE_METHODS:
                return None
            return MultiDict([(name, held(value)) for name, value in request.form.items(multi=True)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything in it may be stored, with sentences at the fields where not."""
        valid: bool = super().validate(extra_validators)
        return not self.complains_of_age() and valid

    def complains_of_age(self) -> bool:
        """Whether it is from before this log-in: then it says so, and whose it would be. Nothing of it is stored."""
        if late_forms.is_old():
            self.csrf_token.errors = [old_form_words()]
        return late_forms.is_old()


def old_form_words() -> str:
    """What is said of a form from before this log-in, and whose it would be."""
    return str(
        gettext(
            "Siden er fra før, du loggede ind. Intet er gemt endnu. Du er logget ind som %(name)s: se det igennem, "
            "og gem igen.",
            name=user().person.name,
        )
    )


def inward(target: str | None, otherwise: str) -> str:
    """The path to go to after log-in: only inside this site, else `otherwise`."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    if len(target) > LONGEST_TARGET:
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
    return languages.day(value, languages.WITH_YEAR)


def day_plain(value: date) -> str:
    """ "mandag 23. november"."""
    return languages.day(value, languages.PLAIN)


def day_short(value: date) -> str:
    """ "man. 23. nov."."""
    return languages.day(value, languages.SHORT)


def date_digits(value: date) -> str:
    """ "30.09.2025", as the agreements write it."""
    return str(format_date(value, "dd.MM.y"))


def number(value: float) -> str:
    """Danish digits: 2.123 and 19,14."""
    return str(format_decimal(value))


def label(labels: Mapping[str, str] | None) -> str:
    """The words in the page's language, else the Danish ones; `languages.label_html` says which."""
    return languages.label(labels)


def closed_for(seconds: int) -> str:
    """What is said at a door that has closed for some seconds, since too many tries failed (actions/attempts)."""
    sentence: str = ngettext(
        "Der er prøvet mange gange. Prøv igen om %(num)s minut.",
        "Der er prøvet mange gange. Prøv igen om %(num)s minutter.",
        -(-seconds // 60),
    )
    return sentence


def announce_write() -> None:
    """A request that may write says so to the database before its first query.

    Only once a route takes it, its CSRF token has been checked, and the signed cookie holds a session of ours:
    strangers must not make writers wait. Whether that session still lives is not known before the database is
    asked, so whoever was logged in once can; a view for anyone ends this transaction before what is slow.
    """
    if request.method in SAFE_METHODS or late_forms.is_old():
        return
    if request.endpoint and session.get(SECRET_KEY):
        database.begin_write()


def install(app: Flask) -> None:
    """Hook all of this into the application."""
    # Not its context processor: that one would read the person for every template, the residents' and the errors' too.
    late_forms.install(app)
    login_manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    login_manager.login_view = "accounts.log_in"
    login_manager.login_message = lazy_gettext("Log ind for at se siden.")
    login_manager.login_message_category = "info"
    csrf.init_app(app)
    app.before_request(announce_write)
    app.after_request(note_use)
