"""Invitations and forgotten passwords through the front door."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from statistics import median
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions import invitations, links
from advice.actions.memberships import Post
from advice.actions.people_checks import By
from advice.config import Settings
from advice.database import db
from advice.models.accounts import Attempt, LinkPurpose, LogInSession, TotpSecret
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.rules.access import Actor, Role
from advice.rules.mail_server import MailServer
from tests import builders
from tests.builders import PASSWORD, World
from tests.program import Clock
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

CHOSEN = "fire helt egne ord"
EMAIL = "nina@example.org"
LINK = re.compile(r"http://localhost(/[\w-]+/[\w-]{43})\b")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No demonstration: a second step is asked for."""
    return replace(settings, mail=MailServer("127.0.0.1", 9))


@pytest.fixture
def world(app: Flask) -> World:
    return stored_world(app)


@pytest.fixture
def url(app: Flask, world: World, clock: Clock) -> str:
    """The path of Nina's invitation, made by Karen."""
    return f"/invitation/{invited(app, world, clock)}"


def invited(app: Flask, world: World, clock: Clock, name: str = "Nina Nord") -> str:
    """The token of an invitation to huset."""
    karen = world.members["karen"]
    actor = Actor(karen.person_id, karen.programme_id, karen.organisation_id, Role.COORDINATOR)
    with writing(app):
        post = Post(Role.ADVISER, world.organisations["huset"].id)
        found = invitations.invite(world.programme.id, EMAIL, name, post, By(actor, clock(), clock().date()))
    assert found.token
    return found.token


def mails(app: Flask) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def stored(app: Flask, email: str = EMAIL) -> Person:
    with app.app_context():
        return db.session.scalars(select(Person).where(Person.email == email)).one()


