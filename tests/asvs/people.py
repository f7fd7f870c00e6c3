"""Somebody real, and a page that fails: for tests of what is written down and what is given away."""

from __future__ import annotations

from flask import Flask, request
from sqlalchemy import update

from advice.database import db
from advice.models.people import Person
from tests.program import Clock
from tests.second_factors import give_app
from tests.stored import writing

RITA = "rita@example.org"


def real(app: Flask, clock: Clock) -> None:
    """Rita is nobody of a demonstration and has an authenticator."""
    with writing(app):
        db.session.execute(update(Person).values(demo=False))
    give_app(app, RITA, clock())


def fails() -> str:
    """A page that quotes what was typed in an error, as many libraries do."""
    raise ValueError(f"no number: {request.args['x']}")
