"""Opening hours edited in people's words: typed, shown with all it touches, and saved as it was shown."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from advice.config import Settings
from advice.database import db
from advice.models.audit import AuditEntry
from advice.models.hours import Closure, ExtraOpening, Opening, WeeklyHours
from advice.models.notices import SchoolHoliday
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.rules.hours_book import Sort
from tests.html_pages import Page
from tests.plans import Plan, client_of, laid
from tests.program import Clock
from tests.stored import writing
from tests.web_client import CheckingClient, Value

ROOT = "/indstillinger/aabningstider"
NEXT_MONDAY = date(2026, 11, 30)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration: the invented people log in with a password alone."""
    return replace(settings, demo=True)


@pytest.fixture
def plan(app: Flask, clock: Clock) -> Plan:
    return laid(app, clock)


@pytest.fixture
def karen(app: Flask, plan: Plan) -> CheckingClient:
    return client_of(app, "karen")


def place(plan: Plan, slug: str) -> int:
    with plan.app.app_context():
        return db.session.scalars(select(Place.id).where(Place.slug == slug)).one()


def confirm(client: CheckingClient, shown: TestResponse, button: str | None = None) -> TestResponse:
    """Press "Ja, gem" on a preview."""
    form = next(one for one in Page(shown.text).forms() if "seen" in one.names)
    data: dict[str, list[str]] = {}
    for name, value in [*form.fields, *([(button, "1")] if button else [])]:
        data.setdefault(name, []).append(value)
    return client.post(form.action, data=data, headers={"Referer": f"http://localhost{form.action}"})


def saved(client: CheckingClient, shown: TestResponse) -> str:
    """What the page says after the confirmation."""
    assert shown.status_code == 200, shown.text
    answer = confirm(client, shown)
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def standing(plan: Plan, first: date, last: date) -> list[tuple[date, time, time, str]]:
    with plan.app.app_context():
        found = select(Opening.day, Opening.starts, Opening.ends, Opening.status).where(
            Opening.day.between(first, last), Opening.status != "cancelled"
        )
        return [tuple(row) for row in db.session.execute(found.order_by(Opening.day, Opening.starts))]  # type: ignore[misc]


def closing(**more: Value) -> dict[str, Value]:
    return {"first": NEXT_MONDAY.isoformat(), "reason": "Sygdom", **more}


def test_closing_shows_openings_and_shifts_and_stores_nothing_before_it_is_confirmed(
    karen: CheckingClient, plan: Plan
) -> None:
    plan.shift("rita", "skuret", NEXT_MONDAY, 13, 16)
    shown = karen.submit(f"{ROOT}/luk", closing())
    assert "Åbninger, der lukker: 1" in shown.text
    assert "Rita Ror, mandag 30. november kl. 13–16, Skuret: står uden for åbningstiden" in shown.text
    assert standing(plan, NEXT_MONDAY, NEXT_MONDAY)[0][3] == "open"
    text = saved(karen, shown)
    assert "Gemt. Åbninger: 1 lukker." in text
    assert 'href="/vagtplan/2026-49"' in text
    assert standing(plan, NEXT_MONDAY, NEXT_MONDAY)[0][3] == "closed"


def test_whose_shift_is_touched_gets_one_mail_and_the_log_says_who_did_it(karen: CheckingClient, plan: Plan) -> None:
    plan.shift("rita", "skuret", NEXT_MONDAY, 13, 16)
    plan.shift("rita", "kajen", date(2026, 12, 2), 9, 12)
    plan.shift("karen", "skuret", NEXT_MONDAY, 13, 16)
    plan.shift("svend", "kajen", date(2026, 12, 16), 9, 12)
    saved(karen, karen.submit(f"{ROOT}/luk", closing(last="2026-12-06")))
    with plan.app.app_context():
        [mail] = db.session.scalars(select(Mail)).all()
        acts = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("hours%"))))
    assert (mail.to_address, mail.kind) == ("rita@example.org", "hours_changed")
    assert mail.body is not None and mail.body.count("vagten står uden for åbningstiden") == 2
    assert acts == ["hours_edited"]
    assert "ændrede åbningstiderne" in karen.page("/indstillinger/log").text


