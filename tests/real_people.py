"""Real people, whom a password alone does not let in: for the tests of log-in and of Min konto.

A module whose tests all happen among them says `havnen = real_people.havnen`, and `inside = real_people.inside` if it
wants Rita logged in.
"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice.database import db
from advice.models.people import Person
from tests.builders import World
from tests.program import Clock
from tests.second_factors import give_app, log_in_with_app
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

RITA = "rita@example.org"
NEXT_CODE = 60


def all_real(app: Flask) -> World:
    """A stored world of real people."""
    found = stored_world(app)
    with writing(app):
        db.session.execute(update(Person).values(demo=False))
    return found


@pytest.fixture(autouse=True)
def havnen(app: Flask) -> World:
    """One programme of real people."""
    return all_real(app)


@pytest.fixture
def inside(app: Flask, client: CheckingClient, clock: Clock) -> CheckingClient:
    """Rita's browser, logged in with her app; the next code may be used."""
    give_app(app, RITA, clock())
    log_in_with_app(client, RITA, clock())
    clock.forward(seconds=NEXT_CODE)
    return client


def browser(app: Flask) -> CheckingClient:
    """One more browser, in which nobody is logged in."""
    made = app.test_client()
    assert isinstance(made, CheckingClient)
    return made


def elsewhere(app: Flask, clock: Clock, email: str = RITA) -> CheckingClient:
    """Somebody who has an app, logged in in one more browser."""
    made = browser(app)
    log_in_with_app(made, email, clock())
    return made


def rita(app: Flask) -> Person:
    """Her row as it stands."""
    with app.app_context():
        return db.session.scalars(select(Person).where(Person.email == RITA)).one()
