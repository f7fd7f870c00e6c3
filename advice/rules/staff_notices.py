"""Who may put up a notice to the staff, for where and how long.

Whoever plans does so for any place; an adviser where and when she is on duty herself: she is the one who finds that the
printer does not work, and the next shift is told by it. Whose it is may change it, and whoever plans.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_TEXT = 200
"""Characters: what is longer is read by nobody on the way in."""
LONGEST = timedelta(days=61)
"""What holds for longer is no notice of a day."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: whether she plans for anybody in the programme, and where and when she is on duty from today on."""

    plans: bool
    on_duty: Collection[tuple[int, date]] = ()

    @property
    def has_place(self) -> bool:
        """Whether there is anything she may write now."""
        return self.plans or bool(self.on_duty)


def may_write(writer: Writer, place_id: int | None, first: date, last: date) -> bool:
    """Whether she may put up a notice at a place (None: all of them) on these days (both inclusive).

    An adviser only at one place, and only if she is on duty there on each of the days.
    """
    if writer.plans:
        return True
    if place_id is None or last - first > LONGEST:
        return False
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return all((place_id, day) in writer.on_duty for day in days)


def may_change(writer: Writer, own: bool) -> bool:
    """Whether she may change a notice or take it away."""
    return writer.plans or own
