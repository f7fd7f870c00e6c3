"""A place's page besides its hours: help, languages, how busy it is, notices, the map, and its weight."""

from __future__ import annotations

import gzip
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from flask import Flask

from advice.actions.openings import refresh
from advice.config import ROOT
from advice.database import db
from advice.models import programmes
from advice.models.catalogue import PICTURES, TopicGroup
from advice.models.notices import ResidentNotice
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.models.roster import Competence, MembershipCompetence, Shift
from advice.models.visits import Visit
from advice.public.words import PROMISE
from advice.rules.languages import NAMES
from tests import builders, residents
from tests.builders import added
from tests.html_pages import Page
from tests.logged_visits import Taps, visit
from tests.program import Clock
from tests.programme_console import Console
from tests.residents import MONDAY, Harbour, reading
from tests.stored import writing
from tests.web_client import CheckingClient

harbour = residents.harbour
MOST_BYTES = 30_000
PLACE = "/havnen/skuret"


def drawings(page: Page) -> list[str]:
    """The lines of each drawing in the list of what one gets help with."""
    lists = [one for one in page.all("ul") if one.get("class") == "help"]
    return [path.get("d", "") for path in lists[0].iter("{http://www.w3.org/2000/svg}path")]


def test_each_kind_of_help_has_its_drawing(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing() as key:
        for number, name in enumerate(PICTURES):
            added(TopicGroup(code=name, labels={"da": f"Hjælp {number}"}, picture=name, position=number + 1, **key))
    found = drawings(client.page(PLACE))
    assert len(found) == len(PICTURES) + 1
    assert len(set(found)) == len(PICTURES), "a group without a drawing has that of `more`, the others their own"
    assert "" not in found


@pytest.mark.both_engines
def test_the_languages_are_those_of_the_people_on_duty_next_and_nobody_is_named(
    harbour: Harbour, client: CheckingClient
) -> None:
    with harbour.changing() as key:
        for code, who, place, day, starts, status in (
            ("ar", "rita", "skuret", MONDAY, 13, "active"),
            ("tr", "svend", "skuret", MONDAY, 13, "cancelled"),
            ("pl", "bent", "kajen", MONDAY, 13, "active"),
            ("so", "tove", "skuret", MONDAY + timedelta(days=7), 13, "active"),
            ("uk", "karen", "skuret", MONDAY, 9, "active"),
        ):
            row = added(Competence(code=code, kind="language", language=code, labels={"da": code}, **key))
            member = harbour.world.members[who]
            added(MembershipCompetence(membership_id=member.id, competence_id=row.id, **key))
            builders.shift(harbour.world, who, place, day, starts, starts + 3, status=status)
    text = client.page(PLACE).text.replace(" – ", "–")
    assert "Vi taler dansk العربية I dag kl. 13–16" in text
    for words in ("Türkçe", "polski", "Soomaali", "українська", "Rita", "Ror"):
        assert words not in text
    with harbour.changing():
        db.session.query(Shift).filter_by(status="active").update({"status": "cancelled"})
    assert "العربية" not in reading(client.page(PLACE))


def busy_days(harbour: Harbour, days: int, visits: int, hour: int = 14) -> None:
    """So many visits an hour on each of the last Mondays."""
    with harbour.changing():
        for week in range(1, days + 1):
            for _ in range(visits):
                visit(harbour.world, "rita", MONDAY - timedelta(weeks=week), Taps())
        db.session.query(Visit).update({"local_hour": hour})
        days_open = [MONDAY - timedelta(weeks=week) for week in range(1, days + 1)]
        for day in days_open:
            harbour.opened("skuret", day, time(13), time(16))


@pytest.mark.both_engines
def test_how_busy_it_is_stands_in_words_once_enough_days_are_known(harbour: Harbour, client: CheckingClient) -> None:
    busy_days(harbour, 4, 8)
    assert "Er der travlt?" not in reading(client.page(PLACE))
    with harbour.changing():
        harbour.opened("skuret", MONDAY - timedelta(weeks=5), time(13), time(16))
    text = reading(client.page(PLACE))
    assert "Er der travlt? I dag kl. 13–16 13–14 ofte roligt 14–15 ofte travlt 15–16 ofte roligt" in text
    assert "Er der travlt?" not in reading(client.page("/havnen/kajen"))


def test_a_handful_of_visits_is_never_turned_into_words(harbour: Harbour, client: CheckingClient) -> None:
    busy_days(harbour, 8, 2)
    assert "Er der travlt?" not in reading(client.page(PLACE))


def test_notices_stand_from_their_first_to_their_last_day_and_only_where_they_belong(
    harbour: Harbour, client: CheckingClient
) -> None:
    with harbour.changing() as key:
        key |= {"first_date": MONDAY, "last_date": date(2026, 11, 24), "kind": "notice"}
        added(ResidentNotice(labels={"da": "Brug bagdøren"}, text={"da": "Vi maler"}, **key))
        added(ResidentNotice(labels={"da": "Kajen er glat"}, place_id=harbour.places["kajen"], **key))
    assert "Brug bagdøren Vi maler" in client.page(PLACE).text
    assert "Kajen er glat" not in client.page(PLACE).text
    assert "Kajen er glat" in client.page("/havnen/").text
    harbour.at(25, 9)
    assert "Brug bagdøren" not in client.page(PLACE).text


def test_a_theme_leads_to_its_poster(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing() as key:
        key |= {"first_date": MONDAY, "last_date": MONDAY, "place_id": harbour.places["skuret"]}
        row = added(ResidentNotice(kind="theme", labels={"da": "Vil du lære at sejle?"}, **key)).id
    links = [a.get("href") for a in client.page(PLACE).all("a") if "".join(a.itertext()) == "Print som plakat"]
    assert links == [f"{PLACE}/plakat?tema={row}"]
    assert "Vil du lære at sejle?" in client.page(links[0] or "").all("h2")[0].itertext()


def promising(harbour: Harbour, words: str, slug: str = "havnen") -> None:
    """Let a programme promise something."""
    with harbour.changing():
        db.session.query(Programme).filter_by(slug=slug).update({"texts": {"promise": {"da": words}}})


def test_nothing_is_promised_that_the_programme_has_not_agreed_to(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).languages = ["da", "en"]
    addresses = ("/", "/havnen/", PLACE, f"{PLACE}/plakat")
    for address in addresses:
        assert "Gratis" not in client.get(address).text
    promising(harbour, PROMISE)
    for address in addresses:
        assert PROMISE in reading(client.page(address))
    assert "Free. No appointment." in reading(client.page(f"{PLACE}?lang=en")), "the usual words are translated"
    promising(harbour, "Kom, som du er.")
    for address in addresses:
        text = reading(client.page(f"{address}?lang=da"))
        assert "Kom, som du er." in text and PROMISE not in text


def test_the_front_page_promises_what_all_its_programmes_promise(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        builders.world("skoven", "s-")
    promising(harbour, PROMISE)
    assert PROMISE not in client.page("/").text
    promising(harbour, PROMISE, "skoven")
    assert PROMISE in client.page("/").text
    promising(harbour, "Kom, som du er.", "skoven")
    assert PROMISE not in client.page("/").text


def test_what_is_known_of_the_next_opening_is_told_when_it_is_near(harbour: Harbour, client: CheckingClient) -> None:
    busy_days(harbour, 6, 8)
    harbour.closed(MONDAY, MONDAY + timedelta(days=13), "skuret")
    text = reading(client.page(PLACE))
    assert "Er der travlt?" in text and "Vi taler" in text
    harbour.closed(MONDAY + timedelta(days=14), MONDAY + timedelta(days=14), "skuret")
    text = reading(client.page(PLACE))
    assert "Er der travlt?" not in text and "Vi taler" not in text


def test_a_theme_for_all_places_leads_to_a_poster_at_each(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing() as key:
        key |= {"first_date": MONDAY, "last_date": MONDAY, "kind": "theme"}
        row = added(ResidentNotice(labels={"da": "Vil du lære at sejle?"}, **key)).id
    links = {str(a.get("href")) for a in client.page("/havnen/").all("a")}
    assert {f"/havnen/{place}/plakat?tema={row}" for place in ("skuret", "kajen")} <= links
    assert f"{PLACE}/plakat?tema={row}" in {str(a.get("href")) for a in client.page(PLACE).all("a")}


def test_a_row_of_names_has_the_comma_of_the_script(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).languages = ["da", "ar"]
        db.session.get_one(Place, harbour.places["skuret"]).address = "Kajgade 1"
    assert "Huset ved Skuret, Kajgade 1" in reading(client.page("/havnen/"))
    assert "Huset ved Skuret، Kajgade 1" in reading(client.page("/havnen/?lang=ar"))


def test_the_map_is_a_link_and_nothing_is_fetched_from_it(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        row = db.session.get_one(Place, harbour.places["skuret"])
        row.address, row.phone = "Kajgade 1 & 2", "00 00 00 01"
    page = client.page(PLACE)
    links = {"".join(a.itertext()).strip(): a.get("href") for a in page.all("a")}
    assert links["Vis på kort"] == "https://www.openstreetmap.org/search?query=Kajgade%201%20%26%202%2C%20Pr%C3%B8veby"
    assert links["Ring 00 00 00 01"] == "tel:00000001"
    loaded = [element.get("src") or element.get("href") for element in page.all("img", "script", "link", "iframe")]
    assert not [address for address in loaded if address and address.startswith("http")]


@pytest.mark.parametrize("address", ["/", "/havnen/", PLACE, f"{PLACE}/plakat"])
def test_a_page_and_its_styles_are_small(harbour: Harbour, client: CheckingClient, address: str) -> None:
    assert weight(client, address) <= MOST_BYTES


def weight(client: CheckingClient, address: str) -> int:
    """Bytes of a page and its styles, as they come over the network."""
    answer = client.get(address)
    bodies = [answer.data]
    for link in Page(answer.text).all("link"):
        if link.get("rel") == "stylesheet":
            with client.get(link.get("href", "")) as style:
                bodies.append(style.data)
    assert len(bodies) >= 3
    return sum(len(gzip.compress(body)) for body in bodies)


def test_the_fullest_page_of_the_demonstration_is_small(
    app: Flask, client: CheckingClient, clock: Clock, tmp_path: Path
) -> None:
    Console(app, tmp_path).bring((ROOT / "advice/demo/aktiv.toml").read_text(encoding="utf-8"))
    with writing(app):
        for row in programmes.everything():
            refresh(row.id, clock(), app.extensions["advice"].timezone)
            same = {"programme_id": row.id, "first_date": clock().date(), "last_date": clock().date()}
            for kind in ("notice", "notice", "theme"):
                words = {"labels": {"da": "Kom forbi mandag"}, "text": {"da": f"{kind}, og mere om det. " * 20}}
                added(ResidentNotice(kind=kind, **words, **same))
    for address in ("/aktiv/", "/aktiv/stenbjergparken", "/aktiv/stenbjergparken/plakat"):
        for language in NAMES:
            assert weight(client, f"{address}?lang={language}") <= MOST_BYTES, f"{address} {language}"
