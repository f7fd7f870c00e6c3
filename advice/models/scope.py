"""The one scoped select: what somebody may see or change of a table, as rules/access.py has it.

`rules.access.may` is the rule for one row; what is selected here are exactly the rows for which it says yes, and a test
compares the two on both engines. Whoever asks on behalf of a person logged in asks through here.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false

from advice.database import Model
from advice.rules.access import Action, Actor, Scope, reach

Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])


def scoped(statement: Statement, model: type[Model], actor: Actor | None, action: Action) -> Statement:
    """The statement, of the rows of the model (one of its tables) for which the actor may do the action."""
    return statement.where(within(model, actor, action))


def within(
    model: type[Model], actor: Actor | None, action: Action, *, by_organisation: bool = True
) -> ColumnElement[bool]:
    """The same as a condition. The model has `programme_id`, and where they mean something `organisation_id` and
    `person_id`; a row without what the scope asks for is nobody's.

    by_organisation=False: the organisation is compared as a sum, which no index holds. For where SQLite would otherwise
    go through all rows of the organisation, though another condition leads to a few.
    """
    columns: Any = model
    scope = reach(actor, action)
    if actor is None or scope is Scope.NONE:
        return false()
    here: ColumnElement[bool] = columns.programme_id == actor.programme
    if scope is Scope.PROGRAMME:
        return here
    name, value = (
        ("organisation_id", actor.organisation) if scope is Scope.ORGANISATION else ("person_id", actor.person)
    )
    column = getattr(columns, name, None)
    if column is None:
        return false()
    return and_(here, (column if by_organisation else column + 0) == value)
