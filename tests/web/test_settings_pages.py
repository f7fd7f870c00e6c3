"""The log, the outbox, closing a programme down, and the way from an empty database to an open place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from advice.actions import outbox
from advice.actions.visit_entries import Adviser, Refused
from advice.actions.visits import store
from advice.database import db
from advice.models import audit
from advice.models.hours import Opening
from advice.models.people import staff_of
from advice.models.programmes import Programme
from tests import coordinator_screens
from tests.builders import PASSWORD, World
from tests.program import Clock
from tests.second_factors import code_at
from tests.stored import writing
from tests.visit_log import entry
from tests.web_client import CheckingClient

ROOT = "/indstillinger"
CHOSEN = "fire helt egne ord"


settings, world = coordinator_screens.settings, coordinator_screens.open_world
karen = coordinator_screens.karen


def logged_in(client: CheckingClient, name: str) -> CheckingClient:
    assert client.submit("/log-ind", email=f"{name}@example.org", password=PASSWORD).status_code == 303
    return client


def noted(
    app: Flask, clock: Clock, world: World, number: int, organisation: str = "huset", action: str = "shift_added"
) -> None:
    """Entries of an organisation, made by Rita, a minute apart."""
    with writing(app):
        for index in range(number):
            clock.forward(minutes=1)
            audit.record(
                clock(), action, "shifts", f"{organisation}{index}", programme_id=world.programme.id,
                organisation_id=world.organisations[organisation].id, person_id=world.members["rita"].person_id,
            )  # fmt: skip


def test_the_log_shows_the_own_organisation_in_words_newest_first(
    karen: CheckingClient, app: Flask, world: World, clock: Clock
) -> None:
    noted(app, clock, world, 2)
    noted(app, clock, world, 1, "byen")
    text = karen.page(f"{ROOT}/log").text
    assert "Rita Ror lagde en vagt" in text and "byen0" not in text
    assert text.index("huset1") < text.index("huset0")


def test_the_log_has_pages_of_fifty_and_filters(karen: CheckingClient, app: Flask, world: World, clock: Clock) -> None:
    noted(app, clock, world, 51)
    noted(app, clock, world, 1, action="shift_cancelled")
    first = karen.page(f"{ROOT}/log")
    assert first.text.count("lagde en vagt") == 49 + 1 and "Ældre" in first.text and "Nyere" not in first.text
    second = karen.page(f"{ROOT}/log?side=2").text
    assert "huset0" in second and "Nyere" in second and "Ældre" not in second
    only = karen.submit(f"{ROOT}/log", action=f"{ROOT}/log", hvad="shift_cancelled").text
    assert only.count("<b>Rita Ror</b>") == 1
    nobody = karen.submit(f"{ROOT}/log", action=f"{ROOT}/log", person="").text
    assert nobody.count("<b>Rita Ror</b>") == 50


@pytest.mark.parametrize(
    "query", ["side=0", "side=99999999999999999999", "side=x", "person=x", "person=-1", "hvad=<b>"]
)
def test_the_log_takes_no_nonsense_from_its_address(karen: CheckingClient, query: str) -> None:
    karen.page(f"{ROOT}/log?{query}")


def test_the_outbox_shows_what_waits_without_its_words(
    karen: CheckingClient, app: Flask, world: World, clock: Clock
) -> None:
    assert "Ingen mails venter." in karen.page(f"{ROOT}/udbakke").text
    with writing(app):
        outbox.put(clock(), "prøve", "nina@example.org", "Et emne", "Hemmelige ord", programme_id=world.programme.id)
    text = karen.page(f"{ROOT}/udbakke").text
    assert "Et emne" in text and "nina@example.org" in text and "Hemmelige" not in text
    assert "Mails, der venter: 1." in text


def test_the_outbox_is_not_for_team_leaders_and_the_log_not_for_advisers(client: CheckingClient, world: World) -> None:
    tove = logged_in(client, "tove")
    assert tove.get(f"{ROOT}/udbakke").status_code == 403 and tove.get(f"{ROOT}/log").status_code == 200
    assert "Helhedsplanens indhold" not in tove.page(ROOT).text
    rita = logged_in(client.application.test_client(), "rita")  # type: ignore[arg-type]
    assert rita.get(f"{ROOT}/log").status_code == 403


def close(client: CheckingClient, day: str) -> None:
    """Give the programme a last day, and say yes."""
    answer = client.submit(f"{ROOT}/luk", action="luk", last_day=day, reference="bestyrelsen, referat 12.11.2026")
    assert answer.status_code == 200 and "Intet er gemt endnu." in answer.text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text))
    assert client.post(f"{ROOT}/luk", data=fields).status_code == 303


def standing_after(app: Flask, day: date) -> int:
    with app.app_context():
        found = select(func.count()).select_from(Opening).where(Opening.day > day, Opening.status == "open")
        return db.session.scalar(found) or 0


def test_a_programme_is_closed_down_from_a_day_on(
    karen: CheckingClient, app: Flask, world: World, clock: Clock
) -> None:
    last = date(2026, 11, 30)
    assert standing_after(app, last) > 50
    close(karen, last.isoformat())
    assert standing_after(app, last) == 0
    assert "åben rådgivning her mere" not in karen.page("/havnen/").text
    clock.now = clock.now.replace(day=30)
    logged_in(karen, "karen")
    clock.forward(days=1)
    logged_in(karen, "karen")
    assert "sluttede mandag 30. november 2026" in karen.page("/havnen/").text
    assert "Helhedsplanen sluttede" in karen.page(f"{ROOT}/luk").text
    assert karen.post(f"{ROOT}/luk/fortryd", data={"csrf_token": token(karen)}).status_code == 409


def test_nobody_logs_a_visit_after_the_last_day(karen: CheckingClient, app: Flask, world: World, clock: Clock) -> None:
    close(karen, "2026-11-24")
    zone = app.extensions["advice"].timezone
    with writing(app):
        world_rita = db.session.merge(world.members["rita"])
        store(entry(), Adviser.of(world_rita), clock(), zone)
    clock.forward(days=3)
    with writing(app):
        world_rita = db.session.merge(world.members["rita"])
        with pytest.raises(Refused):
            store(replace(entry(), occurred_at=clock()), Adviser.of(world_rita), clock(), zone)


def test_nobody_can_be_put_on_duty_after_the_last_day(karen: CheckingClient, app: Flask, world: World) -> None:
    close(karen, "2026-11-30")
    with app.app_context():
        assert staff_of(world.programme.id, date(2026, 11, 30)) and not staff_of(world.programme.id, date(2026, 12, 1))


def test_closing_down_is_taken_back_until_the_last_day(
    karen: CheckingClient, app: Flask, world: World, clock: Clock
) -> None:
    close(karen, "2026-11-30")
    asked = karen.submit(f"{ROOT}/luk", action="fortryd")
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked.text))
    assert karen.post(f"{ROOT}/luk/fortryd", data=fields).status_code == 303
    with app.app_context():
        assert db.session.get_one(Programme, world.programme.id).valid_to is None
    assert standing_after(app, date(2026, 11, 30)) > 50


@pytest.mark.parametrize("day", ["", "i morgen", "2026-11-22", "9999-12-31"])
def test_a_last_day_must_be_a_day_ahead(karen: CheckingClient, day: str) -> None:
    assert karen.submit(f"{ROOT}/luk", action="luk", last_day=day).status_code == 422


def token(client: CheckingClient) -> str:
    """The CSRF token of the page."""
    form = client.page(f"{ROOT}/log").forms()
    return next(value for one in form for name, value in one.fields if name == "csrf_token")


@pytest.mark.both_engines
def test_from_an_empty_database_to_an_open_place_through_the_front_door_only(
    app: Flask, client: CheckingClient, clock: Clock
) -> None:
    arguments = ["user", "add", "nina@example.org", "--name", "Nina Nord", "--role", "coordinator"]
    made = app.test_cli_runner().invoke(args=[*arguments, "--organisation", "huset", "--programme", "ny-havn"])
    link = re.search(r"http://\S+?(/invitation/\S+)", made.output)
    assert link, made.output
    assert client.submit(link[1], password=CHOSEN).status_code == 303
    set_up_second_step(client, clock)

    index = client.page(ROOT).text
    assert "Kom i gang" in index
    assert "navn og kommune" in index
    name_both(client)
    assert "navn og kommune" not in client.page(ROOT).text
    steps(client, "steder", name="Beboerhuset", room="Stuen")
    steps(client, "tilbud", {"labels-da": "Åben rådgivning"}, organisation="huset")
    steps(
        client, "faste-tider", place="beboerhuset", service="aaben-raadgivning", weekday="mon", starts="13",
        ends="15", valid_from="2026-11-23",
    )  # fmt: skip
    assert client.submit(
        f"{ROOT}/personer/inviter", name="Ole Øst", email="ole@example.org", role="adviser"
    ).status_code in (200, 303)
    assert "Kom i gang" in client.page(ROOT).text, "without a topic no visit can be logged"
    steps(client, "emnegrupper", {"labels-da": "Økonomi"})
    steps(client, "emner", {"labels-da": "En regning"})
    assert "Kom i gang" not in client.page(ROOT).text
    assert "En regning" in client.page("/i-dag").text
    stranger = app.test_client()
    page = stranger.get("/ny-havn/").text
    assert "Beboerhuset" in page and "Åbent nu" in page


def name_both(client: CheckingClient) -> None:
    """Give the programme and its organisation names of their own, from the first page."""
    for slug in ("helhedsplan", "organisationer"):
        assert f'<a class="row-link" href="{ROOT}/{slug}">' in client.get(ROOT).text
    url = f"{ROOT}/helhedsplan"
    assert client.submit(url, action=url, name="Helhedsplanen for Ny Havn", municipality="Ny Havn").status_code == 303
    assert "Giv helhedsplanen navn" not in client.page(ROOT).text
    [url] = re.findall(rf'href="({ROOT}/organisationer/\d+)"', client.get(f"{ROOT}/organisationer").text)
    assert client.submit(url, action=url, name="Boligforeningen", kind="boligforening").status_code == 303


def steps(client: CheckingClient, slug: str, fields: dict[str, str] | None = None, **more: str) -> None:
    """Add a row from the first page, and say yes where the days ahead change."""
    url = f"{ROOT}/{slug}/ny"
    first = f"{ROOT}/aabningstider/nye-tider" if slug == "faste-tider" else url
    assert f'href="{first}"' in client.get(ROOT).text
    answer = client.submit(url, {**(fields or {}), **more}, action=url)
    if answer.status_code == 200:
        sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
        answer = client.post(url, data=dict(sent))
    assert answer.status_code == 303, answer.text
    assert f'href="{url}"' not in client.get(ROOT).text


def set_up_second_step(client: CheckingClient, clock: Clock) -> None:
    """The second step that a new account is asked for: a code app."""
    key = re.search(r"Nøgle: ((?:[A-Z2-7]{4} ?){8})", client.page("/konto/sikkerhed").text)
    assert key
    answer = client.submit(
        "/konto/sikkerhed", code=code_at(clock(), key[1].replace(" ", "")), action="/konto/sikkerhed"
    )
    assert answer.status_code in (200, 303), answer.text
