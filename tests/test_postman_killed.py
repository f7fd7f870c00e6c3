"""A worker killed while it sends: a real process, a real server, and another worker that finishes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from advice import work
from advice.actions import outbox
from advice.config import ROOT, Settings, utc_now
from advice.database import db
from advice.models.outbox import Mail
from advice.rules.mail import Sender
from tests.mail_server import MailHost, mail_host
from tests.program import SECRET_KEY
from tests.stored import writing

SECONDS = 60
NAMES = ("rita", "bent", "tove")
pytestmark = pytest.mark.both_engines


@pytest.fixture
def host() -> Iterator[MailHost]:
    with mail_host() as made:
        yield made


@pytest.fixture
def settings(database_url: str, host: MailHost) -> Settings:
    """Settings of a worker that comes when the lease of one that works now has run out."""
    return Settings(
        database_url=database_url,
        secret_key=SECRET_KEY,
        testing=True,
        clock=lambda: utc_now() + outbox.LEASE,
        mail=host.address,
        mail_from=Sender("", "no-reply@raad.example.org"),
    )


def start_worker(settings: Settings, host: MailHost, *options: str) -> subprocess.Popen[bytes]:
    """The worker as a service manager starts it."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ADVICE_")},
        "DATABASE_URL": settings.database_url,
        "MAIL_URL": f"smtp://127.0.0.1:{host.port}",
        "ADVICE_BASE_URL": "https://raad.example.org",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work", *options]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def send_with_a_worker_killed(app: Flask, settings: Settings, host: MailHost, moment: str) -> None:
    """Three mails; the first worker dies at the moment, the second finds a lease, the third finds it run out."""
    with writing(app):
        for name in NAMES:
            outbox.put(utc_now(), "invitation", f"{name}@example.org", "Velkommen", "https://example.org/hemmelig")
    worker: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        setattr(host, moment, None)
        worker[0].kill()
        worker[0].wait(SECONDS)

    setattr(host, moment, kill)
    worker.append(start_worker(settings, host))
    try:
        assert worker[0].wait(SECONDS) == -9
    finally:
        worker[0].kill()
    assert start_worker(settings, host, "--once").wait(SECONDS) == 0
    with app.app_context():
        assert len(db.session.scalars(select(Mail.id).where(Mail.sent_at.is_(None))).all()) == 1
        db.session.rollback()
        assert work.send_mails(settings) == 1
        assert db.session.scalars(select(Mail.id).where(Mail.sent_at.is_(None) | Mail.body.is_not(None))).all() == []


def test_killed_before_the_server_had_it_each_arrives_once(app: Flask, settings: Settings, host: MailHost) -> None:
    send_with_a_worker_killed(app, settings, host, "before_recipient")
    assert sorted(host.recipients) == sorted(f"{name}@example.org" for name in NAMES)


def test_killed_before_the_answer_one_comes_as_a_copy_that_can_be_told(
    app: Flask, settings: Settings, host: MailHost
) -> None:
    send_with_a_worker_killed(app, settings, host, "before_answer")
    assert host.recipients == ["rita@example.org", "bent@example.org", "tove@example.org", "rita@example.org"]
    assert len(set(host.ids)) == 3
    assert host.took[0].as_bytes() == host.took[3].as_bytes()
