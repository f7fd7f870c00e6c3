"""A plan laid by two organisations, through the front door: repeated, changed by hand, sent, approved, in force."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from advice import work
from advice.config import Settings
from advice.database import db
from advice.models.drafts import Draft, DraftChange
from advice.models.outbox import Mail
from tests.plans import Plan, client_of, told
from tests.program import Clock
from tests.web_client import CheckingClient

PLANS = "/vagtplan/planlaeg/"
FIRST, LAST = "2026-11-30", "2026-12-13"
WEDNESDAY = date(2026, 12, 2)


@pytest.fixture
def last_week(plan: Plan) -> None:
    """The week of today, to be repeated: rita and bent on Monday, rita on Wednesday."""
    plan.shift("rita", "skuret", date(2026, 11, 23), 13, 16)
    plan.shift("bent", "skuret", date(2026, 11, 23), 13, 16)
    plan.shift("rita", "kajen", date(2026, 11, 25), 9, 12)


def begun(client: CheckingClient, weeks: str = "1") -> str:
    """The address of a new plan for two weeks."""
    answer = client.submit(PLANS, name="December", first=FIRST, last=LAST, weeks=weeks)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def pressed(client: CheckingClient, address: str, step: str) -> str:
    """What the page of a plan says once a button of it has been pressed."""
    answer = client.submit(address, action=f"{address}/{step}")
    assert answer.status_code == 303, answer.text
    return told(client, answer.headers["Location"])


def signed(client: CheckingClient, page: str) -> dict[str, str]:
    """The token of a page's forms, to send what the page offers no button for."""
    fields = dict(client.page(page).forms()[-1].fields)
    return {"csrf_token": str(fields["csrf_token"])}


def mails(app: Flask) -> list[tuple[str, str, str]]:
    """Kind, address and words of what waits in the outbox."""
    with app.app_context():
        return [
            (one.kind, one.to_address, one.body or "") for one in db.session.scalars(select(Mail).order_by(Mail.id))
        ]


def ahead(plan: Plan) -> list[tuple[str, date]]:
    """Who is on duty when after the first week."""
    names = {key: name for name, key in plan.members.items()}
    rows = [row for row in plan.shifts() if row.status == "active" and row.day >= date(2026, 11, 30)]
    return sorted((names[row.membership_id], row.day) for row in rows)


