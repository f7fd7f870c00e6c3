"""/konto/tilknytning/<token>: who belongs somewhere already says yes or no to one more membership."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions import invitations, people
from advice.actions.memberships import Post
from advice.actions.people_checks import By
from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.accounts import LogInSession
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.rules.access import Actor, Role
from advice.rules.mail_server import MailServer
from tests import builders
from tests.builders import PASSWORD, World
from tests.html_pages import Page
from tests.program import Clock, dispose
from tests.second_factors import give_app, log_in_with_app
from tests.stored import stored_world, writing
from tests.tablet_screens import enrol, give_pins, log_in, other_browser, type_pin
from tests.web_client import CheckingClient

PATH = "/konto/tilknytning/"
CHOSEN = "fire helt egne ord"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in."""
    return replace(settings, demo=True)


@pytest.fixture
def world(app: Flask) -> World:
    """Havnen, whose Rita is asked by Engen's coordinator (e-karen)."""
    found = stored_world(app)
    with writing(app):
        builders.world("engen", "e-")
    return found


def asked(app: Flask, clock: Clock, email: str = "rita@example.org") -> str:
    """The path of the link by which somebody can become an adviser of Engen."""
    with writing(app):
        leader = select(Membership).join(Person).where(Person.email == "e-karen@example.org")
        karen = db.session.scalars(leader).one()
        actor = Actor(karen.person_id, karen.programme_id, karen.organisation_id, Role(karen.role))
        by = By(actor, clock(), clock().date())
        found = invitations.invite(karen.programme_id, email, "", Post(Role.ADVISER, karen.organisation_id), by)
        assert found.token and found.member.accepted_at is None
        return PATH + found.token


@pytest.fixture
def url(app: Flask, world: World, clock: Clock) -> str:
    return asked(app, clock)


@pytest.fixture
def rita(app: Flask, world: World) -> CheckingClient:
    """Her browser."""
    made = other_browser(app)
    assert log_in(made, "rita").status_code == 303
    return made


def membership(app: Flask) -> Membership:
    """The one she is asked to take on."""
    with app.app_context():
        return db.session.scalars(select(Membership).order_by(Membership.id.desc())).first() or Membership()


def test_the_page_says_who_asks_and_keeps_its_address_secret(rita: CheckingClient, url: str) -> None:
    answer = rita.get(url)
    for words in ("Karen Kaj inviterer dig som", "rådgiver", "Organisationen huset", "Helhedsplanen Engen"):
        assert words in answer.text
    assert answer.headers["Referrer-Policy"] == "strict-origin" and answer.headers["Cache-Control"] == "no-store"


def test_yes_makes_it_hers_and_leads_to_where_she_can_change(app: Flask, rita: CheckingClient, url: str) -> None:
    mine = membership(app).id
    assert str(mine) not in [value for _name, value in rita.page("/skift").forms()[-1].fields]
    answer = rita.submit(url, action=url, button="ja")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/skift")
    page = rita.page("/skift")
    assert "Du er nu også rådgiver hos Organisationen huset i Helhedsplanen Engen" in page.text
    assert rita.submit("/skift", membership=str(mine)).status_code == 303
    assert "Du arbejder nu for Engen" in rita.page("/i-dag").text
    assert rita.get(url).status_code == 410


def test_no_changes_nothing_and_is_told_without_her_name(app: Flask, rita: CheckingClient, url: str) -> None:
    assert rita.submit(url, action=url, button="nej").status_code == 303
    assert "Du sagde nej tak" in rita.page("/i-dag").text
    assert membership(app).accepted_at is None and rita.get(url).status_code == 410
    karen = other_browser(app)
    assert log_in(karen, "e-karen").status_code == 303
    people = karen.page("/indstillinger/personer").text
    assert "rita@example.org" in people and "blev ikke til noget" in people
    assert "sagde nej tak" in karen.page("/indstillinger/log").text


@pytest.mark.parametrize("said", ["", "måske", None])
def test_what_is_no_answer_is_none(app: Flask, rita: CheckingClient, url: str, said: str | None) -> None:
    token = dict(rita.page(url).forms()[-1].fields)["csrf_token"]
    fields = {"csrf_token": token} | ({} if said is None else {"answer": said})
    answer = rita.post(url, data=fields)
    assert answer.status_code == 422 and "Vælg Tag imod eller Nej tak." in answer.text
    assert membership(app).accepted_at is None
    assert rita.get(url).status_code == 200


@pytest.mark.t9
def test_the_link_logs_nobody_in_and_leads_back_after_log_in(app: Flask, client: CheckingClient, url: str) -> None:
    log_in_first = f"/log-ind?next={url}"
    assert log_in_first in [link.get("href") for link in client.page(url).all("a")]
    with app.app_context():
        assert db.session.scalars(select(LogInSession)).all() == []
    back = client.submit(log_in_first, email="rita@example.org", password=PASSWORD)
    assert back.headers["Location"] == url
    assert "inviterer dig" in client.page(url).text


def test_it_leads_back_after_the_second_step_too(app: Flask, client: CheckingClient, url: str, clock: Clock) -> None:
    with writing(app):
        db.session.scalars(select(Person).where(Person.email == "rita@example.org")).one().demo = False
    half = other_browser(app)
    assert half.submit(f"/log-ind?next={url}", email="rita@example.org", password=PASSWORD).status_code == 303
    assert half.get(url).headers["Location"] == "/konto/sikkerhed"
    give_app(app, "rita@example.org", clock.now)
    log_in_with_app(client, "rita@example.org", clock.now)
    assert client.get(url).status_code == 200


