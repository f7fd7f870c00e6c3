"""What somebody is to be told of her shifts, and when.

What is told is the difference between what she was told last and how it stands, however many changes lie between. One
shift that is off and another in its very place (somebody else had it for a while) are no difference to her.
What concerns today or tomorrow is told at once; everything else waits for the digest of the day, at DIGEST_AT. Since
the digest is a daily one, whatever waits is told before the day it is about begins.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

DIGEST_AT = time(16)
"""On the clock of the place, every day: who plans has mostly gone home, who is planned has not yet made her evening."""
ONE_DAY = timedelta(days=1)


class Stand(NamedTuple):
    """Where and when somebody has a shift."""

    place_id: int
    day: date
    starts: time
    ends: time


class News(StrEnum):
    """What a difference is to her: a shift more, the same one elsewhere or at another time, a shift less."""

    NEW = "new"
    MOVED = "moved"
    CANCELLED = "cancelled"


def difference(known: Stand | None, stands: Stand | None, today: date) -> News | None:
    """What is new between what she knows of a shift and how it stands (None: she has none). None: nothing to tell.

    What lies before today on both sides is nothing any more.
    """
    if known == stands or all(day < today for day in _days(known, stands)):
        return None
    if known is None:
        return News.NEW
    return News.CANCELLED if stands is None else News.MOVED


def come_to_nothing(differences: Sequence[tuple[Stand | None, Stand | None]]) -> list[tuple[int, int]]:
    """Of differences (known, stands) of somebody's shifts, those that come to nothing two by two, by their places in
    the list: one that is off, and a new one where and when that was. It is another shift, but not to her."""
    new: defaultdict[Stand, list[int]] = defaultdict(list)
    for index, (known, stands) in enumerate(differences):
        if known is None and stands is not None:
            new[stands].append(index)
    return [
        (index, new[known].pop(0))
        for index, (known, stands) in enumerate(differences)
        if stands is None and known is not None and new[known]
    ]


def is_near(known: Stand | None, stands: Stand | None, day: date) -> bool:
    """Whether a difference is about a day or the one after it (or one that has gone): where she had it, or has it."""
    return bool(near_days(known, stands, day))


def near_days(known: Stand | None, stands: Stand | None, day: date) -> list[date]:
    """The days for which it is near, in order."""
    return sorted({one for one in _days(known, stands) if one <= day + ONE_DAY})


def last_digest(local: datetime) -> datetime:
    """The newest digest at or before a moment, in the zone of that moment."""
    today = datetime.combine(local.date(), DIGEST_AT, local.tzinfo)
    return today if today <= local else datetime.combine(local.date() - ONE_DAY, DIGEST_AT, local.tzinfo)


def _days(*stands: Stand | None) -> Iterable[date]:
    return [one.day for one in stands if one is not None]
