"""`flask user add`: the first person of an empty database, and the next ones."""

from __future__ import annotations

import re

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from advice.actions.programmes import exchange
from advice.config import Settings
from advice.database import db
from advice.models.people import Membership, Person
from advice.models.programmes import Organisation, Programme
from tests.stored import stored_world
from tests.web_client import CheckingClient

LINK = re.compile(r"^http://localhost:8000(/invitation/[\w-]{43})$", re.MULTILINE)
CHOSEN = "fire helt egne ord"


def add(app: Flask, email: str = "nina@example.org", **options: str) -> Result:
    """Run the command, for Nina as coordinator of huset in havnen unless told otherwise."""
    given = {"name": "Nina Nord", "role": "coordinator", "organisation": "huset", "programme": "havnen", **options}
    arguments = [part for name, value in given.items() for part in (f"--{name}", value)]
    return app.test_cli_runner().invoke(args=["user", "add", email, *arguments])


def link(result: Result) -> str:
    """The path of the link that was printed."""
    assert result.exit_code == 0, result.output
    found = LINK.search(result.output)
    assert found, result.output
    return found[1]


def number(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_engines
def test_on_an_empty_database_it_makes_programme_and_organisation_and_the_link_lets_in(
    app: Flask, client: CheckingClient
) -> None:
    path = link(add(app, organisation="huset-1", programme="ny-havn"))
    page = client.page(path).text
    assert "Du er inviteret som" in page and "tovholder hos huset-1 i Ny havn" in page
    assert client.submit(path, password=CHOSEN).headers["Location"] == "/konto/sikkerhed"
    with app.app_context():
        organisation = db.session.scalars(select(Organisation)).one()
        assert organisation.coordinates and organisation.code == "huset-1"
        assert db.session.scalars(select(Programme.slug)).all() == ["ny-havn"]


def test_the_programme_it_makes_can_be_exported(app: Flask) -> None:
    link(add(app))
    with app.app_context():
        assert 'slug = "havnen"' in (exchange.export_programme("havnen") or "")


def test_the_link_bears_the_address_people_use(app: Flask, settings: Settings) -> None:
    object.__setattr__(settings, "base_url", "https://raad.example.org")
    assert "https://raad.example.org/invitation/" in add(app).output


def test_in_a_programme_that_is_there_anybody_can_be_added(app: Flask, client: CheckingClient) -> None:
    stored_world(app)
    path = link(add(app, role="reader", organisation="byen"))
    assert "læser hos Organisationen byen" in client.page(path).text


def test_who_has_not_been_in_gets_a_new_link_and_who_has_gets_none(app: Flask, client: CheckingClient) -> None:
    first, second = link(add(app)), link(add(app))
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)
    client.submit(second, password=CHOSEN)
    again = add(app)
    assert again.exit_code == 1 and "has chosen a password" in again.output
    assert number(app, Person) == number(app, Membership) == 1


def test_somebody_with_an_account_gets_a_membership_and_no_link(app: Flask) -> None:
    stored_world(app)
    result = add(app, "rita@example.org", role="adviser", organisation="byen")
    assert result.exit_code == 0 and "has an account already" in result.output and "/invitation/" not in result.output


@pytest.mark.parametrize(
    ("email", "options", "sentence"),
    [
        ("nina", {}, "is no e-mail address"),
        ("nina@example.org\nBcc: x@example.org", {}, "is no e-mail address"),
        ("nina@example.org", {"name": " "}, "1 to 120"),
        ("nina@example.org", {"name": "Nina 010190-1234"}, "CPR"),
        ("nina@example.org", {"role": "adviser"}, "must be a coordinator"),
        ("nina@example.org", {"role": "chef"}, "'chef' is not one of"),
        ("nina@example.org", {"programme": "Ny Havn"}, "cannot be an address"),
        ("nina@example.org", {"programme": "log-ind"}, "cannot be an address"),
        ("nina@example.org", {"programme": "x" * 61}, "cannot be an address"),
        ("nina@example.org", {"organisation": "../x"}, "is no code"),
    ],
)
def test_nonsense_gets_a_sentence_and_stores_nothing(
    app: Flask, email: str, options: dict[str, str], sentence: str
) -> None:
    result = add(app, email, **options)
    assert result.exit_code in (1, 2) and sentence in result.output
    assert "Traceback" not in result.output
    assert number(app, Person) == number(app, Programme) == 0


def test_an_unknown_programme_or_organisation_is_told_which_there_are(app: Flask) -> None:
    stored_world(app)
    unknown = add(app, programme="havn")
    assert unknown.exit_code == 1 and "There are: havnen." in unknown.output
    unknown = add(app, organisation="hus")
    assert unknown.exit_code == 1 and "There are: byen, huset." in unknown.output
    other = add(app, "rita@example.org", role="reader")
    assert other.exit_code == 1 and "as adviser" in other.output


def test_the_console_gives_a_lost_account_a_new_beginning(app: Flask, client: CheckingClient) -> None:
    path = link(add(app))
    client.submit(path, password=CHOSEN)
    again = link(app.test_cli_runner().invoke(args=["user", "reset", "nina@example.org"]))
    assert again != path
    fresh = app.test_client()
    assert isinstance(fresh, CheckingClient)
    assert fresh.submit("/log-ind", email="nina@example.org", password=CHOSEN).status_code == 422
    assert fresh.submit(again, password="fem andre egne ord").headers["Location"] == "/konto/sikkerhed"
    unknown = app.test_cli_runner().invoke(args=["user", "reset", "ingen@example.org"])
    assert unknown.exit_code == 1 and "belongs to no programme" in unknown.output
