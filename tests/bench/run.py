"""`make bench`: each figure as a ratio to a bare Flask page under the same server, measured in the same run.

A fresh demonstration, fifty times as large, is served as in `make run`. Targets take turns in shuffled
rounds, so that a slow moment of the machine falls on all of them. Other programs join with
BENCH_PEER_<NAME>=<url>. Ends non-zero if a goal is missed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from html5lib import parse
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from advice.app import create_app
from advice.config import ROOT, Settings, utc_now
from advice.database import begin_write, db
from advice.models.people import Membership, Person
from advice.models.places import Place
from advice.models.roster import Shift
from advice.rules.hours import Closure, HoursPlan, WeeklyHours, YearlyDates, YearlyWeeks, expand
from tests.bench.client import Browser
from tests.bench.figures import Target, line
from tests.live_server import LiveServer, serving
from tests.program import SECRET_KEY, dispose

ROUNDS = 15
SCALE = 50
SHIFTS_IN_FEED = 200
COLD_STARTS = 5
COLD_START_SECONDS = 2.0
EXPANSION_SECONDS = 0.5


def main() -> int:
    """Measure, print, and say by the exit code whether every goal is kept."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        people = demonstration(url)
        with serving(url, Path(folder) / "server.log", ADVICE_DEMO="1") as server, hello(Path(folder)) as bare:
            return measure(server, bare, url, people) | cold_start(url, Path(folder)) | expansion()


def demonstration(url: str) -> dict[str, Any]:
    """Load the scaled demonstration; returns what `demo --json` prints."""
    environ = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": SECRET_KEY}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], env=environ, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    begun = perf_counter()
    done = subprocess.run(
        [*flask, "demo", "--scale", str(SCALE), "--json"], env=environ, cwd=ROOT, check=True, capture_output=True
    )
    print(f"demo --scale {SCALE}: {perf_counter() - begun:.1f} s")
    found: dict[str, Any] = json.loads(done.stdout)
    many_shifts(url, an_adviser(found)["email"])
    return found


def an_adviser(people: dict[str, Any]) -> dict[str, str]:
    """The adviser whose pages are measured: the first of the first programme."""
    slug = people["programmes"][0]["slug"]
    chosen: dict[str, str] = next(p for p in people["people"] if p["programme"] == slug and p["role"] == "adviser")
    return chosen


