"""A shared tablet in the real browser: enrolled by a leader, used in turns, locked when nobody touches it, ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from advice.config import Settings
from tests import builders, standing_clock
from tests.browser.conftest import StartServer
from tests.builders import PASSWORD
from tests.program import SECRET_KEY, dispose, made
from tests.stored import stored_world, writing
from tests.tablet_screens import PINS, give_pins

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
UPRIGHT, WIDE, PHONE = (820, 1180), (1180, 820), (360, 740)
LEAST_TARGET = 44
NewContext = Callable[..., BrowserContext]


@contextmanager
def people(url: str) -> Iterator[None]:
    """Rita and Svend are on duty at the house of the tablet today."""
    app = made(Settings(database_url=url, secret_key=SECRET_KEY, demo=True, testing=True, clock=lambda: NOW))
    world = stored_world(app)
    with writing(app):
        for name in ("rita", "svend"):
            builders.shift(world, name, "skuret", date(2026, 11, 23), 13, 16)
    give_pins(app)
    with app.app_context():
        dispose()
    yield


@pytest.fixture
def url(database_url: str, live_server: StartServer) -> str:
    """The program, on a Monday at 13.30."""
    with people(database_url):
        return live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url


@pytest.fixture
def tablet(url: str, new_context: NewContext) -> Page:
    """A device with the clock of its scripts in our hands, enrolled by Karen with five minutes until it locks."""
    page = device(new_context, UPRIGHT)
    page.clock.install(time=NOW)
    log_in(page, url, "karen")
    page.goto(f"{url}/tablet/tilmeld")
    page.get_by_label("Skuret").check()
    page.get_by_label("Hvad kalder I den?").fill("Ved døren")
    page.get_by_role("button", name="Tilmeld tabletten").click()
    expect(page.get_by_role("heading", level=1, name="Hvem er du?")).to_be_visible()
    return page


def device(new_context: NewContext, size: tuple[int, int]) -> Page:
    return new_context(viewport={"width": size[0], "height": size[1]}).new_page()


def log_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/log-ind")
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("button", name="Log ud")).to_be_visible()


def type_pin(page: Page, whole: str, pin: str) -> None:
    page.get_by_role("link", name=whole).click()
    expect(page.get_by_label("Din pinkode")).to_be_focused()
    page.keyboard.type(pin)
    page.keyboard.press("Enter")


def is_in(page: Page, whole: str) -> None:
    expect(page.locator(".who b")).to_have_text(whole)
    expect(page.get_by_role("heading", level=1, name="Skuret")).to_be_visible()


def is_locked(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="Hvem er du?")).to_be_visible()


def test_two_advisers_take_turns_with_a_pin_each(tablet: Page) -> None:
    type_pin(tablet, "Rita Ror", PINS["rita"])
    is_in(tablet, "Rita Ror")
    tablet.get_by_label("Regn").first.check()
    tablet.get_by_role("button", name="Gem henvendelse").click()
    expect(tablet.get_by_text("Gemt kl. 13.30")).to_be_visible()
    tablet.get_by_role("button", name="Skift rådgiver").click()
    is_locked(tablet)

    type_pin(tablet, "Svend Sejl", PINS["rita"])
    expect(tablet.get_by_text("Pinkoden passer ikke.").first).to_be_visible()
    tablet.get_by_label("Din pinkode").fill(PINS["svend"])
    tablet.get_by_role("button", name="Gå ind").click()
    is_in(tablet, "Svend Sejl")
    tablet.get_by_role("button", name="Lås").click()
    is_locked(tablet)

    tablet.get_by_role("button", name="Rita Ror", exact=True).click()
    is_in(tablet, "Rita Ror")


def test_nobody_touches_it_for_five_minutes_and_it_locks(tablet: Page, url: str) -> None:
    type_pin(tablet, "Rita Ror", PINS["rita"])
    is_in(tablet, "Rita Ror")
    tablet.clock.run_for("04:50")
    tablet.keyboard.press("Shift")
    tablet.clock.run_for("04:50")
    is_in(tablet, "Rita Ror")
    tablet.clock.run_for("00:15")
    is_locked(tablet)
    tablet.goto(f"{url}/henvendelser")
    is_locked(tablet)


def test_the_end_of_its_enrolment_reaches_the_device(tablet: Page, url: str, new_context: NewContext) -> None:
    type_pin(tablet, "Rita Ror", PINS["rita"])
    is_in(tablet, "Rita Ror")
    desk = device(new_context, (1280, 800))
    log_in(desk, url, "karen")
    desk.goto(f"{url}/indstillinger/tablets")
    desk.get_by_role("button", name="Afslut Ved døren").click()
    expect(desk.get_by_text("Der er ingen tilmeldte tablets.")).to_be_visible()
    tablet.get_by_role("button", name="Gem henvendelse").click()
    expect(tablet.get_by_role("heading", level=1, name="Du er blevet logget ud")).to_be_visible()
    tablet.goto(f"{url}/tablet")
    expect(tablet.get_by_role("heading", name="Denne tablet er ikke tilmeldt længere")).to_be_visible()
    tablet.get_by_role("link", name="Tilmeld tabletten").click()
    expect(tablet.get_by_role("heading", level=1, name="Log ind")).to_be_visible()


@pytest.mark.parametrize("size", [UPRIGHT, WIDE, PHONE], ids=["upright", "wide", "phone"])
def test_tiles_and_pin_are_large_enough_for_a_finger_and_fit(tablet: Page, url: str, size: tuple[int, int]) -> None:
    tablet.set_viewport_size({"width": size[0], "height": size[1]})
    tablet.get_by_text("Andre", exact=True).click()
    is_easy_to_hit(tablet, size[0])
    tablet.get_by_role("link", name="Rita Ror").click()
    # The click does not wait for the next page: measured before it is there, the tiles would pass for the PIN's screen.
    expect(tablet.get_by_label("Din pinkode")).to_be_focused()
    is_easy_to_hit(tablet, size[0])


def is_easy_to_hit(page: Page, width: int) -> None:
    targets = page.locator("main :is(a, button, input:not([type=hidden]), summary)").all()
    assert targets, page.url
    for target in targets:
        box = target.bounding_box()
        assert box is not None and box["height"] >= LEAST_TARGET, f"{page.url}: {target.inner_text()} {box}"
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
