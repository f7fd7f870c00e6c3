"""The quarter's board is kept, and right from the very next request on, whatever row of it is edited, by whomever."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from advice import guards
from advice.database import db
from advice.guards import SHOWN_IN_ROSTER
from advice.models.people import Person
from advice.models.registry import metadata
from advice.models.roster import Shift
from tests.plans import WEEK, Plan, client_of
from tests.program import Clock
from tests.queries import counted
from tests.stored import writing
from tests.web.test_kept_tables import TABLE, assert_raised_by_each
from tests.web_client import CheckingClient

QUARTER = "/vagtplan/kvartal/2026-4"
DAY = date(2026, 12, 2)


@pytest.fixture
def shift(plan: Plan) -> int:
    return plan.shift("rita", "kajen", DAY, 9, 12)


def test_every_table_it_is_made_from_raises_its_counter_and_is_read_once(shift: int, karen: CheckingClient) -> None:
    with counted() as made:
        first = karen.page(QUARTER)
    with counted() as kept:
        again = karen.page(QUARTER)
    saved = Counter(made) - Counter(kept)
    read = {name for statement in saved for name in TABLE.findall(statement)} & set(metadata.tables)
    assert {"shifts", "openings", "absences", "staffing_needs", "people", "places"} <= read <= set(SHOWN_IN_ROSTER)
    assert first.text == again.text and "Rita Ror" in again.text


@pytest.mark.both_engines
@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "twin"])
def test_the_next_request_shows_an_edit_by_any_other_process_and_only_the_guards_see_to_it(
    app: Flask, shift: int, karen: CheckingClient, guarded: bool
) -> None:
    assert "Rita Ror" in karen.page(QUARTER).text
    if not guarded:
        with writing(app):
            guards.drop(db.session.connection())
    with writing(app):
        db.session.execute(update(Person).where(Person.email == "rita@example.org").values(name="Rita Rask"))
    assert ("Rita Rask" in karen.page(QUARTER).text) == guarded
    with writing(app):
        db.session.execute(delete(Shift).where(Shift.id == shift))
    assert ("Rita" not in karen.page(QUARTER).text) == guarded


def test_each_sees_her_own_shifts_marked_and_today_goes_on(
    app: Flask, shift: int, karen: CheckingClient, clock: Clock
) -> None:
    rita = client_of(app, "rita")
    own = '<span class="is-own">Rita Ror</span>'
    for _ in range(2):
        assert own in rita.get(QUARTER).text and own not in karen.get(QUARTER).text
    week = re.compile(r'<tr class="is-today">\s*<th scope="row"><a href="([^"]+)"')
    assert week.findall(karen.get(QUARTER).text) == [WEEK]
    clock.now += timedelta(days=7)
    client = client_of(app, "karen")
    assert week.findall(client.get(QUARTER).text) == ["/vagtplan/2026-49"]


@pytest.mark.both_engines
def test_an_edit_of_such_a_table_raises_the_number_once_a_transaction(app: Flask, plan: Plan, shift: int) -> None:
    assert_raised_by_each(app, SHOWN_IN_ROSTER, "roster")
