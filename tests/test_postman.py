"""Mails on their way: the worker and a real SMTP server that goes away, comes back, refuses and hangs up.

How the worker gets through to a server is in test_postman_connections.py, what happens when it is killed in
test_postman_killed.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from advice import work
from advice.actions import outbox
from advice.config import Settings
from advice.database import db
from advice.models.outbox import Mail
from advice.rules.mail import Sender
from tests.mail_server import HANG_UP, MailHost, mail_host
from tests.program import Clock
from tests.stored import writing

LINK = "https://example.org/invitation/hemmelig=3Dtal?a=1&b=å"
SENDER = Sender("Åben rådgivning, Havnen", "no-reply@example.org")


@pytest.fixture
def host() -> Iterator[MailHost]:
    with mail_host() as made:
        yield made


@pytest.fixture
def settings(database_url: str, clock: Clock, host: MailHost) -> Settings:
    """Settings of `app`, with a mail server."""
    return Settings(
        database_url=database_url, secret_key="k", testing=True, clock=clock, mail=host.address, mail_from=SENDER
    )


def put(app: Flask, clock: Clock, *names: str) -> None:
    """A mail for each name, committed."""
    with writing(app):
        for name in names:
            outbox.put(clock.now, "invitation", f"{name}@example.org", "Velkommen til rådgivningen", f"Åbn {LINK}")


def a_round(app: Flask, settings: Settings) -> int:
    """One round of a worker; how many mails it handled."""
    with app.app_context():
        return work.send_mails(settings)


def rows(app: Flask) -> list[Mail]:
    """Every row of the outbox, in the order of their making."""
    with app.app_context():
        return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def address_of(name: str) -> str:
    return f"{name}@example.org"


@pytest.mark.both_engines
def test_a_mail_arrives_with_what_it_says_and_who_it_is_from(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    put(app, clock, "rita")
    with app.app_context():
        assert "outbox" in work.run_due("a", settings)
        assert work.run_due("a", settings) == []
    (mail,) = host.took
    assert mail.get_content().replace("\r\n", "\n") == f"Åbn {LINK}\n"
    assert (mail["To"], mail["Subject"]) == ("rita@example.org", "Velkommen til rådgivningen")
    assert str(mail["From"]) == '"Åben rådgivning, Havnen" <no-reply@example.org>'
    assert (mail["Auto-Submitted"], mail.get_content_type()) == ("auto-generated", "text/plain")
    assert mail["Date"].datetime == clock.now and mail["Message-ID"].endswith("@example.org>")
    assert host.senders == ["no-reply@example.org"]
    (row,) = rows(app)
    assert (row.sent_at, row.body) == (clock.now, None)


@pytest.mark.both_engines
def test_nothing_is_lost_and_nothing_comes_twice_when_the_server_goes_away_and_comes_back(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    names = [f"person{number}" for number in range(12)]
    put(app, clock, *names[:4])
    assert a_round(app, settings) == 4
    host.stop()
    put(app, clock, *names[4:])
    for _ in range(10):
        a_round(app, settings)
        clock.forward(seconds=20)
    waiting = [row for row in rows(app) if row.sent_at is None]
    assert len(waiting) == 8 and all(row.last_error == "ConnectionRefusedError" for row in waiting if row.attempts)
    host.start()
    for _ in range(5):
        a_round(app, settings)
        clock.forward(minutes=15)
    assert sorted(host.recipients) == sorted(map(address_of, names))
    assert len(set(host.ids)) == 12
    assert all(row.sent_at and row.body is None for row in rows(app))


def test_a_server_that_is_away_is_asked_once_a_round(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    put(app, clock, "rita", "bent", "tove")
    host.stop()
    assert a_round(app, settings) == 1
    assert [row.attempts for row in rows(app)] == [1, 0, 0]


def test_a_slow_server_does_not_keep_the_worker_from_its_jobs(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    put(app, clock, "rita", "bent", "tove")
    host.before_answer = lambda: clock.forward(seconds=40)
    assert [a_round(app, settings), a_round(app, settings)] == [2, 1]


def test_not_now_is_tried_again_later_and_only_then(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    put(app, clock, "rita")
    host.answers = ["451 4.7.1 rita@example.org is greylisted"]
    assert a_round(app, settings) == 1
    (row,) = rows(app)
    assert (row.last_error, row.attempts, row.body is None) == ("451 SMTPDataError", 1, False)
    clock.forward(seconds=59)
    assert a_round(app, settings) == 0
    clock.forward(seconds=1)
    assert a_round(app, settings) == 1
    assert host.recipients == ["rita@example.org"]


@pytest.mark.parametrize("answer", ["550 5.1.1 bent@example.org unknown", "552 5.3.4 too big"])
def test_a_refused_mail_keeps_none_of_the_others(
    app: Flask, settings: Settings, clock: Clock, host: MailHost, answer: str
) -> None:
    put(app, clock, "rita", "bent", "tove")
    if answer.startswith("550"):
        host.refused["bent@example.org"] = answer
    else:
        host.answers = ["250 OK", answer]
    assert a_round(app, settings) == 3
    assert host.recipients == ["rita@example.org", "tove@example.org"]
    refused = rows(app)[1]
    assert (refused.given_up_at, refused.sent_at) == (clock.now, None)
    assert refused.last_error is not None and "@" not in refused.last_error
    clock.forward(days=1)
    assert a_round(app, settings) == 0


@pytest.mark.parametrize("answer", ["450 4.2.1 mailbox busy", "530 5.7.0 log in first", "421 4.3.2 closing"])
def test_an_answer_that_may_change_gives_nothing_up(
    app: Flask, settings: Settings, clock: Clock, host: MailHost, answer: str
) -> None:
    put(app, clock, "bent")
    host.refused["bent@example.org"] = answer
    a_round(app, settings)
    (row,) = rows(app)
    assert row.given_up_at is None and row.body is not None and row.last_error == f"{answer[:3]} SMTPRecipientsRefused"


def test_a_connection_that_breaks_before_the_answer_may_bring_a_copy_that_can_be_told(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    """SMTP cannot say whether the mail was taken: once more, with the same Message-ID, is better than never."""
    put(app, clock, "rita", "bent")
    host.answers = [HANG_UP]
    assert a_round(app, settings) == 2
    clock.forward(minutes=1)
    assert a_round(app, settings) == 1
    assert host.recipients == ["rita@example.org", "bent@example.org", "rita@example.org"]
    first, _other, copy = host.took
    assert first.as_bytes() == copy.as_bytes() and len(set(host.ids)) == 2


@pytest.mark.both_engines
def test_two_workers_at_once_send_each_mail_once(app: Flask, settings: Settings, clock: Clock, host: MailHost) -> None:
    names = [f"person{number}" for number in range(20)]
    put(app, clock, *names)
    together = Barrier(4, timeout=20)
    handled: list[int] = []

    def one() -> None:
        with app.app_context():
            together.wait()
            handled.append(work.send_mails(settings))

    threads = [Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sum(handled) == 20 and sum(number > 0 for number in handled) >= 2
    assert sorted(host.recipients) == sorted(map(address_of, names))


def test_without_the_lease_it_would_be_sent_twice(app: Flask, settings: Settings, clock: Clock, host: MailHost) -> None:
    """The twin: what the lease is for."""
    put(app, clock, "rita")
    claimed = []
    for _worker in range(2):
        with writing(app):
            claimed.append(outbox.claim(clock.now))
            db.session.flush()
            db.session.scalars(select(Mail)).one().leased_until = None
    with app.app_context():
        for mail in claimed:
            assert mail is not None
            work.send_one(mail, settings, host.address, SENDER)
    assert host.recipients == ["rita@example.org"] * 2


@pytest.mark.both_engines
def test_others_can_write_while_a_mail_is_being_sent(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    put(app, clock, "rita")

    def write() -> None:
        host.before_answer = None
        put(app, clock, "bent")

    host.before_answer = write
    assert a_round(app, settings) == 2
    assert host.recipients == ["rita@example.org", "bent@example.org"]


def test_without_a_mail_server_mails_wait_and_lose_only_what_is_of_no_use(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    put(app, clock, "rita")
    with writing(app):
        outbox.put(clock.now, "reset", "bent@example.org", "x", LINK, expires_at=clock.now + timedelta(hours=1))
    without = replace(settings, mail=None)
    assert a_round(app, without) == 0
    clock.forward(days=30)
    assert a_round(app, without) == 1
    rita, bent = rows(app)
    assert (rita.attempts, rita.leased_until, rita.given_up_at) == (0, None, None)
    assert bent.given_up_at == clock.now and bent.body is None
    assert a_round(app, settings) == 1
    assert host.recipients == ["rita@example.org"]


def test_no_log_holds_an_address_a_link_or_what_the_server_said(
    app: Flask, settings: Settings, clock: Clock, host: MailHost, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    host.refused["bent@example.org"] = "550 5.1.1 bent@example.org unknown"
    host.answers = ["451 rita@example.org later"]
    put(app, clock, "rita", "bent")
    a_round(app, settings)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("advice")]
    assert len(ours) == 2 and "550" in ours[1]
    assert not any("@" in line or "hemmelig" in line for line in ours)


def test_an_address_the_server_cannot_write_is_given_up_and_keeps_none_of_the_others(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    put(app, clock, "søren", "rita")
    assert a_round(app, settings) == 2
    assert rows(app)[0].last_error == "SMTPNotSupportedError" and rows(app)[0].given_up_at == clock.now
    assert host.recipients == ["rita@example.org"]


def test_a_row_that_cannot_become_a_mail_keeps_none_of_the_others(
    app: Flask, settings: Settings, clock: Clock, host: MailHost
) -> None:
    """However it got there: a header of its own it does not become."""
    put(app, clock, "rita", "bent")
    with writing(app):
        db.session.scalars(select(Mail).order_by(Mail.id)).first().to_address = "x@y.example\r\nBcc: z@y.example"  # type: ignore[union-attr]
    assert a_round(app, settings) == 2
    assert rows(app)[0].last_error == "ValueError" and host.recipients == ["bent@example.org"]
