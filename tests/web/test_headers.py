"""Headers on everything: every rule of url_map with every status it gives, files, feeds, refusals and crashes."""

from __future__ import annotations

import http.client
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, abort
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from advice.app import MAX_REQUEST_BYTES, create_app
from advice.config import Settings
from tests import waitress_here
from tests.every_address import Visitor, addresses, settled, wrong_addresses
from tests.program import Clock
from tests.stored import stored_world

pytestmark = pytest.mark.t12

HTTPS = "https://raad.example.org"
ALWAYS = {
    "Content-Security-Policy": {
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    },
    "X-Content-Type-Options": {"nosniff"},
    "Referrer-Policy": {"same-origin", "strict-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Permissions-Policy": {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
}
TOO_MUCH = b"x=" + b"1" * MAX_REQUEST_BYTES
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


def faults(headers: Headers, https: bool) -> list[str]:
    """What is wrong with the headers of an answer."""
    found = [
        f"{name}: {headers.getlist(name)}"
        for name, allowed in ALWAYS.items()
        if len(headers.getlist(name)) != 1 or headers[name] not in allowed
    ]
    found += [f"{name} tells about the inside" for name in ("Server", "X-Powered-By") if name in headers]
    found += ["no Cache-Control"] if len(headers.getlist("Cache-Control")) != 1 else []
    strict = headers.get("Strict-Transport-Security")
    if strict != ("max-age=31536000; includeSubDomains" if https else None):
        found.append(f"Strict-Transport-Security: {strict}")
    kind = headers.get("Content-Type")
    if kind and kind.startswith(("text/", "application/xml")) and "charset=utf-8" not in kind.lower():
        found.append(f"Content-Type: {kind}")
    where = headers.get("Location", "/")
    if not where.startswith("/") or where.startswith("//"):
        found.append(f"Location: {where}")
    for cookie in headers.getlist("Set-Cookie"):
        missing = {"HttpOnly", "SameSite=Lax", *(["Secure"] if https else [])} - set(cookie.split("; "))
        if missing or cookie.startswith("__Host-") != https:
            found.append(f"a cookie without {sorted(missing)} or with the wrong name: {cookie.partition('=')[0]}")
    return found


def check(answer: TestResponse, https: bool = False) -> TestResponse:
    """The same answer, if its headers are whole and a body says what it is."""
    where = f"{answer.request.method} {answer.request.path[:80]} {answer.status_code}"
    assert not faults(answer.headers, https), f"{where}: {faults(answer.headers, https)}"
    assert "Content-Type" in answer.headers or not answer.data, f"{where} does not say what it is"
    return answer


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, so that a password is enough."""
    return replace(settings, demo=True)


def tried(visitor: Visitor, url: str, methods: set[str]) -> Iterator[TestResponse]:
    """What one visitor gets at one address, asked in every way."""
    yield (first := visitor.client.get(url))
    if "ETag" in first.headers:
        yield visitor.client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    yield visitor.client.head(url)
    yield visitor.client.options(url)
    yield visitor.client.delete(url)
    yield visitor.client.post(url, headers=ELSEWHERE)
    if "POST" in methods:
        yield visitor.client.post(url, data={})
        yield visitor.client.post(url, data=TOO_MUCH, content_type="application/x-www-form-urlencoded")
        yield visitor.client.post(url, data={"csrf_token": visitor.token()})
        yield visitor.client.post(url, json={"a": []}, headers={"X-Requested-With": "fetch"})


class TestEveryRule:
    """Each rule of url_map, as a stranger, a coordinator and an adviser."""

    def test_with_every_status_it_gives(self, app: Flask, clock: Clock) -> None:
        found: dict[str, set[int]] = defaultdict(set)
        world = settled(app, clock)
        for name in (None, "karen", "rita"):
            visitor = Visitor(app, name)
            for rule, url in [*addresses(app, world), *wrong_addresses(app)]:
                if rule.endpoint.endswith("log_out") and name:
                    continue
                for answer in tried(visitor, url, rule.methods or set()):
                    check(answer)
                    found[rule.endpoint].add(answer.status_code)
                    visitor.stay(answer)
                    if name and answer.data and answer.mimetype == "text/html" and answer.status_code == 200:
                        kept = answer.headers["Cache-Control"]
                        assert kept == "no-store", f"{url} of {name} may be kept: {kept}"
        assert {200, 302, 303, 304, 308, 400, 403, 404, 405, 413, 422} <= set().union(*found.values())
        for rule in app.url_map.iter_rules():
            assert {403, 405} <= found[rule.endpoint], f"{rule} was not tried: {found[rule.endpoint]}"

    def test_over_https_too(self, settings: Settings, clock: Clock) -> None:
        app = create_app(replace(settings, base_url=HTTPS))
        client = Visitor(app).client
        world = settled(app, clock)
        for rule, url in [*addresses(app, world), *wrong_addresses(app)]:
            check(client.get(url, base_url=HTTPS), https=True)
            if "POST" in (rule.methods or set()):
                check(client.post(url, base_url=HTTPS, data={}), https=True)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 501, 503])
def test_every_status_an_address_may_answer_with(app: Flask, code: int) -> None:
    app.add_url_rule("/proeve", "proeve", lambda: abort(code))
    answer = check(app.test_client().get("/proeve"))
    assert (answer.status_code, answer.mimetype) == (code, "text/html")


def test_a_crash_says_nothing_about_the_inside(settings: Settings) -> None:
    app = create_app(replace(settings, testing=False))
    app.add_url_rule("/proeve", "proeve", lambda: 1 / 0)  # type: ignore[arg-type]
    answer = check(app.test_client().get("/proeve"))
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text and "Traceback" not in answer.text


def test_a_database_that_is_away(settings: Settings) -> None:
    app = create_app(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"))
    for url in ("/", "/havnen/", "/healthz"):
        answer = check(app.test_client().get(url))
        assert answer.status_code == 503
        assert "127.0.0.1" not in answer.text and "nobody" not in answer.text


def test_a_program_without_a_key(settings: Settings) -> None:
    answer = check(create_app(replace(settings, secret_key=None)).test_client().get("/"))
    assert answer.status_code == 503


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    ("url", "headers", "code"),
    [
        ("/", {"Host": "evil.example"}, 400),
        ("/" + "a" * 9000, {}, 414),
        ("/?" + "a" * 9000, {}, 414),
        ("/", {"X-Long": "a" * 40_000}, 431),
        ("/", {f"X-{number}": "a" for number in range(120)}, 431),
    ],
    ids=["host", "path", "query", "long header", "many headers"],
)
def test_what_never_reaches_a_page(app: Flask, method: str, url: str, headers: dict[str, str], code: int) -> None:
    answer = check(app.test_client().open(url, method=method, headers=headers))
    assert (answer.status_code, answer.mimetype) == (code, "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.data == b"") == (method == "HEAD")


def test_a_page_for_strangers_is_asked_for_anew_and_a_file_too(app: Flask) -> None:
    stored_world(app)
    for url in ("/", "/havnen/", "/havnen/skuret", "/static/base.css"):
        answer = Visitor(app).client.get(url)
        assert answer.headers["Cache-Control"] in ("no-cache", "private, no-cache")
        assert "Set-Cookie" not in answer.headers


def test_nobody_but_our_own_pages_may_read_an_answer_across_origins(app: Flask) -> None:
    stored_world(app)
    for url in ("/", "/havnen/aabningstider.json", "/havnen/aabningstider.ics", "/static/base.css"):
        headers = Visitor(app).client.get(url, headers={"Origin": "https://evil.example"}).headers
        assert not [name for name, _value in headers if name.lower().startswith("access-control-")]


@pytest.fixture
def served(app: Flask, settings: Settings) -> Iterator[http.client.HTTPConnection]:
    """The program behind waitress as `make run` starts it."""
    stored_world(app)
    with waitress_here.serving(app, settings) as connection:
        yield connection


def test_through_a_real_server(served: http.client.HTTPConnection) -> None:
    for method, url, body, headers, code in (
        ("GET", "/", None, {}, 200),
        ("GET", "/static/base.css", None, {}, 200),
        ("GET", "/nope/", None, {}, 404),
        ("GET", "/havnen", None, {}, 308),
        ("POST", "/log-ind", b"x=1", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ("POST", "/log-ind", TOO_MUCH, {"Content-Type": "application/x-www-form-urlencoded"}, 413),
        ("GET", "/", None, {"X-Long": "a" * 40_000}, 431),
        ("GET", "/", None, {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}, 200),
        ("TRACE", "/", None, {}, 405),
    ):
        served.request(method, url, body, headers)
        answer = served.getresponse()
        answer.read()
        assert answer.status == code
        assert faults(Headers(answer.getheaders()), https=False) == []
