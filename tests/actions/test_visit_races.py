"""Visits sent at the same moment over real connections, beside a twin without the guard. Both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from advice.actions.visit_entries import VisitEntry
from advice.actions.visits import store
from advice.database import begin_write, db
from advice.models.visits import VisitRevision
from advice.rules.visits import Decision
from tests import visit_log
from tests.visit_log import NOW, ZONE, Log, entry, some

THREADS = 8


log = visit_log.log


def at_once(app: Flask, act: Callable[[], Decision]) -> list[Decision]:
    """What eight connections get that do the same at the same moment."""
    gate = threading.Barrier(THREADS)
    decisions: list[Decision] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            with app.app_context():
                gate.wait(timeout=20)
                decisions.append(act())
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    return decisions


@pytest.mark.t2
class TestAtTheSameMoment:
    """Eight real connections."""

    def test_the_same_visit_is_stored_once(self, app: Flask, log: Log) -> None:
        by = log.advisers["rita"]
        db.session.remove()
        for _round in range(5):
            visit = entry(topics=some("regn", "bølger"), bodies=some("toldbod"))

            def send(visit: VisitEntry = visit) -> Decision:
                begin_write()
                decision = store(visit, by, NOW, ZONE)
                db.session.commit()
                return decision

            decisions = at_once(app, send)
            assert sorted(decisions) == [Decision.ALREADY] * (THREADS - 1) + [Decision.STORED]
            rows = select(func.count()).select_from(VisitRevision).where(VisitRevision.visit_id == visit.id)
            assert db.session.scalar(rows) == 1
            assert log.read(visit).codes("topics") == some("regn", "bølger")
            db.session.remove()

    def test_of_eight_different_corrections_one_wins_and_none_is_mixed(self, app: Flask, log: Log) -> None:
        visit = entry()
        log.store(visit)
        by = log.advisers["rita"]
        db.session.remove()
        numbers = iter(range(1, THREADS + 1))
        lock = threading.Lock()

        def correct() -> Decision:
            with lock:
                minutes = next(numbers)
            topics = some("regn") if minutes % 2 else some("bølger")
            begin_write()
            decision = store(replace(visit, revision=2, minutes=minutes, topics=topics), by, NOW, ZONE)
            db.session.commit()
            return decision

        decisions = at_once(app, correct)
        assert sorted(decisions) == [Decision.CONFLICT] * (THREADS - 1) + [Decision.STORED]
        found = log.read(visit)
        assert found.visit.minutes is not None
        assert found.codes("topics") == (some("regn") if found.visit.minutes % 2 else some("bølger"))

    def test_revisions_in_any_order_end_in_the_highest(self, app: Flask, log: Log) -> None:
        visit = entry()
        by = log.advisers["rita"]
        db.session.remove()
        numbers = iter(range(1, THREADS + 1))
        lock = threading.Lock()

        def send() -> Decision:
            with lock:
                revision = next(numbers)
            topics = some("regn") if revision % 2 else some("bølger")
            begin_write()
            decision = store(replace(visit, revision=revision, minutes=revision, topics=topics), by, NOW, ZONE)
            db.session.commit()
            return decision

        assert set(at_once(app, send)) <= {Decision.STORED, Decision.ALREADY}
        found = log.read(visit)
        assert (found.visit.revision, found.visit.minutes) == (THREADS, THREADS)
        assert found.codes("topics") == some("bølger")

    def test_twin_without_the_key_a_look_before_the_insert_stores_it_eight_times(self, app: Flask, log: Log) -> None:
        db.session.remove()
        begin_write()
        db.session.execute(text("CREATE TABLE unguarded AS SELECT * FROM visit_revisions WHERE 1 = 0"))
        db.session.commit()
        visit_id: UUID = uuid4()
        looked = threading.Barrier(THREADS)

        def look_then_insert() -> Decision:
            there = db.session.scalar(
                text("SELECT count(*) FROM unguarded WHERE visit_id = :id"), {"id": shown(visit_id)}
            )
            db.session.rollback()
            looked.wait(timeout=20)
            if there:
                return Decision.ALREADY
            begin_write()
            statement = text("INSERT INTO unguarded (visit_id, revision) VALUES (:id, 1)")
            db.session.execute(statement, {"id": shown(visit_id)})
            db.session.commit()
            return Decision.STORED

        assert at_once(app, look_then_insert) == [Decision.STORED] * THREADS
        assert db.session.scalar(text("SELECT count(*) FROM unguarded")) == THREADS


def shown(visit_id: UUID) -> Any:
    """An id as the engine's own SQL takes it."""
    return visit_id.hex if db.session.get_bind().dialect.name == "sqlite" else visit_id
