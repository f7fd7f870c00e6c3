"""What a change of settings does to the days ahead: openings that come, go or move, and the shifts they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, select

from advice.database import db
from advice.models.hours import Opening
from advice.models.roster import Shift
from advice.rules.openings import STANDING


@dataclass(frozen=True, slots=True)
class Standing:
    """An opening that takes place."""

    place_id: int
    day: date
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers of openings that come, go and get other hours; active shifts on days and places of the last two."""

    come: int = 0
    go: int = 0
    other_hours: int = 0
    shifts: int = 0
    first: date | None = None
    """The first day of any of them."""

    @property
    def touches(self) -> bool:
        """Whether anything ahead changes."""
        return bool(self.come or self.go or self.other_hours)


def standing_now(programme_id: int, today: date) -> dict[int, Standing]:
    """The openings from today on that take place, by id; as they are stored at this moment."""
    found = select(Opening.id, Opening.place_id, Opening.day, Opening.starts, Opening.ends).where(
        Opening.programme_id == programme_id, Opening.day >= today, Opening.status.in_([str(one) for one in STANDING])
    )
    return {row.id: Standing(row.place_id, row.day, row.starts, row.ends) for row in db.session.execute(found)}


def reach_between(
    programme_id: int, before: Mapping[int, Standing], after: Mapping[int, Standing], today: date
) -> Reach:
    """What happened between two looks at the openings ahead."""
    come = [after[key] for key in after.keys() - before.keys()]
    go = [before[key] for key in before.keys() - after.keys()]
    other = [before[key] for key in before.keys() & after.keys() if before[key] != after[key]]
    days = [one.day for one in (*come, *go, *other)]
    touched = {(one.place_id, one.day) for one in (*go, *other)}
    return Reach(
        come=len(come),
        go=len(go),
        other_hours=len(other),
        shifts=_shifts_at(programme_id, touched, today) if touched else 0,
        first=min(days, default=None),
    )


def _shifts_at(programme_id: int, touched: set[tuple[int, date]], today: date) -> int:
    """How many active shifts there are at these places on these days."""
    found = (
        select(Shift.place_id, Shift.day, func.count())
        .where(Shift.programme_id == programme_id, Shift.status == "active", Shift.day >= today)
        .group_by(Shift.place_id, Shift.day)
    )
    return sum(number for place_id, day, number in db.session.execute(found) if (place_id, day) in touched)
