"""Mødt and Gået on a shared tablet in the real browser, and without a network; the leader's page beside it."""

from __future__ import annotations

from datetime import date, time

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from advice.database import db
from advice.models.presence import Presence
from tests import builders, standing_clock
from tests.browser.conftest import NewContext, StartServer
from tests.builders import PASSWORD
from tests.program import Clock
from tests.stored import stored_world, writing
from tests.tablet_screens import PINS, give_pins

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TODAY = date(2026, 11, 23)


@pytest.fixture
def url(app: Flask, database_url: str, live_server: StartServer, clock: Clock) -> str:
    """The program on a Monday at 13.30; Rita and Svend are on duty at the house of the tablet."""
    world = stored_world(app)
    with writing(app):
        for name in ("rita", "svend"):
            builders.shift(world, name, "skuret", TODAY, 13, 16)
    give_pins(app)
    return live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=clock().isoformat()).url


def faults(page: Page) -> list[str]:
    """What axe finds, the targets that are too small, and whether the page must be scrolled sideways."""
    found = Axe().run(page, options={"runOnly": RULES})
    told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]
    small = page.locator("main .button:visible, main .tile:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent)"
    )
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*told, *(f"too small: {one}" for one in small), *(["wider than the screen"] if wide else [])]


def log_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/log-ind")
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("button", name="Log ud")).to_be_visible()


def enrolled(page: Page, url: str) -> None:
    log_in(page, url, "karen")
    page.goto(f"{url}/tablet/tilmeld")
    page.get_by_label("Skuret").check()
    page.get_by_label("Hvad kalder I den?").fill("Ved døren")
    page.get_by_role("button", name="Tilmeld tabletten").click()
    expect(page.get_by_role("heading", level=1, name="Hvem er du?")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_met_after_the_pin_and_left_on_the_tile_a_tap_each(
    app: Flask, url: str, new_context: NewContext, scheme: str
) -> None:
    page = new_context(viewport={"width": 820, "height": 1180}, color_scheme=scheme).new_page()
    enrolled(page, url)
    page.get_by_role("link", name="Rita Ror").click()
    expect(page.get_by_label("Din pinkode")).to_be_focused()
    page.keyboard.type(PINS["rita"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Din vagt kl. 13–16")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Mødt", exact=True).click()
    expect(page.get_by_text("Du er mødt kl. 13.30.")).to_be_visible()
    assert faults(page) == []

    page.get_by_role("button", name="Skift rådgiver").click()
    expect(page.get_by_role("button", name="Gået Rita Ror")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Gået Rita Ror").dblclick()
    expect(page.get_by_role("button", name="Fortryd Gået Rita Ror")).to_be_visible()
    with app.app_context():
        [row] = db.session.scalars(select(Presence)).all()
        assert (row.came, row.gone) == (time(13, 30), time(13, 30))


def test_without_a_network_nothing_is_ticked(
    app: Flask, url: str, new_context: NewContext, complaints: list[str]
) -> None:
    context = new_context(viewport={"width": 820, "height": 1180})
    page = context.new_page()
    log_in(page, url, "rita")
    page.goto(f"{url}/i-dag")
    expect(page.get_by_role("button", name="Mødt", exact=True)).to_be_visible()
    context.set_offline(True)
    page.get_by_role("button", name="Mødt", exact=True).click()
    expect(page.get_by_text("Du er mødt")).to_have_count(0)
    context.set_offline(False)
    with app.app_context():
        assert db.session.scalars(select(Presence)).all() == []
    page.goto(f"{url}/i-dag")
    page.get_by_role("button", name="Mødt", exact=True).click()
    expect(page.get_by_text("Du er mødt kl. 13.30.")).to_be_visible()
    complaints.clear()


@pytest.mark.parametrize("width", [360, 820, 1280])
def test_a_leader_fills_in_what_was_forgotten_with_the_keyboard(
    app: Flask, url: str, new_context: NewContext, width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    log_in(page, url, "karen")
    page.goto(f"{url}/vagtplan/fremmoede/{TODAY}")
    expect(page.get_by_role("heading", level=2, name="Rita Ror")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Mødt").first.focus()
    page.keyboard.type("12.58")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gemt for Rita Ror.")).to_be_visible()
    expect(page.get_by_label("Mødt").first).to_have_value("12.58")
    page.get_by_label("Gået").first.fill("12")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gået skal være efter mødt.").first).to_be_visible()
    assert faults(page) == []
    page.goto(f"{url}/vagtplan/fremmoede")
    expect(page.get_by_role("heading", level=1, name="Mødt og gået")).to_be_visible()
    assert faults(page) == []
