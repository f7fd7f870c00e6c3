"""A programme as residents meet it: "havnen" stored with its openings, and ways to change it. For tests of their pages.

A module that wants the fixture says `harbour = residents.harbour`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from advice.actions.openings import refresh
from advice.database import begin_write, db
from advice.models.hours import Closure, Opening
from tests import builders
from tests.builders import World, added
from tests.html_pages import Page
from tests.program import Clock

MONDAY = date(2026, 11, 23)
ZONE = ZoneInfo("Europe/Copenhagen")


@dataclass
class Harbour:
    """The programme "havnen", stored: skuret is open Mondays 13-16, kajen Wednesdays 9-12."""

    app: Flask
    clock: Clock
    programme: int
    service: int
    places: dict[str, int]
    world: World

    @contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Add rows in one transaction, which then stores the openings; gives what belongs to the programme."""
        with self.app.app_context():
            begin_write()
            yield {"programme_id": self.programme}
            db.session.flush()
            refresh(self.programme, self.clock.now, ZONE)
            db.session.commit()

    def opened(self, place: str, day: date, starts: time, ends: time) -> None:
        """An opening of a day gone by, stored as it was; inside `changing`."""
        key = {"programme_id": self.programme, "place_id": self.places[place], "service_id": self.service}
        changed = {"status": "open", "part": 1, "changed_at": self.clock.now}
        added(Opening(day=day, starts=starts, ends=ends, **changed, **key))

    def closed(self, first: date, last: date, place: str | None = None, reason: str = "Storm") -> None:
        """Close a place, or all of them."""
        with self.changing() as key:
            at = self.places[place] if place else None
            added(Closure(kind="once", place_id=at, first_date=first, last_date=last, reason={"da": reason}, **key))

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Set the clock to a day of November 2026, by the clock of the place."""
        self.clock.now = datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def harbour(app: Flask, clock: Clock) -> Harbour:
    """Havnen on Monday 23 November 2026 at 9."""
    with app.app_context():
        begin_write()
        world = builders.world()
        places = {code: place.id for code, place in world.places.items()}
        found = Harbour(app, clock, world.programme.id, world.services["snak"].id, places, world)
        found.at(23, 9)
        refresh(found.programme, clock.now, ZONE)
        # The rows outlive the session: tests read ids of theirs.
        db.session.commit()
        for row in (world.programme, *world.members.values(), *world.places.values(), *world.services.values()):
            db.session.refresh(row)
        db.session.expunge_all()
    return found


def sentences(page: Page) -> list[str]:
    """The status sentences, in the order of the page."""
    found = [e for e in page.all("p", "h2") if "status" in e.get("class", "").split()]
    return [" ".join("".join(element.itertext()).split()) for element in found]


def reading(page: Page) -> str:
    """What stands in main, read without a break where the page has none."""
    return " ".join("".join(page.all("main")[0].itertext()).split())
