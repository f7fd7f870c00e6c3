"""Indstillinger, Personer: who sees whom, and what can be done to whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from advice.config import Settings
from advice.database import db
from advice.models.accounts import LogInSession
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.rules.mail_server import MailServer
from tests import builders
from tests.builders import PASSWORD, World
from tests.program import Clock
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

PEOPLE = "/indstillinger/personer"
INVITE = f"{PEOPLE}/inviter"
LINK = re.compile(r"http://localhost(/invitation/[\w-]{43})")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in; without a mail server."""
    return replace(settings, demo=True)


@pytest.fixture
def world(app: Flask) -> World:
    return stored_world(app)


def browser(app: Flask, name: str) -> CheckingClient:
    """A browser in which a member has logged in."""
    made = app.test_client()
    assert isinstance(made, CheckingClient)
    assert made.submit("/log-ind", email=f"{name}@example.org", password=PASSWORD).status_code == 303
    return made


@pytest.fixture
def karen(app: Flask, world: World) -> CheckingClient:
    """The coordinator's browser."""
    return browser(app, "karen")


@pytest.fixture
def tove(app: Flask, world: World) -> CheckingClient:
    """The browser of byen's team leader."""
    return browser(app, "tove")


def page_of(world: World, name: str) -> str:
    return f"{PEOPLE}/{world.members[name].id}"


def invite(client: CheckingClient, world: World, organisation: str = "huset", **fields: str) -> str:
    """Invite Nina and give the path of the link shown."""
    chosen = {"name": "Nina Nord", "email": "nina@example.org", "role": "adviser", **fields}
    answer = client.submit(INVITE, {**chosen, "organisation": world.organisations[organisation].id})
    assert answer.status_code == 200, answer.text
    found = LINK.search(answer.text)
    assert found
    return found[1]


def member(app: Flask, member_id: int) -> Membership:
    with app.app_context():
        return db.session.get_one(Membership, member_id)


def test_settings_stand_in_the_menu_of_those_who_have_some(app: Flask, world: World) -> None:
    for name, there in (("karen", True), ("tove", True), ("rita", False), ("lars", False)):
        client = browser(app, name)
        links = [link.get("href") for link in client.page("/maal").all("a")]
        assert ("/indstillinger" in links) is there, name
        assert client.get("/indstillinger").status_code == (200 if there else 403)
        assert client.get(PEOPLE).status_code == (200 if there else 403)
        assert client.get(INVITE).status_code == (200 if there else 403)
        assert client.get(page_of(world, "bent")).status_code == (200 if there else 403)


def test_the_list_shows_a_coordinator_how_everybody_stands(karen: CheckingClient, world: World) -> None:
    invite(karen, world)
    text = karen.page(PEOPLE).text
    for words in ("Nina Nord", "inviteret, ikke inde endnu", "Bent Bøje", "Organisationen byen", "læser", "sidst her"):
        assert words in text
    assert "13.30" not in text and "12:30" not in text


def test_a_team_leader_sees_names_and_roles_of_the_others_and_nothing_more(
    tove: CheckingClient, karen: CheckingClient, world: World
) -> None:
    page = tove.page(PEOPLE)
    links = [link.get("href") for link in page.all("a")]
    assert "Rita Ror" in page.text and page_of(world, "rita") not in links and page_of(world, "bent") in links
    theirs = tove.page(page_of(world, "rita")).text
    assert "Her kan du ikke ændre noget" in theirs and "rita@example.org" not in theirs
    assert "bent@example.org" in tove.page(page_of(world, "bent")).text


@pytest.mark.t10
@pytest.mark.parametrize("step", ["rolle", "slut", "fortryd", "invitation", "spaer", "luk-op", "log-alle-ud"])
def test_a_team_leader_changes_nobody_of_another_organisation(
    app: Flask, tove: CheckingClient, world: World, step: str
) -> None:
    fields = {"role": "reader", "organisation": world.organisations["byen"].id, "last_day": "2026-11-30"}
    token = dict(tove.page(INVITE).forms()[-1].fields)["csrf_token"]
    answer = tove.post(f"{page_of(world, 'rita')}/{step}", data={**fields, "csrf_token": token})
    assert answer.status_code == 403
    assert member(app, world.members["rita"].id).valid_to is None