def test_weeks_are_the_next_that_come(karen: CheckingClient, plan: Plan) -> None:
    shown = karen.submit(f"{ROOT}/luk", weeks="uge 28-30", reason="Sommerferie")
    assert "Åbninger, der lukker: 6" in shown.text
    assert "Lukket mandag 12. juli 2027 til og med søndag 1. august 2027, alle steder (Sommerferie)" in shown.text
    saved(karen, shown)
    with plan.app.app_context():
        [row] = db.session.scalars(select(Closure)).all()
    assert (row.first_date, row.last_date, row.place_id) == (date(2027, 7, 12), date(2027, 8, 1), None)


def test_some_places_close_and_the_others_stay_open(karen: CheckingClient, plan: Plan) -> None:
    shown = karen.submit(f"{ROOT}/luk", closing(last="2026-12-06", places=[str(place(plan, "kajen"))]))
    saved(karen, shown)
    assert [row[3] for row in standing(plan, NEXT_MONDAY, date(2026, 12, 6))] == ["open", "closed"]


def test_a_day_moves_to_another_and_both_come_back_with_one_tap(karen: CheckingClient, plan: Plan) -> None:
    typed: dict[str, Value] = {"place": place(plan, "skuret"), "day": "2026-11-30", "to": "2026-12-01"}
    shown = karen.submit(f"{ROOT}/flyt", typed)
    assert "Åbninger, der lukker: 1" in shown.text and "Åbninger, der kommer til: 1" in shown.text
    saved(karen, shown)
    assert [row[3] for row in standing(plan, NEXT_MONDAY, date(2026, 12, 1))] == ["closed", "extra"]
    with plan.app.app_context():
        [row] = db.session.scalars(select(Closure)).all()
    saved(karen, undo(karen, f"{Sort.CLOSURE}-{row.id}"))
    assert [row[3] for row in standing(plan, NEXT_MONDAY, date(2026, 12, 1))] == ["open"]


def undo(client: CheckingClient, what: str) -> TestResponse:
    """Press "Træk tilbage" of a row on the page."""
    form = next(one for one in client.page(ROOT).forms() if ("what", what) in one.fields)
    return client.post(form.action, data=dict(form.fields), headers={"Referer": f"http://localhost{ROOT}"})


def test_new_weekly_hours_end_the_old_ones_the_day_before_and_never_touch_the_past(
    karen: CheckingClient, plan: Plan, clock: Clock
) -> None:
    with plan.app.app_context():
        old = db.session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 0)).one().id
    url = f"{ROOT}/nye-tider?afloeser={old}"
    shown = karen.submit(url, valid_from="2027-02-01", starts="12", ends="18")
    assert "Åbninger, der får andre tider" in shown.text
    saved(karen, shown)
    assert standing(plan, date(2027, 1, 25), date(2027, 1, 25))[0][1:3] == (time(13), time(16))
    assert standing(plan, date(2027, 2, 1), date(2027, 2, 1))[0][1:3] == (time(12), time(18))
    with plan.app.app_context():
        rows = list(db.session.execute(select(WeeklyHours.valid_from, WeeklyHours.valid_to, WeeklyHours.id)))
    new = next(row.id for row in rows if row.valid_from == date(2027, 2, 1))
    assert next(row.valid_to for row in rows if row.id == old) == date(2027, 1, 31)
    saved(karen, undo(karen, f"{Sort.WEEKLY}-{new}"))
    with plan.app.app_context():
        assert db.session.get_one(WeeklyHours, old).valid_to is None
    assert standing(plan, date(2027, 2, 1), date(2027, 2, 1))[0][1:3] == (time(13), time(16))


def test_a_weekly_time_stops_after_its_last_day(karen: CheckingClient, plan: Plan) -> None:
    with plan.app.app_context():
        old = db.session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 2)).one().id
    saved(karen, karen.submit(f"{ROOT}/stop?afloeser={old}", last="2026-11-30"))
    assert [row[0] for row in standing(plan, date(2026, 11, 23), date(2026, 12, 6))] == [
        date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 30),
    ]  # fmt: skip


