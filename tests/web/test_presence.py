"""Mødt and Gået on the screens of the day: one's own /i-dag, and the tiles of a shared tablet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.presence import Presence
from advice.models.programmes import Programme
from advice.models.roster import Shift
from advice.rules.access import Role
from tests import builders, tablet_screens
from tests.program import Clock
from tests.stored import writing
from tests.tablet_screens import DAY, TILES, TODAY, at_desk, change, other_browser, person_url, tap, type_pin
from tests.web_client import CheckingClient

settings, people, tablet = tablet_screens.settings, tablet_screens.people, tablet_screens.tablet
MARK = "/i-dag/fremmoede"


def rows(app: Flask) -> list[tuple[str, str, str]]:
    """Everybody's marks: name, met, left."""
    with app.app_context():
        found = db.session.scalars(select(Presence).order_by(Presence.id)).all()
        return [(row.person.name, f"{row.came or ''}"[:5], f"{row.gone or ''}"[:5]) for row in found]


def press(client: CheckingClient, deed: str, page: str = DAY) -> str:
    """Press one of the buttons of the page; what the next page says."""
    form = next(one for one in client.page(page).forms() if ("tryk", deed) in one.fields)
    answer = client.post(form.action, data=dict(form.fields), headers={"Referer": f"http://localhost{page}"})
    assert answer.status_code == 303
    assert answer.location is not None
    return client.page(answer.location).text


class TestOwnDay:
    """On /i-dag, wherever it is open."""

    def test_a_tap_notes_when_she_met_and_another_when_she_left(
        self, app: Flask, people: builders.World, clock: Clock
    ) -> None:
        svend = at_desk(app, "svend")
        assert "Din vagt kl. 13 – 16" in svend.page(DAY).text
        assert "Du er mødt kl. 13.30. " in press(svend, "moedt")
        page = svend.page(DAY).text
        assert "Mødt kl. 13.30" in page and "Svend Sejl (dig) huset · til kl. 16 mødt" in page
        clock.forward(hours=1)
        assert "Du er gået kl. 14.30." in press(svend, "gaaet")
        assert "Mødt kl. 13.30, gået kl. 14.30" in svend.page(DAY).text
        assert rows(app) == [("Svend Sejl", "13:30", "14:30")]

    def test_the_last_tap_is_taken_back_in_one(self, app: Flask, people: builders.World) -> None:
        svend = at_desk(app, "svend")
        press(svend, "moedt")
        press(svend, "gaaet")
        assert "Du står igen som mødt." in press(svend, "fortryd")
        assert "Du står ikke som mødt." in press(svend, "fortryd")
        assert rows(app) == [("Svend Sejl", "", "")]
        assert "Din vagt kl. 13 – 16" in svend.page(DAY).text

    def test_an_old_page_pressed_twice_changes_nothing(self, app: Flask, people: builders.World, clock: Clock) -> None:
        svend = at_desk(app, "svend")
        form = next(one for one in svend.page(DAY).forms() if ("tryk", "moedt") in one.fields)
        for _time in range(2):
            assert svend.post(MARK, data=dict(form.fields)).status_code == 303
            clock.forward(minutes=5)
        assert rows(app) == [("Svend Sejl", "13:30", "")]

    def test_who_is_not_on_the_plan_helps_out_and_colleagues_see_her(self, app: Flask, people: builders.World) -> None:
        rita, svend = at_desk(app, "rita"), at_desk(app, "svend")
        press(rita, "moedt")
        page = svend.page(DAY).text
        assert "Rita Ror huset · hjælper til mødt" in page and "13.30" not in page.partition("Ny henvendelse")[0]
        press(rita, "gaaet")
        assert "Rita Ror" not in svend.page(DAY).text
        assert rows(app) == [("Rita Ror", "13:30", "13:30")]

    def test_she_leaves_one_house_before_she_is_at_the_next(self, app: Flask, people: builders.World) -> None:
        rita = at_desk(app, "rita")
        press(rita, "moedt")
        there = "/i-dag?sted=kajen"
        assert "Du står som mødt i Skuret kl. 13.30." in rita.page(there).text
        token = next(value for form in rita.page(there).forms() for key, value in form.fields if key == "csrf_token")
        forged = {"csrf_token": token, "sted": "kajen", "tryk": "moedt"}
        assert rita.post(MARK, data=forged).status_code == 303
        assert "Du står som mødt i Skuret. Tryk Gået dér først." in rita.page(there).text
        press(rita, "gaaet", there)
        press(rita, "moedt", there)
        assert rows(app) == [("Rita Ror", "13:30", "13:30"), ("Rita Ror", "13:30", "")]

    def test_a_shift_that_was_called_off_meanwhile_is_not_marked(self, app: Flask, people: builders.World) -> None:
        svend = at_desk(app, "svend")
        form = next(one for one in svend.page(DAY).forms() if ("tryk", "moedt") in one.fields)
        with writing(app):
            db.session.scalars(select(Shift)).one().status = "cancelled"
        assert svend.post(MARK, data=dict(form.fields)).status_code == 303
        assert "Det er ændret, siden siden blev vist." in svend.page(DAY).text and rows(app) == []

    @pytest.mark.parametrize("sent", [{}, {"sted": "skuret"}, {"sted": "findes-ikke", "tryk": "moedt"},
                                      {"sted": "skuret", "tryk": "sover"}])  # fmt: skip
    def test_what_no_page_sends_is_not_there(self, app: Flask, people: builders.World, sent: dict[str, str]) -> None:
        svend = at_desk(app, "svend")
        token = next(value for form in svend.page(DAY).forms() for key, value in form.fields if key == "csrf_token")
        assert svend.post(MARK, data={"csrf_token": token, **sent}).status_code == 404

    @pytest.mark.parametrize("number", ["0", "-4", "99999999999999999999", "x"])
    def test_a_number_that_is_no_row_is_answered_in_words(
        self, app: Flask, people: builders.World, number: str
    ) -> None:
        svend = at_desk(app, "svend")
        token = next(value for form in svend.page(DAY).forms() for key, value in form.fields if key == "csrf_token")
        sent = {"csrf_token": token, "sted": "skuret", "tryk": "fortryd", "raekke": number, "version": number}
        assert svend.post(MARK, data=sent).status_code == 303
        assert "Det er ændret" in svend.page(DAY).text

    def test_a_reader_marks_nothing(self, app: Flask, people: builders.World) -> None:
        assert at_desk(app, "lars").get(DAY).status_code == 403
        assert people.members["lars"].role == Role.READER


