"""The board of a quarter, kept in memory as the page shows it, and never older than the database.

A quarter of three places is some forty openings and two hundred names: to read and to tell them takes ten times what
the rest of the page does, and they change seldom. So what is told of them is kept under the vagtplan's number
(models/revisions.py), which whoever edits a row of it raises in the same transaction (guards.SHOWN_IN_ROSTER). A
request costs one read by a primary key; nothing is guessed, and no process tells another.

What it may depend on stands in its key: whose page it is, the days, and today. Roles are not there: nothing in it is
for some only. The number is read before the rows, in the request's own transaction, so a page that an edit overtakes
stands under the number before it, and is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from advice.models.revisions import roster_number
from advice.roster.blueprint import blueprint
from advice.shelf import Shelf

SHELF = "advice.quarters"
MOST_QUARTERS = 256
MOST_CHARACTERS = 16 * 1024 * 1024
Key = tuple[int, int, date, date]
"""Programme, whose page, the quarter's first day, and today."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says, and the number it was made under."""

    number: int
    html: Markup


@blueprint.record
def install(state: BlueprintSetupState) -> None:
    """Give each application a shelf of its own: two may have different databases."""
    shelf: Shelf[Key, Told] = Shelf(MOST_QUARTERS, MOST_CHARACTERS, lambda _key, told: len(told.html))
    state.app.extensions[SHELF] = shelf


def told(key: Key, make: Callable[[], str]) -> Markup:
    """What the page says of the quarter: kept, or made now."""
    shelf: Shelf[Key, Told] = current_app.extensions[SHELF]
    number, kept = roster_number(), shelf.find(key)
    if kept is not None and kept.number == number:
        return kept.html
    html = Markup(make().strip())
    if number is not None:
        shelf.put(key, Told(number, html))
    return html
