"""The settings of a programme through the front door: every section listed, every row's form, nothing lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from advice.actions import openings
from advice.config import Settings
from advice.database import db
from advice.models.audit import AuditEntry
from advice.models.catalogue import Topic
from advice.models.decisions import Decision
from advice.models.hours import Closure, Opening, WeeklyHours
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.settings.sections.words import SECTIONS
from tests import builders
from tests.builders import PASSWORD, World
from tests.html_pages import Page
from tests.program import Clock
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

MONDAY = date(2026, 11, 30)
ROOT = "/indstillinger"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration: the invented people log in with a password alone."""
    return replace(settings, demo=True)


@pytest.fixture
def world(app: Flask, clock: Clock) -> World:
    """The invented programme with its openings laid, and Rita on duty next Monday."""
    found = stored_world(app)
    with writing(app):
        openings.refresh(found.programme.id, clock(), app.extensions["advice"].timezone)
        builders.shift(found, "rita", "skuret", MONDAY, 13, 15)
    return found


@pytest.fixture
def karen(client: CheckingClient, world: World) -> CheckingClient:
    return logged_in(client, world, "karen")


def logged_in(client: CheckingClient, world: World, name: str) -> CheckingClient:
    assert client.submit("/log-ind", email=f"{name}@example.org", password=PASSWORD).status_code == 303
    return client


def links(client: CheckingClient, slug: str) -> list[str]:
    """The addresses of the rows that a section lists."""
    found = re.findall(rf'href="({ROOT}/{slug}/\d+)"', client.get(f"{ROOT}/{slug}").text)
    return list(dict.fromkeys(found))


def confirmed(client: CheckingClient, url: str, **typed: str | bool | list[str] | None) -> str:
    """Save a form, and say yes where the days ahead change; gives what was asked, "" if nothing was."""
    answer = client.submit(url, typed, action=url)
    if answer.status_code == 303:
        return ""
    assert answer.status_code == 200, answer.text
    sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    fields: dict[str, list[str]] = {}
    for name, value in sent:
        fields.setdefault(name, []).append(value)
    assert client.post(url, data=fields).status_code == 303
    return answer.text


def one(app: Flask, model: type, **values: object) -> object:
    with app.app_context():
        return db.session.scalars(select(model).filter_by(**values)).one()


def test_every_section_is_listed_and_every_row_opens_and_saves_unchanged(
    karen: CheckingClient, app: Flask, world: World
) -> None:
    index = karen.get(ROOT).text + karen.get(f"{ROOT}/aabningstider").text
    for section in SECTIONS[1:]:
        assert f'href="{ROOT}/{section.slug}"' in index
        karen.page(f"{ROOT}/{section.slug}/ny")
        for url in links(karen, section.slug):
            answer = karen.submit(url, action=url)
            assert answer.status_code == 303, (url, answer.text)
    assert karen.submit(f"{ROOT}/helhedsplan", action="helhedsplan").status_code == 303
    with app.app_context():
        changed = select(func.count()).select_from(AuditEntry).where(AuditEntry.action.like("setting%"))
        assert db.session.scalar(changed) == 0


def test_a_place_is_renamed_with_a_decision_and_an_audit_entry(karen: CheckingClient, app: Flask, world: World) -> None:
    url = f"{ROOT}/steder/{world.places['skuret'].id}"
    fields = {"name": "Det nye skur", "row_reference": "bestyrelsen, referat 12.11.2026"}
    assert karen.submit(url, fields, action=url).status_code == 303
    with app.app_context():
        assert db.session.get_one(Place, world.places["skuret"].id).name == "Det nye skur"
        decision = db.session.scalars(select(Decision)).one()
        assert (decision.subject, decision.reference) == ("places", "bestyrelsen, referat 12.11.2026")
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "setting_changed")).one()
        assert entry.details == {"fields": ["name"]} and entry.person_id == world.members["karen"].person_id
    assert "bestyrelsen, referat 12.11.2026" in karen.page(url).text


def test_a_code_cannot_be_changed_even_by_a_forged_form(karen: CheckingClient, app: Flask, world: World) -> None:
    url = f"{ROOT}/steder/{world.places['skuret'].id}"
    answer = karen.submit(url, {"code": "andet", "slug": "andet"}, action=url, forged=True)
    assert answer.status_code == 303
    with app.app_context():
        place = db.session.get_one(Place, world.places["skuret"].id)
        assert (place.code, place.slug) == ("skuret", "skuret")


