"""Within a page: which fields a visitor sees and may set, and which rows a list holds for whom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from advice.database import db
from advice.models.people import Membership
from advice.models.roster import Shift
from advice.models.visits import Visit
from tests import visit_screens
from tests.builders import shift
from tests.visit_log import MONDAY, change
from tests.visit_screens import House, send

pytestmark = [pytest.mark.t9, pytest.mark.t10]
settings, house = visit_screens.settings, visit_screens.house
PEOPLE, INVITE, WEEK, VISITS = (
    "/indstillinger/personer", "/indstillinger/personer/inviter", "/vagtplan/2026-48", "/henvendelser"
)  # fmt: skip


def member_url(house: House, name: str) -> str:
    """The page of somebody's membership."""
    return f"{PEOPLE}/{house.log.advisers[name].membership}"


def count(app: Flask, *conditions: Any) -> int:
    """How many memberships fit."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Membership).where(*conditions)) or 0


class TestWhatALeaderSeesOfPeople:
    """Name and role of all; e-mail, dates and buttons of those she manages (ASVS 8.2.3)."""

    def test_asvs_8_2_3_of_another_organisations_people_a_team_leader_sees_name_and_role(self, house: House) -> None:
        tove = house.browser("tove")
        page = tove.page(member_url(house, "rita"))
        assert "Rita Ror" in page.text and "Rådgiver" in page.text
        assert "rita@example.org" not in page.text
        assert not [form for form in page.forms() if form.action.startswith(PEOPLE)]
        assert "bent@example.org" in tove.page(member_url(house, "bent")).text
        assert "rita@example.org" in house.browser("karen").page(member_url(house, "rita")).text

    def test_asvs_8_2_3_nobody_gives_a_role_or_an_organisation_that_is_not_hers_to_give(
        self, app: Flask, house: House
    ) -> None:
        tove, before = house.browser("tove"), count(app)
        huset = house.log.advisers["rita"].organisation
        fields = {"name": "Ny Nyer", "email": "ny@example.org", "role": "adviser"}
        for forged in ({"role": "coordinator"}, {"organisation": str(huset)}):
            answer = tove.submit(INVITE, {**fields, **forged}, action=INVITE, forged=True)
            assert answer.status_code == 422
        assert count(app) == before

    def test_asvs_8_2_3_fields_that_no_form_has_set_nothing(self, app: Flask, house: House) -> None:
        bent = house.log.advisers["bent"]
        others: dict[str, str] = {
            "organisation_id": str(bent.organisation), "membership_id": str(bent.membership), "adviser": "bent",
            "person_id": str(bent.person), "programme_id": "999", "role": "coordinator",
        }  # fmt: skip
        assert send(house.browser("rita"), forged=True, **others).status_code == 303
        rita, stored = house.log.advisers["rita"], house.visit().visit
        assert (stored.organisation_id, stored.person_id) == (rita.organisation, rita.person)
        assert count(app, Membership.person_id == rita.person, Membership.role == "adviser") == 1


class TestWhoSeesWhat:
    """As trust.md has it."""

    def test_a_list_of_visits_holds_the_own_organisations_and_no_trace_of_the_others(self, house: House) -> None:
        ours, theirs = house.logged("rita"), house.logged("bent")
        for name, own, other in (("svend", ours, theirs), ("tove", theirs, ours), ("karen", ours, theirs)):
            text = house.browser(name).get(VISITS).text
            assert own in text and other not in text, name

    def test_the_vagtplan_shows_both_organisations_to_both(self, house: House) -> None:
        house.change(lambda log: shift(log.world, "bent", "skuret", MONDAY, 13, 16))
        for name in ("rita", "bent", "tove", "karen"):
            text = house.browser(name).page(WEEK).text
            assert "Rita Ror" in text and "Bent Bøje" in text, name

    def test_a_planner_finds_the_way_only_to_shifts_she_may_change(self, app: Flask, house: House) -> None:
        house.change(lambda log: shift(log.world, "bent", "skuret", MONDAY, 13, 16))
        with app.app_context():
            ids = {row.person_id: row.id for row in db.session.scalars(select(Shift))}
        rita, bent = (f"/vagtplan/vagt/{ids[house.log.advisers[name].person]}" for name in ("rita", "bent"))
        for name, expected in (("tove", {bent}), ("karen", {rita, bent}), ("rita", set())):
            links = set(re.findall(r'href="(/vagtplan/vagt/\d+)"', house.browser(name).get(WEEK).text))
            assert links == expected, name

    def test_a_visit_that_moves_to_another_organisation_is_out_of_sight(self, app: Flask, house: House) -> None:
        address = house.logged("rita")
        svend = house.browser("svend")
        svend.page(address)
        bent = house.log.advisers["bent"]
        with app.app_context():
            row = db.session.scalars(select(Visit)).one()
            change(row, membership_id=bent.membership, person_id=bent.person, organisation_id=bent.organisation)
        svend.page(address, 404)
        house.browser("bent").page(address)
