"""A resident page speaks the reader's language: how it is chosen, remembered, and what it does to data and times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from advice.actions.openings import refresh
from advice.config import Settings
from advice.database import db
from advice.models.hours import Closure
from advice.models.programmes import Programme
from advice.rules.languages import NAMES
from tests import builders
from tests.html_pages import Page
from tests.program import Clock
from tests.stored import writing
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t17

PLACE = "/havnen/skuret"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration: the invented people log in with a password alone."""
    return replace(settings, demo=True)


@pytest.fixture
def harbour(app: Flask, clock: Clock) -> int:
    """Havnen, in every language, with one closure for a usual reason and one for its own; gives its id."""
    with writing(app):
        world = builders.world()
        world.programme.languages = list(NAMES)
        world.programme.texts = {"bring": {"da": "Tag <dit> brev med", "en": "Bring your letter"}}
        for day, reason in ((date(2026, 11, 30), "Beboerhuset er udlejet"), (date(2026, 12, 7), "Stormflod")):
            closure = Closure(kind="once", first_date=day, last_date=day, reason={"da": reason})
            closure.programme_id = world.programme.id
            builders.added(closure)
        db.session.flush()
        refresh(world.programme.id, clock.now, app.extensions["advice"].timezone)
        return world.programme.id


def language(page: Page) -> tuple[str | None, str | None]:
    """The language and the direction of the whole page."""
    html = page.all("html")[0]
    return html.get("lang"), html.get("dir")


def offered(page: Page) -> dict[str, str]:
    """The links to other languages by their code."""
    return {str(a.get("hreflang")): str(a.get("href")) for a in page.all("a") if a.get("hreflang")}


def spans(page: Page, words: str) -> list[tuple[str | None, str | None]]:
    """Language and direction of the elements that hold exactly these words."""
    return [(e.get("lang"), e.get("dir")) for e in page.all("span") if (e.text or "").strip() == words]


@pytest.mark.usefixtures("harbour")
class TestChoice:
    """The address, then what was chosen before, then the browser."""

    def test_the_browsers_language_is_spoken_from_the_first_page_on(self, client: CheckingClient) -> None:
        answer = client.get(PLACE, headers={"Accept-Language": "ar-SY,ar;q=0.9,en;q=0.5"})
        assert language(Page(answer.text)) == ("ar", "rtl")
        assert "Set-Cookie" not in answer.headers

    def test_a_language_that_was_chosen_is_remembered_for_a_year(self, client: CheckingClient) -> None:
        answer = client.get(f"{PLACE}?lang=tr", headers={"Accept-Language": "ar"})
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert cookie.startswith("lang=tr; ")
        for part in ("HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={int(timedelta(days=365).total_seconds())}"):
            assert part in cookie
        later = client.get("/havnen/", headers={"Accept-Language": "ar"})
        assert language(Page(later.text)) == ("tr", "ltr")
        assert "Set-Cookie" not in later.headers

    def test_an_unknown_language_is_danish_and_not_remembered(self, client: CheckingClient) -> None:
        for wanted in ("xx", "", "de", "../../etc/passwd", "<script>"):
            answer = client.get(PLACE, query_string={"lang": wanted}, headers={"Accept-Language": "ar"})
            assert language(Page(answer.text)) == ("da", "ltr")
            assert "Set-Cookie" not in answer.headers

    def test_a_cookie_that_holds_nonsense_is_as_if_it_were_not_there(self, client: CheckingClient) -> None:
        client.set_cookie("lang", "x\\073; Path=/")
        answer = client.get(PLACE, headers={"Accept-Language": "pl"})
        assert language(Page(answer.text)) == ("pl", "ltr")

    def test_the_links_keep_the_question_and_say_each_language_in_its_own_words(self, client: CheckingClient) -> None:
        page = client.page("/havnen/?papir=A3&lang=en&x=1&tema=%C3%A6%26")
        assert list(offered(page)) == list(NAMES)
        assert offered(page)["ar"] == "/havnen/?papir=A3&tema=%C3%A6%26&lang=ar"
        current = [a for a in page.all("a") if a.get("hreflang") and a.get("aria-current")]
        assert [a.get("lang") for a in current] == ["en"]
        names = [a for a in page.all("a") if a.get("hreflang")]
        assert ["".join(a.itertext()).strip() for a in names] == list(NAMES.values())
        assert {a.get("lang") for a in names if a.get("dir") == "rtl"} == {"ar", "fa"}

    def test_staff_pages_and_their_errors_stay_danish(self, client: CheckingClient) -> None:
        client.get(f"{PLACE}?lang=ar")
        assert language(client.page("/log-ind")) == ("da", "ltr")
        assert language(client.page("/i-dag/findes-ikke?lang=ar", 404)) == ("da", "ltr")


