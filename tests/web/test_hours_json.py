"""The openings as JSON, for anyone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.hours import Closure, ExtraOpening, HoursChange, WeeklyHours
from tests import builders, stored_hours
from tests.program import Clock
from tests.stored_hours import TODAY, edited
from tests.web_client import CheckingClient

HOURS = "/havnen/aabningstider.json"
world = stored_hours.world


@pytest.mark.usefixtures("process_timezone")
def test_the_json_is_what_the_contract_says_field_by_field(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    with edited(app, world) as key:
        db.session.add(HoursChange(day=TODAY, starts=time(14), ends=time(15, 30), reason={"da": "Kursus"}, **key))
        db.session.add(ExtraOpening(day=TODAY, starts=time(8), ends=time(9), **key))
        del key["service_id"]
        week = TODAY + timedelta(weeks=1)
        db.session.add(
            Closure(kind="once", first_date=week, last_date=week, reason={"da": "storm", "en": "gale"}, **key)
        )
    answer = client.get(HOURS)
    assert answer.headers["Content-Type"] == "application/json"
    rows = json.loads(answer.data)
    same = {"place": "skuret", "service": "snak"}
    assert [row for row in rows if row["place"] == "skuret"][:3] == [
        same
        | {
            "starts": "2026-11-23T08:00:00+01:00",
            "ends": "2026-11-23T09:00:00+01:00",
            "status": "extra",
            "reason": None,
        },
        same
        | {
            "starts": "2026-11-23T14:00:00+01:00",
            "ends": "2026-11-23T15:30:00+01:00",
            "status": "changed",
            "reason": "Kursus",
        },
        same
        | {
            "starts": "2026-11-30T13:00:00+01:00",
            "ends": "2026-11-30T16:00:00+01:00",
            "status": "closed",
            "reason": "storm",
        },
    ]
    assert rows[2] == {
        "place": "kajen", "service": "snak", "starts": "2026-11-25T09:00:00+01:00",
        "ends": "2026-11-25T12:00:00+01:00", "status": "open", "reason": None,
    }  # fmt: skip


def test_the_json_holds_sixty_days_and_no_cancelled_opening(
    client: CheckingClient, world: builders.World, app: Flask, clock: Clock
) -> None:
    clock.forward(days=1)
    with edited(app, world, clock.now):
        for row in db.session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 0)):
            row.valid_to = TODAY
        builders.weekly(world, "kajen", 4, time(9), time(12))
    rows = json.loads(client.get(HOURS).data)
    days = [date.fromisoformat(row["starts"][:10]) for row in rows]
    assert days == sorted(days)
    assert {day.weekday() for day in days} == {2, 4}
    assert (min(days), max(days)) == (TODAY + timedelta(days=2), TODAY + timedelta(days=60))


@pytest.mark.usefixtures("process_timezone")
def test_the_offset_follows_the_clock_change(client: CheckingClient, world: builders.World, clock: Clock) -> None:
    clock.now = datetime(2027, 3, 20, 12, tzinfo=UTC)
    starts = [row["starts"] for row in json.loads(client.get(HOURS).data) if row["place"] == "skuret"]
    assert starts[:2] == ["2027-03-22T13:00:00+01:00", "2027-03-29T13:00:00+02:00"]
