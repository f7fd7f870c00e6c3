"""Questions about those whom a shared tablet shows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from advice.database import db
from advice.models.people import Person
from advice.models.people_questions import has_way_in


def never_in(people: Collection[int]) -> set[int]:
    """Those of these people who can be let in by nothing yet: no PIN, and no other way to log in and choose one."""
    hers = Person.id.in_(people), Person.pin_hash.is_(None), ~has_way_in()
    return set(db.session.scalars(select(Person.id).where(*hers)))
