"""The three programme files, imported into the program under a public address.

A module that wants the fixtures says `settings = imported.settings` and `programmes = imported.programmes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from advice.config import ROOT, Settings
from advice.database import db
from advice.models import published
from advice.models.hours import Opening
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.rules import openings as rule
from advice.rules.openings import STANDING, Status
from tests.program import SECRET_KEY, Clock
from tests.programme_console import Console

FILES = ("advice/demo/aktiv.toml", "advice/demo/en-faelles-indsats.toml", "tests/programmes/third.toml")
TODAY = date(2026, 11, 23)
BASE = "https://raad.example.org"


@pytest.fixture
def settings(database_url: str, clock: Clock) -> Settings:
    """The program under its public address, which the export tells."""
    return Settings(database_url=database_url, secret_key=SECRET_KEY, testing=True, clock=clock, base_url=BASE)


@pytest.fixture
def programmes(app: Flask, tmp_path: Path) -> Iterator[list[Programme]]:
    """All three, with their openings stored."""
    console = Console(app, tmp_path)
    for path in FILES:
        result = console("import", str(ROOT / path))
        assert result.exit_code == 0, result.output
    with app.test_request_context("/"):
        yield published.programmes(TODAY)


def stored(place: Place) -> list[rule.Opening]:
    """The openings of a place that take place, read straight from the table."""
    rows = db.session.scalars(select(Opening).where(Opening.place_id == place.id, Opening.status.in_(STANDING)))
    return [rule.Opening(place.id, row.service_id, row.day, row.starts, row.ends, Status(row.status)) for row in rows]
