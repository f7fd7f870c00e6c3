"""Whose yes: the services where something is, also at closed hours, and who answers for those whom nobody leads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask_sqlalchemy.session import Session
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from advice.actions import openings
from advice.actions.shifts import Stretch
from advice.actions.whose_yes import leading, services_at
from advice.database import begin_write, db
from advice.models.hours import Opening
from advice.models.places import Service
from advice.rules.access import Role
from advice.rules.openings import Status
from tests import builders
from tests.builders import World
from tests.visit_log import ZONE

NOW, TODAY, DAY = datetime(2026, 11, 23, 12, 30, tzinfo=UTC), date(2026, 11, 23), date(2026, 11, 25)


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """The usual world with its openings, of which those at Kajen are of a second service."""
    begin_write()
    found = builders.world()
    second = Service(code="to", labels={"da": "To"}, programme_id=found.programme.id, position=1,
                     organisation_id=found.organisations["byen"].id)  # fmt: skip
    found.services["to"] = builders.added(second)
    openings.refresh(found.programme.id, NOW, ZONE)
    for opening in db.session.scalars(select(Opening).where(Opening.place_id == found.places["kajen"].id)):
        opening.service_id = second.id
    db.session.flush()
    return found


def codes(world: World, day: date, starts: int, ends: int) -> list[str]:
    """The services of a stretch at Kajen, by short name."""
    one = Stretch(world.places["kajen"].id, day, time(starts), time(ends))
    return [row.code for row in services_at(world.programme.id, [one])[one]]


def test_the_service_that_is_open_there_counts_and_outside_all_hours_the_first(world: World) -> None:
    assert codes(world, DAY, 9, 12) == codes(world, DAY, 11, 14) == ["to"]
    assert codes(world, DAY, 12, 14) == codes(world, DAY + timedelta(days=1), 9, 12) == ["snak"]
    assert services_at(world.programme.id, []) == {}


def test_a_closed_opening_is_still_its_services(world: World) -> None:
    closed = db.session.scalars(select(Opening).where(Opening.day == DAY)).one()
    closed.status = Status.CLOSED
    db.session.flush()
    assert codes(world, DAY, 9, 12) == ["to"]


def test_who_answers_for_an_organisation_without_a_leader_is_where_the_coordinator_is(world: World) -> None:
    huset, byen = (world.organisations[code].id for code in ("huset", "byen"))
    assert leading(world.programme.id, TODAY).coordinating == huset
    world.members["tove"].role = Role.COORDINATOR
    world.members["karen"].valid_to = TODAY - timedelta(days=1)
    db.session.flush()
    found = leading(world.programme.id, TODAY)
    assert found.coordinating == byen and found.answering([huset, byen]) == {byen}
