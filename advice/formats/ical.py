"""iCalendar (RFC 5545, RFC 7986): dated items to the bytes of a calendar that others subscribe to.

Flat VEVENTs on the clock of Denmark. The bytes are the same as long as the items are: every stamp comes from
the item's last change, none from the moment of asking. What other people's programs need, and why something
is not here:

- a calendar-level UID makes clients keep one event of many: there is none;
- METHOD is for invitations and would need an ORGANIZER: there is none;
- REFRESH-INTERVAL is read only with VALUE=DURATION (RFC 7986, section 5.7);
- a cancelled event says so in STATUS and in its title: some programs show only one of the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import icalendar

MEDIA_TYPE = "text/calendar; charset=utf-8"
REVISION = 2
"""Raised when the same items come to be written otherwise: part of every ETag."""
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
REMEMBERED_EVENTS = 8192
END = b"END:VCALENDAR\r\n"

# The rules of the European Union since 1996 (directive 2000/84/EC): last Sundays of March and October, 1.00 UTC.
TIMEZONE = b"""\
BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
""".replace(b"\n", b"\r\n")

_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class EventStatus(StrEnum):
    """STATUS of an event (RFC 5545, section 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """One event: a stretch of one day on the wall clock in Denmark.

    `uid` stays for life, `sequence` rises with every change, `changed_at` (aware) is the last of them.
    `transparent`: it does not make the reader look busy.
    """

    uid: str
    day: date
    starts: time
    ends: time
    summary: str
    location: str
    description: str
    sequence: int
    status: EventStatus
    changed_at: datetime
    transparent: bool


def calendar(name: str, items: Iterable[CalendarItem], refresh: timedelta) -> bytes:
    """A whole calendar, CRLF, lines of at most 75 octets; with no items it is a calendar all the same.

    `refresh` is how often programs are asked to look again; Google decides for itself.
    """
    return b"".join((_head(name, refresh), TIMEZONE, *map(event, items), END))


@lru_cache(maxsize=REMEMBERED_EVENTS)
def event(item: CalendarItem) -> bytes:
    """The lines of one event, remembered: writing them takes 0.2 ms, and feeds are asked for every hour."""
    found = icalendar.Event()
    found.add("UID", item.uid)
    found.add("DTSTAMP", item.changed_at)
    found.add("LAST-MODIFIED", item.changed_at)
    found.add("SEQUENCE", item.sequence)
    found.add("DTSTART", datetime.combine(item.day, item.starts, COPENHAGEN))
    found.add("DTEND", datetime.combine(item.day, item.ends, COPENHAGEN))
    _add_text(found, "SUMMARY", one_line(item.summary))
    _add_text(found, "LOCATION", one_line(item.location))
    _add_text(found, "DESCRIPTION", several_lines(item.description))
    found.add("STATUS", item.status.value)
    found.add("TRANSP", "TRANSPARENT" if item.transparent else "OPAQUE")
    return bytes(found.to_ical())


@lru_cache(maxsize=256)
def _head(name: str, refresh: timedelta) -> bytes:
    """Everything before the time zone. NAME and REFRESH-INTERVAL are RFC 7986, the X- ones what was before it."""
    found = icalendar.Calendar()
    found.add("PRODID", "-//Aaben Raadgivning//Kalender//DA")
    found.add("VERSION", "2.0")
    found.add("CALSCALE", "GREGORIAN")
    for key in ("NAME", "X-WR-CALNAME"):
        _add_text(found, key, one_line(name))
    found.add("X-WR-TIMEZONE", COPENHAGEN.key)
    found.add("REFRESH-INTERVAL", refresh, parameters={"VALUE": "DURATION"})
    found.add("X-PUBLISHED-TTL", _duration(refresh))
    return bytes(found.to_ical()).removesuffix(END)


def _duration(length: timedelta) -> str:
    """PT1H, in whole minutes where it is not whole hours (RFC 5545, section 3.3.6)."""
    minutes = max(1, int(length.total_seconds()) // 60)
    return f"PT{minutes}M" if minutes % 60 else f"PT{minutes // 60}H"


def _add_text(component: icalendar.Component, key: str, text: str) -> None:
    """Add a property whose value is TEXT, escaped as such whatever its name; none at all if there is no text."""
    if text:
        component.add(key, icalendar.vText(text))


def one_line(text: str) -> str:
    """Text on one line, without the characters that could begin a line of their own or that no file may hold."""
    return " ".join(_UNWRITABLE.sub("", _BREAKS.sub(" ", text)).split())


def several_lines(text: str) -> str:
    """Text whose lines stay lines, cleaned like `one_line`."""
    return "\n".join(filter(None, map(one_line, _BREAKS.sub("\n", text).split("\n"))))
