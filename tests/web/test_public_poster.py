"""The poster: hours in the languages chosen, the address as a QR code, and what happens to a choice that cannot be."""

from __future__ import annotations

import re
from datetime import date

import pytest
import segno

from advice.config import ROOT
from advice.database import db
from advice.models.hours import WeeklyHours
from advice.models.notices import ResidentNotice
from advice.models.programmes import Programme
from advice.public import poster
from tests import residents
from tests.builders import added
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
        ("?lang=so", ["da", "so", "en", "ar"]),
        ("?lang=en", ["da", "en", "ar", "tr"]),
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
    assert page.all("html")[0].get("lang") == (query.partition("lang=")[2] or "da")


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


def columns(page: Page) -> dict[str, str]:
    """What the sheet says in each language, above the code."""
    sheet = page.all("article")[0]
    return {str(one.get("lang")): " ".join("".join(one.itertext()).split()) for one in sheet.iter("section")}


def test_each_language_says_the_closures_and_what_the_code_is_for(speaking: Harbour, client: CheckingClient) -> None:
    day = residents.MONDAY.replace(day=30)
    speaking.closed(day, day, "skuret", "Ferie")
    said = columns(client.page(f"{POSTER}?sprog=da,en,tr"))
    assert "Mandag 30. november: lukket (Ferie)" in said["da"]
    assert "Monday 30 November: closed (Holiday)" in said["en"] and "Scan the code" in said["en"]
    assert "30 Kasım Pazartesi" in said["tr"]


def test_a_place_that_is_closed_for_long_says_so_instead_of_its_usual_hours(
    speaking: Harbour, client: CheckingClient
) -> None:
    speaking.closed(date(2026, 11, 24), date(2027, 6, 1), "skuret", "Ombygning")
    speaking.at(24, 9)
    said = columns(client.page(f"{POSTER}?sprog=da,en"))
    assert "Lukket (Ombygning)Åbner mandag 7. juni 2027 kl. 13" in said["da"] and "Hver mandag" not in said["da"]
    assert "Opens Monday 7 June 2027" in said["en"] and "Every Monday" not in said["en"]
    speaking.closed(date(2027, 6, 2), date(2029, 1, 1), "skuret", "Ombygning")
    said = columns(client.page(f"{POSTER}?sprog=da,en"))
    assert said["da"].startswith("Lukket (Ombygning) Fra mandag 30. november og indtil videre: lukket (Ombygning)")
    assert "Every Monday" not in said["en"]


def test_a_place_without_hours_says_in_each_language_that_the_code_knows(
    speaking: Harbour, client: CheckingClient
) -> None:
    with speaking.changing():
        db.session.query(WeeklyHours).update({"valid_to": date(2026, 11, 22)})
    said = columns(client.page(f"{POSTER}?sprog=en,tr&lang=da"))
    assert "Scan koden" not in " ".join(said.values())
    assert said["en"].startswith("Scan the code")
    assert "okutun" in said["tr"]


def test_names_are_set_apart_where_the_sheet_is_not_danish(speaking: Harbour, client: CheckingClient) -> None:
    sheet = client.page(f"{POSTER}?sprog=ar").all("article")[0]
    assert {"Havnen", "Skuret", "Huset ved Skuret"} <= {e.text for e in sheet.iter("bdi") if e.get("lang") == "da"}


def test_a_long_theme_is_cut_at_a_word_and_the_type_gets_smaller(speaking: Harbour, client: CheckingClient) -> None:
    with speaking.changing() as key:
        dates = {"first_date": residents.MONDAY, "last_date": residents.MONDAY}
        long = {"da": "Sejl med os hele vinteren & få kaffe. " * 20}
        row = added(ResidentNotice(kind="theme", labels={"da": "Vil du sejle?"}, text=long, **dates, **key)).id
    page = client.page(f"{POSTER}?tema={row}")
    text = " ".join("".join(page.all("article")[0].itertext()).split())
    assert "Læs mere: scan koden." in text and "&amp;" not in text
    assert 150 < len(text.partition("Vil du sejle?")[2].partition(" …")[0]) <= poster.MOST_TEXT
    assert text.count("Vil du sejle?") == 1, "who reads another language is told what it has in it"

    def size_of(page: Page) -> int:
        found = page.all("article")[0].get("class", "").rpartition("fit-")[2]
        return int(found)

    assert size_of(page) < size_of(client.page(f"{POSTER}?sprog=da")) == poster.SIZES[0]


def test_there_is_a_style_for_every_size_of_type() -> None:
    css = (ROOT / "static/poster.css").read_text(encoding="utf-8")
    assert [int(one) for one in re.findall(r"^\.fit-(\d+) ", css, re.MULTILINE)] == list(poster.SIZES)


@pytest.mark.parametrize(
    "address", [f"{POSTER}?tema=1", f"{POSTER}?tema=x", "/havnen/molen/plakat", "/skoven/x/plakat"]
)
def test_a_poster_that_is_not_there_is_not_found(harbour: Harbour, client: CheckingClient, address: str) -> None:
    client.page(address, 404)
