"""T6: a backup taken while people write is whole, and what is restored from it is what was there."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from advice import schema
from advice.actions import outbox, sessions
from advice.actions.visits import store
from advice.models.accounts import LogInMethod
from advice.models.registry import metadata
from tests import copies
from tests.copies import app_clock, backed_up, flask, totals
from tests.live_server import LiveServer, serving
from tests.program import dispose
from tests.stored import stored_world, writing
from tests.survival.log_writers import Writer
from tests.visit_log import NOW, ZONE, entry, laid

pytestmark = pytest.mark.t6
file = copies.file
PEOPLE = ("rita", "svend", "bent")
SECONDS_FOR_AN_ANSWER = 20.0


@contextmanager
def people_writing(server: LiveServer) -> Iterator[tuple[list[Writer], threading.Semaphore]]:
    """People who log visits over HTTP until the server is ended at the end of the block."""
    answered = threading.Semaphore(0)
    writers = [
        Writer(server.url, f"{name}@example.org", random.Random(number), answered) for number, name in enumerate(PEOPLE)
    ]
    for writer in writers:
        writer.log_in()
    with ThreadPoolExecutor(len(writers)) as pool:
        done = [pool.submit(writer.write) for writer in writers]
        try:
            yield writers, answered
        finally:
            server.kill()
    for one in done:
        one.result()
    assert [sentence for writer in writers for sentence in writer.refused] == []


def missing(copy: Path, acknowledged: dict[str, int]) -> list[str]:
    """The acknowledged revisions that a copy does not hold."""
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        stored = dict(connection.execute("SELECT id, revision FROM visits").fetchall())
    return [visit for visit, revision in acknowledged.items() if stored.get(visit, 0) < revision]


@pytest.mark.parametrize("number", [10, pytest.param(30, marks=pytest.mark.long)])
def test_backups_taken_while_people_write_are_whole_and_miss_nothing_acknowledged(
    app: Flask, database_url: str, tmp_path: Path, number: int
) -> None:
    stored_world(app)
    with app.app_context():
        dispose()
    sizes = []
    with serving(database_url, tmp_path / "server.log", ADVICE_DEMO="1") as server, people_writing(server) as at_work:
        writers, answered = at_work
        for count in range(number):
            for _ in range(5):
                assert answered.acquire(timeout=SECONDS_FOR_AN_ANSWER), server.log.read_text()
            visits = [dict(writer.visits) for writer in writers]
            before = {visit: what.acknowledged for one in visits for visit, what in one.items() if what.acknowledged}
            copy = tmp_path / f"copy{count}.db"
            done = flask(app, "backup", copy)
            assert done.exit_code == 0, done.output
            assert missing(copy, before) == []
            sizes.append(totals(copy)["visits"])
            assert [beside.name for beside in tmp_path.glob(f"*{copy.name}*")] == [copy.name]
    assert sizes == sorted(sizes) and sizes[-1] > sizes[0], "nobody wrote in between"


def test_ten_restores_give_the_same_totals(app: Flask, file: Path, tmp_path: Path) -> None:
    with writing(app):
        log = laid()
        for language in ("ar", "pl", None):
            store(entry(language=language), log.advisers["rita"], NOW, ZONE)
    copy = tmp_path / "copy.db"
    assert flask(app, "backup", copy).exit_code == 0
    expected = totals(copy)
    assert expected["visits"] == 3
    for number in range(10):
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("DELETE FROM visit_topics")
            connection.execute("UPDATE visits SET undone = 1")
        app_clock(app).forward(seconds=1)
        done = flask(app, "restore", copy)
        assert done.exit_code == 0, (number, done.output)
        told = {"audit_entries": expected["audit_entries"] + 1}  # that it was restored
        assert totals(file) == {**expected, **told}, number
    kept = list(file.parent.glob(f"{file.stem}-before-restore-*.db"))
    assert len(kept) == 10 and totals(kept[0])["visit_topics"] < expected["visit_topics"]
    for former in kept:
        former.unlink()


def test_a_restored_database_has_been_through_retention_before_anybody_sees_it(
    app: Flask, file: Path, tmp_path: Path
) -> None:
    copy = backed_up(app, tmp_path)
    app_clock(app).forward(days=31)
    done = flask(app, "restore", copy)
    assert "1  visits_coarsened" in done.output and "1 visits" in done.output
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT language FROM visits").fetchall() == [(None,)]
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT language FROM visits").fetchall() == [("ar",)]


def test_a_restore_brings_no_log_in_back_and_sends_no_mail_again(app: Flask, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with writing(app):
        rita = laid().advisers["rita"].person
        sessions.begin(NOW, rita, LogInMethod.PASSWORD, None)
        outbox.put(NOW, "test", "a@example.org", "Hej", "Ord, der ikke skal ud igen")
    assert flask(app, "backup", copy).exit_code == 0
    done = flask(app, "restore", copy)
    assert "1 sessions of the copy were ended, 1 waiting mails given up" in done.output
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM sessions WHERE ended_at IS NULL").fetchall() == [(0,)]
        mails = connection.execute("SELECT body, sent_at, last_error FROM mails").fetchall()
        assert mails == [(None, None, "restored")]


def test_a_restore_waits_for_nobody_who_has_the_database_open(
    app: Flask, file: Path, database_url: str, tmp_path: Path
) -> None:
    copy = backed_up(app, tmp_path)
    with app.app_context():
        dispose()
    with serving(database_url, tmp_path / "server.log"):
        before = totals(file)
        done = flask(app, "restore", copy)
        assert done.exit_code == 1 and "in use" in done.output and "Nothing has changed" in done.output
        assert totals(file) == before
    assert flask(app, "restore", copy).exit_code == 0
    assert [beside.name for beside in file.parent.glob(f".{file.name}*")] == []


def test_an_older_backup_is_brought_up_to_date(app: Flask, file: Path, tmp_path: Path) -> None:
    copy = backed_up(app, tmp_path)
    engine = create_engine(f"sqlite:///{copy}")
    schema.downgrade(engine, metadata, "0001")
    engine.dispose()
    done = flask(app, "restore", copy)
    assert done.exit_code == 0 and "is whole: revision 0001" in done.output, done.output
    assert flask(app, "db", "check").exit_code == 0
    assert totals(file)["visits"] == 1


def test_a_database_that_is_damaged_can_be_restored_and_is_kept(app: Flask, file: Path, tmp_path: Path) -> None:
    copy = backed_up(app, tmp_path)
    with app.app_context():
        dispose()
    file.write_bytes(b"not a database at all" * 1000)
    done = flask(app, "restore", copy)
    assert done.exit_code == 0, done.output
    assert totals(file)["visits"] == 1
    (kept,) = file.parent.glob(f"{file.stem}-before-restore-*.db")
    assert kept.read_bytes().startswith(b"not a database")
    kept.unlink()


def test_the_retention_command_counts_in_a_dry_run_and_then_does_it(app: Flask, tmp_path: Path) -> None:
    backed_up(app, tmp_path)
    app_clock(app).forward(days=timedelta(days=31).days)
    dry, wet, again = (flask(app, "retention", "run", *given).output for given in (["--dry-run"], [], []))
    assert dry == wet and "1  visits_coarsened (after 30 days)" in dry
    assert "0  visits_coarsened (after 30 days)" in again
