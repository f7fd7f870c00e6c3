"""Opening hours edited by people who slip: what is forgotten, doubled, too late, or not there on the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions.programmes import editing
from advice.config import Settings
from advice.database import db
from advice.formats.programme_file import document
from advice.models.hours import Closure, ExtraOpening, WeeklyHours
from advice.rules.hours_book import Sort
from tests.html_pages import Page
from tests.plans import Plan, client_of, laid
from tests.program import Clock
from tests.stored import writing
from tests.web.test_hours import NEXT_MONDAY, ROOT, closing, confirm, place, saved, standing, undo
from tests.web_client import CheckingClient, Value

AFTERNOON = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""17 o'clock on a Monday: Skuret closed at 16."""
MONDAY = date(2026, 11, 23)


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


def row_of(plan: Plan, weekday: int) -> int:
    """The weekly hours of a weekday."""
    with plan.app.app_context():
        return db.session.scalars(select(WeeklyHours.id).where(WeeklyHours.weekday == weekday)).one()


def at(plan: Plan, slug: str = "skuret", **more: Value) -> dict[str, Value]:
    return {"place": str(place(plan, slug)), **more}


def refused(karen: CheckingClient, edit: str, typed: dict[str, Value], sentence: str) -> None:
    """A sentence, nothing stored, and the form again."""
    answer = karen.submit(f"{ROOT}/{edit}", typed)
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text


@pytest.mark.parametrize("more", [{}, {"last": "2026-12-10"}])
def test_closing_without_a_first_day_or_weeks_gets_a_sentence(karen: CheckingClient, more: dict[str, str]) -> None:
    refused(karen, "luk", {"reason": "Sygdom", **more}, "Vælg den første dag, eller skriv ugerne.")


def test_a_move_with_one_of_two_hours_gets_a_sentence(karen: CheckingClient, plan: Plan) -> None:
    typed = at(plan, day="2026-11-30", to="2026-12-01")
    for hour in ("starts", "ends"):
        refused(karen, "flyt", {**typed, hour: "12"}, "Skriv både fra og til, eller lad begge stå tomme.")


@pytest.mark.parametrize("weeks", ["28-30", "uge 28-30", "28 til 30", "Uge 28 – uge 30", "uge 28 til 30", "28-30 2027"])
def test_weeks_are_read_as_people_write_them(karen: CheckingClient, weeks: str) -> None:
    shown = karen.submit(f"{ROOT}/luk", weeks=weeks, reason="Sommerferie")
    assert "mandag 12. juli 2027 til og med søndag 1. august 2027" in shown.text


def test_weeks_the_wrong_way_round_are_no_winter(karen: CheckingClient) -> None:
    refused(karen, "luk", {"weeks": "30-28", "reason": "Ferie"}, "Den sidste uge ligger før den første.")
    assert karen.submit(f"{ROOT}/luk", weeks="52-1", reason="Ferie").status_code == 200


def test_the_same_place_and_days_closed_twice_is_one_closing_and_the_programme_file_has_no_fault(
    karen: CheckingClient, plan: Plan
) -> None:
    saved(karen, karen.submit(f"{ROOT}/luk", closing()))
    saved(karen, karen.submit(f"{ROOT}/luk", closing(reason="Ferie")))
    twice = closing(places=[str(place(plan, "kajen"))] * 2, last="2026-12-06")
    saved(karen, karen.submit(f"{ROOT}/luk", twice))
    with plan.app.app_context():
        left = db.session.scalars(select(Closure).where(Closure.withdrawn_at.is_(None)).order_by(Closure.id)).all()
        assert [(row.place_id, row.reason["da"]) for row in left] == [(None, "Ferie"), (place(plan, "kajen"), "Sygdom")]
        doc = editing.open_document(plan.programme)
        assert document.checked(doc.data, MONDAY)[1] == []


def test_a_double_tap_stores_once_and_says_that_it_is_stored(karen: CheckingClient, plan: Plan) -> None:
    shown = karen.submit(f"{ROOT}/luk", closing())
    assert [confirm(karen, shown).status_code for _tap in range(2)] == [303, 303]
    text = karen.get(ROOT).text
    assert "Det er gemt." in text and "Intet er gemt" not in text
    with plan.app.app_context():
        [row] = db.session.scalars(select(Closure)).all()
    back = undo(karen, f"{Sort.CLOSURE}-{row.id}")
    assert [confirm(karen, back).status_code for _tap in range(2)] == [303, 303]
    assert "Det er gemt." in karen.get(ROOT).text
    assert confirm(karen, shown).status_code == 303
    assert "Det er gemt, men tiderne er ændret igen siden." in karen.get(ROOT).text
    assert standing(plan, NEXT_MONDAY, NEXT_MONDAY)[0][3] == "open"


