"""A calendar as the Python package icalendar reads it, for tests of feeds. The other judges are in judges.py."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

import icalendar

from tests.judges import Instants

Event = Any
"""An icalendar.Event: what it holds under a name is one of thirty types."""


def events(ics: bytes) -> list[Event]:
    """The events of a calendar, in the order of the file."""
    return list(icalendar.Calendar.from_ical(ics).events)


def property_of(event: Event, key: str) -> tuple[str, str | None]:
    """A property as it is written, and its time zone if it names one."""
    return event[key].to_ical().decode(), event[key].params.get("TZID")


def name_of(ics: bytes) -> str:
    """The name of a calendar, escaped like any text (RFC 7986, section 5.1), which icalendar leaves to us."""
    found = icalendar.Calendar.from_ical(ics)
    assert found.get("NAME") == found.get("X-WR-CALNAME")
    written = str(found.get("NAME", ""))
    return re.sub(r"\\(.)", lambda pair: "\n" if pair[1] in "nN" else pair[1], written)


def icalendar_instants(ics: bytes) -> list[Instants]:
    """When the events are, told nothing of the zone but what stands in the calendar: its name is made unknown."""
    found = events(ics.replace(b"Europe/Copenhagen", b"Nowhere/Proeve"))
    return [Instants(str(e["UID"]), e["DTSTART"].dt.astimezone(UTC), e["DTEND"].dt.astimezone(UTC)) for e in found]
