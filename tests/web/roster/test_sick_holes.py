"""The shifts that nobody has: whom to ask, in which order, and what is done without anybody."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import begin_write, db
from advice.models.absences import Availability
from advice.models.people import Membership, Person
from advice.models.places import Place
from advice.models.roster import Competence, MembershipCompetence, NeedCompetence, StaffingNeed
from tests import builders
from tests.builders import World
from tests.plans import MONDAY, WEDNESDAY, Plan, client_of, told
from tests.program import Clock
from tests.queries import counted
from tests.sick_screens import HOLES, deed, fall_ill, mails, order
from tests.web_client import CheckingClient


@pytest.fixture
def clock() -> Clock:
    """Wednesday at half past seven, before Kajen opens at nine."""
    return Clock(datetime(2026, 11, 25, 6, 30, tzinfo=UTC))


@pytest.fixture
def shift(plan: Plan) -> int:
    """Rita at Kajen today, 9-12."""
    return plan.shift("rita", "kajen", WEDNESDAY, 9, 12)


def newcomers(plan: Plan, people: int) -> None:
    """So many more people on the team, each with one shift that week."""
    with plan.app.app_context():
        begin_write()
        boss = db.session.get_one(Membership, plan.members["karen"])
        places = {row.slug: row for row in db.session.scalars(select(Place))}
        world = World(boss.programme, {"huset": boss.organisation}, places)
        for number in range(people):
            name = f"nr{people}-{number}"
            builders.member(world, builders.person(f"{name} Navn", email=f"{name}@example.org"), "huset", "adviser")
            builders.shift(world, name, "skuret", MONDAY, 13, 16)
        db.session.commit()


class TestHoles:
    """What nobody has yet, and whom to ask."""

    def test_a_shift_that_is_not_missed_is_no_hole(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        ritas = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        plan.shift("svend", "kajen", WEDNESDAY, 9, 12)
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        page = fall_ill(karen, plan, "rita")
        assert plan.read(ritas).status == "cancelled"
        assert "Der mangler ingen afløsere" in page

    def test_a_shift_that_is_over_or_of_a_closed_day_is_no_hole(
        self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock, shift: int
    ) -> None:
        plan.shift("rita", "kajen", WEDNESDAY + timedelta(days=1), 9, 12)
        page = fall_ill(karen, plan, "rita", last="2026-11-26")
        assert page.count("er meldt fra.") == 1, "Kajen is not open on Thursdays"
        clock.now = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
        assert "er meldt fra." not in told(client_of(app, "karen"), HOLES), "it is twelve o'clock"

    def test_colleagues_stand_in_order_with_why(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        plan.shift("svend", "skuret", MONDAY, 13, 16)
        with app.app_context():
            begin_write()
            members = {name: db.session.get_one(Membership, key) for name, key in plan.members.items()}
            members["tove"].percent, members["svend"].percent = 20, 50
            members["karen"].percent = 0
            db.session.get_one(Person, members["bent"].person_id).phone = "20 30 40 50"
            only = {"programme_id": plan.programme, "weekday": 1, "starts": time(9), "ends": time(15)}
            db.session.add(Availability(membership_id=members["bent"].id, **only))
            db.session.commit()
        fall_ill(karen, plan, "rita")
        html = karen.get(HOLES).text
        assert order(html) == ["Tove Tov", "Svend Sejl", "Karen Kaj", "Bent Bøje"]
        text = karen.page(HOLES).text
        assert "byens folk mangler nogen · har 0 af 7,4 timer" in text
        assert "har 3 af 18,5 timer" in text and "onsdag" in text
        assert 'href="tel:20304050"' in html and 'href="sms:20304050?&amp;body=Hej%20Bent' in html
        assert "Intet telefonnummer" in text

    def test_who_brings_what_is_missing_stands_before_who_does_not(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        with app.app_context():
            begin_write()
            key = {"programme_id": plan.programme}
            speaks = Competence(code="sprog-x", kind="language", language="ar", labels={"da": "Arabisk"}, **key)
            db.session.add(speaks)
            db.session.flush()
            member = {"membership_id": plan.members["svend"], "competence_id": speaks.id}
            needs = db.session.scalars(select(StaffingNeed).where(StaffingNeed.weekday == 2)).all()
            db.session.add(MembershipCompetence(**member, **key))
            db.session.add_all(NeedCompetence(need_id=one.id, competence_id=speaks.id, **key) for one in needs)
            db.session.commit()
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        fall_ill(karen, plan, "rita")
        assert order(karen.get(HOLES).text)[0] == "Svend Sejl"
        assert "taler arabisk · har 0 af 37 timer" in karen.page(HOLES).text

    def test_who_is_away_or_on_duty_elsewhere_then_is_not_offered(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        plan.shift("svend", "skuret", WEDNESDAY, 11, 14)
        client_of(app, "bent").submit("/mine-vagter/fravaer", first=str(WEDNESDAY), kind="holiday")
        fall_ill(karen, plan, "rita")
        assert order(karen.get(HOLES).text) == ["Karen Kaj", "Tove Tov"] or order(karen.get(HOLES).text) == [
            "Tove Tov",
            "Karen Kaj",
        ]

    def test_a_leader_sees_her_own_holes_and_people_only(
        self, plan: Plan, tove: CheckingClient, karen: CheckingClient, shift: int
    ) -> None:
        bents = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        fall_ill(karen, plan, "rita", "bent")
        html = tove.get(HOLES).text
        assert f"hul-{bents}" in html and f"hul-{shift}" not in html
        assert order(html) == ["Tove Tov"]
        form = dict(tove.page(HOLES).forms()[0].fields)
        data = {"csrf_token": form["csrf_token"], "svar": "ja", "membership": plan.members["svend"]}
        assert tove.post(f"{HOLES}/{bents}", data=data).status_code == 403
        assert tove.post(f"{HOLES}/{shift}", data=data).status_code == 403

    def test_yes_in_the_telephone_gives_her_the_shift(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        fall_ill(karen, plan, "rita")
        page = deed(karen, shift, "ja", membership=plan.members["bent"])
        assert "Bent Bøje har nu vagten: Kajen i dag kl. 9–12." in page
        new = plan.shifts()[-1]
        assert (new.replaces_id, new.membership_id, new.status) == (shift, plan.members["bent"], "active")
        assert set(mails(app, "stand_in_is_you")) == {"bent"}
        again = deed(karen, shift, "ja", membership=plan.members["svend"])
        assert "Bent Bøje har vagten nu." in again and len(plan.shifts()) == 2

    def test_no_in_the_telephone_is_remembered_and_moves_her_down(
        self, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        fall_ill(karen, plan, "rita")
        first = order(karen.get(HOLES).text)[0]
        name = first.split()[0].lower()
        page = deed(karen, shift, "nej", membership=plan.members[name])
        assert f"{first} sagde nej." in page
        assert order(karen.get(HOLES).text)[-1] == first
        assert "Alligevel" not in page

    def test_who_stands_in_and_falls_ill_leaves_a_hole_of_her_own(
        self, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        fall_ill(karen, plan, "rita")
        deed(karen, shift, "ja", membership=plan.members["bent"])
        page = fall_ill(karen, plan, "bent")
        assert page.count("er meldt fra.") == 1 and "Bent Bøje er meldt fra." in page
        deed(karen, plan.shifts()[-1].id, "ja", membership=plan.members["tove"])
        assert [one.status for one in plan.shifts()] == ["cancelled", "cancelled", "active"]

    def test_open_with_fewer_is_noted_and_taken_back(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        fall_ill(karen, plan, "rita")
        page = deed(karen, shift, "faerre")
        assert "Der holdes åbent med færre: Kajen i dag kl. 9–12." in page and "Sagde ja" not in page
        assert "Åbent med færre" in page and "ingen i huset" in page, "the gap stays told"
        assert "Sagde ja" in deed(karen, shift, "alligevel")

    def test_closing_and_shorter_hours_are_for_who_may_edit_hours(
        self, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        fall_ill(tove, plan, "bent")
        for client, there in ((karen, True), (tove, False)):
            html = client.get(HOLES).text
            assert ("/indstillinger/aabningstider/luk?sted=" in html) is there
            assert ("/indstillinger/aabningstider/anden-tid?sted=" in html) is there
            assert (f"dag={WEDNESDAY}" in html) is there

    def test_a_cancelling_can_be_undone_from_there(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        fall_ill(karen, plan, "rita")
        assert karen.submit(HOLES, action=f"/vagtplan/vagt/{shift}/fortryd").status_code == 303
        assert plan.read(shift).status == "active"
        assert "Vagten er ikke ledig mere." in deed(karen, shift, "ja", membership=plan.members["bent"])
        assert len(plan.shifts()) == 1

    def test_what_no_button_says_changes_nothing(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        fall_ill(karen, plan, "rita")
        assert "Vælg, hvad du vil." in deed(karen, shift, "vrøvl")
        assert "Vælg, hvem du vil spørge." in deed(karen, shift, "spoerg")
        assert karen.get(f"{HOLES}/{shift}").headers["Location"].endswith(f"{HOLES}#hul-{shift}")

    def test_it_asks_the_database_as_often_however_many_people_there_are(
        self, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        fall_ill(karen, plan, "rita")
        counts = []
        for people in (5, 60):
            newcomers(plan, people)
            with counted() as statements:
                assert "Flere, der kan" in karen.page(HOLES).text
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 26