def test_the_page_says_who_invites_to_what_and_keeps_its_address_secret(client: CheckingClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    for words in ("Karen Kaj", "rådgiver", "Organisationen huset", "Helhedsplanen Havnen", EMAIL, "Mindst 12 tegn"):
        assert words in answer.text
    assert 'autocomplete="new-password"' in answer.text and 'autocomplete="username"' in answer.text
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_chosen_password_lets_in_and_leads_to_the_second_step(app: Flask, client: CheckingClient, url: str) -> None:
    answer = client.submit(url, password=CHOSEN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto/sikkerhed")
    assert client.get("/i-dag").headers["Location"] == "/konto/sikkerhed"
    assert (stored(app).password_hash or "").startswith("$argon2id$")
    again = app.test_client()
    assert isinstance(again, CheckingClient)
    assert again.submit("/log-ind", email=EMAIL, password=CHOSEN).headers["Location"] == "/konto/sikkerhed"


def test_opening_the_link_does_not_use_it_up(client: CheckingClient, url: str) -> None:
    for _ in range(3):
        client.page(url)
    assert client.submit(url, password=CHOSEN).status_code == 303


@pytest.mark.t9
@pytest.mark.parametrize("password", ["", "kort", "adgangskode123", "nina nord nina nord", "a" * 1001])
def test_a_password_that_can_be_guessed_is_refused_at_the_field(
    app: Flask, client: CheckingClient, url: str, password: str
) -> None:
    answer = client.submit(url, password=password)
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert len(password) < 5 or password not in answer.text
    assert stored(app).password_hash is None
    assert client.submit(url, password=CHOSEN).status_code == 303


def test_a_link_works_once(app: Flask, client: CheckingClient, url: str) -> None:
    open_twice = app.test_client()
    assert isinstance(open_twice, CheckingClient)
    token = dict(open_twice.page(url).forms()[0].fields)["csrf_token"]
    assert client.submit(url, password=CHOSEN).status_code == 303
    late = open_twice.post(url, data={"password": "noget helt andet her", "csrf_token": token})
    assert late.status_code == 410 and "Linket er brugt" in late.text
    assert open_twice.get(url).status_code == 410
    assert client.submit("/log-ind", email=EMAIL, password="noget helt andet her").status_code == 422


def test_an_expired_link_says_what_to_do(client: CheckingClient, url: str, clock: Clock) -> None:
    clock.forward(days=7)
    page = client.page(url, 410)
    assert "Linket er udløbet" in page.text and "bed den, der inviterede dig" in page.text
    assert client.get(url).headers["Referrer-Policy"] == "strict-origin"


def test_somebody_who_does_not_belong_any_more_is_not_let_in(
    app: Flask, client: CheckingClient, url: str, clock: Clock
) -> None:
    for disabled_at, valid_to in ((clock(), None), (None, clock().date())):
        with writing(app):
            person = db.session.scalars(select(Person).where(Person.email == EMAIL)).one()
            member = db.session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
            person.disabled_at = disabled_at
            member.valid_to = valid_to
        clock.forward(days=1)
        assert "gælder ikke mere" in client.page(url, 410).text


@pytest.mark.parametrize("path", ["invitation", "nyt-kodeord"])
@pytest.mark.parametrize("token", ["x", "0" * 64, "å" * 43, "%00", "' OR 1=1 --", "x" * 3000])
def test_what_is_no_link_gets_a_friendly_404(client: CheckingClient, url: str, path: str, token: str) -> None:
    assert client.get(f"/{path}/{token}").status_code == 404


def test_a_link_is_for_one_purpose(client: CheckingClient, url: str) -> None:
    assert client.get(url.replace("/invitation/", "/nyt-kodeord/")).status_code == 404


@pytest.mark.t9
def test_whoever_guesses_waits(app: Flask, client: CheckingClient, url: str, clock: Clock) -> None:
    for number in range(30):
        assert client.get(f"/invitation/{number}").status_code == 404
    closed = client.get("/invitation/31")
    assert closed.status_code == 429 and closed.headers["Retry-After"]
    assert client.get(url).status_code == 429
    clock.forward(minutes=15)
    assert client.get(url).status_code == 200


@pytest.mark.t9
def test_a_link_is_no_second_step_for_who_has_set_one_up(
    app: Flask, client: CheckingClient, url: str, clock: Clock
) -> None:
    with writing(app):
        row = TotpSecret(person_id=stored(app).id, sealed="x", created_at=clock(), confirmed_at=clock())
        db.session.add(row)
    assert client.submit(url, password=CHOSEN).headers["Location"] == "/log-ind/trin"
    with app.app_context():
        assert db.session.scalars(select(LogInSession)).all() == []


def test_in_a_demonstration_an_invented_person_is_in_at_once(app: Flask, client: CheckingClient, url: str) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], demo=True)
    with writing(app):
        db.session.scalars(select(Person).where(Person.email == EMAIL)).one().demo = True
    assert client.submit(url, password=CHOSEN).headers["Location"] == "/i-dag"
    assert client.get("/i-dag").status_code == 200


@pytest.mark.t11
def test_a_hostile_name_is_shown_as_it_is_written(
    app: Flask, client: CheckingClient, world: World, clock: Clock
) -> None:
    token = invited(app, world, clock, "<script>alert(1)</script>")
    assert "<script>alert" not in client.get(f"/invitation/{token}").text


