"""What a place's page tells other programs: schema.org data, and OpenStreetMap's line.

`_machine.html` has the macros: `data_block` for the head or the end of the page, `for_programmers` for readers.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask import url_for

from advice.actions.closing_days import closing_days
from advice.formats import jsonld, osm
from advice.models import published
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.rules.timetable import timetable
from advice.security import outward


class Machine(NamedTuple):
    """The data of one place: JSON-LD as a dict (write it with `tojson`), and the `opening_hours` line."""

    jsonld: dict[str, Any]
    opening_hours: str


def machine(programme: Programme, place: Place, today: date) -> Machine:
    """What the page of a place tells, from today to the last day that openings are stored for. Two queries."""
    until = programme.openings_until or today
    weekly = published.weekly_hours(programme, place, today)
    table = timetable(weekly, published.openings(programme.id, today, place.id), today, until)
    page = outward(url_for("public.place", programme=programme.slug, place=place.slug))
    owner = jsonld.organisation(programme.name, outward(url_for("public.programme", programme=programme.slug)))
    phone = place.phone or programme.contact.get("phone")
    return Machine(
        jsonld.place_data(place, page, phone, owner, table), osm.opening_hours(table, closing_days(today, until))
    )
