"""Residents' pages in the browser: no fault that axe knows, and what people do there, with nothing but a keyboard."""

from __future__ import annotations

from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from advice.actions.openings import refresh
from advice.config import ROOT
from advice.database import db
from advice.models import programmes
from advice.models.catalogue import TopicGroup
from advice.models.hours import Closure, WeeklyHours
from advice.models.notices import ResidentNotice
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.models.roster import Competence, MembershipCompetence
from advice.rules.languages import NAMES
from tests import builders, residents, standing_clock
from tests.browser.conftest import NewContext, StartServer
from tests.builders import added
from tests.program import Clock
from tests.programme_console import Console
from tests.residents import MONDAY, Harbour
from tests.stored import writing

pytestmark = pytest.mark.t16

harbour = residents.harbour
HEIGHT = 800
MOST_TABS = 60
THREE = ["da", "en", "ar"]
HEARD = {
    "da": {
        "sign": "Åbent nu til kl. 16",
        "map": "Vis på kort",
        "languages": "Sprog",
        "calendar": "Få tiderne i din kalender",
        "mac": "iPhone, iPad og Mac",
        "android": "Android og computer",
        "poster": "Print en plakat",
        "print": "Print",
    },
    "ar": {
        "sign": "مفتوح الآن حتى الساعة 16:00",
        "map": "أظهره على الخريطة",
        "languages": "اللغة",
        "calendar": "أضف المواعيد إلى تقويمك",
        "mac": "iPhone و iPad و Mac",
        "android": "Android والكمبيوتر",
        "poster": "اطبع ملصقاً",
        "print": "اطبع",
    },
}
"""What a screen reader says of the way to each of the four things, in the order of the pages."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DEMO_PAGES = ("/", "/aktiv/", "/aktiv/noerager-soestjernevej", "/aktiv/kloever-hvedemarken/plakat", "/forbi/")
THEME = {"da": "Vil du tage en uddannelse? Kom mandag", "pl": "Chcesz się uczyć? Przyjdź w poniedziałek"}
LONG = {
    "da": "Kom forbi, og tal med os om det. Vi kender skolerne i byen og ved, hvad du kan søge om. " * 5,
    "pl": "Przyjdź i porozmawiaj z nami. Znamy szkoły w mieście i wiemy, o co możesz się ubiegać. " * 5,
}
OUTSIDE = """() => [...document.querySelectorAll("main *, header *, footer *, html")]
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1)).map(([e]) => e)
  .filter(e => getComputedStyle(e).position !== "absolute" && !e.closest(".sheet"))
  .map(e => e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 40))
  .concat(document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [])"""
OFF_THE_SHEET = """() => {
  const sheet = document.querySelector(".sheet"), edge = sheet.getBoundingClientRect();
  const parts = [...sheet.children], found = [];
  if (sheet.scrollHeight > sheet.clientHeight) found.push("the sheet is too short");
  if (!sheet.querySelector(".sheet-code svg") || !sheet.querySelector(".sheet-address")) found.push("no code");
  for (const e of sheet.querySelectorAll("svg, p, li, h2, h3")) {
    const box = e.getBoundingClientRect();
    if (box.bottom > edge.bottom || box.top < edge.top || box.left < edge.left || box.right > edge.right)
      found.push(e.textContent.slice(0, 40));
  }
  for (let i = 1; i < parts.length; i++)
    if (parts[i].getBoundingClientRect().top < parts[i - 1].getBoundingClientRect().bottom - 1) found.push("overlap");
  return found }"""
PAGES = ("/", "/havnen/", "/havnen/skuret", "/havnen/kajen", "/havnen/skuret/plakat", "/forbi/", "/tom/")
"""Each template, in each of its states: open now, closed today, without places, ended, several programmes."""


@pytest.fixture
def url(harbour: Harbour, database_url: str, live_server: StartServer) -> str:
    """Havnen in three languages on Monday at 13.30, with all that a page can hold, and two more programmes."""
    with harbour.changing() as key:
        db.session.get_one(Programme, harbour.programme).languages = THREE
        skuret = db.session.get_one(Place, harbour.places["skuret"])
        skuret.address, skuret.phone = "Kajgade 1", "00 00 00 01"
        for kind, words in (("notice", "Brug bagdøren"), ("theme", "Vil du lære at sejle?")):
            dates = {"first_date": MONDAY, "last_date": MONDAY, "place_id": skuret.id}
            added(ResidentNotice(kind=kind, labels={"da": words}, text={"da": "Kom mandag"}, **dates, **key))
        added(TopicGroup(code="brev", labels={"da": "Breve", "ar": "رسائل"}, picture="letter", **key))
        row = added(Competence(code="ar", kind="language", language="ar", labels={"da": "arabisk"}, **key))
        rita = harbour.world.members["rita"].id
        added(MembershipCompetence(membership_id=rita, competence_id=row.id, **key))
        builders.shift(harbour.world, "rita", "skuret", MONDAY, 13, 16)
        for slug, ends in (("forbi", date(2026, 11, 1)), ("tom", None)):
            same = {"name": slug.title(), "short_name": slug.title(), "municipality": "Prøveby"}
            added(
                Programme(slug=slug, valid_from=date(2026, 1, 1), valid_to=ends, languages=["da", "en", "ar"], **same)
            )
    harbour.closed(date(2026, 11, 25), date(2026, 12, 9), "kajen", "Storm")
    now = harbour.clock.now.replace(hour=12, minute=30).isoformat()
    return live_server(database_url, standing_clock.APPLICATION, TEST_NOW=now).url


@pytest.fixture
def demonstration(app: Flask, clock: Clock, tmp_path: Path, database_url: str, live_server: StartServer) -> str:
    """Both demonstration programmes as their files give them, with a long theme, and one that has ended."""
    for name in ("aktiv", "en-faelles-indsats"):
        Console(app, tmp_path).bring((ROOT / f"advice/demo/{name}.toml").read_text(encoding="utf-8"))
    with writing(app):
        today = clock().date()
        for row in programmes.everything():
            for place in db.session.query(Place).filter_by(programme_id=row.id):
                place.address, place.phone = (
                    "Den Lange Vejs Allé 150, 2. sal til venstre, 6400 Sønderborg",
                    "00 00 00 01",
                )
                every = {"programme_id": row.id, "place_id": place.id}
                theme = {"labels": THEME, "text": LONG, "first_date": today, "last_date": today}
                added(ResidentNotice(kind="theme", **theme, **every))
                hours = db.session.query(WeeklyHours).filter_by(place_id=place.id).first()
                assert hours is not None
                other = {"weekday": (hours.weekday + 2) % 7, "starts": time(9), "ends": time(11, 30)}
                added(WeeklyHours(service_id=hours.service_id, valid_from=today, **other, **every))
                for number in range(1, 9):
                    day = today + timedelta(days=6 * number)
                    reason = {"da": f"Rummet er lejet ud til noget andet, {number}"}
                    added(Closure(kind="once", first_date=day, last_date=day, reason=reason, **every))
            refresh(row.id, clock(), app.extensions["advice"].timezone)
        gone = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 2, 1), "languages": list(NAMES)}
        added(Programme(slug="forbi", name="Forbi", short_name="Forbi", municipality="Prøveby", **gone))
    return live_server(database_url, standing_clock.APPLICATION, TEST_NOW=clock().isoformat()).url


def faults(page: Page) -> list[str]:
    """What axe finds on the page, the rule and the first place of each."""
    found = Axe().run(page, options={"runOnly": RULES})
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 820, 1280])
def test_no_page_has_a_fault_that_axe_knows(url: str, new_context: NewContext, width: int, scheme: str) -> None:
    page = new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme).new_page()
    for language in THREE:
        for address in PAGES:
            page.goto(f"{url}{address}?lang={language}")
            assert faults(page) == [], f"{address} in {language}"


def test_axe_would_be_heard(url: str, page: Page) -> None:
    page.goto(f"{url}/havnen/skuret")
    page.evaluate("document.querySelector('html').removeAttribute('lang')")
    assert any(one.startswith("html-has-lang") for one in faults(page))


@pytest.mark.t17
def test_nothing_stands_outside_the_narrowest_screen_nor_with_letters_twice_as_large(
    demonstration: str, new_context: NewContext
) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    for address in (f"{path}?lang={language}" for language in NAMES for path in DEMO_PAGES):
        page.goto(f"{demonstration}{address}")
        assert page.evaluate(OUTSIDE) == [], address
        page.locator(".languages summary").click()
        assert page.evaluate(OUTSIDE) == [], f"{address}, languages open"
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        assert page.evaluate(OUTSIDE) == [], f"{address}, large letters"


def test_words_of_a_name_are_not_broken_in_the_header_of_a_phone(demonstration: str, new_context: NewContext) -> None:
    page = new_context(viewport={"width": 360, "height": 640}).new_page()
    for language in NAMES:
        page.goto(f"{demonstration}/aktiv/?lang={language}")
        brand, choice = page.locator(".brand").bounding_box(), page.locator(".languages summary").bounding_box()
        assert brand and choice
        assert brand["y"] < choice["y"] + choice["height"] and brand["height"] < 60, f"{language}: one row, two lines"
        apart = choice["x"] - brand["x"] - brand["width"], brand["x"] - choice["x"] - choice["width"]
        assert max(apart) >= 8, f"{language}: the name touches the globe"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called so; it must then show that it has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        words = page.evaluate("(document.activeElement.innerText || document.activeElement.ariaLabel || '').trim()")
        if " ".join(words.split()) == name:
            style = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(style) != "none", f"{name!r} does not show its focus"
            return
    raise AssertionError(f"no way to {name!r} with Tab")


def test_the_next_opening_is_found_with_a_keyboard(url: str, page: Page) -> None:
    page.goto(f"{url}/havnen/")
    tab_to(page, "Kajen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Kajen")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Åbner onsdag 16. december kl. 9")


def test_the_language_is_changed_with_a_keyboard_and_remembered(url: str, page: Page) -> None:
    page.goto(f"{url}/havnen/skuret")
    tab_to(page, "Sprog Language")
    page.keyboard.press("Enter")
    tab_to(page, "العربية")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.goto(f"{url}/havnen/")
    expect(page.locator("html")).to_have_attribute("lang", "ar")


def test_the_calendar_is_reached_with_a_keyboard(url: str, page: Page) -> None:
    page.goto(f"{url}/havnen/skuret")
    tab_to(page, "iPhone, iPad og Mac")
    address = page.evaluate("document.activeElement.href")
    assert address.startswith("webcal://") and address.endswith("/havnen/skuret/aabningstider.ics")
    tab_to(page, "Android og computer")
    with page.expect_download() as fetched:
        page.keyboard.press("Enter")
    assert fetched.value.suggested_filename.endswith(".ics")


def test_the_poster_is_printed_with_a_keyboard_and_fills_one_sheet(url: str, page: Page) -> None:
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")
    page.goto(f"{url}/havnen/skuret")
    tab_to(page, "Print en plakat")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plakat")
    tab_to(page, "Print")
    page.keyboard.press("Enter")
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Vis plakaten")).to_be_hidden()
    expect(page.locator(".sheet-code svg")).to_be_visible()
    for paper in ("a4", "a3"):
        page.goto(f"{url}/havnen/skuret/plakat?papir={paper}")
        sheets = page.pdf(prefer_css_page_size=True)
        assert sheets.count(b"/Type /Page\n") == 1, f"{paper}: the poster does not stand on one sheet"


def test_a_place_is_printed_on_one_sheet(url: str, page: Page) -> None:
    for address in ("/havnen/skuret", "/havnen/kajen"):
        page.goto(f"{url}{address}")
        assert page.pdf(format="A4").count(b"/Type /Page\n") == 1, address


@pytest.mark.parametrize("language", ["da", "ar"])
def test_a_screen_reader_hears_a_name_for_every_step_of_what_people_do(url: str, page: Page, language: str) -> None:
    said = HEARD[language]
    page.goto(f"{url}/havnen/?lang={language}")
    heard = spoken(page)
    assert ("link", "Kajen") in heard and said["sign"] in text(heard), "the next opening"
    page.goto(f"{url}/havnen/skuret")
    heard = spoken(page)
    assert ("heading", "Skuret") in heard and ("link", said["map"]) in heard
    assert said["sign"] in text(heard)
    assert ("DisclosureTriangle", f"{said['languages']} Language") in heard, "change language"
    assert {("heading", said["calendar"]), ("link", said["mac"]), ("link", said["android"])} <= set(heard), "subscribe"
    assert heard.index(("heading", said["calendar"])) < heard.index(("link", said["mac"]))
    assert ("link", said["poster"]) in heard
    page.locator(".languages summary").click()
    heard = spoken(page)
    assert ("navigation", said["languages"]) in heard
    assert {("link", name) for name in ("dansk", "English", "العربية")} <= set(heard)
    page.goto(f"{url}/havnen/skuret/plakat")
    heard = spoken(page)
    assert ("button", said["print"]) in heard and heard.count(("checkbox", "English")) == 1, "print the poster"
    assert [name for role, name in heard if role == "image" and not name] == []


def spoken(page: Page) -> list[tuple[str, str]]:
    """Role and name of everything that Chromium hands to a screen reader, in reading order."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    heard, waiting = [], [nodes[0]]
    while waiting:
        node = waiting.pop()
        waiting += [by_id[child] for child in reversed(node["childIds"]) if child in by_id]
        if not node["ignored"]:
            heard.append((node["role"]["value"], " ".join(node.get("name", {}).get("value", "").split())))
    return heard


