"""ASVS 5.0, chapter 2: what is taken, in which order, how often, whole or not at all, and once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from advice.app import create_app
from advice.database import db
from advice.models.accounts import Attempt, LogInSession, OneTimeLink
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from tests import visit_screens
from tests.builders import PASSWORD
from tests.plans import NEW, Plan, client_of, laid
from tests.program import Clock, dispose
from tests.second_factors import code_at, give_app
from tests.stored import writing
from tests.visit_screens import House, send
from tests.web_client import CheckingClient

settings, house, rita = visit_screens.FIXTURES
pytestmark = pytest.mark.t9

AT_ONCE = 4
INVITE = "/indstillinger/personer/inviter"


@pytest.fixture
def plan(app: Flask, clock: Clock) -> Plan:
    """A programme with openings to plan for."""
    return laid(app, clock)


def count(app: Flask, *models: type[object]) -> tuple[int, ...]:
    """How many rows there are of each."""
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models)


@pytest.mark.parametrize(
    "typed",
    [
        {"minutes": "481"}, {"minutes": "-1"}, {"minutes": "1e3"}, {"topics": ["findes-ikke"]}, {"language": "da; --"},
        {"place": "../kajen"}, {"time": "25.10"}, {"time": "23.59"}, {"kind": "x" * 5000},
        {"outcomes": ["klaret", "gik"]},
    ],
)  # fmt: skip
def test_asvs_2_2_1_only_what_the_field_expects_is_taken(
    house: House, rita: CheckingClient, typed: dict[str, str]
) -> None:
    assert send(rita, forged=True, **typed).status_code == 422
    assert house.visits() == []
    assert send(rita, minutes="480").status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nina"), ("role", "chef"), ("role", ""), ("organisation", "0"), ("name", "x" * 121), ("name", "\u200b")],
)
def test_asvs_2_2_2_the_server_checks_whatever_the_browser_was_told(
    app: Flask, plan: Plan, field: str, value: str
) -> None:
    karen = client_of(app, "karen")
    form = next(form for form in karen.page(INVITE).forms() if "email" in form.names)
    # As no browser would send it: straight to the address, past `required`, `type`, `maxlength` and the choices.
    fields = {**dict(form.fields), "name": "Nina", "email": "nina@example.org", "role": "adviser", field: value}
    before = count(app, Person, Membership)
    assert karen.post(INVITE, data=fields).status_code == 422
    assert count(app, Person, Membership) == before


def test_asvs_2_3_1_the_second_step_of_log_in_opens_only_after_the_first(app: Flask, plan: Plan, clock: Clock) -> None:
    real(app)
    give_app(app, "rita@example.org", clock())
    stranger = app.test_client()
    assert isinstance(stranger, CheckingClient)
    token = dict(stranger.page("/log-ind").forms()[0].fields)["csrf_token"]
    for url in ("/log-ind/trin", "/log-ind/trin/papir"):
        assert stranger.get(url).location == "/log-ind"
        answer = stranger.post(url, data={"csrf_token": token, "code": code_at(clock())})
        assert answer.location in ("/log-ind", None) and stranger.get("/vagtplan/2026-48").status_code == 302
    assert count(app, LogInSession) == (0,)


def test_asvs_2_3_1_nothing_opens_before_the_second_factor_is_set_up(app: Flask, plan: Plan) -> None:
    real(app)
    rita = app.test_client()
    assert isinstance(rita, CheckingClient)
    assert rita.submit("/log-ind", email="rita@example.org", password=PASSWORD).location == "/konto/sikkerhed"
    for url in ("/i-dag", "/henvendelser", "/vagtplan/2026-48", "/mine-vagter", "/maal"):
        assert rita.get(url).location == "/konto/sikkerhed", url
    token = dict(rita.page("/konto/sikkerhed").forms()[-1].fields)["csrf_token"]
    assert rita.post("/i-dag", data={"csrf_token": token, "topics": "regn"}).location == "/konto/sikkerhed"


def test_asvs_2_3_1_steps_too_long_apart_begin_anew(app: Flask, plan: Plan, clock: Clock) -> None:
    real(app)
    give_app(app, "rita@example.org", clock())
    rita = app.test_client()
    assert isinstance(rita, CheckingClient)
    assert rita.submit("/log-ind", email="rita@example.org", password=PASSWORD).location == "/log-ind/trin"
    form = rita.page("/log-ind/trin").forms()[0]
    clock.forward(minutes=10)
    answer = rita.post("/log-ind/trin", data={**dict(form.fields), "code": code_at(clock())})
    assert answer.location == "/log-ind"


def real(app: Flask) -> None:
    """Make everybody somebody who is not of a demonstration."""
    with writing(app):
        for person in db.session.scalars(select(Person)):
            person.demo = False


def shattered(app: Flask, table: str) -> None:
    """From now on every row that is to go into a table fails, at whatever point of an operation that is."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            said = f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
        else:
            function = "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$"
            db.session.execute(text(function))
            said = f"CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION broken()"
        db.session.execute(text(said))
        db.session.commit()


