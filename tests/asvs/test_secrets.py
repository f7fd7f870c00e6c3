"""ASVS 5.0, chapters 11 and 13, and of 6 and 7 what secrets are made of: how they are made and kept; no debugging."""

from __future__ import annotations

import ast
import base64
import http.client
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from argon2 import Type, extract_parameters
from flask import Flask
from sqlalchemy import func, select, update

from advice import trial
from advice.accounts.passwords import COMMON_FILE
from advice.actions.second_factors import new_recovery_code, new_totp_secret
from advice.actions.tokens import new_token
from advice.app import create_app
from advice.config import ROOT, Settings
from advice.database import db
from advice.models.people import Person
from tests import waitress_here
from tests.asvs.everywhere import ADVISER
from tests.builders import PASSWORD, PASSWORD_HASH
from tests.every_address import Values, Visitor, addresses
from tests.program import Clock
from tests.second_factors import give_app, log_in_with_app
from tests.stored import writing
from tests.test_architecture import PROGRAM
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9

RITA = "rita@example.org"
NEXT_CODE = 60
NEW = "gule støvler på kajen"
PIN = "274961"
LEAST_BYTES = 16
DEFAULTS = ("admin", "root", "test", "demo", "administrator", "user", "guest")


@pytest.fixture
def real(app: Flask, values: Values, client: CheckingClient, clock: Clock) -> CheckingClient:
    """Rita's browser, where she is nobody of a demonstration, logged in with her app."""
    with writing(app):
        db.session.execute(update(Person).values(demo=False))
    give_app(app, RITA, clock())
    log_in_with_app(client, RITA, clock())
    clock.forward(seconds=NEXT_CODE)
    return client


def rita(app: Flask) -> Person:
    with app.app_context():
        return db.session.scalars(select(Person).where(Person.email == RITA)).one()


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "123456789012",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "unbelievable1",
        "Password1234",
        "ABC123ABC123",
    ],
)
def test_asvs_6_2_12_a_password_of_the_lists_of_breaches_is_refused(real: CheckingClient, password: str) -> None:
    answer = real.submit("/konto/adgangskode", old=PASSWORD, new=password)
    assert answer.status_code == 422 and "Vælg en, som ikke kan gættes." in answer.text


def test_asvs_6_2_12_the_list_is_long_and_of_what_the_policy_lets_pass() -> None:
    words = COMMON_FILE.read_text(encoding="utf-8").split("\n")
    assert len([word for word in words if len(word) >= 12]) > 3000


def test_asvs_6_3_2_a_new_program_has_no_account_at_all(settings: Settings) -> None:
    app = create_app(replace(settings, demo=False))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    browser = Visitor(app)
    for name in DEFAULTS:
        for email in (name, f"{name}@example.org"):
            fields = {"email": email, "password": name, "csrf_token": browser.token()}
            assert browser.client.post("/log-ind", data=fields, environ_overrides=network(email)).status_code == 422


def network(text: str) -> dict[str, str]:
    """An address of its own for each, so that the door stays open."""
    return {"REMOTE_ADDR": f"192.0.2.{sum(text.encode()) % 250}"}


def test_asvs_6_3_2_the_demonstrations_password_opens_nothing_elsewhere(app: Flask, values: Values) -> None:
    elsewhere = create_app(replace(app.extensions["advice"], demo=False))
    for name in ("karen", "tove", "rita", "lars"):
        browser = Visitor(elsewhere)
        fields = {"email": f"{name}@example.org", "password": PASSWORD, "csrf_token": browser.token()}
        browser.client.post("/log-ind", data=fields)
        assert browser.client.get("/maal").location == "/konto/sikkerhed"


def test_asvs_7_2_3_the_secret_of_a_session_is_256_random_bits(app: Flask, values: Values) -> None:
    found = set()
    for _ in range(20):
        browser = Visitor(app, ADVISER)
        with browser.client.session_transaction() as held:
            found.add(held["_user_id"])
    assert len(found) == 20
    raw = [base64.urlsafe_b64decode(f"{secret}=") for secret in found]
    assert {len(one) for one in raw} == {32}
    # Among 5,120 bits that are random, far from half of them set would not happen in a lifetime.
    assert 0.4 < sum(bin(byte).count("1") for one in raw for byte in one) / (20 * 256) < 0.6


def is_strong(stored: str | None) -> bool:
    """Whether it is an argon2id hash with at least the costs that OWASP's cheat sheet asks for."""
    costs = extract_parameters(stored or "")
    return costs.type is Type.ID and costs.memory_cost >= 19 * 1024 and costs.time_cost >= 2 and costs.salt_len >= 16


def test_asvs_11_4_2_a_password_is_stored_as_a_slow_hash_of_its_own(app: Flask, real: CheckingClient) -> None:
    before = rita(app).password_hash
    assert is_strong(before) and not is_strong(PASSWORD_HASH), "the log-in has hashed the cheap one of these tests anew"
    assert real.submit("/konto/adgangskode", old=PASSWORD, new=NEW).status_code == 303
    stored = rita(app).password_hash
    assert stored != before and is_strong(stored) and NEW not in str(stored)