@pytest.mark.t10
def test_a_team_leader_gives_only_what_she_may(app: Flask, tove: CheckingClient, world: World) -> None:
    form = next(form for form in tove.page(INVITE).forms() if "email" in form.names)
    offered = [one.get("value") for one in tove.page(INVITE).all("input") if one.get("name") == "role"]
    assert offered == ["adviser", "team_leader", "reader"]
    assert ("organisation", str(world.organisations["byen"].id)) in form.fields
    own, other = (world.organisations[code].id for code in ("byen", "huset"))
    for role, organisation in (("coordinator", own), ("adviser", other), ("chef", own), ("adviser", 10**12)):
        answer = tove.submit(INVITE, name="Nina", email="nina@example.org", role=role, organisation=str(organisation))
        assert answer.status_code == 422
    answer = tove.submit(f"{page_of(world, 'tove')}", action="/rolle", role="coordinator")
    assert answer.status_code == 422
    assert member(app, world.members["tove"].id).role == "team_leader"


def test_without_mail_the_link_is_shown_once_and_opens(karen: CheckingClient, world: World, app: Flask) -> None:
    path = invite(karen, world)
    assert path not in karen.page(PEOPLE).text
    with app.app_context():
        assert db.session.scalars(select(Mail)).all() == [], "it waits in the outbox as well"
    stranger = app.test_client()
    assert isinstance(stranger, CheckingClient)
    assert "Karen Kaj inviterer dig som" in stranger.page(path).text


def test_with_mail_the_link_goes_out_and_is_shown_to_nobody(app: Flask, karen: CheckingClient, world: World) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], mail=MailServer("127.0.0.1", 9))
    fields = {"name": "Nina Nord", "email": "Nina@Example.org", "role": "adviser"}
    answer = karen.submit(INVITE, {**fields, "organisation": world.organisations["huset"].id})
    assert (answer.status_code, answer.headers["Location"]) == (303, PEOPLE)
    page = karen.page(PEOPLE).text
    assert "Nina Nord får om lidt en mail" in page and "/invitation/" not in page
    with app.app_context():
        mail = db.session.scalars(select(Mail)).one()
    assert mail.to_address.lower() == "nina@example.org" and LINK.search(mail.body or "")
    assert (mail.kind, mail.programme_id) == ("invitation", world.programme.id)
    assert mail.expires_at is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 121), ("name", "Nina 010190-1234"), ("email", ""), ("email", "nina"),
        ("email", "rita@example.org"), ("email", "a@b\r\nBcc: c@example.org"), ("role", "chef"),
        ("role", None), ("organisation", "0"), ("organisation", ""),
    ],
)  # fmt: skip
def test_nonsense_gets_a_sentence_at_the_field_and_loses_nothing(
    app: Flask, karen: CheckingClient, world: World, field: str, value: str | None
) -> None:
    fields = {
        "name": "Nina Nord", "email": "nina@example.org", "role": "adviser",
        "organisation": str(world.organisations["huset"].id), field: value,
    }  # fmt: skip
    answer = karen.submit(INVITE, fields)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "010190" not in answer.text
    assert field == "name" or 'value="Nina Nord"' in answer.text
    with app.app_context():
        assert db.session.scalars(select(Person).where(Person.email == "nina@example.org")).all() == []


def test_another_role_is_a_new_membership_and_is_said(app: Flask, karen: CheckingClient, world: World) -> None:
    answer = karen.submit(page_of(world, "rita"), action="/rolle", role="team_leader")
    assert answer.status_code == 303
    assert "Rita Ror er nu teamleder hos Organisationen huset." in karen.page(answer.headers["Location"]).text
    assert member(app, world.members["rita"].id).valid_to == date(2026, 11, 22)


def test_a_last_day_says_which_shifts_are_left_and_is_taken_back(
    app: Flask, karen: CheckingClient, world: World
) -> None:
    with writing(app):
        builders.shift(world, "rita", "skuret", date(2026, 12, 1), 9, 12)
    url = page_of(world, "rita")
    assert karen.submit(url, action="/slut", last_day="2026-11-22").status_code == 422
    assert karen.submit(url, action="/slut", last_day="2026-02-30").status_code == 422
    assert karen.submit(url, action="/slut", last_day="2026-11-30").status_code == 303
    page = karen.page(url).text
    assert "Rita Ror har sidste dag mandag 30. november 2026." in page
    assert "Vagter, der skal have en anden i vagtplanen: 1." in page
    assert karen.submit(url, action="/fortryd").status_code == 303
    assert member(app, world.members["rita"].id).valid_to is None


