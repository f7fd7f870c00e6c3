"""What the tests of log-in services do on the screens: set one up, press its button, come back."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from advice.actions import oidc
from advice.actions.oidc import SetUp
from advice.database import db
from advice.models.people import Person
from tests.builders import World
from tests.oidc_provider import CLIENT_ID, SECRET, Provider
from tests.program import SECRET_KEY, Clock
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

RITA = "rita@example.org"
NOT_BELIEVED = "Svaret fra din arbejdskonto kunne ikke godkendes"
LOST = "Der gik for lang tid, eller svaret hører til et andet vindue."
AWAY = "Log-ind med arbejdskonto svarer ikke, som det skal."
STRANGER = "Din arbejdskonto passer ikke til nogen her."
NOT_HERE = "Du er ikke tilknyttet organisationen i dag."
HOSTILE = "<script>alert(1)</script>"


def havnen(app: Flask, service: Provider, clock: Clock) -> World:
    """A stored world of real people, in which huset has a service that asks for two factors itself."""
    found = stored_world(app)
    with writing(app):
        db.session.execute(update(Person).values(demo=False))
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
