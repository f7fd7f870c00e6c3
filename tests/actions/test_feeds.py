"""Calendar addresses: one lives at a time, and it dies as promised."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import feeds
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.people import FeedToken, Person
from tests import builders

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
Db = scoped_session[Session]


@pytest.fixture
def rita(session: Db) -> int:
    """The id of somebody with shifts to subscribe to."""
    person_id = builders.saved_world().members["rita"].person_id
    session.rollback()
    return person_id


def made(person_id: int, at: datetime = NOW) -> str:
    """A new address, committed."""
    db.session.rollback()
    begin_write()
    token = feeds.new_token(person_id, at)
    db.session.commit()
    return token


def owner(token: str) -> int | None:
    """Whose address it is, if it lives."""
    person = feeds.person_of_token(token, NOW.date())
    db.session.rollback()
    return person.id if person else None


def test_a_new_address_opens_for_its_owner(session: Db, rita: int) -> None:
    assert owner(made(rita)) == rita


def test_a_token_is_256_random_bits_and_only_its_hash_is_stored(session: Db, rita: int) -> None:
    tokens = {made(rita) for _ in range(3)}
    assert {len(token) for token in tokens} == {43} and len(tokens) == 3
    stored = session.scalars(select(FeedToken.token_hash)).all()
    assert all(len(value) == 64 for value in stored)
    details = repr([row.__dict__ for row in session.scalars(select(AuditEntry))])
    assert not any(token in details or token in stored for token in tokens)


def test_a_new_address_replaces_the_old_one(session: Db, rita: int) -> None:
    first = made(rita)
    second = made(rita, NOW + timedelta(minutes=1))
    assert (owner(first), owner(second)) == (None, rita)


def test_another_persons_address_is_left_alone(session: Db, rita: int) -> None:
    svend = session.scalars(select(Person.id).where(Person.email == "svend@example.org")).one()
    session.rollback()
    hers, his = made(rita), made(svend)
    made(rita)
    assert (owner(hers), owner(his)) == (None, svend)


def test_a_closed_address_is_dead_and_closing_twice_is_harmless(session: Db, rita: int) -> None:
    token = made(rita)
    for closed in (True, False):
        begin_write()
        assert feeds.close_address(rita, NOW) is closed
        session.commit()
        assert owner(token) is None


def test_the_address_of_a_disabled_person_is_dead(session: Db, rita: int) -> None:
    token = made(rita)
    begin_write()
    session.get_one(Person, rita).disabled_at = NOW
    session.commit()
    assert owner(token) is None


@pytest.mark.parametrize("token", ["", "x" * 10_000, "\x00", "æøå", "\ud800", "' OR 1=1 --", "0" * 64])
def test_nonsense_opens_nothing(session: Db, rita: int, token: str) -> None:
    made(rita)
    assert owner(token) is None


def test_the_hash_itself_opens_nothing(session: Db, rita: int) -> None:
    made(rita)
    stored = session.scalars(select(FeedToken.token_hash)).one()
    assert owner(stored) is None


def test_making_replacing_and_closing_stand_in_the_audit(session: Db, rita: int) -> None:
    made(rita)
    made(rita)
    begin_write()
    feeds.close_address(rita, NOW)
    session.commit()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    acts = [entry.action for entry in entries if entry.subject == "feed_tokens"]
    assert acts == ["feed_token_made", "feed_token_made", "feed_token_revoked"]
    assert {entry.person_id for entry in entries if entry.subject == "feed_tokens"} == {rita}


def test_somebody_who_is_not_there_gets_no_address(session: Db, rita: int) -> None:
    begin_write()
    with pytest.raises(LookupError):
        feeds.new_token(rita + 10_000, NOW)


def test_two_who_press_at_once_leave_one_living_address(app: Flask, rita: int) -> None:
    at_once = threading.Barrier(6)

    def press() -> None:
        with app.app_context():
            at_once.wait()
            made(rita)

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    living = select(func.count()).select_from(FeedToken).where(FeedToken.revoked_at.is_(None))
    assert db.session.scalar(living) == 1
    assert db.session.scalar(select(func.count()).select_from(FeedToken)) == 6
