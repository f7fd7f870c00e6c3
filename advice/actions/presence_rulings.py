"""What a leader says of met and left: times, that the plan was kept, that nobody came. Each flushes, nobody commits.

Whether she may is asked before. The audit keeps who put whose day right, as minutes worked before and after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum
from itertools import groupby

from advice.actions.presence import NotHers, refuse_elsewhere
from advice.actions.shifts import By, Stale
from advice.database import db
from advice.models import audit
from advice.models.presence import Presence, marked
from advice.models.roster import Shift, lock_people
from advice.models.swaps import lock_shifts
from advice.rules.presence import Mark, State, carried, worked
from advice.rules.spans import Span


class Ruling(StrEnum):
    """What a leader says of a line besides its times, as forms send it."""

    PLAN = "plan"
    ABSENT = "var-her-ikke"
    NONE = "fortryd"


@dataclass(frozen=True, slots=True)
class Line:
    """What a leader puts right: a shift with or without a row, or a row without a shift that is in force."""

    shift: Shift | None
    row: Presence | None
    counts: Mark | None = None
    """Her mark as it counts, where the shift before or after joins this one (rules/presence.carried)."""

    @property
    def planned(self) -> Span | None:
        """When the shift was, if there was one."""
        return Span(self.shift.starts, self.shift.ends) if self.shift else None

    @property
    def mark(self) -> Mark:
        """What is known."""
        return self.row.mark if self.row else Mark()

    @property
    def worked(self) -> int | None:
        """Minutes; None: unknown."""
        return worked(self.counts or self.mark, self.planned)

    @property
    def version(self) -> int:
        """Of the row; 0 without one."""
        return self.row.version if self.row else 0

    @property
    def of(self) -> Shift | Presence:
        """The row that says whose it is, and where."""
        found = self.shift or self.row
        assert found is not None
        return found


def as_counted(lines: Iterable[Line]) -> list[Line]:
    """The lines of a day, in the same order, each with what its mark counts for beside the person's other shifts."""
    found = list(lines)
    hers = sorted((one.of.person_id, span, index) for index, one in enumerate(found) if (span := one.planned))
    for _person, group in groupby(hers, key=lambda one: one[0]):
        parts = list(group)
        marks = carried([(span, found[index].mark) for _key, span, index in parts])
        for (_key, _span, index), mark in zip(parts, marks, strict=True):
            found[index] = replace(found[index], counts=mark)
    return found


def put_right(line: Line, version: int | None, came: time | None, left: time | None, by: By) -> bool:
    """A leader writes the times of a line, or blanks; False if nothing differs. Raises Stale or Elsewhere."""
    return _decide(line, version, Mark(came, left, line.mark.confirmed), by)


def rule(line: Line, version: int | None, ruling: Ruling, by: By) -> bool:
    """A leader says that the plan was kept where times are missing, that she was not there, or takes such back; False
    if nothing differs. Raises Stale or Elsewhere, NotHers for the plan of what was not planned."""
    if ruling is Ruling.PLAN and line.shift is None:
        raise NotHers
    if ruling is Ruling.ABSENT:
        return _decide(line, version, Mark(minutes=0), by)
    return _decide(line, version, replace(line.mark, confirmed=ruling is Ruling.PLAN, minutes=None), by)


def lock(lines: Iterable[Line]) -> None:
    """Lock the shifts and then the people of all the lines that one transaction puts right, before the first of them:
    who holds people waits for no shift."""
    found = list(lines)
    lock_shifts(one.shift.id for one in found if one.shift is not None)
    lock_people(one.of.person_id for one in found)


def _decide(line: Line, version: int | None, mark: Mark, by: By) -> bool:
    """Write what a leader says of a line, and what it comes to into the audit."""
    of, day = line.of, line.of.day
    lock([line])
    if line.shift is not None and (line.shift.status, line.shift.day) != ("active", day):
        raise Stale
    row, before = line.row, line.worked
    if line.shift is not None:
        row = marked(of.person_id, of.place_id, of.day, line.shift.id)
    elif row is not None:
        db.session.refresh(row)
    if (row.version if row else 0) != version:
        raise Stale
    if mark == (row.mark if row else Mark()):
        return False
    if mark.state is State.HERE:
        refuse_elsewhere(of.person_id, of.day, row.id if row else None)
    if row is None:
        row = Presence(
            programme_id=of.programme_id, place_id=of.place_id, shift_id=of.id, membership_id=of.membership_id,
            person_id=of.person_id, organisation_id=of.organisation_id, day=of.day, version=0,
        )  # fmt: skip
    row.came, row.gone, row.confirmed, row.minutes = mark.came, mark.left, mark.confirmed, mark.minutes
    row.corrected_by, row.version = by.person_id, row.version + 1
    db.session.add(row)
    db.session.flush()
    audit.record(
        by.at, "presence_corrected", "presences", row.id, programme_id=row.programme_id,
        organisation_id=row.organisation_id, person_id=by.person_id, membership=row.membership_id,
        before=before, after=worked(mark, line.planned),
    )  # fmt: skip
    db.session.flush()
    return True
