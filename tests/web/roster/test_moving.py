"""A shift moved to another cell of the board: what it would mean, as the script asks, and the move itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.plans import MONDAY, WEDNESDAY, WEEK, Plan, told
from tests.web_client import CheckingClient

FAR_MONDAY, FAR = date(2026, 12, 7), date(2026, 12, 9)


def foreseen(client: CheckingClient, shift: int, place: str, day: date, status: int = 200) -> dict[str, Any]:
    """What the script is told of a move."""
    answer = client.get(f"/vagtplan/vagt/{shift}/flyt?sted={place}&dag={day}")
    assert answer.status_code == status
    found: dict[str, Any] = answer.get_json()
    return found


def moved(client: CheckingClient, shift: int, place: str, day: str, version: int = 1) -> tuple[int, str]:
    """Move a shift as the script does; the status, and where it leads or what it says."""
    token = dict(client.page(f"/vagtplan/vagt/{shift}").forms()[-1].fields)["csrf_token"]
    fields = {"csrf_token": token, "version": str(version), "sted": place, "dag": day}
    answer = client.post(f"/vagtplan/vagt/{shift}/flyt", data=fields)
    return answer.status_code, answer.headers.get("Location") or answer.text


class TestForeseen:
    """Before it is dropped."""

    def test_both_places_and_her_hours_are_told_and_nothing_is_changed(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        found = foreseen(karen, shift, "skuret", MONDAY)
        assert found["title"] == "Bent Bøje, Skuret mandag 23. november kl. 13–16"
        assert found["may"] is True
        words = [words for _kind, words in found["says"]]
        assert "Skuret mandag 23. november mangler stadig 1 kl. 13–16." in words
        assert any("Kajen onsdag 25. november har nu ingen i huset kl. 9–12" in one for one in words)
        assert "Bent Bøje har så 3 timer i uge 48." in words
        row = plan.read(shift)
        assert (row.day, row.version) == (WEDNESDAY, 1) and len(plan.shifts()) == 1

    def test_a_clash_says_with_what(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        plan.shift("bent", "skuret", MONDAY, 13, 16)
        found = foreseen(karen, shift, "skuret", MONDAY)
        assert (found["may"], found["says"]) == (False, [["error", "Bent Bøje har allerede vagt i Skuret kl. 13–16."]])

    def test_what_has_to_wait_says_for_whom(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", FAR, 9, 12)
        found = foreseen(karen, shift, "skuret", FAR_MONDAY)
        assert ["info", "Gælder først, når Organisationen byen har sagt ja."] in found["says"]

    def test_where_it_is_now_is_no_move(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        assert foreseen(karen, shift, "kajen", WEDNESDAY)["may"] is False

    @pytest.mark.parametrize(
        ("place", "day", "why"),
        [
            ("intet", "2026-11-25", "Stedet er ikke i brug den dag."),
            ("kajen", "i går", "Stedet er ikke i brug den dag."),
            ("kajen", "9999-12-31", "Stedet er ikke i brug den dag."),
            ("kajen", "2026-11-20", "Dagen er gået."),
            ("intet", "2026-11-20", "Dagen er gået."),
        ],
    )
    def test_no_place_or_day_is_told_as_such(
        self, plan: Plan, karen: CheckingClient, place: str, day: str, why: str
    ) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        answer = karen.get(f"/vagtplan/vagt/{shift}/flyt?sted={place}&dag={day}")
        assert answer.status_code == 422 and answer.get_json()["says"] == [["error", why]]
        status, text = moved(karen, shift, place, day)
        assert status == 422 and why in text

    def test_another_organisations_leader_is_told_nothing(self, plan: Plan, tove: CheckingClient) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        assert tove.get(f"/vagtplan/vagt/{shift}/flyt?sted=skuret&dag={MONDAY}").status_code == 403


class TestMoved:
    """Dropped."""

    def test_the_whole_of_an_opening_becomes_the_whole_of_the_other(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        uid = plan.read(shift).uid
        assert moved(karen, shift, "skuret", str(MONDAY)) == (303, f"{WEEK}?fortryd={shift}")
        row = plan.read(shift)
        assert (row.day, row.starts.hour, row.ends.hour, row.uid) == (MONDAY, 13, 16, uid)
        assert "Flyttet: Bent Bøje, Skuret mandag 23. november kl. 13–16." in told(karen)

    def test_what_somebody_moved_meanwhile_is_shown_in_both_versions(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        moved(karen, shift, "skuret", str(MONDAY))
        status, text = moved(karen, shift, "kajen", str(date(2026, 11, 26)))
        assert status == 409 and "Du ville gemme" in text
        assert plan.read(shift).day == MONDAY

    def test_far_ahead_it_waits(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", FAR, 9, 12)
        assert moved(karen, shift, "skuret", str(FAR_MONDAY))[0] == 303
        assert plan.read(shift).day == FAR
        assert foreseen(karen, shift, "skuret", FAR_MONDAY)["says"] == [["error", "En ændring af vagten venter på ja."]]
