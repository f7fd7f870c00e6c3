"""Resident pages on the narrowest phone, in every language: nothing is cut off, and the language is found and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize, expect

from advice.actions.openings import refresh
from advice.config import ROOT
from advice.models import programmes
from advice.rules.languages import NAMES, direction
from tests import standing_clock
from tests.live_server import LiveServer
from tests.program import Clock
from tests.programme_console import Console
from tests.stored import writing

pytestmark = pytest.mark.t17

NARROW = ViewportSize(width=320, height=640)
TOO_WIDE = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter(e => { const box = e.getBoundingClientRect(); return box.width > 0 && (box.left < -1 || box.right > 321) })
  .filter(e => getComputedStyle(e).position !== "absolute")
  .map(e => e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 40))"""


@pytest.fixture
def server(
    app: Flask, clock: Clock, tmp_path: Path, database_url: str, live_server: Callable[..., LiveServer]
) -> LiveServer:
    """The first demonstration programme, as its file gives it, on a real server."""
    Console(app, tmp_path).bring((ROOT / "advice/demo/aktiv.toml").read_text(encoding="utf-8"))
    with writing(app):
        for row in programmes.everything():
            refresh(row.id, clock(), app.extensions["advice"].timezone)
    return live_server(
        database_url, application=standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=clock().isoformat()
    )


def test_nothing_is_cut_off_at_320_pixels_in_any_language(server: LiveServer, page: Page) -> None:
    page.set_viewport_size(NARROW)
    faults = {}
    for code in NAMES:
        for path in ("/aktiv/", "/aktiv/kloever-hvedemarken", "/aktiv/findes-ikke"):
            page.goto(f"{server.url}{path}?lang={code}")
            for folded in page.locator("details").all():
                folded.evaluate("e => e.open = true")
            wide = page.evaluate(TOO_WIDE)
            if wide or page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
                faults[f"{code} {path}"] = wide
    assert faults == {}


def test_a_language_is_found_by_its_own_name_and_kept_from_page_to_page(server: LiveServer, page: Page) -> None:
    page.goto(f"{server.url}/aktiv/stenbjergparken")
    if page.locator("details.languages").count():
        page.locator("details.languages summary").click()
    page.get_by_role("link", name=NAMES["ar"], exact=True).click()
    expect(page.locator("html")).to_have_attribute("dir", direction("ar"))
    page.goto(f"{server.url}/aktiv/")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