def text(heard: list[tuple[str, str]]) -> str:
    """All its running text."""
    return " ".join(name for role, name in heard if role == "StaticText")


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_everything_stands_on_the_sheet_whatever_there_is_to_say(
    app: Flask, demonstration: str, new_context: NewContext, paper: str
) -> None:
    page = new_context(viewport={"width": 1280, "height": 1800}).new_page()
    page.emulate_media(media="print")
    with app.app_context():
        found = db.session.query(Place, Programme).join(Programme, Programme.id == Place.programme_id)
        themes = {row.place_id: row.id for row in db.session.query(ResidentNotice).filter_by(kind="theme")}
        posters = [(f"/{programme.slug}/{place.slug}/plakat", themes[place.id]) for place, programme in found]
    assert len(posters) == 6
    for address, theme in posters:
        for asked in ("", "sprog=da", "sprog=uk,so,fa,pl", "sprog=ku,tr"):
            for about in ("", f"&tema={theme}"):
                page.goto(f"{demonstration}{address}?{asked}{about}&papir={paper}")
                assert page.evaluate(OFF_THE_SHEET) == [], f"{address} {asked}{about}"


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_a_phone_reads_the_code_on_the_printed_sheet(url: str, new_context: NewContext, paper: str) -> None:
    page = new_context(viewport={"width": 1280, "height": 1800}).new_page()
    page.goto(f"{url}/havnen/skuret/plakat?papir={paper}&lang=ar")
    page.emulate_media(media="print")
    sheet = Image.open(BytesIO(page.locator(".sheet").screenshot()))
    found = [code.text for code in zxingcpp.read_barcodes(sheet)]
    assert found == [f"{url}/havnen/skuret"]
    code = page.locator(".sheet-code svg").bounding_box()
    assert code is not None and code["width"] > sheet.width / 4, "large enough to be read from across a hall"
    title = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.sheet h2')).fontSize)")
    assert title > sheet.width / 20, "paper says as large as the screen what the sheet is about"
