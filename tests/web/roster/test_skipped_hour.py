"""A shift cannot begin, end or be split at a time that the clocks jump over: 2-3 on the last Sunday of March."""

from __future__ import annotations

from datetime import date

import pytest

from tests.plans import Plan
from tests.web.roster.test_moving import foreseen, moved
from tests.web.roster.test_plan_edits import foreseen as foreseen_in_plan
from tests.web.roster.test_plan_edits import moved as moved_in_plan
from tests.web_client import CheckingClient

SPRING, SATURDAY = date(2027, 3, 28), date(2027, 3, 27)
HALF_PAST = "Den 28.03.2027 går uret frem, og 2.30 findes ikke."
OTHER = {"starts": "1", "ends": "5"}


@pytest.mark.parametrize(("field", "typed"), [("starts", {"starts": "2.30"}), ("ends", {"ends": "2.30"})])
def test_it_cannot_be_added(plan: Plan, karen: CheckingClient, field: str, typed: dict[str, str]) -> None:
    fields = {"membership": str(plan.members["rita"]), "day": str(SPRING), **OTHER, **typed}
    answer = karen.submit(f"/vagtplan/ny?sted=kajen&dag={SPRING}", fields)
    assert answer.status_code == 422 and plan.shifts() == []
    assert HALF_PAST in answer.text and f'id="{field}-error"' in answer.text and 'value="2.30"' in answer.text


def test_the_hours_about_it_and_the_same_hour_of_other_days_can(plan: Plan, karen: CheckingClient) -> None:
    for day, starts, ends in ((SPRING, "1.59", "3"), (SATURDAY, "2.30", "2.45"), (date(2026, 12, 27), "2", "3")):
        fields = {"membership": str(plan.members["rita"]), "day": str(day), "starts": starts, "ends": ends}
        assert karen.submit(f"/vagtplan/ny?sted=kajen&dag={day}", fields).status_code == 303
    assert len(plan.shifts()) == 3


@pytest.mark.parametrize("typed", [{"starts": "2"}, {"ends": "2.59"}])
def test_it_cannot_be_changed_to_it(plan: Plan, karen: CheckingClient, typed: dict[str, str]) -> None:
    shift = plan.shift("rita", "kajen", SPRING, 1, 5)
    answer = karen.submit(f"/vagtplan/vagt/{shift}", typed, action=f"/vagt/{shift}")
    assert answer.status_code == 422 and "går uret frem" in answer.text
    assert plan.read(shift).version == 1


def test_it_cannot_be_split_there(plan: Plan, karen: CheckingClient) -> None:
    shift = plan.shift("rita", "kajen", SPRING, 1, 5)
    answer = karen.submit(f"/vagtplan/vagt/{shift}", action="/del", at="2.30", second_place="kajen")
    assert answer.status_code == 422 and HALF_PAST in answer.text and 'id="at-error"' in answer.text
    assert len(plan.shifts()) == 1


def test_it_cannot_be_moved_there_on_the_board(plan: Plan, karen: CheckingClient) -> None:
    shift = plan.shift("rita", "kajen", SATURDAY, 2, 5)
    sentence = "Den 28.03.2027 går uret frem, og 2.00 findes ikke."
    found = foreseen(karen, shift, "kajen", SPRING)
    assert (found["may"], found["says"]) == (False, [["error", sentence]])
    status, text = moved(karen, shift, "kajen", str(SPRING))
    assert status == 422 and sentence in text
    assert plan.read(shift).day == SATURDAY


def test_nor_in_a_plan(plan: Plan, karen: CheckingClient) -> None:
    made = karen.submit("/vagtplan/planlaeg/", name="Marts", first=str(SATURDAY), last="2027-04-04", weeks="0")
    new = f"{made.headers['Location']}/ny?sted=kajen&dag={SPRING}"
    fields = {"membership": str(plan.members["rita"]), "day": str(SPRING), **OTHER}
    answer = karen.submit(new, fields | {"starts": "2.30"})
    assert answer.status_code == 422 and HALF_PAST in answer.text
    answer = karen.submit(new, fields)
    one = next(link.get("href", "") for link in karen.page(answer.headers["Location"]).all("a")
               if "/aendring/" in link.get("href", ""))  # fmt: skip
    answer = karen.submit(one, {"at": "2.30", "second_place": "kajen", "del": "1"})
    assert answer.status_code == 422 and HALF_PAST in answer.text


def test_nor_moved_there_in_a_plan(plan: Plan, karen: CheckingClient) -> None:
    made = karen.submit("/vagtplan/planlaeg/", name="Marts", first=str(SATURDAY), last="2027-04-04", weeks="0")
    fields = {"membership": str(plan.members["rita"]), "day": str(SATURDAY), "starts": "2", "ends": "5"}
    answer = karen.submit(f"{made.headers['Location']}/ny?sted=kajen&dag={SATURDAY}", fields)
    one = next(link.get("href", "") for link in karen.page(answer.headers["Location"]).all("a")
               if "/aendring/" in link.get("href", ""))  # fmt: skip
    sentence = "Den 28.03.2027 går uret frem, og 2.00 findes ikke."
    found = foreseen_in_plan(karen, one, "kajen", SPRING)
    assert (found["may"], found["says"]) == (False, [["error", sentence]])
    status, text = moved_in_plan(karen, one, "kajen", SPRING)
    assert status == 422 and sentence in text
