"""Whoever serves two programmes or organisations chooses the one she works in now."""

from __future__ import annotations

import pytest
from flask import Flask

from advice.database import db
from advice.models.people import Membership, Person
from tests import builders, invented_people
from tests.builders import World
from tests.invented_people import NOT_FOR_HER, log_in
from tests.stored import writing
from tests.web_client import CheckingClient

settings, havnen = invented_people.settings, invented_people.havnen


@pytest.fixture
def in_two(app: Flask, havnen: World) -> World:
    """A second programme, where Rita is a reader."""
    with writing(app):
        other = builders.world("engen", "e-")
        builders.member(other, db.session.get_one(Person, havnen.members["rita"].person_id), "byen", "reader")
        db.session.flush()
        db.session.expunge_all()
    return other


def test_whoever_serves_two_programmes_chooses_and_sees_which(client: CheckingClient, in_two: World) -> None:
    log_in(client, "rita")
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


def test_switching_goes_back_inward_only(client: CheckingClient, in_two: World) -> None:
    log_in(client, "rita")
    assert client.submit("/skift?next=/mine-vagter", action="/skift").headers["Location"] == "/mine-vagter"
    assert client.submit("/skift?next=//evil.example", action="/skift").headers["Location"] == "/i-dag"


def test_a_membership_of_somebody_else_is_refused(client: CheckingClient, in_two: World) -> None:
    log_in(client, "rita")
    for forged in (str(in_two.members["karen"].id), "0", "x", ""):
        answer = client.submit("/skift", membership=forged)
        assert answer.status_code == 422
        assert 'id="membership-error"' in answer.text
    assert "rådgiver · Organisationen huset · Havnen" in client.page("/skift").text


def test_the_switcher_is_there_only_for_those_with_two(client: CheckingClient, in_two: World) -> None:
    log_in(client, "tove")
    assert "/skift" not in [link.get("href") for link in client.page("/vagtplan/2026-48").all("a")]
    log_in(client, "rita")
    assert "/skift" in [link.get("href") for link in client.page("/vagtplan/2026-48").all("a")]


def test_switching_needs_log_in(client: CheckingClient) -> None:
    assert client.get("/skift").status_code == 302


def test_switching_leads_to_no_page_that_the_chosen_role_may_not_see(client: CheckingClient, in_two: World) -> None:
    log_in(client, "rita")
    radios = [one for one in client.page("/skift").all("input") if one.get("type") == "radio"]
    adviser, reader = sorted(radios, key=lambda one: "checked" not in one.attrib)
    answer = client.submit("/skift?next=/mine-vagter", action="/skift", membership=reader.get("value"))
    assert answer.headers["Location"] == "/maal"
    assert f"{NOT_FOR_HER}læser." in client.page("/maal").text
    # And the other way: what the chosen role may see counts, not what the one before might.
    answer = client.submit("/skift?next=/mine-vagter", action="/skift", membership=adviser.get("value"))
    assert answer.headers["Location"] == "/mine-vagter"


def test_whoever_worked_under_a_membership_that_has_ended_is_told_once_what_she_works_for_now(
    app: Flask, client: CheckingClient, havnen: World, in_two: World
) -> None:
    log_in(client, "rita")
    ended = "Det, du arbejdede for, er slut. Du arbejder nu for Engen: Organisationen byen."
    assert ended not in client.page("/maal").text
    with writing(app):
        db.session.get_one(Membership, havnen.members["rita"].id).valid_to = builders.FIRST_DAY
    assert ended in client.page("/maal").text
    assert ended not in client.page("/maal").text
