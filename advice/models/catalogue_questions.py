"""What forms and actions ask of the catalogue: what can be tapped on a day, and which codes exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, literal, select, union_all

from advice.database import Model, db
from advice.models.catalogue import Activity, Body, HelpForm, Outcome, Topic, TopicGroup, VisitKind
from advice.models.programmes import valid_on
from advice.rules.spans import in_force

TAPPED: Mapping[str, type[Model]] = {
    "topics": Topic,
    "help_forms": HelpForm,
    "outcomes": Outcome,
    "bodies": Body,
    "activities": Activity,
}
"""The tapped lists of a visit, by the names they have in forms, in sync and in stored revisions."""

Tappable = TypeVar("Tappable", HelpForm, Outcome, VisitKind, Body, Activity)


class Known(NamedTuple):
    """A code that exists in the programme: in which list, its row, and whether it is in force on the day asked for."""

    field: str
    code: str
    id: int
    in_force: bool


def offered(model: type[Tappable], programme_id: int, day: date, kept: Collection[str] = ()) -> Sequence[Tappable]:
    """The rows of one list that can be tapped on a day, in order, with those of the codes `kept` that have ended."""
    found = select(model).where(model.programme_id == programme_id, valid_on(model, day) | model.code.in_(kept))
    return db.session.scalars(found.order_by(model.position, model.id)).all()


def offered_kinds(
    programme_id: int, services: Collection[int], day: date, kept: VisitKind | None = None
) -> list[VisitKind]:
    """The kinds of some services that can be tapped on a day, in order, with `kept` even if it has ended."""
    found = offered(VisitKind, programme_id, day, [kept.code] if kept else ())
    return [
        kind
        for kind in found
        if (kept and kind.id == kept.id)
        or (kind.service_id in services and in_force(kind.valid_from, kind.valid_to, day))
    ]


def offered_topics(programme_id: int, day: date, kept: Collection[str] = ()) -> list[tuple[TopicGroup, Topic]]:
    """The topics that can be tapped on a day, each with its group, in order; a group's end ends its topics."""
    in_force = valid_on(Topic, day) & valid_on(TopicGroup, day)
    found = (
        select(TopicGroup, Topic)
        .join(Topic, (Topic.programme_id == TopicGroup.programme_id) & (Topic.group_id == TopicGroup.id))
        .where(Topic.programme_id == programme_id, in_force | Topic.code.in_(kept))
        .order_by(TopicGroup.position, TopicGroup.id, Topic.position, Topic.id)
    )
    return [(group, topic) for group, topic in db.session.execute(found)]


def known(programme_id: int, codes: Mapping[str, Collection[str]], day: date) -> list[Known]:
    """Which of the codes (list name to codes) the programme has, ended ones too. One query, or none for no codes."""
    parts = [_known(field, programme_id, wanted, day) for field, wanted in codes.items() if wanted]
    if not parts:
        return []
    return [Known(field, code, id, bool(now)) for field, code, id, now in db.session.execute(union_all(*parts))]


def _known(field: str, programme_id: int, codes: Collection[str], day: date) -> Select[Any]:
    model: Any = TAPPED[field]
    in_force = valid_on(model, day)
    found = select(literal(field), model.code, model.id)
    if model is Topic:
        found = found.join(
            TopicGroup, (TopicGroup.programme_id == Topic.programme_id) & (TopicGroup.id == Topic.group_id)
        )
        in_force = in_force & valid_on(TopicGroup, day)
    return found.add_columns(in_force).where(model.programme_id == programme_id, model.code.in_(codes))


def outcomes_with(programme_id: int, flag: str, day: date) -> list[int]:
    """The ids of the outcomes in force on a day that carry a flag of OUTCOME_FLAGS."""
    carries = getattr(Outcome, flag)
    found = select(Outcome.id).where(Outcome.programme_id == programme_id, carries, valid_on(Outcome, day))
    return list(db.session.scalars(found.order_by(Outcome.position, Outcome.id)))


def kind_by_code(programme_id: int, service_id: int, code: str) -> VisitKind | None:
    """The kind of visit of a service, ended or not, or None."""
    found = select(VisitKind).where(VisitKind.programme_id == programme_id, VisitKind.service_id == service_id)
    return db.session.scalar(found.where(VisitKind.code == code))
