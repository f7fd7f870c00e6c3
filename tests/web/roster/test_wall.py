"""The screen on the wall: who is here until when, minute by minute; it keeps nobody logged in."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.accounts import LogInSession
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.presence import Presence
from advice.rules.sessions import IDLE, SEEN_EVERY
from tests import builders, tablet_screens
from tests.html_pages import Page
from tests.plans import MONDAY, Plan, client_of
from tests.program import Clock
from tests.stored import writing
from tests.tablet_screens import enrol
from tests.web.roster.test_papers import away
from tests.web.roster.test_presence import mark
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


def helps(plan: Plan, name: str, place: str, came: time, gone: time | None = None) -> None:
    """Somebody without a shift has tapped that she helps out."""
    with writing(plan.app):
        who = db.session.get_one(Membership, plan.members[name])
        where = db.session.scalars(select(Place.id).where(Place.slug == place, Place.programme_id == who.programme_id))
        key = {"programme_id": who.programme_id, "person_id": who.person_id, "organisation_id": who.organisation_id}
        key |= {"membership_id": who.id, "place_id": where.one()}
        builders.added(Presence(day=MONDAY, came=came, gone=gone, confirmed=False, **key))


class TestMetAndLeft:
    """What people have tapped goes before the plan."""

    @pytest.mark.both_engines
    def test_who_has_left_stands_there_no_more_from_that_minute(
        self, staffed: Plan, karen: CheckingClient, clock: Clock
    ) -> None:
        rita = next(one.id for one in staffed.shifts() if one.starts == time(13))
        mark(staffed.app, rita, time(12, 58), None)
        assert "Rita Ror til kl. 16" in shown(karen.page(WALL))
        with writing(staffed.app):
            db.session.scalars(select(Presence)).one().gone = time(13, 31)
        clock.forward(seconds=59)
        assert "Rita Ror til kl. 13.31" in shown(karen.page(WALL))
        clock.forward(seconds=1)
        text = shown(karen.page(WALL))
        assert "Rita" not in text and "Bent Bøje fra kl. 14" in text, (
            "left is not away, and the others stand as planned"
        )

    def test_who_comes_before_her_shift_is_here_from_then(self, staffed: Plan, karen: CheckingClient) -> None:
        bent = next(one.id for one in staffed.shifts() if one.starts == time(14))
        mark(staffed.app, bent, time(13, 30), None)
        assert "Bent Bøje til kl. 16" in shown(karen.page(WALL))

    def test_who_helps_out_is_here_without_an_end_until_she_leaves(
        self, staffed: Plan, karen: CheckingClient, clock: Clock
    ) -> None:
        helps(staffed, "tove", "skuret", time(13, 10))
        assert "Rita Ror til kl. 16 Tove Tov Bent Bøje fra kl. 14" in shown(karen.page(WALL))
        with writing(staffed.app):
            db.session.scalars(select(Presence)).one().gone = time(13, 30)
        assert "Tove" not in shown(karen.page(WALL))

    def test_a_house_where_nothing_is_on_stands_there_while_somebody_helps(
        self, plan: Plan, karen: CheckingClient
    ) -> None:
        assert shown(karen.page(WALL)).endswith("Ikke åbent i dag: Kajen")
        helps(plan, "svend", "kajen", time(13))
        assert "Kajen Ikke åbent i dag Svend Sejl" in shown(karen.page(WALL))

    def test_who_says_she_is_at_one_house_is_not_shown_at_the_other(self, staffed: Plan, karen: CheckingClient) -> None:
        helps(staffed, "rita", "kajen", time(13, 20))
        text = shown(karen.page(WALL))
        assert text.count("Rita Ror") == 1 and "Ikke åbent i dag Rita Ror" in text

    def test_a_shift_that_was_called_off_under_her_leaves_her_here(self, staffed: Plan, karen: CheckingClient) -> None:
        rita = next(one.id for one in staffed.shifts() if one.starts == time(13))
        mark(staffed.app, rita, time(13), None)
        assert karen.submit(f"/vagtplan/vagt/{rita}", action=f"/vagtplan/vagt/{rita}/aflys").status_code == 303
        text = shown(karen.page(WALL))
        assert "Skuret Åbent til kl. 16 Rita Ror Bent Bøje" in text


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

    def test_it_shows_what_was_tapped_at_once(self, app: Flask, staffed: Plan, client: CheckingClient) -> None:
        assert enrol(client).status_code == 303
        rita = next(one.id for one in staffed.shifts() if one.starts == time(13))
        helps(staffed, "tove", "skuret", time(13, 10))
        mark(app, rita, time(13), time(13, 30))
        text = shown(client.page(TABLET))
        assert "Rita" not in text and "Skuret Åbent til kl. 16 Tove Tov Bent" in text

    def test_it_does_not_tell_what_the_staff_are_told(
        self, plan: Plan, client: CheckingClient, karen: CheckingClient
    ) -> None:
        karen.submit("/vagtplan/beskeder", {"text": "Printeren står af"}, action="/vagtplan/beskeder")
        assert enrol(client).status_code == 303
        assert "Printeren" in shown(karen.page(WALL)) and "Printeren" not in shown(client.page(TABLET))

    def test_it_does_not_tell_who_is_away(self, staffed: Plan, client: CheckingClient, karen: CheckingClient) -> None:
        away(staffed, "rita")
        assert enrol(client).status_code == 303
        assert "Rita Ror væk" in shown(karen.page(WALL)) and "Rita" not in shown(client.page(TABLET))

    def test_it_is_told_when_it_is_enrolled_no_more(
        self, plan: Plan, client: CheckingClient, karen: CheckingClient
    ) -> None:
        assert enrol(client).status_code == 303
        assert karen.submit(tablet_screens.SETTINGS, action="/afslut").status_code == 303
        answer = client.get(TABLET)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/tablet")
