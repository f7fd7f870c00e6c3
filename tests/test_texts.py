"""Text messages on their way: the worker and a real HTTP gateway that refuses, fails, moves and says nothing."""

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
from advice.actions import outbox, text_postman
from advice.actions.postman import Outcome
from advice.config import Settings
from advice.database import db
from advice.models.outbox import Mail
from tests import builders
from tests.mail_server import mail_host
from tests.program import Clock
from tests.sms_host import HANG_UP, SILENCE, TOKEN, TextHost, text_host
from tests.stored import writing

NUMBER, WORDS = "+4520123456", "Ny: i dag kl. 9-12, Åhuset"


@pytest.fixture
def host() -> Iterator[TextHost]:
    with text_host() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, host: TextHost) -> Settings:
    """Settings of `app`, with a gateway."""
    return replace(settings, texts=host.address)


@pytest.fixture
def rita(app: Flask) -> tuple[int, int]:
    """Programme and person that the messages are about."""
    with writing(app):
        world = builders.world()
        return world.programme.id, world.members["rita"].person_id


def put(app: Flask, clock: Clock, rita: tuple[int, int], *words: str) -> None:
    """A message for each of the words, committed."""
    programme, person = rita
    ends = clock.now + timedelta(hours=10)
    with writing(app):
        for one in words:
            outbox.put_text(
                clock.now, "shifts_changed", NUMBER, "Nyt", one, programme_id=programme, person_id=person,
                expires_at=ends,
            )  # fmt: skip


def a_round(app: Flask, settings: Settings) -> int:
    with app.app_context():
        return work.send_texts(settings)


def rows(app: Flask) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).order_by(Mail.id)))


@pytest.mark.both_engines
def test_a_message_is_handed_over_once_and_its_words_are_gone(
    app: Flask, settings: Settings, clock: Clock, host: TextHost, rita: tuple[int, int]
) -> None:
    put(app, clock, rita, WORDS)
    with app.app_context():
        assert "texts" in work.run_due("a", settings) and "texts" not in work.run_due("a", settings)
    assert host.took == [(4520123456, WORDS)]
    (row,) = rows(app)
    assert host.asked[0]["sender"] == "Vagtplan" and host.asked[0]["userref"] == row.message_id
    assert (row.sent_at, row.body, row.channel) == (clock.now, None, "sms")


@pytest.mark.parametrize("status", [401, 403, 302, 429, 500, 503, HANG_UP])
def test_what_is_not_about_the_message_ends_the_round_and_is_tried_again(
    app: Flask, settings: Settings, clock: Clock, host: TextHost, rita: tuple[int, int], status: int
) -> None:
    put(app, clock, rita, WORDS, "Den næste")
    host.statuses = [status]
    assert a_round(app, settings) == 1 and a_round(app, settings) == 1
    clock.forward(minutes=1)
    assert a_round(app, settings) == 1
    assert [row.sent_at is not None for row in rows(app)] == [True, True]
    assert len({one["userref"] for one in host.asked}) == 2 < len(host.asked) == 3


@pytest.mark.parametrize("status", [400, 422])
def test_what_the_gateway_will_never_take_is_given_up_and_keeps_no_other(
    app: Flask, settings: Settings, clock: Clock, host: TextHost, rita: tuple[int, int], status: int
) -> None:
    put(app, clock, rita, WORDS, "Den næste")
    host.statuses = [status]
    assert a_round(app, settings) == 2
    first, second = rows(app)
    assert (first.given_up_at, first.last_error) == (clock.now, f"HTTP {status}") and second.sent_at is not None


def test_a_gateway_that_says_nothing_is_not_waited_for(
    app: Flask, settings: Settings, clock: Clock, host: TextHost, rita: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_postman, "SECONDS", 0.2)
    put(app, clock, rita, WORDS)
    host.statuses = [SILENCE]
    assert a_round(app, settings) == 1
    (row,) = rows(app)
    assert (row.last_error, row.attempts, row.sent_at) == ("TimeoutError", 1, None)


def test_one_that_is_away_keeps_no_mail_waiting(
    app: Flask, settings: Settings, clock: Clock, rita: tuple[int, int]
) -> None:
    with text_host() as gone:
        away = gone.address
    put(app, clock, rita, WORDS)
    with writing(app):
        outbox.put(clock.now, "invitation", "bent@example.org", "Velkommen", "Hej")
    with mail_host() as mails, app.app_context():
        work.run_due("a", replace(settings, texts=away, mail=mails.address))
        assert mails.recipients == ["bent@example.org"]
    assert rows(app)[0].last_error == "ConnectionRefusedError"


def test_it_is_of_no_use_after_its_day(app: Flask, settings: Settings, clock: Clock, rita: tuple[int, int]) -> None:
    put(app, clock, rita, WORDS)
    clock.forward(hours=10)
    with app.app_context():
        work.run_due("a", replace(settings, texts=None))
    assert rows(app)[0].body is None and rows(app)[0].last_error == "expired"


@pytest.mark.both_engines
def test_two_workers_send_it_once(
    app: Flask, settings: Settings, clock: Clock, host: TextHost, rita: tuple[int, int]
) -> None:
    put(app, clock, rita, *(f"Nummer {number}" for number in range(8)))
    together = Barrier(2)

    def rounds() -> None:
        together.wait()
        while a_round(app, settings):
            pass

    workers = [Thread(target=rounds) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(words for _number, words in host.took) == sorted(f"Nummer {number}" for number in range(8))


def test_neither_token_nor_number_nor_words_stand_in_the_log(
    app: Flask,
    settings: Settings,
    clock: Clock,
    host: TextHost,
    rita: tuple[int, int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    put(app, clock, rita, WORDS, "Den næste")
    host.statuses = [422, 401]
    a_round(app, settings)
    assert "HTTP 422" in caplog.text and "HTTP 401" in caplog.text
    for secret in (TOKEN, "20123456", "Åhuset", "said with"):
        assert secret not in caplog.text


@pytest.mark.parametrize("number", ["20123456", "+4612345678", "", "rita@example.org", "+45201234567"])
def test_a_number_that_is_none_never_gets_into_the_outbox(app: Flask, clock: Clock, number: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match="number"):
        outbox.put_text(clock.now, "x", number, "Nyt", WORDS, programme_id=1, person_id=1, expires_at=clock.now)


@pytest.mark.parametrize("words", ["x" * 161, "Ł"])
def test_nor_do_words_that_one_message_does_not_hold(app: Flask, clock: Clock, words: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match="words"):
        outbox.put_text(clock.now, "x", NUMBER, "Nyt", words, programme_id=1, person_id=1, expires_at=clock.now)


def test_a_gateway_behind_a_wrong_certificate_gets_nothing(host: TextHost) -> None:
    encrypted = replace(host.address, encrypted=True)
    answer = text_postman.send_sms(encrypted, NUMBER, WORDS, "ref")
    assert (answer.outcome, answer.code) == (Outcome.AWAY, "SSLError") and host.asked == []
