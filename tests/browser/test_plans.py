"""A plan of six weeks for the demonstration, laid as two organisations lay it, in the real browser.

Weeks are repeated round three absences and a closed day, the other organisation says yes with nothing but a keyboard,
and then the board, a calendar and the outbox say the same.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from advice import web, work
from advice.database import db
from advice.demo import loader
from advice.models.outbox import Mail
from advice.models.people import Person
from advice.models.roster import Shift
from advice.roster import telling
from tests import standing_clock
from tests.browser.conftest import NewContext, StartServer
from tests.browser.test_story import NOW, load_demo, log_in, own_calendar, the_database

FIRST, LAST = date(2027, 1, 18), date(2027, 2, 28)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AWAY = (("Bo Birk", date(2027, 1, 18)), ("Dan Dild", date(2027, 1, 25)), ("Rosa Rønne", date(2027, 2, 1)))
CLOSED = date(2027, 2, 9)


def checked(page: Page) -> None:
    """No fault that axe knows on the page, and nothing outside the screen."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def absence(page: Page, url: str, who: str, monday: date) -> None:
    """A week of somebody's, entered by whoever plans for her."""
    page.goto(f"{url}/vagtplan/fravaer")
    page.get_by_text("Meld fravær for en anden").click()
    person = page.get_by_label("Person")
    option = person.locator("option").filter(has_text=who).first
    person.select_option(value=option.get_attribute("value"))
    page.get_by_label("Fra og med").first.fill(monday.isoformat())
    page.get_by_label("Til og med").first.fill((monday + timedelta(days=6)).isoformat())
    page.get_by_role("button", name="Meld fravær").click()
    expect(page.get_by_role("status").first).to_contain_text("Gemt:")


def close_a_day(page: Page, url: str, day: date) -> None:
    """The house is let out."""
    page.goto(f"{url}/indstillinger/aabningstider/luk")
    page.get_by_label("Fra og med").fill(day.isoformat())
    page.get_by_label("Til og med").fill(day.isoformat())
    page.get_by_label("Grund", exact=True).select_option(label="Beboerhuset er udlejet")
    page.get_by_role("button", name="Se, hvad det ændrer").click()
    page.get_by_role("button", name="Ja, gem").click()
    expect(page.get_by_role("status").first).to_contain_text("Gemt")


def press(page: Page, name: str) -> None:
    """Reach a button or link with Tab alone, and press it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        words = page.evaluate("(document.activeElement.innerText || document.activeElement.value || '').trim()")
        if " ".join(words.split()) == name:
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"no way to {name!r} with Tab on {page.url}")


def plan_of_six_weeks(page: Page, url: str) -> str:
    """Karen's quick way: a name, the days, the last four weeks repeated."""
    page.goto(f"{url}/vagtplan/planlaeg/")
    page.get_by_label("Navn").fill("Seks uger")
    page.get_by_label("Fra og med").fill(FIRST.isoformat())
    page.get_by_label("Til og med").fill(LAST.isoformat())
    page.get_by_label("Gentag").select_option("13")
    page.get_by_role("button", name="Læg planen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Seks uger")
    return page.url


@pytest.mark.t8
def test_six_weeks_are_laid_by_two_organisations(
    database_url: str, live_server: StartServer, new_context: NewContext
) -> None:
    with the_database(database_url):
        load_demo()
    url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
    alma = log_in(new_context(viewport={"width": 1280, "height": 900}), url, "alma.ahorn@example.org", loader.PASSWORD)
    for who, monday in AWAY:
        absence(alma, url, who, monday)
    checked(alma)
    close_a_day(alma, url, CLOSED)

    plan = plan_of_six_weeks(alma, url)
    checked(alma)
    expect(alma.get_by_text(re.compile(r"Der er lukket|Væk")).first).to_be_attached()
    alma.get_by_role("button", name="Send til dem, der skal sige ja").click()
    expect(alma.get_by_role("status").first).to_contain_text("1 leder er spurgt")

    gry = log_in(new_context(viewport={"width": 820, "height": 1180}), url, "gry.gran@example.org", loader.PASSWORD)
    gry.goto(plan)
    checked(gry)
    press(gry, "Sig ja til planen")
    expect(gry.get_by_role("status").first).to_contain_text("Alle har sagt ja. Planen gælder nu")

    with the_database(database_url):
        tomorrow = replace(web.settings(), clock=lambda: NOW + timedelta(days=1))
        work.run_queues(tomorrow, {"shift_news": telling.tell_everybody})
        rows = db.session.scalars(
            select(Shift).where(Shift.day.between(FIRST, LAST), Shift.status == "active", Shift.programme_id == 1)
        ).all()
        laid = [(row.person.name, row.day, row.starts, row.place.name) for row in rows]
        told = set(db.session.scalars(select(Mail.to_address).where(Mail.kind == telling.KIND)))
        names = dict(db.session.execute(select(Person.name, Person.email)).all())
    assert len(laid) > 30
    assert not [one for one in laid if one[1] == CLOSED]
    for who, monday in AWAY:
        assert not [one for one in laid if one[0] == who and monday <= one[1] < monday + timedelta(days=7)], who
    assert told == {names[name] for name, *_ in laid} - {"gry.gran@example.org"}

    who = next(name for name, *_ in laid if name != "Gry Gran")
    page = log_in(new_context(viewport={"width": 360, "height": 800}), url, names[who], loader.PASSWORD)
    days = {event.decoded("DTSTART").date() for event in own_calendar(page, url).walk("VEVENT")}
    assert {day for name, day, *_ in laid if name == who} <= days
    page.goto(f"{url}/vagtplan/kvartal/2027-1")
    expect(page.get_by_text(who).first).to_be_visible()
    checked(page)


@pytest.mark.t16
def test_a_shift_is_added_moved_and_taken_off_in_a_plan_with_the_keyboard_alone(
    database_url: str, live_server: StartServer, new_context: NewContext
) -> None:
    with the_database(database_url):
        load_demo()
    url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
    alma = log_in(new_context(viewport={"width": 1280, "height": 900}), url, "alma.ahorn@example.org", loader.PASSWORD)
    plan = plan_of_six_weeks(alma, url)
    alma.goto(f"{plan}/2027-03")
    checked(alma)
    press(alma, "Tilføj vagt Stenbjergparken mandag 18. januar")
    alma.get_by_label("Person").focus()
    alma.keyboard.type("Rosa")
    press(alma, "Læg i planen")
    expect(alma.get_by_role("status").first).to_contain_text("Lagt i planen: Rosa Rønne, Stenbjergparken")
    alma.locator("a.shift[href*=aendring]").filter(has_text="Rosa Rønne").first.focus()
    alma.keyboard.press("Enter")
    expect(alma.get_by_role("dialog").get_by_role("heading", level=1)).to_have_text("Rosa Rønne")
    alma.get_by_label("Sted").focus()
    alma.keyboard.type("Kløver")
    alma.get_by_label("Dag").fill("2027-01-19")
    press(alma, "Gem i planen")
    expect(alma.get_by_role("status").first).to_contain_text("Rosa Rønne, Kløver-/Hvedemarken tirsdag 19. januar")
    alma.locator("a.shift[href*=aendring]").filter(has_text="Rosa Rønne").first.focus()
    alma.keyboard.press("Enter")
    expect(alma.get_by_role("dialog").get_by_role("heading", level=1)).to_have_text("Rosa Rønne")
    checked(alma)
    press(alma, "Tag ud af planen")
    expect(alma.get_by_role("status").first).to_contain_text("Taget ud af planen: Rosa Rønne")
