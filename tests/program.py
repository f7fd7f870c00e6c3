"""The program under test: its clock, its secret, and what brings a database up to date and lets go of it."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from advice import schema
from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.registry import metadata

SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests"


class Clock:
    """The time as the tests say it is."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        """Let time pass: `clock.forward(minutes=15)`, in the words of timedelta."""
        self.now += timedelta(**amount)


class Compiled(BytecodeCache):
    """Templates compiled once a test process: every test has an app of its own, and with it a Jinja of its own."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja asks by the template's name, and looks itself whether its source is still the same."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


class Statements(dict[Hashable, Any]):
    """SQL compiled once a test process and kind of database; SQLAlchemy's own memory is one for each engine, and every
    test has an engine of its own. Its keys begin with the engine's dialect, all of which are alike here."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


COMPILED, STATEMENTS = Compiled(), Statements()


def made(settings: Settings) -> Flask:
    """The program, with what it would compile anew for each test."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = COMPILED
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=STATEMENTS)
    return app


def migrate(url: str) -> None:
    """Run the real migrations on a database, as `flask db upgrade` does."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True))
    with app.app_context():
        schema.upgrade(db.engine, metadata)
        dispose()


def dispose() -> None:
    """Close every connection of the current app, so that its database can be copied or dropped."""
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
