"""The questions asked of visits. One query a kind of row, however many visits there are.

What was tapped is asked for by the ids of the visits found, never by joining the conditions again: SQLite
would read the taps of every visit there is to find those of a day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, null, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import UnaryExpression

from advice.database import Model, db
from advice.models.catalogue import OUTCOME_FLAGS, Activity, Body, HelpForm, Outcome, Topic, VisitKind
from advice.models.people import Person
from advice.models.scope import within
from advice.models.visits import (
    Visit,
    VisitActivity,
    VisitBody,
    VisitHelpForm,
    VisitOutcome,
    VisitRevision,
    VisitTopic,
)
from advice.rules.access import Action, Actor


class Link(NamedTuple):
    """How a tapped list hangs below visits: its rows, the column that points at the catalogue, and the catalogue."""

    model: type[Model]
    column: str
    target: type[Model]


LINKS: Mapping[str, Link] = {
    "topics": Link(VisitTopic, "topic_id", Topic),
    "help_forms": Link(VisitHelpForm, "help_form_id", HelpForm),
    "outcomes": Link(VisitOutcome, "outcome_id", Outcome),
    "bodies": Link(VisitBody, "body_id", Body),
    "activities": Link(VisitActivity, "activity_id", Activity),
}
"""The tapped lists by the names of catalogue_questions.TAPPED."""

IN_A_LIST = ("topics", "outcomes", "bodies", "activities")
"""What a line in a list of visits shows."""
TO_ASK = ("topics", "bodies")
"""What the question about a result shows."""

MOST_IDS = 2000
"""Visits whose taps are asked for at once: far more than a week holds, far fewer than SQLite takes in one statement."""


@dataclass(slots=True)
class Logged:
    """A visit in its newest state with what was tapped on it."""

    visit: Visit
    kind: VisitKind | None
    taps: dict[str, list[Any]] = field(default_factory=dict)
    """List name to catalogue rows in order; only the lists that were asked for."""
    results: dict[str, bool] = field(default_factory=dict)
    """Code of a body to whether its result is known; bodies not asked about yet are left out."""

    def codes(self, name: str) -> frozenset[str]:
        """The codes tapped in one list."""
        return frozenset(row.code for row in self.taps.get(name, ()))


class Newest(NamedTuple):
    """The newest revision of a visit and whose visit it is."""

    revision: int
    content_hash: str
    organisation_id: int
    coarsened: bool
    """Whether retention has been there: the hash is gone."""


class Change(NamedTuple):
    """Who entered the newest revision of a visit, and when."""

    at: datetime
    person_id: int
    name: str


def newest(programme_id: int, visit_id: UUID) -> Newest | None:
    """The newest revision of a visit, of whatever organisation, or None. Nobody else writes it until we are done."""
    found = (
        select(Visit.revision, VisitRevision.content_hash, Visit.organisation_id, Visit.coarsened_at.is_not(None))
        .join(
            VisitRevision,
            (VisitRevision.programme_id == Visit.programme_id)
            & (VisitRevision.visit_id == Visit.id)
            & (VisitRevision.revision == Visit.revision),
        )
        .where(Visit.programme_id == programme_id, Visit.id == visit_id)
        .with_for_update(of=Visit)
    )
    row = db.session.execute(found).first()
    return Newest(*row) if row else None


def last_change(programme_id: int, visit_id: UUID, revision: int) -> Change:
    """Who entered a revision of a visit, and when; it must be there."""
    found = (
        select(VisitRevision.received_at, Person.id, Person.name)
        .join(Person, Person.id == VisitRevision.entered_by)
        .where(VisitRevision.programme_id == programme_id, VisitRevision.visit_id == visit_id)
        .where(VisitRevision.revision == revision)
    )
    return Change(*db.session.execute(found).one())


def outcome_flags(programme_id: int, ids: Collection[int]) -> list[frozenset[str]]:
    """The flags (of OUTCOME_FLAGS) of each of the outcomes with these ids."""
    found = select(Outcome).where(Outcome.programme_id == programme_id, Outcome.id.in_(ids))
    return [frozenset(flag for flag in OUTCOME_FLAGS if getattr(row, flag)) for row in db.session.scalars(found)]


def own_visit(actor: Actor, visit_id: UUID) -> Logged | None:
    """One visit that the actor may see with everything tapped on it; None for another organisation's and for none."""
    wanted = within(Visit, actor, Action.SEE_VISITS), Visit.id == visit_id
    return next(iter(_logged(actor.programme, _visits(wanted), LINKS)), None)


