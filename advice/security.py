"""What every answer carries and every request must pass: headers, Host, size, where a request comes from, JSON bodies.

The gate stands outside Flask, so that files, crashes and refusals carry the headers too, and so that nothing further
in ever sees a Host that is not ours. Behind a reverse proxy set ADVICE_BASE_URL to the https address people use, and
ADVICE_PROXIES to the number of proxies in front (1 for one nginx): X-Forwarded-For, -Proto and -Host are believed from
so many hops and no more; with 0, the default, they are nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, jsonify, request, session
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from advice.config import LOOPBACK, Settings
from advice.rules.characters import held

P = ParamSpec("P")
R = TypeVar("R")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Of feeds too: it binds only pages of other sites that embed them; calendar programs and links do not ask.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+?)\.?(?::[0-9]{1,5})?")
MAX_ADDRESS = 8 * 1024
"""Bytes of path and query."""
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
MAX_JSON_BYTES = 256 * 1024
MAX_JSON_DEPTH = 20
# Plain Danish sentences: out here there is no page and no language yet.
REFUSALS = {
    400: "Her svarer programmet ikke. Brug den adresse, du har fået.\n",
    414: "Adressen er for lang. Skriv den igen, eller begynd på forsiden.\n",
    431: "Browseren sender for meget. Slet cookies for siden, og prøv igen.\n",
}


def install(app: Flask) -> None:
    """Hook all of this into the application; before anything else that looks at requests."""
    app.before_request(refuse_cross_site)
    app.url_value_preprocessor(refuse_unheld)
    app.after_request(say_who_may_keep)
    app.after_request(lead_inward)


def gate(inner: Any, settings: Settings) -> Any:
    """The WSGI application behind the checks that need no session and no database."""
    base = urlsplit(settings.base_url or "")
    own = base.hostname or "localhost"
    hosts = LOOPBACK | {own}

    def guarded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        host = host_name(environ.get("HTTP_HOST", ""))
        if base.scheme == "https" and host == own:
            # What is in front took it by https: that is the only way to this address.
            environ["wsgi.url_scheme"] = "https"
        secure = environ["wsgi.url_scheme"] == "https"

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, completed(headers, secure), *more)

        code = 400 if host not in hosts else too_much(environ)
        if code:
            answer = BaseResponse(REFUSALS[code], code, mimetype="text/plain")
            return answer(environ, start)
        found: Iterable[bytes] = inner(environ, start)
        return found

    if settings.proxies:
        hops = settings.proxies
        return ProxyFix(guarded, x_for=hops, x_proto=hops, x_host=hops)
    return guarded


def host_name(header: str) -> str:
    """The name in a Host header, small letters, without port and last dot; empty if it is none."""
    found = HOST.fullmatch(header.lower())
    return found["name"] if found else ""


def too_much(environ: dict[str, Any]) -> int | None:
    """414 or 431 for an address or headers beyond what a browser sends here; the server in front may be stricter."""
    if len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", "")) > MAX_ADDRESS:
        return 414
    sent = [value for name, value in environ.items() if name.startswith("HTTP_")]
    return 431 if len(sent) > MAX_HEADERS or sum(map(len, sent)) > MAX_HEADER_BYTES else None


def completed(headers: list[tuple[str, str]], secure: bool) -> list[tuple[str, str]]:
    """The headers of an answer, with those of ours that it does not set itself."""
    there = {name.lower() for name, _value in headers}
    ours = [*HEADERS.items(), *([("Strict-Transport-Security", HSTS)] if secure else [])]
    return [*headers, *((name, value) for name, value in ours if name.lower() not in there)]


def refuse_unheld(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """404 for an address with a character in it that PostgreSQL cannot hold: no row can have that name."""
    if any(held(value) != value for value in (values or {}).values() if isinstance(value, str)):
        abort(404)


def say_who_may_keep(response: Response) -> Response:
    """Pages of somebody with a session are kept by nobody; the others are asked for anew each time."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if session or session.modified else "no-cache"
    return response


def lead_inward(response: Response) -> Response:
    """Redirects within the site say the path only: the host of the request stands in no answer."""
    if response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
    return response


def is_own_origin(origin: str) -> bool:
    """Whether an Origin header names this site."""
    base = current_app.extensions["advice"].base_url
    return origin == base or origin == request.host_url.rstrip("/")


def outward(path: str) -> str:
    """The whole address of a path here, for mails and other programs; a Host that is not ours never got this far."""
    base: str | None = current_app.extensions["advice"].base_url
    return (base or request.host_url.rstrip("/")) + path


def from_here() -> bool | None:
    """Whether a page of this site sent the request, by what the browser says; None if it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return is_own_origin(origin) if origin is not None else None


def refuse_cross_site() -> None:
    """403 for anything but reading that the browser says another site began; tokens are checked besides."""
    if request.method in SAFE_METHODS or from_here() is not False or request.headers.get("Sec-Fetch-Site") == "none":
        return
    if request.mimetype == "application/json":
        json_refusal(403, gettext("Det må kun programmets egne sider."))
    abort(403)


def json_refusal(code: int, sentence: str) -> NoReturn:
    """End the request with a status and `{"error": sentence}`."""
    abort(current_app.make_response((jsonify(error=sentence), code)))


def json_only(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a view for our own scripts: X-Requested-With, which no form of another site can send, and the
    browser's word that a page of ours asks (Sec-Fetch-Site, else Origin); 403 with JSON otherwise.

    It stands for the CSRF token, so `web.csrf.exempt` goes on top of it. The body is read by `json_body`.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not request.headers.get("X-Requested-With") or not from_here():
            json_refusal(403, gettext("Det må kun programmets egne sider."))
        return view(*args, **kwargs)

    guarded.json_only = True  # type: ignore[attr-defined]
    return guarded


def json_body(limit: int = MAX_JSON_BYTES) -> dict[str, Any]:
    """The object that the body of the request holds; texts in it are without what a database cannot hold.

    Ends the request with a JSON answer: 415 if it is not application/json, 413 over `limit` bytes, 400 if it is no
    UTF-8, no JSON, no object, deeper than 20, or says a name twice. 1e309 is JSON and comes as inf: check ranges.
    """
    if request.mimetype != "application/json":
        json_refusal(415, gettext("Send JSON."))
    try:
        body = request.get_data(cache=False) if (request.content_length or 0) <= limit else None
    except RequestEntityTooLarge:
        body = None
    if body is None or len(body) > limit:
        json_refusal(413, gettext("Det er for stort. Send mindre ad gangen."))
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=once_each, parse_constant=no_number)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or depth(found) > MAX_JSON_DEPTH:
        json_refusal(400, gettext("Det kunne vi ikke læse."))
    cleaned: dict[str, Any] = holdable(found)
    return cleaned


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; ValueError if a name stands twice, for two readers could take two values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def no_number(text: str) -> NoReturn:
    """ValueError: NaN and Infinity are no JSON."""
    raise ValueError(text)


def depth(value: Any) -> int:
    """How many lists and objects stand inside each other, at most."""
    deepest, level = 0, [value]
    while level := [inner for inner in level if isinstance(inner, dict | list)]:
        deepest += 1
        level = [part for inner in level for part in (inner.values() if isinstance(inner, dict) else inner)]
    return deepest


def holdable(value: Any) -> Any:
    """The same value, each text in it, names too, without what a database cannot hold."""
    if isinstance(value, dict):
        return {held(name): holdable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [holdable(inner) for inner in value]
    return held(value) if isinstance(value, str) else value
