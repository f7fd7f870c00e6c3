"""The worker: all timed work, from a table of jobs with leases. Safe to kill at any time.

A job does its work in one transaction of its own, so a killed worker leaves nothing half done: the lease
runs out and the job is taken again. Several workers share the table without running a job twice at once.
"""

from __future__ import annotations

import os
import socket
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
PAUSE_SECONDS = 5.0


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


def announce(worker: str, now: datetime, tasks: Mapping[str, Task]) -> None:
    """Say that this worker is alive, forget workers of long ago, and see that every task has its row."""
    begin_write()
    db.session.merge(WorkerBeat(worker=worker, beat_at=now))
    for old in db.session.scalars(select(WorkerBeat).where(WorkerBeat.beat_at < now - timedelta(days=1))):
        db.session.delete(old)
    known = set(db.session.scalars(select(Job.name)))
    for name, task in tasks.items():
        if name not in known:
            db.session.add(Job(name=name, every_seconds=int(task.every.total_seconds()), due_at=now, attempts=0))
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
        finish(worker, name, settings.clock(), error)
        done.append(name)
    return done


def work(app: Flask, settings: Settings, stop: Event) -> None:
    """Rounds until told to stop. A database that is away for a while is waited for."""
    worker = worker_name()
    while not stop.is_set():
        with app.app_context():
            try:
                run_due(worker, settings)
            except Exception as problem:
                db.session.rollback()
                app.logger.warning("the worker could not do its round: %s", problem.__class__.__name__)
        stop.wait(PAUSE_SECONDS)
