"""What a visit asks of the day it falls on: which services there are, what was open, and who was on duty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from sqlalchemy import exists, select

from advice.database import db
from advice.models.places import Opening, Place, Service, WeeklyHours
from advice.models.programmes import valid_on
from advice.models.roster import Shift
from advice.models.weeks import OPEN

Stretch = tuple[time, time]


def place_of_slug(programme_id: int, slug: str) -> Place | None:
    """The place with this slug, ended or not, or None."""
    return db.session.scalar(select(Place).where(Place.programme_id == programme_id, Place.slug == slug))


def services_at(programme_id: int, place_id: int, day: date) -> Sequence[Service]:
    """The services on offer on a day, those with weekly hours at the place first, in order."""
    held_here = exists().where(
        WeeklyHours.programme_id == programme_id,
        WeeklyHours.place_id == place_id,
        WeeklyHours.service_id == Service.id,
        valid_on(WeeklyHours, day),
    )
    found = select(Service).where(Service.programme_id == programme_id, valid_on(Service, day))
    return db.session.scalars(found.order_by(held_here.desc(), Service.position, Service.id)).all()


def open_stretches(programme_id: int, place_id: int, day: date) -> list[tuple[int, time, time]]:
    """(service id, starts, ends) of everything open at a place on a day, by time."""
    found = (
        select(Opening.service_id, Opening.starts, Opening.ends)
        .where(Opening.programme_id == programme_id, Opening.place_id == place_id, Opening.day == day)
        .where(Opening.status.in_(OPEN))
        .order_by(Opening.starts, Opening.id)
    )
    return [(service, starts, ends) for service, starts, ends in db.session.execute(found)]


def shift_stretches(programme_id: int, place_id: int, person_id: int, day: date) -> list[Stretch]:
    """(starts, ends) of a person's active shifts at a place on a day."""
    found = select(Shift.starts, Shift.ends).where(
        Shift.programme_id == programme_id,
        Shift.place_id == place_id,
        Shift.person_id == person_id,
        Shift.day == day,
        Shift.status == "active",
    )
    return [(starts, ends) for starts, ends in db.session.execute(found)]
