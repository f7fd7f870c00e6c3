"""`make bench`: each figure as a ratio to a bare Flask page under the same server, measured in the same run.

A fresh demonstration, fifty times as large, is served as in `make run`, and a small one beside it from PostgreSQL.
Targets take turns in shuffled rounds, so that a slow moment of the machine falls on all of them. Other programs join
with BENCH_PEER_<NAME>=<url>. Ends non-zero if a goal is missed.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from advice.app import create_app
from advice.config import Settings
from advice.rules.closures import Closure, YearlyDates, YearlyWeeks
from advice.rules.hours import HoursPlan, WeeklyHours, expand
from tests.bench.client import Browser
from tests.bench.demonstration import an_adviser, demonstration, many_places
from tests.bench.figures import Target, line
from tests.bench.targets import (
    COLD_START_SECONDS,
    EXPANSION_SECONDS,
    LARGE_PLACES,
    large_targets,
    our_targets,
    peers,
    postgresql_targets,
    simple,
)
from tests.databases import postgres_server
from tests.live_server import LiveServer, serving
from tests.program import SECRET_KEY, migrate

ROUNDS = 15
COLD_STARTS = 5


def main() -> int:
    """Measure, print, and say by the exit code whether every goal is kept."""
    with tempfile.TemporaryDirectory() as folder, postgres_server(migrate) as postgres:
        url, there = f"sqlite:///{folder}/bench.db", postgres.fresh()
        people = demonstration(url)
        large = many_places(url, LARGE_PLACES)
        demonstration(there, scale=1)
        with (
            serving(url, Path(folder) / "server.log", ADVICE_DEMO="1") as server,
            serving(there, Path(folder) / "postgresql.log", ADVICE_DEMO="1") as other,
            hello(Path(folder)) as bare,
        ):
            targets = our_targets(server.url, people, url) + large_targets(server.url, large, url)
            targets += postgresql_targets(other.url, people) + peers()
            missed = measure(targets, bare, url, people)
        return missed | cold_start(url, Path(folder)) | expansion()


@contextmanager
def hello(folder: Path) -> Iterator[LiveServer]:
    """The bare page under the same server, with as many threads."""
    server = LiveServer("sqlite://", folder / "hello.log", {}, application="tests.bench.hello:app", ready="/")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def measure(targets: list[Target], bare: LiveServer, url: str, people: dict[str, Any]) -> int:
    """All targets in shuffled rounds; prints a line each."""
    limit = Target("hello", simple(Browser(bare.url), "/"))
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


def count_queries(url: str, targets: list[Target], people: dict[str, Any]) -> None:
    """Count the SQL statements of each GET, in this process on the same database."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, demo=True, testing=True))
    seen: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    adviser = an_adviser(people)
    client = app.test_client()
    page = client.get("/log-ind").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    client.post("/log-ind", data={"email": adviser["email"], "password": adviser["password"], "csrf_token": token})
    for target in targets:
        if target.path:
            client.get(target.path)
            seen.clear()
            client.get(target.path)
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
