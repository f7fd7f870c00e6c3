"""Backups and restores as they are done at a console, for the tests of what they leave behind.

A module that wants the fixture says `file = copies.file`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from advice.actions.visits import store
from tests.program import Clock
from tests.stored import writing
from tests.visit_log import NOW, ZONE, entry, laid


@pytest.fixture
def file(database_url: str) -> Path:
    """The SQLite file of `app`."""
    return Path(database_url.removeprefix("sqlite:///"))


def flask(app: Flask, *arguments: str | Path) -> Result:
    """Run a command of the program, as at a console: in no application context but its own."""
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def totals(file: Path) -> dict[str, int]:
    """What a report says of a database: rows, and visits by organisation, topic and outcome."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        found = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for (name,) in listed}
        for by in (
            "SELECT 'organisation ' || organisation_id, count(*) FROM visits WHERE NOT undone GROUP BY 1",
            "SELECT 'topic ' || topic_id, count(*) FROM visit_topics GROUP BY 1",
        ):
            found |= dict(connection.execute(by).fetchall())
        return found


def app_clock(app: Flask) -> Clock:
    clock = app.extensions["advice"].clock
    assert isinstance(clock, Clock)
    return clock


def backed_up(app: Flask, tmp_path: Path) -> Path:
    """A backup of a world with one visit in Arabic."""
    with writing(app):
        store(entry(language="ar"), laid().advisers["rita"], NOW, ZONE)
    copy = tmp_path / "copy.db"
    assert flask(app, "backup", copy).exit_code == 0
    return copy
