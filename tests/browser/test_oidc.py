"""Logging in with a work account, in the real browser: our page, the service's page on another site, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from advice.actions import oidc
from advice.actions.oidc import SetUp
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.people import Person
from tests.browser.conftest import NewContext, StartServer
from tests.builders import saved_world
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, provider
from tests.program import SECRET_KEY, dispose, made

RITA, KAREN = "rita@example.org", "karen@example.org"
BUTTON = "Log ind med Organisationen huset"


def clock() -> datetime:
    """The present: the program under test is another process."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Place:
    """The program at http://localhost:<port>, and the service, which for a browser is another site."""

    url: str
    service: Provider


@pytest.fixture
def place(database_url: str, live_server: StartServer) -> Iterator[Place]:
    """One programme of real people; huset has a service that asks for two factors itself."""
    with provider(clock) as service:
        service.people.update({email: {"sub": email[:5], "email": email} for email in (RITA, KAREN)})
        app = made(Settings(database_url=database_url, secret_key=SECRET_KEY, testing=True))
        with app.app_context():
            world = saved_world()
            begin_write()
            db.session.execute(update(Person).values(demo=False))
            said = SetUp(service.issuer, CLIENT_ID, SECRET, True)
            home, by = world.organisations["huset"], world.members["karen"].person_id
            oidc.set_up(world.programme.id, home.id, said, by, clock(), SECRET_KEY)
            db.session.commit()
            dispose()
        yield Place(f"http://localhost:{live_server(database_url).port}", service)


def log_in_there(page: Page, service: Provider, email: str = RITA) -> None:
    """On the page of the service."""
    expect(page).to_have_url(re.compile(re.escape(f"{service.issuer}/authorize?")))
    page.get_by_label("Konto").fill(email)
    page.get_by_role("button", name="Fortsæt").click()


@pytest.mark.t12
def test_a_work_account_logs_in_and_leads_where_she_was_going(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/mine-vagter")
    page.get_by_role("link", name=BUTTON).click()
    log_in_there(page, place.service)
    expect(page).to_have_url(f"{place.url}/mine-vagter")
    expect(page.get_by_role("link", name="Rita Ror")).to_be_visible()
    page.get_by_role("button", name="Log ud", exact=True).first.click()
    page.get_by_role("link", name=BUTTON).click()
    log_in_there(page, place.service)
    expect(page).to_have_url(f"{place.url}/i-dag")


def test_it_works_without_javascript(new_context: NewContext, place: Place) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{place.url}/log-ind")
    page.get_by_role("link", name=BUTTON).click()
    log_in_there(page, place.service)
    expect(page).to_have_url(f"{place.url}/i-dag")


def test_a_stranger_reads_whom_to_ask(page: Page, place: Place) -> None:
    place.service.people["x@example.org"] = {"sub": "x", "email": "x@example.org"}
    page.goto(f"{place.url}/log-ind")
    page.get_by_role("link", name=BUTTON).click()
    log_in_there(page, place.service, "x@example.org")
    expect(page).to_have_url(f"{place.url}/log-ind")
    expect(page.get_by_text("Spørg din tovholder eller teamleder")).to_be_visible()


def test_going_back_and_sending_again_is_a_sentence(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/log-ind")
    page.get_by_role("link", name=BUTTON).click()
    log_in_there(page, place.service)
    expect(page).to_have_url(f"{place.url}/i-dag")
    page.go_back()
    page.get_by_role("button", name="Fortsæt").click()
    expect(page.get_by_text("Der gik for lang tid")).to_be_visible()


def test_a_coordinator_sets_a_service_up_and_tries_it(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/log-ind")
    page.get_by_role("link", name=BUTTON).click()
    log_in_there(page, place.service, KAREN)
    expect(page).to_have_url(re.compile(r"/vagtplan"))
    page.goto(f"{place.url}/indstillinger/log-ind")
    page.get_by_role("link", name="Organisationen byen").click()
    page.get_by_label("Tjenestens adresse").fill(place.service.issuer)
    page.get_by_label("Programmets id").fill(CLIENT_ID)
    page.get_by_label("Hemmelighed").fill(SECRET)
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_label("Hemmelighed")).to_have_value("")
    page.get_by_role("button", name="Prøv forbindelsen").click()
    expect(page.get_by_role("status")).to_contain_text("Tjenesten svarer, som den skal.")
    place.service.description = {"token_endpoint": None}
    page.get_by_role("button", name="Prøv forbindelsen").click()
    expect(page.get_by_role("alert")).to_contain_text("adresser mangler")
