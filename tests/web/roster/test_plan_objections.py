"""What speaks against the shifts that repeating weeks puts into a plan: told person by person, and never refused."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import begin_write, db
from advice.models.absences import Availability, PlaceWish
from advice.models.people import Membership
from advice.models.places import Place
from tests.plans import Plan
from tests.queries import counted
from tests.web.roster.test_plans import begun, pressed
from tests.web_client import CheckingClient


@pytest.fixture(autouse=True)
def last_week(plan: Plan) -> None:
    """The week of today, to be repeated: rita on Monday and Wednesday, bent on Wednesday."""
    plan.shift("rita", "skuret", date(2026, 11, 23), 13, 16)
    plan.shift("rita", "kajen", date(2026, 11, 25), 9, 12)
    plan.shift("bent", "kajen", date(2026, 11, 25), 9, 12)


def agree(plan: Plan, name: str, **terms: int) -> None:
    """Give somebody terms: a percent, most shifts, one weekday she can, a place she would rather not be at."""
    with plan.app.app_context():
        begin_write()
        member = db.session.get_one(Membership, plan.members[name])
        member.percent, member.most_shifts = terms.get("percent", 100), terms.get("most")
        key = {"programme_id": member.programme_id, "membership_id": member.id}
        if (weekday := terms.get("weekday")) is not None:
            db.session.add(Availability(weekday=weekday, starts=time(8), ends=time(17), **key))
        if (place_id := terms.get("avoids")) is not None:
            db.session.add(PlaceWish(place_id=place_id, wish="avoids", **key))
        db.session.commit()


def against(client: CheckingClient, address: str) -> str:
    """What stands under the heading, on the page of a plan."""
    text = " ".join(client.page(address).text.split())
    return text.partition("Planen kan gælde alligevel.")[2].partition("Gentag")[0].replace(" :", ":")


def test_everybody_stands_once_with_what_speaks_against_each_shift(
    app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
) -> None:
    with app.app_context():
        kajen = db.session.scalars(select(Place.id).filter_by(slug="kajen")).one()
    agree(plan, "rita", percent=10, most=1, weekday=0)
    agree(plan, "bent", avoids=kajen)
    address = begun(karen)
    assert "Noget taler imod hos 2 personer." in karen.page(address).text
    told = against(karen, address)
    assert "Bent Bøje: vil helst ikke være i Kajen: onsdag 2. december og onsdag 9. december" in told
    assert "Rita Ror: kan normalt ikke onsdag: onsdag 2. december og onsdag 9. december" in told
    assert "mere end 1 vagt om ugen: uge 49 og 50" in told
    assert "mere end 3,7 timer om ugen: uge 49 og 50" in told
    assert told.index("Bent Bøje") < told.index("Rita Ror") and told.count("Rita Ror") == 1
    pressed(karen, address, "send")
    assert "Planen gælder nu: 6 vagter." in pressed(tove, address, "godkend")


def test_where_nothing_speaks_against_anybody_nothing_is_said(karen: CheckingClient) -> None:
    assert "Noget taler imod" not in karen.page(begun(karen)).text


def test_a_leader_reads_what_is_agreed_with_her_own_people_only(
    plan: Plan, karen: CheckingClient, tove: CheckingClient
) -> None:
    for name in ("rita", "bent"):
        agree(plan, name, weekday=4)
    address = begun(karen)
    assert "Rita Ror" in against(karen, address)
    told = against(tove, address)
    assert "Bent Bøje" in told and "Rita Ror" not in told


def test_it_asks_the_database_as_often_however_many_shifts_there_are(plan: Plan, karen: CheckingClient) -> None:
    agree(plan, "rita", weekday=4)
    addresses = [begun(karen)]
    for day in (23, 25):
        plan.shift("svend", "skuret" if day == 23 else "kajen", date(2026, 11, day), 9, 16)
        plan.shift("karen", "skuret" if day == 23 else "kajen", date(2026, 11, day), 9, 16)
    addresses.append(begun(karen))
    counts = []
    for address in addresses:
        karen.page(address)
        with counted() as statements:
            karen.page(address)
        counts.append(len(statements))
    assert counts[0] == counts[1]
