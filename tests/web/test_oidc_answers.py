"""What somebody in the place of a log-in service may answer, and what is not believed."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from joserfc.jwk import OctKey

from advice.rules.throttle import LIMITS, Door
from tests import oidc_screens
from tests.builders import World
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, signing_key
from tests.oidc_screens import (
    LOST,
    NOT_BELIEVED,
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
        other = browser(app)
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
        other = browser(app)
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
