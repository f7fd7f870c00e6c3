"""`/maal`: agreements as they are written, ended ones too, and the numbers that the log gives their indicators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from advice.config import Settings
from advice.database import begin_write, db
from advice.models.indicators import Agreement, Indicator, Objective, Reading
from tests import builders
from tests.builders import PASSWORD, World, added
from tests.html_pages import Page
from tests.logged_visits import Taps, visit
from tests.program import Clock
from tests.queries import counted
from tests.web_client import CheckingClient

Numbers = dict[tuple[int, str], tuple[int, int | None]]
"""By indicator and period: the number, and of how many."""

MOST_QUERIES = 9
"""Two for who is logged in, four for the agreements, three for the numbers."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in."""
    return replace(settings, demo=True)


@dataclass
class Log:
    """A programme with agreements, and whom to log in as; Monday 23 November 2026, half past one."""

    app: Flask
    world: World
    emails: dict[str, str]
    numbers: dict[str, int]
    """Ids of the agreement and the indicators by their codes."""

    @contextmanager
    def writing(self) -> Iterator[dict[str, Any]]:
        """One transaction; gives what belongs to the programme. The world is there again inside."""
        with self.app.app_context():
            begin_write()
            self.world = attached(self.world)
            yield {"programme_id": self.world.programme.id}
            db.session.commit()

    def visit(self, who: str, day: date, **taps: Any) -> None:
        """Log a visit."""
        with self.writing():
            visit(self.world, who, day, Taps(**taps))


def attached(world: World) -> World:
    """The rows of the world in the present session."""

    def again(rows: dict[str, Any]) -> dict[str, Any]:
        return {name: db.session.merge(row) for name, row in rows.items()}

    return World(
        db.session.merge(world.programme),
        *(again(rows) for rows in (world.organisations, world.places, world.services, world.members)),
        *(again(rows) for rows in (world.topics, world.outcomes, world.kinds)),
    )


def indicator(objective: Objective, code: str, **values: Any) -> int:
    """Add an indicator and give its id."""
    given = {"text": f"Indikator {code}", "direction": "rises", **values}
    key = {"programme_id": objective.programme_id, "objective_id": objective.id}
    return added(Indicator(code=code, **given, **key)).id


@pytest.fixture
def log(app: Flask) -> Log:
    """An agreement of 2021-2025 and its invented renewal; reporting years begin on 1 October."""
    with app.app_context():
        begin_write()
        world = builders.world()
        key, year = {"programme_id": world.programme.id}, {"year_month": 10, "year_day": 1}
        old = added(
            Agreement(
                code="gammel",
                title="Gammel aftale",
                valid_from=date(2021, 10, 1),
                valid_to=date(2025, 9, 30),
                **year,
                **key,
            )
        )
        new = added(
            Agreement(
                code="ny", title="Ny aftale", valid_from=date(2025, 10, 1), valid_to=date(2029, 9, 30),
                renews_id=old.id, invented=True, note="Fundet på til prøven", **year, **key,
            )
        )  # fmt: skip
        talks = {"measure": "count", "counts": {"organisations": ["byen"], "kinds": ["tale"]}}
        share = {"measure": "share", "of": {"any_outcome": True}, "agreed": False, "unit": "%"}
        before = added(Objective(code="før", text="Flere snakke før", agreement_id=old.id, **key))
        after = added(Objective(code="nu", text="Flere snakke nu", agreement_id=new.id, **key))
        added(Objective(code="tomt", text="Bedre vejr", agreement_id=new.id, **key))
        ideas = added(Objective(code="idé", text="Det kunne man også", agreement_id=new.id, **key))
        found = {
            "ny": new.id,
            "før": indicator(before, "før", direction="at_least", target=150, **talks),
            "tale": indicator(after, "tale", direction="at_least", target=150, unit="snakke", **talks),
            "alene": indicator(ideas, "alene", counts={"any_flag": ["self_help"]}, **share),
            "gik": indicator(ideas, "gik", counts={"any_flag": ["not_reached"]}, **{**share, "direction": "falls"}),
            "regn": indicator(ideas, "regn", agreed=False, measure="count", counts={"topics": ["regn"]}),
        }
        emails = {name: row.person.email for name, row in world.members.items()}
        db.session.commit()
        db.session.expunge_all()
        return Log(app, world, emails, found)


def signed_in(log: Log, client: CheckingClient, name: str = "karen") -> CheckingClient:
    """The client, logged in as somebody."""
    assert client.submit("/log-ind", email=log.emails[name], password=PASSWORD).status_code == 303
    return client


def read(page: Page) -> Numbers:
    """Every number that the page counted, by indicator and period; earlier years by their first day."""
    found: Numbers = {}
    for element in page.root.iter():
        if (key := element.get("data-indicator")) is not None:
            period = str(element.get("data-period"))
            period = str(element.get("data-first")) if period == "earlier" else period
            whole = element.get("data-of")
            value = int(element.get("data-value", "")), int(whole) if whole is not None else None
            assert found.setdefault((int(key), period), value) == value
    return found


def reading(page: Page) -> str:
    """What stands in main, read without a break where the page has none."""
    return " ".join("".join(page.all("main")[0].itertext()).split())


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


def test_another_programme_has_its_own_agreements(log: Log, client: CheckingClient) -> None:
    log.visit("bent", date(2026, 11, 20), kind=True)
    with log.writing():
        builders.world("skoven", "s-")
    client.submit("/log-ind", email="s-karen@example.org", password=PASSWORD)
    page = client.page("/maal")
    assert "Der er ingen delaftaler endnu." in reading(page)
    assert read(page) == {}


@pytest.mark.usefixtures("process_timezone")
def test_the_day_at_the_place_decides_the_reporting_year(log: Log, client: CheckingClient, clock: Clock) -> None:
    log.visit("bent", date(2026, 9, 30), kind=True)
    clock.now = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
    assert read(signed_in(log, client).page("/maal"))[log.numbers["tale"], "year"] == (1, None)
    clock.now = datetime(2026, 9, 30, 22, 1, tzinfo=UTC)
    assert read(client.page("/maal"))[log.numbers["tale"], "year"] == (0, None)


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
