"""Hours edited through the settings: shown with all they touch, the people concerned told, the impossible refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from advice.actions import openings
from advice.database import db
from advice.models.hours import Closure, ExtraOpening, Opening, WeeklyHours
from advice.models.outbox import Mail
from advice.models.programmes import Programme
from tests import builders, coordinator_screens
from tests.builders import World
from tests.html_pages import Page
from tests.program import Clock
from tests.stored import writing
from tests.web_client import CheckingClient, Value

ROOT = "/indstillinger"
TODAY, NEXT_MONDAY = date(2026, 11, 23), date(2026, 11, 30)
AN_EXTRA: dict[str, Value] = {"place": "skuret", "service": "snak"}

settings, world = coordinator_screens.settings, coordinator_screens.open_world
karen = coordinator_screens.karen


@pytest.fixture
def shifts(app: Flask, world: World) -> None:
    """On Mondays at Skuret, open 13-16: Rita until it closes, Svend only the first hours, Karen herself."""
    with writing(app):
        for name, starts, ends in (("rita", 14, 16), ("svend", 13, 15)):
            builders.shift(world, name, "skuret", NEXT_MONDAY, starts, ends)
        builders.shift(world, "karen", "skuret", NEXT_MONDAY, 13, 16)


def yes(client: CheckingClient, shown: TestResponse) -> TestResponse:
    """Press "Ja, gem" on a page that asks."""
    form = next(one for one in Page(shown.text).forms() if {"row_confirmed", "confirmed"} & set(one.names))
    data: dict[str, list[str]] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    return client.post(form.action, data=data, headers={"Referer": f"http://localhost{form.action}"})


def said(client: CheckingClient, answer: TestResponse) -> str:
    """What the page says that a saved form leads to."""
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def mails(app: Flask) -> dict[str, str]:
    """The body of each mail, by who gets it."""
    with app.app_context():
        found = list(db.session.scalars(select(Mail).order_by(Mail.id)))
        assert {mail.kind for mail in found} <= {"hours_changed"}
        return {mail.to_address: mail.body or "" for mail in found}


def hours_at(app: Flask, place: int) -> str:
    """The address of a place's weekly hours."""
    with app.app_context():
        return f"{ROOT}/faste-tider/{db.session.scalars(select(WeeklyHours.id).filter_by(place_id=place)).one()}"


def an_extra(day: str, starts: str, ends: str) -> dict[str, Value]:
    return {**AN_EXTRA, "day": day, "starts": starts, "ends": ends}


def test_shorter_weekly_hours_show_whose_shifts_they_touch_and_tell_just_them(
    karen: CheckingClient, app: Flask, world: World, shifts: None
) -> None:
    url = hours_at(app, world.places["skuret"].id)
    shown = karen.submit(url, action=url, ends="15")
    assert shown.status_code == 200 and "Åbninger, der får andre tider: " in shown.text
    assert "Faste åbningstider: mandag kl. 13.00–15.00" in shown.text
    assert "mandag 30. november 2026 kl. 13–16, Skuret → kl. 13–15" in shown.text
    assert "Vagter, det rammer: 2" in shown.text
    assert "Rita Ror, mandag 30. november kl. 14–16, Skuret: står delvis uden for åbningstiden" in shown.text
    assert "Svend" not in shown.text, "his shift is within the hours, before and after"
    assert mails(app) == {}
    assert "Der går mail til 1, hvis vagter det rammer." in said(karen, yes(karen, shown))
    assert list(mails(app)) == ["rita@example.org"]
    assert "Karen Kaj har ændret åbningstiderne i Havnen" in mails(app)["rita@example.org"]
    assert "mandag 30. november 2026 kl. 14–16, Skuret: vagten står delvis uden" in mails(app)["rita@example.org"]


def test_a_customary_closing_day_tells_those_on_duty(karen: CheckingClient, app: Flask, world: World) -> None:
    with writing(app):
        builders.shift(world, "rita", "skuret", date(2026, 12, 14), 13, 16)
    url = f"{ROOT}/helhedsplan"
    shown = karen.submit(url, action="helhedsplan", customary_closed="14/12")
    assert "Åbninger, der lukker: 1" in shown.text and "Rita Ror, mandag 14. december" in shown.text
    said(karen, yes(karen, shown))
    assert "vagten står uden for åbningstiden" in mails(app)["rita@example.org"]


