"""Really deleted: not in the tables, not in the pages of the SQLite file, not in its log, not in our own copies.

And what the indicators say is the same before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice import schema, work
from advice.actions import retention
from advice.actions.visits import store
from advice.config import Settings
from advice.database import begin_write, db
from advice.demo import loader
from advice.indicators import figures
from advice.models.indicators import agreements_of
from advice.models.outbox import Mail
from advice.models.people import Person
from advice.models.programmes import everything
from advice.models.visits import Visit
from tests import visit_log
from tests.builders import added
from tests.program import Clock
from tests.visit_log import NOW, ZONE, Log, entry

log = visit_log.log
LATER = NOW + timedelta(days=31)
SECOND = "12:10:37.123457"
MARKS = ("zz-undone", "Kirsebær-tablet", SECOND, "Marta Mærkelig", "12 99 88 77", "mærket@example.org", "Kære Marta")


def traces(url: str) -> set[str]:
    """The marks that stand anywhere in the file of a database or beside it."""
    path = Path(url.removeprefix("sqlite:///"))
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    # JSON is stored with \\u escapes.
    return {mark for mark in MARKS if mark.encode() in raw or mark.encode("unicode_escape") in raw}


def planted(log: Log) -> None:
    """Put each mark into rows that retention is to clear, among many that look alike."""
    moment = datetime.fromisoformat(f"2026-11-23T{SECOND}+00:00")
    begin_write()
    marta = log.world.members["rita"].person_id
    for number in range(300):
        store(entry(language="ar"), log.advisers["svend"], NOW, ZONE, device=f"tablet {number}")
    marked = entry(occurred_at=moment, undone=True, language="ar")
    store(marked, log.advisers["rita"], NOW, ZONE, device="Kirsebær-tablet")
    db.session.execute(update(Visit).where(Visit.id == marked.id).values(language="zz-undone"))
    who = db.session.get_one(Person, marta)
    who.name, who.phone, who.email = "Marta Mærkelig", "12 99 88 77", "mærket@example.org"
    log.world.members["rita"].valid_to = datetime(2025, 1, 1, tzinfo=UTC).date()
    added(
        Mail(
            person_id=marta, kind="x", to_address=who.email, subject="Kære Marta", body="Kære Marta " * 900,
            message_id="1", created_at=NOW, due_at=NOW, sent_at=NOW,
        )
    )  # fmt: skip
    db.session.commit()


def test_nothing_of_what_was_deleted_stands_in_the_file_or_its_log(log: Log, database_url: str) -> None:
    planted(log)
    assert traces(database_url) == {*MARKS}
    report = retention.run(LATER, ZONE)
    assert report.erased
    assert report.counts["visits_coarsened"] == 301 and report.counts["people_anonymised"] == 1
    assert traces(database_url) == set()


def test_a_reader_who_holds_the_log_is_told_of_and_the_next_run_empties_it(log: Log, database_url: str) -> None:
    planted(log)
    with closing(db.engine.connect()) as reader:
        reader.execute(select(Visit.id)).fetchone()
        assert not retention.run(LATER, ZONE).erased
    assert retention.run(LATER, ZONE).erased
    assert traces(database_url) == set()


def test_own_copies_go_after_30_days_and_other_files_stay(log: Log, database_url: str) -> None:
    path = Path(database_url.removeprefix("sqlite:///"))
    old, young = (schema.copy_name(path, "0002", NOW - timedelta(days=days)) for days in (30, 29))
    others = [path.with_name(name) for name in (f"{path.stem}-before-jul.db", "x-before-0002-20200101T000000.db")]
    others.append(path.with_name(f"{path.stem}-before-0002-99999999T999999.db"))
    for file in (old, young, *others):
        schema.copy_file(path, file)
    db.session.rollback()
    assert retention.due(NOW, ZONE).counts["own_copies"] == 1 and old.exists()
    assert retention.run(NOW, ZONE).counts["own_copies"] == 1
    assert [file.exists() for file in (old, young, *others)] == [False, True, True, True, True]
    for file in (young, *others):
        file.unlink()


@contextmanager
def demonstration(app: Flask, clock: Clock) -> Iterator[None]:
    with app.app_context():
        loader.load(clock(), ZoneInfo("Europe/Copenhagen"))
        yield


def every_figure(clock: Clock) -> dict[int, Any]:
    """All that the log says of the indicators of every programme, by indicator, as seen on the clock's day."""
    found: dict[int, Any] = {}
    for programme in everything():
        found |= figures.computed(programme.id, agreements_of(programme.id), clock().date())
    db.session.rollback()
    return found


@pytest.mark.both_engines
def test_the_indicators_of_the_demonstration_are_the_same_after_coarsening(app: Flask, clock: Clock) -> None:
    with demonstration(app, clock):
        before = every_figure(clock)
        assert any(one.year and one.year.value for one in before.values())
        taken = retention.run(clock(), ZONE).counts
        assert taken["visits_coarsened"] > 1000
        assert every_figure(clock) == before


@pytest.mark.both_engines
def test_the_first_round_of_the_worker_coarsens_the_demonstration(app: Flask, clock: Clock, settings: Settings) -> None:
    with demonstration(app, clock):
        assert "retention" in work.run_due("a", settings)
        due = retention.due(clock(), ZONE).counts
        assert {name for name, found in due.items() if found} == set()
        old = Visit.local_date < clock().date() - timedelta(days=30)
        assert db.session.scalar(select(Visit.id).where(old).limit(1)) is not None
        assert db.session.scalar(select(Visit.id).where(old, Visit.language.is_not(None)).limit(1)) is None
