"""Havnen with its openings stored, and a coordinator's edit of them.

A module that wants the fixture says `world = stored_hours.world`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from advice.actions import openings
from advice.database import db
from tests import builders
from tests.stored import stored_world, writing

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Europe/Copenhagen")


@contextmanager
def edited(app: Flask, world: builders.World, now: datetime = NOW) -> Iterator[dict[str, Any]]:
    """A coordinator's edit: what is added in the block, and the openings that follow from it.

    Gives the keys of skuret and of the service, for new rows.
    """
    key = {"programme_id": world.programme.id, "place_id": world.places["skuret"].id}
    with writing(app):
        yield key | {"service_id": world.services["snak"].id}
        db.session.flush()
        openings.refresh(world.programme.id, now, ZONE)


@pytest.fixture
def world(app: Flask) -> builders.World:
    """Havnen with its openings stored: skuret Mondays 13-16, kajen Wednesdays 9-12."""
    found = stored_world(app)
    with edited(app, found):
        pass
    return found
