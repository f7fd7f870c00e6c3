"""The worker: each job once, again after a failure, and never lost when a worker is killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice import work
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.hours import Opening
from advice.models.jobs import Job, last_beat
from advice.work import Task
from tests import builders
from tests.program import Clock, dispose

pytestmark = pytest.mark.both_engines
Db = scoped_session[Session]
HOUR = timedelta(hours=1)


def test_it_keeps_openings_400_days_ahead(session: Db, settings: Settings, clock: Clock) -> None:
    builders.saved_world()
    assert "openings_ahead" in work.run_due("a", settings)
    last = max(session.scalars(select(Opening.day)))
    session.rollback()
    assert work.run_due("a", settings) == []
    clock.forward(days=7)
    assert "openings_ahead" in work.run_due("a", settings)
    assert max(session.scalars(select(Opening.day))) == last + timedelta(days=7)


def test_it_says_that_it_is_alive(session: Db, settings: Settings, clock: Clock) -> None:
    work.run_due("a", settings, {})
    assert last_beat() == clock.now


def test_a_failed_job_comes_back_sooner_and_later_each_time(session: Db, settings: Settings, clock: Clock) -> None:
    def fail(now: datetime, zone: ZoneInfo) -> None:
        db.session.add(Job(name="half done", every_seconds=1, due_at=now, attempts=0))
        db.session.flush()
        raise OSError("with a secret in it")

    tasks = {"x": Task(HOUR, fail)}
    waits = []
    for _ in range(3):
        assert work.run_due("a", settings, tasks) == ["x"]
        job = session.get_one(Job, "x")
        waits.append((job.due_at - clock.now).total_seconds())
        assert job.last_error == "OSError" and job.leased_by is None
        clock.now = job.due_at
        session.rollback()
    assert waits == [30, 60, 120]
    assert session.get(Job, "half done") is None


def test_a_lease_that_ran_out_is_taken_by_another_worker(session: Db, settings: Settings, clock: Clock) -> None:
    ran: list[str] = []
    tasks = {"x": Task(HOUR, lambda now, zone: ran.append("x"))}
    work.announce("killed", clock.now, tasks)
    assert work.take("killed", clock.now, tasks) == "x"
    assert work.run_due("other", settings, tasks) == []
    clock.now += work.LEASE
    assert work.run_due("other", settings, tasks) == ["x"]
    work.finish("killed", "x", clock.now, "too late")
    assert session.get_one(Job, "x").last_error is None


def test_two_workers_at_once_run_a_job_once(app: Flask, settings: Settings) -> None:
    ran: list[int] = []

    def counted(number: int) -> Task:
        return Task(HOUR, lambda now, zone: ran.append(number))

    tasks = {f"job{number}": counted(number) for number in range(5)}
    with app.app_context():
        work.announce("first", settings.clock(), tasks)
        dispose()
    together = Barrier(4)

    def one(name: str) -> None:
        with app.app_context():
            together.wait()
            work.run_due(name, settings, tasks)
            db.session.remove()

    threads = [Thread(target=one, args=(f"worker{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == [0, 1, 2, 3, 4]


def test_without_the_lease_two_workers_do_run_it_twice(session: Db, settings: Settings, clock: Clock) -> None:
    """The twin: what the lease is for."""
    ran: list[str] = []
    tasks = {"x": Task(HOUR, lambda now, zone: ran.append("x"))}
    work.announce("a", clock.now, tasks)
    for worker in ("a", "b"):
        assert work.take(worker, clock.now, tasks) == "x"
        begin_write()
        session.get_one(Job, "x").leased_until = None
        session.commit()
        tasks["x"].run(clock.now, settings.timezone)
    assert ran == ["x", "x"]


def test_a_quiet_round_writes_nothing(session: Db, settings: Settings, clock: Clock) -> None:
    """A worker that wrote every five seconds would keep everybody else's disk busy."""
    tasks = {"x": Task(HOUR, lambda now, zone: None)}
    work.run_due("a", settings, tasks)
    beat = last_beat()
    session.rollback()
    clock.forward(seconds=30)
    work.run_due("a", settings, tasks)
    assert last_beat() == beat
    session.rollback()
    clock.forward(seconds=31)
    work.run_due("a", settings, tasks)
    assert last_beat() == clock.now


def test_a_task_that_is_to_come_oftener_does(session: Db, settings: Settings, clock: Clock) -> None:
    work.run_due("a", settings, {"x": Task(timedelta(days=7), lambda now, zone: None)})
    clock.forward(hours=1, seconds=1)
    often = {"x": Task(HOUR, lambda now, zone: None)}
    assert work.run_due("a", settings, often) == []
    clock.forward(hours=1)
    assert work.run_due("a", settings, often) == ["x"]
