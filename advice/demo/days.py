"""What lies ahead: one place closed once, one day cut short; a school holiday, and what residents are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import select

from advice.database import db
from advice.demo.shapes import DayShape, HolidayShape, Invented
from advice.demo.world import World
from advice.models.hours import Closure, HoursChange, Opening
from advice.models.notices import ResidentNotice, SchoolHoliday
from advice.rules.openings import Status


def add(shapes: Iterable[DayShape], worlds: Mapping[str, World], today: date) -> None:
    """Add the closures and changed hours, each on the place's n-th usual opening after today.

    The openings ahead must be stored; refresh them afterwards.
    """
    for shape in shapes:
        opening = _usual(shape, worlds[shape.programme], today)
        db.session.add(_closure(shape, opening) if shape.closed else _change(shape, opening))
    db.session.flush()


def add_told(shape: Invented, worlds: Mapping[str, World], today: date) -> None:
    """Add the school holidays, which close nothing by themselves, and the notices and themes of today."""
    for holiday in shape.holidays:
        opening = _usual(holiday, worlds[holiday.programme], today)
        monday = opening.day - timedelta(days=opening.day.weekday())
        dates = {"first_date": monday, "last_date": monday + timedelta(days=6)}
        db.session.add(SchoolHoliday(programme_id=opening.programme_id, labels=dict(holiday.labels), **dates))
    for notice in shape.notices:
        world = worlds[notice.programme]
        db.session.add(
            ResidentNotice(
                programme_id=world.programme,
                kind=notice.kind,
                place_id=world.places[notice.place],
                labels=dict(notice.labels),
                text=dict(notice.text),
                first_date=today,
                last_date=today + timedelta(days=notice.days - 1),
            )
        )
    db.session.flush()


def _usual(shape: DayShape | HolidayShape, world: World, today: date) -> Opening:
    """The place's n-th usual opening after today."""
    usual = select(Opening).where(
        Opening.programme_id == world.programme,
        Opening.place_id == world.places[shape.place],
        Opening.status == Status.OPEN,
        Opening.day > today,
    )
    return db.session.scalars(usual.order_by(Opening.day).offset(shape.week - 1).limit(1)).one()


def _closure(shape: DayShape, opening: Opening) -> Closure:
    return Closure(
        programme_id=opening.programme_id,
        kind="once",
        place_id=opening.place_id,
        first_date=opening.day,
        last_date=opening.day,
        reason={"da": shape.reason},
        note="OPFUNDET",
    )


def _change(shape: DayShape, opening: Opening) -> HoursChange:
    return HoursChange(
        programme_id=opening.programme_id,
        place_id=opening.place_id,
        service_id=opening.service_id,
        day=opening.day,
        starts=shape.starts or opening.starts,
        ends=shape.ends or opening.ends,
        reason={"da": shape.reason},
    )
