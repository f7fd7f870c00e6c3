"""`flask programme …` in tests, and the third programme as text to change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from click.testing import Result
from flask import Flask, has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice.config import ROOT
from advice.database import db
from advice.models.hours import Opening
from advice.models.places import Place

TEXT = (ROOT / "tests/programmes/third.toml").read_text(encoding="utf-8")
YESTERDAY = date(2026, 11, 22)

Rows = scoped_session[Session]


class Console:
    """`flask programme …` on files of this test."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder

    def __call__(self, *arguments: str) -> Result:
        if has_app_context():
            db.session.rollback()  # the command runs in the context of the test, and in a transaction of its own
        return self.app.test_cli_runner().invoke(args=["programme", *arguments])

    def bring(self, text: str, *options: str) -> list[str]:
        """Import a text, which must work; gives the lines printed."""
        result = self.faulty(text, *options)
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    def faulty(self, text: str, *options: str) -> Result:
        path = self.folder / "programme.toml"
        path.write_text(text, encoding="utf-8")
        return self("import", str(path), *options)


def without(text: str, start: str) -> str:
    """The text without the table that holds this line."""
    tables = text.split("\n\n")
    kept = [table for table in tables if start not in table.splitlines()]
    assert len(kept) == len(tables) - 1, start
    return "\n\n".join(kept)


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def openings_ahead(session: Rows, slug: str) -> list[str]:
    """The statuses of a place's openings ahead, in order of time."""
    query = select(Opening.status).join(Place, Opening.place_id == Place.id).where(Place.slug == slug)
    return list(session.scalars(query.where(Opening.day > YESTERDAY).order_by(Opening.day)))
