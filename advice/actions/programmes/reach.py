"""What a change of settings does to the days ahead: openings that come, go or get other times, and whose shifts.

Which shifts are touched is decided by the rule that edits of hours ask too: rules/hours_effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from advice.actions import hours, openings
from advice.actions.hours import Pair, Preview, State
from advice.models.programmes import Programme
from advice.rules.differences import StoredOpening
from advice.rules.hours_edits import doubled, together
from advice.rules.hours_effects import effects
from advice.rules.openings import Opening, Status


@dataclass(frozen=True, slots=True)
class Reach:
    """Openings that change, and the shifts this touches. found: everything as it stands afterwards."""

    found: State
    preview: Preview

    @property
    def first(self) -> date:
        """The first day on which anything changes."""
        return self.preview.effects.days[0]


@dataclass(frozen=True, slots=True)
class Ahead:
    """The openings from today to the last day they are stored for, cancelled ones too, as they stood at a moment."""

    last: date
    stored: Sequence[StoredOpening]


def ahead(programme: Programme, today: date) -> Ahead:
    """A look at the days ahead. What is laid for later days meanwhile, nobody has changed."""
    last = programme.openings_until or date.max
    return Ahead(last, _stored(programme.id, today, last))


def reach_since(before: Ahead, programme_id: int, today: date) -> Reach | None:
    """What has happened to the days ahead since a look at them; None for nothing. Reads the flushed rows."""
    after = _stored(programme_id, today, before.last)
    if after == before.stored:
        return None
    found = hours.state(programme_id, today)
    was, will = _made(before.stored), _made(after)
    what = effects(before.stored, will, found.duties, today)
    if not what.touches:
        return None
    return Reach(
        found,
        Preview(
            what,
            sorted(doubled(will) - doubled(was), key=_in_time),
            sorted(together(will) - together(was), key=_in_time),
        ),
    )


def _stored(programme_id: int, first: date, last: date) -> list[StoredOpening]:
    return [openings.as_rule(row) for row in openings.stored(programme_id, first, last)]


def _made(stored: Sequence[StoredOpening]) -> list[Opening]:
    """What the rules of hours made: all that is not a tombstone."""
    return [row.opening for row in stored if row.opening.status is not Status.CANCELLED]


def _in_time(pair: Pair) -> tuple[Any, ...]:
    return tuple((one.date, one.starts, one.place, one.service, one.ends) for one in pair)
