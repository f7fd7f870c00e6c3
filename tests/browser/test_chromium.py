"""The browser hears what it must: without this, the silence of `complaints` would mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chromium import browser_tests_left_out, find_chromium
from tests.live_server import LiveServer


def test_a_breach_of_the_content_security_policy_and_a_script_error_are_heard(
    live_server: Callable[..., LiveServer], database_url: str, page: Page, complaints: list[str]
) -> None:
    page.goto(live_server(database_url).url + "/findes-ikke")
    assert complaints == []
    page.evaluate("document.body.innerHTML = '<p style=\"color: red\">x</p>'")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('a fault of the page') })")
    breach, fault = complaints
    complaints.clear()
    assert "Content Security Policy" in breach
    assert "a fault of the page" in fault


def test_a_named_browser_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    assert find_chromium({"CHROMIUM": str(tmp_path / "chromium")}) is None


def test_an_empty_no_browser_is_as_if_unset() -> None:
    assert not browser_tests_left_out({"NO_BROWSER": ""})
    assert browser_tests_left_out({"NO_BROWSER": "1"})