def test_asvs_11_4_2_a_pin_is_stored_as_a_slow_hash_of_its_own(app: Flask, real: CheckingClient) -> None:
    assert real.submit("/konto/pinkode", pin=PIN, again=PIN).status_code == 303
    stored = rita(app).pin_hash
    assert is_strong(stored) and PIN not in str(stored)


GUESSABLE = frozenset({"random", "numpy", "uuid1"})
"""Generators whose next value follows from the former ones, or from the clock."""


def weak_randomness(tree: ast.Module) -> Iterator[str]:
    """Secrets that are too short, and random values that can be foretold."""
    for node in ast.walk(tree):
        asked: ast.expr | None = None
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
            yield from (f"{node.lineno}: {name}" for name in names & GUESSABLE)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("secrets.token_"):
            asked = node.args[0] if node.args else None
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith(("TOKEN_BYTES", "CHALLENGE_BYTES")):
            asked = node.value
        if isinstance(asked, ast.Constant) and isinstance(asked.value, int) and asked.value < LEAST_BYTES:
            yield f"{asked.lineno}: {asked.value} bytes"


@pytest.mark.parametrize(
    "snippet", ["import random", "from random import choice", "secrets.token_hex(8)", "TOKEN_BYTES = 12"]
)
def test_a_weak_generator_is_found(snippet: str) -> None:
    assert list(weak_randomness(ast.parse(snippet)))


def test_asvs_11_5_1_what_must_not_be_guessed_has_128_bits_of_a_secure_generator() -> None:
    programs = [path for path in PROGRAM if "demo" not in path.relative_to(ROOT).parts]
    found = {str(path.relative_to(ROOT)): list(weak_randomness(ast.parse(path.read_text()))) for path in programs}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(base64.urlsafe_b64decode(f"{new_token()}=")) == 32
    assert len(base64.b32decode(new_totp_secret())) >= LEAST_BYTES
    assert len({new_token() for _ in range(1000)}) == 1000


def test_asvs_11_5_1_a_code_on_paper_has_enough_to_be_kept_as_a_plain_hash() -> None:
    """Codes are typed by hand: what 6.5.2 asks of them (112 bits), not a whole 128."""
    letters = {len(new_recovery_code().replace("-", "")) for _ in range(50)}
    used = set("".join(new_recovery_code() for _ in range(200))) - {"-"}
    assert letters == {24} and len(used) == 32  # 5 bits each


def crash(app: Flask) -> str:
    """The page of an error nobody foresaw."""
    app.add_url_rule("/proeve", "proeve", lambda: 1 / 0)  # type: ignore[arg-type]
    answer = app.test_client().get("/proeve")
    assert answer.status_code == 500
    return answer.text


def test_asvs_13_4_2_nothing_is_shown_for_debugging_whatever_the_environment_says(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app(replace(settings, testing=False))
    assert not app.debug and not app.testing and not app.config["EXPLAIN_TEMPLATE_LOADING"]
    page = crash(app)
    assert not re.search(r"Traceback|ZeroDivision|Werkzeug|\.py\b|/advice/", page)
    assert trial.serving(settings).get("expose_tracebacks", False) is False


def test_asvs_13_4_2_nothing_that_starts_the_program_asks_for_debugging() -> None:
    starts = [
        ROOT / "Makefile",
        ROOT / "wsgi.py",
        *(ROOT / "docs").rglob("*.service"),
        *(ROOT / "docs").rglob("*.conf"),
    ]
    starts += [path for path in PROGRAM if path.name in ("trial.py", "app.py", "config.py")]
    asked = re.compile(r"FLASK_DEBUG=|--debug|debug\s*=\s*True|DEBUG=True|expose.tracebacks(?!.*no)|TESTING=True")
    assert {path.name: asked.findall(path.read_text()) for path in starts if asked.search(path.read_text())} == {}


@pytest.fixture
def served(app: Flask, settings: Settings) -> Iterator[http.client.HTTPConnection]:
    """The program behind waitress as `make run` starts it."""
    with waitress_here.serving(app, settings) as connection:
        yield connection


def test_asvs_13_4_4_trace_repeats_nothing(app: Flask, values: Values, served: http.client.HTTPConnection) -> None:
    for url in ("/", "/log-ind", "/static/base.css", "/nope", "*"):
        served.request("TRACE", url, headers={"Cookie": "session=hemmelig", "X-Secret": "hemmelig"})
        answer = served.getresponse()
        assert "hemmelig" not in answer.read().decode() and answer.status in (400, 404, 405), url
    for rule, url in addresses(app, values):
        assert "TRACE" not in (rule.methods or set())
        assert app.test_client().open(url, method="TRACE").status_code == 405, url