@pytest.mark.t9
def test_no_token_stands_in_the_log(client: CheckingClient, url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.submit(url, password=CHOSEN)
    client.get(url)
    assert url.rpartition("/")[2] not in caplog.text


class TestForgotten:
    """/glemt and the link it sends."""

    def asked(self, app: Flask, client: CheckingClient, email: str = "rita@example.org") -> str:
        """The path of the link in the mail that comes after asking."""
        assert client.submit("/glemt", email=email).status_code == 303
        found = LINK.search(mails(app)[-1].body or "")
        assert found
        return found[1]

    def test_log_in_leads_there(self, client: CheckingClient) -> None:
        assert "/glemt" in [link.get("href") for link in client.page("/log-ind").all("a")]

    def test_a_new_password_ends_all_sessions_and_logs_in_as_usual(
        self, app: Flask, client: CheckingClient, world: World
    ) -> None:
        other = app.test_client()
        assert isinstance(other, CheckingClient)
        other.submit("/log-ind", email="rita@example.org", password=PASSWORD)
        assert other.get("/konto/sikkerhed").status_code == 200
        url = self.asked(app, client)
        assert url.startswith("/nyt-kodeord/")
        assert client.get(url).headers["Referrer-Policy"] == "strict-origin"
        answer = client.submit(url, password=CHOSEN)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/log-ind")
        assert "logget ud overalt" in client.page("/log-ind").text
        assert other.get("/konto/sikkerhed").status_code == 302
        assert client.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 422
        assert client.submit("/log-ind", email="rita@example.org", password=CHOSEN).status_code == 303
        assert client.get(url).status_code == 410

    def test_the_link_works_for_an_hour(self, app: Flask, client: CheckingClient, world: World, clock: Clock) -> None:
        url = self.asked(app, client)
        assert mails(app)[-1].expires_at == clock() + links.LASTS[LinkPurpose.PASSWORD]
        clock.forward(minutes=60)
        assert "bed om en ny mail" in client.page(url, 410).text

    def test_a_second_mail_kills_the_first_link(self, app: Flask, client: CheckingClient, world: World) -> None:
        first, second = self.asked(app, client), self.asked(app, client)
        assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)

    @pytest.mark.t9
    def test_everybody_gets_the_same_answer_and_only_who_belongs_here_a_mail(
        self, app: Flask, client: CheckingClient, world: World, clock: Clock
    ) -> None:
        with writing(app):
            db.session.get_one(Person, world.members["bent"].person_id).disabled_at = clock()
            db.session.get_one(Membership, world.members["svend"].id).valid_to = builders.FIRST_DAY
        pages = set()
        for name in ("rita", "bent", "svend", "ingen"):
            email = f"{name}@example.org"
            answer = client.submit("/glemt", email=email)
            page = client.page("/glemt").text.replace(email, "")
            pages.add((answer.status_code, answer.headers["Location"], re.sub(r'value="[^"]*"', "", page)))
        assert len(pages) == 1
        assert [mail.to_address for mail in mails(app)] == ["rita@example.org"]

    @pytest.mark.t9
    def test_the_answer_takes_as_long_when_nobody_has_the_address(
        self, app: Flask, client: CheckingClient, world: World
    ) -> None:
        def seconds(email: str) -> float:
            begun = perf_counter()
            assert client.submit("/glemt", email=email).status_code == 303
            return perf_counter() - begun

        pairs = (("rita", "en"), ("bent", "to"), ("tove", "tre"), ("lars", "fire"), ("svend", "fem"))
        # In turns, so that a machine that is busy for a while is as slow for both.
        ratios = [seconds(f"{unknown}@example.org") / seconds(f"{known}@example.org") for known, unknown in pairs]
        assert 0.4 < median(ratios) < 2.5

    @pytest.mark.t9
    @pytest.mark.parametrize("email", ["rita@example.org", "ingen@example.org"])
    def test_three_mails_an_hour_are_enough_for_anybody(
        self, app: Flask, client: CheckingClient, world: World, clock: Clock, email: str
    ) -> None:
        for _ in range(3):
            assert client.submit("/glemt", email=email).status_code == 303
        closed = client.submit("/glemt", email=email)
        assert closed.status_code == 429 and closed.headers["Retry-After"]
        assert client.submit("/glemt", email="bent@example.org").status_code == 303
        clock.forward(hours=1)
        assert client.submit("/glemt", email=email).status_code == 303

    @pytest.mark.parametrize("email", ["", " ", "rita", "a@b@c", "rita@example.org\nBcc: x@example.org", "a" * 300])
    def test_what_is_no_address_gets_a_sentence_at_the_field(
        self, app: Flask, client: CheckingClient, world: World, email: str
    ) -> None:
        answer = client.submit("/glemt", email=email)
        assert answer.status_code == 422 and 'id="email-error"' in answer.text
        with app.app_context():
            assert db.session.scalars(select(Attempt)).all() == [] and mails(app) == []

    def test_where_no_mail_is_sent_the_page_says_whom_to_ask(self, app: Flask, client: CheckingClient) -> None:
        assert "Spørg din tovholder" not in client.page("/glemt").text
        app.extensions["advice"] = replace(app.extensions["advice"], mail=None)
        assert "Spørg din tovholder" in client.page("/glemt").text
