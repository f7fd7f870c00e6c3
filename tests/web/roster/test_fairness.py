"""How a quarter's work is spread: one's own people by name, the other organisation as a sum, oneself to oneself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.absences import PlaceWish
from advice.models.people import Membership
from advice.models.places import Place
from tests.plans import MONDAY, WEDNESDAY, Plan, client_of
from tests.queries import counted
from tests.stored import writing
from tests.web.roster.test_week import staffed
from tests.web_client import CheckingClient

FAIR = "/vagtplan/fordeling/2026-4"
WEEKS = 14
"""Of the fourth quarter of 2026."""


@pytest.fixture
def shifts(app: Flask, plan: Plan) -> None:
    """Rita twice, once until closing; Bent once; Svend would rather not be at Kajen, where Rita is."""
    plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
    plan.shift("rita", "skuret", MONDAY, 13, 15)
    plan.shift("bent", "kajen", WEDNESDAY, 9, 11)
    plan.shift("rita", "kajen", date(2027, 1, 6), 9, 12)
    with writing(app):
        kajen = db.session.scalars(select(Place.id).where(Place.slug == "kajen")).one()
        key = {"programme_id": plan.programme, "membership_id": plan.members["svend"], "place_id": kajen}
        db.session.add(PlaceWish(wish="avoids", **key))
        db.session.get_one(Membership, plan.members["rita"]).percent = 10


def test_own_people_stand_by_name_with_hours_against_what_is_agreed(shifts: None, karen: CheckingClient) -> None:
    page = karen.page(FAIR).text
    agreed = f"5 af {str(round(3.7 * WEEKS, 1)).replace('.', ',')}"
    assert f"Rita Ror 2 {agreed} (10 %) 1 1" in page
    assert "Svend Sejl 0 0 af 518 (0 %) 0 0" in page


def test_the_other_organisation_is_a_sum_and_nobody_of_it_is_named(
    app: Flask, shifts: None, karen: CheckingClient
) -> None:
    page = karen.page(FAIR).text
    assert "Bent Bøje" not in page and "Tove Tov" not in page
    assert "Organisationen byen 1 1.036 2 29 %" in page and "Organisationen huset 2 1.087,8 5 71 %" in page
    other = client_of(app, "tove").page(FAIR).text
    assert "Rita Ror" not in other and "Bent Bøje 1 2 af 518" in other


def test_it_is_reached_from_the_quarter_by_those_who_plan(app: Flask, shifts: None, karen: CheckingClient) -> None:
    assert f'href="{FAIR}"' in karen.get("/vagtplan/kvartal/2026-4").text
    assert karen.get("/vagtplan/fordeling").headers["Location"] == FAIR
    assert f'href="{FAIR}"' not in client_of(app, "rita").get("/vagtplan/kvartal/2026-4").text
    codes = [karen.get(f"/vagtplan/fordeling/{one}").status_code for one in ("1999-4", "2026-5", "2100-4")]
    assert codes == [404, 404, 200]


def test_an_empty_quarter_says_so(karen: CheckingClient, plan: Plan) -> None:
    assert "Der er ingen vagter i dette kvartal endnu." in karen.page("/vagtplan/fordeling/2027-2").text


def test_a_person_sees_her_own_line_and_nobody_elses(app: Flask, shifts: None) -> None:
    rita = client_of(app, "rita").page("/mine-vagter").text
    assert "2 vagter, 5 timer. Aftalt er 51,8 timer i kvartalet. 1 af dem går til lukketid." in rita
    assert "1 er på et sted, andre helst undgår." in rita
    svend = client_of(app, "svend").page("/mine-vagter").text
    assert "0 vagter, 0 timer. Aftalt er 518 timer i kvartalet." in svend and "lukketid" not in svend


def test_a_cancelled_shift_is_nobodys(plan: Plan, karen: CheckingClient) -> None:
    shift = plan.shift("rita", "kajen", WEDNESDAY + timedelta(days=7), 9, 12)
    assert "Rita Ror 1 3 af" in karen.page(FAIR).text
    assert karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys").status_code == 303
    assert "Der er ingen vagter" in karen.page(FAIR).text


def test_it_asks_the_database_as_often_however_many_people_there_are(app: Flask, plan: Plan) -> None:
    client, counts = client_of(app, "karen"), []
    for people in (5, 60):
        staffed(plan, people)
        with counted() as statements:
            assert client.get(FAIR).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 15
