"""Absence through the front door: told, seen by those who may, asked for, and what it means for shifts."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.absences import Absence
from advice.models.outbox import Mail
from tests.plans import WEEK, Plan, client_of, told
from tests.web_client import CheckingClient

OWN, ALL = "/mine-vagter/fravaer", "/vagtplan/fravaer"
WEDNESDAY = date(2026, 11, 25)


def mails(app: Flask) -> list[tuple[str, str, str]]:
    """Kind, address and words of what waits in the outbox."""
    with app.app_context():
        return [
            (one.kind, one.to_address, one.body or "") for one in db.session.scalars(select(Mail).order_by(Mail.id))
        ]


def marks(client: CheckingClient) -> str:
    """What the week says, without the way to the sick call."""
    return client.page(WEEK).text.replace("Syg eller væk i dag", "")


class TestOwn:
    """What a person tells of herself."""

    def test_it_is_told_and_taken_back(self, app: Flask, bent: CheckingClient) -> None:
        assert "Du har ikke meldt noget fravær." in bent.page(OWN).text
        answer = bent.submit(OWN, first="2026-12-07", last="2026-12-11", kind="holiday")
        assert answer.status_code == 303
        page = told(bent, OWN)
        assert "Gemt: mandag 7. december – fredag 11. december." in page and "Ferie" in page
        assert mails(app) == []
        assert bent.submit(OWN, action="traek-tilbage").status_code == 303
        assert "Trukket tilbage: mandag 7. december – fredag 11. december." in told(bent, OWN)
        assert "Du har ikke meldt noget fravær." in bent.page(OWN).text

    def test_shifts_in_those_days_are_told_and_her_leaders_hear_of_them_but_not_why(
        self, app: Flask, plan: Plan, bent: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        bent.submit(OWN, first=str(WEDNESDAY), kind="course")
        assert "Der er vagter i de dage: onsdag 25. november (Kajen)." in told(bent, OWN)
        assert plan.read(shift).status == "active", "nobody is taken off by it"
        told_of = mails(app)
        assert {to for _kind, to, _body in told_of} == {"karen@example.org", "tove@example.org"}
        assert all("onsdag 25. november kl. 9–12, Kajen" in body and "ursus" not in body for _k, _t, body in told_of)

    def test_hours_of_a_day_touch_only_the_shifts_in_them(self, plan: Plan, bent: CheckingClient) -> None:
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        bent.submit(OWN, first=str(WEDNESDAY), starts="13", ends="15")
        page = told(bent, OWN)
        assert "Gemt: onsdag 25. november kl. 13–15." in page and "Der er vagter" not in page

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"first": ""}, "Vælg en dag."),
            ({"first": "2026-12-07", "last": "2026-12-06"}, "Fraværet skal slutte efter, at det begynder."),
            ({"first": "2026-11-20"}, "Dagen er gået."),
            ({"first": "2026-12-07", "last": "2036-12-07"}, "Vælg højst to år."),
            ({"first": "2026-12-07", "starts": "9"}, "Skriv både fra og til, eller ingen af dem."),
            ({"first": "2026-12-07", "starts": "12", "ends": "9"}, "Klokkeslættet skal være senere end det første."),
        ],
    )
    def test_what_cannot_be_is_refused_at_the_field(
        self, bent: CheckingClient, fields: dict[str, str], sentence: str
    ) -> None:
        answer = bent.submit(OWN, fields)
        assert answer.status_code == 422 and sentence in answer.text

    def test_what_is_told_already_is_not_told_twice(self, bent: CheckingClient) -> None:
        bent.submit(OWN, first="2026-12-07", last="2026-12-11")
        answer = bent.submit(OWN, first="2026-12-08")
        assert answer.status_code == 422 and "Det er meldt allerede: mandag 7. december" in answer.text

    def test_days_that_have_gone_stay(self, app: Flask, plan: Plan, bent: CheckingClient) -> None:
        bent.submit(OWN, first="2026-11-20", last="2026-11-27")
        bent.submit(OWN, action="traek-tilbage")
        with app.app_context():
            row = db.session.scalars(select(Absence)).one()
            assert (row.last_day, row.withdrawn_at) == (date(2026, 11, 22), None)


class TestPlanners:
    """What those who plan see and do."""

    def test_the_own_organisation_sees_why_and_the_other_that_somebody_is_away(
        self, bent: CheckingClient, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        bent.submit(OWN, first="2026-12-07", kind="holiday")
        assert "Ferie" in tove.page(ALL).text.partition("Meld fravær for en anden")[0]
        seen = karen.page(ALL).text.partition("Meld fravær for en anden")[0]
        assert "Bent Bøje" in seen and "væk" in seen and "Ferie" not in seen

    def test_the_week_marks_who_is_away(self, plan: Plan, bent: CheckingClient, karen: CheckingClient) -> None:
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        assert "væk" not in marks(karen)
        bent.submit(OWN, first=str(WEDNESDAY), kind="holiday")
        week = marks(karen)
        assert week.count("væk") == 1 and "Ferie" not in week
        assert "mangler 1 fra byens folk" in week, "who is away covers nothing"

    def test_a_leader_enters_it_for_her_own_people(
        self, plan: Plan, bent: CheckingClient, tove: CheckingClient
    ) -> None:
        assert tove.submit(ALL, action=ALL, membership=plan.members["bent"], first="2026-12-07").status_code == 303
        assert "mandag 7. december" in bent.page(OWN).text
        answer = tove.submit(ALL, action=ALL, membership=plan.members["rita"], first="2026-12-07", forged=True)
        assert answer.status_code == 422 and "Vælg en, der er på holdet." in answer.text

    def test_a_plan_that_is_being_laid_over_it_is_told_to_who_plans(
        self, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        begun = karen.submit("/vagtplan/planlaeg/", name="December", first="2026-11-30", last="2026-12-13", weeks="0")
        karen.submit(f"{begun.location}/ny?sted=kajen&dag=2026-12-02", membership=plan.members["bent"])
        answer = tove.submit(ALL, membership=plan.members["bent"], first="2026-12-01", last="2026-12-04", kind="leave")
        assert answer.status_code == 303, answer.text
        assert "Planen December har vagter i de dage: onsdag 2. december (Kajen)." in told(tove, ALL)

    def test_everybody_is_asked_and_who_has_answered_is_seen(
        self, app: Flask, bent: CheckingClient, karen: CheckingClient
    ) -> None:
        answer = karen.submit(ALL, action="spoerg", begins="2026-12-01", until="2027-03-31", answer_by="2026-11-30")
        assert answer.status_code == 303
        assert "5 er spurgt." in told(karen, ALL)
        assert {to.partition("@")[0] for kind, to, _ in mails(app) if kind == "absence_asked"} == {
            "karen", "tove", "rita", "svend", "bent",
        }  # fmt: skip
        assert "senest mandag 30. november" in bent.page(OWN).text
        bent.submit(OWN, action="faerdig")
        assert "Du har sagt, at du har meldt alt" in told(bent, OWN)
        page = karen.page(ALL).text
        assert "1 har svaret." in page and "Mangler:" in page and "Bent" not in page.partition("Mangler:")[2][:80]
        assert karen.submit(ALL, action="mind").status_code == 303
        assert "4 er mindet om det." in told(karen, ALL)
        again = karen.page(ALL)
        assert "De er mindet om det." in again.text and not [
            one for one in again.forms() if one.action.endswith("mind")
        ]

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"until": "2026-11-01"}, "Den sidste dag skal ligge efter den første."),
            ({"answer_by": "2026-11-01"}, "Dagen er gået."),
            ({"answer_by": "2027-06-01"}, "Svarene skal være der, før dagene er gået."),
        ],
    )
    def test_a_round_that_cannot_be_is_refused(
        self, karen: CheckingClient, fields: dict[str, str], sentence: str
    ) -> None:
        wanted = {"begins": "2026-12-01", "until": "2027-03-31", "answer_by": "2026-11-30", **fields}
        answer = karen.submit(ALL, wanted, action="spoerg")
        assert answer.status_code == 422 and sentence in answer.text

    def test_somebody_elses_absence_is_hers_and_her_planners(
        self, app: Flask, plan: Plan, bent: CheckingClient, tove: CheckingClient
    ) -> None:
        bent.submit(OWN, first="2026-12-07")
        rita = client_of(app, "rita")
        rita.submit(OWN, first="2026-12-08")
        with app.app_context():
            rows = {row.membership_id: row.id for row in db.session.scalars(select(Absence))}
        bents, ritas = rows[plan.members["bent"]], rows[plan.members["rita"]]
        token = dict(rita.page(OWN).forms()[-1].fields)["csrf_token"]
        assert rita.post(f"{OWN}/{bents}/traek-tilbage", data={"csrf_token": token}).status_code == 404
        token = dict(tove.page(OWN).forms()[-1].fields)["csrf_token"]
        assert tove.post(f"{ALL}/{ritas}/traek-tilbage", data={"csrf_token": token}).status_code == 403
