"""What an adviser enters about a visit, and what can be wrong with it. Codes only: no free text, no names.

An entry is the same whether it comes from a form or from a tablet's queue (one JSON item a visit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from advice.models.people import Membership
from advice.models.visit_questions import Logged
from advice.rules.access import Actor, Role
from advice.rules.visits import MINUTES_RANGE, TimeKnown

LISTS = ("topics", "help_forms", "outcomes", "bodies", "activities")
MOST_TAPPED = 100
"""More than this in one list is no tapping finger; it is refused before the database is asked."""
LONGEST_CODE = 60
CLOCK_SKEW = timedelta(minutes=10)
"""How far a tablet's clock may be ahead before a visit counts as one that has not happened yet."""
FIRST_YEAR = 2000
HIGHEST_REVISION = 1_000_000


@dataclass(frozen=True, slots=True)
class Adviser:
    """Who a visit is counted under: the membership that was active when it was entered."""

    programme: int
    organisation: int
    membership: int
    person: int

    @classmethod
    def of(cls, member: Membership) -> Adviser:
        """The adviser that a membership makes of a person."""
        return cls(member.programme_id, member.organisation_id, member.id, member.person_id)

    @property
    def actor(self) -> Actor:
        """As rules/access.py sees her: whatever else she is, she logs visits as every adviser may."""
        return Actor(self.person, self.programme, self.organisation, Role.ADVISER)


@dataclass(frozen=True, slots=True)
class VisitEntry:
    """One revision of a visit as it was entered: codes, as in an item of a queue.

    `place` is a slug. `service` None: the one open there then, else the place's first. `results` holds body
    codes and whether their result is known. `occurred_at` is an aware instant.
    """

    id: UUID
    revision: int
    occurred_at: datetime
    place: str
    time_known: TimeKnown = TimeKnown.EXACT
    service: str | None = None
    kind: str | None = None
    minutes: int | None = None
    topics: frozenset[str] = frozenset()
    help_forms: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    activities: frozenset[str] = frozenset()
    results: Mapping[str, bool] = field(default_factory=dict)
    language: str | None = None
    undone: bool = False

    def tapped(self, name: str) -> frozenset[str]:
        """The codes of one of LISTS."""
        found: frozenset[str] = getattr(self, name)
        return found


class Fault(StrEnum):
    """What can be wrong with one field of an entry. The words for it are the screen's."""

    UNKNOWN = "unknown"
    """No such code in this programme, or not one that could be tapped on the day of the visit."""
    OUT_OF_RANGE = "out_of_range"
    FUTURE = "future"
    TOO_MANY = "too_many"
    NO_OUTCOME = "no_outcome"
    """Something was bridged or recruited to, and which outcome that means is not to be guessed."""
    CONTRADICTION = "contradiction"
    """Two outcomes that cannot both be true (rules.visits.CONTRADICTIONS)."""
    PROGRAMME_ENDED = "programme_ended"
    """A new visit on a day after the programme's last one."""


class Refused(Exception):
    """An entry that cannot be stored: field name to fault. Nothing has been written."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = dict(faults)


def content_of(entry: VisitEntry) -> dict[str, Any]:
    """The entry as stored in a revision: plain JSON, the codes as entered, nothing that was worked out later."""
    content: dict[str, Any] = {
        "id": str(entry.id),
        "revision": entry.revision,
        "occurred_at": entry.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "time_known": str(entry.time_known),
        "place": entry.place,
        "service": entry.service,
        "kind": entry.kind,
        "minutes": entry.minutes,
        **{name: sorted(entry.tapped(name)) for name in LISTS},
        "language": entry.language,
        "undone": entry.undone,
    }
    return content | ({"results": dict(sorted(entry.results.items()))} if entry.results else {})


def entry_of(logged: Logged) -> VisitEntry:
    """A stored visit as the entry that would store it again; needs every tapped list of it."""
    visit = logged.visit
    return VisitEntry(
        id=visit.id,
        revision=visit.revision,
        occurred_at=visit.occurred_at,
        place=visit.place.slug,
        time_known=TimeKnown(visit.time_known),
        service=visit.service.code,
        kind=logged.kind.code if logged.kind else None,
        minutes=visit.minutes,
        **{name: logged.codes(name) for name in LISTS},
        results=dict(logged.results),
        language=visit.language,
        undone=visit.undone,
    )


def shape_faults(entry: VisitEntry, now: datetime) -> dict[str, Fault]:
    """What is wrong with an entry before the database is asked: ranges, lengths, a time that has not come yet.

    The instant is looked at first by its year, because the far ends of the calendar fit in no other zone.
    """
    faults: dict[str, Fault] = {}
    if entry.minutes is not None and entry.minutes not in MINUTES_RANGE:
        faults["minutes"] = Fault.OUT_OF_RANGE
    if not 1 <= entry.revision <= HIGHEST_REVISION:
        faults["revision"] = Fault.OUT_OF_RANGE
    if entry.occurred_at.year < FIRST_YEAR:
        faults["occurred_at"] = Fault.OUT_OF_RANGE
    elif entry.occurred_at > now + CLOCK_SKEW:
        faults["occurred_at"] = Fault.FUTURE
    for name in LISTS:
        if len(entry.tapped(name)) > MOST_TAPPED:
            faults[name] = Fault.TOO_MANY
        elif not all(map(_may_be_a_code, entry.tapped(name))):
            faults[name] = Fault.UNKNOWN
    for name in ("place", "service", "kind", "language"):
        code = getattr(entry, name)
        if code is not None and not _may_be_a_code(code):
            faults[name] = Fault.UNKNOWN
    return faults


def _may_be_a_code(text: str) -> bool:
    """Whether a database can be asked about it: short, and without NUL, control characters or half characters."""
    return 0 < len(text) <= LONGEST_CODE and text.isprintable()
