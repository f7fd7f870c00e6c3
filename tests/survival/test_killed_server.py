"""T5: the server is killed again and again while people log visits; whatever it acknowledged is there afterwards."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired

import pytest
from flask import Flask

from tests.live_server import LiveServer
from tests.program import dispose
from tests.stored import stored_world
from tests.survival import kept_visits
from tests.survival.log_writers import Writer

pytestmark = pytest.mark.t5

PEOPLE = ("rita", "svend", "bent", "rita")  # somebody has two browsers
MOST_ANSWERS = 24
"""The server is killed after at most so many acknowledged writes …"""
MOST_SECONDS = 0.03
"""… and at most so long after the last of them: longer than one write takes."""
SECONDS_FOR_AN_ANSWER = 10.0


@dataclass
class Harness:
    """A server on a database file, those who write to it, and the dice that say when it is killed."""

    server: LiveServer
    database: Path
    writers: list[Writer]
    answered: threading.Semaphore
    dice: random.Random

    def log_in(self) -> None:
        """Start the server and let everybody in, once for the whole test."""
        self.server.start()
        for writer in self.writers:
            writer.log_in()

    def write_until_killed(self) -> None:
        """Let everybody write, and kill the server at a random point of it."""
        while self.answered.acquire(blocking=False):
            pass  # what was answered after the last kill was decided
        with ThreadPoolExecutor(len(self.writers)) as pool:
            done = [pool.submit(writer.write) for writer in self.writers]
            for _ in range(self.dice.randint(1, MOST_ANSWERS)):
                if not self.answered.acquire(timeout=SECONDS_FOR_AN_ANSWER):
                    break  # somebody was sent away, and says so
            assert self.server.process is not None
            with suppress(TimeoutExpired):
                self.server.process.wait(self.dice.uniform(0, MOST_SECONDS))
            self.server.kill()
        for writing in done:
            writing.result()

    def faults(self) -> list[str]:
        """What the database did not keep, and whom the server sent away."""
        refused = [sentence for writer in self.writers for sentence in writer.refused]
        return refused + kept_visits.faults(self.database, [writer.visits for writer in self.writers])

    def acknowledged(self) -> int:
        """How many writes were acknowledged so far."""
        return sum(what.acknowledged for writer in self.writers for what in writer.visits.values())


Start = Callable[[str], Harness]


@pytest.fixture
def start(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Makes a harness round an application, by its name for the server; SURVIVAL_SEED repeats a run's dice."""
    stored_world(app)
    with app.app_context():
        dispose()
    made: list[LiveServer] = []

    def harness(application: str) -> Harness:
        seed = int(os.environ.get("SURVIVAL_SEED") or random.SystemRandom().randrange(2**32))
        print(f"SURVIVAL_SEED={seed}")  # shown when the test fails
        server = LiveServer(database_url, tmp_path / "server.log", {"ADVICE_DEMO": "1"}, application)
        made.append(server)
        answered = threading.Semaphore(0)
        writers = [
            Writer(server.url, f"{name}@example.org", random.Random(seed + number), answered)
            for number, name in enumerate(PEOPLE)
        ]
        database = Path(database_url.removeprefix("sqlite:///"))
        return Harness(server, database, writers, answered, random.Random(seed))

    yield harness
    for server in made:
        server.kill()


@pytest.mark.parametrize("kills", [25, pytest.param(200, marks=pytest.mark.long)])
def test_no_acknowledged_write_is_lost_when_the_server_is_killed(start: Start, kills: int) -> None:
    """The server comes up again by itself, everybody is still logged in, and sends again what got no answer."""
    harness = start("wsgi:app")
    harness.log_in()
    for number in range(1, kills + 1):
        before = harness.acknowledged()
        harness.write_until_killed()
        assert harness.acknowledged() > before, f"nothing was acknowledged before kill {number}: {harness.faults()}"
        harness.server.start()
        assert harness.faults() == [], f"after kill {number}"


def test_a_server_that_acknowledges_before_it_saves_is_found_out(start: Start) -> None:
    harness = start("tests.survival.unsaved_copy:app")
    harness.log_in()
    harness.write_until_killed()
    found = harness.faults()
    lost = [sentence for sentence in found if sentence.startswith("lost: ")]
    acknowledged = [what for one in harness.writers for what in one.visits.values() if what.acknowledged]
    assert len(lost) == len(found) == len(acknowledged) > 0


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        ("DELETE FROM visit_topics WHERE visit_id = ?", "altered"),
        ("DELETE FROM visits WHERE id = ?", "lost"),
        ("UPDATE visits SET id = 'x' WHERE id = ?", "nobody logged x"),
        ("DELETE FROM visit_revisions WHERE visit_id = ?", "foreign_key_check"),
    ],
)
def test_harm_to_a_single_visit_is_found_out(start: Start, harm: str, word: str) -> None:
    harness = start("wsgi:app")
    harness.log_in()
    harness.write_until_killed()
    assert harness.faults() == []
    visit = next(visit for one in harness.writers for visit, what in one.visits.items() if what.acknowledged)
    with closing(sqlite3.connect(harness.database)) as connection, connection:
        connection.execute(harm, [visit])
    assert any(word in sentence for sentence in harness.faults())
