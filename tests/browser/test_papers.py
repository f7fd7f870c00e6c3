"""What is printed, as Chromium prints it: on how many sheets of which size, and whether all of it stands there.

The PDF is read (tests/pdf_pages.py), and every word of the page is looked for on a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from advice.actions import openings
from advice.config import Settings
from advice.database import db
from advice.demo import loader
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.roster import Competence, MembershipCompetence
from tests import builders, standing_clock
from tests.browser.conftest import NewContext, StartServer
from tests.browser.demonstration import NOW, log_in
from tests.builders import PASSWORD, World, added
from tests.pdf_pages import Sheet, sheets
from tests.program import SECRET_KEY, dispose, made
from tests.residents import ZONE
from tests.stored import writing

LYING, UPRIGHT = (297, 210), (210, 297)
MONDAY = date(2026, 11, 23)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PEOPLE = (("alma.ahorn@example.org", ("stenbjergparken", "kloever-hvedemarken", "noerager-soestjernevej")),
          ("sune.slaaen@example.org", ("ringparken", "sydbyen", "motalavej")))  # fmt: skip
LONG_NAMES = ("Annemarie Christophersen-Vestergaard", "Bo Bek", "Mohammed Abdirahman Hassan Jensen", "Li Lund")


def printed(page: Page, size: tuple[int, int]) -> list[Sheet]:
    """The sheets of a page as it prints itself, all of the size."""
    found = sheets(page.pdf(prefer_css_page_size=True))
    assert {(one.width, one.height) for one in found} == {size}
    return found


def whole(page: Page, where: str, found: list[Sheet]) -> None:
    """Every text of a part of the page stands on a sheet, and no part of it beyond its own box."""
    texts = page.locator(where).evaluate_all("""all => all.map(one => one.innerText.trim()).filter(Boolean)""")
    assert texts
    missing = [text for text in texts if not any(one.says(text) for one in found)]
    assert missing == []
    page.emulate_media(media="print")
    cut = page.locator(where).evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"
    )
    page.emulate_media(media="null")
    assert cut == []


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.t16
def test_the_demonstrations_weeks_and_sheets_stand_on_one_sheet_each(demo: str, new_context: NewContext) -> None:
    for email, places in PEOPLE:
        page = log_in(new_context(viewport={"width": 1280, "height": 900}), demo, email, loader.PASSWORD)
        for week in ("2026-48", "2026-49", "2026-53"):
            page.goto(f"{demo}/vagtplan/{week}/print")
            found = printed(page, LYING)
            assert len(found) == 1, f"{email} {week}"
            whole(page, ".paper-week :is(th, td)", found)
            assert found[0].says("Side 1 af 1") and found[0].says("printet mandag 23. november")
            assert not found[0].says("Log ud") and not found[0].says("Kun ugen kommer på papiret")
        assert faults(page) == []
        for place in places:
            for day in (MONDAY + timedelta(days=count) for count in range(5)):
                page.goto(f"{demo}/vagtplan/dag/{day}/{place}")
                found = printed(page, UPRIGHT)
                assert len(found) == 1, f"{place} {day}"
                whole(page, ".door-paper :is(h1, p, li)", found)
        assert faults(page) == []


@contextmanager
def large(url: str) -> Iterator[None]:
    """Twelve houses open every weekday, each with six people of long names."""
    app = made(Settings(database_url=url, secret_key=SECRET_KEY, demo=True, testing=True, clock=lambda: NOW))
    with writing(app):
        world = builders.world()
        names = [f"{name} {number}" for number in range(6) for name in LONG_NAMES]
        for number, name in enumerate(names):
            builders.member(world, builders.person(name, email=f"p{number}@example.org"), "byen", "adviser")
            world.members[f"p{number}"] = world.members.pop(name.split()[0].lower())
        for number in range(10):
            key = {"programme_id": world.programme.id, "position": 5 + number}
            code = f"hus-{number}"
            name = f"Beboerhuset i Nordre Fasanvængets Boligforening {number}"
            world.places[code] = added(Place(code=code, slug=code, name=name, room="Stuen", **key))
        for place in world.places:
            for weekday in range(5):
                if (place, weekday) not in (("skuret", 0), ("kajen", 2)):
                    builders.weekly(world, place, weekday, time(10), time(17))
        openings.refresh(world.programme.id, NOW, ZONE)
        crowd(world)
        let_speak(world)
    with app.app_context():
        dispose()
    yield


def crowd(world: World) -> None:
    """Two people at each house each day, and eight at the first on Monday."""
    for day in (MONDAY + timedelta(days=count) for count in range(5)):
        for number, place in enumerate(world.places):
            for one in (2 * number, 2 * number + 1):
                if place != "skuret" or day != MONDAY:
                    builders.shift(world, f"p{one}", place, day, 10, 17)
    for one in (0, 1):
        builders.shift(world, f"p{one}", "skuret", MONDAY, 10, 17)
    for name in ("karen", "tove", "rita", "svend", "bent"):
        builders.shift(world, name, "skuret", MONDAY, 9, 16)


def let_speak(world: World) -> None:
    """Everybody speaks three languages."""
    key = {"programme_id": world.programme.id}
    codes = [added(Competence(code=code, kind="language", language=code, labels={"da": code}, **key)).id
             for code in ("ar", "so", "uk")]  # fmt: skip
    for member in db.session.scalars(select(Membership).where(Membership.programme_id == world.programme.id)):
        for competence in codes:
            added(MembershipCompetence(membership_id=member.id, competence_id=competence, **key))


def test_a_week_of_twelve_houses_breaks_between_them_and_each_sheet_says_what_it_is(
    database_url: str, live_server: StartServer, new_context: NewContext
) -> None:
    with large(database_url):
        url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
    page = log_in(new_context(viewport={"width": 1280, "height": 900}), url, "karen@example.org", PASSWORD)
    page.goto(f"{url}/vagtplan/2026-48/print")
    found = printed(page, LYING)
    assert 2 <= len(found) <= 6
    for number, sheet in enumerate(found, 1):
        assert sheet.says("Uge 48") and sheet.says("man. 23. nov.") and sheet.says("Helhedsplanen Havnen"), number
        assert sheet.says(f"Side {number} af {len(found)}")
    whole(page, ".paper-week :is(th, td)", found)
    rows = page.locator(".paper-week tbody tr").evaluate_all("all => all.map(one => one.innerText)")
    for row in rows:
        cells = [cell.strip() for cell in row.split("\t") if cell.strip()]
        assert any(all(sheet.says(cell) for cell in cells) for sheet in found), f"broken in the middle: {row}"

    page.goto(f"{url}/vagtplan/dag/{MONDAY}/skuret")
    expect(page.get_by_role("heading", level=1, name="Skuret")).to_be_visible()
    found = printed(page, UPRIGHT)
    assert len(found) == 1, "seven people with three languages each"
    whole(page, ".door-paper :is(h1, p, li)", found)


def test_the_buttons_of_the_browser_print_and_nothing_is_wider_than_a_phone(demo: str, new_context: NewContext) -> None:
    phone = log_in(new_context(viewport={"width": 360, "height": 740}), demo, PEOPLE[0][0], loader.PASSWORD)
    phone.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")
    for address in ("/vagtplan/2026-48/print", f"/vagtplan/dag/{MONDAY}/stenbjergparken"):
        phone.goto(demo + address)
        phone.get_by_role("button", name="Print", exact=True).click()
        assert phone.evaluate("window.printed") == 1
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert faults(phone) == []
