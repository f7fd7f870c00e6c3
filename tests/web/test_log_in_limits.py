"""Log-in can be tried ten times an account and address in a quarter of an hour (contract; ASVS 5.0, 6.3.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from advice.config import Settings
from advice.database import db
from advice.models.accounts import Attempt
from tests.builders import PASSWORD, saved_world
from tests.program import Clock
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9
MOST = 10


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration."""
    return replace(settings, demo=True)


@pytest.fixture(autouse=True)
def people(app: Flask) -> None:
    """One programme."""
    with app.app_context():
        saved_world()


def try_in(client: CheckingClient, password: str = "helt forkert", email: str = "tove@example.org") -> int:
    return client.submit("/log-ind", email=email, password=password).status_code


def test_asvs_6_3_1_the_eleventh_try_is_refused_even_with_the_right_password(
    client: CheckingClient, clock: Clock
) -> None:
    assert [try_in(client) for _ in range(MOST)] == [422] * MOST
    answer = client.submit("/log-ind", email="TOVE@example.org ", password=PASSWORD)
    assert answer.status_code == 429
    assert "Prøv igen om 15 minutter." in answer.text and "tove@example.org" in answer.text.lower()
    assert int(answer.headers["Retry-After"]) == 15 * 60
    clock.forward(minutes=15)
    assert try_in(client, PASSWORD) == 303


def test_only_failures_count(client: CheckingClient) -> None:
    for _ in range(3):
        assert [try_in(client) for _ in range(3)] == [422] * 3
        assert try_in(client, PASSWORD) == 303
    assert try_in(client) == 422


def test_another_account_and_another_address_are_not_locked_out(app: Flask, client: CheckingClient) -> None:
    for _ in range(MOST):
        try_in(client)
    assert try_in(client) == 429
    assert try_in(client, PASSWORD, "rita@example.org") == 303
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert isinstance(elsewhere, CheckingClient)
    assert try_in(elsewhere, PASSWORD) == 303


def test_what_was_typed_is_not_kept(app: Flask, client: CheckingClient) -> None:
    try_in(client, email="min-hemmelige-adgangskode@example.org")
    with app.app_context():
        row = db.session.scalars(select(Attempt)).one()
        assert (row.succeeded, row.person_id, len(row.account_hash)) == (False, None, 64)
        assert "hemmelig" not in str(vars(row))
