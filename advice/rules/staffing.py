"""Coverage: an opening compared with the shifts on it, what is missing in words, and what lies outside the hours.

The agreements staff a house with a range ("som udgangspunkt 3-4 medarbejdere hvert sted") from two
organisations, and move people by need; nobody is to be alone in the house. A need therefore has three
numbers (never fewer, least, best), a least of each organisation and wanted competences, and it must hold
at every moment, not on average. The minutes before and after are for setting up and clearing away: people are
on duty then, and nobody counts them. The words are Danish here, because the screens of staff are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from itertools import pairwise

from advice.rules.danish import hours_text
from advice.rules.spans import Span, clock, joined, minutes, overlaps

LAST_MINUTE = 24 * 60 - 1


class Since(StrEnum):
    """Whether a gap has just come about or was there before, as the word for it."""

    NOW = "nu"
    BEFORE = "stadig"


@dataclass(frozen=True, slots=True)
class Duty:
    """A person on duty from starts to ends, counted by an organisation; competences by id."""

    person: int
    organisation: int
    starts: time
    ends: time
    competences: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """How many people an opening needs at every moment; fewer than never_fewer is an alarm.

    best: what the agreement aims at; it stands in the programme file, and fewer than that is no gap.
    before_minutes, after_minutes: how much earlier people come, and how much later they leave.
    """

    never_fewer: int = 2
    least: int = 2
    best: int = 3
    least_by_organisation: Mapping[int, int] = field(default_factory=dict, hash=False)
    competences: frozenset[int] = frozenset()
    before_minutes: int = 0
    after_minutes: int = 0


class GapKind(StrEnum):
    """What is missing, the most serious first."""

    ALONE = "alone"
    LEAST = "least"
    ORGANISATION = "organisation"
    COMPETENCE = "competence"


@dataclass(frozen=True, slots=True)
class Gap:
    """From starts to ends `missing` people are missing.

    subject: the organisation or the competence meant, by id. people: how many of those meant are there.
    """

    kind: GapKind
    starts: time
    ends: time
    missing: int
    subject: int | None = None
    people: int = 0


Lacking = tuple[Gap, ...] | None
"""What an opening lacks: (), nothing; None, nobody has said what it needs."""


@dataclass(frozen=True, slots=True)
class GapWords:
    """A gap in words, in parts, so that a screen can keep the hours on one line: "mangler 1", "kl. 15–17"."""

    what: str
    when: str
    service: str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.when} ({self.service})" if self.service else f"{self.what} {self.when}"


def cover(starts: time, ends: time, duties: Iterable[Duty], need: Need) -> tuple[Gap, ...]:
    """What an opening lacks with the duties on it, the most serious first; ValueError unless it ends after it starts.

    Duties are clipped to the opening, those outside it ignored. A person with two duties at once counts
    once, for the organisation of the duty that began first. A gap lasts as long as the same number of the
    same is missing. Too few people (LEAST) is not told where the organisations that are missing there would
    bring as many: the one who is missing would else be read as two.
    """
    found: list[Gap] = []
    for span, on_duty in _unchanging(starts, ends, duties):
        found.extend(_gaps(span.starts, span.ends, on_duty, need))
    return tuple(_merged(found))


def levels(starts: time, ends: time, duties: Iterable[Duty]) -> list[tuple[Span, int]]:
    """How many people are on duty along an opening; ValueError unless it ends after it starts.

    Stretches as long as the number stays the same, one after the other: together they are the opening exactly. Duties
    are clipped to it, and a person with two duties at once counts once.
    """
    found: list[tuple[Span, int]] = []
    for span, on_duty in _unchanging(starts, ends, duties):
        people = len({duty.person for duty in on_duty})
        if found and found[-1][1] == people:
            found[-1] = Span(found[-1][0].starts, span.ends), people
        else:
            found.append((span, people))
    return found


def short_of_people(gaps: Iterable[Gap]) -> list[Span]:
    """When people are missing, whoever they are to be; that somebody else should be there is another matter."""
    return stretches(Span(gap.starts, gap.ends) for gap in gaps if gap.kind is not GapKind.COMPETENCE)


def lacking(starts: time, ends: time, duties: Iterable[Duty], need: Need | None) -> Lacking:
    """What an opening lacks, the most serious first.

    Without a need None, unless nobody comes at all: an open house that is empty is wrong whatever was agreed.
    """
    duties = list(duties)
    if need is not None:
        return cover(starts, ends, duties, need)
    if any(overlaps(starts, ends, duty.starts, duty.ends) for duty in duties):
        return None
    return (Gap(GapKind.ALONE, starts, ends, 1),)


def covered(openings: Iterable[Lacking]) -> bool:
    """Whether nothing is missing at any of the openings, and that is known of every one; False for none at all."""
    found = list(openings)
    return bool(found) and all(gaps == () for gaps in found)


def manned(starts: time, ends: time, need: Need | None) -> Span:
    """When people are on duty for an opening: from setting up until cleared away, within the day."""
    before, after = (need.before_minutes, need.after_minutes) if need else (0, 0)
    return Span(clock(max(minutes(starts) - before, 0)), clock(min(minutes(ends) + after, LAST_MINUTE)))


def stretches(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as it takes, in order; THE rule for that is in spans.joined."""
    return [Span(starts, ends) for starts, ends in joined((span.starts, span.ends) for span in spans)]


