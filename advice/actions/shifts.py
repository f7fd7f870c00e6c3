"""What people do with shifts: add, change, hand to another person, cancel, take over, and take the cancelling back.

Every function checks what must be true, changes rows, writes the audit, notes what the person is to hear of it
(shift_news.py) and flushes; the caller commits. A shift is one person's for life: changed time or place keep the row
and its UID, another person means that the shift is cancelled and a new one replaces it. Whether somebody is on duty
twice at once is decided by the guard `shift_clash` of the database; here its refusal becomes a sentence's worth of
facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError

from advice.actions import shift_news
from advice.database import db
from advice.models import audit
from advice.models.people import Membership, staff_of
from advice.models.roster import Shift, holder_now, lock_people, shift_in_the_way
from advice.models.shift_news import stand_of
from advice.models.weeks import OnDuty
from advice.rules.news import Stand

CLASH = "shift_clash"
IN_EACH_OTHERS_WAY = ("40P01", "40001")
"""PostgreSQL gave one of several writers up: a deadlock, or no order in which all could have written."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where and when: a place, and a half-open stretch of wall-clock time on one day."""

    place_id: int
    day: date
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class By:
    """Who does it (for the audit), at which instant, and which day that is at the place."""

    person_id: int
    organisation_id: int
    at: datetime
    today: date


class Refused(Exception):
    """The shift stays as it was. What the screen needs to say why is on the exception."""


class PastDay(Refused):
    """The day has gone: the past of the vagtplan is not rewritten."""


class NotOnTeam(Refused):
    """The person cannot be on duty that day: left, not begun, disabled, a reader, or of another programme."""


class Stale(Refused):
    """Somebody else changed the shift meanwhile (or it is cancelled); the caller shows both versions."""


class Busy(Stale):
    """Somebody else wrote at the same moment and the database gave this one up: nothing is wrong, try again."""


class Taken(Stale):
    """Somebody has the shift already. `holder` is the one who got it last, perhaps called off again."""

    def __init__(self, holder: Shift) -> None:
        super().__init__()
        self.holder = holder


class Clash(Refused):
    """The person is on duty elsewhere at that time. `existing` is that shift, perhaps of another programme."""

    def __init__(self, existing: Shift | None) -> None:
        super().__init__()
        self.existing = existing


def add(programme_id: int, membership_id: int, stretch: Stretch, by: By) -> Shift:
    """A new shift. Raises PastDay, NotOnTeam or Clash."""
    refuse_past(stretch.day, by)
    member = member_on_team(programme_id, membership_id, stretch.day)
    with clash_told([member.person_id], stretch, besides=None):
        shift = _new(member, stretch, by)
    _record("shift_added", shift, by, None)
    return shift


def change(shift: Shift, version: int | None, stretch: Stretch, by: By) -> bool:
    """Other time, day or place: the same row and UID. False if nothing differs.

    The shift must have come from `shift_to_change`. Raises Stale, PastDay, NotOnTeam or Clash.
    """
    refuse_stale(shift, version)
    before, stood = stretch_of(shift), stand_of(shift)
    refuse_past(before.day, by)
    refuse_past(stretch.day, by)
    if stretch == before:
        return False
    member_on_team(shift.programme_id, shift.membership_id, stretch.day)
    with clash_told([shift.person_id], stretch, besides=shift.id):
        shift.place_id, shift.day = stretch.place_id, stretch.day
        shift.starts, shift.ends = stretch.starts, stretch.ends
        _touch(shift, by)
    db.session.expire(shift, ["place"])  # whoever has read the board has the old one in hand
    _record("shift_changed", shift, by, stood, before=facts(before))
    return True


def split(shift: Shift, version: int | None, at: time, place_id: int, by: By) -> Shift:
    """Two of one: the shift ends `at`, and a new one of the same person, which is returned, begins there and then.

    Raises Stale, PastDay, NotOnTeam or Clash; then neither has happened.
    """
    refuse_stale(shift, version)
    refuse_past(shift.day, by)
    member = member_on_team(shift.programme_id, shift.membership_id, shift.day)
    before, stood = stretch_of(shift), stand_of(shift)
    with clash_told([shift.person_id], before, besides=shift.id):
        shift.ends = at
        _touch(shift, by)
        db.session.flush()  # first the time is free, then it is taken
        second = _new(member, Stretch(place_id, before.day, at, before.ends), by)
    _record("shift_changed", shift, by, stood, before=facts(before), split_into=second.id)
    _record("shift_added", second, by, None, split_from=shift.id)
    return second


def replace(shift: Shift, version: int | None, membership_id: int, by: By) -> Shift:
    """Another person: the shift is cancelled, and the new one that is returned replaces it.

    Raises Stale, PastDay, NotOnTeam or Clash; then neither has happened.
    """
    refuse_stale(shift, version)
    refuse_past(shift.day, by)
    member = member_on_team(shift.programme_id, membership_id, shift.day)
    stretch, stood = stretch_of(shift), stand_of(shift)
    with clash_told([member.person_id, shift.person_id], stretch, besides=shift.id):
        _end(shift, by)
        db.session.flush()  # first the place is free, then it is taken: the same person may come from two organisations
        new = _new(member, stretch, by, replaces_id=shift.id)
    _record("shift_cancelled", shift, by, stood, replaced_by=new.id)
    _record("shift_added", new, by, None, replaces=shift.id)
    return new


