"""People who belong to another programme too: a leader learns nothing of them by typing an address, and reaches no
further than what is hers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice.config import Settings
from advice.database import db
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.rules.people import LETTERS_A_DAY
from tests import builders
from tests.builders import World
from tests.program import Clock
from tests.second_factors import give_app, log_in_with_app
from tests.stored import stored_world, writing
from tests.tablet_screens import log_in, other_browser
from tests.web_client import CheckingClient

PEOPLE = "/indstillinger/personer"
INVITE = f"{PEOPLE}/inviter"


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


def stranger(app: Flask, email: str = "karen@example.org") -> tuple[CheckingClient, str]:
    """The browser of Engen's team leader, who has typed somebody's address; and the page that this made."""
    tove = other_browser(app)
    assert log_in(tove, "e-tove").status_code == 303
    with app.app_context():
        hers = select(Membership).join(Person).where(Person.email == "e-tove@example.org")
        organisation = db.session.scalars(hers).one().organisation_id
    fields = {"name": "Hvem Som", "email": email, "role": "adviser", "organisation": str(organisation)}
    assert tove.submit(INVITE, fields).status_code == 303
    with app.app_context():
        made = select(Membership.id).join(Person).where(Person.email == email).order_by(Membership.id.desc())
        return tove, f"{PEOPLE}/{db.session.scalars(made).first()}"


def test_typing_an_address_tells_nothing_of_whose_it_is(app: Flask, world: World, clock: Clock) -> None:
    give_app(app, "karen@example.org", clock.now)
    assert log_in(other_browser(app), "karen").status_code == 303
    tove, page = stranger(app)
    told = str(tove.page(PEOPLE).text)
    assert "karen@example.org" in told and "Hvem Som" in told and "inviteret" in told
    for text in (told, tove.page(page).text):
        assert "Katrin Kyst" not in text and "Sidst her" not in text and "Ekstra trin" not in text
    row = next(one for one in tove.get(PEOPLE).text.split('<li class="row">') if "karen@example.org" in one)
    assert "sidst her" not in row and "mangler" not in row


def test_her_name_shows_once_she_has_worked_there(app: Flask, world: World, clock: Clock) -> None:
    tove, page = stranger(app)
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    with app.app_context():
        there = db.session.get_one(Membership, int(page.rsplit("/", 1)[1])).id
    assert karen.submit("/skift", membership=str(there)).status_code == 303
    assert "Katrin Kyst" in tove.page(page).text
    assert "Sidst her" not in tove.page(page).text, "when she was seen elsewhere is none of their affair"


def test_a_stranger_logs_nobody_out_at_home(app: Flask, world: World) -> None:
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    tove, page = stranger(app)
    answer = tove.submit(page, action="/log-alle-ud")
    assert answer.status_code == 303
    assert karen.get(PEOPLE).status_code == 200
    assert "Katrin Kyst" not in tove.page(page).text


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
    karen = other_browser(app)
    assert log_in(karen, "karen").status_code == 303
    organisation = world.organisations["huset"].id
    fields = {"name": "Nina Nord", "email": "nina@example.org", "role": "reader", "organisation": str(organisation)}
    assert karen.submit(INVITE, fields).status_code == 200
    with app.app_context():
        made = db.session.scalars(select(Membership.id).join(Person).where(Person.email == "nina@example.org")).one()
    page = f"{PEOPLE}/{made}"
    answers = [karen.submit(page, action="/invitation") for _ in range(LETTERS_A_DAY)]
    assert [one.status_code for one in answers] == [200] * (LETTERS_A_DAY - 1) + [422]
    assert "mange invitationer i dag" in answers[-1].text
    with app.app_context():
        assert len(db.session.scalars(select(Mail)).all()) == LETTERS_A_DAY
    clock.forward(days=1)
    assert log_in(karen, "karen").status_code == 303
    assert karen.submit(page, action="/invitation").status_code == 200


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
