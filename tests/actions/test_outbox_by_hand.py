"""The outbox as a coordinator works on it: what was given up is sent again, what waits is cancelled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import links, outbox
from advice.actions.outbox import Hindrance
from advice.actions.postman import Answer, Outcome
from advice.database import begin_write, db
from advice.models.accounts import LinkPurpose
from advice.models.audit import AuditEntry
from advice.models.outbox import Mail, counts, given_up, has_due
from advice.rules.access import Actor
from tests import builders
from tests.builders import World
from tests.program import Clock

Db = scoped_session[Session]
SENT = Answer(Outcome.SENT)
REFUSED = Answer(Outcome.REFUSED, "550 SMTPRecipientsRefused")
WEEK = timedelta(days=7)


def begin(session: Db) -> None:
    """A write transaction, whatever was read before."""
    session.rollback()
    begin_write()


@pytest.fixture
def world(session: Db) -> World:
    begin(session)
    found = builders.world()
    session.commit()
    return found


@pytest.fixture
def karen(session: Db, world: World) -> Actor:
    """Whoever works on the outbox."""
    found = world.actor("karen")
    session.rollback()
    return found


def put(session: Db, clock: Clock, karen: Actor, body: str = "Hej", **fields: Any) -> int:
    """A committed mail of her programme; its id."""
    begin(session)
    mail = outbox.put(clock.now, "invitation", "nina@example.org", "Emne", body, programme_id=karen.programme, **fields)
    session.commit()
    number = mail.id
    session.rollback()
    return number


def handled(session: Db, clock: Clock, answer: Answer | None) -> outbox.Claimed:
    """What a worker does with the mail that is due; without an answer it goes on holding it."""
    begin(session)
    claimed = outbox.claim(clock.now)
    assert claimed is not None
    session.commit()
    if answer is not None:
        settled(session, clock, claimed, answer)
    return claimed


def settled(session: Db, clock: Clock, claimed: outbox.Claimed, answer: Answer) -> None:
    begin(session)
    outbox.settle(claimed, clock.now, answer)
    session.commit()


def again(session: Db, clock: Clock, number: int, by: Actor) -> Hindrance | None:
    """Have it sent again, committed."""
    begin(session)
    found = outbox.send_again(clock.now, number, by)
    session.commit()
    return found


def cancel(session: Db, clock: Clock, number: int, by: Actor) -> Hindrance | None:
    """Cancel it, committed."""
    begin(session)
    found = outbox.cancel(clock.now, number, by)
    session.commit()
    return found


def stored(session: Db, number: int) -> Mail:
    session.rollback()
    return session.get_one(Mail, number)


def acts(session: Db) -> list[tuple[str, str, int | None]]:
    """What the audit holds about mails."""
    session.rollback()
    found = select(AuditEntry).where(AuditEntry.subject == "mails").order_by(AuditEntry.id)
    return [(one.action, one.subject_id, one.person_id) for one in session.scalars(found)]


def test_what_was_given_up_waits_again_as_if_it_were_new(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen)
    first = handled(session, clock, REFUSED).letter
    clock.forward(days=6)
    assert again(session, clock, number, karen) is None
    mail = stored(session, number)
    assert (mail.given_up_at, mail.last_error, mail.attempts, mail.due_at) == (None, None, 0, clock.now)
    assert acts(session) == [("mail_sent_again", str(number), karen.person)]
    clock.forward(days=6)
    copy = handled(session, clock, Answer(Outcome.LATER, "451 SMTPDataError")).letter
    assert (copy.message_id, copy.body) == (first.message_id, first.body)
    assert stored(session, number).given_up_at is None, "it is tried for as long as a new one"


def test_only_what_was_given_up_is_sent_again(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen)
    assert again(session, clock, number, karen) is Hindrance.GONE
    handled(session, clock, SENT)
    assert again(session, clock, number, karen) is Hindrance.GONE
    assert again(session, clock, 999, karen) is Hindrance.GONE
    assert acts(session) == []


def test_what_is_of_no_use_any_more_is_not_sent_again(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen, expires_at=clock.now + timedelta(hours=1))
    handled(session, clock, REFUSED)
    clock.forward(hours=1)
    assert not given_up(karen.programme)[0].can_be_sent(clock.now)
    assert again(session, clock, number, karen) is Hindrance.EXPIRED


def test_what_expired_while_it_waited_says_so_too(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen, expires_at=clock.now + timedelta(hours=1))
    clock.forward(hours=1)
    begin(session)
    outbox.give_up_expired(clock.now)
    session.commit()
    assert again(session, clock, number, karen) is Hindrance.EXPIRED


def test_a_link_that_a_newer_one_has_replaced_is_not_sent_again(
    session: Db, clock: Clock, world: World, karen: Actor
) -> None:
    begin(session)
    nina = builders.person("Nina Nord").id
    token = links.make(clock.now, LinkPurpose.INVITATION, nina)
    session.commit()
    number = put(session, clock, karen, f"Åbn https://example.org/invitation/{token}\n", expires_at=clock.now + WEEK)
    handled(session, clock, REFUSED)
    assert again(session, clock, number, karen) is None
    handled(session, clock, REFUSED)
    begin(session)
    links.make(clock.now, LinkPurpose.INVITATION, nina)
    session.commit()
    assert again(session, clock, number, karen) is Hindrance.EXPIRED


def test_without_its_words_it_is_not_sent_again(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen)
    handled(session, clock, REFUSED)
    clock.forward(days=7)
    begin(session)
    outbox.give_up_expired(clock.now)
    session.commit()
    assert again(session, clock, number, karen) is Hindrance.NO_WORDS


def test_what_waits_is_cancelled_and_can_be_had_back(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen)
    assert cancel(session, clock, number, karen) is None
    assert not has_due(clock.now) and counts(karen.programme) == (0, 0, 1)
    assert stored(session, number).last_error == "cancelled"
    assert cancel(session, clock, number, karen) is Hindrance.GONE
    assert again(session, clock, number, karen) is None
    assert has_due(clock.now)
    assert [act for act, _number, _who in acts(session)] == ["mail_cancelled", "mail_sent_again"]


def test_under_a_workers_hands_nothing_is_cancelled(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen)
    claimed = handled(session, clock, None)
    assert cancel(session, clock, number, karen) is Hindrance.HELD
    settled(session, clock, claimed, SENT)
    assert cancel(session, clock, number, karen) is Hindrance.GONE
    assert stored(session, number).sent_at == clock.now and acts(session) == []


def test_a_worker_that_was_thought_dead_may_still_say_sent(session: Db, clock: Clock, karen: Actor) -> None:
    number = put(session, clock, karen)
    late = handled(session, clock, None)
    clock.now += outbox.LEASE
    assert cancel(session, clock, number, karen) is None
    settled(session, clock, late, REFUSED)
    assert stored(session, number).last_error == "cancelled"
    settled(session, clock, late, SENT)
    mail = stored(session, number)
    assert (mail.sent_at, mail.given_up_at, mail.body) == (clock.now, None, None)
    assert again(session, clock, number, karen) is Hindrance.GONE


def test_another_programmes_mail_is_nobodys_to_touch(session: Db, clock: Clock, karen: Actor) -> None:
    begin(session)
    stranger = builders.world("kysten", "k-").actor("karen")
    session.commit()
    number = put(session, clock, karen)
    assert cancel(session, clock, number, stranger) is Hindrance.GONE
    handled(session, clock, REFUSED)
    assert again(session, clock, number, stranger) is Hindrance.GONE
    assert stored(session, number).given_up_at == clock.now


@pytest.mark.parametrize("round_", range(5))
def test_a_worker_and_a_coordinator_at_once_never_both_have_it(
    app: Flask, session: Db, clock: Clock, karen: Actor, round_: int
) -> None:
    number = put(session, clock, karen)
    together = Barrier(2, timeout=20)

    def worker() -> outbox.Claimed | None:
        with app.app_context():
            together.wait()
            begin_write()
            claimed = outbox.claim(clock.now)
            db.session.commit()
            return claimed

    def coordinator() -> Hindrance | None:
        with app.app_context():
            together.wait()
            begin_write()
            hindrance = outbox.cancel(clock.now, number, karen)
            db.session.commit()
            return hindrance

    with ThreadPoolExecutor(2) as pool:
        held, hindrance = pool.submit(worker), pool.submit(coordinator)
        claimed = held.result(60)
        assert hindrance.result(60) is (Hindrance.HELD if claimed else None)
    mail = stored(session, number)
    assert (mail.given_up_at is None) == (mail.leased_until is not None) == (claimed is not None)
