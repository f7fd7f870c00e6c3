"""The worker: all timed work, from a table of jobs with leases. Safe to kill at any time.

A job does its work in one transaction of its own, so a killed worker leaves nothing half done: the lease
runs out and the job is taken again. Several workers share the table without running a job twice at once.
A queue is the second kind: work that stands in a table of its own, each row with its own lease (the outbox).
It is asked every round, and begins and ends its own transactions, so that none is held while it waits for others.
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

from advice.actions import openings, outbox, postman, retention
from advice.actions.text_postman import send_sms
from advice.config import Settings
from advice.database import begin_write, db
from advice.formats.mail import build
from advice.models.jobs import Job, WorkerBeat
from advice.models.outbox import Channel, has_due, has_expired
from advice.models.programmes import everything
from advice.roster import swap_ends, telling
from advice.rules.mail import Sender
from advice.rules.mail_server import MailServer
from advice.rules.text_gateway import TextGateway

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=30)
BEAT = timedelta(minutes=1)
PAUSE_SECONDS = 5.0
LONGEST_ROUND = timedelta(minutes=1)
"""After this long a round sends no further mail, so that the jobs are not kept waiting by a slow mail server."""
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of timed work: how often, and what. `run` works in the write transaction it is called in."""

    every: timedelta
    run: Callable[[datetime, ZoneInfo], None]


Queue = Callable[[Settings], int]
"""Does what is due and returns how many rows that was; writes nothing when nothing is due."""


def openings_ahead(now: datetime, timezone: ZoneInfo) -> None:
    """Keep every programme's openings stored 400 days ahead."""
    for programme in everything():
        openings.refresh(programme.id, now, timezone)


def carry_out_retention(now: datetime, timezone: ZoneInfo) -> None:
    """Delete for real what the rules no longer let us keep. Works in short transactions of its own, not in one."""
    report = retention.run(now, timezone, breath=retention.BREATH_SECONDS)
    if any(report.counts.values()):
        LOG.info("retention: %s", ", ".join(f"{name} {count}" for name, count in report.counts.items() if count))


def send_mails(settings: Settings) -> int:
    """Send what is due in the outbox, one mail at a time; returns how many rows changed.

    Without a mail server nothing is claimed: the mails wait.
    """
    handled, server = give_up_expired_mails(settings.clock()), settings.mail
    if server is None:
        return handled
    return handled + send_due(settings, Channel.MAIL, lambda one: send_one(one, settings, server, settings.mail_from))


def send_texts(settings: Settings) -> int:
    """Send the text messages that are due, one at a time; returns how many. Without a gateway they wait."""
    gateway = settings.texts
    if gateway is None:
        return 0
    return send_due(settings, Channel.SMS, lambda one: send_text(one, settings, gateway))


def send_due(settings: Settings, channel: Channel, send: Callable[[outbox.Claimed], postman.Answer]) -> int:
    """Claim and send by one way until nothing is due; how many. A server that is away ends the round."""
    handled, last_start = 0, settings.clock() + LONGEST_ROUND
    while is_mail_due(settings.clock(), channel):
        begin_write()
        claimed = outbox.claim(settings.clock(), channel)
        db.session.commit()
        if claimed is None:
            break
        answer = send(claimed)
        handled += 1
        if answer.outcome is postman.Outcome.AWAY or settings.clock() >= last_start:
            break
    return handled


def send_text(claimed: outbox.Claimed, settings: Settings, gateway: TextGateway) -> postman.Answer:
    """Hand a claimed text message over, outside any transaction, and settle its row."""
    answer = send_sms(gateway, claimed.letter.to, claimed.letter.body, claimed.letter.message_id)
    begin_write()
    outbox.settle(claimed, settings.clock(), answer)
    db.session.commit()
    if answer.code:
        LOG.warning("text message %s (%s) %s: %s", claimed.id, claimed.kind, answer.outcome, answer.code)
    return answer


def send_one(claimed: outbox.Claimed, settings: Settings, server: MailServer, sender: Sender) -> postman.Answer:
    """Hand a claimed mail over, outside any transaction, and settle its row before hanging up."""
    connection = postman.Connection(server)
    try:
        answer = connection.say(build(claimed.letter, sender), sender.address, claimed.letter.to)
    except Exception as problem:  # one mail that cannot be built must not keep the others
        LOG.error("mail %s could not be made: %s at %s", claimed.id, problem.__class__.__name__, where(problem))
        answer = postman.Answer(postman.Outcome.LATER, problem.__class__.__name__)
    try:
        begin_write()
        outbox.settle(claimed, settings.clock(), answer)
        db.session.commit()
    finally:
        connection.end()
    if answer.code:
        LOG.warning("mail %s (%s) %s: %s", claimed.id, claimed.kind, answer.outcome, answer.code)
    return answer


def give_up_expired_mails(now: datetime) -> int:
    """Erase the words of mails that are of no use any more, whether or not there is a mail server."""
    expired = has_expired(now)
    db.session.rollback()
    if not expired:
        return 0
    begin_write()
    number = outbox.give_up_expired(now)
    db.session.commit()
    return number


def is_mail_due(now: datetime, channel: Channel) -> bool:
    """Whether the outbox has something to send by this way; asked without a write transaction."""
    due = has_due(now, channel)
    db.session.rollback()
    return due


TASKS: Mapping[str, Task] = {
    "openings_ahead": Task(timedelta(hours=1), openings_ahead),
    "retention": Task(timedelta(hours=6), carry_out_retention),
}
QUEUES: Mapping[str, Queue] = {
    "shift_news": telling.tell_everybody,
    "swaps": swap_ends.end_lapsed,
    "outbox": send_mails,
    "texts": send_texts,
}
"""In this order: what is told now is sent in the same round."""


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


def run_due(
    worker: str, settings: Settings, tasks: Mapping[str, Task] = TASKS, queues: Mapping[str, Queue] = QUEUES
) -> list[str]:
    """One round: the jobs, then the queues; returns the names of those that had work. Needs an application context."""
    return [*run_jobs(worker, settings, tasks), *run_queues(settings, queues)]


def run_queues(settings: Settings, queues: Mapping[str, Queue]) -> list[str]:
    """Ask every queue once; one that fails is logged and keeps none of the others."""
    done: list[str] = []
    for name, queue in queues.items():
        try:
            if queue(settings):
                done.append(name)
        except Exception as problem:
            db.session.rollback()
            LOG.error("queue %s failed: %s at %s", name, problem.__class__.__name__, where(problem))
    return done


def run_jobs(worker: str, settings: Settings, tasks: Mapping[str, Task]) -> list[str]:
    """Say hello, then run every job that is due; returns their names."""
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
