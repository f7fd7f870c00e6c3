"""The screen on the wall: who is here until when, minute by minute; it keeps nobody logged in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.accounts import LogInSession
from advice.rules.sessions import IDLE, SEEN_EVERY
from tests import tablet_screens
from tests.html_pages import Page
from tests.plans import MONDAY, Plan, client_of
from tests.program import Clock
from tests.tablet_screens import enrol
from tests.web.roster.test_papers import away
from tests.web_client import CheckingClient

WALL, TABLET = "/vagtplan/vaeg", "/tablet/vaeg"


def shown(page: Page) -> str:
    """What static/wall.js puts anew."""
    [wall] = [one for one in page.all("div") if one.get("id") == "wall"]
    return " ".join("".join(wall.itertext()).split())


@pytest.fixture
def staffed(plan: Plan) -> Plan:
    """Rita until four, Bent from two, Svend at the other house, where nothing is open."""
    plan.shift("rita", "skuret", MONDAY, 13, 16)
    plan.shift("bent", "skuret", MONDAY, 14, 16)
    plan.shift("svend", "kajen", MONDAY, 9, 12)
    return plan


class TestWhatItShows:
    """At half past one on Monday, and as the hours pass."""

    def test_who_is_here_until_when_and_who_comes(self, staffed: Plan, karen: CheckingClient) -> None:
        text = shown(karen.page(WALL))
        assert "Hvem er her mandag 23. november 13.30" in text
        assert "Skuret Åbent til kl. 16 Rita Ror til kl. 16 Bent Bøje fra kl. 14" in text
        assert "Kajen Ikke åbent i dag Ingen er her" in text, "Svend has gone home"

    def test_it_changes_at_the_minute_somebody_begins_or_ends(
        self, staffed: Plan, karen: CheckingClient, clock: Clock
    ) -> None:
        clock.forward(minutes=29, seconds=59)
        assert "Bent Bøje fra kl. 14" in shown(karen.page(WALL))
        clock.forward(seconds=1)
        assert "Bent Bøje til kl. 16" in shown(karen.page(WALL))
        clock.forward(hours=1, minutes=59)
        karen = client_of(staffed.app, "karen")
        assert "Rita Ror til kl. 16" in shown(karen.page(WALL))
        clock.forward(minutes=1)
        text = shown(karen.page(WALL))
        assert "Skuret Lukket for i dag Ingen er her" in text and "Rita" not in text

    def test_it_asks_again_when_the_next_minute_begins(self, plan: Plan, karen: CheckingClient, clock: Clock) -> None:
        for second, seconds in ((0, "60"), (15, "45"), (59, "1")):
            clock.now = clock.now.replace(second=second)
            answer = karen.get(WALL)
            assert f'data-seconds="{seconds}"' in answer.text
            assert f'<noscript><meta http-equiv="refresh" content="{seconds}"></noscript>' in answer.text

    def test_who_is_away_is_away_and_nobody_reads_why(self, staffed: Plan, tove: CheckingClient) -> None:
        away(staffed, "rita")
        text = shown(tove.page(WALL))
        assert "Rita Ror væk" in text and "ursus" not in text

    def test_there_are_no_telephones_and_nothing_to_press_in_it(self, staffed: Plan, karen: CheckingClient) -> None:
        page = karen.page(WALL)
        assert "tel:" not in karen.get(WALL).text
        [wall] = [one for one in page.all("div") if one.get("id") == "wall"]
        assert [one.tag for one in wall.iter() if one.tag in ("a", "button", "input", "form")] == []

    def test_one_place_alone_and_one_that_is_none(self, staffed: Plan, karen: CheckingClient) -> None:
        assert "Kajen" not in shown(karen.page(f"{WALL}?sted=skuret"))
        assert "Ingen er her" in shown(karen.page(f"{WALL}?sted=kajen"))
        karen.page(f"{WALL}?sted=findes-ikke", 404)

    def test_a_day_without_anything_says_so(self, plan: Plan, clock: Clock) -> None:
        clock.forward(days=1)
        text = shown(client_of(plan.app, "karen").page(WALL))
        assert "Der er ikke åbent nogen steder i dag." in text and "Ikke åbent i dag:" not in text

    def test_what_is_idle_stands_in_one_line(self, plan: Plan, karen: CheckingClient) -> None:
        assert shown(karen.page(WALL)).endswith("Ikke åbent i dag: Kajen")


@pytest.mark.t9
class TestTheSession:
    """ASVS 5.0, 7.3.1: a page that asks for itself is nobody's being there."""

    def test_asvs_7_3_1_the_wall_keeps_no_session_alive(self, plan: Plan, karen: CheckingClient, clock: Clock) -> None:
        before = seen(plan)
        for _ in range(4):
            clock.forward(minutes=30)
            assert karen.get(WALL).status_code == 200
        assert seen(plan) == before
        clock.forward(seconds=SEEN_EVERY.total_seconds())
        answer = karen.get(WALL)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/log-ind")

    def test_another_page_does(self, plan: Plan, karen: CheckingClient, clock: Clock) -> None:
        before = seen(plan)
        clock.forward(seconds=(IDLE - timedelta(minutes=1)).total_seconds())
        assert karen.get("/vagtplan/2026-48").status_code == 200
        assert seen(plan) > before


def seen(plan: Plan) -> datetime:
    """When the session was last used, as it is stored."""
    with plan.app.app_context():
        return db.session.scalars(select(LogInSession.last_seen_at)).one()


class TestOnATablet:
    """A screen that a leader has enrolled shows it without anybody's log-in, for as long as it is enrolled."""

    def test_it_shows_its_place_all_day_and_every_place_if_asked(
        self, app: Flask, staffed: Plan, client: CheckingClient, clock: Clock
    ) -> None:
        client.page(TABLET, 404)
        assert enrol(client).status_code == 303
        assert "/tablet/vaeg" in {one.get("href") for one in client.page("/tablet").all("a")}
        clock.forward(hours=2)
        text = shown(client.page(TABLET))
        assert "Skuret Åbent til kl. 16 Rita Ror til kl. 16" in text and "Kajen" not in text
        assert "Kajen" in shown(client.page(f"{TABLET}?sted=alle"))

    def test_it_does_not_tell_what_the_staff_are_told(
        self, plan: Plan, client: CheckingClient, karen: CheckingClient
    ) -> None:
        karen.submit("/vagtplan/beskeder", {"text": "Printeren står af"}, action="/vagtplan/beskeder")
        assert enrol(client).status_code == 303
        assert "Printeren" in shown(karen.page(WALL)) and "Printeren" not in shown(client.page(TABLET))

    def test_it_is_told_when_it_is_enrolled_no_more(
        self, plan: Plan, client: CheckingClient, karen: CheckingClient
    ) -> None:
        assert enrol(client).status_code == 303
        assert karen.submit(tablet_screens.SETTINGS, action="/afslut").status_code == 303
        answer = client.get(TABLET)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/tablet")
