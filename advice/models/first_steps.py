"""What a programme lacks before residents can see when it is open, and advisers can log a visit."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from advice.database import db
from advice.models.catalogue import Topic, TopicGroup
from advice.models.hours import WeeklyHours
from advice.models.openings import not_ended
from advice.models.people import Membership
from advice.models.places import Place, Service
from advice.models.programmes import Organisation, Programme

NEEDED: tuple[tuple[str, Any, int], ...] = (
    ("places", Place, 1),
    ("services", Service, 1),
    ("hours", WeeklyHours, 1),
    ("people", Membership, 2),
    ("topic_groups", TopicGroup, 1),
    ("topics", Topic, 1),
)
"""What must be there: its name, its table, how many; people: the coordinator and somebody with her."""
COUNTS_IF: dict[Any, tuple[ColumnElement[bool], ...]] = {Membership: (Membership.accepted_at.is_not(None),)}
"""What a row must be besides, to count."""


NOT_SAID = "Ikke oplyst"
"""What stands for the municipality and the kind of organisation until somebody says them."""


def name_from_slug(slug: str) -> str:
    """What a programme is called that was made without a name: "ny-havn" becomes "Ny havn"."""
    return slug.replace("-", " ").capitalize()


def lacking(programme_id: int, today: date) -> list[str]:
    """The names of what there is too little of, in the order in which it is made.

    "programme" and "organisation": nobody has been at the form yet, so its municipality or its kind is not said. Its
    name is what its code makes of it then; afterwards it may be that because it is the right one.
    """
    counts = [
        select(func.count())
        .where(model.programme_id == programme_id, not_ended(model, today), *COUNTS_IF.get(model, ()))
        .scalar_subquery()
        for _name, model, _least in NEEDED
    ]
    nameless = select(func.count()).where(
        Organisation.programme_id == programme_id,
        Organisation.coordinates,
        Organisation.kind == NOT_SAID,
        not_ended(Organisation, today),
    )
    asked = select(Programme.municipality, nameless.scalar_subquery(), *counts)
    municipality, unnamed, *found = db.session.execute(asked.where(Programme.id == programme_id)).one()
    names = ["programme"] if municipality == NOT_SAID else []
    names += ["organisation"] if unnamed else []
    return names + [name for (name, _model, least), number in zip(NEEDED, found, strict=True) if number < least]