def test_a_yearly_closure_and_its_withdrawal_tell_those_on_duty(
    karen: CheckingClient, app: Flask, world: World, shifts: None
) -> None:
    url = f"{ROOT}/lukkeperioder/ny?slags=dates"
    typed: dict[str, Value] = {"first_day": "28/11", "last_day": "1/12", "reason-da": "Ferie"}
    said(karen, yes(karen, karen.submit(url, typed, action=url)))
    assert set(mails(app)) == {"rita@example.org", "svend@example.org"}
    with app.app_context():
        row = f"{ROOT}/lukkeperioder/{db.session.scalars(select(Closure.id)).one()}"
    shown = karen.submit(row, action="traek-tilbage")
    assert "Åbninger, der kommer til: " in shown.text and "Rita Ror" in shown.text
    text = said(karen, yes(karen, shown))
    assert "Trukket tilbage: Ferie" in text and "Der går mail til 2, hvis vagter det rammer." in text
    assert "vagten står igen i åbningstiden" in mails(app)["rita@example.org"]


def test_two_places_open_at_the_same_time_are_warned_of(karen: CheckingClient, app: Flask, world: World) -> None:
    url = f"{ROOT}/ekstra-aabninger/ny"
    shown = karen.submit(url, an_extra("2026-11-25", "11", "13"), action=url)
    assert "To steder får åbent på samme tid:" in shown.text
    assert "onsdag 25. november 2026 kl. 9–12, Kajen – onsdag 25. november 2026 kl. 11–13, Skuret" in shown.text
    said(karen, yes(karen, shown))
    assert "To steder" not in karen.submit(url, an_extra("2026-11-27", "11", "13"), action=url).text


def test_a_service_is_not_open_twice_at_a_place_at_once(karen: CheckingClient, app: Flask, world: World) -> None:
    url = f"{ROOT}/ekstra-aabninger/ny"
    answer = karen.submit(url, an_extra("2026-11-30", "15", "17"), action=url)
    assert answer.status_code == 422
    assert "Samme tilbud har allerede åbent da: mandag 30. november 2026 kl. 13–16, Skuret" in answer.text
    with app.app_context():
        assert db.session.scalars(select(ExtraOpening)).all() == []


def test_what_is_confirmed_is_what_was_shown(
    karen: CheckingClient, app: Flask, world: World, clock: Clock, shifts: None
) -> None:
    url = hours_at(app, world.places["skuret"].id)
    shown = karen.submit(url, action=url, ends="15")
    with writing(app):
        builders.shift(world, "bent", "skuret", NEXT_MONDAY + timedelta(weeks=1), 13, 16)
    again = yes(karen, shown)
    assert again.status_code == 409
    assert "Noget er ændret, siden du så det sidst." in again.text and "Bent Bøje" in again.text
    assert mails(app) == {}
    said(karen, yes(karen, again))
    assert set(mails(app)) == {"rita@example.org", "bent@example.org"}


def test_what_changes_no_hours_asks_nothing_also_before_the_next_day_is_laid(
    karen: CheckingClient, app: Flask, world: World, clock: Clock, shifts: None
) -> None:
    clock.forward(days=7)
    assert karen.submit("/log-ind", email="karen@example.org", password=builders.PASSWORD).status_code == 303
    url = f"{ROOT}/steder/{world.places['skuret'].id}"
    assert karen.submit(url, action=url, room="Stuen").status_code == 303
    assert mails(app) == {}


def test_the_last_day_of_the_programme_and_taking_it_back_tell_those_on_duty(
    karen: CheckingClient, app: Flask, world: World, shifts: None
) -> None:
    shown = karen.submit(f"{ROOT}/luk", action="luk", last_day="2026-11-29")
    assert "Vagter, det rammer: 3" in shown.text and "Svend Sejl" in shown.text
    assert "Der går mail til 2, hvis vagter det rammer." in said(karen, yes(karen, shown))
    shown = karen.submit(f"{ROOT}/luk", action="fortryd")
    assert shown.status_code == 200 and "Rita Ror" in shown.text
    with app.app_context():
        assert db.session.get_one(Programme, world.programme.id).valid_to is not None
    assert "fortsætter uden sidste dag. Der går mail til 2" in said(karen, yes(karen, shown))
    assert "står igen i åbningstiden" in mails(app)["svend@example.org"]


def test_an_opening_of_today_that_has_ended_stays_as_it_was(
    karen: CheckingClient, app: Flask, world: World, clock: Clock
) -> None:
    url = hours_at(app, world.places["skuret"].id)
    with app.app_context():
        before = db.session.scalars(select(Opening.ends).where(Opening.day == TODAY)).all()
    clock.now = datetime.combine(TODAY, time(15, 1), UTC)
    karen.submit("/log-ind", email="karen@example.org", password=builders.PASSWORD)
    answer = karen.submit(url, action=url, ends="15")
    assert answer.status_code == 422
    assert "kl. 13–16, Skuret er slut. Det, der har været, bliver stående, som det var." in answer.text
    with app.app_context():
        assert db.session.scalars(select(Opening.ends).where(Opening.day == TODAY)).all() == before
    successor = f"{ROOT}/faste-tider/ny?afloeser={url.rpartition('/')[2]}"
    assert karen.submit(successor, action=successor, ends="15").status_code == 200, "from tomorrow on it can"


