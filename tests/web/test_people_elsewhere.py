"""People who belong to another programme too: a leader learns nothing of them by typing an address, and reaches no
further than what is hers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice.config import Settings
from advice.database import db
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.rules.mail_server import MailServer
from advice.rules.people import LETTERS_A_DAY
from advice.settings.person import STEPS
from tests import builders
from tests.builders import World
from tests.program import Clock
from tests.second_factors import give_app, log_in_with_app
from tests.stored import stored_world, writing
from tests.tablet_screens import log_in, other_browser
from tests.web_client import CheckingClient

PEOPLE = "/indstillinger/personer"
INVITE = f"{PEOPLE}/inviter"
LINK = re.compile(r"http://localhost(/konto/tilknytning/[\w-]{43})")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in."""
    return replace(settings, demo=True)


@pytest.fixture
def world(app: Flask) -> World:
    """Havnen, whose coordinator has a name of her own, and Engen with its own people (e-karen and so on)."""
    found = stored_world(app)
    with writing(app):
        db.session.execute(update(Person).where(Person.email == "karen@example.org").values(name="Katrin Kyst"))
        builders.world("engen", "e-")
    return found


def stranger(app: Flask, email: str = "karen@example.org") -> tuple[CheckingClient, str, str]:
    """The browser of Engen's team leader, who has typed somebody's address; the page and the link that this made."""
    tove = other_browser(app)
    assert log_in(tove, "e-tove").status_code == 303
    with app.app_context():
        hers = select(Membership).join(Person).where(Person.email == "e-tove@example.org")
        organisation = db.session.scalars(hers).one().organisation_id
    fields = {"name": "Hvem Som", "email": email, "role": "adviser", "organisation": str(organisation)}
    answer = tove.submit(INVITE, fields)
    assert answer.status_code == 200
    with app.app_context():
        made = select(Membership.id).join(Person).where(Person.email == email).order_by(Membership.id.desc())
        page = f"{PEOPLE}/{db.session.scalars(made).first()}"
    return tove, page, LINK.findall(answer.text)[0]


def test_typing_an_address_tells_nothing_of_whose_it_is(app: Flask, world: World, clock: Clock) -> None:
    give_app(app, "karen@example.org", clock.now)
    assert log_in(other_browser(app), "karen").status_code == 303
    tove, page, _link = stranger(app)
    told = str(tove.page(PEOPLE).text)
    assert "karen@example.org" in told and "inviteret, har ikke taget imod endnu" in told
    for text in (told, tove.page(page).text):
        assert "Katrin Kyst" not in text and "Sidst her" not in text and "Ekstra trin" not in text
    rows = tove.get(PEOPLE).text.split('<li class="row">')
    assert "karen@example.org" in rows[-1], "her place among the others tells her name"
    assert "sidst her" not in rows[-1] and "mangler" not in rows[-1]
    with writing(app):
        db.session.execute(update(Person).where(Person.email == "karen@example.org").values(disabled_at=clock()))
    assert "spærret" not in tove.page(page).text
    other = other_browser(app)
    assert log_in(other, "e-karen").status_code == 303
    with writing(app):
        db.session.execute(update(Membership).where(Membership.role == "team_leader").values(role="adviser"))
    assert "Katrin Kyst" not in other.page(PEOPLE).text


def test_the_log_names_nobody_who_has_not_said_yes(app: Flask, world: World) -> None:
    """Nor does it when she has said no."""
    _tove, _page, link = stranger(app)
    karen, leader = other_browser(app), other_browser(app)
    assert log_in(karen, "karen").status_code == log_in(leader, "e-tove").status_code == 303
    assert "tilbød en tilknytning" in leader.page("/indstillinger/log").text
    assert "Katrin" not in leader.page("/indstillinger/log").text
    assert karen.submit(link, action=link, button="nej").status_code == 303
    assert "sagde nej tak" in leader.page("/indstillinger/log").text
    assert "Katrin" not in leader.page("/indstillinger/log").text


def test_her_name_shows_once_she_has_said_yes(app: Flask, world: World) -> None:
    tove, page, link = stranger(app)
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    assert karen.submit(link, action=link, button="ja").status_code == 303
    assert "Katrin Kyst" in tove.page(page).text
    assert "Sidst her" not in tove.page(page).text, "when she was seen elsewhere is none of their affair"


def test_a_stranger_can_only_ask_again_or_take_it_back(app: Flask, world: World) -> None:
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    tove, page, link = stranger(app)
    assert [form.action.rpartition("/")[2] for form in tove.page(page).forms() if page in form.action] == [
        "invitation", "traek-tilbage",
    ]  # fmt: skip
    token = dict(tove.page(page).forms()[-1].fields)["csrf_token"]
    for step in STEPS.keys() - {"invitation", "traek-tilbage"}:
        fields = {"csrf_token": token, "role": "reader", "last_day": "2026-11-30"}
        assert tove.post(f"{page}/{step}", data=fields).status_code in (409, 422), step
    assert karen.get(PEOPLE).status_code == 200
    again = LINK.findall(tove.submit(page, action="/invitation").text)[0]
    assert (karen.get(link).status_code, karen.get(again).status_code) == (410, 200)
    assert tove.submit(page, action="/traek-tilbage").status_code == 303
    assert karen.get(again).status_code == 410
    assert "trukket tilbage" in tove.page(page).text and "Katrin Kyst" not in tove.page(PEOPLE).text


