"""Logging in with the account of one's own organisation, against a local log-in service: who gets in, who does not."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions import oidc
from advice.database import db
from advice.models.accounts import LogInSession, OidcIdentity
from advice.models.audit import AuditEntry
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from tests import builders, oidc_screens
from tests.builders import PASSWORD, World
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, curve_key, signing_key
from tests.oidc_screens import (
    begin,
    come,
    connect,
    start_of,
)
from tests.program import Clock
from tests.real_people import RITA, browser
from tests.second_factors import code_at, give_app, log_in_with_app
from tests.soft_passkey import SoftPasskey
from tests.stored import writing
from tests.web_client import CheckingClient

service, world = oidc_screens.service, oidc_screens.world


def posted(client: CheckingClient, url: str, said: dict[str, Any]) -> dict[str, Any]:
    """What is answered to our own script."""
    answer = client.post(url, json=said, headers={"X-Requested-With": "accounts", "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def give_passkey(app: Flask, clock: Clock) -> SoftPasskey:
    """Rita, who has an authenticator, adds a passkey in another browser."""
    other, key = browser(app), SoftPasskey()
    log_in_with_app(other, RITA, clock())
    made = key.made(posted(other, "/konto/adgangsnoegle/begynd", {}))
    posted(other, "/konto/adgangsnoegle", {"credential": made})
    clock.forward(minutes=1)
    return key


class TestTheWayIn:
    """What should work."""

    def test_the_page_of_log_in_has_a_button_for_each_organisation_with_a_service(
        self, app: Flask, client: CheckingClient, world: World, clock: Clock
    ) -> None:
        page = client.page("/log-ind?next=/mine-vagter")
        assert "Log ind med Organisationen huset" in page.text
        assert "Organisationen byen" not in page.text
        assert f'href="{start_of(world)}?next=/mine-vagter"' in client.get("/log-ind?next=/mine-vagter").text
        with writing(app):
            home = world.organisations["huset"]
            assert oidc.end(home.programme_id, home.id, world.members["karen"].person_id, clock())
        assert "Organisationen huset" not in client.page("/log-ind").text

    def test_many_services_stand_on_a_page_of_their_own(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        connect(app, world, service, clock, "byen")
        with writing(app):
            other = builders.world("skoven", "s-")
            db.session.flush()
            db.session.expunge_all()
        for organisation in ("huset", "byen"):
            connect(app, other, service, clock, organisation)
        page = client.page("/log-ind")
        assert "Log ind med din arbejdskonto" in page.text and "Organisationen huset" not in page.text
        listed = client.page("/log-ind/tjeneste").text
        assert "Organisationen huset (Havnen)" in listed and "Organisationen huset (Skoven)" in listed

    def test_she_is_sent_to_the_service_with_pkce_state_and_nonce(
        self, client: CheckingClient, world: World, service: Provider
    ) -> None:
        address = begin(client, world)
        asked = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{service.issuer}/authorize?")
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
        assert len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43 and "openid" in asked["scope"].split()
        assert asked["redirect_uri"] == f"http://localhost{start_of(world)}/svar"
        assert SECRET not in address
        again = dict(parse_qsl(urlsplit(begin(client, world)).query))
        assert all(again[name] != asked[name] for name in ("state", "nonce", "code_challenge"))

    def test_her_account_is_tied_to_her_once_and_she_is_told(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        answer = come(client, world, service)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/i-dag"), client.page("/log-ind").text
        assert client.get("/i-dag").status_code == 200
        client.submit("/i-dag", action="/log-ud")
        service.people[RITA] = {"sub": "rita-1", "email": "nyt-navn@example.org"}
        assert come(client, world, service).headers["Location"] == "/i-dag"
        with app.app_context():
            (tied,) = db.session.scalars(select(OidcIdentity))
            assert (tied.person_id, tied.subject) == (world.members["rita"].person_id, "rita-1")
            assert [one.method for one in db.session.scalars(select(LogInSession))] == ["oidc", "oidc"]
            (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "log_in_account_tied"))
            assert entry.organisation_id == world.organisations["huset"].id and entry.details == {}
            (mail,) = db.session.scalars(select(Mail))
            assert "arbejdskonto hos Organisationen huset" in str(mail.body)

    @pytest.mark.parametrize(
        "claims",
        [
            {"sub": "1", "email": "RITA@Example.org"},
            {"sub": "1", "preferred_username": RITA},
            {"sub": "1", "email": "r123@tenant.example.org", "upn": RITA},
            {"sub": "1", "email": RITA, "email_verified": True},
            {"sub": "1", "email": RITA, "azp": CLIENT_ID, "aud": [CLIENT_ID]},
        ],
    )
    def test_she_is_known_by_what_the_service_calls_her(
        self, client: CheckingClient, world: World, service: Provider, claims: dict[str, object]
    ) -> None:
        service.people[RITA] = claims
        assert come(client, world, service).headers["Location"] == "/i-dag"

    def test_she_comes_to_the_page_she_asked_for(self, client: CheckingClient, world: World, service: Provider) -> None:
        assert come(client, world, service, query="?next=/mine-vagter").headers["Location"] == "/mine-vagter"

    def test_she_is_led_nowhere_else(self, client: CheckingClient, world: World, service: Provider) -> None:
        assert come(client, world, service, query="?next=//evil.example").headers["Location"] == "/i-dag"

    @pytest.mark.parametrize("alg", ["PS256", "ES256"])
    def test_the_other_ways_of_signing_are_taken(
        self, client: CheckingClient, world: World, service: Provider, alg: str
    ) -> None:
        service.alg, service.key = alg, curve_key() if alg == "ES256" else signing_key()
        assert come(client, world, service).headers["Location"] == "/i-dag"

    def test_a_service_that_wants_the_secret_in_the_header_gets_it_there(
        self, client: CheckingClient, world: World, service: Provider
    ) -> None:
        service.description = {"token_endpoint_auth_methods_supported": None}
        assert come(client, world, service).headers["Location"] == "/i-dag"

    def test_without_a_second_factor_there_she_shows_it_here(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        connect(app, world, service, clock, two=False)
        give_app(app, RITA, clock())
        assert come(client, world, service, query="?next=/mine-vagter").headers["Location"] == "/log-ind/trin"
        assert client.get("/i-dag").status_code == 302
        assert client.submit("/log-ind/trin", code=code_at(clock())).headers["Location"] == "/mine-vagter"

    @pytest.mark.parametrize("way", ["app", "paper", "passkey"])
    def test_the_session_after_the_second_step_here_is_her_work_accounts(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock, way: str
    ) -> None:
        connect(app, world, service, clock, two=False)
        connect(app, world, service, clock, "byen", two=False)
        with writing(app):
            builders.member(world, db.session.get_one(Person, world.members["rita"].person_id), "byen", "adviser")
        papers, key = give_app(app, RITA, clock()), give_passkey(app, clock)
        answer = client.get(service.log_in(begin(client, world, "byen"), RITA))
        assert answer.headers["Location"] == "/log-ind/trin"
        if way == "app":
            assert client.submit("/log-ind/trin", code=code_at(clock())).status_code == 303
        elif way == "paper":
            assert client.submit("/log-ind/trin/papir", code=papers[0]).status_code == 303
        else:
            shown = key.shown(posted(client, "/log-ind/adgangsnoegle/begynd", {}))
            assert posted(client, "/log-ind/adgangsnoegle", {"credential": shown}) == {"next": "/i-dag"}
        assert client.get("/i-dag").status_code == 200
        with app.app_context():
            begun = db.session.scalars(select(LogInSession).order_by(LogInSession.id.desc())).first()
            assert begun is not None
            chosen = db.session.get_one(Membership, begun.membership_id)
            assert (begun.method, chosen.organisation_id) == ("oidc", world.organisations["byen"].id)

    def test_who_has_none_anywhere_sets_one_up_first(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        connect(app, world, service, clock, two=False)
        assert come(client, world, service).headers["Location"] == "/konto/sikkerhed"
        assert client.get("/i-dag").headers["Location"] == "/konto/sikkerhed"

    def test_a_service_that_says_it_asked_for_two_is_believed(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        connect(app, world, service, clock, two=False)
        service.claims = {"amr": ["pwd", "mfa"]}
        assert come(client, world, service).headers["Location"] == "/i-dag"

    def test_her_password_still_works(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        come(client, world, service)
        other = browser(app)
        assert other.submit("/log-ind", email=RITA, password=PASSWORD).status_code == 303

    def test_she_works_for_the_organisation_whose_account_it_is(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        connect(app, world, service, clock, "byen")
        with writing(app):
            builders.member(world, db.session.get_one(Person, world.members["rita"].person_id), "byen", "adviser")
        answer = client.get(service.log_in(begin(client, world, "byen"), RITA))
        assert answer.headers["Location"] == "/i-dag"
        assert "Organisationen byen" in client.page("/konto").text
        with app.app_context():
            (begun,) = db.session.scalars(select(LogInSession))
            chosen = db.session.get_one(Membership, begun.membership_id)
            assert chosen.organisation_id == world.organisations["byen"].id
