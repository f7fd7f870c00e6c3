"""ASVS 5.0, chapter 16.5: what errors give away, and what they leave open: nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.accounts import LogInSession
from tests.asvs.people import RITA, fails, real
from tests.builders import PASSWORD
from tests.every_address import Browser, Values, Visitor
from tests.program import Clock
from tests.second_factors import code_at
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9

INSIDE = re.compile(r"Traceback|\.py\b|sqlite|psycopg|SELECT|INSERT|ValueError|Werkzeug|Flask|/advice/", re.IGNORECASE)


def test_asvs_16_5_1_an_error_says_what_to_do_and_nothing_of_the_inside(live: Flask, values: Values) -> None:
    live.add_url_rule("/proeve", "proeve", fails)
    stranger, rita = Browser(live, live.response_class), Visitor(live, "rita").client
    for client, url, code in (
        (stranger, "/findes/ikke/her", 404), (rita, "/indstillinger/personer", 403), (rita, "/proeve?x=Zq1", 500),
        (rita, "/proeve", 400), (stranger, "/" + "a" * 9000, 414),
    ):  # fmt: skip
        answer = client.get(url)
        assert answer.status_code == code
        assert not INSIDE.search(answer.text) and "Zq1" not in answer.text, answer.text
        assert re.search(r"Gå til|Gå tilbage|Spørg|Prøv igen|Skriv den igen", answer.text), answer.text


def test_asvs_16_5_1_a_database_that_is_away_is_not_described(settings: Settings) -> None:
    away = create_app(replace(settings, database_url="postgresql+psycopg://nobody:hemmelig@127.0.0.1:1/none"))
    for url in ("/", "/havnen/", "/healthz"):
        answer = away.test_client().get(url)
        assert answer.status_code == 503
        assert not re.search(r"127\.0\.0\.1|nobody|hemmelig|refused|OperationalError", answer.text)


def spoil(app: Flask, table: str, event: str) -> None:
    """From now on whatever an operation does to a table fails."""
    with app.app_context():
        said = f"CREATE TRIGGER broken BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
        db.session.execute(text(said))
        db.session.commit()


@pytest.mark.parametrize(
    ("table", "event"), [("attempts", "INSERT"), ("sessions", "INSERT"), ("audit_entries", "INSERT")]
)
def test_asvs_16_5_3_a_log_in_that_cannot_be_written_down_lets_nobody_in(live: Flask, table: str, event: str) -> None:
    stranger = live.test_client()
    assert isinstance(stranger, CheckingClient)
    spoil(live, table, "INSERT")
    assert stranger.submit("/log-ind", email=RITA, password=PASSWORD).status_code == 500
    assert stranger.get("/i-dag").status_code == 302
    with live.app_context():
        assert db.session.scalar(select(func.count()).select_from(LogInSession)) == 0


def test_asvs_16_5_3_a_code_that_cannot_be_used_up_opens_nothing(live: Flask, clock: Clock) -> None:
    real(live, clock)
    rita = live.test_client()
    assert isinstance(rita, CheckingClient)
    assert rita.submit("/log-ind", email=RITA, password=PASSWORD).location == "/log-ind/trin"
    spoil(live, "totp_secrets", "UPDATE")
    assert rita.submit("/log-ind/trin", code=code_at(clock())).status_code == 500
    assert rita.get("/i-dag").status_code == 302


def test_asvs_16_5_3_without_the_table_of_sessions_nobody_is_anybody(live: Flask) -> None:
    rita = Visitor(live, "rita")
    with live.app_context():
        db.session.execute(text("ALTER TABLE sessions RENAME TO gone"))
        db.session.commit()
    for url in ("/i-dag", "/henvendelser", "/vagtplan/2026-48"):
        answer = rita.client.get(url)
        assert answer.status_code == 503 and "Rita" not in answer.text
