"""create_app: settings, database, log-in, blueprints, error pages, commands."""

from __future__ import annotations

import hashlib
import os
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, g, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel, gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from advice import health, kept, languages, security, shell, web
from advice.accounts import views as accounts
from advice.commands import register
from advice.config import ROOT, Settings
from advice.database import db
from advice.feeds import views as feeds
from advice.hours import overview as hours
from advice.indicators import views as indicators
from advice.models.revisions import Counter
from advice.public import errors as resident_errors
from advice.public import views as public
from advice.roster import views as roster
from advice.rules.danish import RESERVED_SLUGS
from advice.settings import index as setting_pages
from advice.tablets import views as tablets
from advice.visits import views as visits

BLUEPRINTS = (
    accounts.blueprint,
    visits.blueprint,
    roster.blueprint,
    indicators.blueprint,
    hours.blueprint,
    setting_pages.blueprint,
    feeds.blueprint,
    tablets.blueprint,
    health.blueprint,
    public.blueprint,
)
NO_SECRET_KEY = (
    "SECRET_KEY is missing, so nothing can be served. Set SECRET_KEY to a long random value "
    "(python -c 'import secrets; print(secrets.token_hex(32))'), or start with `make run`, which makes one.\n"
)
MAX_REQUEST_BYTES = 1024 * 1024
RETRY_SECONDS = 30
KNOWN_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
ENGINE = {"pool_size": 8, "max_overflow": 8, "hide_parameters": True}
"""Parameters are hidden, so that no log ever holds what somebody typed."""


class SignedSessions(SecureCookieSessionInterface):
    """Flask's cookie, signed with SHA-256 instead of SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the program. Without settings they are read from the environment."""
    settings = settings or Settings.from_environ(os.environ)
    app = Flask(
        "advice",
        root_path=str(ROOT),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(ROOT / "instance"),
    )
    app.extensions["advice"] = settings
    file = make_url(settings.database_url)
    if file.drivername == "sqlite" and file.database:
        Path(file.database).parent.mkdir(parents=True, exist_ok=True)
    configure(app, settings)
    db.init_app(app)
    Babel(
        app,
        locale_selector=languages.chosen,
        default_timezone=str(settings.timezone),
        default_translation_directories=str(ROOT / "advice/translations"),
    )
    security.install(app)
    web.install(app)
    shell.install(app)
    web.login_manager.user_loader(web.load_user)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    web.open_to_all(app.view_functions["static"])
    demand_declared(app)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(OperationalError, show_away)
    app.register_error_handler(Exception, show_crash)
    app.after_request(log_refusal)
    register.install(app)
    inner: Any = remembering(app, settings) if settings.secret_key else refuse
    app.wsgi_app = security.gate(inner, settings)  # type: ignore[method-assign]
    return app


def demand_declared(app: Flask) -> None:
    """Stop a program that has a view of which nobody has said who may see it."""
    for rule in app.url_map.iter_rules():
        if web.needs_of(app, rule.endpoint) is None:
            raise RuntimeError(
                f"Nobody has said who may use {rule} ({rule.endpoint}): put a decorator of advice/web.py on its view "
                "(needs, logged_in, own_account, open_to_all or secret_address), and its line into "
                "tests/web/permissions.txt."
            )


def remembering(app: Flask, settings: Settings) -> Any:
    """The program behind the memory of resident pages."""
    with app.app_context():
        counter = Counter(db.engine)
    return kept.layer(app.wsgi_app, counter.read, settings.clock, app.config["SESSION_COOKIE_NAME"])


def refuse(_environ: Any, start_response: Any) -> list[bytes]:
    """The whole program while it has no key to sign sessions with: nothing is served but this sentence."""
    start_response("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
    return [NO_SECRET_KEY.encode()]


def configure(app: Flask, settings: Settings) -> None:
    """Put the settings where Flask and its extensions look for them."""
    secure = (settings.base_url or "").startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=ENGINE,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_DURATION=0,
        # Whatever FLASK_DEBUG says in somebody's environment: errors are shown to nobody.
        DEBUG=False,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        # It would demand a Referer over https, which some browsers and proxies never send; another site is refused by
        # security.refuse_cross_site and by the token.
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="da",
        TESTING=settings.testing,
    )
    app.session_interface = SignedSessions()
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def words_for(code: int) -> tuple[str, str]:
    """A title and what to do, for an HTTP status."""
    table = {
        400: (
            gettext("Det kunne vi ikke læse"),
            gettext("Gå tilbage, indlæs siden igen, og prøv en gang til."),
        ),
        401: (gettext("Log ind først"), gettext("Din session er slut. Log ind, og prøv igen.")),
        403: (
            gettext("Det har du ikke adgang til"),
            gettext("Spørg din tovholder eller teamleder, hvis du mener, du skal kunne det."),
        ),
        404: (
            gettext("Siden findes ikke"),
            gettext("Adressen er måske skrevet forkert, eller siden er flyttet. Gå til forsiden og find den derfra."),
        ),
        405: (gettext("Det kan siden ikke"), gettext("Gå tilbage, og brug knapperne på siden.")),
        409: (
            gettext("En anden har ændret det samme"),
            gettext("Indlæs siden igen, og se hvad der er ændret."),
        ),
        410: (
            gettext("Adressen er brugt eller udløbet"),
            gettext("Bed om en ny, hvis du stadig har brug for den."),
        ),
        413: (gettext("Det er for stort"), gettext("Send mindre ad gangen.")),
        415: (gettext("Det kunne vi ikke læse"), gettext("Indlæs siden igen, og prøv en gang til.")),
        422: (gettext("Noget mangler eller er forkert"), gettext("Gå tilbage, ret det, og prøv igen.")),
        429: (gettext("Vent lidt"), gettext("Der er prøvet mange gange. Prøv igen om et kvarter.")),
        503: (gettext("Programmet er ikke klar"), gettext("Prøv igen om et øjeblik.")),
    }
    default = (
        gettext("Noget gik galt"),
        gettext("Det er vores fejl. Prøv igen om lidt. Det, du har gemt, er der stadig."),
    )
    return table.get(code, default)


