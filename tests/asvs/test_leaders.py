"""ASVS 5.0, of chapters 6 and 7 what leaders do for others: invitations, and ending sessions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.people import Membership, Person
from advice.rules.people import INVITATION_LASTS
from tests.asvs.people import RITA
from tests.builders import PASSWORD
from tests.every_address import Values
from tests.plans import client_of
from tests.program import Clock
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9

EMAIL, CHOSEN = "nina@example.org", "fire helt egne ord"
LINK = re.compile(r"http://localhost(/invitation/([\w-]{43}))")
PEOPLE = "/indstillinger/personer"


def invited(app: Flask, email: str) -> tuple[str, str]:
    """Karen invites somebody: the path of the link that she is shown, and its secret."""
    with app.app_context():
        rita = db.session.scalars(select(Membership).join(Person).where(Person.email == RITA)).one()
        organisation = str(rita.organisation_id)
    fields = {"name": "Nina Nord", "email": email, "role": "adviser", "organisation": organisation}
    answer = client_of(app, "karen").submit(f"{PEOPLE}/inviter", fields)
    found = LINK.search(answer.text)
    assert found, answer.text
    return found[1], found[2]


def person_page(app: Flask, email: str) -> str:
    """The page of a person under Personer."""
    with app.app_context():
        found = db.session.scalars(select(Membership.id).join(Person).where(Person.email == email)).one()
    return f"{PEOPLE}/{found}"


def test_asvs_6_4_1_an_invitation_is_random_and_opens_once(app: Flask, values: Values, client: CheckingClient) -> None:
    paths = [invited(app, f"nr{number}-{EMAIL}")[0] for number in range(5)]
    assert len(set(paths)) == 5
    assert client.submit(paths[0], password="kort").status_code == 422
    assert client.submit(paths[0], password=CHOSEN).status_code == 303
    assert client.get(paths[0]).status_code == 410


def test_asvs_6_4_1_an_invitation_ends_after_a_week(
    app: Flask, values: Values, client: CheckingClient, clock: Clock
) -> None:
    path, _secret = invited(app, EMAIL)
    form = client.page(path).forms()[0]
    clock.now += INVITATION_LASTS - timedelta(seconds=1)
    client.page(path)
    clock.forward(seconds=1)
    assert timedelta(days=7) >= INVITATION_LASTS
    assert client.get(path).status_code == 410
    assert client.post(path, data={**dict(form.fields), "password": CHOSEN}).status_code == 410


def test_asvs_6_4_1_the_secret_of_an_invitation_never_is_the_password(
    app: Flask, values: Values, client: CheckingClient
) -> None:
    path, secret = invited(app, EMAIL)
    assert client.submit("/log-ind", email=EMAIL, password=secret).status_code == 422
    assert client.submit(path, password=CHOSEN).status_code == 303
    other = app.test_client()
    assert isinstance(other, CheckingClient)
    assert other.submit("/log-ind", email=EMAIL, password=secret).status_code == 422
    assert other.submit("/log-ind", email=EMAIL, password=CHOSEN).status_code == 303


def test_asvs_7_4_5_a_leader_ends_every_session_of_a_person_and_of_nobody_else(app: Flask, values: Values) -> None:
    hers, svend = [client_of(app, "rita") for _ in range(2)], client_of(app, "svend")
    assert client_of(app, "karen").submit(person_page(app, RITA), action="/log-alle-ud").status_code == 303
    for browser in hers:
        assert browser.get("/i-dag").status_code == 302
    assert svend.get("/i-dag").status_code == 200
    assert hers[0].submit("/log-ind", email=RITA, password=PASSWORD).status_code == 303


def test_asvs_7_4_5_who_is_shut_out_is_out_at_once_and_stays_out(app: Flask, values: Values) -> None:
    rita = client_of(app, "rita")
    assert client_of(app, "karen").submit(person_page(app, RITA), action="/spaer").status_code == 303
    assert rita.get("/i-dag").status_code == 302
    assert rita.submit("/log-ind", email=RITA, password=PASSWORD).status_code == 422