def outside(starts: time, ends: time, hours: Iterable[Span]) -> list[Span]:
    """The parts of [starts, ends) that lie in none of the hours, in order; empty when all of it lies inside."""
    parts: list[Span] = []
    at = starts
    for span in stretches(hours):
        until = min(span.starts, ends)
        if at < until:
            parts.append(Span(at, until))
        at = max(at, span.ends)
    return [*parts, Span(at, ends)] if at < ends else parts


def is_worse(gap: Gap, before: Iterable[Gap]) -> bool:
    """Whether a gap tells of something that was not missing before: nothing as bad stood over all of it.

    Too few people was no better where the house was empty, or where one of an organisation was missing.
    """
    as_bad = {gap.kind} if gap.kind is not GapKind.LEAST else {GapKind.ALONE, GapKind.LEAST, GapKind.ORGANISATION}
    return not any(
        old.kind in as_bad
        and (old.kind is not gap.kind or old.subject == gap.subject)
        and old.starts <= gap.starts
        and gap.ends <= old.ends
        and (old.missing >= gap.missing or old.kind is GapKind.ALONE is not gap.kind)
        for old in before
    )


def gap_words(gap: Gap, name: str = "", service: str = "", *, since: Since | None = None) -> GapWords:
    """A gap as a planner reads it: "mangler 1 kl. 15–17", "kun 1 i huset kl. 15–17", "ingen med X kl. 12–17".

    name: the organisation or competence meant, as it stands within a sentence ("fra ...", "med ..."); service:
    said besides where a house has several. since: as the rest of a sentence about a place that has just been
    changed ("mangler nu 1 kl. 15–17", "har stadig ingen i huset kl. 12–17").
    """
    when = f"kl. {hours_text(gap.starts, gap.ends)}"
    has, lacks = (f"har {since} ", f"mangler {since}") if since else ("", "mangler")
    match gap.kind:
        case GapKind.ALONE:
            what = f"{has}kun {gap.people} i huset" if gap.people else f"{has}ingen i huset"
        case GapKind.LEAST:
            what = f"{lacks} {gap.missing}"
        case GapKind.ORGANISATION:
            what = f"{lacks} {gap.missing} fra {name}"
        case GapKind.COMPETENCE:
            what = f"{has}ingen med {name}"
    return GapWords(what, when, service)


def _unchanging(starts: time, ends: time, duties: Iterable[Duty]) -> Iterator[tuple[Span, list[Duty]]]:
    """The stretches of [starts, ends) in which nobody comes or goes, in order, and who is on duty in each."""
    Span(starts, ends)
    present = sorted(
        (duty for duty in duties if overlaps(starts, ends, duty.starts, duty.ends)),
        key=lambda duty: (duty.starts, duty.ends, duty.organisation, duty.person),
    )
    inside = {point for duty in present for point in (duty.starts, duty.ends) if starts < point < ends}
    for begin, end in pairwise([starts, *sorted(inside), ends]):
        yield Span(begin, end), [duty for duty in present if duty.starts <= begin and end <= duty.ends]


def _people_by_organisation(on_duty: Iterable[Duty]) -> Counter[int]:
    """How many people each organisation counts, each person once."""
    organisation_of: dict[int, int] = {}
    for duty in on_duty:
        organisation_of.setdefault(duty.person, duty.organisation)
    return Counter(organisation_of.values())


def _gaps(starts: time, ends: time, on_duty: Sequence[Duty], need: Need) -> Iterator[Gap]:
    """What is missing while nobody comes or goes: nobody missing is told twice, neither as alone and too few nor,
    where those of the organisations would be enough, as too few and too few of them."""
    there = _people_by_organisation(on_duty)
    people = there.total()
    short = {
        organisation: least - there[organisation]
        for organisation, least in sorted(need.least_by_organisation.items())
        if least > there[organisation]
    }
    if people < need.never_fewer:
        yield Gap(GapKind.ALONE, starts, ends, need.never_fewer - people, people=people)
    elif need.least - people > sum(short.values()):
        yield Gap(GapKind.LEAST, starts, ends, need.least - people, people=people)
    for organisation, missing in short.items():
        yield Gap(GapKind.ORGANISATION, starts, ends, missing, organisation, there[organisation])
    known = frozenset().union(*(duty.competences for duty in on_duty))
    for competence in sorted(need.competences - known):
        yield Gap(GapKind.COMPETENCE, starts, ends, 1, competence)


def _merged(gaps: Iterable[Gap]) -> list[Gap]:
    """Neighbours that miss the same become one; the most serious kind first, then by subject and time."""
    seriousness = list(GapKind)
    found: list[Gap] = []
    for gap in sorted(gaps, key=lambda g: (seriousness.index(g.kind), g.subject or 0, g.starts)):
        last = found[-1] if found else None
        if last and (last.kind, last.subject, last.missing, last.ends) == (
            gap.kind,
            gap.subject,
            gap.missing,
            gap.starts,
        ):
            found[-1] = Gap(gap.kind, last.starts, gap.ends, gap.missing, gap.subject, gap.people)
        else:
            found.append(gap)
    return found
