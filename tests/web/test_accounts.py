"""Log-in and log-out through the front door."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from advice.accounts.passwords import is_outdated, is_right
from advice.database import begin_write, db
from advice.models.people import Person
from tests import invented_people
from tests.builders import FIRST_DAY, PASSWORD, World
from tests.invented_people import NOT_FOR_HER, email_of, log_in
from tests.program import Clock
from tests.web_client import CheckingClient

settings, havnen = invented_people.settings, invented_people.havnen


@pytest.mark.parametrize(
    ("name", "home"), [("rita", "/i-dag"), ("tove", "/vagtplan"), ("karen", "/vagtplan"), ("lars", "/maal")]
)
def test_each_role_begins_where_its_work_is(client: CheckingClient, name: str, home: str) -> None:
    assert log_in(client, name) == home


@pytest.mark.parametrize(("email", "password"), [("rita@example.org", "forkert"), ("ingen@example.org", PASSWORD)])
def test_a_wrong_pair_gets_one_sentence_whoever_it_names(client: CheckingClient, email: str, password: str) -> None:
    answer = client.submit("/log-ind", email=email, password=password)
    assert answer.status_code == 422
    assert answer.text.count("E-mail og adgangskode passer ikke sammen. Prøv igen.") == 1
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert client.get("/skift").status_code == 302


def test_the_answer_takes_as_long_when_nobody_has_the_address(app: Flask, client: CheckingClient) -> None:
    with app.app_context():
        begin_write()
        slow = PasswordHasher().hash(PASSWORD)
        db.session.add(Person(name="Ane", email="ane@example.org", sort_key="ane", password_hash=slow, demo=True))
        db.session.commit()
    token = dict(client.page("/log-ind").forms()[0].fields)["csrf_token"]

    def seconds(email: str) -> float:
        begun = perf_counter()
        answer = client.post("/log-ind", data={"email": email, "password": "forkert", "csrf_token": token})
        assert answer.status_code == 422
        return perf_counter() - begun

    known, unknown = ([seconds(email) for _ in range(5)] for email in ("ane@example.org", "ingen@example.org"))
    # Without the hash of nobody the second is some twenty times as quick.
    assert 0.4 < median(unknown) / median(known) < 2.5


@pytest.mark.parametrize("email", ["", " ", "rita", "rita@", "a@\x00b\x1f @", "a" * 300 + "@example.org"])
def test_what_is_no_address_gets_a_sentence_at_the_field(client: CheckingClient, email: str) -> None:
    answer = client.submit("/log-ind", email=email, password="x")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


def test_without_the_demonstration_a_password_leads_to_setting_up_a_second_step(
    app: Flask, client: CheckingClient
) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], demo=False)
    assert log_in(client, "rita") == "/konto/sikkerhed"
    answer = client.get("/i-dag")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto/sikkerhed")


def test_a_real_person_in_a_demonstration_is_not_let_in_by_password(app: Flask, client: CheckingClient) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).where(Person.email == email_of("rita")).values(demo=False))
        db.session.commit()
    assert log_in(client, "rita") == "/konto/sikkerhed"
    assert client.get("/i-dag").status_code == 303


def test_a_right_password_is_hashed_anew_when_the_costs_have_risen(app: Flask, client: CheckingClient) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).where(Person.email == email_of("rita")).values(demo=False))
        db.session.commit()
    log_in(client, "rita")
    with app.app_context():
        stored = db.session.scalar(select(Person.password_hash).where(Person.email == email_of("rita")))
    assert stored is not None and not is_outdated(stored) and is_right(stored, PASSWORD)


def test_the_session_is_new_after_log_in(app: Flask, client: CheckingClient) -> None:
    client.page("/log-ind")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    log_in(client, "rita")
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("/vagtplan/2026-48", "/vagtplan/2026-48"),
        ("//evil.example", "/i-dag"),
        ("https://evil.example/", "/i-dag"),
        ("/\\evil.example", "/i-dag"),
        ("javascript:alert(1)", "/i-dag"),
        ("/\tevil", "/i-dag"),
    ],
)
def test_the_next_page_is_always_inside(client: CheckingClient, target: str, leads: str) -> None:
    answer = client.get("/log-ind", query_string={"next": target})
    token = answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"email": email_of("rita"), "password": PASSWORD, "csrf_token": token}
    answer = client.post("/log-ind", query_string={"next": target}, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads)


def test_a_page_that_needs_log_in_comes_back_after_it(client: CheckingClient) -> None:
    asked = client.get("/vagtplan/2026-48")
    assert asked.status_code == 302
    assert log_in(client, "rita", asked.headers["Location"]) == "/vagtplan/2026-48"


def test_log_out_ends_the_session(client: CheckingClient) -> None:
    log_in(client, "tove")
    assert "Tove Tov" in client.page("/vagtplan/2026-48").text
    answer = client.submit("/vagtplan/2026-48", action="/log-ud")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/log-ind")
    assert "Du er logget ud." in client.page("/log-ind").text
    assert client.get("/vagtplan/2026-48").status_code == 302


def test_log_out_cannot_be_a_link(client: CheckingClient) -> None:
    log_in(client, "tove")
    assert client.get("/log-ud").headers["Location"] == "/log-ind"
    assert client.post("/log-ud").status_code == 400
    assert client.get("/vagtplan/2026-48").status_code == 200


def test_who_is_logged_in_already_is_told_so(client: CheckingClient) -> None:
    log_in(client, "lars")
    page = client.page("/log-ind")
    assert "Du er logget ind som Lars Last." in page.text
    assert [link.get("href") for link in page.all("a")].count("/maal") == 1


def test_a_disabled_person_is_out_at_once(app: Flask, client: CheckingClient, clock: Clock) -> None:
    log_in(client, "tove")
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).where(Person.email == email_of("tove")).values(disabled_at=clock()))
        db.session.commit()
    assert client.get("/vagtplan/2026-48").status_code == 302
    assert client.submit("/log-ind", email=email_of("tove"), password=PASSWORD).status_code == 422


def test_who_belongs_nowhere_today_is_told_whom_to_ask(app: Flask, client: CheckingClient, havnen: World) -> None:
    with app.app_context():
        begin_write()
        db.session.merge(havnen.members["rita"]).valid_to = FIRST_DAY
        db.session.commit()
    answer = client.submit("/log-ind", email=email_of("rita"), password=PASSWORD)
    assert answer.status_code == 422
    assert "ikke tilknyttet en helhedsplan i dag" in answer.text


@pytest.mark.parametrize(
    ("name", "target", "leads"),
    [
        ("lars", "/i-dag", "/maal"),
        ("lars", "/vagtplan/2026-48", "/maal"),
        ("rita", "/vagtplan/ny?dag=2026-11-23", "/i-dag"),
        ("karen", "/vagtplan/ny?dag=2026-11-23", "/vagtplan/ny?dag=2026-11-23"),
        ("rita", "/v%61gtplan/ny", "/i-dag"),
        ("lars", "/havnen/skuret", "/havnen/skuret"),
        ("lars", "/findes/ikke/her", "/findes/ikke/her"),
    ],
)
def test_log_in_leads_to_no_page_that_the_role_may_not_see(
    client: CheckingClient, name: str, target: str, leads: str
) -> None:
    assert log_in(client, name, f"/log-ind?{urlencode({'next': target})}") == leads
    role = {"lars": "læser", "rita": "rådgiver", "karen": "tovholder"}[name]
    own = client.page({"lars": "/maal", "rita": "/i-dag", "karen": "/vagtplan/2026-48"}[name]).text
    assert (f"{NOT_FOR_HER}{role}." in own) is (leads != target)
