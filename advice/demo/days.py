"""The two days ahead that are not as always: one place closed once, one day cut short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select

from advice.database import db
from advice.demo.shapes import DayShape
from advice.demo.world import World
from advice.models.hours import Closure, HoursChange, Opening
from advice.rules.openings import Status


def add(shapes: Iterable[DayShape], worlds: Mapping[str, World], today: date) -> None:
    """Add the closures and changed hours, each on the place's n-th usual opening after today.

    The openings ahead must be stored; refresh them afterwards.
    """
    for shape in shapes:
        world = worlds[shape.programme]
        place = world.places[shape.place]
        usual = select(Opening).where(
            Opening.programme_id == world.programme,
            Opening.place_id == place,
            Opening.status == Status.OPEN,
            Opening.day > today,
        )
        opening = db.session.scalars(usual.order_by(Opening.day).offset(shape.week - 1).limit(1)).one()
        db.session.add(_closure(shape, opening) if shape.closed else _change(shape, opening))
    db.session.flush()


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
