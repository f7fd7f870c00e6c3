"""The worker: all timed work, from a table of jobs with leases. Safe to kill at any time.

A job does its work in one transaction of its own, so a killed worker leaves nothing half done: the lease
runs out and the job is taken again. Several workers share the table without running a job twice at once.
"""

from __future__ import annotations

import logging
import os
import socket
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import or_, select

from advice.actions import openings
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.jobs import Job, WorkerBeat
from advice.models.programmes import everything

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=30)
BEAT = timedelta(minutes=1)
PAUSE_SECONDS = 5.0
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of timed work: how often, and what. `run` works in the write transaction it is called in."""

    every: timedelta
    run: Callable[[datetime, ZoneInfo], None]


def openings_ahead(now: datetime, timezone: ZoneInfo) -> None:
    """Keep every programme's openings stored 400 days ahead."""
    for programme in everything():
        openings.refresh(programme.id, now, timezone)


TASKS: Mapping[str, Task] = {"openings_ahead": Task(timedelta(hours=1), openings_ahead)}


def worker_name() -> str:
    """Who holds a lease: host and process."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def is_idle(worker: str, now: datetime, tasks: Mapping[str, Task]) -> bool:
    """Whether there is nothing to write: the beat is fresh, every task has its row, and none is due."""
    beat = db.session.scalar(select(WorkerBeat.beat_at).where(WorkerBeat.worker == worker))
    known = {
        name: (due, every) for name, due, every in db.session.execute(select(Job.name, Job.due_at, Job.every_seconds))
    }
    db.session.rollback()
    fresh = beat is not None and timedelta(0) <= now - beat < BEAT
    return fresh and all(
        name in known and known[name][0] > now and known[name][1] == task.every.total_seconds()
        for name, task in tasks.items()
    )


def announce(worker: str, now: datetime, tasks: Mapping[str, Task]) -> None:
    """Say that this worker is alive, forget workers of long ago, and see that every task has its row, as it is now."""
    begin_write()
    db.session.merge(WorkerBeat(worker=worker, beat_at=now))
    for old in db.session.scalars(select(WorkerBeat).where(WorkerBeat.beat_at < now - timedelta(days=1))):
        db.session.delete(old)
    known = {job.name: job for job in db.session.scalars(select(Job))}
    for name, task in tasks.items():
        every = int(task.every.total_seconds())
        if name not in known:
            db.session.add(Job(name=name, every_seconds=every, due_at=now, attempts=0))
        elif known[name].every_seconds != every:
            known[name].every_seconds = every
            known[name].due_at = min(known[name].due_at, now + task.every)
    db.session.commit()


def take(worker: str, now: datetime, tasks: Mapping[str, Task]) -> str | None:
    """Lease the job that has been due longest and is nobody's; returns its name, or None."""
    begin_write()
    free = or_(Job.leased_until.is_(None), Job.leased_until <= now)
    due = select(Job).where(Job.name.in_(list(tasks)), Job.due_at <= now, free).order_by(Job.due_at).limit(1)
    job = db.session.scalar(due.with_for_update(skip_locked=True))
    if job is not None:
        job.leased_by, job.leased_until = worker, now + LEASE
    name = job.name if job else None
    db.session.commit()
    return name


def finish(worker: str, name: str, now: datetime, error: str | None) -> None:
    """Give the lease back and set the next time: as usual after success, sooner and doubling after a failure."""
    begin_write()
    job = db.session.scalar(select(Job).where(Job.name == name, Job.leased_by == worker).with_for_update())
    if job is not None:
        job.leased_by = job.leased_until = None
        job.attempts = job.attempts + 1 if error else 0
        job.last_error = error
        usual = timedelta(seconds=job.every_seconds)
        job.due_at = now + (min(usual, FIRST_RETRY * 2 ** min(job.attempts - 1, 12)) if error else usual)
        if not error:
            job.last_finished_at = now
    db.session.commit()


def run_due(worker: str, settings: Settings, tasks: Mapping[str, Task] = TASKS) -> list[str]:
    """One round: say hello, then run every job that is due; returns their names. Needs an application context."""
    if is_idle(worker, settings.clock(), tasks):
        return []
    announce(worker, settings.clock(), tasks)
    done: list[str] = []
    while (name := take(worker, settings.clock(), tasks)) is not None:
        error = None
        try:
            begin_write()
            tasks[name].run(settings.clock(), settings.timezone)
            db.session.commit()
        except Exception as problem:  # a job must never take the worker down; its kind is kept, not its words
            db.session.rollback()
            error = problem.__class__.__name__
            LOG.error("job %s failed: %s at %s", name, error, where(problem))
        finish(worker, name, settings.clock(), error)
        done.append(name)
    return done


def work(app: Flask, settings: Settings, stop: Event, parent: int | None = None) -> None:
    """Rounds until told to stop, or until the parent process is gone. A database that is away is waited for."""
    worker = worker_name()
    while not stop.is_set() and parent in (None, os.getppid()):
        with app.app_context():
            try:
                run_due(worker, settings)
            except Exception as problem:
                db.session.rollback()
                LOG.warning("the round failed: %s at %s", problem.__class__.__name__, where(problem))
        stop.wait(PAUSE_SECONDS)


def where(problem: Exception) -> str:
    """File and line of a failure. Its words stay out of the log: they can quote what a row holds."""
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"