@pytest.mark.parametrize(("starts", "ends"), [("2.30", "5"), ("1", "2.30")])
def test_an_extra_opening_in_the_hour_that_the_clocks_skip_is_refused_at_the_field(
    karen: CheckingClient, app: Flask, world: World, starts: str, ends: str
) -> None:
    url = f"{ROOT}/ekstra-aabninger/ny"
    answer = karen.submit(url, an_extra("2027-03-28", starts, ends), action=url)
    assert answer.status_code == 422
    at = "starts" if starts == "2.30" else "ends"
    assert f'id="{at}-error"' in answer.text
    assert "Den 28.03.2027 bliver uret stillet frem, og det klokkeslæt findes ikke." in answer.text
    answer = karen.submit(url, an_extra("2027-03-27", starts, ends), action=url)
    assert answer.status_code == 200 and "Skal det gemmes?" in answer.text


def test_weekly_hours_in_the_hour_that_the_clocks_skip_are_refused_at_the_field(
    karen: CheckingClient, world: World
) -> None:
    url = f"{ROOT}/faste-tider/ny"
    typed: dict[str, Value] = {**AN_EXTRA, "weekday": "sun", "starts": "1", "ends": "2.30", "valid_from": "2026-12-01"}
    answer = karen.submit(url, typed, action=url)
    assert answer.status_code == 422 and 'id="ends-error"' in answer.text
    assert "Det klokkeslæt findes ikke den dag om foråret, hvor uret bliver stillet frem." in answer.text
    assert karen.submit(url, {**typed, "valid_to": "2027-03-21"}, action=url).status_code == 200
    assert karen.submit(url, {**typed, "weekday": "sat"}, action=url).status_code == 200


@pytest.fixture
def doubled(app: Flask, world: World, clock: Clock) -> list[int]:
    """Two closures that are the same, as older versions took them; their ids."""
    with writing(app):
        key = {"programme_id": world.programme.id, "kind": "once", "reason": {"da": "Ferie"}}
        rows = [Closure(first_date=NEXT_MONDAY, last_date=NEXT_MONDAY, **key) for _number in range(2)]
        db.session.add_all(rows)
        db.session.flush()
        openings.refresh(world.programme.id, clock(), app.extensions["advice"].timezone)
        return [row.id for row in rows]


def test_an_older_fault_elsewhere_stops_no_other_edit(
    karen: CheckingClient, app: Flask, world: World, doubled: list[int], tmp_path: Path
) -> None:
    for url in (f"{ROOT}/steder/{world.places['skuret'].id}", f"{ROOT}/helhedsplan"):
        assert karen.submit(url, action=url, note="Nøglen hænger i køkkenet").status_code == 303
    assert karen.submit(f"{ROOT}/steder/{world.places['kajen'].id}", action="op").status_code == 303
    result = app.test_cli_runner().invoke(args=["programme", "export", "havnen", f"{tmp_path}/ud.toml"])
    assert result.exit_code == 0, result.output
    result = app.test_cli_runner().invoke(args=["programme", "check", f"{tmp_path}/ud.toml"])
    assert result.exit_code == 1 and "to gange" in result.output, "the command names it still"


def test_the_faulty_row_itself_is_named_and_can_be_withdrawn(
    karen: CheckingClient, app: Flask, world: World, doubled: list[int]
) -> None:
    url = f"{ROOT}/lukkeperioder/ny?slags=once"
    typed: dict[str, Value] = {"first_date": "2026-11-30", "last_date": "2026-11-30", "reason-da": "Den tredje"}
    answer = karen.submit(url, typed, action=url)
    assert answer.status_code == 422 and "Den findes allerede." in answer.text
    assert karen.submit(f"{ROOT}/lukkeperioder/{doubled[1]}", action="traek-tilbage").status_code == 303
    with app.app_context():
        standing = select(func.count()).select_from(Closure).where(Closure.withdrawn_at.is_(None))
        assert db.session.scalar(standing) == 1
        found = select(Opening.status).where(Opening.day == NEXT_MONDAY, Opening.starts == time(13))
        assert db.session.scalars(found).one() == "closed"
