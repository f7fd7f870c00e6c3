""" "Er der travlt?" in words, from how many came in each hour of the last opening days of one weekday at one place.

Nothing is said unless at least FEWEST_DAYS such days were open and FEWEST_VISITS visits came in all: then no word
depends on who one of them was. A band is that of the middle day (the median), so one odd day moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from enum import StrEnum
from statistics import median
from typing import NamedTuple

DAYS = 8
"""So many opening days back are looked at."""
FEWEST_DAYS = 5
FEWEST_VISITS = 25
"""In all the days together. Five a day: with fewer an hour's band could be the doing of one household."""
SOME = 3.0
"""From so many visits an hour somebody may have to wait: two advisers take about three each."""
MANY = 6.0
"""From so many it is busy: three or four advisers, each with somebody for half an hour."""


class Band(StrEnum):
    """How it often is in an hour."""

    CALM = "calm"
    SOME = "some"
    BUSY = "busy"


class Stretch(NamedTuple):
    """Hours in a row of one band, within the opening."""

    starts: time
    ends: time
    band: Band


def stretches(days: Sequence[Mapping[int, int]], starts: time, ends: time) -> list[Stretch]:
    """The opening from `starts` to `ends` as stretches of one band each; empty when too little is known.

    days: one mapping of local hour (0-23) to visits for each of the last opening days, those without visits too.
    """
    if len(days) < FEWEST_DAYS or sum(sum(day.values()) for day in days) < FEWEST_VISITS:
        return []
    found: list[Stretch] = []
    for hour in range(starts.hour, ends.hour + (ends.minute > 0)):
        first = max(time(hour), starts)
        last = min(time(hour + 1), ends) if hour < 23 else ends
        band = band_of(median(day.get(hour, 0) for day in days))
        if found and found[-1].band is band:
            found[-1] = found[-1]._replace(ends=last)
        else:
            found.append(Stretch(first, last, band))
    return found


def band_of(visits: float) -> Band:
    """The band of an hour with so many visits."""
    if visits >= MANY:
        return Band.BUSY
    return Band.SOME if visits >= SOME else Band.CALM