def test_a_day_moved_twice_is_closed_once(karen: CheckingClient, plan: Plan) -> None:
    saved(karen, karen.submit(f"{ROOT}/flyt", at(plan, day="2026-11-30", to="2026-12-01")))
    saved(karen, karen.submit(f"{ROOT}/ekstra", at(plan, day="2026-11-30", starts="9", ends="11")))
    saved(karen, karen.submit(f"{ROOT}/flyt", at(plan, day="2026-11-30", to="2026-12-03")))
    with plan.app.app_context():
        assert len(db.session.scalars(select(Closure).where(Closure.withdrawn_at.is_(None))).all()) == 1


def test_weekly_hours_that_overlap_later_ones_years_ahead_are_refused(karen: CheckingClient, plan: Plan) -> None:
    later = at(plan, weekday="5", starts="9", ends="12", valid_from="2030-01-05")
    saved(karen, karen.submit(f"{ROOT}/nye-tider", later))
    for every in ("1", "3"):
        sooner = at(plan, weekday="5", starts="10", ends="13", valid_from="2027-01-02", every_weeks=every)
        refused(karen, "nye-tider", sooner, "Samme tilbud har allerede åbent da")


def test_weekly_hours_that_would_go_on_into_an_extra_opening_years_ahead_are_refused(
    karen: CheckingClient, plan: Plan
) -> None:
    stop = f"{ROOT}/stop?afloeser={row_of(plan, 0)}"
    saved(karen, karen.submit(stop, last="2026-12-31"))
    saved(karen, karen.submit(f"{ROOT}/ekstra", at(plan, day="2030-01-07", starts="15", ends="18")))
    answer = karen.submit(stop, last="")
    assert answer.status_code == 422 and "Samme tilbud har allerede åbent da" in answer.text


@pytest.mark.parametrize("edit", ["luk", "flyt", "anden-tid", "nye-tider"])
def test_what_has_been_today_is_not_rewritten(karen: CheckingClient, plan: Plan, clock: Clock, edit: str) -> None:
    day = MONDAY.isoformat()
    taken_over = {"old": str(row_of(plan, 0)), "weekday": "0", "valid_from": day, "starts": "12", "ends": "15"}
    typed: dict[str, dict[str, Value]] = {
        "luk": {"first": day, "reason": "Sygdom"},
        "flyt": at(plan, day=day, to="2026-11-24"),
        "anden-tid": at(plan, day=day, starts="13", ends="20"),
        "nye-tider": at(plan, **taken_over),
    }
    with writing(plan.app):
        db.session.get_one(WeeklyHours, row_of(plan, 0)).valid_from = date(2026, 11, 1)
    clock.now = AFTERNOON - timedelta(hours=3)
    assert client_of(plan.app, "karen").submit(f"{ROOT}/{edit}", typed[edit]).status_code == 200
    clock.now = AFTERNOON
    sentence = "er slut. Det, der har været, bliver stående, som det var."
    refused(client_of(plan.app, "karen"), edit, typed[edit], sentence)


def test_an_extra_opening_of_today_is_not_taken_back_once_it_is_over(
    karen: CheckingClient, plan: Plan, clock: Clock
) -> None:
    saved(karen, karen.submit(f"{ROOT}/ekstra", at(plan, day=MONDAY.isoformat(), starts="9", ends="11")))
    with plan.app.app_context():
        what = f"{Sort.EXTRA}-{db.session.scalars(select(ExtraOpening.id)).one()}"
    clock.now = AFTERNOON
    late = client_of(plan.app, "karen")
    assert undo(late, what).status_code == 303
    assert "er slut. Det, der har været" in late.page(ROOT).text
    assert [row[3] for row in standing(plan, MONDAY, MONDAY)] == ["extra", "open"]