def take_over(cancelled: Shift, membership_id: int, by: By) -> Shift:
    """Somebody takes a shift that was cancelled: a new one, which is returned, replaces it.

    The cancelled shift must be locked: that is what lets one of many have it. Raises Taken, Stale if it is active
    again, PastDay, NotOnTeam or Clash.
    """
    if holder := holder_now(cancelled.id):
        raise Taken(holder)
    if cancelled.status != "cancelled":
        raise Stale
    refuse_past(cancelled.day, by)
    member = member_on_team(cancelled.programme_id, membership_id, cancelled.day)
    with clash_told([member.person_id], stretch_of(cancelled), besides=None):
        new = _new(member, stretch_of(cancelled), by, replaces_id=cancelled.id)
    _record("shift_added", new, by, None, replaces=cancelled.id)
    return new


def cancel(shift: Shift, version: int | None, by: By) -> None:
    """The shift stays as cancelled, for the calendars that hold it. Raises Stale or PastDay."""
    refuse_stale(shift, version)
    refuse_past(shift.day, by)
    stood = stand_of(shift)
    _end(shift, by)
    db.session.flush()
    _record("shift_cancelled", shift, by, stood)


def restore(shift: Shift, version: int | None, by: By) -> None:
    """Take a cancelling back: the same row and UID is active again, so that calendars show it where it was.

    Stale unless the shift is cancelled, in the version that the person saw, and nobody has it instead. Raises
    PastDay, NotOnTeam or Clash too.
    """
    if shift.status != "cancelled" or shift.version != version or holder_now(shift.id):
        raise Stale
    refuse_past(shift.day, by)
    member_on_team(shift.programme_id, shift.membership_id, shift.day)
    with clash_told([shift.person_id], stretch_of(shift), besides=shift.id):
        shift.status = "active"
        _touch(shift, by)
    _record("shift_restored", shift, by, None)


def refuse_stale(shift: Shift, version: int | None) -> None:
    """Stale unless the shift is active and still in the version that the person saw."""
    if shift.status != "active" or shift.version != version:
        raise Stale


def refuse_past(day: date, by: By) -> None:
    """PastDay for a day before today."""
    if day < by.today:
        raise PastDay


def member_on_team(programme_id: int, membership_id: int, day: date) -> Membership:
    """The membership if it can be on the vagtplan of the programme that day; else NotOnTeam."""
    found = next((member for member in staff_of(programme_id, day) if member.id == membership_id), None)
    if found is None:
        raise NotOnTeam
    return found


def stretch_of(one: OnDuty) -> Stretch:
    """Where and when somebody is on duty."""
    return Stretch(one.place_id, one.day, one.starts, one.ends)


@contextmanager
def clash_told(person_ids: Iterable[int], stretch: Stretch, besides: int | None) -> Iterator[None]:
    """Flush what the block does to the shifts of these people; the first of them is the one who gets the stretch.

    If the guard refuses, the block is undone and Clash raised; if two were in each other's way all the same, Busy.
    """
    person_id, *others = person_ids
    try:
        with db.session.begin_nested():
            lock_people([person_id, *others])
            yield
            db.session.flush()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) not in IN_EACH_OTHERS_WAY:
            raise
        raise Busy from error
    except IntegrityError as error:
        if CLASH not in str(error.orig):
            raise
        existing = shift_in_the_way(person_id, stretch.day, stretch.starts, stretch.ends, besides)
        raise Clash(existing) from error


def _new(member: Membership, stretch: Stretch, by: By, replaces_id: int | None = None) -> Shift:
    shift = Shift(
        programme_id=member.programme_id, place_id=stretch.place_id, membership_id=member.id,
        person_id=member.person_id, organisation_id=member.organisation_id, day=stretch.day, starts=stretch.starts,
        ends=stretch.ends, replaces_id=replaces_id, created_at=by.at, changed_at=by.at,
    )  # fmt: skip
    db.session.add(shift)
    return shift


def _end(shift: Shift, by: By) -> None:
    shift.status = "cancelled"
    _touch(shift, by)


def _touch(shift: Shift, by: By) -> None:
    """Calendars take a newer SEQUENCE over an older one; the version is for people who edit."""
    shift.sequence += 1
    shift.version += 1
    shift.changed_at = by.at


def facts(stretch: Stretch) -> dict[str, Any]:
    """A stretch as the audit keeps it."""
    return {
        "place": stretch.place_id,
        "day": stretch.day.isoformat(),
        "starts": stretch.starts.isoformat("minutes"),
        "ends": stretch.ends.isoformat("minutes"),
    }


def _record(action: str, shift: Shift, by: By, stood: Stand | None, **details: Any) -> None:
    """Into the audit, and to what its person is to hear; `stood`: how the shift was for her before."""
    shift_news.note(shift, stood, by.person_id, by.at)
    audit.record(
        by.at, action, "shifts", shift.id, programme_id=shift.programme_id, organisation_id=by.organisation_id,
        person_id=by.person_id, membership=shift.membership_id, **facts(stretch_of(shift)), **details,
    )  # fmt: skip
    db.session.flush()