def test_a_shorter_day_says_which_shift_is_partly_outside(karen: CheckingClient, plan: Plan) -> None:
    plan.shift("rita", "skuret", NEXT_MONDAY, 13, 16)
    typed: dict[str, Value] = {
        "place": place(plan, "skuret"),
        "day": "2026-11-30",
        "starts": "13",
        "ends": "15",
        "reason": "Kursus",
    }
    shown = karen.submit(f"{ROOT}/anden-tid", typed)
    assert "Skuret: står delvis uden for åbningstiden" in shown.text
    assert "kl. 13–16, Skuret → kl. 13–15" in shown.text
    saved(karen, shown)
    assert standing(plan, NEXT_MONDAY, NEXT_MONDAY) == [(NEXT_MONDAY, time(13), time(15), "changed")]


def test_two_places_open_at_once_are_warned_of_but_can_be_saved(karen: CheckingClient, plan: Plan) -> None:
    typed: dict[str, Value] = {"place": place(plan, "kajen"), "day": "2026-11-30", "starts": "14", "ends": "15"}
    shown = karen.submit(f"{ROOT}/ekstra", typed)
    assert "To steder får åbent på samme tid" in shown.text
    saved(karen, shown)
    assert len(standing(plan, NEXT_MONDAY, NEXT_MONDAY)) == 2


