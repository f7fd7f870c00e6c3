"""`/maal`: agreements as they are written, ended ones too, and the numbers that the log gives their indicators."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from advice.database import db
from advice.models.indicators import Indicator, Objective, Reading
from tests import builders, indicator_screens
from tests.builders import PASSWORD, added
from tests.indicator_screens import Log, indicator, read, reading, signed_in
from tests.logged_visits import Taps, visit
from tests.queries import counted
from tests.web_client import CheckingClient

MOST_QUERIES = 9
"""Two for who is logged in, four for the agreements, three for the numbers."""
settings, log = indicator_screens.settings, indicator_screens.log


@pytest.mark.parametrize("name", ["karen", "tove", "rita", "lars"])
def test_every_role_sees_the_indicators(log: Log, client: CheckingClient, name: str) -> None:
    assert "Flere snakke nu" in reading(signed_in(log, client, name).page("/maal"))


def test_whoever_is_not_logged_in_is_sent_to_log_in(log: Log, client: CheckingClient) -> None:
    answer = client.get("/maal")
    assert answer.status_code in (302, 303)
    assert "/log-ind" in answer.headers["Location"]


def test_agreements_stand_as_they_are_written_and_an_ended_one_hides_nothing(log: Log, client: CheckingClient) -> None:
    text = reading(signed_in(log, client).page("/maal"))
    order = [
        "Ny aftale",
        "opfundet fornyelse",
        "Fundet på til prøven",
        "Foreslåede",
        "Gammel aftale",
        "udløb 30.09.2025",
    ]
    assert sorted(order, key=text.index) == order
    assert "Flere snakke før" in text
    assert "Bedre vejr Aftalen har ingen indikator for dette delmål." in text
    assert "Mål: mindst 150 snakke" in text
    assert "Det kunne man også" not in text, "an objective of proposals only is none of the agreement's"


def test_the_definitions_are_there_but_closed(log: Log, client: CheckingClient) -> None:
    page = signed_in(log, client).page("/maal")
    assert "Indikatorer er variable, der bruges til at vise, om delmålene opnås." in page.text
    assert all("open" not in element.attrib for element in page.all("details"))


def test_a_count_has_its_pace_its_last_year_and_its_last_twelve_months(log: Log, client: CheckingClient) -> None:
    with log.writing():
        for day in (date(2026, 10, 1), date(2026, 11, 23), date(2026, 9, 30), date(2025, 11, 24), date(2025, 11, 23)):
            visit(log.world, "bent", day, Taps(kind=True))
        visit(log.world, "bent", date(2026, 11, 1), Taps(kind=True, undone=True))
        visit(log.world, "bent", date(2026, 11, 24), Taps(kind=True))
    page = signed_in(log, client).page("/maal")
    found, talk = read(page), log.numbers["tale"]
    assert found[talk, "year"] == (2, None)
    assert found[talk, "months"] == (4, None)
    assert found[talk, "2025-10-01"] == (3, None)
    assert "2 af 150 · jævnt tempo ville være 22 nu: bagud" in reading(page)
    assert "01.10.2025–30.09.2026 3 talt fra 23.11.2025" in reading(page)


def test_an_ended_agreement_counts_its_own_years_as_far_as_the_log_reaches(log: Log, client: CheckingClient) -> None:
    log.visit("bent", date(2025, 9, 30), kind=True)
    log.visit("bent", date(2025, 10, 1), kind=True)
    page = signed_in(log, client).page("/maal")
    assert {period: value for (key, period), value in read(page).items() if key == log.numbers["før"]} == {
        "2024-10-01": (1, None)
    }
    assert "01.10.2021–30.09.2022 ingen registreringer i perioden" in reading(page)


def test_shares_are_of_the_visits_with_an_outcome_and_say_so_once(log: Log, client: CheckingClient) -> None:
    day = date(2026, 11, 20)
    for outcomes in (["alene"], ["alene", "klaret"], ["gik"], ["klaret"], []):
        log.visit("rita", day, outcomes=outcomes)
    page = signed_in(log, client).page("/maal")
    found = read(page)
    assert found[log.numbers["alene"], "year"] == found[log.numbers["alene"], "months"] == (2, 4)
    assert found[log.numbers["gik"], "year"] == (1, 4)
    assert "2 af 4 (50 %)" in reading(page)
    assert reading(page).count("henvendelser med et udfald") == 1
    assert reading(page).count("foreslået") == 3


@pytest.mark.parametrize(
    ("who", "taps", "changed"),
    [
        ("bent", {"kind": True}, ["tale"]),
        ("rita", {"kind": True}, []),
        ("bent", {}, []),
        ("rita", {"topics": ["regn"]}, ["regn"]),
        ("rita", {"outcomes": ["gik"]}, ["gik"]),
        ("rita", {"outcomes": ["alene"], "topics": ["bølger"]}, ["alene"]),
        ("rita", {"outcomes": ["gik"], "undone": True}, []),
    ],
)
def test_one_visit_changes_the_right_number_and_no_other(
    log: Log, client: CheckingClient, who: str, taps: dict[str, Any], changed: list[str]
) -> None:
    log.visit("rita", date(2026, 11, 20), outcomes=["klaret"])
    signed_in(log, client)
    before = read(client.page("/maal"))
    log.visit(who, date(2026, 11, 23), **taps)
    after = read(client.page("/maal"))
    assert before.keys() == after.keys()
    gained = {key: after[key][0] - before[key][0] for key in after if after[key][0] != before[key][0]}
    assert gained == {(log.numbers[code], period): 1 for code in changed for period in ("year", "months")}


def test_before_the_first_visit_everything_is_nought(log: Log, client: CheckingClient) -> None:
    page = signed_in(log, client).page("/maal")
    assert read(page)[log.numbers["tale"], "year"] == (0, None)
    assert read(page)[log.numbers["alene"], "year"] == (0, 0)
    assert "ingen registreringer i perioden" in reading(page)


def test_readings_stand_with_date_source_trend_and_mark(log: Log, client: CheckingClient) -> None:
    with log.writing() as key:
        objective = added(Objective(code="ledige", text="Færre ledige", agreement_id=log.numbers["ny"], **key))
        baseline = {"baseline": 233, "baseline_of": "havnen", "baseline_date": "februar 2021", "comparison": 1736.5}
        number = indicator(
            objective,
            "ledige",
            direction="falls",
            unit="personer",
            source="Havnekontoret",
            frequency="kvartalsvis",
            **baseline,
        )
        for day, value, invented in ((date(2026, 6, 30), 240, False), (date(2026, 9, 30), 181, True)):
            source = {"source": "Kontoret", "invented": invented}
            added(Reading(indicator_id=number, as_of=day, value=value, **source, **key))
        indicator(objective, "tom", direction="at_most", target=12.5, unit="%", target_note="over en årrække")
    text = reading(signed_in(log, client).page("/maal"))
    for words in (
        "Mål: skal falde",
        "Udgangspunkt: 233 personer (havnen, februar 2021)",
        "Til sammenligning: 1.736,5 personer (februar 2021)",
        "Fra 233 personer til 181 personer: den rigtige vej. 30.09.2026 · Kontoret",
        "Hvor tit: kvartalsvis",
        "Kilde: Havnekontoret",
        "240 personer Kontoret",
        "Mål: højst 12,5 % (over en årrække)",
        "Ingen målinger endnu.",
    ):
        assert words in text, words
    assert text.count("demo") == 2 + text.count("demonstration")


def test_a_code_that_is_gone_counts_nothing_and_breaks_nothing(log: Log, client: CheckingClient) -> None:
    log.visit("rita", date(2026, 11, 20), topics=["regn"])
    with log.writing():
        db.session.get_one(Indicator, log.numbers["regn"]).counts = {"topics": ["sne"]}
    assert read(signed_in(log, client).page("/maal"))[log.numbers["regn"], "year"] == (0, None)


def test_a_ceiling_is_kept_or_not(log: Log, client: CheckingClient) -> None:
    log.visit("bent", date(2026, 11, 20), kind=True)
    for target, words in ((1, "under grænsen"), (0.5, "over grænsen")):
        with log.writing():
            row = db.session.get_one(Indicator, log.numbers["tale"])
            row.direction, row.target = "at_most", target
        if target == 1:
            signed_in(log, client)
        assert words in reading(client.page("/maal"))


def test_another_programme_has_its_own_agreements(log: Log, client: CheckingClient) -> None:
    log.visit("bent", date(2026, 11, 20), kind=True)
    with log.writing():
        builders.world("skoven", "s-")
    client.submit("/log-ind", email="s-karen@example.org", password=PASSWORD)
    page = client.page("/maal")
    assert "Der er ingen delaftaler endnu." in reading(page)
    assert read(page) == {}


@pytest.mark.both_engines
def test_the_page_costs_the_same_queries_however_many_indicators(log: Log, client: CheckingClient) -> None:
    signed_in(log, client).page("/maal")
    with counted() as few:
        client.page("/maal")
    with log.writing() as key:
        objective = added(Objective(code="mange", text="Mange", agreement_id=log.numbers["ny"], **key))
        for number in range(30):
            known = indicator(objective, f"i{number}", measure="count", counts={"any_flag": ["solves"]})
            added(Reading(indicator_id=known, as_of=date(2026, 1, 1), value=number, **key))
        for day in range(1, 20):
            visit(log.world, "rita", date(2026, 11, day), Taps(outcomes=["klaret"]))
    with counted() as many:
        client.page("/maal")
    assert len(many) == len(few) <= MOST_QUERIES
