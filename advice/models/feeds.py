"""The questions that feeds and lists of own shifts ask. Each is one query, however many rows there are.

For each feed there are two: `…_state`, a few aggregates that differ whenever the feed would read differently
(rows, names and labels alike), and the lines themselves. A feed asks for the state first and for the lines
only if the reader has not got them already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from advice.database import Labels, db
from advice.models.hours import Opening
from advice.models.people import FeedToken, Membership
from advice.models.places import Place, Service
from advice.models.programmes import Organisation, Programme
from advice.models.roster import Shift
from advice.rules.openings import Status

State = Sequence[tuple[Any, ...]]


class Since(NamedTuple):
    """How far back a feed reaches: rows from the first day on, cancelled ones if cancelled since the instant."""

    day: date
    instant: datetime


class ShiftLine(NamedTuple):
    """One shift with the names that stand beside it."""

    uid: UUID
    day: date
    starts: time
    ends: time
    status: str
    sequence: int
    changed_at: datetime
    place: str
    room: str
    address: str | None
    organisation: str
    """As people say it in a sentence."""
    role: str
    programme_id: int
    programme: str

    @property
    def cancelled(self) -> bool:
        """Whether it was called off or given to somebody else."""
        return self.status == "cancelled"


class OpeningLine(NamedTuple):
    """One opening with the names that stand beside it."""

    uid: UUID
    day: date
    starts: time
    ends: time
    status: str
    reason: Labels | None
    sequence: int
    changed_at: datetime
    place_slug: str
    place: str
    room: str
    address: str | None
    service_code: str
    service: Labels


# Put together once: calendar programs ask all day, and building these costs more than the answer.
_OF_PERSON = (
    Shift.person_id == bindparam("person_id"),
    Shift.day >= bindparam("day", type_=Shift.day.type),
    or_(Shift.status == "active", Shift.changed_at >= bindparam("instant", type_=Shift.changed_at.type)),
)
_OWN_SHIFTS_STATE = (
    select(
        Place.name, Place.room, Place.address, Organisation.short_name, Membership.role, Programme.short_name,
        Programme.id, func.count(Shift.id), func.sum(Shift.sequence), func.max(Shift.changed_at),
    )
    .join(Place, Place.id == Shift.place_id)
    .join(Membership, Membership.id == Shift.membership_id)
    .join(Organisation, Organisation.id == Shift.organisation_id)
    .join(Programme, Programme.id == Shift.programme_id)
    .where(*_OF_PERSON)
    .group_by(Place.id, Membership.id, Organisation.id, Programme.id)
    .order_by(Place.id, Membership.id)
)  # fmt: skip
_OWN_SHIFTS = (
    select(
        Shift.uid, Shift.day, Shift.starts, Shift.ends, Shift.status, Shift.sequence, Shift.changed_at,
        Place.name, Place.room, Place.address, Organisation.short_name, Membership.role, Programme.id,
        Programme.short_name,
    )
    .join(Place, Place.id == Shift.place_id)
    .join(Membership, Membership.id == Shift.membership_id)
    .join(Organisation, Organisation.id == Shift.organisation_id)
    .join(Programme, Programme.id == Shift.programme_id)
    .where(*_OF_PERSON)
    .order_by(Shift.day, Shift.starts, Shift.id)
)  # fmt: skip


def own_shifts_state(person_id: int, since: Since) -> State:
    """A few rows that differ whenever `own_shifts` would; one for each place and membership."""
    found = db.session.execute(_OWN_SHIFTS_STATE, {"person_id": person_id, **since._asdict()})
    return [tuple(row) for row in found]


def own_shifts(person_id: int, since: Since) -> list[ShiftLine]:
    """A person's shifts from the first day on, in every programme, in order of time; cancelled ones for a while."""
    found = db.session.execute(_OWN_SHIFTS, {"person_id": person_id, **since._asdict()})
    return [ShiftLine._make(row) for row in found]


def _openings_of(programme_id: int, place_id: int | None, since: Since) -> list[ColumnElement[bool]]:
    """SQL conditions: openings of a programme, or of one place of it, tombstones for a while."""
    kept = or_(Opening.status != Status.CANCELLED, Opening.changed_at >= since.instant)
    conditions = [Opening.programme_id == programme_id, Opening.day >= since.day, kept]
    return conditions if place_id is None else [*conditions, Opening.place_id == place_id]


def openings_state(programme_id: int, place_id: int | None, since: Since) -> State:
    """A few rows that differ whenever `openings` would; one for each place and service."""
    found = (
        select(
            Place.slug, Place.name, Place.room, Place.address, Place.position, Service.code, Service.labels,
            func.count(Opening.id), func.sum(Opening.sequence), func.max(Opening.changed_at),
        )
        .join(Place, Place.id == Opening.place_id)
        .join(Service, Service.id == Opening.service_id)
        .where(*_openings_of(programme_id, place_id, since))
        .group_by(Place.id, Service.id)
        .order_by(Place.id, Service.id)
    )  # fmt: skip
    return [tuple(row) for row in db.session.execute(found)]


def openings(programme_id: int, place_id: int | None, since: Since, until: date | None = None) -> list[OpeningLine]:
    """The openings from the first day on (to `until`, inclusive), closed ones too, by day, start and place."""
    conditions = _openings_of(programme_id, place_id, since)
    if until is not None:
        conditions.append(Opening.day <= until)
    found = (
        select(
            Opening.uid, Opening.day, Opening.starts, Opening.ends, Opening.status, Opening.reason,
            Opening.sequence, Opening.changed_at, Place.slug, Place.name, Place.room, Place.address,
            Service.code, Service.labels,
        )
        .join(Place, Place.id == Opening.place_id)
        .join(Service, Service.id == Opening.service_id)
        .where(*conditions)
        .order_by(Opening.day, Opening.starts, Place.position, Place.id, Service.position, Opening.part)
    )  # fmt: skip
    return [OpeningLine._make(row) for row in db.session.execute(found)]


def living_address(person_id: int) -> FeedToken | None:
    """The calendar address a person has now; its token is not to be had, only when it was made."""
    living = FeedToken.person_id == person_id, FeedToken.revoked_at.is_(None)
    return db.session.scalar(select(FeedToken).where(*living).order_by(FeedToken.id.desc()))
