"""A world to log visits in, and a visit to vary: for the tests of storing, correcting and racing.

A module that wants the fixture says `log = visit_log.log`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from advice.actions.visit_entries import Adviser, Fault, Refused, VisitEntry
from advice.actions.visits import revise, store
from advice.database import begin_write, db
from advice.models import visit_questions as questions
from advice.models.hours import Opening
from advice.models.visits import Visit, VisitRevision
from advice.rules.visits import Decision
from tests import builders
from tests.builders import World

ZONE = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@dataclass
class Log:
    """A world by its rows (for as long as the session lives) and its advisers, who outlive it."""

    world: World
    advisers: dict[str, Adviser]

    def store(self, entry: VisitEntry, name: str = "rita", now: datetime = NOW) -> Decision:
        """Store in a transaction of its own."""
        db.session.rollback()
        begin_write()
        decision = store(entry, self.advisers[name], now, ZONE)
        db.session.commit()
        return decision

    def revise(self, entry: VisitEntry, **changes: Any) -> Decision:
        """Store the visit as it stands with some changes."""
        db.session.rollback()
        begin_write()
        decision = revise(self._standing(entry), self.advisers["rita"], NOW, ZONE, **changes)
        db.session.commit()
        return decision

    def refused(self, entry: VisitEntry, name: str = "rita") -> dict[str, Fault]:
        """What is wrong with an entry that must not be stored; and nothing of it may be."""
        db.session.rollback()
        begin_write()
        before = count(VisitRevision), count(Visit)
        with pytest.raises(Refused) as caught:
            store(entry, self.advisers[name], NOW, ZONE)
        assert (count(VisitRevision), count(Visit)) == before
        db.session.rollback()
        return caught.value.faults

    def read(self, entry: VisitEntry) -> questions.Logged:
        """The visit as it stands."""
        db.session.rollback()
        return self._standing(entry)

    def _standing(self, entry: VisitEntry) -> questions.Logged:
        rita = self.advisers["rita"]
        found = questions.own_visit(rita.actor, entry.id)
        assert found is not None
        return found


def laid(slug: str = "havnen", prefix: str = "") -> Log:
    """Havnen, with Monday's opening 13-16 and Rita's shift 13-15 at skuret. Inside the caller's write transaction."""
    world = builders.world(slug, prefix)
    builders.shift(world, "rita", "skuret", MONDAY, 13, 15)
    db.session.add(opening(world, "skuret", "snak", 13, 16))
    db.session.flush()
    return Log(world, {name: Adviser.of(row) for name, row in world.members.items()})


@pytest.fixture
def log(app: Flask) -> Iterator[Log]:
    """A world to log visits in."""
    with app.app_context():
        begin_write()
        found = laid()
        db.session.commit()
        yield found


def change(row: Any, **values: Any) -> None:
    """Change a row of the world, in a transaction of its own."""
    db.session.rollback()
    begin_write()
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()


def count(model: type[Any]) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def opening(world: World, place: str, service: str, starts: int, ends: int) -> Opening:
    """An opening on Monday."""
    return Opening(
        programme_id=world.programme.id,
        place_id=world.places[place].id,
        service_id=world.services[service].id,
        day=MONDAY,
        part=starts,
        starts=time(starts),
        ends=time(ends),
        status="open",
        changed_at=NOW,
    )


def entry(**fields: Any) -> VisitEntry:
    """A visit at skuret at 13.10 about regn."""
    given: dict[str, Any] = {
        "id": uuid4(),
        "revision": 1,
        "occurred_at": datetime(2026, 11, 23, 12, 10, tzinfo=UTC),
        "place": "skuret",
        "topics": frozenset({"regn"}),
    }
    return VisitEntry(**{**given, **fields})


def some(*codes: str) -> frozenset[str]:
    return frozenset(codes)
