"""A vagtplan for tests that work through the front door: a small programme with its openings, and shifts on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import select

from advice.actions import openings
from advice.database import begin_write, db
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.roster import Shift
from tests import builders
from tests.builders import PASSWORD, World
from tests.program import Clock
from tests.web_client import CheckingClient

WEEK = "/vagtplan/2026-48"
MONDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 25)
NEW = f"/vagtplan/ny?sted=kajen&dag={WEDNESDAY}"


@dataclass
class Plan:
    """Ids of the world's rows, by short name."""

    members: dict[str, int]
    programme: int
    app: Flask

    def shift(self, name: str, place: str, day: date, starts: int, ends: int) -> int:
        """A shift that is there already; its id."""
        with self.app.app_context():
            begin_write()
            who = db.session.get_one(Membership, self.members[name])
            where = db.session.scalars(select(Place).where(Place.slug == place, Place.programme_id == who.programme_id))
            found = World(who.programme, members={name: who}, places={place: where.one()})
            row_id = builders.shift(found, name, place, day, starts, ends).id
            db.session.commit()
            return row_id

    def read(self, shift_id: int) -> Shift:
        """A shift as it stands."""
        with self.app.app_context():
            row = db.session.get_one(Shift, shift_id)
            db.session.expunge(row)
            return row

    def shifts(self) -> list[Shift]:
        """All shifts of the programme, oldest first."""
        with self.app.app_context():
            found = list(
                db.session.scalars(select(Shift).where(Shift.programme_id == self.programme).order_by(Shift.id))
            )
            db.session.expunge_all()
            return found


def laid(app: Flask, clock: Clock, slug: str = "havnen", prefix: str = "") -> Plan:
    """A world with its openings stored."""
    with app.app_context():
        begin_write()
        world = builders.world(slug, prefix)
        openings.refresh(world.programme.id, clock(), app.extensions["advice"].timezone)
        found = Plan({name: row.id for name, row in world.members.items()}, world.programme.id, app)
        db.session.commit()
        return found


def client_of(app: Flask, name: str) -> CheckingClient:
    """A browser in which somebody is logged in."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    assert client.submit("/log-ind", email=f"{name}@example.org", password=PASSWORD).status_code == 303
    return client


def told(client: CheckingClient, url: str = WEEK) -> str:
    """What the page says after a redirect."""
    return client.page(url).text
