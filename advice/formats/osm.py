"""OpenStreetMap's `opening_hours`: a place's hours as one line (wiki.openstreetmap.org/wiki/Key:opening_hours).

First the usual week, then `PH off` (public holidays) for the time after the stored openings, then every day that
differs, by date: a later rule replaces an earlier one on its days. Hours every n weeks stand by date. Only what both
opening_hours.js and opening-hours-rs understand is used; so hours that begin later end with the stored openings.
The two take different days as PH, so one that is open as usual though either may take it stands by date.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time

from advice.rules.closures import days
from advice.rules.timetable import Stretches, Timetable, Usual, usual_on

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CLOSED = "off"
PERHAPS_HOLIDAYS = ((6, 5), (12, 24))
"""Month and day of what opening_hours.js takes as PH in Denmark though it is no public holiday."""


def opening_hours(table: Timetable, public_holidays: Collection[date] = ()) -> str:
    """The line of a timetable; "off" when it is never open.

    `public_holidays`: what everybody takes as PH. On one that is open as usual all the same, its hours stand by date.
    """
    rules = [_usual(usual, table) for usual in table.usual if usual.first is None or usual.first <= table.last]
    if rules:
        rules.append(f"PH {CLOSED}")
    closed = [_range(first, last) for first, last in table.closed_ranges()]
    if closed:
        rules.append(f"{','.join(closed)} {CLOSED}")
    changed = table.changed()
    for day in days(table.first, table.last):
        stretches = usual_on(table.usual, day)
        holiday = day in public_holidays or (day.month, day.day) in PERHAPS_HOLIDAYS
        if stretches and holiday and day not in table.exceptions:
            changed.setdefault(stretches, []).append(day)
    rules += [f"{','.join(_day(day) for day in sorted(found))} {_times(hours)}" for hours, found in changed.items()]
    return "; ".join(rules) or CLOSED


def _usual(usual: Usual, table: Timetable) -> str:
    said = f"{','.join(WEEKDAYS[weekday] for weekday in usual.weekdays)} {_times(usual.stretches)}"
    if usual.first is None and usual.last is None:
        return said
    first = usual.first or table.first
    return f"{_range(first, usual.last or table.last)} {said}"


def _range(first: date, last: date) -> str:
    return _day(first) if first == last else f"{_day(first)}-{_day(last)}"


def _day(day: date) -> str:
    return f"{day.year:04} {MONTHS[day.month - 1]} {day.day:02}"


def _times(stretches: Stretches) -> str:
    return ",".join(f"{_clock(starts)}-{_clock(ends)}" for starts, ends in stretches)


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
