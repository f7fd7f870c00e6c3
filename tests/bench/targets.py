"""The lines of `make bench`: what each one asks for, and the goal it has."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from html5lib import parse
from sqlalchemy import create_engine, text

from tests.bench.client import Browser
from tests.bench.demonstration import an_adviser
from tests.bench.figures import Target

COLD_START_SECONDS = 2.0
EXPANSION_SECONDS = 0.5
LARGE_PLACES = 40
"""Places of the large programme, whose quarter shows thirteen times as much."""
Ask = Callable[[], float]


def our_targets(url: str, people: dict[str, Any], database_url: str) -> list[Target]:
    """The program's own pages. Goals are today's promises; later work tightens them, and gives the others one."""
    programme, adviser = people["programmes"][0], an_adviser(people)
    visitor, member, feed = Browser(url), Browser(url), Browser(url)
    member.log_in(adviser["email"], adviser["password"])
    _, _, headers = feed.ask(adviser["feed_url"])
    unchanged = {"If-None-Match": headers["etag"]}
    public, quarter = f"/{programme['slug']}/", led_to(member, "/vagtplan/kvartal")
    return [
        Target("page_warm", simple(visitor, public), goal=1.3),
        Target("page_304", unmodified(visitor, public), goal=1.3),
        # A cookie of a session, though of none there is, goes past what is kept in memory.
        Target("page_made", simple(visitor, public, headers={"Cookie": "session=x"}), path=public),
        page("week", member, led_to(member, "/vagtplan"), goal=30),
        page("quarter", member, quarter, goal=10),
        Target("quarter_made", after_an_edit(member, quarter, database_url)),
        page("day", member, "/i-dag"),
        page("visits", member, "/henvendelser"),
        page("indicators", member, "/maal"),
        Target("visit_post", posting(member), goal=30),
        page("feed", feed, adviser["feed_url"], goal=30),
        Target("feed_304", simple(feed, adviser["feed_url"], 304, unchanged), goal=6),
    ]


def large_targets(url: str, who: dict[str, str], database_url: str) -> list[Target]:
    """The quarter of forty places and two hundred people: it grows with what is shown."""
    member = Browser(url)
    member.log_in(who["email"], who["password"])
    path = led_to(member, "/vagtplan/kvartal")
    return [
        Target("quarter_40", simple(member, path)),
        Target("quarter_40_made", after_an_edit(member, path, database_url)),
    ]


def postgresql_targets(url: str, people: dict[str, Any]) -> list[Target]:
    """The residents' page of the same program on PostgreSQL, where the counter is asked for through a socket."""
    visitor, public = Browser(url), f"/{people['programmes'][0]['slug']}/"
    return [
        Target("pg_page_warm", simple(visitor, public), goal=1.8),
        Target("pg_page_304", unmodified(visitor, public), goal=1.8),
    ]


def unmodified(browser: Browser, path: str) -> Ask:
    """Ask for a page that one has."""
    _, _, headers = browser.ask(path)
    return simple(browser, path, 304, {"If-None-Match": headers["etag"]})


def peers() -> list[Target]:
    """Other programs to compare with, from BENCH_PEER_<NAME>=<url>."""
    found = []
    for name, url in sorted(os.environ.items()):
        if name.startswith("BENCH_PEER_") and url:
            parts = urlsplit(url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            found.append(Target(name.removeprefix("BENCH_PEER_").lower(), simple(Browser(url), path or "/")))
    return found


def page(name: str, browser: Browser, path: str, goal: float | None = None) -> Target:
    """The target of a page of the program; the statements it needs are counted too."""
    return Target(name, simple(browser, path), goal, path)


def simple(browser: Browser, path: str, expected: int = 200, headers: dict[str, str] | None = None) -> Ask:
    """Ask for a page and give the seconds; any other status ends the run."""

    def ask() -> float:
        status, seconds, _ = browser.ask(path, headers=headers)
        assert status == expected, f"{path} answered {status}"
        return seconds

    return ask


def after_an_edit(browser: Browser, path: str, database_url: str) -> Ask:
    """Ask for a page of the vagtplan right after somebody changed a row of it."""
    engine, ask_again = create_engine(database_url), simple(browser, path)

    def ask() -> float:
        with engine.begin() as connection:
            connection.execute(text("UPDATE revisions SET number = number + 1 WHERE name = 'roster'"))
        return ask_again()

    return ask


def led_to(browser: Browser, path: str) -> str:
    """Where an address leads today."""
    _, _, headers = browser.ask(path)
    return urlsplit(headers["location"]).path


def posting(browser: Browser) -> Ask:
    """One visit with one topic, saved in one POST, each time another one."""
    token = browser.token("/i-dag")
    fields = form_fields(browser.text)

    def ask() -> float:
        form = [(name, value) for name, value in fields if name not in ("visit", "csrf_token")]
        status, seconds, _ = browser.ask("/i-dag", [*form, ("visit", str(uuid4())), ("csrf_token", token)])
        assert status == 303, f"the visit's POST answered {status}"
        return seconds

    return ask


def form_fields(page: str) -> list[tuple[str, str]]:
    """What a browser would send of the visit form, with its first topic ticked."""
    tree = parse(page, namespaceHTMLElements=False)
    form = next(form for form in tree.iter("form") if form.get("action") == "/i-dag")
    found: list[tuple[str, str]] = []
    topic = False
    for field in form.iter("input"):
        name, kind = field.get("name"), field.get("type", "text")
        if name and (kind in ("hidden", "text", "time", "date") or field.get("checked") is not None):
            found.append((name, field.get("value", "")))
        elif name == "topics" and not topic:
            topic = True
            found.append((name, field.get("value", "")))
    for choice in form.iter("select"):
        chosen = next((one for one in choice.iter("option") if one.get("selected") is not None), None)
        if chosen is not None:
            found.append((choice.get("name", ""), chosen.get("value", "")))
    return found
