"""Errors at residents' addresses: in the reader's language, and with a way on to the programme's places."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text

from advice.config import Settings
from advice.database import db
from advice.models.places import Place
from advice.models.programmes import Programme
from tests import builders, residents
from tests.builders import PASSWORD
from tests.html_pages import Page
from tests.residents import Harbour, reading
from tests.stored import writing
from tests.web_client import CheckingClient

harbour = residents.harbour
LOST = "/havnen/findes-ikke"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration: the invented people log in with a password alone."""
    return replace(settings, demo=True)


@pytest.fixture(autouse=True)
def spoken(harbour: Harbour) -> None:
    """Havnen speaks three languages."""
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).languages = ["da", "en", "ar"]


def language(page: Page) -> tuple[str | None, str | None]:
    html = page.all("html")[0]
    return html.get("lang"), html.get("dir")


def offered(page: Page) -> dict[str, str]:
    return {str(a.get("hreflang")): str(a.get("href")) for a in page.all("a") if a.get("hreflang")}


def led_to(page: Page) -> list[str]:
    """Where the links of main lead."""
    return [str(a.get("href")) for a in page.all("main")[0].iter("a")]


def test_an_unknown_address_of_a_programme_speaks_the_chosen_language_and_leads_to_its_places(
    client: CheckingClient,
) -> None:
    page = client.page(f"{LOST}?lang=ar", 404)
    assert language(page) == ("ar", "rtl")
    assert offered(page) == {code: f"{LOST}?lang={code}" for code in ("da", "en", "ar")}
    assert led_to(page) == ["/havnen/skuret", "/havnen/kajen", "/havnen/"]
    assert "Siden findes ikke" not in page.text
    assert language(client.page("/havnen/skuret")) == ("ar", "rtl"), "the choice is remembered there, too"


def test_the_browser_is_asked_where_nothing_was_chosen(client: CheckingClient) -> None:
    answer = client.get(LOST, headers={"Accept-Language": "en"})
    assert language(Page(answer.text)) == ("en", "ltr") and "Set-Cookie" not in answer.headers
    assert language(Page(client.get(LOST, headers={"Accept-Language": "pl"}).text)) == ("da", "ltr")


@pytest.mark.parametrize("address", ["/findes-ikke/", "/Havnen/skuret", "/wp-login.php/"])
def test_an_address_of_no_programme_leads_to_the_only_one(client: CheckingClient, address: str) -> None:
    page = client.page(f"{address}?lang=en", 404)
    assert language(page) == ("en", "ltr") and led_to(page)[-1] == "/havnen/"


def test_with_several_programmes_each_error_tells_of_its_own_only(app: Flask, client: CheckingClient) -> None:
    with writing(app):
        other = builders.world("byen", "b-")
        other.programme.languages = ["da", "pl"]
    page = client.page(f"{LOST}?lang=pl", 404)
    assert language(page) == ("da", "ltr") and list(offered(page)) == ["da", "en", "ar"]
    assert not [url for url in led_to(page) if not url.startswith("/havnen/")]
    page = client.page("/findes-ikke/?lang=pl", 404)
    assert language(page) == ("pl", "ltr") and list(offered(page)) == ["da", "en", "ar", "pl"]
    assert led_to(page) == ["/"]


def test_an_old_poster_of_a_place_that_has_ended_says_so_and_where_to_go(
    client: CheckingClient, harbour: Harbour
) -> None:
    with harbour.changing():
        db.session.get_one(Place, harbour.places["kajen"]).valid_to = date(2026, 11, 22)
    for address in ("/havnen/kajen", "/havnen/kajen/plakat"):
        page = client.page(address, 404)
        assert reading(page).startswith("Kajen Her er ikke åben rådgivning mere. Du kan komme her Skuret")
        assert led_to(page) == ["/havnen/skuret", "/havnen/"]


def test_a_programme_that_has_ended_is_not_told_of_elsewhere(client: CheckingClient, harbour: Harbour) -> None:
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).valid_to = date(2026, 11, 22)
    page = client.page("/havnen/skuret/x/y", 404)
    assert led_to(page) == ["/"] and "Skuret" not in page.text


def test_somebody_logged_in_finds_back_to_the_staffs_pages(client: CheckingClient) -> None:
    client.submit("/log-ind", email="karen@example.org", password=PASSWORD)
    page = client.page(f"{LOST}?lang=ar", 404)
    assert language(page) == ("da", "ltr") and "Vagtplan" in page.text


def test_without_a_database_the_sentence_is_there_in_the_readers_language(
    client: CheckingClient, harbour: Harbour, app: Flask
) -> None:
    with writing(app):
        db.session.execute(text("ALTER TABLE programmes RENAME TO gone"))
    for code, headers in (("da", {}), ("ar", {"Accept-Language": "ar"})):
        answer = client.get(LOST, headers=headers)
        page = Page(answer.text)
        assert answer.status_code in (404, 503) and language(page)[0] == code and offered(page) == {}
        assert led_to(page) == ["/"]
