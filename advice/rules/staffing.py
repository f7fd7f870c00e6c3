"""Coverage: an opening compared with the shifts on it, and what is missing in words.

The agreements staff a house with a range ("som udgangspunkt 3-4 medarbejdere hvert sted") from two
organisations, and move people by need; nobody is to be alone in the house. A need therefore has three
numbers (never fewer, least, best), a least of each organisation and wanted competences, and it must hold
at every moment, not on average. The words are Danish here, because the screens of staff are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from itertools import pairwise

from advice.rules.spans import Span, overlaps, span_text


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
    """How many people an opening needs at every moment; fewer than never_fewer is an alarm."""

    never_fewer: int = 2
    least: int = 2
    best: int = 3
    least_by_organisation: Mapping[int, int] = field(default_factory=dict, hash=False)
    competences: frozenset[int] = frozenset()


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


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch in which nobody comes or goes: how many are there, and how many of each organisation."""

    starts: time
    ends: time
    people: int
    by_organisation: Mapping[int, int] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Coverage:
    """An opening's segments in order of time, its gaps (the most serious first) and the best number."""

    segments: tuple[Segment, ...]
    gaps: tuple[Gap, ...]
    best: int = 3

    @property
    def enough(self) -> bool:
        """Nothing is missing."""
        return not self.gaps

    @property
    def alarm(self) -> bool:
        """At some moment fewer are in the house than ever may be."""
        return any(gap.kind is GapKind.ALONE for gap in self.gaps)

    @property
    def best_reached(self) -> bool:
        """Nothing is missing, and the best number is there all the time."""
        return self.enough and all(segment.people >= self.best for segment in self.segments)


def cover(starts: time, ends: time, duties: Iterable[Duty], need: Need) -> Coverage:
    """Compare an opening with the duties on it; ValueError unless it ends after it starts.

    Duties are clipped to the opening, those outside it ignored. A person with two duties at once counts
    once, for the organisation of the duty that began first. A gap lasts as long as the same number of the
    same is missing.
    """
    Span(starts, ends)
    present = sorted(
        (duty for duty in duties if overlaps(starts, ends, duty.starts, duty.ends)),
        key=lambda duty: (duty.starts, duty.ends, duty.organisation, duty.person),
    )
    inside = {point for duty in present for point in (duty.starts, duty.ends) if starts < point < ends}
    points = [starts, *sorted(inside), ends]
    segments: list[Segment] = []
    gaps: list[Gap] = []
    for begin, end in pairwise(points):
        on_duty = [duty for duty in present if duty.starts <= begin and end <= duty.ends]
        segment = _segment(begin, end, on_duty)
        segments.append(segment)
        gaps.extend(_gaps(segment, frozenset().union(*(duty.competences for duty in on_duty)), need))
    return Coverage(tuple(segments), tuple(_merged(gaps)), need.best)


def gap_words(gap: Gap, names: Mapping[tuple[GapKind, int], str]) -> str:
    """A gap as a planner reads it: "mangler 1 kl. 15-17", "kun 1 i huset kl. 15-17", "ingen med X kl. 12-17".

    names: of organisations and competences as they stand within a sentence ("fra ...", "med ..."); one
    that is not named is called by its number.
    """
    when = f"kl. {span_text(gap.starts, gap.ends)}"
    if gap.kind is GapKind.ALONE:
        return f"kun {gap.people} i huset {when}" if gap.people else f"ingen i huset {when}"
    if gap.kind is GapKind.LEAST or gap.subject is None:
        return f"mangler {gap.missing} {when}"
    name = names.get((gap.kind, gap.subject), f"nr. {gap.subject}")
    if gap.kind is GapKind.COMPETENCE:
        return f"ingen med {name} {when}"
    return f"mangler {gap.missing} fra {name} {when}"


def words(coverage: Coverage, names: Mapping[tuple[GapKind, int], str]) -> list[str]:
    """Every gap in words, the most serious first; empty when nothing is missing."""
    return [gap_words(gap, names) for gap in coverage.gaps]


def _segment(starts: time, ends: time, on_duty: Sequence[Duty]) -> Segment:
    organisation_of: dict[int, int] = {}
    for duty in on_duty:
        organisation_of.setdefault(duty.person, duty.organisation)
    by_organisation: dict[int, int] = {}
    for organisation in organisation_of.values():
        by_organisation[organisation] = by_organisation.get(organisation, 0) + 1
    return Segment(starts, ends, len(organisation_of), by_organisation)


def _gaps(segment: Segment, competences: frozenset[int], need: Need) -> Iterator[Gap]:
    """What is missing in one segment; who is alone is not told besides that too few are there."""
    when = (segment.starts, segment.ends)
    if segment.people < need.never_fewer:
        yield Gap(GapKind.ALONE, *when, need.never_fewer - segment.people, people=segment.people)
    elif segment.people < need.least:
        yield Gap(GapKind.LEAST, *when, need.least - segment.people, people=segment.people)
    for organisation, least in sorted(need.least_by_organisation.items()):
        there = segment.by_organisation.get(organisation, 0)
        if there < least:
            yield Gap(GapKind.ORGANISATION, *when, least - there, organisation, there)
    for competence in sorted(need.competences - competences):
        yield Gap(GapKind.COMPETENCE, *when, 1, competence)


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
