"""Indstillinger, Log ind med arbejdskonto: set up, kept secret, tried, ended; by coordinators only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions.sealing import unseal
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.accounts import OidcProvider
from advice.models.audit import AuditEntry
from tests.builders import PASSWORD, World
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, provider
from tests.oidc_screens import HOSTILE, rows
from tests.program import SECRET_KEY, Clock
from tests.stored import stored_world
from tests.web_client import CheckingClient

LIST = "/indstillinger/log-ind"
OTHER_SECRET = "en-helt-anden-hemmelighed"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in."""
    return replace(settings, demo=True)


@pytest.fixture
def service(clock: Clock) -> Iterator[Provider]:
    with provider(clock) as made:
        yield made


@pytest.fixture
def world(app: Flask) -> World:
    return stored_world(app)


@pytest.fixture
def karen(app: Flask, world: World) -> CheckingClient:
    """The coordinator's browser."""
    made = app.test_client()
    assert isinstance(made, CheckingClient)
    assert made.submit("/log-ind", email="karen@example.org", password=PASSWORD).status_code == 303
    return made


def page_of(world: World, organisation: str = "huset") -> str:
    return f"{LIST}/{world.organisations[organisation].id}"


def save(client: CheckingClient, world: World, issuer: str, **fields: Any) -> int:
    """Fill the form in; the status of the answer."""
    chosen = {"issuer": issuer, "client_id": CLIENT_ID, "secret": SECRET, **fields}
    return client.submit(page_of(world), chosen, action=page_of(world)).status_code


def only(app: Flask) -> OidcProvider:
    (found,) = rows(app, OidcProvider)
    assert isinstance(found, OidcProvider)
    return found


def tried(client: CheckingClient, world: World) -> str:
    """What is said after the button."""
    assert client.submit(page_of(world), action=f"{page_of(world)}/proev").status_code == 303
    return str(client.page(page_of(world)).text)


def test_a_coordinator_sets_a_service_up_and_the_secret_is_never_shown(
    app: Flask, karen: CheckingClient, world: World
) -> None:
    assert "Log ind med arbejdskonto" in karen.page("/indstillinger").text
    assert (
        f"http://localhost/log-ind/tjeneste/{world.organisations['huset'].id}/svar" in karen.page(page_of(world)).text
    )
    assert save(karen, world, "https://login.example.org/t/v2.0", second_factor=True) == 303
    row = only(app)
    assert (row.issuer, row.client_id, row.second_factor) == ("https://login.example.org/t/v2.0", CLIENT_ID, True)
    assert SECRET not in row.sealed_secret and unseal(row.sealed_secret, SECRET_KEY, "oidc") == SECRET
    shown = karen.get(page_of(world)).text
    assert CLIENT_ID in shown and SECRET not in shown and row.sealed_secret not in shown
    with app.app_context():
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "log_in_service_set_up"))
        assert entry.organisation_id == world.organisations["huset"].id and entry.details == {"second_factor": True}


def test_an_empty_secret_keeps_the_one_there_is(app: Flask, karen: CheckingClient, world: World) -> None:
    issuer = "https://login.example.org"
    save(karen, world, issuer)
    assert save(karen, world, issuer, secret="", second_factor=True) == 303
    assert only(app).second_factor and unseal(only(app).sealed_secret, SECRET_KEY, "oidc") == SECRET
    assert save(karen, world, issuer, secret=OTHER_SECRET) == 303
    assert unseal(only(app).sealed_secret, SECRET_KEY, "oidc") == OTHER_SECRET


def test_the_secret_goes_to_no_other_service_than_the_one_it_was_given_for(
    app: Flask, karen: CheckingClient, world: World
) -> None:
    assert save(karen, world, "https://login.example.org", secret="") == 422
    save(karen, world, "https://login.example.org")
    assert save(karen, world, "https://evil.example", secret="") == 422
    assert save(karen, world, "https://login.example.org", client_id="another", secret="") == 422
    assert only(app).issuer == "https://login.example.org"


@pytest.mark.parametrize(
    "issuer",
    [
        "", "login.example.org", "http://login.example.org", "https://10.0.0.1", "https://[::1]/", "https://2130706433",
        "https://0x7f.1", "https://intranet", "https://localhost", "https://a.example?x", "https://a.example#x",
        "https://user@a.example", "https://a.example\\@b.example", "ftp://a.example", "https://a.example:0",
        "https://a.example:99999", "https://æ.example", "https://a.example/" + "x" * 300, HOSTILE, "https://[",
    ],
)  # fmt: skip
def test_addresses_that_are_no_service_are_refused_at_the_field(
    app: Flask, karen: CheckingClient, world: World, issuer: str
) -> None:
    assert save(karen, world, issuer) == 422
    assert rows(app, OidcProvider) == []


