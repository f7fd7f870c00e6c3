"""The demonstration on a Monday, for tests in the browser: its database, its log-in, and what it holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Page, expect

from advice.config import Settings
from advice.database import db
from advice.demo import loader
from tests.program import SECRET_KEY, dispose, made

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
"""Monday, 13.30 in Denmark."""
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def load_demo() -> None:
    """Into the database at hand."""
    loader.load(NOW, COPENHAGEN)


def put_demo(url: str, template: Path) -> None:
    """Into a fresh SQLite database: a copy of the one that was loaded first, which takes seconds."""
    target = Path(url.removeprefix("sqlite:///"))
    if not template.exists():
        with the_database(url):
            load_demo()
            db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(target, template)
        return
    shutil.copyfile(template, target)


@contextmanager
def the_database(url: str) -> Iterator[None]:
    """Work on the database before the server does, or look into it."""
    app = made(Settings(database_url=url, secret_key=SECRET_KEY, demo=True, testing=True, clock=lambda: NOW))
    with app.app_context():
        yield
        dispose()


def log_in(context: BrowserContext, url: str, email: str, password: str) -> Page:
    """With e-mail and password, in a page of its own."""
    page = context.new_page()
    page.goto(f"{url}/log-ind")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Adgangskode").fill(password)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("button", name="Log ud")).to_be_visible()
    return page