@pytest.mark.parametrize(
    ("edit", "typed", "sentence"),
    [
        ("luk", {"first": "2026-12-10", "last": "2026-12-09"}, "Den sidste dag ligger før den første."),
        ("luk", {"first": "2026-11-22"}, "Dagen er gået."),
        ("luk", {"weeks": "54"}, "Skriv uger, der kommer"),
        ("luk", {"weeks": "52-1 9999"}, "Skriv uger, der kommer"),
        ("luk", {"weeks": "1 2101"}, "Skriv uger, der kommer"),
        ("luk", {"first": "2026-12-10", "weeks": "28"}, "Skriv enten dage eller uger."),
        ("luk", {"first": "2026-12-10", "reason": "egne"}, "Skriv grunden på dansk."),
        ("ekstra", {"day": "2026-12-10", "starts": "22", "ends": "2"}, "Slut skal være senere samme dag."),
        ("ekstra", {"day": "2027-03-28", "starts": "2.30", "ends": "5"}, "uret frem, og 2.30 findes ikke"),
        ("ekstra", {"day": "2026-11-30", "starts": "15", "ends": "18"}, "Samme tilbud har allerede åbent da"),
        ("anden-tid", {"day": "2026-12-01", "starts": "12", "ends": "15"}, "Der er ikke åbent den dag."),
        ("flyt", {"day": "2026-12-01", "to": "2026-12-02"}, "Der er ikke åbent den dag."),
        ("flyt", {"day": "2026-11-30", "to": "2026-12-07"}, "Samme tilbud har allerede åbent da"),
        ("nye-tider", {"weekday": "0", "starts": "15", "ends": "17", "valid_from": "2026-12-01"}, "allerede åbent da"),
        ("nye-tider", {"weekday": "0", "starts": "17", "ends": "12", "valid_from": "2026-12-01"}, "senere samme dag"),
    ],
)
def test_what_cannot_be_gets_a_sentence_at_its_field_and_nothing_typed_is_lost(
    karen: CheckingClient, plan: Plan, edit: str, typed: dict[str, str], sentence: str
) -> None:
    before = standing(plan, date(2026, 11, 23), date(2027, 12, 1))
    fields = dict(typed) if edit == "luk" else {"place": str(place(plan, "skuret")), **typed}
    answer = karen.submit(f"{ROOT}/{edit}", {"reason": "Ferie", **fields} if edit == "luk" else fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    shown = next(form for form in Page(answer.text).forms() if form.action.endswith(edit))
    assert {name: value for name, value in shown.fields if name in fields} == fields
    assert standing(plan, date(2026, 11, 23), date(2027, 12, 1)) == before


def test_own_words_have_a_field_for_each_language_of_the_programme(karen: CheckingClient, plan: Plan) -> None:
    with writing(plan.app):
        db.session.get_one(Programme, plan.programme).languages = ["da", "ar"]
    shown = karen.submit(f"{ROOT}/luk", closing(reason="egne", own_da="Vand i kælderen", own_ar="ماء"))
    saved(karen, shown)
    with plan.app.app_context():
        assert db.session.scalars(select(Closure)).one().reason == {"da": "Vand i kælderen", "ar": "ماء"}


def test_what_was_typed_can_be_corrected_after_the_preview(karen: CheckingClient, plan: Plan) -> None:
    shown = karen.submit(f"{ROOT}/luk", closing(last="2026-12-06"))
    again = confirm(karen, shown, button="ret")
    assert again.status_code == 200
    assert ("last", "2026-12-06") in next(one for one in Page(again.text).forms() if "first" in one.names).fields
    assert standing(plan, NEXT_MONDAY, NEXT_MONDAY)[0][3] == "open"


def test_the_second_of_two_coordinators_gets_a_new_preview(app: Flask, karen: CheckingClient, plan: Plan) -> None:
    other = client_of(app, "karen")
    mine, hers = (karen.submit(f"{ROOT}/luk", closing()), other.submit(f"{ROOT}/luk", closing(reason="Ferie")))
    saved(karen, mine)
    late = confirm(other, hers)
    assert late.status_code == 409
    assert "Noget er ændret, siden du så det sidst." in late.text
    assert "Ingen åbninger bliver anderledes" in late.text
    with app.app_context():
        assert len(db.session.scalars(select(Closure)).all()) == 1
    assert confirm(other, late).status_code == 303
    with app.app_context():
        standing_ones = select(Closure.reason).where(Closure.withdrawn_at.is_(None))
        assert db.session.scalars(standing_ones).all() == [{"da": "Ferie"}]


def test_a_shift_laid_after_the_preview_makes_a_new_one(karen: CheckingClient, plan: Plan) -> None:
    shown = karen.submit(f"{ROOT}/luk", closing())
    plan.shift("rita", "skuret", NEXT_MONDAY, 13, 16)
    late = confirm(karen, shown)
    assert late.status_code == 409
    assert "Rita Ror" in late.text


def test_a_school_holiday_is_closed_with_one_tap(karen: CheckingClient, plan: Plan) -> None:
    with writing(plan.app):
        days = {"first_date": date(2027, 2, 15), "last_date": date(2027, 2, 19)}
        db.session.add(SchoolHoliday(programme_id=plan.programme, labels={"da": "Vinterferie"}, **days))
    form = next(one for one in karen.page(ROOT).forms() if ("own_da", "Vinterferie") in one.fields)
    answer = karen.post(form.action, data=dict(form.fields), headers={"Referer": f"http://localhost{ROOT}"})
    assert answer.status_code == 303, answer.text
    assert [row[3] for row in standing(plan, date(2027, 2, 15), date(2027, 2, 19))] == ["closed", "closed"]
    assert "Vinterferie" not in [
        value for one in karen.page(ROOT).forms() for name, value in one.fields if name == "own_da"
    ]


def test_a_customary_day_whose_switch_is_off_is_suggested_only_where_it_would_close_something(
    karen: CheckingClient, plan: Plan
) -> None:
    """5 June 2027 is a Saturday and 24 December 2026 a Thursday; 31 December 2027 lies a Friday: none has hours."""
    assert "Skal der være lukket?" not in karen.page(ROOT).text
    url = f"{ROOT}/nye-tider"
    typed: dict[str, Value] = {
        "place": place(plan, "kajen"),
        "weekday": "3",
        "starts": "9",
        "ends": "12",
        "valid_from": "2026-12-01",
    }
    saved(karen, karen.submit(url, typed))
    assert {"Juleaftensdag", "Nytårsaften"} <= set(re.findall(r"Juleaftensdag|Nytårsaften", karen.page(ROOT).text))


def test_a_public_holiday_can_be_kept_open_at_one_place(karen: CheckingClient, plan: Plan) -> None:
    text = karen.get(ROOT).text
    assert "Anden påskedag" in text
    url = next(one for one in re.findall(r'href="([^"]*ekstra\?[^"]*)"', text) if "2027-03-29" in one)
    saved(karen, karen.submit(url.replace("&amp;", "&"), reason=""))
    assert [row[3] for row in standing(plan, date(2027, 3, 29), date(2027, 3, 29))] == ["extra"]


def test_a_row_that_is_gone_says_so(app: Flask, karen: CheckingClient, plan: Plan) -> None:
    saved(karen, karen.submit(f"{ROOT}/luk", closing()))
    with plan.app.app_context():
        what = f"{Sort.CLOSURE}-{db.session.scalars(select(Closure)).one().id}"
    mine = undo(karen, what)
    other = client_of(app, "karen")
    saved(other, other.submit(f"{ROOT}/luk", closing(reason="Ferie")))
    late = confirm(karen, mine)
    assert late.status_code == 303
    assert "Måske har en anden gjort det." in karen.page(ROOT).text


def test_an_extra_opening_in_closed_weeks_is_withdrawn_with_them(karen: CheckingClient, plan: Plan) -> None:
    typed: dict[str, Value] = {"place": place(plan, "kajen"), "day": "2026-12-01", "starts": "9", "ends": "11"}
    saved(karen, karen.submit(f"{ROOT}/ekstra", typed))
    shown = karen.submit(f"{ROOT}/luk", closing(last="2026-12-06"))
    assert "Åbninger, der lukker: 3" in shown.text
    saved(karen, shown)
    with plan.app.app_context():
        assert db.session.scalars(select(ExtraOpening)).one().withdrawn_at is not None


def test_a_closing_that_touches_no_opening_is_stored_once_and_only_where_it_was_previewed(
    app: Flask, clock: Clock, karen: CheckingClient, plan: Plan
) -> None:
    """Beyond the stored openings every programme's preview looks the same: the rows tell them apart."""
    other = laid(app, clock, "byen", "b")
    with writing(app):
        hers = db.session.scalars(select(Membership).join(Person).where(Person.email == "karen@example.org")).one()
        there = select(Membership).where(Membership.programme_id == other.programme, Membership.role == "coordinator")
        theirs = db.session.scalars(there).first()
        assert theirs is not None
        kept: dict[str, Any] = {"role": "coordinator", "valid_from": hers.valid_from, "accepted_at": hers.accepted_at}
        where = {"programme_id": other.programme, "organisation_id": theirs.organisation_id}
        second = Membership(person_id=hers.person_id, **where, **kept)
        db.session.add(second)
        db.session.flush()
        mine, also = hers.id, second.id
    shown = karen.submit(f"{ROOT}/luk", first="2028-01-03", last="2028-02-28", reason="Sygdom")
    assert karen.submit("/skift", membership=str(also)).status_code == 303
    assert confirm(karen, shown).status_code == 409
    assert karen.submit("/skift", membership=str(mine)).status_code == 303
    assert [confirm(karen, shown).status_code for _time in range(2)] == [303, 303]
    with app.app_context():
        stored = db.session.scalars(select(Closure.programme_id).where(Closure.first_date == date(2028, 1, 3))).all()
    assert list(stored) == [plan.programme]


def test_an_extra_opening_far_ahead_must_not_overlap_the_weekly_hours_of_its_day(
    karen: CheckingClient, plan: Plan
) -> None:
    with plan.app.app_context():
        service = db.session.scalars(select(WeeklyHours.service_id)).first()
    extra: dict[str, Value] = {
        "place": str(place(plan, "skuret")),
        "service": str(service),
        "starts": "12",
        "ends": "17",
    }
    assert karen.submit(f"{ROOT}/ekstra", {**extra, "day": "2029-01-08"}).status_code == 422
    assert karen.submit(f"{ROOT}/ekstra", {**extra, "day": "2029-01-07"}).status_code == 200


@pytest.mark.t11
@pytest.mark.parametrize("address", ["ekstra", "anden-tid"])
def test_a_day_of_the_year_one_gets_a_sentence(karen: CheckingClient, plan: Plan, address: str) -> None:
    fields: dict[str, Value] = {"place": str(place(plan, "skuret")), "day": "0001-01-01", "starts": "0", "ends": "0.30"}
    assert karen.submit(f"{ROOT}/{address}", fields).status_code == 422


@pytest.mark.t11
def test_a_row_with_five_thousand_digits_is_not_there(karen: CheckingClient) -> None:
    token = dict(karen.page(f"{ROOT}/luk").forms()[-1].fields)["csrf_token"]
    sent = {"csrf_token": token, "what": "closures-" + "9" * 5000}
    answer = karen.post(f"{ROOT}/fortryd", data=sent, headers={"Referer": f"http://localhost{ROOT}"})
    assert answer.status_code == 303
