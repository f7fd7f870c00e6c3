"""A quarter at a glance: what stands on the page, how it is reached, and that it stays quick with many people."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from flask import Flask

from tests.plans import WEEK, Plan, client_of
from tests.program import Clock
from tests.queries import counted
from tests.web.roster.test_week import staffed
from tests.web_client import CheckingClient

QUARTER = "/vagtplan/kvartal/2026-4"


def test_the_week_leads_to_its_quarter_and_back(karen: CheckingClient) -> None:
    assert f'href="{QUARTER}"' in karen.get(WEEK).text
    page = karen.page(QUARTER).text
    assert "4. kvartal 2026" in page and "mandag 28. september – søndag 3. januar 2027" in page
    assert f'href="{WEEK}"' in karen.get(QUARTER).text
    assert karen.get("/vagtplan/kvartal").headers["Location"] == QUARTER


def test_it_says_who_is_on_duty_and_what_is_missing(plan: Plan, karen: CheckingClient) -> None:
    plan.shift("rita", "kajen", date(2026, 12, 2), 9, 12)
    text = karen.page(QUARTER).text
    assert "Rita Ror" in text and "mangler 1 fra byens folk kl. 9–12" in text


def test_what_was_missing_before_today_is_not_counted_and_no_alarm(
    app: Flask, plan: Plan, karen: CheckingClient, clock: Clock
) -> None:
    clock.now = datetime(2026, 11, 26, 8, tzinfo=UTC)
    late = client_of(app, "karen")
    page = late.page(QUARTER)
    found = re.search(r"mangler nogen ved (\d+) af de (\d+) åbninger, der er tilbage i kvartalet", page.text)
    assert found and found[1] == found[2]
    lines = [(one.get("class"), "".join(one.itertext())) for cell in page.all("td") for one in cell.iter("p")]
    assert [kind for kind, _words in lines].count("gap") == int(found[2])
    assert {words for kind, words in lines if kind == "gap"} & {words for kind, words in lines if kind == "muted"}
    clock.now = datetime(2027, 1, 3, 20, tzinfo=UTC)
    assert "Der er ikke flere åbninger i kvartalet." in client_of(app, "karen").page(QUARTER).text


def test_an_adviser_reads_it_and_its_ends_are_ends(app: Flask, plan: Plan) -> None:
    rita = client_of(app, "rita")
    assert rita.get(QUARTER).status_code == 200
    codes = {one: rita.get(f"/vagtplan/kvartal/{one}").status_code for one in ("1999-1", "2100-4", "2101-1", "2026-5")}
    assert codes == {"1999-1": 404, "2100-4": 200, "2101-1": 404, "2026-5": 404}


def test_it_asks_the_database_as_often_however_many_people_there_are(app: Flask, plan: Plan) -> None:
    client, counts = client_of(app, "karen"), []
    for people in (5, 60):
        staffed(plan, people)
        with counted() as statements:
            assert client.get(QUARTER).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 15
