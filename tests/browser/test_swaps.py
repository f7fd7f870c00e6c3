"""A swap on a phone: offered, taken, approved on a leader's phone; both own pages then say the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from advice.actions import openings
from advice.config import Settings
from tests import builders, standing_clock
from tests.browser.conftest import NewContext, StartServer
from tests.browser.test_sick import faults
from tests.builders import PASSWORD
from tests.plans import WEDNESDAY
from tests.program import Clock
from tests.stored import writing


@pytest.fixture
def clock() -> Clock:
    """Monday, half past seven in Denmark."""
    return Clock(datetime(2026, 11, 23, 6, 30, tzinfo=UTC))


def test_a_shift_is_offered_taken_and_approved_on_phones_and_both_pages_agree(
    app: Flask, database_url: str, settings: Settings, live_server: StartServer, new_context: NewContext, clock: Clock
) -> None:  # fmt: skip
    with writing(app):
        world = builders.world()
        openings.refresh(world.programme.id, clock(), settings.timezone)
        for name in ("rita", "tove"):
            builders.shift(world, name, "kajen", WEDNESDAY, 9, 12)
    server = live_server(database_url, standing_clock.APPLICATION, TEST_NOW=clock().isoformat(), ADVICE_DEMO="1")

    def phone(name: str, target: str) -> Page:
        """Somebody's phone, logged in."""
        page = new_context(viewport={"width": 360, "height": 740}).new_page()
        page.goto(f"{server.url}/log-ind?next={target}")
        page.get_by_label("E-mail").fill(f"{name}@example.org")
        page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{target}")
        return page

    rita, bent = phone("rita", "/mine-vagter"), phone("bent", "/mine-vagter")
    rita.get_by_role("link", name="Byt vagt").click()
    expect(rita.get_by_role("heading", level=1)).to_have_text("Byt vagt")
    assert faults(rita) == []
    rita.get_by_label("Give vagten væk").check()
    rita.get_by_role("button", name="Spørg").click()
    expect(rita.get_by_role("status")).to_contain_text("Vagten er din, til en anden har taget den.")
    assert faults(rita) == []

    bent.reload()
    bent.get_by_role("link", name="Se og tag den").click()
    expect(bent.get_by_role("heading", level=1)).to_have_text("Tag vagten?")
    assert faults(bent) == []
    bent.get_by_role("button", name="Ja, jeg tager den").click()
    expect(bent.get_by_role("status")).to_contain_text("Du har sagt ja.")
    expect(bent.locator("main")).to_contain_text("Venter på ja fra Karen Kaj og Tove Tov.")
    assert faults(bent) == []

    for name in ("tove", "karen"):
        leader = phone(name, "/vagtplan/2026-48")
        leader.get_by_role("link", name="1 bytte venter på dit ja").click()
        expect(leader.get_by_role("heading", level=1)).to_have_text("Bytter")
        expect(leader.locator("main")).to_contain_text("Intet kommer til at mangle ved det.")
        assert faults(leader) == []
        leader.get_by_role("button", name="Ja til byttet").click()
        expect(leader.locator("main")).to_contain_text("Ingen bytter venter på dit ja.")

    rita.reload()
    expect(rita.locator("main")).to_contain_text("Bent Bøje har taget din vagt.")
    expect(rita.locator(".lead")).to_contain_text("Du har ingen kommende vagter.")
    bent.reload()
    expect(bent.locator(".lead")).to_contain_text("onsdag 25. november kl. 9–12, Kajen")
    assert faults(rita) == [] and faults(bent) == []
