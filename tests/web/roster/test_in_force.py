"""A plan or an edit that comes in force: whoever laid it hears of it, and so do leaders who had not said yes."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.plans import MONDAY, Plan, client_of
from tests.program import Clock
from tests.sick_screens import mails, path_in
from tests.web.roster.test_near import NEW
from tests.web.roster.test_plans import begun, pressed
from tests.web_client import CheckingClient

DAYS = 7
"""Within which the leaders of these tests are to answer."""


@pytest.fixture
def last_week(plan: Plan) -> None:
    """The week of today, to be repeated: somebody of each organisation."""
    for name in ("rita", "bent"):
        plan.shift(name, "skuret", MONDAY, 13, 16)


@pytest.mark.usefixtures("last_week")
class TestAPlan:
    """Laid by one organisation, over the people of both."""

    def test_whoever_laid_it_hears_of_the_last_yes(
        self, app: Flask, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        address = begun(karen)
        pressed(karen, address, "send")
        pressed(tove, address, "godkend")
        letters = mails(app, "plan_in_force")
        assert set(letters) == {"karen"}, "not Tove, by whose yes it is"
        assert "Vagtplanen December, mandag 30. november – søndag 13. december, gælder nu." in letters["karen"]
        assert "Tove Tov har sagt ja som den sidste." in letters["karen"] and path_in(letters["karen"]) == address

    def test_leaders_who_had_not_said_yes_hear_who_put_it_in_force(
        self, app: Flask, karen: CheckingClient, clock: Clock
    ) -> None:
        address = begun(karen)
        pressed(karen, address, "send")
        clock.forward(days=DAYS)
        pressed(client_of(app, "karen"), address, "gaeld")
        letters = mails(app, "plan_in_force")
        assert set(letters) == {"tove"}, "not Karen, who has done it"
        assert "gælder nu. Karen Kaj lader den gælde, selv om I ikke har svaret" in letters["tove"]

    def test_whoever_laid_it_hears_that_the_coordinator_put_it_in_force(
        self, app: Flask, karen: CheckingClient, tove: CheckingClient, clock: Clock
    ) -> None:
        address = begun(tove)
        pressed(tove, address, "send")
        clock.forward(days=DAYS)
        pressed(client_of(app, "karen"), address, "gaeld")
        letters = mails(app, "plan_in_force")
        assert set(letters) == {"tove"} and "Karen Kaj lader den gælde" in letters["tove"]

    def test_who_puts_her_own_plan_in_force_is_not_mailed(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        address = begun(karen, weeks="0")
        new = f"{address}/ny?sted=kajen&dag=2026-12-02"
        assert karen.submit(new, membership=plan.members["rita"]).status_code == 303
        pressed(karen, address, "gaeld")
        assert len(plan.shifts()) == 3 and mails(app, "plan_in_force") == {}


class TestOneEdit:
    """A single edit that waits."""

    def test_whoever_made_it_hears_of_the_yes(self, app: Flask, karen: CheckingClient, tove: CheckingClient,
                                              plan: Plan) -> None:  # fmt: skip
        karen.submit(NEW, membership=plan.members["bent"])
        address = path_in(mails(app, "edit_waits")["tove"])
        pressed(tove, address, "godkend")
        letters = mails(app, "edit_agreed")
        assert set(letters) == {"karen"} and "Tove Tov har sagt ja som den sidste." in letters["karen"]

    def test_leaders_who_had_not_said_yes_hear_who_put_it_in_force(
        self, app: Flask, karen: CheckingClient, plan: Plan, clock: Clock
    ) -> None:
        karen.submit(NEW, membership=plan.members["bent"])
        address = path_in(mails(app, "edit_waits")["tove"])
        clock.forward(days=DAYS)
        pressed(client_of(app, "karen"), address, "gaeld")
        letters = mails(app, "edit_agreed")
        assert set(letters) == {"tove"}
        assert "Bent Bøje, Kajen onsdag 9. december kl. 9–12 lægges til" in letters["tove"]
        assert "Karen Kaj lader den gælde, selv om I ikke har svaret" in letters["tove"]
