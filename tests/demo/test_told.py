"""What the demonstration tells residents, and the closing it suggests: dated from the day it was loaded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from advice.actions.hours import state
from advice.hours.suggestions import suggestions
from advice.models import programmes
from advice.models.notices import notices_on, school_holidays
from advice.models.openings import openings_of
from advice.rules.openings import Status

pytestmark = pytest.mark.both_engines
TODAY = date(2026, 11, 23)
SLUGS = ("aktiv", "en-faelles-indsats")


@pytest.fixture
def database_url(loaded_url: str) -> str:
    return loaded_url


@pytest.mark.parametrize("slug", SLUGS)
def test_each_programme_tells_residents_a_notice_and_a_theme_in_some_languages(
    session: scoped_session[Session], slug: str
) -> None:
    found = programmes.by_slug(slug)
    assert found is not None
    told = notices_on(found.id, TODAY)
    assert [one.kind for one in told] == ["notice", "theme"]
    assert all({"da", "en", "ar"} <= set(one.labels) and {"da", "en", "ar"} <= set(one.text or {}) for one in told)
    assert notices_on(found.id, TODAY - timedelta(days=1)) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_a_school_holiday_lies_ahead_is_suggested_and_closes_nothing_by_itself(
    session: scoped_session[Session], app: Flask, slug: str
) -> None:
    found = programmes.by_slug(slug)
    assert found is not None
    (holiday,) = school_holidays(found.id, TODAY, TODAY + timedelta(days=400))
    assert holiday.first_date > TODAY and (holiday.last_date - holiday.first_date).days == 6
    week = openings_of([found.id], holiday.first_date, holiday.last_date)
    assert Status.OPEN in {one.status for one in week if one.date <= holiday.last_date}
    with app.test_request_context():
        offered = suggestions(state(found.id, TODAY), found.languages)
    assert (holiday.first_date, holiday.last_date) in {(one.first, one.last) for one in offered}
