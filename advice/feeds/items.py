"""Shifts and openings as calendar items: the words people read in their own calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from flask_babel import gettext

from advice.formats.ical import CalendarItem, EventStatus
from advice.models.feeds import OpeningLine, ShiftLine
from advice.rules.access import Role
from advice.rules.openings import Status
from advice.web import ROLE_WORDS, label


def of_shifts(lines: Iterable[ShiftLine]) -> Iterator[CalendarItem]:
    """Own shifts. A cancelled one says so in front and leaves the time free."""
    title, gone = cache(shift_title), cache(cancelled_title)
    for line in lines:
        words = gone if line.cancelled else title
        yield CalendarItem(
            uid=str(line.uid),
            day=line.day,
            starts=line.starts,
            ends=line.ends,
            summary=words(line.place, line.role, line.organisation),
            location=location(line.room, line.address),
            description=line.programme,
            sequence=line.sequence,
            status=EventStatus.CANCELLED if line.cancelled else EventStatus.CONFIRMED,
            changed_at=line.changed_at,
            transparent=line.cancelled,
        )


def shift_title(place: str, role: str, organisation: str) -> str:
    """Where, and as what: a person can have several hats."""
    words = str(ROLE_WORDS[Role(role)])
    return str(
        gettext("Vagt: %(place)s · %(role)s, %(organisation)s", place=place, role=words, organisation=organisation)
    )


def cancelled_title(place: str, role: str, organisation: str) -> str:
    """The same of a shift that is off. The prefix is the only one: a second colon is read as a slip."""
    words = str(ROLE_WORDS[Role(role)])
    return str(
        gettext(
            "AFLYST: %(place)s (vagt · %(role)s, %(organisation)s)",
            place=place,
            role=words,
            organisation=organisation,
        )
    )


def of_openings(lines: Iterable[OpeningLine]) -> Iterator[CalendarItem]:
    """Openings. A closed day says why; nothing here makes a resident look busy."""
    welcome = gettext("Gratis. Kom uden aftale.")
    for line in lines:
        gone = line.status in (Status.CLOSED, Status.CANCELLED)
        yield CalendarItem(
            uid=str(line.uid),
            day=line.day,
            starts=line.starts,
            ends=line.ends,
            summary=opening_title(line),
            location=location(line.room, line.address),
            description="" if gone else "\n".join((*unusual(line), welcome)),
            sequence=line.sequence,
            status=EventStatus.CANCELLED if gone else EventStatus.CONFIRMED,
            changed_at=line.changed_at,
            transparent=True,
        )


def opening_title(line: OpeningLine) -> str:
    """The service and the place, with LUKKET or AFLYST in front when nobody should come."""
    what = f"{label(line.service)} · {line.place}"
    if line.status == Status.CANCELLED:
        what = gettext("AFLYST: %(what)s", what=what)
    elif line.status == Status.CLOSED:
        reason = label(line.reason)
        what = gettext("LUKKET: %(what)s", what=f"{what} ({reason})" if reason else what)
    return what


def unusual(line: OpeningLine) -> list[str]:
    """What is not as every week, and why."""
    words = []
    if line.status == Status.CHANGED:
        words.append(gettext("Ændret åbningstid."))
    elif line.status == Status.EXTRA:
        words.append(gettext("Ekstra åbent."))
    return words + ([label(line.reason)] if line.reason else [])


def location(room: str, address: str | None) -> str:
    """The room, and the street where it is known and not said already."""
    return ", ".join((room, address)) if address and address not in room else room
