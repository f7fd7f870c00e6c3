"""Those who have no PIN yet at a shared tablet, what changing advisers leaves there, and the way to one more tablet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.accounts import Passkey, TotpSecret
from advice.models.people import Person
from tests import builders, tablet_screens
from tests.builders import PASSWORD, World
from tests.html_pages import Page
from tests.stored import writing
from tests.tablet_screens import DAY, SETTINGS, TILES, TODAY, at_desk, log_in, person_url, type_pin, who_is_in
from tests.web_client import CheckingClient

settings, people, tablet = tablet_screens.settings, tablet_screens.people, tablet_screens.tablet
pytestmark = pytest.mark.usefixtures("people")
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
NEVER = "har ikke været inde endnu"


def never_in(app: Flask, name: str) -> None:
    """Somebody who has not taken up her invitation."""
    with writing(app):
        hers = Person.email == f"{name}@example.org"
        db.session.execute(update(Person).where(hers).values(password_hash=None, pin_hash=None))


def passkey_of(name: str) -> Passkey:
    """A passkey that nobody can use. In a write transaction."""
    who = db.session.scalars(select(Person.id).where(Person.email == f"{name}@example.org")).one()
    return Passkey(person_id=who, name="min telefon", created_at=NOW, credential_id=b"x", public_key=b"")


def tiles(page: Page) -> list[str]:
    """What stands on the tiles."""
    return [" ".join("".join(one.itertext()).split()) for one in page.all("a") if f"{TILES}/" in one.get("href", "")]


def test_whoever_has_never_been_in_is_not_among_the_others(app: Flask, tablet: CheckingClient) -> None:
    assert "Bent Bøje" in tiles(tablet.page(TILES)), "she has a password, and no PIN"
    never_in(app, "bent")
    page = tablet.page(TILES)
    assert tiles(page)[:-1] == ["Svend Sejl", "Karen Kaj", "Rita Ror", "Tove Tov"]  # the last link is to the wall
    assert "åbn først linket i din invitation" in page.text


def test_on_duty_her_tile_says_so_and_leads_to_how_she_gets_in(
    app: Flask, tablet: CheckingClient, people: World
) -> None:
    with writing(app):
        builders.shift(people, "bent", "skuret", TODAY, 13, 16)
    never_in(app, "bent")
    assert tiles(tablet.page(TILES))[:2] == [f"Bent Bøje {NEVER}", "Svend Sejl"]
    page = tablet.page(person_url(app, "bent"))
    assert "Åbn linket i din invitation" in page.text and "bed din teamleder" in page.text
    assert page.forms() == [] and "/log-ind" not in [link.get("href") for link in page.all("a")]


class TestAnAppAndNoPin:
    """The real thing, where a password alone is not enough elsewhere."""

    @pytest.fixture
    def at_work(self, app: Flask, settings: Settings, tablet: CheckingClient) -> CheckingClient:
        """The tablet; Bent has an authenticator and no PIN."""
        with writing(app):
            bent = db.session.scalars(select(Person.id).where(Person.email == "bent@example.org")).one()
            now = settings.clock()
            db.session.add(TotpSecret(person_id=bent, sealed="x", created_at=now, confirmed_at=now))
        real = create_app(replace(settings, demo=False))
        real.test_client_class = CheckingClient
        browser = real.test_client()
        assert isinstance(browser, CheckingClient)
        cookie = tablet.get_cookie("tablet")
        assert cookie is not None
        browser.set_cookie("tablet", cookie.value)
        return browser

    def test_her_tile_says_how_to_get_a_pin_and_lets_her_in_with_her_password(
        self, app: Flask, at_work: CheckingClient
    ) -> None:
        page = at_work.page(person_url(app, "bent"))
        assert "gå til Min konto, og vælg en pinkode" in page.text
        link = next(one for one in page.all("a") if one.get("href") == "/log-ind")
        assert "Log ind med e-mail og adgangskode" in "".join(link.itertext())
        answer = at_work.submit("/log-ind", email="bent@example.org", password=PASSWORD)
        assert answer.status_code == 303 and "/log-ind" not in answer.location
        assert at_work.get("/i-dag").status_code == 200

    def test_her_code_is_asked_for_nowhere_on_the_tablet(self, at_work: CheckingClient) -> None:
        assert log_in(at_work, "bent").status_code == 303
        assert "Bent Bøje" in at_work.page("/i-dag").text

    def test_whoever_has_no_password_reads_of_the_pin_only(self, app: Flask, at_work: CheckingClient) -> None:
        with writing(app):
            hers = Person.email == "bent@example.org"
            db.session.execute(update(Person).where(hers).values(password_hash=None))
            builders.added(passkey_of("bent"))
        page = at_work.page(person_url(app, "bent"))
        assert "gå til Min konto, og vælg en pinkode" in page.text
        assert "/log-ind" not in [link.get("href") for link in page.all("a")]


def test_changing_takes_nothing_that_waits_on_the_device_and_staff_pages_are_kept_nowhere(
    app: Flask, tablet: CheckingClient
) -> None:
    assert type_pin(app, tablet, "rita").status_code == 303
    for url in (DAY, "/henvendelser", "/vagtplan/2026-48"):
        assert "no-store" in tablet.get(url).headers["Cache-Control"]
    answer = tablet_screens.change(tablet)
    assert "Clear-Site-Data" not in answer.headers
    assert who_is_in(tablet) is None and "Hvem er du?" in tablet.page(TILES).text


class TestOneMore:
    """The address that a leader reads aloud, or that a camera reads."""

    def test_stands_there_whole_and_as_a_picture(self, app: Flask, settings: Settings) -> None:
        base = "https://raad.example.org"
        public = create_app(replace(settings, base_url=base))
        browser = public.test_client()
        token = browser.get("/log-ind", base_url=base).text.partition('name="csrf_token" value="')[2].partition('"')[0]
        fields = {"email": "karen@example.org", "password": PASSWORD, "csrf_token": token}
        browser.post("/log-ind", base_url=base, data=fields, headers={"Referer": f"{base}/log-ind"})
        text = browser.get(SETTINGS, base_url=base).text
        page = Page(text)
        address = next(one for one in page.all("a") if one.get("href") == "/tablet/tilmeld")
        assert "".join(address.itertext()) == f"{base}/tablet/tilmeld"
        assert "<svg" in text.partition("QR-kode med adressen")[2]
        assert "virker kun på denne computer" not in text

    def test_says_where_it_reaches_only_this_computer(self, app: Flask) -> None:
        assert "virker kun på denne computer" in at_desk(app, "karen").page(SETTINGS).text