@pytest.mark.parametrize(
    "fields", [{"client_id": ""}, {"client_id": "to ord"}, {"client_id": "x" * 201}, {"secret": "x" * 301},
               {"secret": "to ord"}, {"secret": "æøå"}]
)  # fmt: skip
def test_ids_and_secrets_that_no_service_makes_are_refused(
    app: Flask, karen: CheckingClient, world: World, fields: dict[str, str]
) -> None:
    assert save(karen, world, "https://login.example.org", **fields) == 422
    assert rows(app, OidcProvider) == []


def test_a_service_that_works_is_said_to_work(karen: CheckingClient, world: World, service: Provider) -> None:
    save(karen, world, service.issuer)
    assert "Tjenesten svarer, som den skal." in tried(karen, world)


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ({"issuer": "https://login.example.org/other"}, "Den kalder sig https://login.example.org/other"),
        ({"issuer": HOSTILE}, "Tjenesten kalder sig noget andet"),
        ({"token_endpoint": None}, "adresser mangler"),
        ({"jwks_uri": "http://login.example.org/keys"}, "eller de er ikke https"),
        ({"response_types_supported": ["id_token"]}, "response type code"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "RS256, PS256 eller ES256"),
    ],
)
def test_what_is_wrong_with_a_service_is_said_in_words(
    karen: CheckingClient, world: World, service: Provider, description: dict[str, Any], words: str
) -> None:
    save(karen, world, service.issuer)
    service.description = description
    shown = tried(karen, world)
    assert words in shown and HOSTILE not in shown


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/.well-known/openid-configuration", (404, {}, b""), "der er ingen log-ind-tjeneste der"),
        ("/.well-known/openid-configuration", (200, {}, b"<html>"), "noget andet end en beskrivelse"),
        ("/.well-known/openid-configuration", (302, {"Location": "/"}, b""), "viser videre til en anden"),
        ("/keys", (200, {}, b'{"keys": []}'), "ingen nøgler"),
    ],
)
def test_what_is_wrong_with_its_answers_is_said_in_words(
    karen: CheckingClient,
    world: World,
    service: Provider,
    path: str,
    answer: tuple[int, dict[str, str], bytes],
    words: str,
) -> None:
    save(karen, world, service.issuer)
    service.answers[path] = answer
    assert words in tried(karen, world)


def test_a_service_that_is_away_is_said_to_be(karen: CheckingClient, world: World, clock: Clock) -> None:
    with provider(clock) as gone:
        save(karen, world, gone.issuer)
    assert "Der er intet svar på adressen." in tried(karen, world)


def test_nobody_s_save_waits_for_a_service_that_is_asked(
    app: Flask, karen: CheckingClient, world: World, service: Provider
) -> None:
    """While the service answers, somebody else writes: on SQLite that would wait for any write transaction."""
    save(karen, world, service.issuer)
    wrote: list[bool] = []

    def somebody_else() -> None:
        with app.app_context():
            begin_write()
            db.session.commit()
            wrote.append(True)

    service.meanwhile = somebody_else
    assert "Tjenesten svarer, som den skal." in tried(karen, world)
    assert wrote


def test_an_end_deletes_the_secret_and_asks_for_it_again(
    app: Flask, karen: CheckingClient, world: World, clock: Clock
) -> None:
    issuer = "https://login.example.org"
    save(karen, world, issuer)
    assert "arbejdskonto" in karen.page(LIST).text
    assert karen.submit(page_of(world), action=f"{page_of(world)}/slut").headers["Location"] == LIST
    assert only(app).sealed_secret == "" and only(app).ended_at == clock()
    assert "Prøv forbindelsen" not in karen.page(page_of(world)).text
    token = karen.page(page_of(world)).forms()[0].fields
    assert karen.post(f"{page_of(world)}/proev", data=dict(token)).status_code == 303
    assert "Der er ingen log-ind-tjeneste at prøve." in karen.page(page_of(world)).text
    assert save(karen, world, issuer, secret="") == 422
    assert save(karen, world, issuer) == 303
    assert only(app).ended_at is None


def test_only_coordinators_and_only_their_own_programme(
    app: Flask, karen: CheckingClient, world: World, client: CheckingClient
) -> None:
    for path in (f"{LIST}/2000000000", f"{LIST}/99999999999999999999"):
        assert karen.get(path).status_code == 404
    client.submit("/log-ind", email="tove@example.org", password=PASSWORD)
    for path in (LIST, page_of(world), page_of(world, "byen")):
        assert client.get(path).status_code == 403
    assert "Log ind med arbejdskonto" not in client.page("/indstillinger").text
