"""Browsers of several people at one house, for the tests of the visit screens.

A module that wants the fixtures says `settings, house, rita = visit_screens.FIXTURES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from advice.config import Settings
from advice.database import begin_write, db
from advice.models import visit_questions as questions
from advice.models.catalogue import VisitKind
from advice.models.places import Service
from advice.models.visit_questions import Logged
from advice.models.visits import Visit, VisitRevision
from advice.rules.access import Actor, Role
from tests import builders
from tests.builders import PASSWORD
from tests.visit_log import Log, entry, laid, opening
from tests.web_client import CheckingClient, Value

DAY = "/i-dag"
LIST = "/henvendelser"


@dataclass
class House:
    """A running program with Havnen in it: Monday's opening 13-16 at skuret, Rita there 13-15."""

    app: Flask
    log: Log

    def browser(self, name: str) -> CheckingClient:
        """A browser in which somebody is logged in."""
        client = self.app.test_client()
        assert isinstance(client, CheckingClient)
        assert client.submit("/log-ind", email=f"{name}@example.org", password=PASSWORD).status_code == 303
        return client

    def visits(self) -> list[Logged]:
        """Every visit as it stands, oldest first."""
        with self.app.app_context():
            rows = db.session.scalars(select(Visit).order_by(Visit.occurred_at)).all()
            asked = [
                (Actor(one.person_id, one.programme_id, one.organisation_id, Role.ADVISER), one.id) for one in rows
            ]
            found = [questions.own_visit(*one) for one in asked]
            db.session.expunge_all()
            return [one for one in found if one]

    def logged(self, name: str = "rita", **fields: Any) -> str:
        """A visit that is there already; its address."""
        visit = entry(**fields)
        with self.app.app_context():
            self.log.store(visit, name)
        return f"{LIST}/{visit.id}"

    def the(self, address: str) -> Logged:
        """The visit with this address."""
        return next(one for one in self.visits() if str(one.visit.id) in address)

    def visit(self) -> Logged:
        """The only visit there is."""
        (found,) = self.visits()
        return found

    def revisions(self) -> int:
        """How many revisions are stored."""
        with self.app.app_context():
            return len(db.session.scalars(select(VisitRevision)).all())

    def change(self, act: Callable[[Log], Any]) -> None:
        """Change rows of the world: `act` gets its rows in a write transaction."""
        with self.app.app_context():
            begin_write()
            for rows in vars(self.log.world).values():
                if isinstance(rows, dict):
                    rows.update({name: db.session.merge(row) for name, row in rows.items()})
            self.log.world.programme = db.session.merge(self.log.world.programme)
            act(self.log)
            db.session.commit()


def open_house(app: Flask) -> House:
    """The world stored, and the people's names for the browsers."""
    with app.app_context():
        begin_write()
        log = laid()
        db.session.commit()
        rows = [row for table in vars(log.world).values() if isinstance(table, dict) for row in table.values()]
        for row in [*rows, log.world.programme]:
            db.session.refresh(row)
        db.session.expunge_all()
    return House(app, log)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, so that a password is enough."""
    return replace(settings, demo=True)


@pytest.fixture
def house(app: Flask) -> House:
    """Havnen on Monday 23 November at 13.30."""
    return open_house(app)


@pytest.fixture
def rita(house: House) -> CheckingClient:
    """A browser of Rita, an adviser of "huset", on duty at skuret 13-15."""
    return house.browser("rita")


FIXTURES = settings, house, rita


def send(client: CheckingClient, forged: bool = False, url: str = DAY, **fields: Value) -> TestResponse:
    """Log a visit with the form of the day."""
    return client.submit(url, {"topics": ["regn"], **fields}, action=DAY, forged=forged)


def said(answer: TestResponse) -> str:
    """The text of a page, whatever its status."""
    return " ".join(answer.text.split())


def workshop(log: Log, place: str, starts: int, ends: int) -> None:
    """Another service with a kind of its own, open at a place on Monday."""
    key = {"programme_id": log.world.programme.id}
    organisation = log.world.organisations["byen"].id
    row = Service(code="værksted", labels={"da": "Værksted"}, position=1, organisation_id=organisation, **key)
    log.world.services["værksted"] = builders.added(row)
    builders.added(VisitKind(code="høvl", labels={"da": "Høvl"}, position=1, service_id=row.id, **key))
    db.session.add(opening(log.world, place, "værksted", starts, ends))
