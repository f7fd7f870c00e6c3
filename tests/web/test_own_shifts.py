"""Mine vagter: own shifts, and the calendar address that is shown once."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from advice.config import Settings
from advice.database import db
from advice.models.people import FeedToken, Person
from tests import builders
from tests.calendars import events
from tests.html_pages import Page
from tests.program import Clock
from tests.queries import counted
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

TODAY = date(2026, 11, 23)
URL = "/mine-vagter"
TOKEN = re.compile(r"/kalender/([\w-]{43})\.ics")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in."""
    return replace(settings, demo=True)


@pytest.fixture
def world(app: Flask) -> builders.World:
    """Havnen, without shifts."""
    return stored_world(app)


@pytest.fixture
def rita(client: CheckingClient, world: builders.World) -> CheckingClient:
    """Rita's browser, logged in."""
    return logged_in(client, world, "rita")


def logged_in(client: CheckingClient, world: builders.World, name: str) -> CheckingClient:
    """A browser in which a member has logged in."""
    assert name in world.members
    assert client.submit("/log-ind", email=f"{name}@example.org", password=builders.PASSWORD).status_code == 303
    return client


def press(client: CheckingClient, what: str) -> TestResponse:
    """Press one of the two buttons of the calendar address."""
    forms = [form for form in client.page(URL).forms() if ("adresse", what) in form.fields]
    assert len(forms) == 1
    return client.post(forms[0].action, data=dict(forms[0].fields))


def buttons(page: Page) -> set[str]:
    """What can be done with the address."""
    return {value for form in page.forms() for name, value in form.fields if name == "adresse"}


def feed_of(answer: TestResponse) -> str:
    """The path of the address that a page shows."""
    found = TOKEN.search(answer.text)
    assert found, Page(answer.text).text
    return found[0]


def lead(page: Page) -> str:
    """The sentence that matters first."""
    (found,) = [line for line in page.all("p") if line.get("class") == "lead"]
    return " ".join("".join(found.itertext()).split())


def items(page: Page, heading: str) -> list[str]:
    """The shifts listed under a heading or in a folded box, as a reader sees them."""
    for part in page.all("section", "details"):
        words = " ".join("".join(part.itertext()).split())
        if words.startswith(heading):
            return [" ".join("".join(line.itertext()).split()) for line in part.iter("li")]
    return []


def test_the_next_shift_comes_first(rita: CheckingClient, world: builders.World, app: Flask) -> None:
    with writing(app):
        builders.shift(world, "rita", "kajen", TODAY + timedelta(days=2), 9, 12)
        builders.shift(world, "rita", "skuret", TODAY, 13, 16)
        builders.shift(world, "svend", "skuret", TODAY, 8, 10)
    page = rita.page(URL)
    assert lead(page) == "Din næste vagt: i dag kl. 13–16, Skuret"
    ahead = items(page, "Kommende vagter")
    assert [line.split("·")[0].strip() for line in ahead] == ["man. 23. nov.", "ons. 25. nov."]
    assert "Kajen" in ahead[1] and "huset" in ahead[1]


def test_a_shift_is_ahead_until_it_ends(rita: CheckingClient, world: builders.World, app: Flask, clock: Clock) -> None:
    with writing(app):
        builders.shift(world, "rita", "skuret", TODAY, 13, 16)
    clock.now = datetime(2026, 11, 23, 14, 59, tzinfo=UTC)
    logged_in(rita, world, "rita")
    assert len(items(rita.page(URL), "Kommende vagter")) == 1
    clock.forward(minutes=1)
    page = rita.page(URL)
    assert items(page, "Kommende vagter") == []
    assert len(items(page, "De sidste fire uger")) == 1
    assert lead(page) == "Du har ingen kommende vagter."


def test_the_past_four_weeks_are_folded_newest_first(rita: CheckingClient, world: builders.World, app: Flask) -> None:
    with writing(app):
        for days in (29, 28, 7):
            builders.shift(world, "rita", "skuret", TODAY - timedelta(days=days), 13, 16)
    page = rita.page(URL)
    past = items(page, "De sidste fire uger")
    assert [line.split("·")[0].strip() for line in past] == ["man. 16. nov.", "man. 26. okt."]
    assert all("open" not in box.attrib for box in page.all("details"))


def test_a_cancelled_shift_says_so_and_is_not_the_next(rita: CheckingClient, world: builders.World, app: Flask) -> None:
    with writing(app):
        made = datetime(2026, 11, 20, tzinfo=UTC)
        gone = {"status": "cancelled", "sequence": 1, "changed_at": made}
        builders.shift(world, "rita", "skuret", TODAY, 14, 16, **gone)
        builders.shift(world, "rita", "kajen", TODAY + timedelta(days=2), 9, 12)
    page = rita.page(URL)
    assert lead(page) == "Din næste vagt: onsdag 25. november kl. 9–12, Kajen"
    assert items(page, "Kommende vagter")[0].endswith("aflyst")


