"""Single shifts of a plan: moved, split and taken back, through the front door; nothing in force changes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask

from advice.database import db
from advice.models.people import Membership
from tests.plans import Plan, client_of, told
from tests.stored import writing
from tests.web.roster.test_plans import begun, signed
from tests.web_client import CheckingClient

MONDAY, WEDNESDAY = date(2026, 11, 30), date(2026, 12, 2)
UNDO = "Du ændrede sidst"


@pytest.fixture
def address(plan: Plan, karen: CheckingClient) -> str:
    """A plan with nothing in it."""
    return begun(karen, weeks="0")


def added(karen: CheckingClient, plan: Plan, address: str, name: str = "rita") -> str:
    """The address of a shift put in on Wednesday at kajen."""
    new = f"{address}/ny?sted=kajen&dag={WEDNESDAY}"
    answer = karen.submit(new, membership=plan.members[name])
    assert answer.status_code == 303, answer.text
    found = re.findall(rf'href="({address}/aendring/\d+)"', karen.get(answer.headers["Location"]).text)
    return str(found[-1])


def week_of(client: CheckingClient, address: str) -> str:
    """What the plan's first week says."""
    return told(client, f"{address}/2026-49")


def seen(client: CheckingClient, one: str) -> str:
    """The version that the page of somebody on duty in a plan shows."""
    return str(next(dict(form.fields)["version"] for form in client.page(one).forms() if "version" in form.names))


def moved(client: CheckingClient, one: str, place: str, day: date, version: str | None = None) -> tuple[int, str]:
    """Move somebody as the script does, in the version that its page shows; the status, and what is said."""
    fields = {**signed(client, one), "version": version or seen(client, one), "sted": place, "dag": str(day)}
    answer = client.post(f"{one}/flyt", data=fields)
    return answer.status_code, told(client, answer.headers["Location"]) if answer.status_code == 303 else answer.text


def foreseen(client: CheckingClient, one: str, place: str, day: date, status: int = 200) -> dict[str, Any]:
    """What the script is told of a move."""
    answer = client.get(f"{one}/flyt?sted={place}&dag={day}")
    assert answer.status_code == status
    found: dict[str, Any] = answer.get_json()
    return found


def undone(client: CheckingClient, address: str) -> str:
    """What is said once the button of the week has been pressed."""
    answer = client.submit(f"{address}/2026-49", action=f"{address}/fortryd")
    assert answer.status_code == 303
    return told(client, answer.headers["Location"])