def many_shifts(url: str, email: str) -> None:
    """Give a person as many shifts ahead as her feed is to have, an hour each evening."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True))
    with app.app_context():
        begin_write()
        member = db.session.scalars(select(Membership).join(Membership.person).where(Person.email == email)).one()
        place = db.session.scalars(select(Place).where(Place.programme_id == member.programme_id)).first()
        assert place is not None
        now = utc_now()
        held = db.session.scalar(select(func.count()).where(Shift.person_id == member.person_id)) or 0
        for number in range(SHIFTS_IN_FEED - held):
            day = now.date() + timedelta(days=1 + number)
            key = {"programme_id": member.programme_id, "place_id": place.id, "membership_id": member.id}
            who = {"person_id": member.person_id, "organisation_id": member.organisation_id}
            span = {"day": day, "starts": time(19), "ends": time(20), "created_at": now, "changed_at": now}
            db.session.add(Shift(**key, **who, **span))
        db.session.commit()
        dispose()


@contextmanager
def hello(folder: Path) -> Iterator[LiveServer]:
    """The bare page under the same server, with as many threads."""
    server = LiveServer("sqlite://", folder / "hello.log", {}, application="tests.bench.hello:app", ready="/")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def measure(server: LiveServer, bare: LiveServer, url: str, people: dict[str, Any]) -> int:
    """All targets in shuffled rounds; prints a line each."""
    limit = Target("hello", simple(Browser(bare.url), "/"))
    targets = our_targets(server, people) + peers()
    for target in targets:
        target.run()  # once unmeasured: imports, templates, caches
        target.rounds.clear()
    count_queries(url, targets, people)
    everything = [limit, *targets]
    dice = random.Random(1)
    for _ in range(ROUNDS):
        dice.shuffle(everything)
        for target in everything:
            target.run()
    missed = 0
    for target in targets:
        text, kept = line(target, limit)
        missed |= not kept
        print(text)
    return int(missed)


def simple(browser: Browser, path: str, expected: int = 200, headers: dict[str, str] | None = None) -> Any:
    """Ask for a page and give the seconds; any other status ends the run."""

    def ask() -> float:
        status, seconds, _ = browser.ask(path, headers=headers)
        assert status == expected, f"{path} answered {status}"
        return seconds

    return ask


def our_targets(server: LiveServer, people: dict[str, Any]) -> list[Target]:
    """The program's own pages. Goals are today's promises; later work tightens them, and gives the others one."""
    programme, adviser = people["programmes"][0], an_adviser(people)
    visitor, member, feed = Browser(server.url), Browser(server.url), Browser(server.url)
    member.log_in(adviser["email"], adviser["password"])
    _, _, headers = feed.ask(adviser["feed_url"])
    unchanged = {"If-None-Match": headers["etag"]}
    return [
        Target("page_warm", simple(visitor, f"/{programme['slug']}/"), goal=14),
        Target("week", simple(member, week_path(member)), goal=30),
        Target("day", simple(member, "/i-dag")),
        Target("visits", simple(member, "/henvendelser")),
        Target("indicators", simple(member, "/maal")),
        Target("visit_post", posting(member), goal=30),
        Target("feed", simple(feed, adviser["feed_url"]), goal=30),
        Target("feed_304", simple(feed, adviser["feed_url"], 304, unchanged), goal=6),
    ]


def week_path(browser: Browser) -> str:
    """Where /vagtplan leads today."""
    _, _, headers = browser.ask("/vagtplan")
    return urlsplit(headers["location"]).path


def posting(browser: Browser) -> Any:
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
    form = next(form for form in tree.iter("form") if form.get("action", "").startswith("/i-dag"))
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


def peers() -> list[Target]:
    """Other programs to compare with, from BENCH_PEER_<NAME>=<url>."""
    found = []
    for name, url in sorted(os.environ.items()):
        if name.startswith("BENCH_PEER_") and url:
            parts = urlsplit(url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            found.append(Target(name.removeprefix("BENCH_PEER_").lower(), simple(Browser(url), path or "/")))
    return found


def count_queries(url: str, targets: list[Target], people: dict[str, Any]) -> None:
    """Count the SQL statements of each GET, in this process on the same database."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, demo=True, testing=True))
    seen: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    programme, adviser = people["programmes"][0]["slug"], an_adviser(people)
    client = app.test_client()
    page = client.get("/log-ind").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    client.post("/log-ind", data={"email": adviser["email"], "password": adviser["password"], "csrf_token": token})
    paths = {
        "page_warm": f"/{programme}/",
        "week": client.get("/vagtplan").location,
        "day": "/i-dag",
        "visits": "/henvendelser",
        "indicators": "/maal",
        "feed": adviser["feed_url"],
    }
    for target in targets:
        if path := paths.get(target.name):
            client.get(path)
            seen.clear()
            client.get(path)
            target.queries = len([statement for statement in seen if statement.lstrip().upper().startswith("SELECT")])


def cold_start(url: str, folder: Path) -> int:
    """From starting the process to the first answer of /healthz."""
    seconds = []
    for number in range(COLD_STARTS):
        begun = perf_counter()
        with serving(url, folder / f"cold{number}.log", ADVICE_DEMO="1"):
            seconds.append(perf_counter() - begun)
    return second_line("cold_start", median(seconds), COLD_START_SECONDS)


def expansion() -> int:
    """A year of openings of two hundred places, by the pure rule."""
    weekly = [WeeklyHours(place, 1, place % 5, time(12), time(17), date(2021, 1, 1)) for place in range(200)]
    closures = [Closure(date(2026, 6, 1), date(2026, 6, 1), {"da": "x"}, place) for place in range(200)]
    weeks = [YearlyWeeks(28, 30, {"da": "Sommer"})]
    plan = HoursPlan(weekly, closures, [YearlyDates((12, 23), (1, 2), {"da": "Jul"})], weeks)
    seconds = []
    for _ in range(COLD_STARTS):
        begun = perf_counter()
        expand(plan, date(2026, 1, 1), date(2026, 12, 31))
        seconds.append(perf_counter() - begun)
    return second_line("expand_200", median(seconds), EXPANSION_SECONDS)


def second_line(name: str, seconds: float, goal: float) -> int:
    """Print a figure that is seconds and no ratio; 1 if it misses its goal."""
    kept = seconds < goal
    print(f"{name:<14} p50 {seconds:6.3f} s  goal < {goal:g} s  {'ok' if kept else 'MISSED'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
