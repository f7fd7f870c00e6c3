"""When the invented people met and left on the days behind: to the minute, with now and then one who forgot."""

from __future__ import annotations

from datetime import date, time, timedelta
from random import Random

from sqlalchemy import select

from advice.database import db
from advice.models.presence import Presence
from advice.models.roster import Shift
from advice.rules.presence import DAYS_BACK
from advice.rules.spans import clock, minutes

FORGETS = 0.08
"""How often a mark is missing, of each kind."""
EARLY, LATE = -7, 9
"""Minutes before and after the plan within which people meet and leave."""


def add(seed: str, today: date) -> None:
    """Mark the shifts of the days that a leader can still put right, in the caller's write transaction."""
    first = today - timedelta(days=DAYS_BACK)
    shifts = select(Shift).where(Shift.status == "active", Shift.day >= first, Shift.day < today)
    for shift in db.session.scalars(shifts.order_by(Shift.id)):
        rng = Random(f"{seed}:mark:{shift.uid}")
        came, gone = (_about(rng, at) for at in (shift.starts, shift.ends))
        if came or gone:
            db.session.add(_row(shift, came, gone))
    db.session.flush()


def _about(rng: Random, at: time) -> time | None:
    """Some minutes before or after a time; None for who forgot to tap."""
    minute = minutes(at) + rng.randint(EARLY, LATE)
    return None if rng.random() < FORGETS else clock(max(0, min(minute, 24 * 60 - 1)))


def _row(shift: Shift, came: time | None, gone: time | None) -> Presence:
    return Presence(
        programme_id=shift.programme_id, place_id=shift.place_id, shift_id=shift.id, membership_id=shift.membership_id,
        person_id=shift.person_id, organisation_id=shift.organisation_id, day=shift.day, came=came, gone=gone,
        confirmed=False,
    )  # fmt: skip