@pytest.mark.usefixtures("last_week")
class TestAPlan:
    """From the first button to shifts in force."""

    def test_the_form_suggests_the_quarter_after_what_is_laid(self, karen: CheckingClient) -> None:
        fields = dict(next(form for form in karen.page(PLANS).forms() if "first" in form.names).fields)
        assert (fields["first"], fields["name"], fields["weeks"]) == ("2026-11-30", "4. kvartal 2026", "4")
        assert fields["last"] == "2027-01-03"

    def test_it_is_repeated_sent_approved_and_comes_in_force(
        self, app: Flask, settings: Settings, plan: Plan, clock: Clock, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        address = begun(karen)
        page = karen.page(address).text
        assert "6 vagter lagt." in page and "byens folk" not in page.partition("Uger")[0]
        assert ahead(plan) == []
        week = karen.page(f"{address}/2026-49").text
        assert week.count("Rita Ror") == 2 and "ny" in week
        assert "1 leder er spurgt" in pressed(karen, address, "send")
        assert ahead(plan) == []
        assert [(kind, to) for kind, to, _body in mails(app)] == [("plan_sent", "tove@example.org")]
        assert f"http://localhost{address}" in mails(app)[0][2]
        said = pressed(tove, address, "godkend")
        assert "Alle har sagt ja. Planen gælder nu: 6 vagter." in said
        assert ahead(plan) == [
            ("bent", date(2026, 11, 30)), ("bent", date(2026, 12, 7)), ("rita", date(2026, 11, 30)),
            ("rita", WEDNESDAY), ("rita", date(2026, 12, 7)), ("rita", date(2026, 12, 9)),
        ]  # fmt: skip
        assert "Rita Ror" in karen.page("/vagtplan/2026-49").text
        clock.forward(hours=3)
        with app.app_context():
            work.run_queues(settings, work.QUEUES)
        letters = {to: body for kind, to, body in mails(app) if kind == "shifts_changed"}
        assert set(letters) == {"bent@example.org", "rita@example.org"}
        assert letters["bent@example.org"].count("- Ny: mandag") == 2

    def test_what_is_left_out_is_told_with_why(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("rita", "skuret", WEDNESDAY, 8, 10)
        page = karen.page(begun(karen)).text
        assert "5 vagter lagt. 1 er udeladt; se hvorfor." in page
        assert "Har vagt et andet sted" in page and "Rita Ror, Kajen onsdag 2. december" in page

    def test_a_leader_lays_her_own_people_only_and_changes_no_others(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        address = begun(tove)
        with app.app_context():
            rows = db.session.scalars(select(DraftChange)).all()
            assert {row.membership_id for row in rows} == {plan.members["bent"]}
        theirs = begun(karen)
        assert tove.get(theirs).status_code == 200
        for step in ("send", "drop", "gentag", "gaeld", "ret"):
            assert tove.post(f"{theirs}/{step}", data=signed(tove, address)).status_code == 403, step

    def test_an_adviser_sees_no_plans(self, app: Flask, karen: CheckingClient) -> None:
        address = begun(karen)
        rita = client_of(app, "rita")
        assert {rita.get(one).status_code for one in (PLANS, address, f"{address}/2026-49")} == {403}

    def test_a_plan_that_was_dropped_comes_back(self, plan: Plan, karen: CheckingClient) -> None:
        address = begun(karen)
        assert "Planen er droppet" in pressed(karen, address, "drop")
        assert "Planen kan rettes igen" in pressed(karen, address, "ret")

    def test_those_who_are_asked_hear_that_a_plan_was_dropped(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        address = begun(karen)
        pressed(karen, address, "drop")
        assert mails(app) == [], "nobody was asked yet"
        pressed(karen, address, "ret")
        pressed(karen, address, "send")
        pressed(karen, address, "drop")
        _sent, (kind, to, body) = mails(app)
        assert (kind, to) == ("plan_dropped", "tove@example.org") and "Karen Kaj har droppet vagtplanen" in body

    def test_an_empty_plan_is_not_sent(self, karen: CheckingClient) -> None:
        address = begun(karen, weeks="0")
        assert karen.post(f"{address}/send", data=signed(karen, address)).status_code == 303
        assert "Læg nogle vagter først" in told(karen, address)


class TestByHand:
    """Single changes."""

    def test_a_shift_is_added_changed_and_taken_out(self, plan: Plan, karen: CheckingClient) -> None:
        address = begun(karen, weeks="0")
        new = f"{address}/ny?sted=kajen&dag={WEDNESDAY}"
        answer = karen.submit(new, membership=plan.members["rita"])
        assert answer.status_code == 303
        week = karen.page(answer.headers["Location"])
        assert "Lagt i planen: Rita Ror, Kajen onsdag 2. december kl. 9–12." in week.text
        (change,) = re.findall(rf'href="({address}/aendring/\d+)"', karen.get(answer.headers["Location"]).text)
        answer = karen.submit(change, ends="11")
        assert "Ændret i planen: Rita Ror, Kajen onsdag 2. december kl. 9–11." in told(
            karen, answer.headers["Location"]
        )
        answer = karen.submit(change, fjern="1")
        assert "Taget ud af planen" in told(karen, answer.headers["Location"])
        assert plan.shifts() == []

    def test_a_shift_in_force_is_moved_by_the_plan_and_shown_where_it_was(
        self, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        address = begun(karen, weeks="0")
        answer = karen.submit(f"{address}/vagt/{shift}", day="2026-12-03")
        week = told(karen, answer.headers["Location"])
        assert "Ændret i planen: Rita Ror, Kajen torsdag 3. december kl. 9–12." in week and "udgår" in week
        assert plan.read(shift).day == WEDNESDAY

    def test_what_another_changed_meanwhile_is_not_overwritten(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        address = begun(karen, weeks="0")
        page = f"{address}/vagt/{shift}"
        fields = {
            **signed(karen, page),
            "version": "1",
            "place": "kajen",
            "day": str(WEDNESDAY),
            "starts": "10",
            "ends": "12",
        }
        assert karen.post(page, data=fields).status_code == 303
        answer = karen.post(page, data={**fields, "starts": "11"})
        assert answer.status_code == 409 and "Intet er gemt" in answer.text

    def test_a_day_outside_the_plan_and_a_double_place_are_told(self, plan: Plan, karen: CheckingClient) -> None:
        address = begun(karen, weeks="0")
        new = f"{address}/ny?sted=kajen&dag={WEDNESDAY}"
        answer = karen.submit(new, membership=plan.members["rita"], day="2027-02-03")
        assert answer.status_code == 422 and "Dagen ligger uden for planen" in answer.text
        for place in ("kajen", "skuret"):
            answer = karen.submit(new, membership=plan.members["rita"], place=place)
        assert "Rita Ror er sat på to gange onsdag 2. december." in told(karen, answer.headers["Location"])
        assert "Rita Ror er sat på to gange onsdag 2. december" in karen.page(address).text

    def test_what_can_never_come_in_force_is_not_sent(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        address = begun(karen, weeks="0")
        for place in ("kajen", "skuret"):
            new = f"{address}/ny?sted=kajen&dag={WEDNESDAY}"
            karen.submit(new, membership=plan.members["bent"], place=place)
        said = pressed(karen, address, "send")
        assert "Planen er ikke sendt" in said and "Bent Bøje er sat på to gange onsdag 2. december" in said
        assert mails(app) == []

    def test_who_is_asked_sees_what_it_changes_and_that_it_waits_for_her(
        self, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        address = begun(karen, weeks="0")
        karen.submit(f"{address}/vagt/{shift}", ends="11")
        assert "venter på jeres ja" not in tove.page("/vagtplan/2026-48").text
        pressed(karen, address, "send")
        assert "1 plan eller ændring venter på jeres ja" in tove.page("/vagtplan/2026-48").text
        assert "venter på jeres ja" not in karen.page("/vagtplan/2026-48").text
        line = "Bent Bøje, Kajen onsdag 2. december kl. 9–12 ændres til kl. 9–11"
        assert line in tove.page(address).text

    def test_what_stands_in_the_way_is_named_and_nothing_happens(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        address = begun(karen, weeks="0")
        karen.submit(f"{address}/ny?sted=kajen&dag={WEDNESDAY}", membership=plan.members["rita"])
        plan.shift("rita", "skuret", WEDNESDAY, 11, 14)
        answer = karen.post(f"{address}/gaeld", data=signed(karen, address))
        assert answer.status_code == 422
        assert "Rita Ror har allerede vagt i Skuret kl. 11–14." in answer.text
        with app.app_context():
            assert db.session.scalars(select(Draft.state)).all() == ["open"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"last": "2026-11-29"}, "Planen skal slutte efter, at den begynder."),
        ({"first": "2026-11-22"}, "Dagen er gået."),
        ({"last": "2028-11-29"}, "Så lang må en plan ikke være."),
        ({"name": ""}, "Skriv, hvad planen hedder."),
        ({"first": "i morgen"}, "Skriv dagen som dag, måned og år."),
        ({"weeks": "99"}, "Vælg, hvilke uger der skal gentages."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_the_field(
    karen: CheckingClient, fields: dict[str, str], sentence: str
) -> None:
    answer = karen.submit(PLANS, {"name": "December", "first": FIRST, "last": LAST, "weeks": "1", **fields})
    assert answer.status_code == 422 and sentence in answer.text


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("address", ["99", "99/2026-49", "99/ny", "99/vagt/1", "99/aendring/1"])
def test_a_plan_that_is_not_there_is_not_found(karen: CheckingClient, address: str) -> None:
    assert karen.get(f"{PLANS}{address}").status_code == 404
