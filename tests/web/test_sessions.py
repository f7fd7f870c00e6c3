"""Sessions live in our own table: they end by their limits, by log-out, and with their person (ASVS 5.0, chapter 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice.config import Settings
from advice.database import begin_write, db
from advice.models.accounts import LogInSession
from advice.models.people import Membership, Person
from advice.rules.sessions import ABSOLUTE, IDLE, SEEN_EVERY
from tests.builders import PASSWORD, saved_world
from tests.program import Clock
from tests.web_client import CheckingClient

PAGE = "/vagtplan/2026-48"
ONE_MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration."""
    return replace(settings, demo=True)


@pytest.fixture
def inside(app: Flask, client: CheckingClient) -> CheckingClient:
    """Tove's browser, logged in."""
    with app.app_context():
        saved_world()
    log_in(client)
    return client


def log_in(client: CheckingClient) -> None:
    assert client.submit("/log-ind", email="tove@example.org", password=PASSWORD).status_code == 303


def is_in(client: CheckingClient) -> bool:
    """Whether a staff page opens; it is asked for, so that counts as use."""
    return client.get(PAGE).status_code == 200


def change(app: Flask, statement: object) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(statement)  # type: ignore[call-overload]
        db.session.commit()


def stolen(app: Flask, client: CheckingClient) -> CheckingClient:
    """Another browser with a copy of the cookie."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    other = app.test_client()
    other.set_cookie("session", cookie.value)
    assert isinstance(other, CheckingClient)
    return other


@pytest.mark.t9
def test_asvs_7_4_1_a_copy_of_the_cookie_is_dead_after_log_out(app: Flask, inside: CheckingClient) -> None:
    thief = stolen(app, inside)
    assert is_in(thief)
    assert inside.submit(PAGE, action="/log-ud").status_code == 303
    assert not is_in(thief)


@pytest.mark.t9
def test_asvs_7_2_4_every_log_in_has_a_secret_of_its_own_and_ends_the_one_before(
    app: Flask, inside: CheckingClient
) -> None:
    thief = stolen(app, inside)
    log_in(inside)
    assert is_in(inside)
    assert not is_in(thief)
    with app.app_context():
        rows = db.session.scalars(select(LogInSession).order_by(LogInSession.id)).all()
        assert [row.ended_at is None for row in rows] == [False, True]
        assert rows[0].token_hash != rows[1].token_hash


@pytest.mark.t9
def test_asvs_7_3_1_who_is_away_for_two_hours_logs_in_again(inside: CheckingClient, clock: Clock) -> None:
    clock.forward(seconds=int((IDLE + SEEN_EVERY + ONE_MINUTE).total_seconds()))
    assert not is_in(inside)


def test_use_keeps_a_session_alive_past_the_idle_limit(inside: CheckingClient, clock: Clock) -> None:
    for _ in range(4):
        clock.forward(seconds=int((IDLE - ONE_MINUTE).total_seconds()))
        assert is_in(inside)


@pytest.mark.t9
def test_asvs_7_3_2_nobody_stays_longer_than_a_working_day(inside: CheckingClient, clock: Clock) -> None:
    for _ in range(int(ABSOLUTE / timedelta(hours=1)) - 1):
        clock.forward(hours=1)
        assert is_in(inside)
    clock.forward(hours=1)
    assert not is_in(inside)


@pytest.mark.t9
def test_asvs_7_4_2_a_disabled_person_is_out_everywhere(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    change(app, update(Person).values(disabled_at=clock()))
    assert not is_in(inside)


def test_a_membership_that_ends_ends_what_it_opened(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    change(app, update(Membership).values(valid_to=clock().date() - timedelta(days=1)))
    assert not is_in(inside)


def test_a_page_writes_only_when_the_last_use_was_a_while_ago(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    def seen() -> list[object]:
        with app.app_context():
            return list(db.session.scalars(select(LogInSession.last_seen_at)))

    before = seen()
    clock.forward(seconds=int(SEEN_EVERY.total_seconds()) - 1)
    assert is_in(inside) and seen() == before
    clock.forward(seconds=1)
    assert is_in(inside) and seen() == [clock()]


@pytest.mark.parametrize("forged", ["", "x", "1", "'; --", "x" * 5000, "å"])
def test_a_made_up_secret_opens_nothing(inside: CheckingClient, forged: str) -> None:
    with inside.session_transaction() as cookie:
        cookie["_user_id"] = forged
    assert inside.get(PAGE).status_code == 302


def test_only_a_hash_of_the_secret_is_stored(app: Flask, inside: CheckingClient) -> None:
    with inside.session_transaction() as cookie:
        secret = cookie["_user_id"]
    with app.app_context():
        row = db.session.scalars(select(LogInSession)).one()
        assert len(secret) >= 43
        assert secret not in (row.token_hash, str(row.id)) and len(row.token_hash) == 64