def error_page(code: int, *, bar: bool = False) -> Response:
    """A page that tells the reader what to do and nothing about the inside.

    bar: with the navigation of whoever is logged in, so that she goes on from there; only then is the database asked
    who that is. Everybody else gets the residents' page, in her language, at an address of theirs.
    """
    staff = bar and somebody_reads()
    if not staff and resident_errors.is_here():
        return resident_errors.error_page(code)
    languages.speak_danish()
    title, text = words_for(code)
    page = render_template("errors/error.html", code=code, error_title=title, error_text=text, staff=staff)
    return current_app.make_response((page, code))


def somebody_reads() -> bool:
    """Whether somebody logged in reads the page; it must be shown, too, when the database does not answer."""
    try:
        return bool(session.get(web.SECRET_KEY)) and bool(current_user.is_authenticated)
    except OperationalError:
        db.session.rollback()
        return False


def without_slash() -> Response | None:
    """Where an address of the staff's with a slash too many at its end leads; None if it is none. Asks for no row.

    Only below our own first parts: behind a programme's slug the slash has a meaning.
    """
    path = request.path.rstrip("/")
    if request.method not in ("GET", "HEAD") or path == request.path or path[1:].split("/")[0] not in RESERVED_SLUGS:
        return None
    adapter = current_app.create_url_adapter(request)
    try:
        rule, _values = adapter.match(path, method="GET", return_rule=True) if adapter else (None, None)
    except HTTPException:
        return None
    if rule is None or rule.rule.startswith("/<"):  # a programme's: none has such a slug
        return None
    query = request.query_string.decode("ascii", "ignore")
    return current_app.make_response(redirect(quote(path) + (f"?{query}" if query else ""), 308))


def show_error(error: HTTPException) -> Response:
    """The page of an HTTP error; a form sent too late reads like one that could not be read."""
    db.session.rollback()
    if error.response is not None:
        return current_app.make_response(error.get_response())
    if isinstance(error, CSRFError):
        return error_page(400)
    answer = without_slash() if error.code == 404 else None
    # A request that another site began is refused (403) before it is asked whose it is, and stays nobody's.
    answer = answer or error_page(error.code or 500, bar=error.code == 404 or (error.code == 403 and "use" in g))
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def show_away(error: OperationalError) -> Response:
    """The database does not answer, or another writer held it for too long: nothing was saved, try again."""
    db.session.rollback()
    current_app.logger.error("the database is away at %s: %s", request.endpoint, error.__class__.__name__)
    answer = error_page(503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def show_crash(error: Exception) -> Response:
    """Anything unforeseen: logged for us, a plain sentence for the reader."""
    db.session.rollback()
    if current_app.testing:
        raise error
    current_app.logger.error("unhandled error at %s: %s %s", request.endpoint, error.__class__.__name__, trail(error))
    return error_page(500)


def trail(error: BaseException) -> str:
    """Where an error happened, innermost first, as files and lines, on one line.

    The words of an error stay out of the log: they can quote what somebody typed, and hold line ends.
    """
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)


def log_refusal(response: Response) -> Response:
    """One line in the log for whoever was refused something (ASVS 5.0, 16.3.2), without names, addresses and words.

    403: not hers, or begun by another site. 429: a door that is closed. 404 for somebody logged in, at a page of one
    row: it is not there, or not hers. The number of the session leads to its person by the audit.
    """
    use: web.Use | None = g.get("use")
    hidden = response.status_code == 404 and bool(request.view_args) and use is not None
    if response.status_code in (403, 429) or hidden:
        method = request.method if request.method in KNOWN_METHODS else "other"
        who = f"{use.role} in session {use.session_id}" if use else "nobody logged in"
        log = current_app.logger.getChild("security")
        log.warning("refused %s: %s %s, %s", response.status_code, method, request.endpoint, who)
    return response
