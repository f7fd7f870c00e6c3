"""What an edit of opening hours does to the days ahead: openings that go, come or get other times; shifts touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from advice.rules.differences import Add, StoredOpening, Update, difference
from advice.rules.openings import STANDING, Opening
from advice.rules.spans import minutes


class Fate(StrEnum):
    """What becomes of a shift. OUTSIDE: none of it is in opening hours any more, though some was; PARTLY: less of it
    is; BACK: more of it is."""

    OUTSIDE = "outside"
    PARTLY = "partly"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift that stands: its row's key and version, whose it is, where and when."""

    key: int
    version: int
    person: int
    place: int
    date: date
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything that changes ahead. other: before and after. shifts: those touched, with what becomes of them."""

    gone: tuple[Opening, ...] = ()
    come: tuple[Opening, ...] = ()
    other: tuple[tuple[Opening, Opening], ...] = ()
    shifts: tuple[tuple[Duty, Fate], ...] = ()

    @property
    def days(self) -> list[date]:
        """The days on which anything changes, in order."""
        openings = (*self.gone, *self.come, *(after for _before, after in self.other))
        return sorted({one.date for one in openings})

    @property
    def touches(self) -> bool:
        """Whether an opening changes."""
        return bool(self.gone or self.come or self.other)


def effects(
    stored: Sequence[StoredOpening], computed: Sequence[Opening], duties: Iterable[Duty], today: date
) -> Effects:
    """What making the stored openings equal to the computed ones changes from today on, for people and for shifts."""
    before = {row.key: row.opening for row in stored}
    gone: list[Opening] = []
    come: list[Opening] = []
    other: list[tuple[Opening, Opening]] = []
    for change in difference(stored, computed, today):
        old = None if isinstance(change, Add) else before[change.key]
        new = change.opening if isinstance(change, Add | Update) else None
        stood, stands = old is not None and old.status in STANDING, new is not None and new.status in STANDING
        if old and stood and not stands:
            gone.append(old)
        elif new and stands and not stood:
            come.append(new)
        elif old and new and stood and stands and (old.starts, old.ends) != (new.starts, new.ends):
            other.append((old, new))
    touched = shifts_touched([row.opening for row in stored if row.opening.date >= today], computed, duties)
    return Effects(tuple(gone), tuple(come), tuple(other), tuple(touched))


def over(what: Effects, today: date, at: time) -> list[Opening]:
    """Openings of today that had ended by then and would close or get other times: what has been stays as it was."""
    before = (*what.gone, *(old for old, _new in what.other))
    return [one for one in before if one.date == today and one.ends <= at]


def shifts_touched(
    before: Iterable[Opening], after: Iterable[Opening], duties: Iterable[Duty]
) -> list[tuple[Duty, Fate]]:
    """The shifts of which other minutes are in opening hours than before, with what becomes of each."""
    was, will = _open_minutes(before), _open_minutes(after)
    found = []
    for duty in duties:
        own, there = _mask(duty.starts, duty.ends), (duty.place, duty.date)
        old, new = own & was.get(there, 0), own & will.get(there, 0)
        if old == new:
            continue
        fate = Fate.PARTLY if old & ~new else Fate.BACK
        found.append((duty, Fate.OUTSIDE if old and not new else fate))
    return found


def digest(*parts: object) -> str:
    """A short text that differs when anything differs of what was shown: an edit, and all it does.

    For plain values and frozen dataclasses of them, whose repr says everything; no sets, whose order is chance.
    """
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _open_minutes(openings: Iterable[Opening]) -> dict[tuple[int, date], int]:
    """By place and day, the minutes with somebody's door open, as bits."""
    found: dict[tuple[int, date], int] = {}
    for one in openings:
        if one.status in STANDING:
            there = (one.place, one.date)
            found[there] = found.get(there, 0) | _mask(one.starts, one.ends)
    return found


def _mask(starts: time, ends: time) -> int:
    """The minutes of a stretch as bits."""
    return (1 << minutes(ends)) - (1 << minutes(starts))
