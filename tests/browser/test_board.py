"""The board without full page loads: shifts added, moved, split, taken off and undone, by keyboard alone and by mouse.

The window keeps a mark that any page load would wipe out; the database says what came of it.
"""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from advice.database import db
from advice.demo import loader
from advice.models.roster import Shift
from tests.browser.conftest import NewContext
from tests.browser.demonstration import log_in, the_database
from tests.browser.test_plans import checked, press

WEEK = "/vagtplan/2026-48"
STENBJERG, KLOVER = "Stenbjergparken", "Kløver-/Hvedemarken"


@pytest.fixture
def alma(demo: str, new_context: NewContext) -> Page:
    """The tovholder, at the week of today."""
    page = log_in(
        new_context(viewport={"width": 1280, "height": 1000}), demo, "alma.ahorn@example.org", loader.PASSWORD
    )
    page.goto(f"{demo}{WEEK}")
    expect(page.get_by_role("button", name="Flyt").first).to_be_visible()
    page.evaluate("window.stayed = true")
    return page


def stayed(page: Page) -> bool:
    """Whether no page has been loaded since."""
    return bool(page.evaluate("window.stayed === true"))


def cell(page: Page, place: str, day: str) -> Locator:
    """A cell of the board, by what a screen reader calls it."""
    return page.locator(f"td[data-name='{place} {day}']")


def on_duty(database_url: str, name: str, day: date) -> list[tuple[str, int, int]]:
    """Where and when somebody is on duty that day."""
    with the_database(database_url):
        rows = db.session.scalars(select(Shift).filter_by(day=day, status="active").order_by(Shift.starts))
        return [(row.place.name, row.starts.hour, row.ends.hour) for row in rows if row.person.name == name]


def somebody(page: Page, place: str, day: str) -> str:
    """The first one on duty in a cell."""
    return cell(page, place, day).locator(".shift-name").first.inner_text().strip()


@pytest.mark.t16
def test_a_shift_is_added_moved_taken_off_and_back_with_the_keyboard_alone(alma: Page, database_url: str) -> None:
    page = alma
    checked(page)
    page.locator("a.add[href*='dag=2026-11-24']").first.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_label("Person")).to_be_visible()
    checked(page)
    sheet.get_by_label("Person").focus()
    page.keyboard.type("Rosa")
    press(page, "Gem vagten")
    expect(
        page.locator("main").get_by_text("Gemt: Rosa Rønne, Kløver-/Hvedemarken tirsdag 24. november")
    ).to_be_visible()
    expect(sheet).to_be_hidden()
    assert on_duty(database_url, "Rosa Rønne", date(2026, 11, 24)) == [(KLOVER, 12, 17)]

    move = cell(page, KLOVER, "tirsdag 24. november").get_by_role("button", name="Flyt Rosa Rønne")
    move.focus()
    page.keyboard.press("Space")
    bar = page.get_by_role("region", name="Flyt")
    expect(bar).to_contain_text("Her er vagten nu.")
    page.keyboard.press("ArrowRight")
    expect(bar).to_contain_text("Rosa Rønne, Kløver-/Hvedemarken onsdag 25. november")
    expect(bar).to_contain_text("timer i uge 48")
    checked(page)
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(move).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    expect(bar).to_contain_text("onsdag 25. november")
    page.keyboard.press("Enter")
    expect(
        page.locator("main").get_by_text("Flyttet: Rosa Rønne, Kløver-/Hvedemarken onsdag 25. november")
    ).to_be_visible()
    expect(cell(page, KLOVER, "onsdag 25. november").get_by_role("button", name="Flyt Rosa Rønne")).to_be_focused()
    assert on_duty(database_url, "Rosa Rønne", date(2026, 11, 25)) == [(KLOVER, 12, 17)]

    press(page, "Fortryd ændringen af vagten for Rosa Rønne")
    expect(page.locator("main").get_by_text("Fortrudt. Vagten gælder igen: Rosa Rønne")).to_be_visible()
    cell(page, KLOVER, "tirsdag 24. november").locator("a.shift").filter(has_text="Rosa Rønne").focus()
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("heading", level=1)).to_have_text("Rosa Rønne")
    checked(page)
    press(page, "Aflys vagten")
    expect(page.locator("main").get_by_text("Aflyst: Rosa Rønne")).to_be_visible()
    assert on_duty(database_url, "Rosa Rønne", date(2026, 11, 24)) == []
    assert stayed(page)
    checked(page)


def test_a_shift_is_dragged_with_the_mouse_and_its_consequence_shown_before_it_is_dropped(
    alma: Page, database_url: str
) -> None:
    page, tuesday = alma, "tirsdag 24. november"
    who = somebody(page, KLOVER, tuesday)
    shift = cell(page, KLOVER, tuesday).locator("a.shift").first
    shift.scroll_into_view_if_needed()
    from_, to = shift.bounding_box(), cell(page, STENBJERG, "onsdag 25. november").bounding_box()
    assert from_ and to
    page.mouse.move(from_["x"] + 20, from_["y"] + 10)
    page.mouse.down()
    page.mouse.move(to["x"] + 30, to["y"] + to["height"] - 40, steps=8)  # its upper end is above the window
    bar = page.get_by_role("region", name="Flyt")
    expect(bar).to_contain_text(f"{who}, {STENBJERG} onsdag 25. november")
    expect(bar).to_contain_text("timer i uge 48")
    page.mouse.up()
    expect(page.locator("main").get_by_text(f"Flyttet: {who}, {STENBJERG} onsdag 25. november")).to_be_visible()
    assert [place for place, *_ in on_duty(database_url, who, date(2026, 11, 25))] == [STENBJERG]
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert stayed(page)


