"""Fixtures for every test.

Engine. Tests under tests/models and tests/actions, tests/test_migrations.py, and those marked `both_engines` run once
on each engine, with `[sqlite]` or `[postgresql]` in their id; all others run on SQLite. Ask for `database_url` (fresh
and migrated), `app`, `client` or `session`, never for an engine by name. Setting up is cheap: see databases.py.

Clock. `clock` is the only clock of `app`: it stands still on Monday 23 November 2026 at 13.30 in Denmark until a test
sets `clock.now` (aware UTC) or calls `clock.forward(hours=2)`. Tests never sleep and never patch the time.

Time zone. `pytestmark = pytest.mark.usefixtures("process_timezone")` runs a test under three zones of the process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session

from advice.config import Settings
from advice.database import db
from tests import databases, judges
from tests.databases import Engine, PostgresServer, SqliteFiles
from tests.program import SECRET_KEY, Clock, dispose, made, migrate
from tests.web_client import CheckingClient

ENGINES = ("sqlite", "postgresql")
ON_BOTH = [Path(__file__).parent / name for name in ("models", "actions", "test_migrations.py")]
ZONES = ("UTC", "Europe/Copenhagen", "Pacific/Kiritimati")

CI_PROFILE = hypothesis.settings.get_profile("ci" if os.environ.get("CI") else "default")  # the same examples each time
SAME = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.function_scoped_fixture]}
hypothesis.settings.register_profile("house", CI_PROFILE, **SAME)
hypothesis.settings.load_profile("house")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run on both engines what the docstring above says."""
    if "engine_name" not in metafunc.fixturenames:
        return
    path = metafunc.definition.path
    if metafunc.definition.get_closest_marker("postgresql_only"):
        metafunc.parametrize("engine_name", ENGINES[1:], indirect=True)
    elif metafunc.definition.get_closest_marker("both_engines") or any(path.is_relative_to(p) for p in ON_BOTH):
        metafunc.parametrize("engine_name", ENGINES, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long ones out unless -m or a full name asks for them."""
    if "long" in config.option.markexpr or any("::" in argument for argument in config.args):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line says which judges did not run."""
    if missing := judges.missing_judges():
        terminalreporter.write_line(f"Not judged here by: {', '.join(missing)} (.ci/run installs them).", yellow=True)


@pytest.fixture(scope="session")
def sqlite_files() -> Iterator[SqliteFiles]:
    """Makes SQLite databases, in a folder of this test process."""
    with databases.sqlite_files(migrate) as files:
        yield files


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Makes PostgreSQL databases: a real server, started when a test first asks and ended with the run."""
    with databases.postgres_server(migrate) as server:
        yield server


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def engine(request: pytest.FixtureRequest, engine_name: str) -> Engine:
    """What makes databases for this test: `engine.fresh()`, `engine.empty()`, `engine.drop(url)`."""
    found: Engine = request.getfixturevalue("postgres" if engine_name == "postgresql" else "sqlite_files")
    return found


@pytest.fixture
def database_url(engine: Engine) -> Iterator[str]:
    """The URL of a database of this test's own: migrated, without rows."""
    url = engine.fresh()
    yield url
    engine.drop(url)


@pytest.fixture
def clock() -> Clock:
    """The clock of `app`: Monday 23 November 2026, 13.30 in Denmark."""
    return Clock(datetime(2026, 11, 23, 12, 30, tzinfo=UTC))


@pytest.fixture
def settings(database_url: str, clock: Clock) -> Settings:
    """Settings of `app`; a test module overrides this fixture to run the program under others."""
    return Settings(database_url=database_url, secret_key=SECRET_KEY, testing=True, clock=clock)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The program on a database of its own."""
    program = made(settings)
    program.test_client_class = CheckingClient
    yield program
    with program.app_context():
        dispose()


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """A browser without JavaScript that checks every page it gets; `app.test_client()` makes another."""
    browser = app.test_client()
    assert isinstance(browser, CheckingClient)
    return browser


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    """The database session inside an application context. To write: `begin_write()` first, then commit."""
    with app.app_context():
        yield db.session


@pytest.fixture(params=ZONES)
def process_timezone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The time zone of the whole process, three in turn: no answer may depend on it."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield str(request.param)
    time.tzset()
