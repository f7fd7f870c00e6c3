"""A shared tablet as the tests of its screens use it: enrolled by Karen for "skuret", with people who have PINs.

A test module takes the fixtures it wants by name: `settings, people, tablet = tablet_screens.settings, …`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from advice.config import Settings
from advice.database import db
from advice.models.people import Person
from advice.rules.access import Action, Standing
from tests import builders
from tests.builders import PASSWORD
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

PINS = {"rita": "274961", "svend": "805372", "tove": "618240", "karen": "930517"}
TILES, ENROL, SETTINGS = "/tablet", "/tablet/tilmeld", "/indstillinger/tablets"
DAY = "/i-dag?sted=skuret"
NO_LONGER = "Denne tablet er ikke tilmeldt længere"
TODAY = date(2026, 11, 23)
_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def give_pins(app: Flask) -> None:
    """Give those of PINS theirs; nobody else has one."""
    with writing(app):
        for name, pin in PINS.items():
            person = db.session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()
            person.pin_hash = _HASHER.hash(pin)


def person_url(app: Flask, name: str) -> str:
    """The page of somebody's tile."""
    with app.app_context():
        found = db.session.scalars(select(Person.public_id).where(Person.email == f"{name}@example.org")).one()
    return f"{TILES}/{found}"


def log_in(client: CheckingClient, name: str) -> TestResponse:
    """With e-mail and password."""
    return client.submit("/log-ind", email=f"{name}@example.org", password=PASSWORD)


def enrol(client: CheckingClient, leader: str = "karen", **fields: str) -> TestResponse:
    """Log in as a leader and make this device a tablet."""
    assert log_in(client, leader).status_code == 303
    return client.submit(ENROL, {"place": "skuret", "name": "Ved døren", **fields}, action=ENROL)


def type_pin(app: Flask, client: CheckingClient, name: str, pin: str | None = None) -> TestResponse:
    """At the tile of somebody, with her own PIN unless told otherwise."""
    url = person_url(app, name)
    return client.submit(url, action=url, pin=PINS[name] if pin is None else pin)


def tap(app: Flask, client: CheckingClient, name: str) -> TestResponse:
    """The tile of somebody who has unlocked the tablet today."""
    return client.submit(TILES, action=person_url(app, name))


def change(client: CheckingClient, page: str = "/i-dag") -> TestResponse:
    """Press "Skift rådgiver" on a page."""
    return client.submit(page, action="/tablet/skift")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, so that a password is enough elsewhere."""
    return replace(settings, demo=True)


@pytest.fixture
def people(app: Flask) -> builders.World:
    """Svend is on duty at the house of the tablet today."""
    world = stored_world(app)
    with writing(app):
        builders.shift(world, "svend", "skuret", TODAY, 13, 16)
    give_pins(app)
    return world


@pytest.fixture
def tablet(people: builders.World, client: CheckingClient) -> CheckingClient:
    """A device that Karen has enrolled."""
    assert enrol(client).status_code == 303
    return client


def needs_of(app: Flask, rule: Rule) -> Action | Standing:
    """What the view of a rule asks for."""
    needs: Action | Standing = getattr(app.view_functions[rule.endpoint], "needs", Standing.ANYONE)
    return needs


def other_browser(app: Flask) -> CheckingClient:
    """A device that is no tablet."""
    made = app.test_client()
    assert isinstance(made, CheckingClient)
    return made


def at_desk(app: Flask, name: str) -> CheckingClient:
    """Somebody logged in with e-mail and password on a device of her own."""
    made = other_browser(app)
    assert log_in(made, name).status_code == 303
    return made


def who_is_in(client: CheckingClient) -> str | None:
    """The name in the bar, None if staff pages lead elsewhere."""
    answer = client.get("/vagtplan/2026-48")
    if answer.status_code != 200:
        assert answer.status_code in (302, 303)
        return None
    return next(name for name in ("Karen Kaj", "Tove Tov", "Rita Ror", "Svend Sejl") if f"<b>{name}</b>" in answer.text)
