"""The visit's form in a browser without JavaScript: what an outcome asks for unfolds under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from advice.config import Settings
from advice.database import begin_write, db
from tests import standing_clock
from tests.browser.conftest import StartServer
from tests.builders import PASSWORD
from tests.program import SECRET_KEY, dispose, made
from tests.visit_log import laid

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
BRIDGED, RECRUITED = "Videre – hvortil?", "Med – hvilken?"


@pytest.fixture
def page(database_url: str, live_server: StartServer, new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """Rita's tablet at Havnen, its scripts switched off."""
    app = made(Settings(database_url=database_url, secret_key=SECRET_KEY, clock=lambda: NOW, demo=True))
    with app.app_context():
        begin_write()
        laid()
        db.session.commit()
        dispose()
    server = live_server(
        database_url, application=standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()
    )
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{server.url}/log-ind")
    page.get_by_label("E-mail").fill("rita@example.org")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skuret")
    yield page


def test_where_to_unfolds_with_its_outcome_and_stays_while_something_is_chosen(page: Page) -> None:
    bridged, recruited = page.get_by_role("group", name=BRIDGED), page.get_by_role("group", name=RECRUITED)
    expect(bridged).to_be_hidden()
    expect(recruited).to_be_hidden()
    outcome = page.get_by_role("checkbox", name="Videre", exact=True)
    outcome.check()
    expect(bridged).to_be_visible()
    expect(recruited).to_be_hidden()
    body = page.get_by_role("checkbox", name="Toldboden")
    body.check()
    outcome.uncheck()
    expect(bridged).to_be_visible()
    body.uncheck()
    expect(bridged).to_be_hidden()


def test_what_was_tapped_is_named_and_where_to_is_asked_once_more(page: Page) -> None:
    page.get_by_role("checkbox", name="Regn").check()
    page.get_by_role("checkbox", name="Videre", exact=True).check()
    page.get_by_role("button", name="Gem henvendelse").click()
    page.get_by_role("link", name="Tilføj til hvem").click()
    page.get_by_role("checkbox", name="Toldboden").check()
    page.get_by_role("button", name="Gem rettelse").click()
    expect(page.get_by_text("Rettelsen er gemt.")).to_be_visible()


def test_after_the_session_has_ended_the_visit_is_sent_again_from_the_same_tab(page: Page) -> None:
    page.get_by_role("checkbox", name="Regn").check()
    page.context.clear_cookies()
    page.get_by_role("button", name="Gem henvendelse").click()
    expect(page.get_by_role("heading", name="Du er blevet logget ud")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log ind i en ny fane").click()
    tab = opened.value
    tab.get_by_label("E-mail").fill("rita@example.org")
    tab.get_by_label("Adgangskode").fill(PASSWORD)
    tab.get_by_role("button", name="Log ind").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Skuret")
    page.get_by_role("button", name="Send igen").click()
    expect(page.get_by_role("alert")).to_contain_text("Du er logget ind som Rita Ror")
    expect(page.get_by_role("checkbox", name="Regn")).to_be_checked()
    page.get_by_role("button", name="Gem henvendelse").click()
    expect(page.get_by_text("Gemt kl. 13.30: Regn")).to_be_visible()
