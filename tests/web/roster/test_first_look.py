"""The vagtplan as somebody new meets it: after a closure, without a place, and with nothing open."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import begin_write, db
from advice.models.hours import Opening, WeeklyHours
from advice.models.places import Place
from tests.html_pages import Page
from tests.plans import MONDAY, WEDNESDAY, WEEK, Plan, client_of, told
from tests.web_client import CheckingClient

YESTERDAY = MONDAY - timedelta(days=1)
FROM_MONDAY = f"/vagtplan/ny?fra={MONDAY}"


def closed(plan: Plan, day: date) -> None:
    """Everything is closed that day."""
    with plan.app.app_context():
        begin_write()
        for row in db.session.scalars(select(Opening).where(Opening.day == day)):
            row.status = "closed"
        db.session.commit()


@pytest.fixture
def no_places(plan: Plan) -> Plan:
    """The places have ended, with their hours."""
    with plan.app.app_context():
        begin_write()
        for hours in db.session.scalars(select(WeeklyHours)):
            hours.valid_to = date(2026, 11, 1)
        for place in db.session.scalars(select(Place)):
            place.valid_to = date(2026, 11, 1)
        for opening in db.session.scalars(select(Opening)):
            opening.status = "cancelled"
        db.session.commit()
    return plan


def begun(page: Page) -> tuple[str | None, ...]:
    """Place, day and hours that the form for a new shift begins with."""
    fields = dict(next(form for form in page.forms() if "membership" in form.names).fields)
    return tuple(fields.get(name) for name in ("place", "day", "starts", "ends"))


class TestLeftOut:
    """Shifts that stand where nothing is open."""

    def test_they_are_named_before_what_is_covered_and_linked_to(self, plan: Plan, karen: CheckingClient) -> None:
        for name in ("rita", "bent"):
            plan.shift(name, "skuret", MONDAY, 13, 16)
            plan.shift(name, "kajen", WEDNESDAY, 9, 12)
        closed(plan, WEDNESDAY)
        page = karen.page(WEEK)
        wanted = r"2 vagter står uden for åbningstid: Kajen ons\. 25\. nov\. .*Alle ugens åbninger er dækket\."
        assert re.search(wanted, page.text)
        cell = next(cell for cell in page.all("td") if cell.get("id") == "kajen-2026-11-25")
        assert "Rita Ror" in "".join(cell.itertext())
        assert "#kajen-2026-11-25" in [link.get("href") for link in page.all("a")]

    def test_one_is_one(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("rita", "kajen", MONDAY, 9, 12)
        assert "1 vagt står uden for åbningstid: Kajen man. 23. nov." in told(karen)

    def test_a_shift_that_only_reaches_out_is_not_among_them(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("rita", "kajen", WEDNESDAY, 8, 12)
        assert "står uden for åbningstid" not in told(karen)


class TestWithoutPlaces:
    """A programme in which no shift can stand anywhere."""

    @pytest.mark.usefixtures("no_places")
    @pytest.mark.parametrize("url", [WEEK, "/vagtplan/ny"])
    def test_a_coordinator_is_shown_the_way_to_one(self, karen: CheckingClient, url: str) -> None:
        page = karen.page(url)
        assert "Der er ingen steder i brug" in page.text
        links = [link.get("href", "") for link in page.all("a")]
        assert "/indstillinger/steder/ny" in links
        assert not [link for link in links if link.startswith("/vagtplan/ny")]

    @pytest.mark.usefixtures("no_places")
    def test_others_are_told_whom_to_ask(self, tove: CheckingClient) -> None:
        page = tove.page(WEEK)
        assert "Spørg jeres tovholder" in page.text
        assert not [link for link in page.all("a") if "/ny" in link.get("href", "")]


class TestWhatTheFormBeginsWith:
    """The button above the week, which says no place."""

    def test_the_button_says_from_when(self, plan: Plan, karen: CheckingClient) -> None:
        assert plan
        assert FROM_MONDAY in [link.get("href") for link in karen.page(WEEK).all("a")]
        assert not [link for link in karen.page("/vagtplan/2026-47").all("a") if "/ny" in link.get("href", "")]

    def test_it_is_the_first_open_day_of_the_week(self, plan: Plan, karen: CheckingClient) -> None:
        assert begun(karen.page(FROM_MONDAY)) == ("skuret", "2026-11-23", "13", "16")
        closed(plan, MONDAY)
        assert begun(karen.page(FROM_MONDAY)) == ("kajen", "2026-11-25", "9", "12")
        assert begun(karen.page(f"/vagtplan/ny?fra={YESTERDAY}&sted=kajen"))[:2] == ("kajen", "2026-11-25")

    def test_where_all_is_closed_it_is_nothing(self, plan: Plan, karen: CheckingClient) -> None:
        for day in (MONDAY, WEDNESDAY):
            closed(plan, day)
        assert not any(begun(karen.page(FROM_MONDAY)))

    def test_a_day_beyond_all_plans_is_a_404(self, karen: CheckingClient) -> None:
        karen.page("/vagtplan/ny?fra=9999-12-31", 404)


class TestWhereACoordinatorLands:
    """At log-in."""

    def landing(self, app: Flask, name: str) -> str:
        """Where the log-in page leads somebody who is logged in."""
        links = client_of(app, name).page("/log-ind").all("a")
        return next(link.get("href", "") for link in links if "".join(link.itertext()) == "Gå videre")

    @pytest.mark.usefixtures("plan")
    def test_on_the_vagtplan_when_all_is_set_up(self, app: Flask) -> None:
        assert self.landing(app, "karen") == "/vagtplan"

    @pytest.mark.usefixtures("no_places")
    def test_on_the_first_steps_while_something_lacks(self, app: Flask) -> None:
        assert self.landing(app, "karen") == "/indstillinger"
        assert self.landing(app, "tove") == "/vagtplan"
