"""Tries at a door are counted for all processes, close it for a while, and lock nobody out. Both engines."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import attempts
from advice.database import begin_write, db
from advice.models.accounts import Attempt
from advice.rules.throttle import Door
from tests.program import SECRET_KEY

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
KEY = attempts.attempts_key(SECRET_KEY)
HOME, STRANGER = "192.0.2.1", "198.51.100.9"
RITA = "rita@example.org"

pytestmark = [pytest.mark.t9, pytest.mark.usefixtures("session")]


def wait(
    account: str = RITA, address: str = HOME, door: Door = Door.LOG_IN, after: timedelta = timedelta(0)
) -> int | None:
    """What somebody is told who comes to the door `after` NOW."""
    seconds = attempts.check(NOW + after, door, account, address, KEY)
    db.session.rollback()
    return seconds


def tries(
    count: int,
    account: str = RITA,
    address: str = HOME,
    door: Door = Door.LOG_IN,
    succeeded: bool = False,
    at: datetime = NOW,
) -> None:
    """So many tries, one a second up to `at`."""
    begin_write()
    for number in range(count):
        then = at - timedelta(seconds=count - 1 - number)
        attempts.record(then, door, account, address, KEY, succeeded=succeeded)
    db.session.commit()


class TestOneAccountFromOneAddress:
    """Ten failures in a quarter of an hour."""

    def test_the_tenth_failure_closes_and_time_opens(self) -> None:
        tries(9)
        assert wait() is None
        tries(1, at=NOW + timedelta(seconds=1))
        opens = timedelta(minutes=15) - timedelta(seconds=8)
        assert wait(after=timedelta(seconds=1)) == opens.total_seconds() - 1
        assert wait(after=opens - timedelta(seconds=1)) == 1
        assert wait(after=opens) is None

    def test_only_failures_count(self) -> None:
        tries(30, succeeded=True)
        tries(9)
        assert wait() is None

    def test_whatever_the_case_of_the_e_mail_and_the_spaces_round_it(self) -> None:
        tries(10, account=" RITA@Example.org ")
        assert wait() is not None

    def test_another_account_and_another_address_and_another_door_stay_open(self) -> None:
        tries(10)
        assert wait(account="svend@example.org") is None
        assert wait(address=STRANGER) is None
        assert wait(door=Door.PIN) is None


class TestWithoutLockingAnybodyOut:
    """Over all addresses, and over all accounts."""

    def guess_from_everywhere(self) -> None:
        for number in range(10):
            tries(5, address=f"203.0.113.{number}")

    def test_fifty_failures_in_an_hour_close_an_account_for_strangers(self) -> None:
        self.guess_from_everywhere()
        assert wait(address=STRANGER) is not None
        assert wait(account="svend@example.org", address=STRANGER) is None

    def test_but_not_for_her_where_she_came_in_within_a_month(self) -> None:
        tries(1, succeeded=True, at=NOW - timedelta(days=29))
        self.guess_from_everywhere()
        assert wait(address=HOME) is None
        assert wait(address=STRANGER) is not None

    def test_where_somebody_else_came_in_or_she_did_long_ago_is_no_known_address(self) -> None:
        tries(1, account="svend@example.org", succeeded=True, at=NOW - timedelta(days=1))
        tries(1, succeeded=True, at=NOW - timedelta(days=31))
        tries(1, succeeded=True, door=Door.SECOND)
        self.guess_from_everywhere()
        assert wait(address=HOME) is not None

    def test_a_known_address_guesses_no_faster_than_others(self) -> None:
        tries(1, succeeded=True, at=NOW - timedelta(days=1))
        tries(10)
        assert wait() is not None

    def test_a_hundred_failures_over_many_accounts_close_an_address(self) -> None:
        for number in range(50):
            tries(2, account=f"nr{number}@example.org", address=STRANGER)
        assert wait(account="svend@example.org", address=STRANGER) is not None
        assert wait(account="svend@example.org", address=HOME) is None

    def test_all_addresses_of_a_household_are_one(self) -> None:
        for number in range(1, 11):
            tries(1, address=f"2001:db8:1:2::{number:x}")
        assert wait(address="2001:db8:1:2:ffff::1") is not None
        assert wait(address="2001:db8:1:3::1") is None


class TestOtherDoors:
    """Each has its own limits."""

    @pytest.mark.parametrize(
        ("door", "count", "address", "elsewhere"),
        [
            (Door.PIN, 5, "tablet:1", None),
            (Door.SECOND, 10, HOME, STRANGER),
            (Door.INVITATION, 30, HOME, None),
            (Door.PASSWORD_MAIL, 3, HOME, STRANGER),
            (Door.BOOKING, 5, HOME, STRANGER),
        ],
    )
    def test_closes_at_its_limit(self, door: Door, count: int, address: str, elsewhere: str | None) -> None:
        tries(count - 1, address=address, door=door)
        assert wait(address=address, door=door) is None
        tries(1, address=address, door=door)
        assert wait(address=address, door=door) is not None
        assert (wait(address=elsewhere or "tablet:2", door=door) is None) == (elsewhere is None)

    def test_fifty_wrong_pins_close_every_new_tablet_but_not_the_one_she_uses(self) -> None:
        tries(1, address="tablet:1", door=Door.PIN, succeeded=True)
        for number in range(10):
            tries(5, address=f"tablet:{number + 2}", door=Door.PIN, at=NOW - timedelta(hours=1))
        assert wait(address="tablet:99", door=Door.PIN) is not None
        assert wait(address="tablet:1", door=Door.PIN) is None

    def test_twenty_wrong_pins_close_a_tablet_for_her_until_the_next_day(self) -> None:
        for hour in range(4):
            tries(5, address="tablet:1", door=Door.PIN, at=NOW - timedelta(hours=4 - hour))
        seconds = wait(address="tablet:1", door=Door.PIN)
        assert seconds is not None and seconds > 15 * 60
        assert wait(account="svend", address="tablet:1", door=Door.PIN) is None

    def test_a_mail_that_is_sent_counts_though_it_succeeded(self) -> None:
        tries(3, door=Door.PASSWORD_MAIL, succeeded=True)
        assert wait(door=Door.PASSWORD_MAIL) is not None


def test_what_was_typed_as_an_account_is_not_kept() -> None:
    tries(1, account="min hemmelige adgangskode")
    row = db.session.scalars(select(Attempt)).one()
    assert len(row.account_hash) == 64
    assert "hemmelig" not in repr([getattr(row, column.key) for column in Attempt.__table__.columns])
    db.session.rollback()
    assert attempts.check(NOW, Door.LOG_IN, "min hemmelige adgangskode", HOME, KEY) is None
    begin_write_again()
    attempts.record(NOW, Door.LOG_IN, "x", HOME, attempts.attempts_key("another-secret-key"), succeeded=False)
    attempts.record(NOW, Door.LOG_IN, "x", HOME, KEY, succeeded=False)
    db.session.commit()
    assert len(set(db.session.scalars(select(Attempt.account_hash)))) == 3


def begin_write_again() -> None:
    """A write transaction, after something was read."""
    db.session.rollback()
    begin_write()


def knock(app: Flask, compare: Callable[[], None]) -> bool:
    """One wrong log-in as a view does it; whether it was let in to be compared."""
    with app.app_context():
        let_in = attempts.check(NOW, Door.LOG_IN, RITA, HOME, KEY) is None
        db.session.rollback()
        if let_in:
            compare()
            begin_write()
            attempts.record(NOW, Door.LOG_IN, RITA, HOME, KEY, succeeded=False)
            db.session.commit()
        return let_in


class TestAtTheSameMoment:
    """Wrong log-ins on real connections."""

    def run(self, app: Flask, threads: int, each: int, compare: Callable[[], None]) -> int:
        """How many of `threads` x `each` wrong log-ins were let in."""
        answers: queue.Queue[bool | BaseException] = queue.Queue()
        gate = threading.Barrier(threads)

        def guess() -> None:
            try:
                gate.wait(timeout=20)
                for _ in range(each):
                    answers.put(knock(app, compare))
            except BaseException as failure:
                answers.put(failure)

        running = [threading.Thread(target=guess) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join(timeout=60)
        got = [answers.get_nowait() for _ in range(answers.qsize())]
        assert [answer for answer in got if not isinstance(answer, bool)] == []
        assert len(got) == threads * each
        return sum(answer is True for answer in got)

    def stored(self) -> int:
        found = db.session.scalar(select(func.count()).select_from(Attempt))
        db.session.rollback()
        return int(found or 0)

    def test_of_120_wrong_log_ins_by_six_threads_no_more_than_the_limit_and_five_get_in(
        self, app: Flask, session: scoped_session[Session]
    ) -> None:
        session.remove()
        let_in = self.run(app, threads=6, each=20, compare=lambda: None)
        assert 10 <= let_in <= 10 + 5
        assert self.stored() == let_in
        assert wait() is not None

    def test_thirty_that_are_compared_at_once_are_all_counted_and_then_it_is_closed(
        self, app: Flask, session: scoped_session[Session]
    ) -> None:
        session.remove()
        together = threading.Barrier(30)
        let_in = self.run(app, threads=30, each=1, compare=lambda: (together.wait(timeout=30), None)[1])
        assert (let_in, self.stored()) == (30, 30)
        assert self.run(app, threads=6, each=5, compare=lambda: None) == 0
