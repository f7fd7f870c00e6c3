"""The need of one day: from the week to its page, saved, looked at before, taken back, refused, and who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions import openings
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.day_needs import DayNeed
from advice.models.hours import ExtraOpening
from advice.models.places import Place, Service
from advice.models.roster import Competence
from tests.builders import added
from tests.plans import WEDNESDAY, WEEK, Plan, client_of, laid, told
from tests.program import Clock
from tests.web_client import CheckingClient, Value

PAGE = f"/indstillinger/behov-paa-dage/{WEDNESDAY}/kajen/snak"
LIST = "/indstillinger/behov-paa-dage"
MORE: Mapping[str, Value] = {"never_fewer": "2", "least": "3", "best": "4"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, so that a password is enough."""
    return replace(settings, demo=True)


@pytest.fixture
def plan(app: Flask, clock: Clock) -> Plan:
    """A small vagtplan: Kajen wants two on Wednesdays, one of them of "byen"; two are there."""
    found = laid(app, clock)
    for name in ("rita", "bent"):
        found.shift(name, "kajen", WEDNESDAY, 9, 12)
    return found


@pytest.fixture
def karen(app: Flask, plan: Plan) -> CheckingClient:
    """The tovholder."""
    return client_of(app, "karen")


def rows(app: Flask) -> list[DayNeed]:
    """Every need of a single day, the oldest first."""
    with app.app_context():
        found = list(db.session.scalars(select(DayNeed).order_by(DayNeed.id)))
        db.session.expunge_all()
        return found


def test_the_week_leads_to_a_page_that_begins_with_the_usual(karen: CheckingClient) -> None:
    assert f'href="{PAGE}"' in karen.get(WEEK).text
    page = karen.page(PAGE)
    assert "Behov onsdag 25. november" in page.text and "Rita Ror 9–12" in page.text
    assert "mindst 2, helst 3, aldrig færre end 1" in page.text and page.text.count("Ellers: ") >= 4
    (form,) = [one for one in page.forms() if "least" in one.names]
    assert {("never_fewer", "1"), ("least", "2"), ("best", "3"), ("organisations-byen", "1")} <= set(form.fields)


@pytest.mark.both_engines
def test_another_need_is_the_days_alone_and_the_week_says_what_it_does(app: Flask, karen: CheckingClient) -> None:
    assert "Dækket" in karen.page(WEEK).text
    answer = karen.submit(PAGE, MORE, action=PAGE, button="")
    assert answer.status_code == 303 and answer.headers["Location"] == WEEK
    text = told(karen)
    assert "Gemt: behovet i Kajen onsdag 25. november." in text
    assert "Kajen onsdag 25. november: mangler 1 kl. 9–12." in text and "andet behov" in text
    assert "mangler 1 kl. 9–12" not in karen.page("/vagtplan/2026-49").text
    assert "mangler 1 kl. 9–12" in karen.page("/vagtplan/kvartal/2026-4").text
    (row,) = rows(app)
    assert (row.never_fewer, row.least, row.best, row.withdrawn_at) == (2, 3, 4, None)


def test_it_can_be_looked_at_before_it_is_saved(app: Flask, karen: CheckingClient) -> None:
    answer = karen.submit(PAGE, MORE, action=PAGE, button="vis")
    assert answer.status_code == 200 and "Intet er gemt endnu" in answer.text
    assert "mangler 1 kl. 9–12" in answer.text and 'value="3"' in answer.text
    assert rows(app) == []


def test_taken_back_the_day_follows_its_weekday_and_the_list_keeps_it(app: Flask, karen: CheckingClient) -> None:
    karen.submit(PAGE, MORE, action=PAGE, button="")
    assert f'href="{PAGE}"' in karen.get(LIST).text
    assert karen.submit(PAGE, action="saedvanlig").status_code == 303
    assert "Kajen onsdag 25. november følger det sædvanlige behov igen." in told(karen)
    assert "mangler 1 kl. 9–12" not in karen.page(WEEK).text and "trukket tilbage" in karen.page(LIST).text
    assert rows(app)[0].withdrawn_at is not None
    karen.submit(PAGE, MORE, action=PAGE, button="")
    assert [row.withdrawn_at is None for row in rows(app)] == [False, True]


def test_what_is_no_need_gets_a_sentence_at_its_field_and_nothing_typed_is_lost(
    app: Flask, karen: CheckingClient
) -> None:
    answer = karen.submit(PAGE, action=PAGE, button="", never_fewer="5", least="4", best="4")
    assert answer.status_code == 422
    assert "Må ikke være mindre end »Aldrig færre end«, som er 5." in answer.text and 'value="5"' in answer.text
    assert "Skriv et helt tal." in karen.submit(PAGE, action=PAGE, button="", least="mange").text
    unknown = karen.submit(PAGE, {"competences": "flyvning"}, action=PAGE, button="", forged=True)
    assert unknown.status_code == 422
    assert rows(app) == []


