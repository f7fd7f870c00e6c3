"""Shared tablets on the screens: enrolled by a leader, shown as tiles, seen and ended by leaders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.tablets import Tablet
from advice.rules.access import OPEN
from advice.rules.sessions import SEEN_EVERY
from tests import builders, tablet_screens
from tests.builders import PASSWORD
from tests.every_address import addresses, settled
from tests.program import Clock
from tests.stored import writing
from tests.tablet_screens import (
    DAY,
    ENROL,
    NO_LONGER,
    SETTINGS,
    TILES,
    at_desk,
    change,
    enrol,
    log_in,
    needs_of,
    other_browser,
    person_url,
    type_pin,
    who_is_in,
)
from tests.web_client import CheckingClient

settings, people, tablet = tablet_screens.settings, tablet_screens.people, tablet_screens.tablet


class TestEnrolment:
    """By a leader who stands with the device."""

    def test_leads_to_the_tiles_and_logs_the_leader_out(self, people: builders.World, client: CheckingClient) -> None:
        answer = enrol(client)
        assert (answer.status_code, answer.location) == (303, TILES)
        page = client.page(TILES)
        assert "Tabletten er tilmeldt." in page.text and "Skuret" in page.text
        assert who_is_in(client) is None

    def test_the_cookie_is_long_lived_and_for_the_server_alone(
        self, people: builders.World, client: CheckingClient
    ) -> None:
        cookies = [text for text in enrol(client).headers.getlist("Set-Cookie") if text.startswith("tablet=")]
        assert len(cookies) == 1
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookies[0].split("; "))
        assert int(cookies[0].split("Max-Age=")[1].split(";")[0]) >= 365 * 24 * 3600

    @pytest.mark.t9
    def test_asvs_3_3_1_over_https_the_cookie_is_bound_to_the_host(
        self, people: builders.World, settings: Settings
    ) -> None:
        base = "https://raad.example.org"
        app = create_app(replace(settings, base_url=base))
        browser = app.test_client()

        def token(url: str) -> str:
            text = browser.get(url, base_url=base).text
            return text.partition('name="csrf_token" value="')[2].partition('"')[0]

        def send(url: str, **fields: str) -> object:
            data = {**fields, "csrf_token": token(url)}
            return browser.post(url, base_url=base, data=data, headers={"Referer": base + url})

        send("/log-ind", email="karen@example.org", password=PASSWORD)
        answer = send(ENROL, place="skuret", name="Ved døren", idle_minutes="5")
        cookie = next(text for text in answer.headers.getlist("Set-Cookie") if "tablet" in text)  # type: ignore[attr-defined]
        assert cookie.startswith("__Host-tablet=") and "; Secure" in cookie and "Domain" not in cookie
        assert "Hvem er du?" in browser.get(TILES, base_url=base).text

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"name": " "}, "Skriv et navn"),
            ({"name": "x" * 61}, "Skriv højst 60 tegn."),
            ({"name": "010190-1234"}, "Skriv ikke CPR-numre her."),
            ({"place": "findes-ikke"}, "Det sted er her ikke nu."),
            ({"idle_minutes": "0"}, "Vælg et af tallene herunder."),
            ({"idle_minutes": "1e309"}, "Vælg et af tallene herunder."),
        ],
    )
    def test_what_cannot_be_gets_a_sentence(
        self, people: builders.World, client: CheckingClient, fields: dict[str, str], sentence: str
    ) -> None:
        answer = enrol(client, **fields)
        assert answer.status_code == 422 and sentence in answer.text
        assert who_is_in(client) == "Karen Kaj"

    def test_needs_who_she_is_shown_lately(self, people: builders.World, client: CheckingClient, clock: Clock) -> None:
        log_in(client, "karen")
        client.page(ENROL)
        clock.forward(minutes=20)
        answer = client.get(ENROL)
        assert (answer.status_code, answer.location) == (303, f"/konto/bekraeft?next={ENROL}")
        assert client.submit(answer.location, password=PASSWORD).location == ENROL
        assert client.submit(ENROL, {"place": "skuret", "name": "Ny"}, action=ENROL).location == TILES

    def test_again_ends_what_the_device_was(self, app: Flask, tablet: CheckingClient) -> None:
        type_pin(app, tablet, "rita")
        other = other_browser(app)
        cookie = tablet.get_cookie("session")
        assert cookie is not None
        other.set_cookie("session", cookie.value)
        assert who_is_in(other) == "Rita Ror"
        change(tablet)
        assert enrol(tablet, name="Ny").status_code == 303
        with app.app_context():
            rows = db.session.scalars(select(Tablet).order_by(Tablet.id)).all()
            assert [row.ended_at is None for row in rows] == [False, True]
        assert who_is_in(other) is None
        assert "Ny" in tablet.page(TILES).text


class TestTiles:
    """What a tablet shows to whoever stands before it."""

    def test_those_on_duty_here_and_the_others_by_letter_without_roles(
        self, app: Flask, tablet: CheckingClient
    ) -> None:
        page = tablet.page(TILES)
        links = [one for one in page.all("a") if f"{TILES}/" in one.get("href", "") and one.get("class") == "tile"]
        names = ["".join(link.itertext()).strip() for link in links]
        assert names == ["Svend Sejl", "Bent Bøje", "Karen Kaj", "Rita Ror", "Tove Tov"]
        assert [one.text for one in page.all("h2")] == ["B", "K", "R", "T"]
        for word in ("rådgiver", "teamleder", "tovholder", "Organisationen", "13"):
            assert word not in page.text

    def test_somebody_who_is_no_adviser_here_has_none(self, app: Flask, tablet: CheckingClient) -> None:
        with writing(app):
            builders.world("kysten", "k-")
        for name in ("lars", "k-rita"):
            tablet.page(person_url(app, name), 404)

    def test_the_cookie_alone_opens_the_tiles_and_public_pages_only(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        values = settled(app, clock, "kysten", "k-")
        opened = set()
        for rule, url in addresses(app, values):
            if "GET" in (rule.methods or set()) and needs_of(app, rule) not in OPEN:
                answer = tablet.get(url)
                if answer.status_code == 200:
                    opened.add(rule.endpoint)
                elif rule.endpoint != "tablets.pin":
                    assert (answer.status_code, answer.location) == (303, TILES), url
        assert opened <= {"tablets.pin", "tablets.wall"}, "the wall shows who is here, as the tiles do"

    def test_a_device_that_is_no_tablet_says_how_to_make_it_one(
        self, people: builders.World, app: Flask, client: CheckingClient
    ) -> None:
        page = client.page(TILES)
        assert "Denne tablet er ikke tilmeldt" in page.text and NO_LONGER not in page.text
        assert ENROL in [link.get("href") for link in page.all("a")]
        client.page(person_url(app, "rita"), 404)

    def test_the_last_contact_is_kept_each_minute_at_most(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        def contact() -> datetime:
            with app.app_context():
                return db.session.scalars(select(Tablet.last_contact_at)).one()

        enrolled_at = clock()
        clock.forward(seconds=59)
        tablet.page(TILES)
        assert contact() == enrolled_at
        clock.forward(seconds=1)
        tablet.page(TILES)
        assert contact() == clock()
        type_pin(app, tablet, "rita")
        clock.forward(seconds=int(SEEN_EVERY.total_seconds()))
        tablet.page(DAY)
        assert contact() == clock()


class TestSettings:
    """What leaders see of the tablets, and how they end one."""

    def test_each_tablet_with_place_who_enrolled_it_and_when(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        clock.forward(minutes=20)
        type_pin(app, tablet, "rita")
        leader = at_desk(app, "karen")
        words = " ".join(leader.page(SETTINGS).text.split())
        for part in ("Ved døren", "Skuret", "Karen Kaj", "13.30", "13.50"):
            assert part in words

    def test_a_team_leader_sees_and_ends_those_of_her_organisation_only(
        self, app: Flask, tablet: CheckingClient
    ) -> None:
        own = other_browser(app)
        assert enrol(own, "tove", name="Byens egen").status_code == 303
        leader = at_desk(app, "tove")
        page = leader.page(SETTINGS)
        assert "Byens egen" in page.text and "Ved døren" not in page.text
        with app.app_context():
            other = db.session.scalars(select(Tablet.id).where(Tablet.name == "Ved døren")).one()
        sent = dict(page.forms()[-1].fields)
        assert leader.post(f"{SETTINGS}/{other}/afslut", data=sent).status_code == 403
        assert "Hvem er du?" in tablet.page(TILES).text
        assert leader.submit(SETTINGS, action="/afslut").status_code == 303
        assert NO_LONGER in own.page(TILES).text

    def test_ending_logs_everybody_out_and_the_device_says_so_once(self, app: Flask, tablet: CheckingClient) -> None:
        type_pin(app, tablet, "rita")
        leader = at_desk(app, "karen")
        assert leader.submit(SETTINGS, action="/afslut").location == SETTINGS
        assert "Der er ingen tilmeldte tablets." in leader.page(SETTINGS).text
        assert tablet.get("/i-dag").location == TILES
        page = tablet.page(TILES)
        assert NO_LONGER in page.text and ENROL in [link.get("href") for link in page.all("a")]
        assert tablet.get_cookie("tablet") is None
        assert "/log-ind" in (tablet.get("/i-dag").location or "")

    @pytest.mark.t10
    def test_another_programmes_tablet_is_not_there(self, app: Flask, tablet: CheckingClient) -> None:
        with writing(app):
            builders.world("kysten", "k-")
            found = db.session.scalars(select(Tablet.id)).one()
        stranger = at_desk(app, "k-karen")
        assert "Ved døren" not in stranger.page(SETTINGS).text
        sent = {"csrf_token": dict(stranger.page(SETTINGS).forms()[0].fields)["csrf_token"]}
        assert stranger.post(f"{SETTINGS}/{found}/afslut", data=sent).status_code == 404
        assert "Hvem er du?" in tablet.page(TILES).text

    @pytest.mark.t10
    @pytest.mark.parametrize(("name", "code"), [("karen", 200), ("tove", 200), ("rita", 403), ("lars", 403)])
    def test_is_for_leaders(self, people: builders.World, client: CheckingClient, name: str, code: int) -> None:
        log_in(client, name)
        client.page(SETTINGS, code)
        client.page(ENROL, code)
