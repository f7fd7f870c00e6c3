"""A draft read whole: its changes, the shifts they are laid over, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from advice.database import db
from advice.models.drafts import Draft, DraftChange, changes_of
from advice.models.roster import Shift
from advice.rules.drafts import Change, Deed, Overlay, Planned, Standing, State, clashes, overlay
from advice.rules.spans import Span
from advice.rules.turns import Turn


@dataclass
class Laid:
    """A draft with its change rows and the active shifts of its days, of everybody in the programme; and those that the
    people of its changes have in other programmes."""

    draft: Draft
    rows: Sequence[DraftChange]
    shifts: Mapping[int, Shift]
    elsewhere: Sequence[Shift]

    @cached_property
    def changes(self) -> list[Change]:
        """The rows as the rule takes them."""
        return [change_of(row) for row in self.rows]

    @cached_property
    def overlay(self) -> Overlay:
        """What is in force with the draft over it; nothing over it once the draft is in force itself."""
        changes = [] if self.draft.state == State.IN_FORCE else self.changes
        return overlay((standing_of(row) for row in self.shifts.values()), changes)

    @cached_property
    def clashes(self) -> list[tuple[Planned, Planned]]:
        """Whoever would be on duty twice at once, here or in another programme."""
        others = [Planned(turn_of(row), standing_of(row), None) for row in self.elsewhere]
        return clashes([*self.overlay.planned, *others])


def laid(draft: Draft) -> Laid:
    """Read a draft; three queries."""
    return over(draft, changes_of(draft))


def over(draft: Draft, rows: Sequence[DraftChange]) -> Laid:
    """A draft with these changes, stored or not, and what they lie over. Shifts outside its days are read where a
    change was made from them."""
    made_from = {row.shift_id for row in rows if row.shift_id is not None}
    people = {row.person_id for row in rows}
    days = Shift.day.between(draft.first_day, draft.last_day)
    found = select(Shift).where(
        Shift.status == "active",
        or_(
            (Shift.programme_id == draft.programme_id) & (days | Shift.id.in_(made_from)),
            (Shift.programme_id != draft.programme_id) & days & Shift.person_id.in_(people),
        ),
    )
    with_all = joinedload(Shift.person), joinedload(Shift.organisation), joinedload(Shift.place)
    shifts = list(db.session.scalars(found.options(*with_all).order_by(Shift.day, Shift.starts, Shift.id)))
    here = {row.id: row for row in shifts if row.programme_id == draft.programme_id}
    return Laid(draft, rows, here, [row for row in shifts if row.id not in here])


def change_of(row: DraftChange) -> Change:
    """A change row as the rule takes it."""
    turn = Turn(
        row.membership_id, row.person_id, row.organisation_id, row.place_id, row.day, Span(row.starts, row.ends)
    )
    return Change(row.id, Deed(row.deed), turn, row.shift_id, row.shift_version)


def turn_of(row: Shift) -> Turn:
    """A shift as plans take it."""
    return Turn(
        row.membership_id, row.person_id, row.organisation_id, row.place_id, row.day, Span(row.starts, row.ends)
    )


def standing_of(row: Shift) -> Standing:
    """A shift in force as the rule takes it."""
    return Standing(row.id, row.version, turn_of(row))