class TestMoved:
    """To another cell of the plan's week."""

    def test_what_it_would_mean_is_told_with_the_plan_over_what_is_in_force(
        self, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        one = added(karen, plan, address)
        before = week_of(karen, address)
        found = foreseen(karen, one, "skuret", MONDAY)
        assert (found["title"], found["may"]) == ("Rita Ror, Skuret mandag 30. november kl. 13–16", True)
        words = [words for _kind, words in found["says"]]
        assert "Skuret mandag 30. november mangler stadig 1 fra byens folk kl. 13–16." in words
        assert any("Kajen onsdag 2. december har nu ingen i huset kl. 9–12" in one for one in words)
        assert "Rita Ror har så 3 timer i uge 49." in words
        assert week_of(karen, address) == before

    def test_an_added_shift_is_over_the_whole_of_the_other_opening(
        self, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        status, said = moved(karen, added(karen, plan, address), "skuret", MONDAY)
        assert status == 303 and "Flyttet i planen: Rita Ror, Skuret mandag 30. november kl. 13–16." in said
        assert "Kajen onsdag 2. december har nu ingen i huset kl. 9–12" in said

    def test_a_shift_in_force_stays_where_it_is_until_the_plan_is_in_force(
        self, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        status, said = moved(karen, f"{address}/vagt/{shift}", "skuret", MONDAY)
        assert status == 303 and "udgår" in said and "ændret" in said
        assert plan.read(shift).day == WEDNESDAY

    def test_two_places_at_once_are_told_before_and_after(
        self, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        plan.shift("rita", "skuret", WEDNESDAY, 9, 12)
        one = added(karen, plan, address)
        moved(karen, one, "skuret", MONDAY)
        sentence = "Rita Ror er sat på to gange onsdag 2. december."
        assert ["warning", sentence] in foreseen(karen, one, "kajen", WEDNESDAY)["says"]
        assert sentence in moved(karen, one, "kajen", WEDNESDAY)[1]

    def test_no_day_of_the_plan_is_refused_in_words(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        one = added(karen, plan, address)
        outside = date(2026, 12, 16)
        assert "Dagen ligger uden for planen" in foreseen(karen, one, "kajen", outside, 422)["says"][0][1]
        status, text = moved(karen, one, "kajen", outside)
        assert status == 422 and "Dagen ligger uden for planen" in text

    def test_what_somebody_moved_meanwhile_is_not_moved_again(
        self, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        one = added(karen, plan, address)
        version = seen(karen, one)
        moved(karen, one, "skuret", MONDAY)
        status, text = moved(karen, one, "kajen", WEDNESDAY, version)
        assert status == 409 and "Intet er gemt" in text

    def test_a_plan_that_was_sent_is_moved_in_by_nobody(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        one = added(karen, plan, address, "bent")
        token = signed(karen, one)
        karen.submit(address, action=f"{address}/send")
        assert foreseen(karen, one, "skuret", MONDAY)["says"] == [["error", "Planen kan ikke ændres nu."]]
        fields = {**token, "version": "1", "sted": "skuret", "dag": str(MONDAY)}
        assert karen.post(f"{one}/flyt", data=fields).status_code == 409
        assert "data-cell" not in karen.get(f"{address}/2026-49").text


class TestSplit:
    """Two of one."""

    def test_the_second_part_may_be_elsewhere(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        one = added(karen, plan, address)
        answer = karen.submit(one, {"at": "11", "second_place": "skuret", "del": "1"})
        said = told(karen, answer.headers["Location"])
        assert "Delt i planen: Rita Ror, Kajen onsdag 2. december kl. 9–11 og " in said
        assert "Rita Ror, Skuret onsdag 2. december kl. 11–12." in said

    def test_one_in_force_is_split_by_the_plan_only(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        answer = karen.submit(f"{address}/vagt/{shift}", {"at": "10.30", "second_place": "kajen", "del": "1"})
        assert "kl. 9–10.30 og Rita Ror, Kajen onsdag 2. december kl. 10.30–12" in told(
            karen, answer.headers["Location"]
        )
        assert [(row.starts.hour, row.ends.hour) for row in plan.shifts()] == [(9, 12)]

    @pytest.mark.parametrize("at", ["9", "12", "13", ""])
    def test_at_a_time_within_it(self, plan: Plan, karen: CheckingClient, address: str, at: str) -> None:
        answer = karen.submit(added(karen, plan, address), {"at": at, "second_place": "kajen", "del": "1"})
        assert answer.status_code == 422 and 'id="at-error"' in answer.text


class TestAskedTwice:
    """A double click, and a page from before."""

    def test_the_very_same_shift_is_laid_once(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        added(karen, plan, address)
        answer = karen.submit(f"{address}/ny?sted=kajen&dag={WEDNESDAY}", membership=plan.members["rita"])
        assert answer.status_code == 422 and "Den vagt ligger allerede i planen." in answer.text

    def test_what_was_typed_on_top_of_anothers_change_is_not_lost(
        self, app: Flask, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        one = added(karen, plan, address)
        form = next(form for form in karen.page(one).forms() if "starts" in form.names)
        client_of(app, "karen").submit(one, ends="11")
        answer = karen.post(one, data={**dict(form.fields), "starts": "10.45"})
        assert answer.status_code == 409 and 'value="10.45"' in answer.text
        assert "Rita Ror, Kajen onsdag 2. december kl. 9–11" in answer.text
        assert "Rita Ror, Kajen onsdag 2. december kl. 10.45–12" in answer.text

    def test_a_day_when_she_has_left_is_refused_before_and_after(
        self, app: Flask, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        one = added(karen, plan, address)
        with writing(app):
            db.session.get_one(Membership, plan.members["rita"]).valid_to = date(2026, 12, 3)
        later = date(2026, 12, 9)
        assert foreseen(karen, one, "kajen", later)["may"] is False
        status, text = moved(karen, one, "kajen", later)
        assert status == 422 and "ikke på holdet den dag" in text

    def test_a_split_that_is_refused_lays_neither_part(
        self, app: Flask, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        one = added(karen, plan, address)
        with writing(app):
            db.session.get_one(Membership, plan.members["rita"]).valid_to = date(2026, 12, 1)
        version = seen(karen, one)
        answer = karen.submit(one, {"at": "11", "second_place": "skuret", "del": "1"})
        assert answer.status_code == 422 and f'value="{version}"' in answer.text and seen(karen, one) == version

    def test_a_plan_in_force_shows_everybody_once(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        added(karen, plan, address)
        assert karen.submit(address, action=f"{address}/gaeld").status_code == 303
        assert told(karen, f"{address}/2026-49").count("Rita Ror") == 1
        assert "Tidligere planer" in told(karen, "/vagtplan/planlaeg/")


class TestTakenBack:
    """The button on the week, for whoever did it last."""

    def test_a_plan_that_nobody_has_edited_offers_nothing(self, karen: CheckingClient, address: str) -> None:
        assert UNDO not in week_of(karen, address)
        answer = karen.post(f"{address}/fortryd", data=signed(karen, address))
        assert "Der er ikke noget at fortryde." in told(karen, answer.headers["Location"])

    def test_what_was_put_in_goes_out(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        added(karen, plan, address)
        assert "Fortrudt." in undone(karen, address)
        week = week_of(karen, address)
        assert "Rita Ror" not in week and UNDO not in week

    def test_what_was_moved_goes_back(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        one = added(karen, plan, address)
        moved(karen, one, "skuret", MONDAY)
        undone(karen, address)
        assert "Rita Ror, Kajen onsdag 2. december kl. 9–11." in told(
            karen, karen.submit(one, ends="11").headers["Location"]
        )

    def test_what_was_taken_out_is_laid_again(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        karen.submit(added(karen, plan, address), fjern="1")
        assert "Rita Ror" not in week_of(karen, address).partition("Uge 50")[2]
        undone(karen, address)
        assert "Rita Ror" in week_of(karen, address)

    def test_a_shift_in_force_is_as_it_was(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        one = f"{address}/vagt/{shift}"
        for edit in ({"aflys": "1"}, {"ends": "11"}, {"at": "11", "second_place": "kajen", "del": "1"}):
            assert karen.submit(one, edit).status_code == 303
            undone(karen, address)
            week = karen.get(f"{address}/2026-49").text
            assert f'href="{one}"' in week and "udgår" not in week and "aendring" not in week

    def test_a_cancelling_that_was_taken_out_stands_again(
        self, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        week = karen.submit(f"{address}/vagt/{shift}", aflys="1").headers["Location"]
        (change,) = re.findall(rf'href="({address}/aendring/\d+)"', karen.get(week).text)
        said = told(karen, karen.submit(change, fjern="1").headers["Location"])
        assert "Vagten er, som den var: Rita Ror, Kajen onsdag 2. december kl. 9–12." in said and "udgår" not in said
        undone(karen, address)
        assert "udgår" in week_of(karen, address)

    def test_a_split_is_one_again(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        one = added(karen, plan, address)
        karen.submit(one, {"at": "11", "second_place": "skuret", "del": "1"})
        undone(karen, address)
        week = week_of(karen, address)
        assert "Skuret" in week and week.count("Rita Ror") == 1

    def test_what_somebody_touched_since_stays(
        self, app: Flask, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        one = added(karen, plan, address)
        client_of(app, "karen").submit(one, ends="11")
        answer = karen.submit(f"{address}/2026-49", action=f"{address}/fortryd")
        assert answer.status_code == 409 and "Intet er gemt" in answer.text
        assert "Rita Ror" in week_of(karen, address)

    def test_what_has_the_id_of_a_row_that_was_taken_out_is_not_taken_for_it(
        self, app: Flask, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        one, other = added(karen, plan, address), client_of(app, "karen")
        other.submit(one, fjern="1")
        added(other, plan, address, "svend")
        answer = karen.submit(f"{address}/2026-49", action=f"{address}/fortryd")
        assert answer.status_code == 409
        assert "Svend Sejl" in week_of(karen, address)

    def test_weeks_that_are_repeated_after_it_end_it(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        added(karen, plan, address)
        karen.submit(address, weeks="1", action=f"{address}/gentag")
        assert UNDO not in week_of(karen, address)

    def test_it_stands_in_its_own_week_and_says_what_it_takes_back(
        self, plan: Plan, karen: CheckingClient, address: str
    ) -> None:
        added(karen, plan, address)
        assert "Du ændrede sidst: Rita Ror, Kajen onsdag 2. december kl. 9–12." in week_of(karen, address)
        assert UNDO not in told(karen, f"{address}/2026-50")

    def test_another_plan_leaves_it(self, plan: Plan, karen: CheckingClient, address: str) -> None:
        added(karen, plan, address)
        other = begun(karen, weeks="0")
        karen.post(f"{other}/fortryd", data=signed(karen, other))
        assert UNDO in week_of(karen, address)

    def test_it_is_for_nobody_else(self, plan: Plan, karen: CheckingClient, tove: CheckingClient, address: str) -> None:
        added(karen, plan, address)
        assert UNDO not in week_of(tove, address)
        assert tove.post(f"{address}/fortryd", data=signed(tove, "/vagtplan/planlaeg/")).status_code == 403
        other = begun(karen, weeks="0")
        assert UNDO not in week_of(karen, other)
