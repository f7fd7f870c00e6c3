"""Chromium for the tests of this folder, and the program as a process of its own.

`page`, `context` and `new_context` are those of pytest-playwright, in Danish and Danish time. A breach of the content
security policy or an error in a script, on any page of a test, fails that test.

`live_server(database_url, ADVICE_DEMO="1")` starts the program on a migrated database and gives a LiveServer with
`.url`, `.stop()`, `.kill()` and `.start()`; it ends with the test. With `standing_clock.APPLICATION` and TEST_NOW it
runs under a clock that stands still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

from tests import standing_clock
from tests.browser.chromium import MISSING, browser_tests_left_out, find_chromium
from tests.browser.demonstration import NOW, put_demo
from tests.live_server import LiveServer, serving

HERE = Path(__file__).parent
LAUNCH = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

NewContext = Callable[..., BrowserContext]
StartServer = Callable[..., LiveServer]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here `browser`, and leave it out where NO_BROWSER says so."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if browser_tests_left_out():
                item.add_marker(pytest.mark.skip(reason="NO_BROWSER is set"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, with what it needs to run as root and without a network."""
    path = find_chromium()
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    return {**browser_type_launch_args, "executable_path": path, "args": list(LAUNCH)}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: each test has a server of its own. (The plugin's own fixture is of a kind that pytest warns about.)"""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A browser as people here have it."""
    return {**browser_context_args, "locale": "da-DK", "timezone_id": "Europe/Copenhagen"}


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What Chromium complained of during the test; a test that provokes it on purpose empties the list."""
    heard: list[str] = []
    yield heard
    assert not heard, "Chromium complains:\n  " + "\n  ".join(heard)


@pytest.fixture
def new_context(complaints: list[str], new_context: NewContext) -> NewContext:
    """Makes browser contexts, each listened to; `context` and `page` come from here, too."""

    def heard(message: ConsoleMessage) -> None:
        if "content security policy" in message.text.lower():
            complaints.append(message.text)

    def failed(error: WebError) -> None:
        complaints.append(str(error.error))

    def make(**arguments: Any) -> BrowserContext:
        context = new_context(**arguments)
        context.on("console", heard)
        context.on("weberror", failed)
        return context

    return make


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts the program as a process, as often as a test likes."""
    with ExitStack() as running:

        def start(database_url: str, application: str = "wsgi:app", **environ: str) -> LiveServer:
            return running.enter_context(serving(database_url, tmp_path / "server.log", application, **environ))

        yield start


@pytest.fixture
def demo_database(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database that holds the demonstration."""
    put_demo(database_url, tmp_path_factory.getbasetemp() / "demo.db")
    return database_url


@pytest.fixture
def demo(demo_database: str, live_server: StartServer) -> str:
    """The address of the program with the demonstration in it, on a Monday."""
    return live_server(demo_database, standing_clock.APPLICATION, ADVICE_DEMO="1", TEST_NOW=NOW.isoformat()).url
