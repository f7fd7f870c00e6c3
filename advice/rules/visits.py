"""Visits: the local day and hour they count for, and what a visit that is sent again means.

A tablet on weak Wi-Fi sends the same visit again until it hears an answer. Id, revision and a hash of the
content decide alone whether that is news, a repetition or a contradiction: sending again must be
harmless.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from itertools import permutations
from zoneinfo import ZoneInfo

MINUTES_STEPS = (5, 15, 30, 45, 60)
"""The buttons for how long a visit took."""

MINUTES_RANGE = range(1, 481)
"""The minutes a visit may have taken: 1-480, a whole working day."""

CONTRADICTIONS = (("solves", "not_reached"),)
"""Flags that two outcomes of the same visit cannot carry: what was solved was reached."""

_SETS = frozenset({"topics", "help_forms", "outcomes", "bodies", "activities"})
_EMPTY: tuple[object, ...] = ([], (), frozenset())


class TimeKnown(StrEnum):
    """How well the time of a visit is known: to the minute, the hour, or the day only (the paper tally)."""

    EXACT = "exact"
    HOUR = "hour"
    DAY = "day"


class Decision(StrEnum):
    """What becomes of a visit that was sent."""

    STORED = "stored"
    ALREADY = "already"
    CONFLICT = "conflict"


def local_day_and_hour(occurred_at: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """The date and hour (0-23) on the wall of the place when it happened; ValueError for a naive datetime."""
    local = _aware(occurred_at).astimezone(zone)
    return local.date(), local.hour


def content_hash(content: Mapping[str, object]) -> str:
    """SHA-256 (64 hex digits) of what a visit says, the same however it is written.

    The order of keys does not matter, nor the order and repetition in the tap-lists, nor the offset of an
    instant. What is left out, null and an empty list are the same; other defaults (time_known, undone)
    the caller fills in. TypeError for what JSON has no form for, ValueError for NaN and naive datetimes.
    """
    said = {key: value for key, value in content.items() if value is not None}
    canonical = {key: _canonical(key, value) for key, value in said.items() if value not in _EMPTY}
    return hashlib.sha256(_json(canonical).encode()).hexdigest()


def decide(stored: tuple[int, str] | None, revision: int, hash: str) -> Decision:
    """What to do with a sent revision, given the newest stored (revision, hash) of the same id or None.

    A higher revision is stored, gaps allowed. The same with the same content, and any older one, is there
    already. The same revision with other content is a conflict, and nothing changes.
    """
    if stored is None or revision > stored[0]:
        return Decision.STORED
    if revision == stored[0] and hash != stored[1]:
        return Decision.CONFLICT
    return Decision.ALREADY


def outside(at: time, spans: Iterable[tuple[time, time]]) -> bool:
    """Whether the time lies in none of the day's half-open spans: its openings, or someone's shifts.

    Such a visit is kept and flagged, never refused: help is given before the door opens and after it
    shuts. The caller chooses the spans of the day.
    """
    return not any(starts <= at < ends for starts, ends in spans)


def contradictory(outcomes: Sequence[Collection[str]]) -> bool:
    """Whether two outcomes of one visit, each given by its flags, cannot both be true (CONTRADICTIONS).

    An outcome is held against the others only: what one outcome means by itself is the programme's to say.
    """
    return any(
        first in one and second in other for one, other in permutations(outcomes, 2) for first, second in CONTRADICTIONS
    )


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no offset: an instant needs one")
    return moment


def _canonical(key: str, value: object) -> object:
    if isinstance(value, (set, frozenset)) or (key in _SETS and isinstance(value, (list, tuple))):
        return sorted({_json(item) for item in value})
    return value


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return _aware(value).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be part of a visit's content")