def test_a_former_colleague_who_is_nowhere_any_more_is_in_with_a_new_invitation(
    app: Flask, world: World, clock: Clock
) -> None:
    tove, page, _link = stranger(app)
    with writing(app):
        db.session.get_one(Membership, world.members["karen"].id).valid_to = clock().date() - timedelta(days=1)
    assert tove.submit(page, action="/invitation").headers["Location"] == PEOPLE
    assert "kan logge ind som før. Giv selv besked." in tove.page(PEOPLE).text
    with app.app_context():
        assert db.session.scalars(select(Mail)).all() == [], "nothing waits for a mail server that nobody has"
    assert log_in(other_browser(app), "karen").status_code == 303


@pytest.mark.t9
def test_who_hands_out_a_way_in_has_shown_lately_who_she_is(app: Flask, world: World, clock: Clock) -> None:
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    page = f"{PEOPLE}/{world.members['rita'].id}"
    clock.forward(minutes=50)
    assert karen.get(INVITE).headers["Location"] == f"/konto/bekraeft?next={INVITE}"
    for step, fields in (("ny-adgang", {}), ("rolle", {"role": "team_leader"})):
        answer = karen.submit(page, fields, action=f"/{step}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/konto/bekraeft?next={page}"), step
    with app.app_context():
        rita = db.session.get_one(Membership, world.members["rita"].id)
        assert rita.role == "adviser" and rita.person.password_hash is not None
    assert karen.submit(page, action="/log-alle-ud").status_code == 303
    back = karen.submit(f"/konto/bekraeft?next={page}", password=builders.PASSWORD)
    assert back.headers["Location"] == page
    assert karen.submit(page, action="/ny-adgang").status_code == 200


def test_a_team_leader_is_not_offered_a_fellows_account(app: Flask, world: World) -> None:
    with writing(app):
        here = replace(world, members={})
        ulla = builders.member(here, builders.person("Ulla Und"), "byen", "team_leader").id
    tove = other_browser(app)
    assert log_in(tove, "tove").status_code == 303
    assert "Har mistet adgangen" not in tove.page(f"{PEOPLE}/{ulla}").text
    bent = tove.page(f"{PEOPLE}/{world.members['bent'].id}")
    assert "Har mistet adgangen" in bent.text
    token = dict(bent.forms()[-1].fields)["csrf_token"]
    assert tove.post(f"{PEOPLE}/{ulla}/ny-adgang", data={"csrf_token": token}).status_code == 403


def test_an_address_gets_five_invitations_a_day(app: Flask, world: World, clock: Clock) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], mail=MailServer("127.0.0.1", 9))
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    organisation = world.organisations["huset"].id
    fields = {"name": "Nina Nord", "email": "nina@example.org", "role": "reader", "organisation": str(organisation)}
    assert karen.submit(INVITE, fields).status_code == 303
    with app.app_context():
        made = db.session.scalars(select(Membership.id).join(Person).where(Person.email == "nina@example.org")).one()
    page = f"{PEOPLE}/{made}"
    answers = [karen.submit(page, action="/invitation") for _ in range(LETTERS_A_DAY)]
    assert [one.status_code for one in answers] == [303] * (LETTERS_A_DAY - 1) + [422]
    assert "mange invitationer i dag" in answers[-1].text
    with app.app_context():
        assert len(db.session.scalars(select(Mail)).all()) == LETTERS_A_DAY
    clock.forward(days=1)
    assert log_in(karen, "karen").status_code == 303
    assert karen.submit(page, action="/invitation").status_code == 303


@pytest.mark.parametrize("name", ["Vind: https://example.net/gratis", "se WWW.example.net"])
def test_no_address_stands_in_a_name(app: Flask, world: World, name: str) -> None:
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    organisation = world.organisations["huset"].id
    fields = {"name": name, "email": "nina@example.org", "role": "reader", "organisation": str(organisation)}
    answer = karen.submit(INVITE, fields)
    assert answer.status_code == 422 and "uden adresser" in answer.text


def test_who_is_no_demo_person_needs_the_proof_too(app: Flask, world: World, clock: Clock) -> None:
    with writing(app):
        db.session.execute(update(Person).values(demo=False))
    give_app(app, "karen@example.org", clock.now)
    karen = other_browser(app)
    log_in_with_app(karen, "karen@example.org", clock.now)
    assert karen.get(INVITE).status_code == 200
    clock.forward(minutes=30)
    assert karen.get(INVITE).status_code == 303
