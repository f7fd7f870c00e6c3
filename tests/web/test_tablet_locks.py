"""What a shared tablet was opened with does not outlive its PIN, nor what leaders do to an account."""

from __future__ import annotations

import pytest
from flask import Flask

from advice.database import db
from advice.models.people import Membership
from tests import tablet_screens
from tests.builders import World
from tests.stored import writing
from tests.tablet_screens import SETTINGS, at_desk, change, person_url, tap, type_pin, who_is_in
from tests.web_client import CheckingClient

settings, people, tablet = tablet_screens.settings, tablet_screens.people, tablet_screens.tablet
pytestmark = pytest.mark.usefixtures("tablet")
NEW_PIN = "739164"


def old_tap(app: Flask, tablet: CheckingClient) -> None:
    """A tap on Rita's tile on a page of tiles from before."""
    token = dict(tablet.page(person_url(app, "svend")).forms()[-1].fields)["csrf_token"]
    assert tablet.post(person_url(app, "rita"), data={"csrf_token": token}).status_code in (303, 422)


def unlocked(app: Flask, tablet: CheckingClient) -> None:
    """Rita has typed her PIN, and somebody else's turn has come."""
    assert type_pin(app, tablet, "rita").status_code == 303
    assert who_is_in(tablet) == "Rita Ror"
    change(tablet)


@pytest.mark.t9
def test_another_pin_asks_for_it_and_ends_what_the_former_let_in(app: Flask, tablet: CheckingClient) -> None:
    unlocked(app, tablet)
    assert tap(app, tablet, "rita").status_code == 303
    assert who_is_in(tablet) == "Rita Ror"
    desk = at_desk(app, "rita")
    assert desk.submit("/konto/pinkode", pin=NEW_PIN, again=NEW_PIN).status_code == 303
    assert who_is_in(tablet) is None
    old_tap(app, tablet)
    assert who_is_in(tablet) is None, "a tap opens what the new PIN has not"
    assert who_is_in(desk) == "Rita Ror"
    assert type_pin(app, tablet, "rita", NEW_PIN).status_code == 303
    assert who_is_in(tablet) == "Rita Ror"


@pytest.mark.t9
@pytest.mark.parametrize("step", ["log-alle-ud", "ny-adgang", "spaer"])
def test_what_a_leader_ends_no_tap_opens_again(app: Flask, tablet: CheckingClient, people: World, step: str) -> None:
    unlocked(app, tablet)
    karen = at_desk(app, "karen")
    page = f"/indstillinger/personer/{people.members['rita'].id}"
    assert karen.submit(page, action=f"/{step}").status_code in (200, 303)
    if step == "spaer":
        assert karen.submit(page, action="/luk-op").status_code == 303
    old_tap(app, tablet)
    assert who_is_in(tablet) is None


def test_others_stay_unlocked(app: Flask, tablet: CheckingClient, people: World) -> None:
    unlocked(app, tablet)
    karen = at_desk(app, "karen")
    page = f"/indstillinger/personer/{people.members['svend'].id}"
    assert karen.submit(page, action="/log-alle-ud").status_code == 303
    assert tap(app, tablet, "rita").status_code == 303
    assert who_is_in(tablet) == "Rita Ror"


def test_a_tablet_of_somebody_shut_out_says_so(app: Flask, tablet: CheckingClient, people: World) -> None:
    karen = at_desk(app, "karen")
    assert "er spærret eller ikke med længere" not in karen.page(SETTINGS).text
    with writing(app):
        tove = db.session.get_one(Membership, people.members["tove"].id)
        tove.role = "coordinator"
    other = at_desk(app, "tove")
    page = f"/indstillinger/personer/{people.members['karen'].id}"
    assert other.submit(page, action="/spaer").status_code == 303
    assert "er spærret eller ikke med længere" in other.page(SETTINGS).text
