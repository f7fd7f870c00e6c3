"""`/maal`: what has ended, what is to come, and the day on which a reporting year begins."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from advice.database import db
from advice.models.indicators import Agreement, Indicator, Objective
from tests import indicator_screens
from tests.indicator_screens import Log, indicator, read, reading, signed_in
from tests.program import Clock
from tests.web_client import CheckingClient

settings, log = indicator_screens.settings, indicator_screens.log


def test_an_agreement_to_come_says_when_it_begins_and_counts_nothing_yet(log: Log, client: CheckingClient) -> None:
    with log.writing():
        db.session.get_one(Agreement, log.numbers["ny"]).valid_from = date(2026, 12, 1)
    page = signed_in(log, client).page("/maal")
    assert "begynder 01.12.2026" in reading(page)
    assert not [key for key, _ in read(page) if key == log.numbers["tale"]]


def test_an_indicator_that_has_ended_says_so_and_counts_to_its_last_day(log: Log, client: CheckingClient) -> None:
    for day in (10, 15, 16, 20):
        log.visit("bent", date(2026, 11, day), kind=True)
    with log.writing():
        row = db.session.get_one(Indicator, log.numbers["tale"])
        row.valid_to = date(2026, 11, 15)
        indicator(db.session.get_one(Objective, row.objective_id), "efter")
    page = signed_in(log, client).page("/maal")
    text, found = reading(page), read(page)
    assert text.index("Indikator efter") < text.index("Indikator tale udgået 15.11.2026")
    periods = {period: number for (key, period), number in found.items() if key == log.numbers["tale"]}
    assert periods == {"2026-10-01": (2, None)}
    assert "01.10.2026–15.11.2026 2" in text
    assert "af 150" not in text, "no pace for what nobody follows any more"


@pytest.mark.parametrize("code", ["nu", "idé"])
def test_an_objective_that_has_ended_ends_its_indicators(log: Log, client: CheckingClient, code: str) -> None:
    with log.writing():
        row = db.session.scalars(select(Objective).where(Objective.code == code)).one()
        row.valid_to = date(2026, 11, 22)
    page = signed_in(log, client).page("/maal")
    text, inside = reading(page), ["tale"] if code == "nu" else ["alene", "gik", "regn"]
    assert text.count("udgået 22.11.2026") == (1 if code == "nu" else 3)
    assert not [key for key in read(page) if key[1] == "year" and key[0] in [log.numbers[one] for one in inside]]
    if code == "nu":
        assert text.index("Bedre vejr") < text.index("Flere snakke nu udgået 22.11.2026")


def test_an_indicator_to_come_says_when_it_begins_and_counts_nothing_yet(log: Log, client: CheckingClient) -> None:
    log.visit("bent", date(2026, 11, 20), kind=True)
    with log.writing():
        db.session.get_one(Indicator, log.numbers["tale"]).valid_from = date(2026, 12, 1)
    page = signed_in(log, client).page("/maal")
    assert "Indikator tale begynder 01.12.2026" in reading(page)
    assert not [key for key, _ in read(page) if key == log.numbers["tale"]]


@pytest.mark.usefixtures("process_timezone")
def test_the_day_at_the_place_decides_the_reporting_year(log: Log, client: CheckingClient, clock: Clock) -> None:
    log.visit("bent", date(2026, 9, 30), kind=True)
    clock.now = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
    assert read(signed_in(log, client).page("/maal"))[log.numbers["tale"], "year"] == (1, None)
    clock.now = datetime(2026, 9, 30, 22, 1, tzinfo=UTC)
    assert read(client.page("/maal"))[log.numbers["tale"], "year"] == (0, None)
