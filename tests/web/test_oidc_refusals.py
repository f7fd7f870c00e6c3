"""Logging in with the account of one's own organisation: who is not let in, and how the client secret is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text, update

from advice.actions import oidc
from advice.config import Settings
from advice.database import db
from advice.models.accounts import OidcIdentity, OidcProvider
from advice.models.people import Membership, Person
from tests import builders, oidc_screens
from tests.builders import World
from tests.oidc_provider import CLIENT_ID, SECRET, Provider
from tests.oidc_screens import (
    HOSTILE,
    NOT_HERE,
    STRANGER,
    begin,
    come,
    connect,
    refused,
    rows,
    start_of,
)
from tests.program import Clock
from tests.real_people import RITA
from tests.stored import writing
from tests.web_client import CheckingClient

service, world = oidc_screens.service, oidc_screens.world


class TestWhoIsNotLetIn:
    """People whom the service knows, and we do not, or not here, or not any more."""

    @pytest.mark.parametrize(
        "claims",
        [
            {"sub": "1", "email": "fremmed@example.org"},
            {"sub": "1", "email": "bent@example.org"},
            {"sub": "1"},
            {"sub": "1", "email": RITA, "email_verified": False},
            {"sub": "1", "email": ["rita@example.org"]},
            {"sub": "1", "preferred_username": "rita"},
            {"sub": "x" * 256, "email": RITA},
            {"sub": "æ", "email": RITA},
            {"sub": "\x00", "email": RITA},
            {"sub": "1", "email": HOSTILE},
        ],
    )
    def test_strangers_and_those_of_other_organisations(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, claims: dict[str, object]
    ) -> None:
        service.people["x"] = claims
        refused(client, come(client, world, service, "x"), STRANGER)
        assert rows(app, OidcIdentity) == []

    def test_somebody_else_with_her_e_mail_later(self, client: CheckingClient, world: World, service: Provider) -> None:
        come(client, world, service)
        client.submit("/i-dag", action="/log-ud")
        service.people["x"] = {"sub": "another", "email": RITA}
        refused(client, come(client, world, service, "x"), "allerede knyttet til en anden arbejdskonto")

    def test_a_person_who_is_shut_out(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        with writing(app):
            db.session.execute(update(Person).values(disabled_at=service.clock()))
        refused(client, come(client, world, service), STRANGER)

    def test_a_person_who_is_shut_out_after_she_has_been_in(
        self, app: Flask, client: CheckingClient, world: World, service: Provider
    ) -> None:
        come(client, world, service)
        with writing(app):
            db.session.execute(update(Person).values(disabled_at=service.clock()))
        refused(client, come(client, world, service), NOT_HERE)

    def test_a_person_who_has_left(self, app: Flask, client: CheckingClient, world: World, service: Provider) -> None:
        come(client, world, service)
        with writing(app):
            db.session.execute(update(Membership).values(valid_to=date(2026, 11, 22)))
        refused(client, come(client, world, service), NOT_HERE)

    def test_a_service_opens_no_other_programme_that_does_not_trust_it(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        with writing(app):
            other = builders.world("skoven", "s-")
            builders.member(other, db.session.get_one(Person, world.members["rita"].person_id), "byen", "coordinator")
            db.session.flush()
            db.session.expunge_all()
        refused(client, come(client, world, service), "Du arbejder også i en anden helhedsplan")
        assert rows(app, OidcIdentity) == []
        connect(app, other, service, clock, "byen", two=False)
        answer = come(client, world, service)
        assert answer.headers["Location"] == "/konto/sikkerhed", "the other programme asks for a second factor"

    def test_a_service_that_has_ended(
        self, app: Flask, client: CheckingClient, world: World, service: Provider, clock: Clock
    ) -> None:
        back = service.log_in(begin(client, world), RITA)
        with writing(app):
            home = world.organisations["huset"]
            oidc.end(home.programme_id, home.id, world.members["karen"].person_id, clock())
        refused(client, client.get(back), "Den organisation har ikke log-ind med arbejdskonto.")
        refused(client, client.get(start_of(world)), "Den organisation har ikke log-ind med arbejdskonto.")

    def test_organisations_that_are_not_there(self, client: CheckingClient, world: World) -> None:
        refused(client, client.get("/log-ind/tjeneste/2000000000"), "har ikke log-ind med arbejdskonto")
        assert client.get("/log-ind/tjeneste/99999999999999999999").status_code == 404


@pytest.mark.t9
class TestTheSecret:
    """The client secret is stored sealed, and opens with our key only."""

    def test_it_stands_nowhere_in_the_database(self, app: Flask, world: World) -> None:
        with app.app_context(), closing(db.engine.raw_connection()) as raw:
            assert isinstance(raw.driver_connection, sqlite3.Connection)
            dump = "\n".join(raw.driver_connection.iterdump())
        assert CLIENT_ID in dump and SECRET not in dump
        (row,) = rows(app, OidcProvider)
        assert isinstance(row, OidcProvider)
        assert row.sealed_secret

    def test_a_changed_key_is_said_and_does_not_break_the_page(
        self, app: Flask, client: CheckingClient, world: World
    ) -> None:
        with writing(app):
            db.session.execute(text("UPDATE oidc_providers SET sealed_secret = 'x'"))
        refused(client, client.get(start_of(world)), "skal sættes op igen")


class TestOverTheNetwork:
    """Where the program is served by https, nothing is asked by http."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, base_url="https://raad.example.org")

    def test_a_service_on_this_machine_is_not_asked(
        self, client: CheckingClient, world: World, service: Provider
    ) -> None:
        client.environ_base["HTTP_HOST"] = "raad.example.org"
        answer = client.get(start_of(world), base_url="https://raad.example.org")
        assert answer.headers["Location"] == "/log-ind"
        assert service.asked == []
