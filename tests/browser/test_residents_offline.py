"""Residents' pages without a network, in the real browser: the last known hours, with their date, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from advice.database import db
from advice.models.programmes import Programme
from tests import residents, standing_clock, switched_off
from tests.browser.conftest import NewContext, StartServer
from tests.builders import PASSWORD
from tests.live_server import LiveServer
from tests.residents import ZONE, Harbour

harbour = residents.harbour
PLACE = "/havnen/skuret"
PATIENCE = 15_000
"""Milliseconds."""
KEPT = """async (wanted) => {
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) if (url.endsWith(wanted)) return true;
  }
  return false;
}"""
ADDRESSES = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) found.push(url.replace(location.origin, ""));
  }
  return found;
}"""
COLOUR = "() => getComputedStyle(document.querySelector('.sign')).backgroundColor"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
NOW = ("åbent nu", "åbner", "i dag", "i morgen", "denne uge", "resten af ugen", "næste uge", "de næste to måneder")
"""Words that are right for a while only."""
NO_WORKER = "async () => (await navigator.serviceWorker.getRegistrations()).length === 0"


@pytest.fixture
def live(harbour: Harbour, database_url: str, live_server: StartServer) -> LiveServer:
    """Havnen in three languages on Monday 23 November 2026 at 13.30."""
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).languages = ["da", "en", "ar"]
    now = harbour.clock.now.replace(hour=12, minute=30).isoformat()
    return live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=now)


def until(page: Page, script: str, sent: str = "") -> None:
    """Wait for a function of the page to give true; Playwright's own wait takes any promise for it."""
    waiting = f"""async (sent) => {{
      for (const end = Date.now() + {PATIENCE}; Date.now() < end; await new Promise(requestAnimationFrame)) {{
        if (await ({script})(sent)) return true;
      }}
      return false;
    }}"""
    assert page.evaluate(waiting, sent), f"never true: {script} {sent}"


def read(page: Page, live: LiveServer, path: str, language: str = "da") -> str:
    """Read a page until the worker has kept it; gives the clock time of the server's answer, as hours and minutes."""
    answer = page.goto(live.url + path)
    assert answer is not None and answer.status == 200
    bare = path.partition("?")[0]
    until(page, KEPT, f"{bare}?lang={language}")
    until(page, CONTROLLED)
    # The page may be just being kept anew: then it is away for a moment.
    stored = page.evaluate(
        """async (path) => {
          for (;; await new Promise(requestAnimationFrame)) {
            for (const name of await caches.keys()) {
              const found = await (await caches.open(name)).match(path, { ignoreVary: true });
              if (found) return found.headers.get("Date");
            }
          }
        }""",
        f"{bare}?lang={language}",
    )
    at = datetime.strptime(stored, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC).astimezone(ZONE)
    return f"{at:%H:%M}"


def spoken(main: Locator) -> str:
    """What can be seen, read without a break where the page has none."""
    return " ".join(main.inner_text().split())


def led_to(page: Page) -> set[str]:
    """Where the links of main lead."""
    return {str(link.get_attribute("href")) for link in page.locator("main a").all()}