def test_over_https_the_cookie_is_bound_to_its_host(harbour: int, app: Flask) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    answer = app.test_client().get(f"{PLACE}?lang=en")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-lang=en; ")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_a_programme_shows_the_languages_it_has_switched_on_and_the_front_page_those_of_all(
    app: Flask, client: CheckingClient, harbour: int, clock: Clock
) -> None:
    with writing(app):
        mine = db.session.get_one(Programme, harbour)
        mine.languages = ["da", "tr"]
        other = builders.world("byen", "b-")
        other.programme.languages = ["da", "pl", "zz"]
    assert list(offered(client.page("/havnen/"))) == ["da", "tr"]
    assert list(offered(client.page("/"))) == ["da", "tr", "pl"]
    assert language(client.page("/byen/?lang=tr")) == ("da", "ltr")
    assert language(client.page("/?lang=tr")) == ("tr", "ltr")


def test_a_coordinator_switches_on_the_languages_that_have_a_catalogue(
    app: Flask, client: CheckingClient, harbour: int
) -> None:
    assert client.submit("/log-ind", email="karen@example.org", password=builders.PASSWORD).status_code == 303
    url = "/indstillinger/helhedsplan"
    boxes = [box.get("value") for box in client.page(url).all("input") if box.get("name") == "languages"]
    assert boxes == list(NAMES)
    assert client.submit(url, action=url, languages=["da", "ku"]).status_code == 303
    assert list(offered(client.page("/havnen/"))) == ["da", "ku"]


def test_a_programme_in_danish_only_has_no_links_to_languages(app: Flask, client: CheckingClient, harbour: int) -> None:
    with writing(app):
        db.session.get_one(Programme, harbour).languages = ["da"]
    assert offered(client.page("/havnen/?lang=ar")) == {}


@pytest.mark.usefixtures("harbour")
class TestData:
    """Words of the programme, reasons, dates and times."""

    def test_words_that_lack_the_language_are_danish_and_say_so(self, client: CheckingClient) -> None:
        assert spans(client.page(f"{PLACE}?lang=ar"), "Tag <dit> brev med") == [("da", "ltr")]
        assert "Bring your letter" in client.page(f"{PLACE}?lang=en").text
        assert spans(client.page(f"{PLACE}?lang=da"), "Tag <dit> brev med") == []

    def test_a_usual_reason_is_translated_and_an_own_one_marked_danish(self, client: CheckingClient) -> None:
        page = client.page(f"{PLACE}?lang=en")
        assert "The community house is rented out" in page.text
        assert "Beboerhuset er udlejet" not in page.text
        assert set(spans(page, "Stormflod")) == {("da", "ltr")}

    def test_times_read_from_left_to_right_and_are_written_as_the_language_writes_them(
        self, client: CheckingClient
    ) -> None:
        for code, written in (("da", "13–16"), ("en", "13:00–16:00"), ("ar", "13:00–16:00"), ("fa", "13:00–16:00")):
            page = client.page(f"{PLACE}?lang={code}")
            isolated = ["".join(e.itertext()) for e in page.all("bdi") if e.get("dir") == "ltr"]
            assert written in isolated

    def test_days_are_written_as_the_language_writes_them(self, client: CheckingClient, clock: Clock) -> None:
        clock.now = datetime(2026, 11, 24, 12, tzinfo=UTC)
        for code, written in (
            ("da", "Mandag 30. november"),
            ("en", "Monday 30 November"),
            ("ar", "الاثنين، 30 نوفمبر"),
            ("tr", "30 Kasım Pazartesi"),
            ("uk", "Понеділок, 30 листопада"),
            ("so", "Isniin, 30 Noofeembar"),
            ("fa", "دوشنبه 30 نوامبر"),
            ("pl", "Poniedziałek, 30 listopada"),
            ("ku", "Duşem, 30ê mijdarê"),
        ):
            assert written in client.page(f"{PLACE}?lang={code}").text

    def test_a_page_in_another_language_says_that_nobody_has_reviewed_it(self, client: CheckingClient) -> None:
        assert "No native speaker has checked" in client.page(f"{PLACE}?lang=en").text
        assert "tjekket teksten" not in client.page(f"{PLACE}?lang=da").text

    def test_proper_names_are_set_apart_where_the_page_is_not_danish(self, client: CheckingClient) -> None:
        for code, marked in (("ar", [("da", "Skuret")]), ("da", [])):
            heading = client.page(f"{PLACE}?lang={code}").all("h1")[0]
            assert [(e.get("lang"), e.text) for e in heading.iter("bdi")] == marked
