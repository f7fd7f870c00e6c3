"""The outbox: what a row goes through from `put` to sent or given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from advice.actions import outbox
from advice.actions.postman import Answer, Outcome
from advice.database import begin_write
from advice.models.outbox import Mail, counts, given_up, has_due, has_expired, oldest_waiting, waiting
from tests import builders
from tests.program import Clock

Db = scoped_session[Session]
LINK = "https://example.org/invitation/hemmelig"
SENT = Answer(Outcome.SENT)
LATER = Answer(Outcome.LATER, "451 SMTPDataError")
REFUSED = Answer(Outcome.REFUSED, "550 SMTPRecipientsRefused")


def put(session: Db, clock: Clock, to: str = "rita@example.org", **fields: Any) -> int:
    """A mail that is committed; its id."""
    begin_write()
    mail = outbox.put(clock.now, "invitation", to, "Velkommen", f"Åbn {LINK}", **fields)
    session.commit()
    number = mail.id
    session.rollback()
    return number


def claim(session: Db, clock: Clock) -> outbox.Claimed | None:
    """What a worker gets that asks now."""
    begin_write()
    claimed = outbox.claim(clock.now)
    session.commit()
    return claimed


def settle(session: Db, clock: Clock, answer: Answer, claimed: outbox.Claimed | None = None) -> None:
    """Claim what is due unless told what, and write down how it went."""
    claimed = claimed or claim(session, clock)
    assert claimed is not None
    begin_write()
    outbox.settle(claimed, clock.now, answer)
    session.commit()


def stored(session: Db, number: int) -> Mail:
    """The row as it stands in the database."""
    session.rollback()
    return session.get_one(Mail, number)


def test_a_mail_is_there_with_what_it_is_about_or_not_at_all(session: Db, clock: Clock) -> None:
    begin_write()
    outbox.put(clock.now, "invitation", "rita@example.org", "Velkommen", LINK)
    session.rollback()
    assert not has_due(clock.now) and oldest_waiting() is None
    session.rollback()
    put(session, clock)
    assert has_due(clock.now) and oldest_waiting() == clock.now


def test_one_worker_holds_a_mail_until_its_lease_runs_out(session: Db, clock: Clock) -> None:
    put(session, clock)
    first = claim(session, clock)
    assert first is not None and claim(session, clock) is None
    clock.now += outbox.LEASE
    second = claim(session, clock)
    assert second is not None and second.letter == first.letter


def test_what_was_sent_is_over_and_its_words_are_gone(session: Db, clock: Clock) -> None:
    number = put(session, clock)
    settle(session, clock, SENT)
    mail = stored(session, number)
    assert (mail.sent_at, mail.body, mail.leased_until, mail.given_up_at) == (clock.now, None, None, None)
    session.rollback()
    clock.forward(days=1)
    assert claim(session, clock) is None


def test_failures_wait_a_minute_then_twice_as_long_up_to_an_hour(session: Db, clock: Clock) -> None:
    number = put(session, clock)
    waits = []
    for _ in range(8):
        settle(session, clock, LATER)
        mail = stored(session, number)
        waits.append((mail.due_at - clock.now) / timedelta(minutes=1))
        assert mail.body is not None and mail.last_error == "451 SMTPDataError"
        clock.now = mail.due_at - timedelta(seconds=1)
        session.rollback()
        assert claim(session, clock) is None
        clock.forward(seconds=1)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_refused_mail_is_given_up_at_once_and_its_words_go_a_week_later(session: Db, clock: Clock) -> None:
    number = put(session, clock)
    settle(session, clock, REFUSED)
    refused = clock.now
    clock.forward(days=7, seconds=-1)
    assert not has_expired(clock.now) and stored(session, number).body is not None
    clock.forward(seconds=1)
    assert has_expired(clock.now)
    session.rollback()
    begin_write()
    assert outbox.give_up_expired(clock.now) == 1
    session.commit()
    mail = stored(session, number)
    assert (mail.given_up_at, mail.body, mail.sent_at) == (refused, None, None)
    assert mail.last_error == "550 SMTPRecipientsRefused" and not has_expired(clock.now)


def test_it_keeps_trying_for_seven_days_and_no_longer(session: Db, clock: Clock) -> None:
    number = put(session, clock)
    clock.forward(days=7, seconds=-1)
    settle(session, clock, LATER)
    assert stored(session, number).given_up_at is None
    session.rollback()
    clock.forward(minutes=2)
    settle(session, clock, LATER)
    assert stored(session, number).given_up_at == clock.now


def test_what_is_of_no_use_any_more_is_given_up_and_nothing_else(session: Db, clock: Clock) -> None:
    over = put(session, clock, expires_at=clock.now + timedelta(minutes=30))
    still = put(session, clock, expires_at=clock.now + timedelta(minutes=31))
    never = put(session, clock)
    clock.forward(minutes=30)
    begin_write()
    assert outbox.give_up_expired(clock.now) == 1
    session.commit()
    mail = stored(session, over)
    assert (mail.given_up_at, mail.body, mail.last_error) == (clock.now, None, "expired")
    assert [stored(session, number).body is None for number in (still, never)] == [False, False]


def test_a_mail_on_its_way_is_not_given_up_under_the_workers_hands(session: Db, clock: Clock) -> None:
    put(session, clock, expires_at=clock.now + timedelta(minutes=1))
    claimed = claim(session, clock)
    clock.forward(minutes=1)
    begin_write()
    assert outbox.give_up_expired(clock.now) == 0
    session.commit()
    settle(session, clock, SENT, claimed)
    assert oldest_waiting() is None


def test_a_worker_that_lost_its_lease_may_say_sent_but_not_failed(session: Db, clock: Clock) -> None:
    number = put(session, clock)
    late = claim(session, clock)
    clock.now += outbox.LEASE
    holder = claim(session, clock)
    settle(session, clock, LATER, late)
    assert (stored(session, number).attempts, stored(session, number).leased_until) == (0, clock.now + outbox.LEASE)
    session.rollback()
    settle(session, clock, SENT, late)
    settle(session, clock, REFUSED, holder)
    mail = stored(session, number)
    assert mail.sent_at == clock.now and mail.given_up_at is None


@pytest.mark.parametrize(
    "to",
    [
        "",
        "rita",
        "rita@",
        "@example.org",
        "rita@example.org\r\nBcc: all@example.org",
        "rita@example.org\nBcc: all@example.org",
        "rita@example.org\r",
        "rita@example.org\x00",
        "rita@example.org, bent@example.org",
        "rita@example.org;bent@example.org",
        "<rita@example.org>",
        "Rita <rita@example.org>",
        "ri\u2028ta@example.org",
        "ri\u202eta@example.org",
        "rita@exa mple.org",
        "rita@bent@example.org",
        '"rita\\"@x"@example.org',
        "rita@[127.0.0.1]",
        "rita@-example.org",
        f"{'r' * 65}@example.org",
        f"rita@{'.'.join(['e' * 60] * 5)}",
        "\ud800@example.org",
    ],
)
def test_what_is_no_single_address_is_refused(session: Db, clock: Clock, to: str) -> None:
    begin_write()
    with pytest.raises(ValueError, match="no single address"):
        outbox.put(clock.now, "invitation", to, "Velkommen", LINK)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Velkommen\r\nBcc: all@example.org", "Velkommen Bcc: all@example.org"),
        ("Velkommen\rBcc: x\n\nbody", "Velkommen Bcc: x body"),
        ("a\x00b\x0bc\x0cd\x1ee\x85f\u2028g\u2029h\ud800i", "a b c d e f g h i"),
        ("Rådgivning i Stationshuset 🚪", "Rådgivning i Stationshuset 🚪"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_subject_is_one_line_of_what_can_be_stored(session: Db, clock: Clock, given: str, kept: str) -> None:
    begin_write()
    assert outbox.put(clock.now, "invitation", "rita@example.org", given, "ord").subject == kept


def test_a_body_keeps_its_lines_and_loses_what_cannot_be_stored(session: Db, clock: Clock) -> None:
    begin_write()
    mail = outbox.put(clock.now, "invitation", "rita@example.org", "x", "å\r\nb\rc\td\x00\ud800\u2028e\n\n")
    assert mail.body == "å\nb\nc\td\ne\n"
    with pytest.raises(ValueError, match="20000 characters"):
        outbox.put(clock.now, "invitation", "rita@example.org", "x", "y" * 20_000)


def test_an_address_with_danish_letters_is_kept_as_mail_programs_write_it(session: Db, clock: Clock) -> None:
    begin_write()
    kept = outbox.put(clock.now, "x", "rita@Rådhuset.dk", "x", "y").to_address
    local, _at, domain = kept.partition("@")
    assert kept.isascii() and (local, domain.encode().decode("idna")) == ("rita", "rådhuset.dk")


def test_a_coordinator_sees_what_waits_in_her_programme_without_its_words(session: Db, clock: Clock) -> None:
    begin_write()
    here, there = builders.world().programme.id, builders.world("kysten", "k").programme.id
    session.commit()
    first = put(session, clock, programme_id=here)
    settle(session, clock, LATER)
    clock.forward(seconds=1)
    put(session, clock, to="bent@example.org", programme_id=here)
    settle(session, clock, REFUSED)
    clock.forward(seconds=1)
    second = put(session, clock, to="tove@example.org", programme_id=here)
    put(session, clock, programme_id=there)
    put(session, clock)
    found = waiting(here)
    assert [mail.id for mail in found] == [second, first]
    oldest = found[1]
    assert (oldest.to, oldest.attempts, oldest.last_error) == ("rita@example.org", 1, "451 SMTPDataError")
    assert oldest.since == clock.now - timedelta(seconds=2)
    assert [mail.to for mail in given_up(here)] == ["bent@example.org"]
    assert LINK not in repr((found, given_up(here)))
    assert counts(here) == (2, 1, 1) and counts(there) == (1, 0, 0)