def test_the_last_coordinator_is_told_at_the_field_why_she_stays(karen: CheckingClient, world: World) -> None:
    url = page_of(world, "karen")
    for answer in (
        karen.submit(url, action="/slut", last_day="2026-11-30"),
        karen.submit(url, action="/rolle", role="adviser"),
    ):
        assert answer.status_code == 422
        assert "Helhedsplanen ville stå uden tovholder" in answer.text
    assert "Spær" not in karen.page(url).text


def test_shut_out_is_out_at_once_and_let_in_again(app: Flask, karen: CheckingClient, world: World) -> None:
    rita, url = browser(app, "rita"), page_of(world, "rita")
    assert rita.get("/i-dag").status_code == 200
    assert karen.submit(url, action="/spaer").status_code == 303
    assert rita.get("/i-dag").status_code == 302
    assert rita.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 422
    page = karen.page(url)
    assert "Rita Ror er spærret" in page.text
    assert karen.submit(url, action="/luk-op").status_code == 303
    assert rita.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 303


def test_logged_out_everywhere_is_logged_out(app: Flask, karen: CheckingClient, world: World) -> None:
    rita = browser(app, "rita")
    assert karen.submit(page_of(world, "rita"), action="/log-alle-ud").status_code == 303
    assert "Rita Ror er logget ud overalt." in karen.page(page_of(world, "rita")).text
    assert rita.get("/i-dag").status_code == 302


def test_who_has_lost_her_access_gets_a_new_beginning(app: Flask, karen: CheckingClient, world: World) -> None:
    rita, url = browser(app, "rita"), page_of(world, "rita")
    answer = karen.submit(url, action="/ny-adgang")
    assert answer.status_code == 200 and "/invitation/" in answer.text
    assert rita.get("/i-dag").status_code == 302
    assert rita.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 422
    assert "Lav en ny invitation" in karen.page(url).text


def test_a_new_invitation_replaces_the_old_one(app: Flask, karen: CheckingClient, world: World) -> None:
    first = invite(karen, world)
    with app.app_context():
        nina = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
        assert nina is not None
        url = f"{PEOPLE}/{nina.id}"
    answer = karen.submit(url, action="/invitation")
    second = LINK.search(answer.text)
    assert answer.status_code == 200 and second
    assert (karen.get(first).status_code, karen.get(second[1]).status_code) == (410, 200)


def test_what_somebody_else_has_ended_meanwhile_is_stale(
    app: Flask, karen: CheckingClient, world: World, clock: Clock
) -> None:
    url = page_of(world, "rita")
    token = dict(karen.page(INVITE).forms()[-1].fields)["csrf_token"]
    with writing(app):
        db.session.get_one(Membership, world.members["rita"].id).valid_to = date(2026, 11, 22)
    answer = karen.post(f"{url}/spaer", data={"csrf_token": token})
    assert answer.status_code == 409 and "En anden har ændret det imens" in answer.text
    assert "Tilknytningen er slut" in karen.page(url).text
    assert "Tidligere" in karen.page(PEOPLE).text


def test_last_seen_is_told_by_the_day(app: Flask, karen: CheckingClient, world: World) -> None:
    browser(app, "rita")
    with writing(app):
        row = db.session.scalars(
            select(LogInSession).where(LogInSession.person_id == world.members["rita"].person_id)
        ).one()
        row.last_seen_at = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    page = karen.page(page_of(world, "rita")).text
    assert "fredag 20. november 2026" in page and "00.30" not in page and "23.30" not in page


@pytest.mark.parametrize("path", ["/0", "/99999", f"/{10**30}", "/x", "/1/ukendt", f"/{10**30}/spaer"])
def test_addresses_that_lead_nowhere_are_404(karen: CheckingClient, path: str) -> None:
    assert karen.get(PEOPLE + path).status_code == 404


def test_reading_the_address_of_a_step_leads_back_and_does_nothing(
    app: Flask, karen: CheckingClient, world: World
) -> None:
    url = page_of(world, "rita")
    answer = karen.get(f"{url}/spaer")
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    with app.app_context():
        assert db.session.get_one(Person, world.members["rita"].person_id).disabled_at is None
