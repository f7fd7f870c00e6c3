"""Log-in, log-out and the choice between memberships, through the front door."""

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
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.people import Person
from tests.builders import FIRST_DAY, PASSWORD, World, member, saved_world
from tests.program import Clock
from tests.web_client import CheckingClient


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, unless a test says otherwise."""
    return replace(settings, demo=True)


@pytest.fixture
def havnen(app: Flask) -> World:
    """One programme."""
    with app.app_context():
        return saved_world()


@pytest.fixture
def emails(app: Flask, havnen: World) -> dict[str, str]:
    """Log-ins by short name."""
    with app.app_context():
        begin_write()
        return {name: db.session.merge(row).person.email for name, row in havnen.members.items()}


def log_in(client: CheckingClient, email: str, url: str = "/log-ind") -> str:
    """Log in and give where it leads."""
    answer = client.submit(url, email=email, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


@pytest.mark.parametrize(
    ("name", "home"), [("rita", "/i-dag"), ("tove", "/vagtplan"), ("karen", "/vagtplan"), ("lars", "/maal")]
)
def test_each_role_begins_where_its_work_is(
    client: CheckingClient, emails: dict[str, str], name: str, home: str
) -> None:
    assert log_in(client, emails[name]) == home


@pytest.mark.parametrize(("email", "password"), [("rita@example.org", "forkert"), ("ingen@example.org", PASSWORD)])
def test_a_wrong_pair_gets_one_sentence_whoever_it_names(
    client: CheckingClient, emails: dict[str, str], email: str, password: str
) -> None:
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
    app: Flask, client: CheckingClient, emails: dict[str, str]
) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], demo=False)
    assert log_in(client, emails["rita"]) == "/konto/sikkerhed"
    answer = client.get("/i-dag")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto/sikkerhed")


def test_a_real_person_in_a_demonstration_is_not_let_in_by_password(
    app: Flask, client: CheckingClient, emails: dict[str, str]
) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).where(Person.email == emails["rita"]).values(demo=False))
        db.session.commit()
    assert log_in(client, emails["rita"]) == "/konto/sikkerhed"
    assert client.get("/i-dag").status_code == 303


def test_a_right_password_is_hashed_anew_when_the_costs_have_risen(
    app: Flask, client: CheckingClient, emails: dict[str, str]
) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).where(Person.email == emails["rita"]).values(demo=False))
        db.session.commit()
    log_in(client, emails["rita"])
    with app.app_context():
        stored = db.session.scalar(select(Person.password_hash).where(Person.email == emails["rita"]))
    assert stored is not None and not is_outdated(stored) and is_right(stored, PASSWORD)


def test_the_session_is_new_after_log_in(app: Flask, client: CheckingClient, emails: dict[str, str]) -> None:
    client.page("/log-ind")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    log_in(client, emails["rita"])
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
def test_the_next_page_is_always_inside(
    client: CheckingClient, emails: dict[str, str], target: str, leads: str
) -> None:
    answer = client.get("/log-ind", query_string={"next": target})
    token = answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"email": emails["rita"], "password": PASSWORD, "csrf_token": token}
    answer = client.post("/log-ind", query_string={"next": target}, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads)


def test_a_page_that_needs_log_in_comes_back_after_it(client: CheckingClient, emails: dict[str, str]) -> None:
    asked = client.get("/vagtplan/2026-48")
    assert asked.status_code == 302
    assert log_in(client, emails["rita"], asked.headers["Location"]) == "/vagtplan/2026-48"


def test_log_out_ends_the_session(client: CheckingClient, emails: dict[str, str]) -> None:
    log_in(client, emails["tove"])
    assert "Tove Tov" in client.page("/vagtplan/2026-48").text
    answer = client.submit("/vagtplan/2026-48", action="/log-ud")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/log-ind")
    assert "Du er logget ud." in client.page("/log-ind").text
    assert client.get("/vagtplan/2026-48").status_code == 302


def test_log_out_cannot_be_a_link(client: CheckingClient, emails: dict[str, str]) -> None:
    log_in(client, emails["tove"])
    assert client.get("/log-ud").headers["Location"] == "/log-ind"
    assert client.post("/log-ud").status_code == 400
    assert client.get("/vagtplan/2026-48").status_code == 200


def test_who_is_logged_in_already_is_told_so(client: CheckingClient, emails: dict[str, str]) -> None:
    log_in(client, emails["lars"])
    page = client.page("/log-ind")
    assert "Du er logget ind som Lars Last." in page.text
    assert [link.get("href") for link in page.all("a")].count("/maal") == 1


def test_a_disabled_person_is_out_at_once(
    app: Flask, client: CheckingClient, emails: dict[str, str], clock: Clock
) -> None:
    log_in(client, emails["tove"])
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).where(Person.email == emails["tove"]).values(disabled_at=clock()))
        db.session.commit()
    assert client.get("/vagtplan/2026-48").status_code == 302
    assert client.submit("/log-ind", email=emails["tove"], password=PASSWORD).status_code == 422


def test_who_belongs_nowhere_today_is_told_whom_to_ask(
    app: Flask, client: CheckingClient, havnen: World, emails: dict[str, str]
) -> None:
    with app.app_context():
        begin_write()
        db.session.merge(havnen.members["rita"]).valid_to = FIRST_DAY
        db.session.commit()
    answer = client.submit("/log-ind", email=emails["rita"], password=PASSWORD)
    assert answer.status_code == 422
    assert "ikke tilknyttet en helhedsplan i dag" in answer.text


@pytest.fixture
def in_two(app: Flask, havnen: World, emails: dict[str, str]) -> World:
    """A second programme, where Rita is a reader."""
    with app.app_context():
        begin_write()
        other = saved_world("engen", "e-")
        begin_write()
        rita = db.session.merge(havnen.members["rita"]).person
        other = refreshed(other)
        second = member(other, rita, "byen", "reader")
        other.members["rita-too"] = second
        db.session.commit()
        return other


def refreshed(world: World) -> World:
    """The world's rows in this session."""
    world.programme = db.session.merge(world.programme)
    world.organisations = {code: db.session.merge(row) for code, row in world.organisations.items()}
    return world