def fails(page: Page, url: str) -> None:
    """There is no page at the address."""
    with pytest.raises(Error, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION"):
        page.goto(url)


def test_without_a_network_the_last_known_hours_are_shown_with_their_date(
    live: LiveServer, context: BrowserContext, page: Page
) -> None:
    clock = read(page, live, PLACE)
    expect(page.locator("#uden-net")).to_be_hidden()
    context.set_offline(True)
    page.reload()
    expect(page.locator("#uden-net")).to_be_visible()
    expect(page.locator("#uden-net")).to_have_text(
        f"Uden net. Sådan stod der mandag 23. november kl. {clock.replace(':', '.')}.", use_inner_text=True
    )
    assert page.evaluate(COLOUR) == "rgb(65, 75, 75)", "the styles are there, too, and nothing is green"
    context.set_offline(False)
    page.reload()
    expect(page.locator("#uden-net")).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("Åbent nu til kl. 16")


def test_each_language_is_kept_for_itself(live: LiveServer, context: BrowserContext, page: Page) -> None:
    read(page, live, f"{PLACE}?lang=da")
    clock = read(page, live, f"{PLACE}?lang=ar", "ar")
    context.set_offline(True)
    page.goto(live.url + PLACE)
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator("#uden-net")).to_contain_text("لا يوجد اتصال بالإنترنت")
    expect(page.locator("#uden-net")).to_contain_text("الاثنين، 23 نوفمبر")
    expect(page.locator("#uden-net bdi")).to_have_text(clock)
    page.goto(f"{live.url}{PLACE}?lang=da")
    expect(page.locator("html")).to_have_attribute("lang", "da")
    expect(page.locator("#uden-net")).to_contain_text("Uden net.")
    page.goto(f"{live.url}{PLACE}?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "ar")  # the last one read: better than nothing
    expect(page.locator("h1")).to_have_text("Skuret")


def test_a_page_without_a_network_says_nothing_of_now_only_dates(
    live: LiveServer, context: BrowserContext, page: Page
) -> None:
    for path, dated in (
        ("/havnen/", ["Mandag 23. november kl. 13–16", "Onsdag 25. november kl. 9–12"]),
        (PLACE, ["Mandag 23. november kl. 13–16", "Mandag 30. november kl. 13–16", "Onsdag 25. november kl. 9–12"]),
    ):
        read(page, live, path)
        main = page.get_by_role("main")
        assert "Åbent nu til kl. 16" in spoken(main) and "Tider, som vi kendte dem" not in spoken(main)
        assert page.evaluate(COLOUR) == "rgb(20, 97, 58)"
        assert page.locator(".hours .is-today").count() == 1
        context.set_offline(True)
        page.reload()
        expect(page.locator("#uden-net")).to_be_visible()
        said = spoken(main)
        assert not [words for words in NOW if words in said.lower()], said
        assert [words for words in ("Tider, som vi kendte dem:", *dated) if words not in said] == []
        assert page.locator(".is-today").count() == 0
        context.set_offline(False)


def test_a_page_that_nobody_has_read_is_the_programmes(live: LiveServer, context: BrowserContext, page: Page) -> None:
    read(page, live, f"{PLACE}?lang=ar", "ar")
    context.set_offline(True)
    for path in ("/havnen/kajen", "/havnen/kajen/plakat?papir=a3", "/havnen/findes-ikke?lang=da", "/havnen/?papir=a4"):
        page.goto(live.url + path)
        expect(page.locator("html")).to_have_attribute("lang", "ar")
        expect(page.locator("#uden-net")).to_be_visible()
        assert led_to(page) >= {"/havnen/skuret", "/havnen/kajen"}, path
    page.goto(f"{live.url}{PLACE}/plakat?lang=ar")
    expect(page.locator("h1")).to_have_text("Skuret")


def test_what_other_sites_hang_on_an_address_is_the_page_all_the_same(
    live: LiveServer, context: BrowserContext, page: Page
) -> None:
    read(page, live, f"{PLACE}?utm_source=x")
    assert f"{PLACE}?lang=da" in page.evaluate(ADDRESSES)
    context.set_offline(True)
    page.goto(f"{live.url}{PLACE}?fbclid=IwAR1&lang=da")
    expect(page.locator("h1")).to_have_text("Skuret")
    expect(page.locator("#uden-net")).to_be_visible()


def test_what_is_changed_shows_at_once_with_a_network_and_a_page_that_has_gone_is_forgotten(
    live: LiveServer, harbour: Harbour, context: BrowserContext, page: Page
) -> None:
    read(page, live, PLACE)
    read(page, live, "/havnen/kajen")
    harbour.closed(date(2026, 11, 23), date(2026, 11, 23), "skuret", "Storm")
    page.goto(live.url + PLACE)
    expect(page.get_by_role("main")).to_contain_text("Lukket i dag (Storm)")
    with harbour.changing():
        place = next(one for one in harbour.world.places.values() if one.slug == "kajen")
        db.session.merge(place).slug = "molen"
    answer = page.goto(f"{live.url}/havnen/kajen")
    assert answer is not None and answer.status == 404
    until(page, f"async () => !(await ({ADDRESSES})()).some((one) => one.startsWith('/havnen/kajen'))")
    context.set_offline(True)
    page.goto(live.url + PLACE)
    expect(page.get_by_role("main")).to_contain_text("Lukket i dag (Storm)")
    page.goto(f"{live.url}/havnen/kajen")
    expect(page.locator("h1")).not_to_have_text("Kajen")
    assert "/havnen/skuret" in led_to(page), "the programme's page"


def test_a_page_of_the_staff_is_never_there(live: LiveServer, context: BrowserContext, page: Page) -> None:
    read(page, live, "/havnen/")
    page.goto(f"{live.url}/log-ind")
    page.get_by_label("E-mail").fill("rita@example.org")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    page.get_by_role("button", name="Log ud").wait_for()
    for path in ("/i-dag", "/henvendelser", PLACE, "/havnen/findes-ikke"):
        page.goto(live.url + path)
    kept = page.evaluate(ADDRESSES)
    assert "/havnen/?lang=da" in kept
    assert [one for one in kept if not one.startswith("/static/")] == ["/havnen/?lang=da"]
    assert {one for one in kept if one.startswith("/static/") and not one.endswith(".css")} == set()
    context.set_offline(True)
    page.goto(live.url + PLACE)
    expect(page.get_by_role("button", name="Log ud")).to_have_count(0)
    assert "/havnen/skuret" in led_to(page), "the programme's page"
    for path in ("/i-dag", "/henvendelser"):
        fails(page, live.url + path)


def test_whoever_is_logged_in_keeps_the_programmes_page_as_anybody_reads_it(
    live: LiveServer, context: BrowserContext, page: Page
) -> None:
    page.goto(f"{live.url}/log-ind")
    page.get_by_label("E-mail").fill("rita@example.org")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    page.get_by_role("button", name="Log ud").wait_for()
    page.goto(live.url + PLACE)
    until(page, CONTROLLED)
    assert [one for one in page.evaluate(ADDRESSES) if not one.startswith("/static/")] == ["/havnen/?lang=da"]
    context.set_offline(True)
    page.goto(live.url + PLACE)
    assert "/havnen/skuret" in led_to(page)


def test_a_few_pages_are_kept_the_first_read_thrown_away(live: LiveServer, page: Page) -> None:
    read(page, live, PLACE)
    for number in range(32):
        page.goto(f"{live.url}{PLACE}?papir={number}")
        until(page, KEPT, f"?papir={number}&lang=da")
    count = f"async () => (await ({ADDRESSES})()).filter((one) => one.startsWith('/havnen/skuret')).length === 30"
    until(page, count)
    kept = page.evaluate(ADDRESSES)
    assert f"{PLACE}?lang=da" not in kept and f"{PLACE}?papir=1&lang=da" not in kept
    assert {f"{PLACE}?papir=2&lang=da", f"{PLACE}?papir=31&lang=da"} <= set(kept)
    assert "/havnen/?lang=da" in kept, "the programme's page stays"


def test_a_programme_that_has_gone_takes_its_worker_along(live: LiveServer, harbour: Harbour, page: Page) -> None:
    read(page, live, PLACE)
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).slug = "molen"
    # It asks once in its life whether it is wanted: this one has.
    stop_workers(page)
    page.goto(live.url + PLACE)
    until(page, NO_WORKER)
    assert page.evaluate("caches.keys()") == []


def test_switched_off_the_worker_takes_itself_away_from_every_device(live: LiveServer, new_context: NewContext) -> None:
    page = new_context().new_page()
    read(page, live, PLACE)
    live.stop()
    live.application = switched_off.APPLICATION
    live.start()
    page.goto(live.url + PLACE)
    until(page, NO_WORKER)
    assert page.evaluate("caches.keys()") == []
    page.reload()
    assert page.evaluate(NO_WORKER)


def stop_workers(page: Page) -> None:
    """End the processes of all workers, as a browser does when they have been idle for a while."""
    session = page.context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()
