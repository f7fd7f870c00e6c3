"""create_app: settings, database, log-in, blueprints, error pages, commands."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from flask_babel import Babel, gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from advice import commands, health, web
from advice.accounts import views as accounts
from advice.config import ROOT, Settings
from advice.database import db
from advice.feeds import views as feeds
from advice.indicators import views as indicators
from advice.public import views as public
from advice.roster import views as roster
from advice.visits import views as visits

BLUEPRINTS = (
    accounts.blueprint,
    visits.blueprint,
    roster.blueprint,
    indicators.blueprint,
    feeds.blueprint,
    health.blueprint,
    public.blueprint,
)
NO_SECRET_KEY = (
    "SECRET_KEY is missing, so nothing can be served. Set SECRET_KEY to a long random value "
    "(python -c 'import secrets; print(secrets.token_hex(32))'), or start with `make run`, which makes one.\n"
)
MAX_REQUEST_BYTES = 1024 * 1024
RETRY_SECONDS = 30
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"(?P<name>{LABEL}(?:\.{LABEL})*|\[[0-9A-Fa-f:.]+\])\.?(?::[0-9]{{1,5}})?")
ENGINE = {"pool_size": 8, "max_overflow": 8, "hide_parameters": True}
"""Parameters are hidden, so that no log ever holds what somebody typed."""


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
        locale_selector=lambda: "da",
        default_timezone=str(settings.timezone),
        default_translation_directories=str(ROOT / "advice/translations"),
    )
    web.install(app)
    web.login_manager.user_loader(web.load_user)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(OperationalError, show_away)
    app.register_error_handler(Exception, show_crash)
    commands.install(app)
    inner: Any = app.wsgi_app
    app.wsgi_app = sane_host(inner) if settings.secret_key else refuse  # type: ignore[method-assign, assignment]
    return app


def sane_host(inner: Any) -> Any:
    """400 for a Host that is no name or number of a host: nothing further in can make an address of it."""

    def guarded(environ: Any, start_response: Any) -> Any:
        if is_host(environ.get("HTTP_HOST", "localhost")):
            return inner(environ, start_response)
        headers = [("Content-Type", "text/plain; charset=utf-8"), *web.HEADERS.items()]
        start_response("400 Bad Request", headers)
        return [b"Bad Host\n"]

    return guarded


def is_host(text: str) -> bool:
    """Whether a Host header names a host, with or without a port: RFC 1123 names, IPv4, IPv6 in brackets."""
    found = HOST.fullmatch(text)
    if not found or len(text) > 253:
        return False
    try:
        found["name"].encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True


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
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="da",
        TESTING=settings.testing,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def words_for(code: int) -> tuple[str, str]:
    """A title and what to do, for an HTTP status."""
    table = {
        400: (
            gettext("Det kunne vi ikke læse"),
            gettext("Gå tilbage, indlæs siden igen, og prøv en gang til."),
        ),
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
        413: (gettext("Det er for stort"), gettext("Send mindre ad gangen.")),
        429: (gettext("Vent lidt"), gettext("Der er prøvet mange gange. Prøv igen om et kvarter.")),
        503: (gettext("Programmet er ikke klar"), gettext("Prøv igen om et øjeblik.")),
    }
    default = (
        gettext("Noget gik galt"),
        gettext("Det er vores fejl. Prøv igen om lidt. Det, du har gemt, er der stadig."),
    )
    return table.get(code, default)


def error_page(code: int) -> Response:
    """A page that tells the reader what to do and nothing about the inside."""
    title, text = words_for(code)
    return current_app.make_response(
        (render_template("errors/error.html", code=code, error_title=title, error_text=text), code)
    )


def show_error(error: HTTPException) -> Response:
    """The page of an HTTP error; a form sent too late reads like one that could not be read."""
    db.session.rollback()
    if error.response is not None:
        return current_app.make_response(error.get_response())
    if isinstance(error, CSRFError):
        return error_page(400)
    answer = error_page(error.code or 500)
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
    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("unhandled error at %s", request.endpoint)
    return error_page(500)