def test_dragged_over_the_bar_the_page_scrolls_down_and_at_the_upper_edge_up_again(
    alma: Page, database_url: str
) -> None:
    page, tuesday = alma, "tirsdag 24. november"
    who = somebody(page, KLOVER, tuesday)
    page.set_viewport_size({"width": 1280, "height": 420})
    top, bottom = (
        page.get_by_role("heading", level=1),
        page.get_by_role("contentinfo"),
    )
    shift = cell(page, KLOVER, tuesday).locator("a.shift").first
    shift.evaluate("one => one.scrollIntoView({ block: 'center' })")
    from_ = shift.bounding_box()
    assert from_
    x, y = from_["x"] + 20, from_["y"] + 10
    expect(top).not_to_be_in_viewport()
    expect(bottom).not_to_be_in_viewport()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, 415, steps=4)
    expect(bottom).to_be_in_viewport()
    page.mouse.move(x, 2, steps=4)
    expect(top).to_be_in_viewport()
    page.mouse.move(x, 200, steps=2)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.get_by_role("region", name="Flyt")).to_be_hidden()
    assert [place for place, *_ in on_duty(database_url, who, date(2026, 11, 24))] == [KLOVER]
    assert stayed(page)


def test_a_shift_is_split_in_the_sheet_and_faults_stay_there(alma: Page, database_url: str) -> None:
    page, tuesday = alma, "tirsdag 24. november"
    who = somebody(page, KLOVER, tuesday)
    cell(page, KLOVER, tuesday).locator("a.shift").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Delt kl.").fill("11")
    sheet.get_by_role("button", name="Del vagten").click()
    expect(sheet.get_by_role("alert").first).to_contain_text("Vælg et tidspunkt i vagten")
    sheet.get_by_label("Delt kl.").fill("15")
    sheet.get_by_role("button", name="Del vagten").click()
    expect(page.locator("main").get_by_text(f"Delt: {who}")).to_be_visible()
    assert on_duty(database_url, who, date(2026, 11, 24)) == [(KLOVER, 12, 15), (KLOVER, 15, 17)]
    assert stayed(page)


def test_back_closes_the_sheet_and_its_address_is_a_page_of_its_own(alma: Page) -> None:
    page = alma
    link = page.locator("a.shift[href]").first
    link.click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    assert "/vagtplan/vagt/" in page.url
    page.go_back()
    expect(sheet).to_be_hidden()
    assert page.url.endswith(WEEK)
    expect(link).to_be_focused()
    page.go_forward()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert stayed(page)
    page.go_forward()
    expect(sheet).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Ret tid eller sted")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_when_the_answer_does_not_come_the_plain_page_does(alma: Page) -> None:
    page = alma
    link = page.locator("a.shift[href]").first

    def fail(route: Route) -> None:
        if route.request.resource_type == "fetch":
            route.abort()
        else:
            route.continue_()

    page.route("**/vagtplan/vagt/**", fail)
    link.click()
    expect(page.get_by_role("heading", name="Ret tid eller sted")).to_be_visible()
    assert not stayed(page)


def test_what_was_typed_stays_when_the_network_is_away_and_can_be_sent_again(alma: Page, database_url: str) -> None:
    page = alma
    page.locator("a.add[href*='dag=2026-11-24']").first.click()
    sheet = page.get_by_role("dialog")
    person = sheet.get_by_label("Person")
    person.select_option(value=person.locator("option").filter(has_text="Rosa Rønne").first.get_attribute("value"))
    page.route("**/vagtplan/ny**", lambda route: route.abort())
    sheet.get_by_role("button", name="Gem vagten").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Der kom intet svar, så det er nok ikke gemt. Prøv igen.")
    expect(person.locator("option:checked")).to_contain_text("Rosa Rønne")
    assert on_duty(database_url, "Rosa Rønne", date(2026, 11, 24)) == []
    page.unroute("**/vagtplan/ny**")
    sheet.get_by_role("button", name="Gem vagten").click()
    expect(page.locator("main").get_by_text("Gemt: Rosa Rønne").first).to_be_visible()
    assert on_duty(database_url, "Rosa Rønne", date(2026, 11, 24)) and stayed(page)


def test_who_is_logged_out_meanwhile_logs_in_on_the_whole_page(alma: Page) -> None:
    page = alma
    page.context.clear_cookies()
    page.locator("a.shift[href]").first.click()
    expect(page.get_by_role("heading", level=1, name="Log ind")).to_be_visible()
    assert not stayed(page)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_label("E-mail").fill("gry.gran@example.org")
    page.get_by_label("Adgangskode").fill(loader.PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("banner")).to_contain_text("Gry Gran")


@pytest.mark.parametrize(("width", "height"), [(360, 800), (820, 1180)])
def test_a_tap_picks_up_and_a_tap_puts_down_on_a_small_screen(
    alma: Page, database_url: str, width: int, height: int
) -> None:
    page, tuesday = alma, "tirsdag 24. november"
    page.set_viewport_size({"width": width, "height": height})
    checked(page)
    who = somebody(page, KLOVER, tuesday)
    cell(page, KLOVER, tuesday).get_by_role("button", name=f"Flyt {who}").click()
    checked(page)
    cell(page, STENBJERG, "onsdag 25. november").get_by_role("button").click()
    expect(page.locator("main").get_by_text(f"Flyttet: {who}, {STENBJERG} onsdag 25. november")).to_be_visible()
    checked(page)
    page.locator("a.shift[href]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    checked(page)
    assert stayed(page)
