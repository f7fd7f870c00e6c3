"""What a log-in service may answer, or somebody in its place, and what is not believed; never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import monotonic
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from joserfc.jwk import OctKey
from sqlalchemy import select

from advice.actions.oidc_service import SECONDS
from advice.database import db
from advice.models.accounts import Attempt
from advice.rules.throttle import LIMITS, Door
from tests.builders import World
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, provider, signing_key
from tests.oidc_screens import (
    AWAY,
    HOSTILE,
    LOST,
    NOT_BELIEVED,
    RITA,
    begin,
    come,
    connect,
    havnen,
    refused,
    start_of,
)
from tests.program import Clock
from tests.web_client import CheckingClient


@pytest.fixture
def service(clock: Clock) -> Iterator[Provider]:
    """huset's log-in service, where Rita has an account."""
    with provider(clock) as made:
        made.people[RITA] = {"sub": "rita-1", "email": RITA}
        yield made


@pytest.fixture
def world(app: Flask, service: Provider, clock: Clock) -> World:
    """Havnen, with real people; the service of huset asks for two factors itself."""
    return havnen(app, service, clock)


@pytest.mark.t9
class TestWhatIsNotBelieved:
    """Answers that anybody could have made, or that were made for somebody else."""

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"iss": None},
            {"aud": "another"}, {"aud": ["another"]}, {"aud": []}, {"aud": None},
            {"aud": [CLIENT_ID, "another"]}, {"aud": [CLIENT_ID, "another"], "azp": "another"}, {"azp": "another"},
            {"exp": None}, {"exp": 1}, {"exp": "soon"}, {"iat": None}, {"iat": 32503680000}, {"nbf": 32503680000},
            {"sub": None}, {"sub": 7}, {"at_hash": "wrong"}, {"amr": "mfa"},
        ],
    )  # fmt: skip
    def test_claims(self, client: CheckingClient, world: World, service: Provider, claims: dict[str, object]) -> None:
        service.claims = claims
        refused(client, come(client, world, service), NOT_BELIEVED)

    def test_an_id_token_that_has_run_out(
        self, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        service.claims = {"exp": int((clock() - timedelta(seconds=61)).timestamp())}
        refused(client, come(client, world, service), NOT_BELIEVED)
        service.claims = {"exp": int((clock() - timedelta(seconds=59)).timestamp())}
        assert come(client, world, service).headers["Location"] == "/i-dag"

    @pytest.mark.parametrize("alg", ["none", "HS256", "RS384", "RS512"])
    def test_other_ways_of_signing(self, client: CheckingClient, world: World, service: Provider, alg: str) -> None:
        service.alg = alg
        if alg == "HS256":
            service.key = OctKey.import_key(SECRET, {"kid": "ours"})
        refused(client, come(client, world, service), NOT_BELIEVED)

    def test_the_public_key_as_a_shared_secret(self, client: CheckingClient, world: World, service: Provider) -> None:
        secret = json.dumps(signing_key().as_dict(private=False))
        service.alg, service.key = "HS256", OctKey.import_key(secret, {"kid": "ours"})
        service.published = [signing_key(), service.key]
        refused(client, come(client, world, service), NOT_BELIEVED)

    def test_a_signature_by_another_key_under_the_same_name(
        self, client: CheckingClient, world: World, service: Provider
    ) -> None:
        other = signing_key("theirs").as_dict(private=True)
        service.key = type(signing_key()).import_key({**other, "kid": "ours"})
        refused(client, come(client, world, service), NOT_BELIEVED)

    @pytest.mark.parametrize("token", [None, "", "a.b.c", "æ", 7, {"a": 1}, ["x"], "." * 5000])
    def test_what_is_no_token(self, client: CheckingClient, world: World, service: Provider, token: object) -> None:
        service.token = {"id_token": token}
        refused(client, come(client, world, service), NOT_BELIEVED)

    def test_the_answer_of_another_service(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        connect(app, world, service, clock, "byen")
        there = service.log_in(begin(client, world), RITA)
        elsewhere = there.replace(start_of(world), start_of(world, "byen"))
        assert elsewhere != there
        refused(client, client.get(elsewhere), LOST)

    def test_an_answer_that_names_another_issuer(
        self, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        service.back = {"iss": "https://evil.example"}
        refused(client, come(client, world, service), NOT_BELIEVED)
        service.back = {"iss": None}
        refused(client, come(client, world, service), NOT_BELIEVED)
        service.description = {"authorization_response_iss_parameter_supported": None}
        clock.forward(minutes=10)
        assert come(client, world, service).headers["Location"] == "/i-dag"

    @pytest.mark.parametrize("state", ["another", "", "æ\u2028", None])
    def test_another_state(self, client: CheckingClient, world: World, service: Provider, state: str | None) -> None:
        service.back = {"state": state}
        answer = come(client, world, service)
        assert "/token" not in service.asked
        refused(client, answer, LOST)

    def test_an_answer_that_comes_twice(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        back = service.log_in(begin(client, world), RITA)
        assert client.get(back).headers["Location"] == "/i-dag"
        client.submit("/i-dag", action="/log-ud")
        refused(client, client.get(back), LOST)

    def test_an_answer_in_another_browser(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        back = service.log_in(begin(client, world), RITA)
        other = app.test_client()
        assert isinstance(other, CheckingClient)
        refused(other, other.get(back), LOST)

    def test_a_code_that_was_used_before(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        used = parse_qs(urlsplit(service.log_in(begin(client, world), RITA)).query)["code"][0]
        service.codes.pop(used)
        state = dict(parse_qsl(urlsplit(begin(client, world)).query))["state"]
        query = urlencode({"code": used, "state": state, "iss": service.issuer})
        refused(client, client.get(f"{start_of(world)}/svar?{query}"), NOT_BELIEVED)

    def test_a_code_that_somebody_else_got(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        """An injected code: the service finds that the verifier is not the one of its challenge."""
        other = app.test_client()
        assert isinstance(other, CheckingClient)
        stolen = parse_qs(urlsplit(service.log_in(begin(other, world), RITA)).query)["code"][0]
        state = dict(parse_qsl(urlsplit(begin(client, world)).query))["state"]
        query = urlencode({"code": stolen, "state": state, "iss": service.issuer})
        refused(client, client.get(f"{start_of(world)}/svar?{query}"), NOT_BELIEVED)

    def test_an_answer_after_ten_minutes(
        self, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        back = service.log_in(begin(client, world), RITA)
        clock.forward(minutes=10)
        refused(client, client.get(back), LOST)

    def test_too_many_failures_from_one_network_close_the_way(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        most = LIMITS[Door.LOG_IN][-1].most
        service.people["x"] = {"sub": "x"}
        for _try in range(most):
            client.get(service.log_in(begin(client, world), "x"))
        answer = client.get(start_of(world))
        refused(client, answer, "Der er prøvet mange gange.")


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
        other = app.test_client()
        assert isinstance(other, CheckingClient)
        for browser in (client, other, client):
            begin(browser, world)
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
        first = app.test_client()
        assert isinstance(first, CheckingClient)
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
