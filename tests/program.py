"""The program under test: its clock, its secret, and what brings a database up to date and lets go of it."""

from __future__ import annotations

from datetime import datetime, timedelta

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
