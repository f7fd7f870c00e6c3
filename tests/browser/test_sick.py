"""Half past seven, on a phone: two fall ill the same morning, and the second who is asked says yes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from advice.actions import openings
from advice.config import Settings
from advice.database import db
from advice.models.outbox import Mail
from advice.models.people import Person
from advice.models.roster import Shift
from tests import builders, standing_clock
from tests.browser.conftest import NewContext, StartServer
from tests.builders import PASSWORD
from tests.plans import WEDNESDAY
from tests.program import Clock
from tests.stored import writing

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def clock() -> Clock:
    """Wednesday, half past seven in Denmark."""
    return Clock(datetime(2026, 11, 25, 6, 30, tzinfo=UTC))


def faults(page: Page) -> list[str]:
    """What axe finds in light and dark, the targets that are too small, and whether it must be scrolled sideways."""
    told = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        told += [f"{scheme}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
    small = page.locator("main .button:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent)"
    )
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*told, *(f"too small: {one}" for one in small), *(["wider than the phone"] if wide else [])]


def test_two_fall_ill_the_same_morning_and_the_second_asked_says_yes(
    app: Flask, database_url: str, settings: Settings, live_server: StartServer, new_context: NewContext, clock: Clock
) -> None:  # fmt: skip
    with writing(app):
        world = builders.world()
        openings.refresh(world.programme.id, clock(), settings.timezone)
        for name in ("rita", "svend"):
            builders.shift(world, name, "kajen", WEDNESDAY, 9, 12)
        for person in db.session.scalars(select(Person)):
            person.phone = "20 30 40 50"
    server = live_server(database_url, standing_clock.APPLICATION, TEST_NOW=clock().isoformat(), ADVICE_DEMO="1")
    phone = new_context(viewport={"width": 360, "height": 740}).new_page()
    phone.goto(f"{server.url}/log-ind?next=/vagtplan")
    phone.get_by_label("E-mail").fill("karen@example.org")
    phone.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name="Syg eller væk i dag").click()
    assert faults(phone) == []
    for name in ("Rita Ror", "Svend Sejl"):
        phone.get_by_label(re.compile(name)).check()
    phone.get_by_role("button", name="Aflys vagterne og find afløsere").click()
    expect(phone.get_by_role("status")).to_contain_text("2 vagter er aflyst")
    expect(phone.get_by_role("heading", level=2)).to_have_text(["Kajen i dag kl. 9–12"] * 2)
    for box in phone.locator("summary").all():
        box.click()
    assert faults(phone) == []
    first = phone.locator("section").first
    expect(first.get_by_role("link", name="Ring Bent Bøje")).to_have_attribute("href", "tel:20304050")
    for name in ("Bent Bøje", "Tove Tov"):
        first.get_by_label(name).check()
    first.get_by_role("button", name="Send mail").click()
    expect(phone.get_by_role("status")).to_contain_text("2 er spurgt på mail.")

    answers = {name: new_context(viewport={"width": 360, "height": 740}).new_page() for name in ("bent", "tove")}
    for name, button in (("bent", "Nej, jeg kan ikke"), ("tove", "Ja, jeg tager den")):
        answers[name].goto(server.url + link_to(app, name))
        assert faults(answers[name]) == []
        answers[name].get_by_role("button", name=button).click()
    expect(answers["bent"].get_by_role("status")).to_contain_text("Du har sagt nej.")
    expect(answers["tove"].get_by_role("heading", level=1)).to_have_text("Du har vagten")
    answers["bent"].reload()
    expect(answers["bent"].locator("main")).to_contain_text("Tove Tov har vagten nu.")

    phone.goto(f"{server.url}/vagtplan/huller")
    phone.get_by_role("heading", level=2).wait_for()
    phone.get_by_text("Uden afløser").click()
    phone.get_by_role("button", name="Hold åbent med færre").click()
    expect(phone.get_by_role("status").first).to_contain_text("Der holdes åbent med færre")
    assert faults(phone) == []
    with app.app_context():
        new = db.session.scalars(select(Shift).where(Shift.replaces_id.is_not(None))).one()
        assert (new.person.name, new.starts) == ("Tove Tov", time(9))


def link_to(app: Flask, name: str) -> str:
    """The path of the link in the mail that asks somebody."""
    with app.app_context():
        asked = Mail.kind == "stand_in_asked", Mail.to_address == f"{name}@example.org"
        found = re.search(r"https?://\S+", db.session.scalars(select(Mail.body).where(*asked)).one() or "")
        assert found
        return urlsplit(found[0]).path
