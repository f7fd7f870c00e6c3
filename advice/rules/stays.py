"""When somebody is at a house, as the screen on the wall says it: the plan, with met and left laid over it.

Whoever has said nothing is there as planned, so a house that does not use the marks sees the plan. A mark is what she
has done, and goes before the plan: who has left has left, who has met is there though the plan says later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from advice.rules.presence import Mark
from advice.rules.spans import Span, joined


@dataclass(frozen=True, slots=True)
class Stay:
    """A half-open stretch of the day in which somebody is there."""

    starts: time
    ends: time | None
    """None: until she says that she leaves."""

    def holds(self, at: time) -> bool:
        """Whether it goes on at a moment."""
        return self.starts <= at and (self.ends is None or at < self.ends)


def stays(planned: Span | None, parts: Sequence[Span], mark: Mark | None) -> list[Stay]:
    """When somebody is there, in order.

    planned: her shift, None for helping out without one; parts: those of it that no absence covers. Left ends all of
    it at that minute. Met in a time that no part holds is there from then until the next part, else until the shift
    ends; without a shift, or after it, until she says that she leaves.
    """
    if mark is None:
        return [Stay(one.starts, one.ends) for one in parts]
    if mark.minutes == 0:
        return []
    stretches = [(one.starts, one.ends) for one in parts]
    stays_on = False
    if mark.came is not None and not any(one.starts <= mark.came < one.ends for one in parts):
        if planned is None or planned.ends <= mark.came:
            stays_on = True
        else:
            later = (one.starts for one in parts if one.starts > mark.came)
            stretches.append((mark.came, min(later, default=planned.ends)))
    found = [Stay(*pair) for pair in joined(stretches)]
    if stays_on and mark.came is not None:
        whole = found.pop() if found and found[-1].ends == mark.came else None  # she never left
        found.append(Stay(whole.starts if whole else mark.came, None))
    return found if mark.left is None else list(_until(mark.left, found))


def _until(left: time, found: Iterable[Stay]) -> Iterable[Stay]:
    """What of it lies before she left."""
    for one in found:
        if one.starts < left:
            yield Stay(one.starts, left if one.ends is None else min(one.ends, left))


def now_at(found: Iterable[Stay], at: time) -> Stay | None:
    """The one that goes on: half-open, so at its last minute it is over."""
    return next((one for one in found if one.holds(at)), None)


def next_at(found: Iterable[Stay], at: time) -> Stay | None:
    """The first that begins later."""
    return next((one for one in found if one.starts > at), None)
