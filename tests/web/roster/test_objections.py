"""What speaks against a shift is told and never refused: after each save, and in the choice of people."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.absences import Absence, Availability, PlaceWish
from advice.models.people import Membership
from advice.models.places import Place
from tests.plans import NEW, WEDNESDAY, Plan, told
from tests.stored import writing
from tests.web_client import CheckingClient

HOURS = {"starts": "9", "ends": "12"}


@pytest.fixture
def rita(plan: Plan) -> dict[str, int]:
    """Rita's keys, as rows about her need them."""
    return {"programme_id": plan.programme, "membership_id": plan.members["rita"]}


def only(app: Flask, rita: dict[str, int], weekday: int, starts: int, ends: int) -> None:
    """She can then, and at no other time."""
    with writing(app):
        db.session.add(Availability(weekday=weekday, starts=time(starts), ends=time(ends), **rita))


def away(app: Flask, plan: Plan, name: str, first: date) -> None:
    with writing(app):
        who = db.session.get_one(Membership, plan.members[name])
        whose = {"membership_id": who.id, "person_id": who.person_id, "organisation_id": who.organisation_id}
        days = {"first_day": first, "last_day": first, "entered_at": who.accepted_at}
        db.session.add(Absence(programme_id=plan.programme, kind="leave", **whose, **days))


def added(client: CheckingClient, plan: Plan, name: str) -> str:
    """What is said after somebody has been put on."""
    answer = client.submit(NEW, {"membership": plan.members[name], **HOURS})
    assert answer.status_code == 303, answer.text
    return told(client)


def test_nothing_is_said_where_nothing_speaks_against_it(plan: Plan, karen: CheckingClient) -> None:
    assert "Rita Ror: " not in added(karen, plan, "rita")


def test_a_day_she_cannot_is_told_and_saved(
    app: Flask, plan: Plan, karen: CheckingClient, rita: dict[str, int]
) -> None:
    only(app, rita, 0, 9, 12)
    assert "Rita Ror: kan normalt ikke onsdag." in added(karen, plan, "rita")
    assert [one.status for one in plan.shifts()] == ["active"]


def test_hours_she_cannot_name_those_she_can(
    app: Flask, plan: Plan, karen: CheckingClient, rita: dict[str, int]
) -> None:
    only(app, rita, 2, 10, 12)
    assert "Rita Ror: kan normalt kun onsdag kl. 10–12." in added(karen, plan, "rita")


def test_too_much_in_a_week_is_told_with_the_numbers(app: Flask, plan: Plan, karen: CheckingClient) -> None:
    plan.shift("rita", "skuret", WEDNESDAY - timedelta(days=2), 8, 16)
    with writing(app):
        who = db.session.get_one(Membership, plan.members["rita"])
        who.percent, who.most_shifts = 20, 1
    text = added(karen, plan, "rita")
    assert "Rita Ror: har nu 2 vagter i uge 48, aftalt er højst 1; har nu 11 af 7,4 timer i uge 48." in text


def test_a_place_she_would_rather_not_be_at(
    app: Flask, plan: Plan, karen: CheckingClient, rita: dict[str, int]
) -> None:
    with writing(app):
        kajen = db.session.scalars(select(Place.id).where(Place.slug == "kajen")).one()
        db.session.add(PlaceWish(place_id=kajen, wish="avoids", **rita))
    assert "Rita Ror: vil helst ikke være i Kajen." in added(karen, plan, "rita")


def test_who_is_away_is_last_in_the_choice_and_told_without_a_reason(
    app: Flask, plan: Plan, karen: CheckingClient
) -> None:
    away(app, plan, "bent", WEDNESDAY)
    page = karen.get(NEW).text
    assert page.index("Væk eller kan ikke den dag") > page.index("Tove Tov")
    assert "Bent Bøje (byens folk · væk den dag)" in page
    text = added(karen, plan, "bent")
    assert "Bent Bøje: er væk den dag." in text and "orlov" not in text


def test_it_is_told_of_a_shift_that_is_changed_handed_on_or_restored(
    app: Flask, plan: Plan, karen: CheckingClient, rita: dict[str, int]
) -> None:
    only(app, rita, 0, 9, 12)
    shift = plan.shift("svend", "kajen", WEDNESDAY, 9, 12)
    answer = karen.submit(f"/vagtplan/vagt/{shift}", {"membership": plan.members["rita"]}, action="/anden")
    assert answer.status_code == 303 and "Rita Ror: kan normalt ikke onsdag." in told(karen)
    own = max(one.id for one in plan.shifts())
    assert karen.submit(f"/vagtplan/vagt/{own}", {"ends": "11"}, action=str(own)).status_code == 303
    assert "Rita Ror: kan normalt ikke onsdag." in told(karen)
    assert karen.submit(f"/vagtplan/vagt/{own}", action="/aflys").status_code == 303
    assert "Rita Ror: kan" not in told(karen)
    assert karen.submit(f"/vagtplan/vagt/{own}", action="/fortryd").status_code == 303
    assert "Rita Ror: kan normalt ikke onsdag." in told(karen)


def test_a_plan_counts_what_it_would_add_itself(app: Flask, plan: Plan, karen: CheckingClient) -> None:
    with writing(app):
        db.session.get_one(Membership, plan.members["rita"]).most_shifts = 1
    days = {"first": "2026-12-14", "last": "2026-12-27"}
    begun = karen.submit("/vagtplan/planlaeg/", {"name": "Jul", "weeks": "0", **days})
    assert begun.status_code == 303, begun.text
    lay = f"{begun.location}/ny?sted=kajen&dag="
    said = []
    for day, hours in (("2026-12-14", {"starts": "13", "ends": "16"}), ("2026-12-16", HOURS)):
        answer = karen.submit(lay + day, {"membership": plan.members["rita"], **hours})
        assert answer.status_code == 303, answer.text
        said.append("Rita Ror: har nu 2 vagter i uge 51, aftalt er højst 1." in told(karen, answer.location))
    assert said == [False, True]
