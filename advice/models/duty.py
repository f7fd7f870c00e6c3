"""What a visit asks of the day it falls on: which services there are, what was open, and who was on duty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import NamedTuple

from sqlalchemy import exists, select

from advice.database import db
from advice.models.hours import Opening, WeeklyHours
from advice.models.places import Service
from advice.models.programmes import valid_on
from advice.models.roster import Shift
from advice.rules.openings import STANDING
from advice.rules.visits import outside

Stretch = tuple[time, time]


class Offered(NamedTuple):
    """A service on offer on a day, and whether it is to be had at the place asked about."""

    service: Service
    here: bool


def services_at(programme_id: int, place_id: int, day: date) -> list[Offered]:
    """The services on offer on a day, in order: those with weekly hours at the place first, then those open there
    for once, then the others."""
    held_here = exists().where(
        WeeklyHours.programme_id == programme_id,
        WeeklyHours.place_id == place_id,
        WeeklyHours.service_id == Service.id,
        valid_on(WeeklyHours, day),
    )
    open_here = exists().where(
        Opening.programme_id == programme_id,
        Opening.place_id == place_id,
        Opening.service_id == Service.id,
        Opening.day == day,
        Opening.status.in_(STANDING),
    )
    found = (
        select(Service, held_here | open_here)
        .where(Service.programme_id == programme_id, valid_on(Service, day))
        .order_by(held_here.desc(), open_here.desc(), Service.position, Service.id)
    )
    return [Offered(service, bool(here)) for service, here in db.session.execute(found)]


def default_service(
    offered: Iterable[Service], stretches: Iterable[tuple[int, time, time]], at: time | None
) -> Service | None:
    """The service of a visit that names none: the one open at the place then, else the place's first.

    `stretches` are those of `open_stretches`. At an unknown time (None) it is the first that opens that day.
    """
    by_id = {service.id: service for service in offered}
    for service_id, starts, ends in stretches:
        if service_id in by_id and (at is None or not outside(at, [(starts, ends)])):
            return by_id[service_id]
    return next(iter(by_id.values()), None)


def open_stretches(programme_id: int, place_id: int, day: date) -> list[tuple[int, time, time]]:
    """(service id, starts, ends) of everything open at a place on a day, by time."""
    found = (
        select(Opening.service_id, Opening.starts, Opening.ends)
        .where(Opening.programme_id == programme_id, Opening.place_id == place_id, Opening.day == day)
        .where(Opening.status.in_(STANDING))
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
