"""What tests of a coordinator's screens share: a demonstration, Havnen, and Karen's browser.

A test module takes them over by name: `settings, world, karen = coordinator_screens.settings, …`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from advice.actions import openings
from advice.config import Settings
from tests.builders import PASSWORD, World
from tests.program import Clock
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration: the invented people log in with a password alone."""
    return replace(settings, demo=True)


@pytest.fixture
def world(app: Flask) -> World:
    """Havnen."""
    return stored_world(app)


@pytest.fixture(name="world")
def open_world(app: Flask, clock: Clock) -> World:
    """Havnen with its openings."""
    found = stored_world(app)
    with writing(app):
        openings.refresh(found.programme.id, clock(), app.extensions["advice"].timezone)
    return found


@pytest.fixture
def karen(client: CheckingClient, world: World) -> CheckingClient:
    """The coordinator's browser."""
    assert client.submit("/log-ind", email="karen@example.org", password=PASSWORD).status_code == 303
    return client