class TestTiles:
    """On a shared tablet."""

    def test_a_locked_tile_has_no_button_and_a_forged_tap_asks_for_the_pin(
        self, app: Flask, tablet: CheckingClient
    ) -> None:
        page = tablet.page(TILES)
        assert not [form for form in page.forms() if form.action.endswith("fremmoede")]
        form = next(one for one in tablet.page(person_url(app, "svend")).forms())
        token = dict(form.fields)["csrf_token"]
        url = person_url(app, "svend")
        answer = tablet.post(f"{url}/fremmoede", data={"csrf_token": token, "tryk": "moedt"})
        assert (answer.status_code, answer.location) == (303, url)
        assert rows(app) == []

    def test_after_the_pin_met_is_one_tap_and_left_one_on_the_tile(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        assert type_pin(app, tablet, "svend").location == DAY
        assert "Du er mødt kl. 13.30." in press(tablet, "moedt")
        change(tablet, DAY)
        assert "Svend Sejl mødt" in tablet.page(TILES).text
        clock.forward(hours=2)
        assert "Svend Sejl er gået." in press(tablet, "gaaet", TILES)
        page = tablet.page(TILES).text
        assert "Svend Sejl gået" in page and "15.30" not in page and "13.30" not in page
        assert rows(app) == [("Svend Sejl", "13:30", "15:30")]
        assert "Fortrudt for Svend Sejl." in press(tablet, "fortryd", TILES)
        assert rows(app) == [("Svend Sejl", "13:30", "")]

    def test_met_is_one_tap_on_a_tile_that_is_unlocked(self, app: Flask, tablet: CheckingClient) -> None:
        type_pin(app, tablet, "svend")
        change(tablet, DAY)
        assert "Svend Sejl er mødt." in press(tablet, "moedt", TILES)
        assert rows(app) == [("Svend Sejl", "13:30", "")]
        assert tap(app, tablet, "svend").location == DAY

    def test_who_helps_out_stands_among_those_on_duty_and_leaves_there(
        self, app: Flask, tablet: CheckingClient
    ) -> None:
        type_pin(app, tablet, "rita")
        press(tablet, "moedt")
        change(tablet, DAY)
        assert "Rita Ror mødt" in tablet.page(TILES).text.partition("Andre")[0]
        assert "Rita Ror er gået." in press(tablet, "gaaet", TILES)
        assert "Rita Ror" not in tablet.page(TILES).text.partition("Andre")[0].replace("Rita Ror er gået.", "")

    def test_the_unlock_of_yesterday_marks_nothing(self, app: Flask, tablet: CheckingClient, clock: Clock) -> None:
        with writing(app):
            world = builders.World(db.session.scalars(select(Programme)).one())
            svend = db.session.scalars(select(Shift)).one()
            world.members["svend"], world.places["skuret"] = svend.membership, svend.place
            builders.shift(world, "svend", "skuret", TODAY + timedelta(days=1), 13, 16)
        type_pin(app, tablet, "svend")
        change(tablet, DAY)
        form = next(one for one in tablet.page(TILES).forms() if ("tryk", "moedt") in one.fields)
        clock.forward(hours=24)
        answer = tablet.post(form.action, data=dict(form.fields))
        assert (answer.status_code, answer.location) == (303, person_url(app, "svend"))
        assert rows(app) == []

    def test_another_device_marks_nobody(self, app: Flask, tablet: CheckingClient) -> None:
        stranger = other_browser(app)
        token = dict(stranger.page("/log-ind").forms()[0].fields)["csrf_token"]
        sent = {"csrf_token": token, "tryk": "moedt"}
        assert stranger.post(f"{person_url(app, 'svend')}/fremmoede", data=sent).status_code == 404
