"""What the entries of the audit are about, by the names the rows have when they are read.

The audit itself holds ids only: a name that retention takes, or that is corrected, must not live on in what cannot be
changed. One query a kind of row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from advice.database import LARGEST_ID, Labels, Model, db
from advice.models.accounts import OidcProvider
from advice.models.audit import Noted
from advice.models.catalogue import Activity, Body, HelpForm, Outcome, Topic, TopicGroup, VisitKind
from advice.models.day_needs import DayNeed
from advice.models.hours import Closure, ExtraOpening, HoursChange, WeeklyHours
from advice.models.indicators import Agreement, Indicator, Objective, Reading
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.models.places import Department, Place, ResidentialArea, Service
from advice.models.presence import Presence
from advice.models.programmes import FocusArea, Organisation, Programme
from advice.models.roster import Competence, Shift, StaffingNeed
from advice.models.staff_notices import StaffNotice
from advice.models.swaps import Swap
from advice.models.tablets import Tablet
from advice.models.visits import Visit
from advice.rules.access import Actor


@dataclass(frozen=True, slots=True)
class About:
    """What a row is called: what it has of a text or labels by language, a person, a place and a time."""

    text: str | None = None
    labels: Labels | None = None
    person: str | None = None
    place: str | None = None
    day: date | None = None
    weekday: int | None = None
    """0 is Monday."""
    starts: time | None = None
    ends: time | None = None


Columns = Mapping[str, Any]


def _stretch(model: Any) -> Columns:
    """A stretch of a day: hours, shifts."""
    return {"place": Place.name, "starts": model.starts, "ends": model.ends}


NAMED: Mapping[type[Model], Columns] = {
    Activity: {"labels": Activity.labels},
    Agreement: {"text": Agreement.title},
    Body: {"labels": Body.labels},
    Closure: {"labels": Closure.reason, "place": Place.name},
    Competence: {"labels": Competence.labels},
    DayNeed: {"place": Place.name, "day": DayNeed.day},
    Department: {"text": Department.name},
    ExtraOpening: {"day": ExtraOpening.day, **_stretch(ExtraOpening)},
    FocusArea: {"text": FocusArea.name},
    HelpForm: {"labels": HelpForm.labels},
    HoursChange: {"day": HoursChange.day, **_stretch(HoursChange)},
    Indicator: {"text": Indicator.text},
    Mail: {"text": Mail.subject},
    Membership: {"person": Person.name},
    Objective: {"text": Objective.text},
    OidcProvider: {"text": OidcProvider.issuer},
    Organisation: {"text": Organisation.name},
    Outcome: {"labels": Outcome.labels},
    Place: {"text": Place.name},
    Presence: {"person": Person.name, "place": Place.name, "day": Presence.day},
    Reading: {"text": Indicator.text, "day": Reading.as_of},
    ResidentialArea: {"text": ResidentialArea.name},
    Service: {"labels": Service.labels},
    Shift: {"person": Person.name, "day": Shift.day, **_stretch(Shift)},
    StaffNotice: {"place": Place.name, "day": StaffNotice.first_day},
    StaffingNeed: {"place": Place.name, "weekday": StaffingNeed.weekday},
    Swap: {"person": Person.name, "day": Shift.day, **_stretch(Shift)},
    Tablet: {"text": Tablet.name, "place": Place.name},
    Topic: {"labels": Topic.labels},
    TopicGroup: {"labels": TopicGroup.labels},
    Visit: {"place": Place.name, "day": Visit.local_date},
    VisitKind: {"labels": VisitKind.labels},
    WeeklyHours: {"weekday": WeeklyHours.weekday, **_stretch(WeeklyHours)},
}
"""What names a row of each kind that belongs to a programme."""
OWN = frozenset({Membership, OidcProvider, Presence, Shift, Tablet, Visit})
"""Rows of one organisation: those of another one are named to nobody."""
JOINED_BY: Mapping[type[Model], str] = {
    Place: "place_id", Person: "person_id", Indicator: "indicator_id", Shift: "shift_id",
}  # fmt: skip
THROUGH: Mapping[type[Model], type[Model]] = {Swap: Shift}
"""Rows that are named by another one, whose organisation is theirs, too."""
BY_TABLE = {model.__tablename__: model for model in NAMED}


def subjects(actor: Actor, noted: Iterable[Noted]) -> dict[int, About]:
    """What each entry is about, by the id of the entry; without those that are not to be named, or are there no more.

    Only rows of the actor's programme; where rows are an organisation's, only of hers.
    """
    listed = list(noted)
    wanted: dict[type[Model], set[Any]] = {}
    for one in listed:
        model, row_id = BY_TABLE.get(one.subject), _row_id(one.subject_id)
        if model is not None and row_id is not None and isinstance(row_id, UUID) == (model is Visit):
            wanted.setdefault(model, set()).add(row_id)
    found = {(model.__tablename__, str(row_id)): about for model, ids in wanted.items()
             for row_id, about in _named(model, ids, actor).items()}  # fmt: skip
    people = _people(actor.programme, (one.details.get("whose") for one in listed))
    answer: dict[int, About] = {}
    for one in listed:
        whose, about = people.get(one.details.get("whose")), found.get((one.subject, one.subject_id))
        if about is not None:
            answer[one.id] = about
        elif whose is not None:
            answer[one.id] = About(person=whose)
        elif (one.subject, one.subject_id) == (Programme.__tablename__, str(actor.programme)):
            answer[one.id] = About(text=_programme(actor.programme))
    return answer


def _named(model: Any, ids: set[Any], actor: Actor) -> dict[Any, About]:
    """The rows of one kind by their ids."""
    columns = NAMED[model]
    found = select(model.id, *columns.values()).where(model.id.in_(ids), model.programme_id == actor.programme)
    named: Any = THROUGH.get(model, model)
    if named is not model:
        found = found.join(named, named.id == getattr(model, JOINED_BY[named]))
    for other in {column.class_ for column in columns.values()} - {model, named}:
        found = found.outerjoin(other, other.id == getattr(named, JOINED_BY[other]))
    if named in OWN:
        found = found.where(named.organisation_id == actor.organisation)
    if model is Membership:
        found = found.where(Membership.accepted_at.is_not(None))
    return {row[0]: About(**dict(zip(columns, row[1:], strict=True))) for row in db.session.execute(found)}


def _people(programme_id: int, ids: Iterable[Any]) -> dict[Any, str]:
    """The names of people by id; of those who left long ago what retention has put in their place.

    Only of those who have said yes to belonging to the programme: an invitation must not tell whose an e-mail is.
    """
    known = {one for one in ids if isinstance(one, int)}
    if not known:
        return {}
    here = Membership.person_id == Person.id, Membership.programme_id == programme_id
    belongs = select(Membership.id).where(*here, Membership.accepted_at.is_not(None)).exists()
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(known), belongs))
    return {row.id: row.name for row in found}


def _programme(programme_id: int) -> str | None:
    return db.session.scalar(select(Programme.name).where(Programme.id == programme_id))


def _row_id(text: str) -> int | UUID | None:
    """The id as its column holds it; None for what can be none."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 10 and int(text) <= LARGEST_ID else None
    try:
        return UUID(text)
    except ValueError:
        return None