def test_a_new_place_gets_its_code_and_address_from_its_name(karen: CheckingClient, app: Flask) -> None:
    for expected in ("nyt-sted-paa-aaen", "nyt-sted-paa-aaen-2"):
        url = f"{ROOT}/steder/ny"
        assert karen.submit(url, action=url, name="Nyt sted på Åen", room="Stuen").status_code == 303
        with app.app_context():
            assert db.session.scalars(select(Place).where(Place.slug == expected)).one().code == expected


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(karen: CheckingClient, app: Flask) -> None:
    url = f"{ROOT}/steder/ny"
    answer = karen.submit(
        url, action=url, name="Nyt hus", room="", latitude="abc", valid_from="2026-12-01", valid_to="2026-11-01"
    )
    assert answer.status_code == 422
    assert "Udfyld feltet." in answer.text and "Skriv et tal" in answer.text and 'value="Nyt hus"' in answer.text
    answer = karen.submit(url, action=url, name="Nyt hus", room="Stuen", valid_from="2026-12-01", valid_to="2026-11-01")
    assert answer.status_code == 422 and "Ligger før »Gælder fra«, som er 01.12.2026." in answer.text


@pytest.mark.t15
def test_a_cpr_number_is_refused_and_not_repeated(karen: CheckingClient, world: World) -> None:
    url = f"{ROOT}/steder/{world.places['skuret'].id}"
    for name in ("note", "row_reference", "room"):
        answer = karen.submit(url, {name: "150190-1234"}, action=url)
        assert answer.status_code == 422 and "150190" not in answer.text, name


def test_somebody_elses_change_in_between_is_shown_and_kept(karen: CheckingClient, app: Flask, world: World) -> None:
    url = f"{ROOT}/steder/{world.places['skuret'].id}"
    seen = karen.page(url).forms()
    form = next(one for one in seen if one.action == url)
    assert karen.submit(url, action=url, room="Første sal").status_code == 303
    late = {**dict(form.fields), "room": "Kælderen"}
    answer = karen.post(url, data=late)
    assert answer.status_code == 409
    assert "Første sal" in answer.text and "Kælderen" in answer.text
    with app.app_context():
        assert db.session.get_one(Place, world.places["skuret"].id).room == "Første sal"
    again = next(one for one in Page(answer.text).forms() if one.action == url)
    assert karen.post(url, data=dict(again.fields)).status_code == 303
    with app.app_context():
        assert db.session.get_one(Place, world.places["skuret"].id).room == "Kælderen"


def test_hours_that_overlap_are_refused_with_the_day_in_danish(karen: CheckingClient, world: World) -> None:
    url = f"{ROOT}/faste-tider/ny"
    answer = karen.submit(
        url, action=url, place="skuret", service="snak", weekday="mon", starts="14", ends="15", valid_from="2026-12-01"
    )
    assert answer.status_code == 422
    assert "Overlapper mandag kl. 13.00–16.00: samme tilbud og sted." in answer.text


def test_a_successor_of_hours_ends_the_old_ones_and_asks_first(karen: CheckingClient, app: Flask, world: World) -> None:
    old = next(url for url in links(karen, "faste-tider") if "mandag" in karen.page(url).text)
    url = f"{ROOT}/faste-tider/ny?afloeser={old.rpartition('/')[2]}"
    asked = confirmed(karen, url, starts="14", ends="17", valid_from="2026-11-30")
    assert "Skal det gemmes?" in asked and "Vagter, det rammer: 1" in asked
    with app.app_context():
        rows = db.session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 0).order_by(WeeklyHours.id)).all()
        assert [(row.valid_to, f"{row.starts:%H}") for row in rows] == [(date(2026, 11, 29), "13"), (None, "14")]
        standing = select(Opening).where(Opening.day == MONDAY, Opening.status == "open")
        assert [f"{row.starts:%H}" for row in db.session.scalars(standing)] == ["14"]
    assert "Tidligere" not in karen.page(f"{ROOT}/faste-tider").text


def test_a_question_answered_with_no_stores_nothing(karen: CheckingClient, app: Flask, world: World) -> None:
    url = f"{ROOT}/lukkeperioder/ny?slags=once"
    typed = {"first_date": "2026-11-30", "last_date": "2026-11-30", "reason-da": "Vandskade"}
    answer = karen.submit(url, typed, action=url)
    assert answer.status_code == 200 and "Åbninger, der lukker: 1" in answer.text
    with app.app_context():
        assert db.session.scalars(select(Closure)).all() == []


