"""The week on paper and the sheet for a door: what stands on them, and what does not."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask

from advice.actions import openings
from advice.database import db
from advice.models.absences import Absence
from advice.models.hours import Closure, ExtraOpening
from advice.models.people import Membership
from advice.models.places import Place, Service
from advice.models.roster import Competence, MembershipCompetence
from tests.builders import added
from tests.html_pages import Page
from tests.plans import MONDAY, WEDNESDAY, Plan, client_of
from tests.program import Clock
from tests.stored import writing
from tests.web_client import CheckingClient

PAPER, DOOR = "/vagtplan/2026-48/print", f"/vagtplan/dag/{MONDAY}/skuret"


def words(page: Page, *classes: str) -> str:
    """What stands in the parts with one of the classes."""
    found = [one for one in page.all("table", "article") if set(classes) & set(one.get("class", "").split())]
    assert found, f"no {classes}"
    return " ".join("".join(part.itertext()) for part in found).replace("\n", " ")


def sheet(client: CheckingClient, url: str) -> str:
    return " ".join(words(client.page(url), "paper-week", "door-paper").split())


def away(plan: Plan, name: str, starts: time | None = None, ends: time | None = None) -> None:
    """Somebody is away on Monday, for a reason of her own."""
    with writing(plan.app):
        who = db.session.get_one(Membership, plan.members[name])
        key = {"programme_id": who.programme_id, "person_id": who.person_id, "organisation_id": who.organisation_id}
        when = {"first_day": MONDAY, "last_day": MONDAY, "starts": starts, "ends": ends}
        added(Absence(membership_id=who.id, kind="course", entered_at=who.accepted_at, **when, **key))


class TestTheWeek:
    """Who is where, what is missing, when and for whom it was printed."""

    @pytest.mark.both_engines
    def test_it_says_who_is_where_when_and_what_is_missing(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        text = sheet(karen, PAPER)
        assert "Uge 48 man. 23. nov. tirs. 24. nov." in text
        assert "Skuret 13–16 Rita Ror 13–16 huset ! mangler 1 fra byens folk kl. 13–16" in text
        assert "! ingen i huset kl. 9–12" in text or "! kun" in text or "ingen i huset kl. 9–12" in text
        assert "Helhedsplanen Havnen · vagtplan uge 48, 2026 · printet mandag 23. november kl. 13.30" in text

    def test_a_closed_day_says_why_and_who_is_away_is_away_without_a_reason(
        self, plan: Plan, karen: CheckingClient
    ) -> None:
        assert "Lukket: " in sheet(karen, "/vagtplan/2027-13/print")
        plan.shift("bent", "skuret", MONDAY, 13, 16)
        away(plan, "bent")
        text = sheet(karen, PAPER)
        assert "Bent Bøje 13–16 byens folk, væk" in text and "ursus" not in text

    def test_the_week_leads_to_it_and_to_the_sheets_of_each_day(self, plan: Plan, karen: CheckingClient) -> None:
        links = {link.get("href") for link in karen.page("/vagtplan/2026-48").all("a")}
        assert {PAPER, DOOR, f"/vagtplan/dag/{WEDNESDAY}/kajen", "/vagtplan/vaeg", "/vagtplan/beskeder"} <= links
        assert f"/vagtplan/dag/{MONDAY}/kajen" not in links, "nothing is on there"
        links = {link.get("href") for link in karen.page("/i-dag?sted=skuret").all("a")}
        assert {DOOR, "/vagtplan/vaeg?sted=skuret", "/vagtplan/beskeder?sted=skuret"} <= links

    @pytest.mark.parametrize("week", ["2026-54", "1999-52", "2101-01"])
    def test_a_week_that_no_calendar_has_is_a_404(self, karen: CheckingClient, week: str) -> None:
        karen.page(f"/vagtplan/{week}/print", 404)

    def test_without_places_it_says_so(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        assert "Der er ingen steder i brug." not in karen.page(PAPER).text
        with writing(app):
            for row in db.session.query(Place):
                row.valid_to = date(2025, 1, 1)
        assert "Der er ingen steder i brug." in karen.page(PAPER).text


class TestTheDoor:
    """What residents may read: who is there, when, for whom, and what she speaks."""

    @pytest.mark.both_engines
    def test_it_says_who_is_here_when_and_in_which_languages(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        plan.shift("bent", "skuret", MONDAY, 14, 15)
        plan.shift("svend", "kajen", MONDAY, 13, 15)
        with writing(app):
            key = {"programme_id": plan.programme}
            arabic = added(Competence(code="arabisk", kind="language", language="ar", labels={"da": "arabisk"}, **key))
            added(MembershipCompetence(membership_id=plan.members["rita"], competence_id=arabic.id, **key))
        text = sheet(karen, DOOR)
        assert "Skuret mandag 23. november 2026 Åbent kl. 13–16" in text
        assert "Rita Ror kl. 13–16 huset · dansk · العربية" in text
        assert "Bent Bøje kl. 14–15 byens folk" in text and "Svend" not in text
        assert text.endswith("Helhedsplanen Havnen")
        short = sheet(karen, f"{DOOR}?navne=fornavn")
        assert "Rita kl. 13–16" in short and "Ror" not in short

    def test_who_is_away_is_not_on_it_and_who_comes_later_stands_from_then(
        self, plan: Plan, karen: CheckingClient
    ) -> None:
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        plan.shift("bent", "skuret", MONDAY, 13, 16)
        away(plan, "rita")
        away(plan, "bent", time(8), time(14))
        text = sheet(karen, DOOR)
        assert "Rita" not in text and "væk" not in text and "Bent Bøje kl. 14–16" in text

    def test_a_closed_day_says_why_and_another_that_it_is_not_open(
        self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock
    ) -> None:
        assert "Ikke åbent i dag" in sheet(karen, f"/vagtplan/dag/{MONDAY}/kajen")
        with writing(app):
            key = {"programme_id": plan.programme}
            first = {"first_date": WEDNESDAY, "last_date": WEDNESDAY}
            added(Closure(kind="once", reason={"da": "Maleren kommer"}, **first, **key))
            refreshed(app, plan, clock)
        plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        text = sheet(karen, f"/vagtplan/dag/{WEDNESDAY}/kajen")
        assert "Lukket: Maleren kommer" in text and "Rita" not in text, "nobody is to come for her"

    def test_an_extra_opening_stands_on_it(self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock) -> None:
        with writing(app):
            place = db.session.query(Place).filter_by(slug="skuret").one().id
            service = db.session.query(Service).one().id
            spot = {"programme_id": plan.programme, "place_id": place, "service_id": service}
            added(ExtraOpening(day=MONDAY, starts=time(17), ends=time(19), **spot))
            refreshed(app, plan, clock)
        assert "Åbent kl. 13–16 Åbent kl. 17–19" in sheet(karen, DOOR)

    @pytest.mark.parametrize(
        "address", ["2026-02-29/skuret", "20261123/skuret", "2026-W48-1/skuret", "0001-01-01/skuret",
                    "9999-12-31/skuret", "i-dag/skuret", "2026-11-23/findes-ikke"],
    )  # fmt: skip
    def test_a_day_or_place_that_is_none_is_a_404(self, karen: CheckingClient, address: str) -> None:
        karen.page(f"/vagtplan/dag/{address}", 404)

    @pytest.mark.parametrize("day", ["2000-01-03", "2100-12-31"])
    def test_the_ends_of_the_calendar_have_a_neighbour_on_one_side(self, karen: CheckingClient, day: str) -> None:
        links = [one.get("rel") for one in karen.page(f"/vagtplan/dag/{day}/skuret").all("a") if one.get("rel")]
        assert links in (["next"], ["prev"], ["prev", "next"])

    def test_an_adviser_may_print_it_and_a_reader_not(self, app: Flask, plan: Plan) -> None:
        client_of(app, "rita").page(DOOR)
        assert client_of(app, "lars").get(DOOR).status_code == 403


def refreshed(app: Flask, plan: Plan, clock: Clock) -> None:
    """Store the openings anew."""
    db.session.flush()
    openings.refresh(plan.programme, clock(), app.extensions["advice"].timezone)