def test_a_day_that_has_gone_is_left_as_it_was(app: Flask, karen: CheckingClient, clock: Clock) -> None:
    old = PAGE.replace(str(WEDNESDAY), "2026-11-18")
    page = karen.page(old)
    assert "Dagen er gået" in page.text and not [one for one in page.forms() if "least" in one.names]
    token = dict(karen.page(PAGE).forms()[-1].fields)["csrf_token"]
    assert karen.post(old, data={"csrf_token": token, **MORE}).status_code == 422
    new = karen.submit(f"{LIST}/ny", {**MORE, "place": "kajen", "service": "snak", "day": "2026-11-18"})
    assert new.status_code == 422 and "Dagen er gået. Vælg en dag fra i dag og frem." in new.text
    assert rows(app) == []


def test_a_need_that_has_gone_is_neither_changed_nor_taken_back(app: Flask, plan: Plan, karen: CheckingClient) -> None:
    with app.app_context():
        begin_write()
        kajen, snak = _where(plan)
        key = {"programme_id": plan.programme, "place_id": kajen, "service_id": snak}
        row_id = added(DayNeed(day=date(2026, 11, 18), never_fewer=1, least=1, best=1, **key)).id
        db.session.commit()
    token = dict(karen.page(f"{LIST}/{row_id}").forms()[-1].fields)["csrf_token"]
    karen.post(f"{LIST}/{row_id}/traek-tilbage", data={"csrf_token": token})
    assert "Dagen er gået." in told(karen, f"{LIST}/{row_id}")
    assert rows(app)[0].withdrawn_at is None


def test_of_two_who_save_at_once_the_second_sees_both(app: Flask, plan: Plan, karen: CheckingClient) -> None:
    page = karen.page(PAGE)
    fields = dict(next(one for one in page.forms() if "least" in one.names).fields)
    karen.submit(PAGE, MORE, action=PAGE, button="")
    late = karen.post(PAGE, data={**fields, "least": "2", "best": "2"})
    assert late.status_code == 409 and "Du skrev" in late.text
    assert rows(app)[0].least == 3
    seen = dict(next(one for one in karen.page(PAGE).forms() if "least" in one.names).fields)
    karen.submit(PAGE, action="saedvanlig")
    late = karen.post(PAGE, data={**seen, "least": "5", "best": "5"})
    assert late.status_code == 409 and len(rows(app)) == 1


def test_what_is_as_usual_is_not_stored(app: Flask, karen: CheckingClient) -> None:
    assert karen.submit(PAGE, action=PAGE, button="").status_code == 303
    assert "Det er det samme som ellers." in told(karen)
    assert rows(app) == []


def test_a_wanted_competence_and_a_share_are_missed_that_day(app: Flask, plan: Plan, karen: CheckingClient) -> None:
    with app.app_context():
        begin_write()
        added(Competence(programme_id=plan.programme, code="sejl", kind="other", labels={"da": "sejlbevis"}))
        db.session.commit()
    more: dict[str, Value] = {"competences": ["sejl"], "organisations-byen": "2"}
    karen.submit(PAGE, more, action=PAGE, button="")
    text = told(karen)
    assert "mangler 1 fra byens folk kl. 9–12, ingen med sejlbevis kl. 9–12." in text


def test_an_extra_opening_on_a_day_of_rest_gets_a_need_of_its_own(
    app: Flask, plan: Plan, karen: CheckingClient, clock: Clock
) -> None:
    page = PAGE.replace(str(WEDNESDAY), "2026-11-28")
    assert "Der er ikke åbent den dag." in karen.page(page).text
    assert "Der er ikke sagt, hvor mange der skal være." in karen.page(page).text
    assert karen.submit(page, MORE, action=page, button="").status_code == 303
    with app.app_context():
        begin_write()
        kajen, snak = _where(plan)
        key = {"programme_id": plan.programme, "place_id": kajen, "service_id": snak}
        added(ExtraOpening(day=date(2026, 11, 28), starts=time(9), ends=time(12), **key))
        openings.refresh(plan.programme, clock(), app.extensions["advice"].timezone)
        db.session.commit()
    assert "ingen i huset kl. 9–12" in karen.page(page).text


def test_only_who_sets_the_programme_up_may(app: Flask, plan: Plan) -> None:
    for name in ("tove", "rita"):
        client = client_of(app, name)
        assert client.get(PAGE).status_code == 403
        assert PAGE not in client.get(WEEK).text


def test_addresses_that_name_nothing_are_not_there(karen: CheckingClient) -> None:
    for wrong in ("2026-11-31/kajen/snak", "20261125/kajen/snak", f"{WEDNESDAY}/maanen/snak", f"{WEDNESDAY}/kajen/x"):
        assert karen.get(f"/indstillinger/behov-paa-dage/{wrong}").status_code == 404


def test_the_audit_names_the_place_and_day(app: Flask, karen: CheckingClient) -> None:
    karen.submit(PAGE, MORE, action=PAGE, button="")
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "day_needs")).one()
        assert entry.action == "setting_added"
    text = karen.page("/indstillinger/log").text
    assert "bemandingsbehov på en dag" in text and "Kajen" in text


def _where(plan: Plan) -> tuple[int, int]:
    """The ids of Kajen and of the service."""
    place = db.session.scalars(select(Place.id).filter_by(programme_id=plan.programme, slug="kajen")).one()
    service = db.session.scalars(select(Service.id).filter_by(programme_id=plan.programme, code="snak")).one()
    return place, service