def of_days(actor: Actor, first: date, last: date) -> list[Logged]:
    """The visits of some days, both inclusive, that the actor may see, undone ones too; newest first."""
    wanted = within(Visit, actor, Action.SEE_VISITS), Visit.local_date.between(first, last)
    return _logged(actor.programme, _visits(wanted), IN_A_LIST)


def awaiting_result(actor: Actor, limit: int) -> list[Logged]:
    """The bridged visits that the actor may correct with a body whose result nobody was asked about; oldest first."""
    return _logged(actor.programme, _visits(_awaiting(actor), oldest=True).limit(limit), TO_ASK)


def count_awaiting_result(actor: Actor) -> int:
    """How many visits `awaiting_result` would give without its limit."""
    found = select(func.count()).select_from(Visit).where(*_awaiting(actor))
    return db.session.scalar(found) or 0


Conditions = tuple[ColumnElement[bool], ...]


def _awaiting(actor: Actor) -> Conditions:
    """Found from the few bodies nobody was asked about, by their own index, not from all visits of an organisation."""
    here = VisitBody.programme_id == actor.programme
    unasked = select(VisitBody.visit_id).where(here, VisitBody.result_known.is_(None))
    own = within(Visit, actor, Action.CORRECT_VISIT, by_organisation=False)
    return own, Visit.id.in_(unasked), Visit.undone.is_(False)


def _visits(conditions: Conditions, *, oldest: bool = False) -> Select[Visit, VisitKind | None]:
    """The visits that fit, newest (or oldest) first, each with its kind."""
    kind = (VisitKind.programme_id == Visit.programme_id) & (VisitKind.id == Visit.kind_id)
    return (
        select(Visit, VisitKind)
        .outerjoin(VisitKind, kind)
        .where(*conditions)
        .options(joinedload(Visit.place), joinedload(Visit.person), joinedload(Visit.service))
        .order_by(*_in_order(oldest))
        .execution_options(populate_existing=True)
    )


def _in_order(oldest: bool) -> list[UnaryExpression[Any]]:
    """By when it was, then by when it was first stored: visits of one minute keep the order they were tapped in."""
    stored = (
        select(func.min(VisitRevision.received_at))
        .where(VisitRevision.programme_id == Visit.programme_id, VisitRevision.visit_id == Visit.id)
        .correlate(Visit)
        .scalar_subquery()
    )
    return [one.asc() if oldest else one.desc() for one in (Visit.occurred_at, stored, Visit.id)]


def _logged(programme_id: int, visits: Select[Visit, VisitKind | None], names: Collection[str]) -> list[Logged]:
    """The visits with the named lists: one query for the visits, and one a list for each `MOST_IDS` of them."""
    found = {visit.id: Logged(visit, kind) for visit, kind in db.session.execute(visits)}
    ids = list(found)
    for start in range(0, len(ids), MOST_IDS):
        for name in names:
            for visit_id, row, known in db.session.execute(_tapped(name, programme_id, ids[start : start + MOST_IDS])):
                found[visit_id].taps.setdefault(name, []).append(row)
                if known is not None:
                    found[visit_id].results[row.code] = known
    return list(found.values())


def _tapped(name: str, programme_id: int, ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """(visit id, catalogue row, result known or None) of one list of some visits, in catalogue order."""
    link: Any = LINKS[name].model
    target: Any = LINKS[name].target
    points = getattr(link, LINKS[name].column)
    known = link.result_known if link is VisitBody else null()
    return (
        select(link.visit_id, target, known)
        .join(target, (target.programme_id == link.programme_id) & (target.id == points))
        .where(link.programme_id == programme_id, link.visit_id.in_(ids))
        .order_by(target.position, target.id)
    )
