"""Met and left: what a shift's marks say of the hours that somebody has worked, and who may put them right.

Worked is from met to left; where a mark is missing, the planned end of the shift stands in for it, but only once the
leader has confirmed that the plan was kept. What nobody knows is unknown (None), and counted as unknown: hours are
never guessed. Times are wall-clock times of one day, to the minute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise

from advice.rules.spans import Span, minutes

DAYS_BACK = 60
"""How far back a leader puts marks right: longer than a quarter's accounts wait, shorter than the times are kept
(retention.PRESENCES)."""
LEAST_BEHIND = 3
"""People of another organisation that a sum of worked hours must have behind it: with fewer it would be a report on
somebody."""


class State(StrEnum):
    """Where somebody stands with a shift, or with a place where she helps out."""

    AWAITED = "awaited"
    HERE = "here"
    LEFT = "left"


class Fault(StrEnum):
    """Why times cannot be kept. BACKWARD: left before met. AHEAD: a time that has not come yet."""

    BACKWARD = "backward"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one shift, or of one day of helping out."""

    came: time | None = None
    left: time | None = None
    confirmed: bool = False
    """The leader says that the plan was kept where a time is missing."""
    minutes: int | None = None
    """What is left of a day once its times are forgotten; 0 for somebody who was not there."""

    @property
    def state(self) -> State:
        """As the tile shows it."""
        if self.left is not None:
            return State.LEFT
        return State.AWAITED if self.came is None else State.HERE


@dataclass(frozen=True, slots=True)
class Held:
    """A shift that is over, or a day of helping out: whose it is, when it was planned, what was marked."""

    person: int
    organisation: int
    planned: Span | None
    mark: Mark | None

    @property
    def worked(self) -> int | None:
        """Minutes, or None: unknown."""
        return worked(self.mark, self.planned)


@dataclass(frozen=True, slots=True)
class Worked:
    """What some shifts come to. Times are in minutes."""

    minutes: int = 0
    planned: int = 0
    """Of the same shifts, those of which nothing is known included."""
    unknown: int = 0
    """Shifts of which nobody knows how long they were."""
    people: int = 0
    """How many have worked, as far as is known."""


def worked(mark: Mark | None, planned: Span | None) -> int | None:
    """Minutes that somebody has worked; None where nobody knows, or the two ends contradict each other."""
    if mark is None:
        return None
    if mark.minutes is not None:
        return mark.minutes
    came, left = _stretch(mark, planned)
    if came is None or left is None or left < came:
        return None
    return minutes(left) - minutes(came)


def carried(parts: Sequence[tuple[Span, Mark | None]]) -> list[Mark | None]:
    """The marks of somebody's shifts of a day, in order, as they count where one joins the next.

    Who is there from one to the next taps once: what lies after the start of the next belongs to that one if it has
    no time of its own, and is counted with one of them at most. A shift that was split is counted as it was before.
    """
    found = [mark for _span, mark in parts]
    for index, ((span, _one), (following, _other)) in enumerate(pairwise(parts)):
        mark, then = found[index], found[index + 1] or Mark()
        if mark is None or mark.left is None or then.minutes is not None or span.ends != following.starts:
            continue
        came, left = _stretch(mark, span)
        if came is None or left is None or left < came:
            continue
        if then.came is not None or then.left is not None:
            began, _ended = _stretch(then, following)
            found[index] = replace(mark, left=min(left, max(came, began or left)))
        elif left > following.starts:
            cut = max(came, following.starts)
            found[index], found[index + 1] = replace(mark, came=came, left=cut), Mark(cut, left)
    return found


def _stretch(mark: Mark, planned: Span | None) -> tuple[time | None, time | None]:
    """From when to when, with the plan in the place of what is missing once it is confirmed."""
    starts, ends = (planned.starts, planned.ends) if planned is not None and mark.confirmed else (None, None)
    return starts if mark.came is None else mark.came, ends if mark.left is None else mark.left


def tally(held: Iterable[Held]) -> Worked:
    """What they come to."""
    rows = list(held)
    known = [(one, one.worked) for one in rows]
    return Worked(
        sum(found for _one, found in known if found is not None),
        sum(one.planned.minutes for one in rows if one.planned),
        sum(found is None for _one, found in known),
        len({one.person for one, found in known if found}),
    )


def about(shifts: Sequence[tuple[int, Span]], marks: Mapping[int, Mark], at: time) -> int | None:
    """Which of somebody's shifts of a day at a place a tap is about, by id: the one that she is here for, else the
    next that she is awaited for, else the last that she has left, else the last. None without any."""

    def state(key: int) -> State:
        return marks[key].state if key in marks else State.AWAITED

    ordered = sorted(shifts, key=lambda one: (one[1], one[0]))
    here = [key for key, _span in ordered if state(key) is State.HERE]
    ahead = [key for key, span in ordered if state(key) is State.AWAITED and at < span.ends]
    left = [key for key, _span in ordered if state(key) is State.LEFT]
    rest = [key for key, _span in ordered]
    return next((keys[place] for keys, place in ((here, 0), (ahead, 0), (left, -1), (rest, -1)) if keys), None)


def fault(came: time | None, left: time | None, day: date, now: tuple[date, time]) -> Fault | None:
    """Why a leader cannot write these times for a day. now: date and time at the place."""
    if any(at is not None and (day, at) > now for at in (came, left)):
        return Fault.AHEAD
    return Fault.BACKWARD if came is not None and left is not None and left < came else None


def may_be_put_right(day: date, today: date) -> bool:
    """Whether marks of a day can still be put right: today, and `DAYS_BACK` days back."""
    return today - timedelta(days=DAYS_BACK) <= day <= today


def is_theirs(organisation: int, own: int, led: Iterable[int]) -> bool:
    """Whether a leader puts an organisation's marks right, as far as her role reaches: her own organisation's, and
    those of organisations that nobody leads. What a colleague of the other organisation worked is no business of
    hers as long as that one has a leader."""
    return organisation == own or organisation not in set(led)
