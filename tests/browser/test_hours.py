"""Opening hours in the browser, with the keyboard alone: close a week, see what it does, save, and take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from advice.actions import openings
from advice.config import Settings
from tests.browser.conftest import StartServer
from tests.builders import PASSWORD
from tests.program import Clock
from tests.stored import stored_world, writing


@pytest.fixture
def clock() -> Clock:
    """The server's own clock is the machine's."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, so that the coordinator logs in with a password alone."""
    return replace(settings, demo=True)


def test_a_week_is_closed_and_opened_again_with_the_keyboard(
    app: Flask, database_url: str, live_server: StartServer, page: Page, clock: Clock
) -> None:
    world = stored_world(app)
    with writing(app):
        openings.refresh(world.programme.id, clock(), app.extensions["advice"].timezone)
    server = live_server(database_url, ADVICE_DEMO="1")
    page.goto(f"{server.url}/log-ind?next=/indstillinger/aabningstider")
    page.get_by_label("E-mail").fill("karen@example.org")
    page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Luk", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Eller uger").focus()
    page.keyboard.type(str((clock() + timedelta(weeks=20)).isocalendar().week))
    page.get_by_label("Grund", exact=True).focus()
    page.keyboard.type("Ferie")
    page.get_by_role("button", name="Se, hvad det ændrer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Skal det gemmes?")
    page.get_by_role("button", name="Ja, gem").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Gemt.")
    page.get_by_role("button", name="Træk tilbage Ferie").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ja, gem").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ingen lukkedage ud over helligdagene.")).to_be_visible()
