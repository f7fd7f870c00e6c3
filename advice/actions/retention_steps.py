"""What a step of retention is: how it finds the rows that are due, and what it does to a batch of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CursorResult, Delete, delete, select

from advice.database import db
from advice.rules.retention import Rule


@dataclass(frozen=True, slots=True)
class Moment:
    """When retention runs: the instant (aware), and the zone of the places."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The date at the places."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Step:
    """A rule as it is carried out.

    `due` gives the keys of the rows that are due, and only reads. `apply` does it to some of them inside a write
    transaction, looks again whether they are still due, and says how many it took.
    """

    rule: Rule
    due: Callable[[Moment], Sequence[Any]]
    apply: Callable[[Sequence[Any], Moment], int]


def deletion(rule: Rule, model: Any, condition: Callable[[Moment], ColumnElement[bool]]) -> Step:
    """The step that deletes the rows of one table, with an `id`, that meet a condition."""

    def due(moment: Moment) -> Sequence[Any]:
        return db.session.scalars(select(model.id).where(condition(moment))).all()

    def apply(keys: Sequence[Any], moment: Moment) -> int:
        return deleted(delete(model).where(model.id.in_(keys), condition(moment)))

    return Step(rule, due, apply)


def deleted(statement: Delete) -> int:
    """Run a DELETE; how many rows went."""
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    return done.rowcount
