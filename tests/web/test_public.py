"""The residents' pages: the sentence that matters first, the weeks, closures ahead, and addresses that lead nowhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from advice.database import begin_write, db
from advice.models.hours import ExtraOpening, HoursChange, WeeklyHours
from advice.models.places import Place, PlaceArea, ResidentialArea, Service
from advice.models.programmes import Programme
from tests import builders, residents
from tests.builders import added
from tests.queries import counted
from tests.residents import MONDAY, Harbour, reading, sentences
from tests.web_client import CheckingClient

MOST_QUERIES = 9
harbour = residents.harbour


@pytest.mark.parametrize(
    ("day", "hour", "minute", "words"),
    [
        (22, 20, 0, "Åbner i morgen kl. 13"),
        (23, 9, 0, "Åbner i dag kl. 13"),
        (23, 12, 59, "Åbner i dag kl. 13"),
        (23, 13, 0, "Åbent nu til kl. 16"),
        (23, 15, 59, "Åbent nu til kl. 16"),
        (23, 16, 0, "Åbner mandag 30. november kl. 13"),
        (24, 0, 0, "Åbner mandag kl. 13"),
    ],
)
def test_the_place_says_open_now_or_when_next(
    harbour: Harbour, client: CheckingClient, day: int, hour: int, minute: int, words: str
) -> None:
    harbour.at(day, hour, minute)
    assert sentences(client.page("/havnen/skuret"))[0] == words


@pytest.mark.usefixtures("process_timezone")
def test_the_clock_of_the_place_decides_whatever_the_zone_of_the_server(
    harbour: Harbour, client: CheckingClient
) -> None:
    harbour.at(23, 15, 59)
    assert sentences(client.page("/havnen/skuret")) == ["Åbent nu til kl. 16"]
    harbour.at(23, 16)
    assert sentences(client.page("/havnen/skuret")) == ["Åbner mandag 30. november kl. 13"]


def test_the_soonest_place_comes_first(harbour: Harbour, client: CheckingClient) -> None:
    assert sentences(client.page("/havnen/")) == ["Åbner i dag kl. 13", "Åbner onsdag kl. 9"]
    harbour.at(24, 9)
    page = client.page("/havnen/")
    assert sentences(page) == ["Åbner i morgen kl. 9", "Åbner mandag kl. 13"]


def test_a_closed_day_says_why_and_where_else_to_go(harbour: Harbour, client: CheckingClient) -> None:
    harbour.closed(MONDAY, MONDAY, "skuret", "Rummet er lejet ud")
    for address in ("/havnen/", "/havnen/skuret"):
        page = client.page(address)
        assert "Lukket i dag (Rummet er lejet ud)" in sentences(page)
        assert "Åbner igen mandag 30. november kl. 13–16." in reading(page)
        assert "Du kan også komme her" in reading(page)
        assert "onsdag kl. 9–12" in reading(page)


def test_a_public_holiday_is_named(harbour: Harbour, client: CheckingClient) -> None:
    harbour.clock.now = datetime(2027, 3, 29, 8, tzinfo=UTC)
    assert sentences(client.page("/havnen/skuret")) == ["Lukket i dag (Anden påskedag)"]


def test_the_weeks_show_changed_and_extra_hours(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing() as key:
        key |= {"place_id": harbour.places["kajen"], "service_id": harbour.service}
        moved = {"starts": time(10), "ends": time(11, 30), "reason": {"da": "Møde"}}
        added(HoursChange(day=date(2026, 11, 25), **moved, **key))
        added(ExtraOpening(day=date(2026, 12, 4), starts=time(18), ends=time(20), **key))
    for address in ("/havnen/", "/havnen/kajen"):
        text = reading(client.page(address))
        assert "10–11.30 ændret tid Møde" in text
        assert "18–20 ekstra åbent" in text
        assert "Fredag 4. december kl. 18–20" in text
    assert "ændret tid" not in client.page("/havnen/skuret").text


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (23, "Denne uge uge 48 mandag 23. nov. (i dag) 13–16 Næste uge uge 49 mandag 30. nov. 13–16"),
        (24, "Næste uge uge 49 mandag 30. nov. 13–16 Ugen efter uge 50 mandag 7. dec. 13–16"),
        (29, "Næste uge uge 49 mandag 30. nov. 13–16 Ugen efter uge 50 mandag 7. dec. 13–16"),
        (30, "Denne uge uge 49 mandag 30. nov. (i dag) 13–16 Næste uge uge 50 mandag 7. dec. 13–16"),
    ],
)
def test_days_gone_by_are_left_out_of_the_week(harbour: Harbour, client: CheckingClient, day: int, words: str) -> None:
    harbour.at(day, 9)
    assert words in client.page("/havnen/skuret").text.replace(" – ", "–")


def test_what_is_left_of_the_week_is_called_so(harbour: Harbour, client: CheckingClient) -> None:
    harbour.at(25, 9)
    text = client.page("/havnen/").text
    assert "Resten af ugen uge 48 onsdag 25. nov. (i dag) Kajen 9–12 Næste uge" in text.replace(" – ", "–")
    assert "23. nov." not in text


def test_an_opening_that_is_no_more_is_told_nowhere(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        for hours in db.session.query(WeeklyHours).filter_by(place_id=harbour.places["kajen"]):
            hours.valid_to = date(2026, 11, 22)
    text = reading(client.page("/havnen/kajen"))
    assert "Ingen åbningstider lige nu" in text
    assert "9–12" not in text + reading(client.page("/havnen/"))


def test_closures_ahead_name_days_places_and_reason(harbour: Harbour, client: CheckingClient) -> None:
    harbour.closed(date(2026, 12, 7), date(2026, 12, 18), reason="Ombygning")
    harbour.closed(date(2026, 12, 30), date(2026, 12, 30), "kajen", "Optælling")
    harbour.closed(date(2027, 2, 1), date(2027, 2, 10), reason="Langt ude")
    programme = reading(client.page("/havnen/"))
    assert "Mandag 7. december – onsdag 16. december (Ombygning) Alle steder lukket" in programme
    assert "Onsdag 30. december (Optælling) Kajen lukket" in programme
    assert "Langt ude" not in programme
    place = reading(client.page("/havnen/skuret"))
    assert "Mandag 7. december – mandag 14. december (Ombygning)" in place
    assert "Optælling" not in place


def test_a_closure_is_told_to_its_own_end_and_not_to_the_end_of_what_is_looked_at(
    harbour: Harbour, client: CheckingClient
) -> None:
    harbour.closed(date(2026, 11, 24), date(2027, 11, 30), "skuret", "Ombygning")
    harbour.at(24, 9)
    for address in ("/havnen/", "/havnen/skuret"):
        text = reading(client.page(address))
        assert "Mandag 30. november – mandag 29. november 2027 (Ombygning)" in text
    assert "Hver mandag kl. 13–16 lukket" in reading(client.page("/havnen/skuret"))
    assert "Hver onsdag kl. 9–12 lukket" not in reading(client.page("/havnen/kajen"))
    assert "Anden påskedag" not in reading(client.page("/havnen/skuret"))


def test_a_closure_beyond_what_is_stored_is_until_further_notice(harbour: Harbour, client: CheckingClient) -> None:
    harbour.closed(date(2027, 1, 11), date(2029, 1, 1), "skuret", "Ombygning")
    assert "Fra mandag 11. januar 2027 og indtil videre (Ombygning)" in reading(client.page("/havnen/skuret"))


def test_a_place_tells_where_it_is_and_what_one_gets(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing() as key:
        row = db.session.get_one(Place, harbour.places["skuret"])
        row.address, row.phone = "Kajgade 1", "00 00 00 01"
        area = added(ResidentialArea(code="nord", name="Nordhavnen", **key))
        added(PlaceArea(place_id=row.id, area_id=area.id, **key))
        programme = db.session.get_one(Programme, harbour.programme)
        programme.texts = {"bring": {"da": "Tag dit papir med"}, "for_whom": {"da": "Alle, der bor ved vandet"}}
        db.session.get_one(Service, harbour.service).target_group = {"da": "Målgruppen er bred, jf. aftalen"}
        for hours in db.session.query(WeeklyHours).filter_by(place_id=row.id):
            hours.decision = "besluttet på havnemødet"
    text = reading(client.page("/havnen/skuret"))
    for words in (
        "Kajgade 1",
        "00 00 00 01",
        "Nordhavnen",
        "Tag dit papir med",
        "Alle, der bor ved vandet",
        "Vand",
        "Organisationen huset",
    ):
        assert words in text
    assert "Målgruppen" not in text
    assert "Hver mandag kl. 13–16" in text
    assert "besluttet på havnemødet" not in text, "where it was decided is for the settings"
    assert "Kajgade" not in client.page("/havnen/kajen").text


def test_hours_that_begin_or_end_say_when(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing() as key:
        key |= {
            "place_id": harbour.places["kajen"],
            "service_id": harbour.service,
            "starts": time(14),
            "ends": time(15),
        }
        added(WeeklyHours(weekday=4, valid_from=date(2027, 1, 1), valid_to=date(2027, 6, 30), every_weeks=2, **key))
        added(WeeklyHours(weekday=5, valid_from=date(2020, 1, 1), valid_to=date(2020, 6, 30), **key))
    text = reading(client.page("/havnen/kajen"))
    assert "Hver anden fredag kl. 14–15, fra fredag 1. januar 2027, til og med onsdag 30. juni 2027" in text
    assert "lørdag" not in text


def test_the_calendar_can_be_subscribed_to(harbour: Harbour, client: CheckingClient) -> None:
    for address in ("/havnen/", "/havnen/skuret"):
        links = [str(a.get("href")) for a in client.page(address).all("a")]
        plain = f"http://localhost{address.rstrip('/')}/aabningstider.ics"
        assert plain in links
        assert plain.replace("http:", "webcal:") in links


def test_one_programme_is_the_front_page_and_two_are_listed(harbour: Harbour, client: CheckingClient) -> None:
    alone = client.page("/")
    assert sentences(alone) == ["Åbner i dag kl. 13", "Åbner onsdag kl. 9"]
    assert "Denne uge" in alone.text
    with harbour.app.app_context():
        begin_write()
        builders.world("skoven", "s-").programme.name = "Skoven"
        db.session.commit()
    both = client.page("/")
    assert "Denne uge" not in both.text
    assert {"/havnen/", "/skoven/"} <= {a.get("href") for a in both.all("a")}
    assert sentences(both) == ["Åbner i dag kl. 13", "Åbner onsdag kl. 9", *["Ingen åbningstider lige nu"] * 2]


def test_without_any_programme_the_front_page_still_makes_sense(client: CheckingClient) -> None:
    assert "Her er ingen åben rådgivning endnu." in client.page("/").text


def test_a_programme_without_places_and_a_place_without_hours_make_sense(
    harbour: Harbour, client: CheckingClient
) -> None:
    with harbour.changing() as key:
        added(Place(code="molen", slug="molen", name="Molen", room="Skuret på molen", **key))
        added(
            Programme(
                slug="tom",
                name="Tom",
                short_name="Tom",
                municipality="Tom",
                valid_from=date(2026, 1, 1),
                languages=["da"],
            )
        )
    page = client.page("/havnen/molen")
    assert sentences(page) == ["Ingen åbningstider lige nu"]
    assert "Ingen faste åbningstider." in page.text
    assert "Her er ingen steder endnu." in client.page("/tom/").text
    assert "Her er ingen steder endnu." in client.page("/").text


def test_a_place_closed_for_longer_than_anybody_looks_ahead_says_so(harbour: Harbour, client: CheckingClient) -> None:
    harbour.closed(date(2026, 11, 24), date(2027, 6, 1), "skuret", "Brand")
    harbour.at(24, 9)
    assert sentences(client.page("/havnen/skuret")) == ["Åbner mandag 7. juni 2027 kl. 13"]
    harbour.closed(date(2027, 6, 2), date(2029, 6, 1), "skuret", "Brand")
    page = client.page("/havnen/skuret")
    assert sentences(page) == ["Lukket (Brand)"]
    assert "Kajen" in page.text


def test_a_programme_that_has_ended_says_so(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).valid_to = date(2026, 11, 22)
    for address in ("/havnen/", "/havnen/skuret"):
        assert "sluttede søndag 22. november 2026" in client.page(address).text
    assert "Havnen" not in client.page("/").text


@pytest.mark.parametrize(
    "address",
    [
        "/skoven/", "/Havnen/", "/havnen/Skuret", "/havnen/molen", "/havnen/skuret%20",
        "/havnen%0a/", "/havnen%00/", "/havnen/%00", "/havnen/skuret/mere", "/h%C3%A6vnen/", "/havnen-/",
    ],
)  # fmt: skip
@pytest.mark.both_engines
def test_an_address_that_leads_nowhere_is_not_found(harbour: Harbour, client: CheckingClient, address: str) -> None:
    assert "Siden findes ikke" in client.page(address, 404).text


def test_a_slash_too_many_leads_to_the_place(harbour: Harbour, client: CheckingClient) -> None:
    """Posters are typed from; an address that is nearly right must lead there."""
    answer = client.get("/havnen/skuret/")
    assert (answer.status_code, answer.location) == (308, "/havnen/skuret")
    asked = client.get("/havnen/skuret/?lang=ar&tema=%0d%0a%C3%A6")
    assert (asked.status_code, str(asked.location).lower()) == (308, "/havnen/skuret?lang=ar&tema=%0d%0a%c3%a6")


def test_a_place_that_has_ended_is_not_found(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        db.session.get_one(Place, harbour.places["kajen"]).valid_to = date(2026, 11, 22)
    client.page("/havnen/kajen", 404)
    assert "Kajen" not in client.page("/havnen/").text


@pytest.mark.both_engines
def test_a_page_costs_the_same_few_queries_however_much_there_is(harbour: Harbour, client: CheckingClient) -> None:
    addresses = ("/", "/havnen/", "/havnen/skuret")

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with counted() as sent:
                client.page(address)
            found.append(len(sent))
        return found

    few = costs()
    with harbour.changing() as key:
        for number in range(20):
            place = added(Place(code=f"p{number}", slug=f"p{number}", name=f"Sted {number}", room="Rum", **key))
            row = {"place_id": place.id, "service_id": harbour.service, "valid_from": date(2026, 1, 1), **key}
            for weekday in range(5):
                added(WeeklyHours(weekday=weekday, starts=time(9), ends=time(12), **row))
    for number in range(3):
        with harbour.app.app_context():
            begin_write()
            builders.world(f"havn{number}", f"{number}-")
            db.session.commit()
    many = costs()
    assert many[1:] == few[1:]
    assert 0 < min(few + many) <= max(few + many) <= MOST_QUERIES


def test_search_engines_are_sent_past_the_staffs_addresses_only(client: CheckingClient) -> None:
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    rules = answer.text.splitlines()
    assert rules[0] == "User-agent: *"
    assert {"Disallow: /vagtplan/", "Disallow: /henvendelser$", "Disallow: /kalender/", "Disallow: /log-ind?"} <= set(
        rules
    )
    # No rule without an end: it would hold for programmes whose names only begin like it.
    assert all(rule[-1] in "$/?" and rule.count("/") <= 2 and rule != "Disallow: /" for rule in rules[1:])
    assert not [rule for rule in rules if "static" in rule]


def test_the_sign_is_there_for_those_who_ask_for_it_by_its_old_name(client: CheckingClient) -> None:
    with client.get("/favicon.ico") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert b"<svg" in answer.data
