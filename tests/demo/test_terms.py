"""What the invented people agreed to, and their absences: there from the first day, and off what is laid already."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions.absences import shifts_touched
from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.absences import Absence, Availability, PlaceWish
from advice.models.people import Membership
from tests.program import SECRET_KEY, Clock, dispose

pytestmark = pytest.mark.both_engines


@pytest.fixture
def loaded_app(loaded_url: str, clock: Clock) -> Flask:
    return create_app(Settings(database_url=loaded_url, secret_key=SECRET_KEY, testing=True, clock=clock))


def test_there_is_something_of_each_kind_to_look_at(loaded_app: Flask) -> None:
    with loaded_app.app_context():
        assert db.session.scalars(select(Availability)).all()
        assert set(db.session.scalars(select(PlaceWish.wish))) == {"prefers", "avoids"}
        assert db.session.scalars(select(Membership).where(Membership.most_shifts.is_not(None))).all()
        dispose()


def test_absence_lies_ahead_and_touches_no_shift(loaded_app: Flask, clock: Clock) -> None:
    today = clock().date()
    with loaded_app.app_context():
        rows = db.session.scalars(select(Absence)).all()
        assert rows and all(row.first_day > today + timedelta(weeks=8) for row in rows)
        assert not [shift for row in rows for shift in shifts_touched(row, today)]
        dispose()
