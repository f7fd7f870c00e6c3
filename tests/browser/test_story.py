"""One afternoon of åben rådgivning, end to end, in the real browser.

A resident sees the places and their hours; an adviser logs a visit, and the right number on /maal changes and no
other; a planner adds a shift, and it stands in that person's calendar. Told once for each demo programme and once
for a third programme, which exists only as a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from advice.actions.programmes import exchange
from advice.database import begin_write, db
from advice.demo import loader
from advice.formats.programme_file import document
from advice.models.indicators import Indicator, Objective
from advice.models.programmes import Organisation, Programme
from tests import builders, standing_clock
from tests.browser.conftest import StartServer
from tests.browser.demonstration import COPENHAGEN, NOW, load_demo, log_in, the_database
from tests.builders import World

THIRD = Path(__file__).parent.parent / "programmes" / "third.toml"

ADDRESS = "main a[href^='http'][href*='/kalender/']"
NewContext = Callable[..., BrowserContext]
Count = tuple[str, str, str]
"""Indicator id, period, first day."""


def load_third() -> None:
    """Import the file, and add three people by hand: all that a new municipality needs."""
    begin_write()
    exchange.import_programme(document.read(THIRD.read_bytes(), NOW.date()), NOW, COPENHAGEN)
    programme = db.session.scalars(select(Programme)).one()
    organisation = db.session.scalars(select(Organisation)).one()
    world = World(programme, organisations={"hus": organisation})
    for name, role in (("Frida Fjord", "coordinator"), ("Mads Mole", "adviser"), ("Nina Næs", "adviser")):
        builders.member(world, builders.person(name), "hus", role)
    db.session.commit()


@dataclass(frozen=True)
class Story:
    """What differs from one programme to the next: its people, its words, its hours."""

    slug: str
    load: Callable[[], None]
    password: str
    hours: dict[str, str]
    adviser: str
    taps: tuple[str, ...]
    indicator: str
    planner: str
    colleague: str
    colleague_email: str
    place: str
    day: str
    summary: str
    promises: bool
    """Whether the programme has agreed on what makes people dare come."""


STORIES = (
    Story(
        slug="aktiv",
        load=load_demo,
        password=loader.PASSWORD,
        hours={
            "Stenbjergparken": "Hver mandag kl. 12–17",
            "Kløver-/Hvedemarken": "Hver tirsdag kl. 12–17",
            "Nørager og Søstjernevej m.fl.": "Hver torsdag kl. 12–17",
        },
        adviser="hugo.hassel@example.org",
        taps=("Skat", "Ikke nået"),
        indicator="ikke-naaet",
        planner="alma.ahorn@example.org",
        colleague="Rosa Rønne",
        colleague_email="rosa.roenne@example.org",
        place="Stenbjergparken",
        day="2026-11-28",
        summary="Stenbjergparken",
        promises=True,
    ),
    Story(
        slug="en-faelles-indsats",
        load=load_demo,
        password=loader.PASSWORD,
        hours={
            "Ringparken": "Hver tirsdag kl. 10–12",
            "Sydbyen": "Hver onsdag kl. 10–12",
            "Motalavej": "Hver torsdag kl. 13–15",
        },
        adviser="vera.viol@example.org",
        taps=("Søge job", "Borgersamtale"),
        indicator="borgersamtaler",
        planner="sune.slaaen@example.org",
        colleague="Yrsa Ympe",
        colleague_email="yrsa.ympe@example.org",
        place="Motalavej",
        day="2026-11-28",
        summary="Motalavej",
        promises=True,
    ),
    Story(
        slug="fjordbyen",
        load=load_third,
        password=builders.PASSWORD,
        hours={
            "Pakhuset": "Hver mandag kl. 13–16.15",
            "Vaskehuset": "Hver lørdag kl. 10–13",
            "Bogbussen": "Hver anden onsdag kl. 15–18",
            "Roklubben": "Hver fredag kl. 8–10.30",
        },
        adviser="mads.mole@example.org",
        taps=("Elregning", "Kaffesnak"),
        indicator="kaffesnakke",
        planner="frida.fjord@example.org",
        colleague="Nina Næs",
        colleague_email="nina.næs@example.org",
        place="Vaskehuset",
        day="2026-11-28",
        summary="Vaskehuset",
        promises=False,
    ),
)


def the_doors(page: Page, url: str, story: Story) -> None:
    """A resident finds every place from the front page, with its hours."""
    page.goto(f"{url}/{story.slug}/")
    promised = page.get_by_text("Du behøver ikke sige dit navn.")
    expect(promised).to_have_count(1 if story.promises else 0)
    for place, hours in story.hours.items():
        page.goto(f"{url}/{story.slug}/")
        page.get_by_role("link", name=place, exact=True).first.click()
        expect(page.get_by_role("heading", level=1, name=place)).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(hours)


def counts(page: Page, url: str) -> dict[Count, int]:
    """Every number that /maal counts from the log."""
    page.goto(f"{url}/maal")
    found = page.locator("[data-indicator]").evaluate_all(
        "all => all.map(one => [one.dataset.indicator, one.dataset.period, one.dataset.first, one.dataset.value])"
    )
    assert found
    return {(indicator, period, first): int(value) for indicator, period, first, value in found}


def log_a_visit(page: Page, url: str, story: Story) -> None:
    page.goto(f"{url}/i-dag")
    for words in story.taps:
        page.get_by_role("main").get_by_label(re.compile(rf"^{re.escape(words)}\b")).first.check()
    page.get_by_role("button", name="Gem henvendelse").click()
    expect(page.get_by_text("Gemt kl. 13.30")).to_be_visible()


def changed(before: dict[Count, int], after: dict[Count, int]) -> dict[Count, int]:
    """By how much each number moved; one that is shown from its first visit on stood at 0."""
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in before.keys() | after.keys()}
    return {key: by for key, by in moved.items() if by}


def indicator_ids(story: Story) -> set[str]:
    """The indicator in the agreement that is in force; the one of the same code that has ended must not move."""
    rows = db.session.execute(
        select(Indicator.id, Objective.agreement_id)
        .join(Objective, Objective.id == Indicator.objective_id)
        .join(Programme, Programme.id == Indicator.programme_id)
        .where(Programme.slug == story.slug, Indicator.code == story.indicator)
    ).all()
    newest = max(agreement for _, agreement in rows)
    return {str(key) for key, agreement in rows if agreement == newest}


def add_a_shift(page: Page, url: str, story: Story) -> None:
    page.goto(f"{url}/vagtplan/2026-48")
    page.get_by_role("link", name="Tilføj vagt").first.click()
    page.get_by_label("Sted").select_option(label=story.place)
    page.get_by_label("Dag").fill(story.day)
    page.get_by_label("Fra kl.").fill("9.30")
    page.get_by_label("Til kl.").fill("11")
    who = page.get_by_label("Person")
    option = who.locator("option").filter(has_text=story.colleague)
    who.select_option(value=option.first.get_attribute("value"))
    page.get_by_role("button", name="Gem vagten").click()
    expect(page.get_by_role("main").get_by_text(story.colleague).first).to_be_visible()


def own_calendar(page: Page, url: str) -> Calendar:
    """Make a calendar address, see it once, and read what a calendar program would read."""
    page.goto(f"{url}/mine-vagter")
    page.get_by_role("button", name="Lav kalenderadresse").or_(
        page.get_by_role("button", name="Lav en ny adresse")
    ).click()
    address = page.locator(ADDRESS).get_attribute("href")
    assert address
    answer = page.request.get(address.replace("https://", "http://"))
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/calendar")
    page.goto(f"{url}/mine-vagter")
    assert page.locator(ADDRESS).count() == 0
    return Calendar.from_ical(answer.body())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_one_afternoon_from_the_door_to_the_count(
    story: Story, database_url: str, live_server: StartServer, new_context: NewContext
) -> None:
    with the_database(database_url):
        story.load()
        right = indicator_ids(story)
    url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url

    the_doors(new_context().new_page(), url, story)

    tablet = log_in(new_context(viewport={"width": 820, "height": 1180}), url, story.adviser, story.password)
    before = counts(tablet, url)
    log_a_visit(tablet, url, story)
    moved = changed(before, counts(tablet, url))
    assert {indicator for indicator, _, _ in moved} == right
    assert set(moved.values()) == {1}

    planner = log_in(new_context(), url, story.planner, story.password)
    add_a_shift(planner, url, story)

    colleague = log_in(new_context(), url, story.colleague_email, story.password)
    starts = {event.decoded("DTSTART"): str(event["SUMMARY"]) for event in own_calendar(colleague, url).walk("VEVENT")}
    day = datetime.fromisoformat(f"{story.day}T09:30").replace(tzinfo=COPENHAGEN)
    assert story.summary in starts[day]
