"""What the tests of log-in services do on the screens: set one up, press its button, come back.

A module that wants the fixtures says `service, world = oidc_screens.service, oidc_screens.world`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from advice.actions import oidc
from advice.actions.oidc import SetUp
from advice.database import db
from tests.builders import World
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, provider
from tests.program import SECRET_KEY, Clock
from tests.real_people import RITA, all_real
from tests.stored import writing
from tests.web_client import CheckingClient

NOT_BELIEVED = "Svaret fra din arbejdskonto kunne ikke godkendes"
LOST = "Der gik for lang tid, eller svaret hører til et andet vindue."
AWAY = "Log-ind med arbejdskonto svarer ikke, som det skal."
STRANGER = "Din arbejdskonto passer ikke til nogen her."
NOT_HERE = "Du er ikke tilknyttet organisationen i dag."
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def service(clock: Clock) -> Iterator[Provider]:
    """huset's log-in service, where Rita has an account."""
    with provider(clock) as made:
        made.people[RITA] = {"sub": "rita-1", "email": RITA}
        yield made


@pytest.fixture
def world(app: Flask, service: Provider, clock: Clock) -> World:
    """Havnen, with real people; the service of huset asks for two factors itself."""
    found = all_real(app)
    connect(app, found, service, clock)
    return found


def connect(
    app: Flask, world: World, service: Provider, clock: Clock, organisation: str = "huset", two: bool = True
) -> None:
    """Set a service up for an organisation."""
    with writing(app):
        home = world.organisations[organisation]
        said = SetUp(service.issuer, CLIENT_ID, SECRET, two)
        oidc.set_up(home.programme_id, home.id, said, world.members["karen"].person_id, clock(), SECRET_KEY)


def start_of(world: World, organisation: str = "huset") -> str:
    return f"/log-ind/tjeneste/{world.organisations[organisation].id}"


def begin(client: CheckingClient, world: World, organisation: str = "huset", query: str = "") -> str:
    """Press the button; the address at the service."""
    answer = client.get(start_of(world, organisation) + query)
    assert answer.status_code == 302, answer.headers.get("Location")
    return str(answer.headers["Location"])


def come(client: CheckingClient, world: World, service: Provider, email: str = RITA, query: str = "") -> TestResponse:
    """The whole way, up to the answer to the service's answer."""
    return client.get(service.log_in(begin(client, world, query=query), email))


def refused(client: CheckingClient, answer: TestResponse, sentence: str) -> None:
    """The answer leads to the page of log-in, which says why; nobody is logged in."""
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/log-ind")
    assert sentence in client.page("/log-ind").text
    assert client.get("/i-dag").status_code != 200


def rows(app: Flask, model: type) -> list[object]:
    with app.app_context():
        return list(db.session.scalars(select(model)))
