"""A log-in service that misbehaves, and what is said of it: a sentence whatever it does, never a 500."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions.oidc_service import SECONDS
from advice.database import db
from advice.models.accounts import Attempt
from tests import oidc_screens
from tests.builders import World
from tests.oidc_provider import Provider, provider
from tests.oidc_screens import (
    AWAY,
    HOSTILE,
    LOST,
    begin,
    come,
    connect,
    refused,
    start_of,
)
from tests.program import Clock
from tests.real_people import RITA, browser
from tests.web_client import CheckingClient

service, world = oidc_screens.service, oidc_screens.world
JSON = {"Content-Type": "application/json"}
DOCUMENT = "/.well-known/openid-configuration"


def asking(client: CheckingClient, world: World, service: Provider, path: str) -> str:
    """The address here whose page asks the service for this path: the button, or the way back from the service."""
    return start_of(world) if path == DOCUMENT else service.log_in(begin(client, world), RITA)


class TestAServiceThatMisbehaves:
    """A sentence whatever it does; never a 500, and nothing of what it says on our page."""

    @pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
    @pytest.mark.parametrize(
        "answer",
        [
            (500, {}, b"oops"), (404, {}, b""), (200, JSON, b""), (200, JSON, b"{"), (200, JSON, b"[]"),
            (200, JSON, b"null"), (200, JSON, b'"' + HOSTILE.encode() + b'"'), (200, JSON, b"\xff\xfe"),
            (200, JSON, b"[" * 100_000), (200, JSON, b'{"a":' * 40_000), (200, JSON, b'"' + b"a" * 300_000 + b'"'),
            (302, {"Location": "http://127.0.0.1:9/"}, b""), (301, {"Location": "/keys"}, b""),
            (200, {**JSON, "Content-Length": "100000"}, b'{"issuer": "x"}'),
            (200, {**JSON, "Content-Encoding": "gzip"}, b"{}"),
            (200, JSON, b'{"keys": 7}'), (200, JSON, b'{"keys": [7, {"kty": "RSA"}, {"kty": "EC", "crv": "x"}]}'),
            (200, JSON, b'{"error": 7}'), (400, JSON, b'{"error": ["<b>"], "error_description": {"a": 1}}'),
            (200, JSON, b'{"id_token": null, "access_token": 7}'),
        ],
    )  # fmt: skip
    def test_any_answer(
        self,
        client: CheckingClient,
        world: World,
        service: Provider,
        path: str,
        answer: tuple[int, dict[str, str], bytes],
    ) -> None:
        address = asking(client, world, service, path)
        service.answers[path] = answer
        refused(client, client.get(address), "arbejdskonto")

    def test_one_that_is_away(self, app: Flask, client: CheckingClient, world: World, clock: Clock) -> None:
        with provider(clock) as gone:
            connect(app, world, gone, clock)
        refused(client, client.get(start_of(world)), AWAY)

    def test_it_describes_itself_once_in_ten_minutes_whoever_clicks(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        other = browser(app)
        for one in (client, other, client):
            begin(one, world)
        assert come(client, world, service).headers["Location"] == "/i-dag"
        assert service.asked.count(DOCUMENT) == 1
        clock.forward(minutes=10)
        begin(other, world)
        assert service.asked.count(DOCUMENT) == 2

    def test_after_a_failure_it_is_left_in_peace_for_half_a_minute(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        service.answers[DOCUMENT] = (500, {}, b"")
        for _click in range(3):
            refused(client, client.get(start_of(world)), AWAY)
        assert service.asked.count(DOCUMENT) == 1
        with app.app_context():
            assert len(db.session.scalars(select(Attempt)).all()) == 1
        del service.answers[DOCUMENT]
        refused(client, client.get(start_of(world)), AWAY)
        clock.forward(seconds=30)
        begin(client, world)

    def test_a_silent_one_holds_one_click_and_answers_the_others_at_once(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        waits, goes_on = Event(), Event()

        def silent() -> None:
            waits.set()
            assert goes_on.wait(SECONDS)

        service.meanwhile = silent
        first = browser(app)
        with ThreadPoolExecutor(1) as pool:
            held = pool.submit(first.get, start_of(world))
            assert waits.wait(SECONDS)
            refused(client, client.get(start_of(world)), AWAY)
            goes_on.set()
            assert held.result().headers["Location"].startswith(f"{service.issuer}/authorize")
        service.meanwhile = lambda: None
        begin(client, world)

    @pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
    def test_one_that_never_ends_its_answer(
        self, client: CheckingClient, world: World, service: Provider, path: str
    ) -> None:
        address = asking(client, world, service, path)
        service.answers[path] = (200, {**JSON, "Content-Length": "100000"}, b"{")
        service.drips.add(path)
        started = monotonic()
        refused(client, client.get(address), AWAY)
        assert monotonic() - started < 2 * SECONDS

    @pytest.mark.parametrize("error", ["access_denied", "server_error", HOSTILE, ""])
    def test_its_errors_are_a_sentence_and_not_repeated(
        self, client: CheckingClient, world: World, service: Provider, error: str
    ) -> None:
        service.back = {"code": None, "error": error, "error_description": HOSTILE, "error_uri": "https://evil.example"}
        answer = come(client, world, service)
        refused(client, answer, "det blev afbrudt eller afvist")
        assert HOSTILE not in answer.text and "evil" not in answer.text

    @pytest.mark.parametrize(
        "query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=x", "?code=%00&state=%ff&iss=%0d%0a"]
    )
    def test_answers_to_nothing(self, client: CheckingClient, world: World, query: str) -> None:
        refused(client, client.get(f"{start_of(world)}/svar{query}"), LOST)

    @pytest.mark.parametrize("cookie", ["x", 7, ["x"], {"a": 1}, None])
    def test_cookies_of_another_shape(self, client: CheckingClient, world: World, cookie: object) -> None:
        with client.session_transaction() as kept:
            kept["log_in_service"] = cookie
        refused(client, client.get(f"{start_of(world)}/svar?code=x&state=x"), LOST)

    @pytest.mark.parametrize(
        "description",
        [
            {"issuer": "https://evil.example"}, {"issuer": None}, {"issuer": 7},
            {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": None},
            {"token_endpoint": "http://example.org/token"}, {"token_endpoint": "https://10.0.0.1/token"},
            {"jwks_uri": "file:///etc/passwd"}, {"jwks_uri": "https://user@example.org/"},
            {"response_types_supported": ["id_token"]}, {"id_token_signing_alg_values_supported": ["HS256"]},
            {"code_challenge_methods_supported": ["plain"]}, {"response_types_supported": 7},
        ],
    )  # fmt: skip
    def test_descriptions_that_lead_astray(
        self, client: CheckingClient, world: World, service: Provider, description: dict[str, object]
    ) -> None:
        service.description = description
        refused(client, client.get(start_of(world)), AWAY)
