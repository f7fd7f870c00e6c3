"""One loaded demonstration for each engine, shared by the tests that only read it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from advice.app import create_app
from advice.config import Settings
from advice.demo import loader
from tests.databases import Engine
from tests.program import SECRET_KEY, Clock, dispose


@pytest.fixture(scope="session")
def loaded() -> dict[str, str]:
    """The URL of the loaded database by engine, as far as one has been asked for."""
    return {}


@pytest.fixture
def loaded_url(loaded: dict[str, str], engine: Engine, engine_name: str, clock: Clock) -> str:
    """A database with the demonstration of the day `clock` stands at. Only read it."""
    if engine_name not in loaded:
        url = engine.fresh()
        app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True, clock=clock))
        with app.app_context():
            loader.load(clock(), ZoneInfo("Europe/Copenhagen"))
            dispose()
        loaded[engine_name] = url
    return loaded[engine_name]
