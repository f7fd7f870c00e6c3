"""What the invented people agreed to, and when they are away: weekdays and hours, places, a few absences ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from advice.database import db
from advice.demo.shapes import AbsenceShape, MembershipShape
from advice.demo.world import World
from advice.models.absences import Absence, Availability, PlaceWish
from advice.models.people import Membership, Person


def agree(member: Membership, shape: MembershipShape, world: World) -> None:
    """Add the hours she can and the places she prefers or avoids. LookupError for an unknown place."""
    key = {"programme_id": member.programme_id, "membership_id": member.id}
    for hours in shape.hours:
        span = {"weekday": hours.weekday, "starts": hours.starts, "ends": hours.ends}
        db.session.add(Availability(**key, **span))
    for wish, slugs in (("prefers", shape.prefers), ("avoids", shape.avoids)):
        for slug in slugs:
            db.session.add(PlaceWish(place_id=world.places[slug], wish=wish, **key))


def add_absences(
    shapes: Iterable[AbsenceShape], worlds: Mapping[str, World], now: datetime, timezone: ZoneInfo
) -> None:
    """Add the absences, each from the Monday so many weeks after this one. NoResultFound for somebody unknown."""
    today = now.astimezone(timezone).date()
    for shape in shapes:
        found = select(Membership).join(Person, Person.id == Membership.person_id)
        found = found.where(Person.email == shape.email, Membership.programme_id == worlds[shape.programme].programme)
        member = db.session.scalars(found).one()
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=shape.weeks, days=shape.weekday)
        whose = {"membership_id": member.id, "person_id": member.person_id, "organisation_id": member.organisation_id}
        days = {"first_day": first, "last_day": first + timedelta(days=shape.days - 1)}
        row = Absence(programme_id=member.programme_id, kind=shape.kind, entered_at=now, **whose, **days)
        db.session.add(row)
    db.session.flush()
