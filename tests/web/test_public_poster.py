"""The poster: hours in the languages chosen, the address as a QR code, and what happens to a choice that cannot be."""

from __future__ import annotations

import pytest
import segno

from advice.database import db
from advice.models.programmes import Programme
from tests import residents
from tests.html_pages import Page
from tests.residents import Harbour, reading
from tests.web_client import CheckingClient

harbour = residents.harbour
POSTER = "/havnen/skuret/plakat"


@pytest.fixture
def speaking(harbour: Harbour) -> Harbour:
    """Havnen in six languages."""
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).languages = ["da", "en", "ar", "tr", "pl", "so"]
    return harbour


def said_in(page: Page) -> list[str]:
    """The languages on the sheet, in order."""
    sheet = page.all("article")[0]
    return list(dict.fromkeys(str(one.get("lang")) for one in sheet.iter() if one.get("lang") and one.tag == "section"))


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("", ["da", "en", "ar", "tr"]),
        ("?sprog=ar", ["ar"]),
        ("?sprog=tr&sprog=ar", ["ar", "tr"]),
        ("?sprog=ar,tr,da", ["da", "ar", "tr"]),
        ("?sprog=uk,xx,<b>", ["da", "en", "ar", "tr"]),
    ],
)
def test_the_poster_speaks_the_languages_chosen(
    speaking: Harbour, client: CheckingClient, query: str, languages: list[str]
) -> None:
    page = client.page(f"{POSTER}{query}")
    assert said_in(page) == languages
    assert page.all("html")[0].get("lang") == "da"


def test_the_poster_says_when_and_where(speaking: Harbour, client: CheckingClient) -> None:
    text = reading(client.page(f"{POSTER}?sprog=da&sprog=en"))
    assert "Hver mandag kl. 13–16" in text
    assert "13:00–16:00" in text, "English hours as the English write them"
    assert "localhost/havnen/skuret" in text
    assert "Huset ved Skuret" in text


def test_more_than_four_languages_are_refused_at_the_field_and_stay_ticked(
    speaking: Harbour, client: CheckingClient
) -> None:
    page = client.page(f"{POSTER}?sprog=da,en,ar,tr,pl", 422)
    assert "Vælg højst fire sprog." in page.text
    ticked = [box.get("value") for box in page.all("input") if box.get("name") == "sprog" and "checked" in box.attrib]
    assert ticked == ["da", "en", "ar", "tr", "pl"]
    assert len(said_in(page)) == 4


def test_the_code_leads_to_the_place(harbour: Harbour, client: CheckingClient) -> None:
    drawn = segno.make("http://localhost/havnen/skuret", error="q", micro=False)
    expected = drawn.svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    assert expected in client.get(POSTER).text


@pytest.mark.parametrize(("query", "size"), [("", "a4"), ("?papir=a3", "a3"), ("?papir=b7", "a4")])
def test_the_paper_is_a4_or_a3(harbour: Harbour, client: CheckingClient, query: str, size: str) -> None:
    sheet = client.page(f"{POSTER}{query}").all("article")[0]
    assert size in sheet.get("class", "").split()


def test_closures_ahead_stand_on_the_poster(harbour: Harbour, client: CheckingClient) -> None:
    harbour.closed(residents.MONDAY.replace(day=30), residents.MONDAY.replace(day=30), "skuret", "Storm")
    assert "Mandag 30. november: lukket (Storm)" in reading(client.page(POSTER))


@pytest.mark.parametrize(
    "address", [f"{POSTER}?tema=1", f"{POSTER}?tema=x", "/havnen/molen/plakat", "/skoven/x/plakat"]
)
def test_a_poster_that_is_not_there_is_not_found(harbour: Harbour, client: CheckingClient, address: str) -> None:
    client.page(address, 404)
