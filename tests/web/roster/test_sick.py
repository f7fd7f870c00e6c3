"""The day goes wrong, through the front door: several people are off all their shifts, on one screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.absences import Absence
from advice.models.audit import AuditEntry
from tests.plans import MONDAY, WEDNESDAY, Plan, client_of
from tests.program import Clock
from tests.sick_screens import SICK, fall_ill, mails, offered
from tests.web_client import CheckingClient

MONDAY_AFTER = MONDAY + timedelta(days=7)


@pytest.fixture
def clock() -> Clock:
    """Wednesday at half past seven, before Kajen opens at nine."""
    return Clock(datetime(2026, 11, 25, 6, 30, tzinfo=UTC))


@pytest.fixture
def shift(plan: Plan) -> int:
    """Rita at Kajen today, 9-12."""
    return plan.shift("rita", "kajen", WEDNESDAY, 9, 12)


class TestSickCall:
    """Off every shift, on one screen."""

    def test_two_fall_ill_the_same_morning_and_are_off_all_their_shifts(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        bents, later = plan.shift("bent", "kajen", WEDNESDAY, 9, 12), plan.shift("rita", "skuret", MONDAY_AFTER, 13, 16)
        svends = plan.shift("svend", "kajen", WEDNESDAY, 9, 12)
        page = fall_ill(karen, plan, "rita", "bent", last="2026-11-30")
        assert [plan.read(one).status for one in (shift, bents, later, svends)] == ["cancelled"] * 3 + ["active"]
        assert "3 vagter er aflyst: Kajen i dag kl. 9–12" in page and "Skuret mandag 30. november kl. 13–16" in page
        assert page.count("er meldt fra.") == 3
        assert "mangler 1 fra byens folk kl. 9–12" in page
        with app.app_context():
            rows = db.session.scalars(select(Absence).order_by(Absence.membership_id)).all()
            assert {(one.kind, one.first_day, one.last_day) for one in rows} == {
                ("absence", WEDNESDAY, date(2026, 11, 30))
            }
            assert len(rows) == 2
            kept = [one.details for one in db.session.scalars(select(AuditEntry))]
            assert not [one for one in kept if "syg" in str(one).lower() or "kind" in one]

    def test_those_who_fall_ill_and_the_other_leaders_are_told_and_nobody_why(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        fall_ill(karen, plan, "rita", "bent")
        told_of = mails(app, "shifts_called_off")
        assert set(told_of) == {"rita", "bent"} and "onsdag 25. november kl. 9–12, Kajen" in told_of["rita"]
        leaders = mails(app, "holes_to_fill")
        assert set(leaders) == {"tove"}, "who did it knows already"
        assert "Bent Bøje" in leaders["tove"] and "Rita" not in leaders["tove"], "her own people only"
        assert not [body for body in (*told_of.values(), *leaders.values()) if "syg" in body.lower()]

    def test_those_on_duty_today_stand_first(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        page = karen.page(SICK)
        assert offered(page, "on_duty") == [str(plan.members["rita"])]
        assert "Rita Ror (huset · vagt i Kajen kl. 9–12)" in page.text
        assert str(plan.members["svend"]) in offered(page, "others")

    def test_a_leader_calls_off_her_own_people_only(
        self, plan: Plan, tove: CheckingClient, karen: CheckingClient, shift: int
    ) -> None:
        bents = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        answer = tove.submit(SICK, action=SICK, on_duty=[str(plan.members["rita"])], forged=True)
        assert answer.status_code == 422 and "Vælg kun nogen, du lægger vagtplan for." in answer.text
        fall_ill(tove, plan, "bent")
        assert (plan.read(shift).status, plan.read(bents).status) == ("active", "cancelled")
        assert "væk" in karen.page("/vagtplan/fravaer").text

    def test_who_has_told_it_herself_is_called_off_all_the_same(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        rita = client_of(app, "rita")
        assert rita.submit("/mine-vagter/fravaer", first=str(WEDNESDAY), kind="absence").status_code == 303
        assert "1 vagt er aflyst" in fall_ill(karen, plan, "rita")
        with app.app_context():
            assert len(db.session.scalars(select(Absence)).all()) == 1

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({}, "Vælg mindst én."),
            ({"on_duty": "RITA", "first": ""}, "Vælg en dag."),
            ({"on_duty": "RITA", "first": "2026-11-26", "last": "2026-11-25"}, "Den sidste dag skal ligge efter"),
            ({"on_duty": "RITA", "first": "2026-11-20", "last": "2026-11-21"}, "Dagen er gået."),
            ({"on_duty": "RITA", "first": "9999-12-31"}, "Så langt frem kan der ikke planlægges."),
            ({"on_duty": "RITA", "last": "2036-11-25"}, "Vælg højst to år."),
            ({"on_duty": "x"}, "Vælg kun nogen, du lægger vagtplan for."),
        ],
    )
    def test_what_cannot_be_is_refused_and_nobody_is_called_off(
        self, plan: Plan, karen: CheckingClient, shift: int, fields: dict[str, str], sentence: str
    ) -> None:
        wanted = {key: value.replace("RITA", str(plan.members["rita"])) for key, value in fields.items()}
        answer = karen.submit(SICK, wanted, action=SICK, forged=True)
        assert answer.status_code == 422 and sentence in answer.text
        assert plan.read(shift).status == "active"

    def test_the_week_leads_there(self, plan: Plan, karen: CheckingClient) -> None:
        assert f'href="{SICK}"' in karen.get("/vagtplan/2026-48").text
