"""ASVS 5.0, chapter 15: what a request may set, and from where it is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from advice.config import ROOT
from advice.database import db
from advice.models.accounts import LogInSession
from advice.models.people import Membership, Person
from advice.models.visits import Visit
from tests import visit_screens
from tests.builders import PASSWORD
from tests.hostile import EXTRA_NAMES
from tests.plans import client_of
from tests.test_architecture import PROGRAM
from tests.visit_log import MONDAY
from tests.visit_screens import DAY, House, send
from tests.web_client import CheckingClient

settings, house, rita = visit_screens.FIXTURES
pytestmark = pytest.mark.t9

INVITE = "/indstillinger/personer/inviter"
OURS = {"X-Requested-With": "fetch", "Sec-Fetch-Site": "same-origin"}


def test_asvs_15_3_3_a_visit_takes_no_field_that_the_form_does_not_have(
    app: Flask, house: House, rita: CheckingClient
) -> None:
    bent = house.log.world.members["bent"]
    more = {name: "1" for name in EXTRA_NAMES if name not in ("csrf_token", "next")}
    forged = {
        **more, "organisation_id": str(bent.organisation_id), "person_id": str(bent.person_id), "programme_id": "2",
        "revision": "7", "undone": "1", "local_date": "2020-01-01", "adviser": "bent",
    }  # fmt: skip
    assert send(rita, forged=True, **forged).status_code == 303
    stored = house.visit().visit
    own = house.log.world.members["rita"]
    assert (stored.organisation_id, stored.person_id, stored.programme_id) == (
        own.organisation_id,
        own.person_id,
        own.programme_id,
    )
    assert (stored.revision, stored.undone, stored.local_date) == (1, False, MONDAY)


def test_asvs_15_3_3_a_colleague_is_invited_with_what_the_form_has_and_no_more(app: Flask, house: House) -> None:
    tove, byen = client_of(app, "tove"), house.log.world.organisations["byen"].id
    forged = {
        "demo": "1", "disabled_at": "", "password_hash": "x", "public_id": "x", "programme_id": "2", "percent": "0",
        "valid_from": "2001-01-01", "person_id": "1", "id": "1",
    }  # fmt: skip
    fields = {"name": "Nina", "email": "nina@example.org", "role": "adviser", "organisation": str(byen)}
    assert tove.submit(INVITE, {**fields, **forged}, action=INVITE, forged=True).status_code == 200
    with app.app_context():
        nina = db.session.scalars(select(Person).where(Person.email == "nina@example.org")).one()
        post = db.session.scalars(select(Membership).where(Membership.person_id == nina.id)).one()
        assert (nina.password_hash, nina.demo, post.role, post.organisation_id) == (None, False, "adviser", byen)
        assert (post.valid_from, post.programme_id) == (MONDAY, house.log.world.programme.id)


@pytest.mark.parametrize("field", ["role", "organisation", "membership"])
def test_asvs_15_3_3_nobody_gives_herself_more_than_she_has(app: Flask, house: House, field: str) -> None:
    rita, members = client_of(app, "rita"), house.log.world.members
    others = {"role": "coordinator", "organisation": str(members["bent"].organisation_id)}
    forged = {"membership": str(members["karen"].id), **({field: others[field]} if field in others else {})}
    answer = rita.submit("/skift", forged, action="/skift", forged=True)
    assert answer.status_code == 422
    with app.app_context():
        chosen = db.session.scalars(select(LogInSession.membership_id).order_by(LogInSession.id.desc())).first()
        assert chosen == members["rita"].id
    assert rita.get("/indstillinger").status_code == 403


def assigned_in_bulk(tree: ast.Module) -> Iterator[str]:
    """Fields of a request put into a row without naming them: populate_obj, setattr, **request.form."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name.endswith("populate_obj"):
            yield f"{node.lineno}: {name}"
        for keyword in node.keywords:
            said = ast.unparse(keyword.value)
            if keyword.arg is None and any(word in said for word in ("request.", "form.data", "get_json", "json_body")):
                yield f"{node.lineno}: **{said}"


@pytest.mark.parametrize(
    "snippet", ["form.populate_obj(row)", "Visit(**request.form)", "Visit(**form.data)", "f(**json_body())"]
)
def test_bulk_assignment_is_found(snippet: str) -> None:
    assert list(assigned_in_bulk(ast.parse(snippet)))


def test_asvs_15_3_3_no_code_puts_a_whole_request_into_a_row() -> None:
    found = {str(path.relative_to(ROOT)): list(assigned_in_bulk(ast.parse(path.read_text()))) for path in PROGRAM}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_asvs_15_3_7_what_a_form_sends_is_read_from_its_body_alone(house: House, rita: CheckingClient) -> None:
    form = next(form for form in rita.page(DAY).forms() if "topics" in form.names)
    body = [(name, value) for name, value in form.fields if name != "topics"]
    answer = rita.post(f"{DAY}?{urlencode({'topics': 'regn', 'minutes': '15'})}", data=dict(body))
    assert answer.status_code == 422
    rita.set_cookie("topics", "regn")
    assert rita.post(DAY, data=dict(body), headers={"topics": "regn"}).status_code == 422
    assert house.visits() == []
    assert rita.post(f"{DAY}?place=kajen&minutes=15", data={**dict(body), "topics": "regn"}).status_code == 303
    assert house.visit().visit.minutes is None


@pytest.mark.parametrize("order", [("skuret", "findes-ikke"), ("skuret", "kajen")])
def test_asvs_15_3_7_of_a_field_sent_twice_the_same_one_is_checked_and_stored(
    house: House, rita: CheckingClient, order: tuple[str, str]
) -> None:
    assert send(rita, place=list(order)).status_code == 303
    stored = house.visit()
    assert stored.visit.place_id == house.log.world.places["skuret"].id
    assert send(rita, forged=True, place=["findes-ikke", "skuret"]).status_code == 422
    assert send(rita, forged=True, minutes=["481", "15"]).status_code == 422
    assert len(house.visits()) == 1


def test_asvs_15_3_7_two_passwords_and_two_tokens_are_one(app: Flask, house: House, client: CheckingClient) -> None:
    twice = {"email": ["rita@example.org", "karen@example.org"], "password": [PASSWORD, PASSWORD]}
    assert client.submit("/log-ind", twice, action="/log-ind").location == "/i-dag"
    stranger = app.test_client()
    assert isinstance(stranger, CheckingClient)
    wrong_first = {"email": "rita@example.org", "password": ["helt forkert", PASSWORD]}
    assert stranger.submit("/log-ind", wrong_first, action="/log-ind").status_code == 422
    token = dict(stranger.page("/log-ind").forms()[0].fields)["csrf_token"]
    data = {"email": "rita@example.org", "password": PASSWORD, "csrf_token": ["x", token]}
    assert stranger.post("/log-ind", data=data).status_code == 400


def test_asvs_15_3_7_json_that_says_a_name_twice_is_refused(app: Flask, house: House) -> None:
    stranger = app.test_client()
    body = '{"credential": {"id": "a", "id": "b"}}'
    answer = stranger.post("/log-ind/adgangsnoegle", data=body, content_type="application/json", headers=OURS)
    assert answer.status_code == 400
    with app.app_context():
        assert db.session.scalars(select(Visit)).all() == []