def test_shifts_of_both_programmes_are_there_whichever_is_active(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    with writing(app):
        other = builders.world("bjerget", "b")
        person = db.session.get_one(Person, world.members["rita"].person_id)
        del other.members["rita"]
        builders.member(other, person, "byen", "adviser")
        builders.shift(world, "rita", "skuret", TODAY, 13, 16)
        builders.shift(other, "rita", "kajen", TODAY + timedelta(days=2), 9, 12)
    page = logged_in(client, world, "rita").page(URL)
    ahead = items(page, "Kommende vagter")
    assert ["Havnen" in line for line in ahead] == [True, False]
    assert ["Bjerget" in line for line in ahead] == [False, True]
    assert "den anden helhedsplan" in page.text


def test_the_page_takes_as_many_queries_for_sixty_shifts_as_for_none(
    rita: CheckingClient, world: builders.World, app: Flask
) -> None:
    rita.page(URL)
    with counted() as few:
        rita.page(URL)
    with writing(app):
        for days in range(60):
            builders.shift(world, "rita", "skuret", TODAY + timedelta(days=days), 13, 16)
    with counted() as many:
        rita.page(URL)
    assert len(few) == len(many) <= 14, many


def test_the_address_is_shown_once_and_opens_the_own_feed(
    rita: CheckingClient, world: builders.World, app: Flask
) -> None:
    with writing(app):
        builders.shift(world, "rita", "skuret", TODAY, 13, 16)
    answer = press(rita, "ny")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    path = feed_of(answer)
    links = [link.get("href") for link in Page(answer.text).all("a")]
    assert f"webcal://localhost{path}" in links and f"http://localhost{path}" in links
    assert [event["SUMMARY"] for event in events(rita.get(path).data)] == ["Vagt: Skuret · rådgiver, huset"]
    assert "Lav en adresse" not in answer.text
    again = rita.page(URL)
    assert "Lav en adresse" not in again.text
    assert path not in rita.get(URL).text
    assert "Du har en adresse. Den er lavet mandag 23. november 2026" in again.text
    assert buttons(again) == {"ny", "luk"}


def test_once_there_is_an_address_it_can_be_replaced_and_the_page_says_what_that_does(
    rita: CheckingClient, world: builders.World
) -> None:
    replace_it = "Lav en ny adresse (den gamle holder op med at virke)"
    assert replace_it not in rita.page(URL).text
    made = press(rita, "ny").text
    assert replace_it in made and replace_it in rita.page(URL).text
    press(rita, "luk")
    assert "Lav kalenderadresse" in rita.page(URL).text


def test_the_page_tells_what_calendars_do_not_do(rita: CheckingClient, world: builders.World) -> None:
    page = rita.page(URL)
    assert "Google henter kun nyt hver 8.–24. time" in page.text
    assert buttons(page) == {"ny"}
    made = Page(press(rita, "ny").text).text
    assert all(name in made for name in ("Google Kalender", "Outlook", "iPhone"))


def test_a_new_address_kills_the_old_one(rita: CheckingClient, world: builders.World) -> None:
    first, second = feed_of(press(rita, "ny")), feed_of(press(rita, "ny"))
    assert (rita.get(first).status_code, rita.get(second).status_code) == (404, 200)


def test_closing_the_address_kills_it(rita: CheckingClient, world: builders.World) -> None:
    path = feed_of(press(rita, "ny"))
    answer = press(rita, "luk")
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    assert "Adressen er lukket." in rita.page(URL).text
    assert rita.get(path).status_code == 404
    assert buttons(rita.page(URL)) == {"ny"}


def test_the_base_url_stands_in_the_address_where_it_is_set(app: Flask, world: builders.World) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], base_url="https://raad.example.org")
    browser = app.test_client()
    assert isinstance(browser, CheckingClient)
    answer = press(logged_in(browser, world, "rita"), "ny")
    path = feed_of(answer)
    links = [link.get("href") for link in Page(answer.text).all("a")]
    assert f"webcal://raad.example.org{path}" in links and f"https://raad.example.org{path}" in links


@pytest.mark.t9
def test_the_address_is_in_no_log_and_no_cookie(
    rita: CheckingClient, world: builders.World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = press(rita, "ny")
        rita.get(feed_of(answer))
    token = TOKEN.search(answer.text)
    assert token and token[1] not in caplog.text
    assert token[1] not in str(answer.headers)


@pytest.mark.parametrize("wanted", [None, "", "slet", "ny\x00"])
def test_a_button_that_is_not_there_changes_nothing(
    rita: CheckingClient, world: builders.World, wanted: str | None
) -> None:
    path = feed_of(press(rita, "ny"))
    form = rita.page(URL).forms()[-1]
    fields = {**dict(form.fields), "adresse": wanted}
    answer = rita.post(URL, data={name: value for name, value in fields.items() if value is not None})
    assert answer.status_code == 422
    assert "Vælg, om du vil lave en adresse eller lukke den." in answer.text
    assert rita.get(path).status_code == 200


def test_a_forged_request_makes_no_address(rita: CheckingClient, app: Flask) -> None:
    assert rita.post(URL, data={"adresse": "ny"}).status_code == 400
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FeedToken)) == 0


def test_who_is_not_logged_in_is_sent_to_log_in(client: CheckingClient, world: builders.World) -> None:
    assert "/log-ind" in client.get(URL).headers["Location"]


def test_a_reader_has_no_shifts_to_see(client: CheckingClient, world: builders.World) -> None:
    lars = logged_in(client, world, "lars")
    assert lars.get(URL).status_code == 403
    forms = lars.page("/log-ind").forms()
    token = next(value for form in forms for name, value in form.fields if name == "csrf_token")
    assert lars.post(URL, data={"adresse": "ny", "csrf_token": token}).status_code == 403