def test_a_closure_is_made_moved_and_withdrawn_and_nothing_is_deleted(
    karen: CheckingClient, app: Flask, world: World
) -> None:
    def closed() -> list[date]:
        with app.app_context():
            found = select(Opening.day).where(Opening.status == "closed", Opening.reason.is_not(None))
            days = db.session.scalars(found.order_by(Opening.day)).all()
            return [day for day in days if day < date(2026, 12, 15)]

    url = f"{ROOT}/lukkeperioder/ny?slags=once"
    typed = {"first_date": "2026-11-30", "last_date": "2026-11-30", "reason-da": "Vandskade"}
    confirmed(karen, url, **typed)
    assert closed() == [MONDAY]
    [row] = links(karen, "lukkeperioder")
    confirmed(karen, row, first_date="2026-12-07", last_date="2026-12-07")
    assert closed() == [date(2026, 12, 7)]
    new = links(karen, "lukkeperioder")[0]
    answer = karen.submit(new, action="traek-tilbage")
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    assert karen.post(f"{new}/traek-tilbage", data=dict(fields)).status_code == 303
    assert closed() == []
    with app.app_context():
        assert len(db.session.scalars(select(Closure).where(Closure.withdrawn_at.is_not(None))).all()) == 2


def test_a_row_that_ends_is_folded_away_and_stays(
    karen: CheckingClient, app: Flask, world: World, clock: Clock
) -> None:
    [first, *_] = links(karen, "emner")
    assert karen.submit(first, action=first, valid_to="2026-11-23").status_code == 303
    assert "Tidligere" not in karen.page(f"{ROOT}/emner").text
    clock.forward(days=1)
    logged_in(karen, world, "karen")
    assert "Tidligere" in karen.page(f"{ROOT}/emner").text


def test_labels_of_every_language_can_be_typed(karen: CheckingClient, app: Flask, world: World) -> None:
    url = f"{ROOT}/helhedsplan"
    assert karen.submit(url, action=url, languages=["da", "ar"]).status_code == 303
    [topic, *_] = links(karen, "emner")
    assert karen.submit(topic, {"labels-ar": "رسالة"}, action=topic).status_code == 303
    with app.app_context():
        row = db.session.get_one(Topic, int(topic.rpartition("/")[2]))
        assert (row.labels["ar"] == "رسالة" and list(row.labels) == ["da", "ar"]) or row.labels["da"]


def test_rows_are_put_in_another_order(karen: CheckingClient, world: World) -> None:
    before = links(karen, "steder")
    assert karen.submit(before[0], action=f"{before[0]}/ned").status_code == 303
    assert links(karen, "steder") == [before[1], before[0], *before[2:]]


@pytest.mark.t10
def test_only_coordinators_may_and_never_in_another_programme(client: CheckingClient, app: Flask, world: World) -> None:
    with writing(app):
        other = builders.world("andet", "x")
        place = other.places["skuret"].id
    url = f"{ROOT}/steder/{world.places['skuret'].id}"
    for name in ("tove", "rita", "lars"):
        browser = app.test_client()
        logged_in(browser, world, name)  # type: ignore[arg-type]
        for address in (f"{ROOT}/steder", f"{ROOT}/steder/ny", url, f"{ROOT}/helhedsplan", f"{ROOT}/luk"):
            assert browser.get(address).status_code == 403, (name, address)
    karen = logged_in(client, world, "karen")
    assert karen.get(f"{ROOT}/steder/{place}").status_code == 404
    assert karen.get(f"{ROOT}/findes-ikke").status_code == 404


def test_a_programme_is_no_demonstration_because_a_form_says_so(
    karen: CheckingClient, app: Flask, world: World
) -> None:
    with writing(app):
        db.session.get_one(Programme, world.programme.id).demo = False
    url = f"{ROOT}/helhedsplan"
    assert karen.submit(url, {"demo": "y", "name": "Nyt navn"}, action=url, forged=True).status_code == 303
    with app.app_context():
        programme = db.session.get_one(Programme, world.programme.id)
        assert (programme.demo, programme.name) == (False, "Nyt navn")
