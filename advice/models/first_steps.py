"""What a programme lacks before residents can see when it is open, and advisers can log a visit."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from advice.database import db
from advice.models.catalogue import Topic, TopicGroup
from advice.models.hours import WeeklyHours
from advice.models.openings import not_ended
from advice.models.people import Membership
from advice.models.places import Place, Service

NEEDED: tuple[tuple[str, Any, int], ...] = (
    ("places", Place, 1),
    ("services", Service, 1),
    ("hours", WeeklyHours, 1),
    ("people", Membership, 2),
    ("topic_groups", TopicGroup, 1),
    ("topics", Topic, 1),
)
"""What must be there: its name, its table, how many; people: the coordinator and somebody with her."""


def lacking(programme_id: int, today: date) -> list[str]:
    """The names of what there is too little of, in the order in which it is made; one query."""
    counts = [
        select(func.count()).where(model.programme_id == programme_id, not_ended(model, today)).scalar_subquery()
        for _name, model, _least in NEEDED
    ]
    found = db.session.execute(select(*counts)).one()
    return [name for (name, _model, least), number in zip(NEEDED, found, strict=True) if number < least]
