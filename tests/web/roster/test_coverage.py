"""How many are on duty along the hours of an opening, as the week and a plan's week tell and draw it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.html_pages import Page
from tests.plans import MONDAY, WEDNESDAY, WEEK, Plan
from tests.program import Clock
from tests.sick_screens import deed, fall_ill
from tests.web.roster.test_plans import begun
from tests.web_client import CheckingClient

SVG = "{http://www.w3.org/2000/svg}"


def said(page: Page) -> list[str]:
    """The lines of the page, one an opening."""
    return [" ".join("".join(one.itertext()).split()) for one in page.all("p") if one.get("class") == "along"]


def drawn(page: Page, kind: str) -> list[tuple[int, ...]]:
    """The rectangles of a kind: x, y, width and height."""
    found = [one for one in page.all(f"{SVG}rect") if one.get("class") == kind]
    return [tuple(int(one.get(name, "")) for name in ("x", "y", "width", "height")) for one in found]


def test_where_nobody_is_on_duty_only_the_words_of_what_is_missing_stand(plan: Plan, karen: CheckingClient) -> None:
    page = karen.page(WEEK)
    assert "ingen i huset kl. 9–12" in page.text
    assert said(page) == [] and drawn(page, "there") == drawn(page, "hole") == []


def test_as_many_all_the_time_is_one_number(plan: Plan, karen: CheckingClient) -> None:
    plan.shift("rita", "kajen", WEDNESDAY, 8, 12)
    plan.shift("bent", "kajen", WEDNESDAY, 9, 13)
    page = karen.page(WEEK)
    assert said(page) == ["2 på vagt"]
    assert drawn(page, "there") == [(0, 0, 180, 2)] and drawn(page, "hole") == []


def test_each_stretch_is_told_and_drawn_and_where_somebody_is_missing_it_is_hollow(
    plan: Plan, karen: CheckingClient
) -> None:
    plan.shift("rita", "kajen", WEDNESDAY, 9, 11)
    plan.shift("bent", "kajen", WEDNESDAY, 10, 11)
    page = karen.page(WEEK)
    assert said(page) == ["På vagt: 1 kl. 9–10, 2 kl. 10–11, ingen kl. 11–12"]
    assert drawn(page, "there") == [(0, 1, 60, 1), (60, 0, 60, 2)]
    assert drawn(page, "hole") == [(0, 0, 60, 1), (120, 0, 60, 2)]
    assert [svg.get("aria-hidden") for svg in page.all(f"{SVG}svg") if svg.get("class") == "along-bar"] == ["true"]


def test_who_is_enough_but_of_the_wrong_organisation_leaves_room_over_them(plan: Plan, karen: CheckingClient) -> None:
    plan.shift("rita", "skuret", MONDAY, 13, 16)
    plan.shift("svend", "skuret", MONDAY, 13, 16)
    page = karen.page(WEEK)
    assert "mangler 1 fra byens folk kl. 13–16" in page.text
    assert said(page) == ["2 på vagt"]
    assert drawn(page, "there") == [(0, 1, 180, 2)] and drawn(page, "hole") == [(0, 0, 180, 1)]


def test_a_plan_s_week_counts_what_the_plan_puts_in(plan: Plan, karen: CheckingClient) -> None:
    address = begun(karen, weeks="0")
    new = f"{address}/ny?sted=kajen&dag=2026-12-02"
    assert karen.submit(new, membership=plan.members["rita"], starts="10").status_code == 303
    assert said(karen.page(f"{address}/2026-49")) == ["På vagt: ingen kl. 9–10, 1 kl. 10–12"]
    assert said(karen.page("/vagtplan/2026-49")) == []


class TestOnTheDay:
    """Somebody is away."""

    @pytest.fixture
    def clock(self) -> Clock:
        """Wednesday at half past seven, before Kajen opens at nine."""
        return Clock(datetime(2026, 11, 25, 6, 30, tzinfo=UTC))

    def test_what_the_house_can_be_open_without_is_not_hollow(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        fall_ill(karen, plan, "rita")
        page = karen.page(WEEK)
        assert said(page) == ["1 på vagt"] and len(drawn(page, "hole")) == 1
        deed(karen, shift, "faerre")
        page = karen.page(WEEK)
        assert said(page) == ["1 på vagt"] and drawn(page, "hole") == []