def test_whoever_serves_two_programmes_chooses_and_sees_which(
    client: CheckingClient, in_two: World, emails: dict[str, str]
) -> None:
    log_in(client, emails["rita"])
    page = client.page("/skift")
    assert "Havnen: Organisationen huset, rådgiver" in page.text
    assert "Engen: Organisationen byen, læser" in page.text
    chosen = [
        one.get("value") for one in page.all("input") if one.get("type") == "radio" and "checked" not in one.attrib
    ]
    answer = client.submit("/skift", membership=chosen[0])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/maal")
    bar = client.page("/skift").text
    assert "læser · Organisationen byen · Engen" in bar
    assert client.get("/vagtplan/2026-48").status_code == 403


def test_switching_goes_back_inward_only(client: CheckingClient, in_two: World, emails: dict[str, str]) -> None:
    log_in(client, emails["rita"])
    assert client.submit("/skift?next=/mine-vagter", action="/skift").headers["Location"] == "/mine-vagter"
    assert client.submit("/skift?next=//evil.example", action="/skift").headers["Location"] == "/i-dag"


def test_a_membership_of_somebody_else_is_refused(
    app: Flask, client: CheckingClient, in_two: World, emails: dict[str, str]
) -> None:
    with app.app_context():
        begin_write()
        foreign = db.session.merge(in_two.members["karen"]).id
    log_in(client, emails["rita"])
    for forged in (str(foreign), "0", "x", ""):
        answer = client.submit("/skift", membership=forged)
        assert answer.status_code == 422
        assert 'id="membership-error"' in answer.text
    assert "rådgiver · Organisationen huset · Havnen" in client.page("/skift").text


def test_the_switcher_is_there_only_for_those_with_two(
    client: CheckingClient, in_two: World, emails: dict[str, str]
) -> None:
    log_in(client, emails["tove"])
    assert "/skift" not in [link.get("href") for link in client.page("/vagtplan/2026-48").all("a")]
    log_in(client, emails["rita"])
    assert "/skift" in [link.get("href") for link in client.page("/vagtplan/2026-48").all("a")]


def test_switching_needs_log_in(client: CheckingClient) -> None:
    assert client.get("/skift").status_code == 302


NOT_FOR_HER = "Siden, du ville til, kan du ikke se som "


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
    client: CheckingClient, emails: dict[str, str], name: str, target: str, leads: str
) -> None:
    assert log_in(client, emails[name], f"/log-ind?{urlencode({'next': target})}") == leads
    role = {"lars": "læser", "rita": "rådgiver", "karen": "tovholder"}[name]
    own = client.page({"lars": "/maal", "rita": "/i-dag", "karen": "/vagtplan/2026-48"}[name]).text
    assert (f"{NOT_FOR_HER}{role}." in own) is (leads != target)


def test_switching_leads_to_no_page_that_the_chosen_role_may_not_see(
    client: CheckingClient, in_two: World, emails: dict[str, str]
) -> None:
    log_in(client, emails["rita"])
    radios = [one for one in client.page("/skift").all("input") if one.get("type") == "radio"]
    adviser, reader = sorted(radios, key=lambda one: "checked" not in one.attrib)
    answer = client.submit("/skift?next=/mine-vagter", action="/skift", membership=reader.get("value"))
    assert answer.headers["Location"] == "/maal"
    assert f"{NOT_FOR_HER}læser." in client.page("/maal").text
    # And the other way: what the chosen role may see counts, not what the one before might.
    answer = client.submit("/skift?next=/mine-vagter", action="/skift", membership=adviser.get("value"))
    assert answer.headers["Location"] == "/mine-vagter"


def test_whoever_worked_under_a_membership_that_has_ended_is_told_once_what_she_works_for_now(
    app: Flask, client: CheckingClient, havnen: World, in_two: World, emails: dict[str, str]
) -> None:
    log_in(client, emails["rita"])
    ended = "Det, du arbejdede for, er slut. Du arbejder nu for Engen: Organisationen byen."
    assert ended not in client.page("/maal").text
    with app.app_context():
        begin_write()
        db.session.merge(havnen.members["rita"]).valid_to = FIRST_DAY
        db.session.commit()
    assert ended in client.page("/maal").text
    assert ended not in client.page("/maal").text
