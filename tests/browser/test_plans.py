"""A plan edited by hand in the real browser, with nothing but a keyboard; how it is laid and agreed on is told in
test_quarter_story.py."""

from __future__ import annotations

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from advice.demo import loader
from tests.browser.conftest import NewContext
from tests.browser.demonstration import log_in

FIRST, LAST = date(2027, 1, 18), date(2027, 2, 28)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def checked(page: Page) -> None:
    """No fault that axe knows on the page, and nothing outside the screen."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


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


@pytest.mark.t16
def test_a_shift_is_added_moved_and_taken_off_in_a_plan_with_the_keyboard_alone(
    demo: str, new_context: NewContext
) -> None:
    alma = log_in(new_context(viewport={"width": 1280, "height": 900}), demo, "alma.ahorn@example.org", loader.PASSWORD)
    plan = plan_of_six_weeks(alma, demo)
    alma.goto(f"{plan}/2027-03")
    expect(alma.get_by_role("button", name="Flyt").first).to_be_visible()
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
    press(alma, "Fortryd det, du sidst gjorde i planen")
    expect(alma.get_by_role("status").first).to_contain_text("Fortrudt.")
    tuesday, wednesday = (alma.locator(f"td[data-name='Kløver-/Hvedemarken {day}. januar']")
                          for day in ("tirsdag 19", "onsdag 20"))  # fmt: skip
    tuesday.get_by_role("button", name="Flyt Rosa Rønne").focus()
    alma.keyboard.press("Space")
    bar = alma.get_by_role("region", name="Flyt")
    expect(bar).to_contain_text("Her er vagten nu.")
    alma.keyboard.press("ArrowRight")
    expect(bar).to_contain_text("Rosa Rønne, Kløver-/Hvedemarken onsdag 20. januar")
    expect(bar).to_contain_text("timer i uge 3")
    checked(alma)
    alma.keyboard.press("Enter")
    expect(alma.get_by_role("status").first).to_contain_text("Flyttet i planen: Rosa Rønne, Kløver-/Hvedemarken onsdag")
    expect(wednesday.get_by_role("button", name="Flyt Rosa Rønne")).to_be_focused()
