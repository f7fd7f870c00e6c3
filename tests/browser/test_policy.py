"""The content security policy in the real browser: our pages keep it, and every kind of breach is heard.

That no other test of this folder breaks it is seen to by `complaints` in conftest.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page

from advice.config import Settings
from tests import standing_clock
from tests.browser.conftest import StartServer
from tests.builders import PASSWORD
from tests.every_address import addresses, settled
from tests.program import SECRET_KEY, Clock, dispose, made

pytestmark = pytest.mark.t12

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
BREACHES = {
    "inline script": "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))",
    "inline handler": "document.body.innerHTML = '<img src=x onerror=\"window.ran = 1\">'",
    "inline style": "document.body.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))",
    "foreign script": "document.body.append(Object.assign(document.createElement('script'), {src: '//a.test/'}))",
    "picture from elsewhere": "document.body.append(Object.assign(new Image(), {src: 'http://a.test/x.png'}))",
    "font": "new FontFace('x', 'url(/static/x.woff2)').load().catch(() => 0)",
    "asking elsewhere": "fetch('http://a.test/').catch(() => 0)",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: '/'}))",
    "form to elsewhere": "document.body.innerHTML = '<form method=post action=\"http://a.test/\"></form>';"
    "document.forms[0].submit()",
    "base": "document.head.append(Object.assign(document.createElement('base'), {href: 'http://a.test/'}))",
}


def test_every_kind_of_breach_is_heard_and_stopped(
    live_server: StartServer, database_url: str, page: Page, complaints: list[str]
) -> None:
    url = live_server(database_url).url
    for name, script in BREACHES.items():
        page.goto(url)
        assert complaints == [], f"the page itself: {complaints}"
        with page.expect_console_message(lambda message: "content security policy" in message.text.lower()):
            page.evaluate(f"() => {{ {script} }}")
        assert complaints, f"{name} was not heard"
        assert not page.evaluate("window.ran"), f"{name} ran"
        complaints.clear()


def test_every_page_keeps_the_policy(
    database_url: str,
    live_server: StartServer,
    new_context: Callable[..., BrowserContext],
    complaints: list[str],
) -> None:
    clock = Clock(NOW)
    app = made(Settings(database_url=database_url, secret_key=SECRET_KEY, demo=True, testing=True, clock=clock))
    values = settled(app, clock)
    with app.app_context():
        dispose()
    url = live_server(database_url, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
    for name in (None, "karen", "rita"):
        page = new_context().new_page()
        if name:
            page.goto(f"{url}/log-ind")
            page.get_by_label("E-mail").fill(f"{name}@example.org")
            page.get_by_label("Adgangskode").fill(PASSWORD)
            page.get_by_role("button", name="Log ind").click()
            page.get_by_role("button", name="Log ud").wait_for()
        shown = 0
        for rule, path in addresses(app, values):
            if "GET" in (rule.methods or set()) and not path.endswith((".ics", "/log-ud")):
                answer = page.goto(url + path)
                shown += answer is not None and answer.status == 200
        assert shown >= (8 if name else 5), f"{name or 'a stranger'} saw {shown} pages"
        assert complaints == [], f"as {name or 'a stranger'}"
