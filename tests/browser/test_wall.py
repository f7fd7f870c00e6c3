"""The screen on the wall of a staff room: all of it seen at once from afar, anew when a minute begins."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from advice.actions import openings
from advice.config import Settings
from advice.models.places import Place
from advice.models.staff_notices import StaffNotice
from tests import builders, moving_clock, standing_clock
from tests.browser.conftest import NewContext, StartServer
from tests.browser.demonstration import NOW, log_in
from tests.browser.test_papers import MONDAY, RULES, large
from tests.builders import PASSWORD, added
from tests.moving_clock import FileClock
from tests.program import SECRET_KEY, dispose, made
from tests.residents import ZONE
from tests.stored import writing

pytestmark = pytest.mark.t16
SCREEN = {"width": 1920, "height": 1080}
READABLE = 40
"""Pixels of a screen of 1080 lines: about two and a half centimetres on one of 43 inches, to be read from 5 metres."""


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def fits(page: Page) -> bool:
    """Whether nothing must be scrolled to, and nothing is cut off at a side."""
    return bool(
        page.evaluate(
            "document.getElementById('wall').getBoundingClientRect().bottom <= innerHeight"
            " && document.documentElement.scrollWidth <= innerWidth"
            " && [...document.querySelectorAll('#wall *')].every(one => one.scrollWidth <= one.clientWidth + 1"
            " || getComputedStyle(one).display === 'inline')"
        )
    )


def small_world(url: str, houses: int) -> None:
    """So many more houses open all day, each with three people; Bent comes to Skuret at two."""
    app = made(Settings(database_url=url, secret_key=SECRET_KEY, demo=True, testing=True, clock=lambda: NOW))
    with writing(app):
        world = builders.world()
        key = {"programme_id": world.programme.id}
        builders.shift(world, "rita", "skuret", MONDAY, 13, 16)
        builders.shift(world, "bent", "skuret", MONDAY, 14, 16)
        for number in range(houses):
            code = f"hus-{number}"
            world.places[code] = added(Place(code=code, slug=code, name=f"Hus {number}", room="x", position=9, **key))
            builders.weekly(world, code, 0, time(10), time(17))
            for other in range(3):
                name = f"n{number}{other}"
                builders.member(
                    world, builders.person(f"{name} Navnesen", email=f"{name}@example.org"), "byen", "adviser"
                )
                builders.shift(world, name, code, MONDAY, 10, 17)
        told = {"text": "Printeren virker ikke", "first_day": MONDAY, "last_day": MONDAY}
        who = world.members["karen"]
        whose = {"person_id": who.person_id, "organisation_id": who.organisation_id}
        added(StaffNotice(place_id=world.places["skuret"].id, written_at=NOW, **told, **whose, **key))
        openings.refresh(world.programme.id, NOW, ZONE)
    with app.app_context():
        dispose()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_four_houses_are_read_from_five_metres(
    database_url: str, live_server: StartServer, new_context: NewContext, scheme: str
) -> None:
    small_world(database_url, 3)
    url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
    page = log_in(new_context(viewport=SCREEN, color_scheme=scheme), url, "karen@example.org", PASSWORD)
    for address in ("/vagtplan/vaeg", "/vagtplan/vaeg?sted=skuret"):
        page.goto(url + address)
        expect(page.get_by_text("Rita Ror")).to_be_visible()
        assert fits(page), address
        names = page.locator("#wall li").evaluate_all(
            "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert min(names[:1]) >= READABLE
        assert faults(page) == []
    for width in (360, 820, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{url}/vagtplan/vaeg")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert faults(page) == []


def test_twelve_crowded_houses_are_all_on_the_screen(
    database_url: str, live_server: StartServer, new_context: NewContext
) -> None:
    with large(database_url):
        url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
    page = log_in(new_context(viewport=SCREEN), url, "karen@example.org", PASSWORD)
    page.goto(f"{url}/vagtplan/vaeg")
    expect(page.locator("#wall section")).to_have_count(12)
    assert fits(page)


def test_it_changes_by_itself_when_a_minute_begins_says_when_it_cannot_and_ends_with_the_session(
    database_url: str, live_server: StartServer, new_context: NewContext, tmp_path: Path
) -> None:
    small_world(database_url, 0)
    clock = FileClock(tmp_path / "clock", datetime(2026, 11, 23, 12, 59, 30, tzinfo=UTC))
    live = live_server(database_url, moving_clock.APPLICATION, ADVICE_DEMO="1", **clock.environ)
    context = new_context(viewport=SCREEN)
    page = log_in(context, live.url, "karen@example.org", PASSWORD)
    page.clock.install(time=clock())
    page.goto(f"{live.url}/vagtplan/vaeg")
    wall = page.locator("#wall")
    expect(wall).to_contain_text("Bent Bøje fra kl. 14")
    page.evaluate("document.body.dataset.same = 'yes'")
    clock.set(clock() + timedelta(seconds=30))
    page.clock.fast_forward(31_000)
    expect(wall).to_contain_text("14.00")
    expect(wall).to_contain_text("Bent Bøje til kl. 16")
    expect(page.locator("body")).to_have_attribute("data-same", "yes")

    context.set_offline(True)
    page.clock.fast_forward(61_000)
    expect(page.get_by_text("Ingen forbindelse.")).to_be_visible()
    expect(wall).to_contain_text("14.00")
    context.set_offline(False)
    clock.set(clock() + timedelta(minutes=2))
    page.clock.fast_forward(16_000)
    expect(wall).to_contain_text("14.02")
    expect(page.get_by_text("Ingen forbindelse.")).to_be_hidden()

    clock.set(clock() + timedelta(hours=2, minutes=1))
    page.clock.fast_forward(61_000)
    expect(page.get_by_label("E-mail")).to_be_visible()


def test_without_scripts_the_page_asks_for_itself(
    database_url: str, live_server: StartServer, new_context: NewContext
) -> None:
    small_world(database_url, 0)
    url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
    page = log_in(new_context(java_script_enabled=False), url, "karen@example.org", PASSWORD)
    page.goto(f"{url}/vagtplan/vaeg")
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "60"
    expect(page.locator("#wall")).to_contain_text("Rita Ror til kl. 16")