@pytest.fixture
def serving(app: Flask, plan: Plan) -> Iterator[Flask]:
    """The program as it serves people: a crash is a page, not an exception in the test."""
    live = create_app(replace(app.extensions["advice"], testing=False))
    live.test_client_class = CheckingClient
    yield live
    with live.app_context():
        dispose()


@pytest.mark.both_engines
@pytest.mark.parametrize("table", ["audit_entries", "one_time_links", "memberships"])
def test_asvs_2_3_3_an_invitation_that_fails_half_way_leaves_nothing(serving: Flask, table: str) -> None:
    karen = client_of(serving, "karen")
    fields = {"name": "Nina", "email": "nina@example.org", "role": "adviser"}
    form = next(form for form in karen.page(INVITE).forms() if "email" in form.names)
    with serving.app_context():
        fields["organisation"] = str(db.session.scalars(select(Membership.organisation_id)).first())
    before = count(serving, Person, Membership, OneTimeLink, Mail)
    shattered(serving, table)
    answer = karen.post(INVITE, data={**dict(form.fields), **fields})
    assert answer.status_code == 500 and "broken" not in answer.text
    assert count(serving, Person, Membership, OneTimeLink, Mail) == before


@pytest.mark.both_engines
def test_asvs_2_3_3_a_shift_that_cannot_be_accounted_for_is_not_stored(serving: Flask, plan: Plan) -> None:
    karen = client_of(serving, "karen")
    shattered(serving, "audit_entries")
    assert karen.submit(NEW, membership=plan.members["bent"]).status_code == 500
    assert plan.shifts() == []


@pytest.mark.both_engines
@pytest.mark.t7
def test_asvs_2_3_4_of_several_who_plan_one_person_at_once_one_gets_her(app: Flask, plan: Plan) -> None:
    browsers = [client_of(app, "karen") for _ in range(AT_ONCE)]
    forms = [next(form for form in one.page(NEW).forms() if "place" in form.names) for one in browsers]
    gate = Barrier(AT_ONCE)

    def add(number: int) -> int:
        fields = {**dict(forms[number].fields), "membership": str(plan.members["bent"]), "starts": f"{9 + number % 2}"}
        gate.wait(timeout=30)
        return browsers[number].post(forms[number].action or NEW, data=fields).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = sorted(pool.map(add, range(AT_ONCE)))
    assert codes == [303] + [422] * (AT_ONCE - 1)
    assert len([one for one in plan.shifts() if one.status == "active"]) == 1


@pytest.mark.parametrize(
    ("url", "most", "fields"),
    [
        ("/log-ind", 10, {"email": "rita@example.org", "password": "helt forkert"}),
        ("/glemt", 3, {"email": "rita@example.org"}),
    ],
)
def test_asvs_2_4_1_a_machine_that_keeps_trying_is_told_to_wait(
    app: Flask, plan: Plan, client: CheckingClient, url: str, most: int, fields: dict[str, str]
) -> None:
    codes = [client.submit(url, fields, action=url).status_code for _ in range(most)]
    assert set(codes) <= {303, 422}
    answer = client.submit(url, fields, action=url)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert count(app, Mail)[0] <= most
    assert count(app, Attempt) == (most,)


def test_asvs_2_4_1_secret_addresses_cannot_be_guessed_at(app: Flask, plan: Plan, client: CheckingClient) -> None:
    guesses = [client.get(f"/invitation/{number:x<43}").status_code for number in range(31)]
    assert guesses == [404] * 30 + [429]


def test_asvs_2_4_1_no_request_is_larger_than_a_form(client: CheckingClient, plan: Plan) -> None:
    answer = client.post("/log-ind", data=b"x=" + b"1" * 1024 * 1024, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
