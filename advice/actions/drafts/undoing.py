"""What was done last to a draft, taken back: each change of it as it was before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advice.actions.drafts import laying
from advice.actions.drafts.laying import record
from advice.actions.drafts.reading import Laid
from advice.actions.shifts import By, Stale, Stretch, stretch_of
from advice.models.drafts import DraftChange
from advice.rules.drafts import Deed


@dataclass(frozen=True, slots=True)
class Stood:
    """A change of a draft as it was. shift, version: of what it was made from, None for one that adds a shift."""

    deed: Deed
    membership: int
    stretch: Stretch
    shift: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change before and after. now: its row and version, None if it was taken out; before: None if it is new."""

    organisation: int
    now: tuple[int, int] | None
    before: Stood | None


def stood(row: DraftChange) -> Stood:
    """A change as it is, to be remembered before it is edited."""
    return Stood(Deed(row.deed), row.membership_id, stretch_of(row), row.shift_id, row.shift_version)


def step(row: DraftChange, before: Stood | None) -> Step:
    """What was done to a change that is still there."""
    return Step(row.organisation_id, (row.id, row.version), before)


def take_back(found: Laid, steps: Iterable[Step], by: By) -> None:
    """Take an edit back, all the steps of it. Raises as `undo` does."""
    for one in steps:
        undo(found, one, by)
    record("draft_edit_undone", found.draft, by)


def undo(found: Laid, one: Step, by: By) -> None:
    """Take a step back. found: the draft as it is now. Raises Stale if somebody has been there since; PastDay or
    NotOnTeam for what can no longer be laid."""
    draft, before = found.draft, one.before
    if one.now is None:
        assert before is not None
        lay_again(found, before, by)
        return
    key, version = one.now
    row = next((row for row in found.rows if row.id == key), None)
    if row is None:
        raise Stale
    if before is None:
        laying.take_out(draft, row, version, by)
    else:
        laying.alter(draft, row, version, before.stretch, by)


def lay_again(found: Laid, before: Stood, by: By) -> None:
    """Put a change that was taken out back. Raises as `undo` does."""
    if before.shift is None or before.version is None:
        laying.add(found.draft, before.membership, before.stretch, by)
        return
    shift = found.shifts.get(before.shift)
    if shift is None:
        raise Stale
    stretch = None if before.deed is Deed.CANCEL else before.stretch
    laying.change(found.draft, shift, before.version, stretch, by)
