"""What other programs are told of a programme: its places, services and organisations, and when they are open.

Stored rows only, from today to the last day that openings are stored for; closed openings too, cancelled ones not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from advice.database import db
from advice.models.hours import Opening, WeeklyHours
from advice.models.openings import not_ended
from advice.models.places import Place, Service
from advice.models.programmes import Organisation, Programme
from advice.rules import hours
from advice.rules import openings as rule
from advice.rules.openings import Status


def programmes(today: date) -> list[Programme]:
    """Those that have not ended, by slug."""
    return list(db.session.scalars(select(Programme).where(not_ended(Programme, today)).order_by(Programme.slug)))


def places(programme_id: int, today: date) -> dict[int, Place]:
    """The places that have not ended, by id, in the programme's own order."""
    found = select(Place).where(Place.programme_id == programme_id, not_ended(Place, today))
    return {place.id: place for place in db.session.scalars(found.order_by(Place.position, Place.id))}


def services(programme_id: int, today: date) -> Sequence[tuple[Service, Organisation]]:
    """The services that have not ended, each with who is responsible, in the programme's own order."""
    found = (
        select(Service, Organisation)
        .join(Organisation, Organisation.id == Service.organisation_id)
        .where(Service.programme_id == programme_id, not_ended(Service, today))
        .order_by(Service.position, Service.id)
    )
    return [(service, organisation) for service, organisation in db.session.execute(found)]


def openings(programme_id: int, first: date, place_id: int | None = None) -> list[rule.Opening]:
    """The openings from a day on, of one place or all; in order of day, start, place and service."""
    found = select(
        Opening.place_id, Opening.service_id, Opening.day, Opening.starts, Opening.ends, Opening.status, Opening.reason
    ).where(Opening.programme_id == programme_id, Opening.day >= first, Opening.status != Status.CANCELLED)
    if place_id is not None:
        found = found.where(Opening.place_id == place_id)
    found = found.order_by(Opening.day, Opening.starts, Opening.place_id, Opening.service_id, Opening.id)
    return [
        rule.Opening(place, service, day, starts, ends, Status(status), reason)
        for place, service, day, starts, ends, status, reason in db.session.execute(found)
    ]


def weekly_hours(programme: Programme, place: Place, today: date) -> list[hours.WeeklyHours]:
    """The weekly hours of a place now and ahead, each only as long as place, service and programme are in force."""
    found = (
        select(WeeklyHours, Service)
        .join(Service, Service.id == WeeklyHours.service_id)
        .where(WeeklyHours.place_id == place.id, not_ended(WeeklyHours, today), not_ended(Service, today))
    )
    rows = []
    for row, service in db.session.execute(found):
        begins = [row.valid_from, place.valid_from, service.valid_from]
        ends = [row.valid_to, place.valid_to, service.valid_to, programme.valid_to]
        first = max(day for day in begins if day is not None)
        last = min((day for day in ends if day is not None), default=None)
        if last is None or first <= last:
            rows.append(_as_rule(row, first, last))
    return rows


def _as_rule(row: WeeklyHours, first: date, last: date | None) -> hours.WeeklyHours:
    """The row within these days. A later first day would move the weeks of every n weeks, but those stand by date."""
    return hours.WeeklyHours(
        row.place_id, row.service_id, row.weekday, row.starts, row.ends, first, last, row.every_weeks
    )