def test_a_stop_is_corrected_and_taken_away(karen: CheckingClient, plan: Plan) -> None:
    stop = f"{ROOT}/stop?afloeser={row_of(plan, 0)}"
    saved(karen, karen.submit(stop, last="2026-12-06"))
    assert stop in karen.get(ROOT).text
    assert ("last", "2026-12-06") in [field for form in karen.page(stop).forms() for field in form.fields]
    saved(karen, karen.submit(stop, last="2026-12-20"))
    assert [row[0].day for row in standing(plan, date(2026, 12, 1), date(2026, 12, 31)) if row[0].weekday() == 0] == [
        7, 14,
    ]  # fmt: skip
    saved(karen, karen.submit(stop, last=""))
    with plan.app.app_context():
        assert db.session.scalars(select(WeeklyHours.valid_to)).all() == [None, None]
    refused(karen, f"stop?afloeser={row_of(plan, 0)}", {"last": ""}, "Vælg en dag.")


def test_hours_that_others_took_over_from_are_undone_from_the_last(karen: CheckingClient, plan: Plan) -> None:
    old = row_of(plan, 0)
    url = f"{ROOT}/nye-tider?afloeser={old}"
    saved(karen, karen.submit(url, valid_from="2027-02-01", starts="12", ends="18"))
    text = karen.get(ROOT).text
    assert f"stop?afloeser={old}" not in text and f"nye-tider?afloeser={old}" not in text
    with plan.app.app_context():
        new = db.session.scalars(select(WeeklyHours.id).where(WeeklyHours.valid_from == date(2027, 2, 1))).one()
    refused(karen, f"nye-tider?afloeser={new}", {"valid_from": "2027-01-04"}, "Tiden nu begynder først 01.02.2027")
    refused(karen, f"stop?afloeser={new}", {"last": "2027-01-04"}, "Træk den tilbage i stedet.")


def test_weekly_hours_in_the_hour_that_the_clocks_skip_get_a_sentence(karen: CheckingClient, plan: Plan) -> None:
    night = at(plan, weekday="6", starts="2", ends="3", valid_from="2026-12-01")
    refused(karen, "nye-tider", night, "Uret går frem en nat")
    assert karen.submit(f"{ROOT}/nye-tider", {**night, "weekday": "5"}).status_code == 200


def test_a_move_to_the_night_of_the_clock_change_gets_a_sentence(karen: CheckingClient, plan: Plan) -> None:
    saved(karen, karen.submit(f"{ROOT}/ekstra", at(plan, day="2027-03-27", starts="2.30", ends="4")))
    refused(karen, "flyt", at(plan, day="2027-03-27", to="2027-03-28"), "uret frem, og 2.30 findes ikke")


def test_the_preview_says_what_is_closed_already_and_that_a_holiday_is_opened(
    karen: CheckingClient, plan: Plan
) -> None:
    saved(karen, karen.submit(f"{ROOT}/luk", closing(last="2026-12-20", reason="Julelukket")))
    shown = karen.submit(f"{ROOT}/luk", closing(last="2026-12-06"))
    assert "Der er allerede lukket: Julelukket." in shown.text
    shown = karen.submit(f"{ROOT}/flyt", at(plan, day="2026-12-21", to="2026-12-25"))
    assert "Fredag 25. december 2026 er ellers lukket: Juledag. Der bliver åbent alligevel." in shown.text


def test_only_an_edit_that_touches_a_shift_speaks_of_shifts(karen: CheckingClient, plan: Plan) -> None:
    assert "Vagterne bliver stående." not in karen.submit(f"{ROOT}/luk", closing()).text
    plan.shift("rita", "skuret", NEXT_MONDAY, 13, 16)
    assert "Vagterne bliver stående." in karen.submit(f"{ROOT}/luk", closing()).text


def test_an_extra_opening_closed_for_illness_is_told_and_comes_back(karen: CheckingClient, plan: Plan) -> None:
    tuesday = date(2026, 12, 1)
    saved(karen, karen.submit(f"{ROOT}/ekstra", at(plan, day="2026-12-01", starts="9", ends="11")))
    saved(karen, karen.submit(f"{ROOT}/luk", closing(first="2026-12-01")))
    assert standing(plan, tuesday, tuesday) == [(tuesday, time(9), time(11), "closed")]
    with plan.app.app_context():
        row = db.session.scalars(select(Closure.id)).one()
    shown = undo(karen, f"{Sort.CLOSURE}-{row}")
    assert "Gælder igen: tirsdag 1. december 2026 kl. 9–11, Skuret" in shown.text
    saved(karen, shown)
    assert standing(plan, tuesday, tuesday) == [(tuesday, time(9), time(11), "extra")]
    with plan.app.app_context():
        extra = db.session.scalars(select(ExtraOpening)).one()
        assert (extra.withdrawn_at, extra.withdrawn_by) == (None, None)
