"""Open with fewer, once that has been said: on the week, the quarter and the shift's page, and taken back there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.plans import WEDNESDAY, WEEK, Plan, client_of
from tests.program import Clock
from tests.sick_screens import HOLES, deed, fall_ill
from tests.web_client import CheckingClient

QUARTER = "/vagtplan/kvartal/2026-4"
AGREED = "Åbner med færre (aftalt): uden Rita Ror"


@pytest.fixture
def clock() -> Clock:
    """Wednesday at half past seven, before Kajen opens at nine."""
    return Clock(datetime(2026, 11, 25, 6, 30, tzinfo=UTC))


@pytest.fixture
def ill(plan: Plan, karen: CheckingClient) -> int:
    """Rita's shift at Kajen today, called off; bent is there, and two are needed."""
    found = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
    plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
    fall_ill(karen, plan, "rita")
    return found


@pytest.fixture
def shift(ill: int, karen: CheckingClient) -> int:
    """The same, and the coordinator has said that one is enough."""
    deed(karen, ill, "faerre")
    return ill


def text(client: CheckingClient, url: str) -> str:
    return " ".join(client.page(url).text.split())


def test_the_week_says_who_said_so_and_when_and_counts_it_apart(shift: int, karen: CheckingClient) -> None:
    week = text(karen, WEEK)
    assert AGREED in week and "Sagt af Karen Kaj onsdag 25. november kl. 7.30" in week
    assert "1 åbning åbner med færre (aftalt)." in week
    cell = next(one for one in karen.page(WEEK).all("td") if "Bent Bøje" in "".join(one.itertext()))
    assert "mangler 1" not in "".join(cell.itertext()), "what was agreed is no alarm"


def test_the_quarter_counts_it_apart(ill: int, karen: CheckingClient) -> None:
    before = text(karen, QUARTER)
    deed(karen, ill, "faerre")
    after = text(karen, QUARTER)
    assert "åbner med færre (aftalt)" in after and "åbner med færre (aftalt)" not in before
    counts = [int(one.partition("Der mangler nogen ved ")[2].split()[0]) for one in (before, after)]
    assert counts[0] - counts[1] == 1


def test_another_who_falls_ill_is_an_alarm_again(plan: Plan, shift: int, karen: CheckingClient) -> None:
    fall_ill(karen, plan, "bent")
    week = text(karen, WEEK)
    assert AGREED in week and "mangler 1 fra byens folk kl. 9–12" in week
    assert "1 åbning åbner med færre (aftalt)." not in week


def test_it_is_taken_back_on_the_week(shift: int, karen: CheckingClient) -> None:
    answer = karen.submit(WEEK, action=f"{HOLES}/{shift}")
    assert answer.headers["Location"] == WEEK
    week = text(karen, WEEK)
    assert "Der mangler igen nogen: Kajen i dag kl. 9–12." in week
    assert AGREED not in week and "mangler 1 kl. 9–12" in week


def test_the_shifts_page_says_it_and_takes_it_back(shift: int, karen: CheckingClient) -> None:
    page = f"/vagtplan/vagt/{shift}"
    assert "Der holdes åbent med færre (aftalt). Sagt af Karen Kaj onsdag 25. november kl. 7.30." in text(karen, page)
    assert karen.submit(page, action=f"{HOLES}/{shift}").status_code == 303
    assert "Der holdes åbent med færre (aftalt)" not in text(karen, page)


def test_the_day_at_the_house_says_it(app: Flask, ill: int, karen: CheckingClient) -> None:
    svend = client_of(app, "svend")
    assert "åbent med færre" not in text(svend, "/i-dag?sted=kajen")
    deed(karen, ill, "faerre")
    assert "Der holdes åbent med færre i dag (aftalt)." in text(svend, "/i-dag?sted=kajen")
    assert "åbent med færre" not in text(svend, "/i-dag?sted=skuret")


def test_who_reads_the_week_sees_it_and_cannot_take_it_back(app: Flask, shift: int, tove: CheckingClient) -> None:
    for client in (tove, client_of(app, "svend")):
        assert AGREED in text(client, WEEK)
        assert f"{HOLES}/{shift}" not in client.get(WEEK).text


def test_it_was_said_of_one_cancelling_and_not_of_the_next(plan: Plan, shift: int, karen: CheckingClient) -> None:
    page = f"/vagtplan/vagt/{shift}"
    assert karen.submit(page, action=f"{page}/fortryd").status_code == 303
    assert karen.submit(page, action=f"{page}/aflys").status_code == 303
    assert AGREED not in text(karen, WEEK) and "mangler 1 kl. 9–12" in text(karen, WEEK)
    assert "Sagde ja" in text(karen, HOLES)
    assert "Åbent med færre" in deed(karen, shift, "faerre") and AGREED in text(karen, WEEK)


def test_the_week_on_paper_says_it_and_prints_no_alarm(ill: int, karen: CheckingClient) -> None:
    paper = f"{WEEK}/print"
    assert "! mangler 1 kl. 9–12" in text(karen, paper)
    deed(karen, ill, "faerre")
    printed = text(karen, paper)
    assert "Åbner med færre (aftalt): uden Rita Ror 9–12" in printed and "! mangler 1 kl. 9–12" not in printed


def test_who_changes_something_beside_it_is_not_told_that_somebody_is_missing(
    plan: Plan, shift: int, karen: CheckingClient
) -> None:
    new = f"/vagtplan/ny?sted=kajen&dag={WEDNESDAY}"
    answer = karen.submit(new, membership=str(plan.members["svend"]), starts="9", ends="10")
    assert answer.status_code == 303
    week = text(karen, WEEK)
    assert "Kajen onsdag 25. november åbner med færre (aftalt)." in week and "mangler stadig" not in week


def test_the_days_need_says_it_too(app: Flask, ill: int, karen: CheckingClient) -> None:
    page = f"/indstillinger/behov-paa-dage/{WEDNESDAY}/kajen/snak"
    app.extensions["advice"] = replace(app.extensions["advice"], demo=True)
    assert "mangler 1 kl. 9–12" in text(karen, page)
    deed(karen, ill, "faerre")
    assert "Åbner med færre (aftalt)" in text(karen, page) and "mangler 1 kl. 9–12" not in text(karen, page)


def test_who_takes_it_after_all_ends_it(plan: Plan, shift: int, karen: CheckingClient) -> None:
    deed(karen, shift, "ja", membership=plan.members["svend"])
    assert AGREED not in text(karen, WEEK) and "Dækket" in text(karen, WEEK)