@pytest.mark.t9
def test_somebody_else_is_told_so_and_changes_nothing(app: Flask, client: CheckingClient, url: str) -> None:
    assert log_in(client, "bent").status_code == 303
    page = client.page(url, 403).text
    assert "Du er logget ind som en anden" in page and "Rita" not in page and "Engen" not in page
    assert "/log-ud" in [form.action for form in client.page(url, 403).forms()]
    token = dict(client.page("/konto").forms()[-1].fields)["csrf_token"]
    assert client.post(url, data={"csrf_token": token, "answer": "ja"}).status_code == 403
    assert membership(app).accepted_at is None


@pytest.mark.t9
def test_what_a_shared_tablet_lends_is_not_enough(app: Flask, client: CheckingClient, url: str) -> None:
    give_pins(app)
    assert enrol(client).status_code == 303
    assert type_pin(app, client, "rita").status_code == 303
    assert "din egen telefon eller computer" in client.page(url, 403).text


def test_who_cannot_log_in_yet_opens_her_other_invitation_first(
    app: Flask, world: World, client: CheckingClient, clock: Clock
) -> None:
    with writing(app):
        karen = world.members["karen"]
        by = By(world.actor("karen"), clock(), clock().date())
        post = Post(Role.ADVISER, karen.organisation_id)
        first = invitations.invite(karen.programme_id, "nina@example.org", "Nina Nord", post, by).token
    url = asked(app, clock, "nina@example.org")
    page = client.page(url)
    assert "Du er inviteret til endnu et sted" in page.text
    assert f"/log-ind?next={url}" in [link.get("href") for link in page.all("a")]
    with writing(app):
        db.session.scalars(select(Person).where(Person.email == "nina@example.org")).one().demo = True
    assert client.submit(f"/invitation/{first}", password=CHOSEN).status_code == 303
    assert client.submit(url, action=url, button="ja").status_code == 303


@pytest.mark.t9
def test_dead_links_say_what_to_do(app: Flask, rita: CheckingClient, url: str, clock: Clock) -> None:
    assert rita.get(PATH + "x" * 43).status_code == 404
    assert rita.get(url.replace(PATH, "/invitation/")).status_code == 404
    assert rita.get(url.replace(PATH, "/nyt-kodeord/")).status_code == 404
    clock.forward(days=7)
    page = rita.page(url, 410).text
    assert "Linket er udløbet" in page and "bed den, der inviterede dig" in page


@pytest.mark.t9
def test_whoever_guesses_waits(rita: CheckingClient, url: str) -> None:
    for number in range(30):
        assert rita.get(f"{PATH}{number}").status_code == 404
    assert rita.get(url).status_code == 429


def test_the_mail_is_of_its_own_kind_and_its_link_shown_to_nobody(app: Flask, world: World) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], mail=MailServer("127.0.0.1", 9))
    karen = other_browser(app)
    assert log_in(karen, "e-karen").status_code == 303
    with app.app_context():
        hers = select(Membership).join(Person).where(Person.email == "e-karen@example.org")
        organisation = db.session.scalars(hers).one().organisation_id
    fields = {"name": "Rikke", "email": "rita@example.org", "role": "reader", "organisation": str(organisation)}
    answer = karen.submit("/indstillinger/personer/inviter", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/indstillinger/personer")
    assert "Rikke får om lidt en mail" in karen.page("/indstillinger/personer").text
    assert "konto/tilknytning" not in answer.text + karen.page("/indstillinger/udbakke").text
    with app.app_context():
        mail = db.session.scalars(select(Mail)).one()
    assert mail.kind == "membership_offered" and PATH in (mail.body or "") and "ja eller nej" in (mail.body or "")
    assert mail.expires_at is not None


@pytest.mark.t9
def test_a_link_that_opened_her_account_before_she_said_yes_opens_nothing_after(
    app: Flask, world: World, client: CheckingClient, clock: Clock
) -> None:
    """Whoever began her anew holds a link to the whole account: it must not lead to where she has since said yes."""
    url = asked(app, clock)
    with writing(app):
        rita = world.members["rita"]
        by = By(world.actor("karen"), clock(), clock().date())
        link = people.start_over(rita.programme_id, rita.id, by)
    with writing(app):
        invitations.accept(url.removeprefix(PATH), rita.person_id, clock(), clock().date())
    assert client.get(f"/invitation/{link}").status_code == 410


@pytest.mark.t9
def test_the_answer_is_taken_over_https_without_a_referer(app: Flask, world: World, clock: Clock) -> None:
    """A browser sends none from a page whose address is a secret, nor does every proxy let one through."""
    url, host = asked(app, clock), "https://raad.example.org"
    secure = create_app(replace(app.extensions["advice"], base_url=host))
    browser = secure.test_client()
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": host}

    def send(address: str, **fields: str) -> int:
        token = dict(Page(browser.get(address, base_url=host).text).forms()[-1].fields)["csrf_token"]
        data = {"csrf_token": token, **fields}
        return browser.post(address, base_url=host, data=data, headers=ours).status_code

    assert send("/log-ind", email="rita@example.org", password=PASSWORD) == 303
    assert browser.get(url, base_url=host).headers["Referrer-Policy"] == "strict-origin"
    assert send(url, answer="ja") == 303
    assert membership(app).accepted_at is not None
    with secure.app_context():
        dispose()
