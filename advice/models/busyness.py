"""How many came in each hour of a place's last opening days: counts only, and of days that are over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import func, select

from advice.database import db
from advice.models.hours import Opening
from advice.models.visits import Visit
from advice.rules.openings import STANDING
from advice.rules.visits import TimeKnown

WEEKS_BACK = 26
"""Opening days further back say nothing about how it is now."""


def visits_by_hour(programme_id: int, place_id: int, weekday: date, today: date, most: int) -> list[Mapping[int, int]]:
    """Visits by local hour on each of the newest `most` opening days before today that share `weekday`'s weekday.

    One query. A day without visits is an empty mapping; visits whose hour nobody knows are left out.
    """
    latest = today - timedelta(days=(today.weekday() - weekday.weekday() - 1) % 7 + 1)
    candidates = [latest - timedelta(weeks=week) for week in range(WEEKS_BACK)]
    days = (
        select(Opening.day)
        .where(Opening.programme_id == programme_id, Opening.place_id == place_id)
        .where(Opening.day.in_(candidates), Opening.status.in_(STANDING))
        .distinct()
        .order_by(Opening.day.desc())
        .limit(most)
        .subquery()
    )
    of_that_day = (
        (Visit.programme_id == programme_id)
        & (Visit.place_id == place_id)
        & (Visit.local_date == days.c.day)
        & Visit.undone.is_(False)
        & (Visit.time_known != TimeKnown.DAY)
    )
    found = (
        select(days.c.day, Visit.local_hour, func.count(Visit.id))
        .select_from(days)
        .outerjoin(Visit, of_that_day)
        .group_by(days.c.day, Visit.local_hour)
    )
    grouped: dict[date, dict[int, int]] = {}
    for day, hour, visits in db.session.execute(found):
        by_hour = grouped.setdefault(day, {})
        if hour is not None:
            by_hour[hour] = visits
    return list(grouped.values())
