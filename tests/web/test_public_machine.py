"""What a place's page tells other programs stands on the page, and changes with the hours."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from flask import Flask

from advice.database import db
from advice.models.hours import Closure
from tests import builders, stored_hours
from tests.hours_readers import jsonld_hours
from tests.stored_hours import TODAY, edited
from tests.web_client import CheckingClient

PLACE = "/havnen/skuret"
world = stored_hours.world


def told(client: CheckingClient) -> dict[str, Any]:
    """The data block of the page."""
    (block,) = (each for each in client.page(PLACE).all("script") if each.get("type") == "application/ld+json")
    found: dict[str, Any] = json.loads(block.text or "")
    return found


def test_the_page_of_a_place_holds_its_hours_as_data(client: CheckingClient, world: builders.World) -> None:
    data = told(client)
    assert (data["@type"], data["name"], data["url"]) == ("LocalBusiness", "Skuret", f"http://localhost{PLACE}")
    week = jsonld_hours(data, TODAY, TODAY + timedelta(days=6))
    assert [(day, f"{a:%H.%M}", f"{b:%H.%M}") for day, ((a, b),) in week.items()] == [(TODAY, "13.00", "16.00")]
    text = client.page(PLACE).text
    assert "opening_hours=Mo 13:00-16:00; PH off; 2027 Mar 29,2027 May 17 off" in text


def test_a_closed_day_is_told_as_soon_as_it_is_saved(client: CheckingClient, world: builders.World, app: Flask) -> None:
    before = told(client)
    with edited(app, world) as key:
        del key["service_id"]
        day = TODAY + timedelta(weeks=1)
        db.session.add(Closure(kind="once", first_date=day, last_date=day, reason={"da": "Ferie"}, **key))
    data = told(client)
    assert day in jsonld_hours(before, TODAY, day)
    assert day not in jsonld_hours(data, TODAY, day)
    assert "2026 Nov 30,2027 Mar 29,2027 May 17 off" in client.page(PLACE).text
