"""What the visits were about, what was done and how they ended, in the codes of the programme's lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from advice.demo.arrivals import Arrival
from advice.demo.chance import Choice, count, lognormal, uuid4
from advice.demo.plan import SiteKey
from advice.demo.shapes import VisitShape
from advice.rules.spans import clock


@dataclass(frozen=True, slots=True)
class Lists:
    """What can be tapped in a programme: codes by list, and what the outcomes mean."""

    topics: Mapping[str, str]
    """Topic to its group."""
    help_forms: frozenset[str]
    bodies: frozenset[str]
    activities: tuple[str, ...]
    languages: frozenset[str]
    flags: Mapping[str, frozenset[str]]
    """Outcome to its flags."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An invented visit, in codes; `bodies` says whether the result is known (None: not asked)."""

    id: UUID
    arrival: Arrival
    occurred_at: datetime
    received_at: datetime
    minutes: int | None
    language: str | None
    topics: tuple[str, ...]
    help_forms: tuple[str, ...]
    outcomes: tuple[str, ...]
    bodies: Mapping[str, bool | None]
    activities: tuple[str, ...]


class Contents:
    """What the visits of one programme are about, and how they end."""

    def __init__(self, shape: VisitShape, lists: Lists, programme: str, now: datetime, zone: ZoneInfo) -> None:
        self.shape, self.lists, self.now, self.zone = shape, lists, now, zone
        self.groups = Choice.of(shape.groups[programme], {lists.topics[code] for code in lists.topics})
        self.languages = Choice.of(shape.languages, lists.languages)
        self.forms = {group: Choice.of(shares, lists.help_forms) for group, shares in shape.help_forms.items()}
        self.bodies = {group: Choice.of(shares, lists.bodies) for group, shares in shape.bodies.items()}
        self.topics = {
            (group, month): Choice.of(self._peaked(shares, month), lists.topics)
            for group, shares in shape.topics.items()
            for month in range(1, 13)
        }
        self.first = {
            (place.programme, place.place): Choice.of({**shape.outcomes.first, **place.first}, lists.flags)
            for place in shape.places
            if place.programme == programme
        }

    def draw(self, rng: Random, arrival: Arrival) -> Drawn:
        """Everything that was tapped on one visit."""
        day = arrival.opening.day
        occurred_at = datetime.combine(day, clock(arrival.at), self.zone).astimezone(UTC)
        groups, topics = self._about(rng, day.month, count(rng, self.shape.topics_per_visit, 1))
        outcomes = self._ends(rng, arrival.opening.site)
        flags = frozenset().union(*(self.lists.flags[code] for code in outcomes))
        reached = "not_reached" not in flags
        taken = self._minutes(rng) if reached else None
        received_at = occurred_at + timedelta(minutes=taken or 5, seconds=rng.randrange(1, 240))
        return Drawn(
            id=uuid4(rng),
            arrival=arrival,
            occurred_at=occurred_at,
            received_at=min(received_at, self.now),
            minutes=taken,
            language=None if rng.random() < self.shape.language_left_out else self.languages.draw(rng),
            topics=topics,
            help_forms=self._done(rng, groups[0]) if reached else (),
            outcomes=outcomes,
            bodies={self.bodies[groups[0]].draw(rng): self._known(rng, day)} if "bridges" in flags else {},
            activities=(rng.choice(self.lists.activities),) if "recruits" in flags else (),
        )

    def _peaked(self, shares: Mapping[str, float], month: int) -> dict[str, float]:
        """The shares of the topics in a month."""
        times = {peak.topic: peak.times for peak in self.shape.peaks if peak.month == month}
        return {code: share * times.get(code, 1.0) for code, share in shares.items()}

    def _about(self, rng: Random, month: int, number: int) -> tuple[list[str], tuple[str, ...]]:
        """The groups and the different topics of a visit."""
        groups: list[str] = []
        topics: list[str] = []
        while len(topics) < number:
            group = self.groups.draw(rng)
            topic = self.topics[group, month].draw(rng)
            if topic not in topics:
                groups.append(group)
                topics.append(topic)
        return groups, tuple(topics)

    def _ends(self, rng: Random, site: SiteKey) -> tuple[str, ...]:
        """The outcomes: none recorded, one, or one and something beside it."""
        shape = self.shape.outcomes
        if rng.random() < shape.none:
            return ()
        first = self.first[site].draw(rng)
        if "not_reached" in self.lists.flags[first]:
            return (first,)
        beside = (code for code, share in shape.also.items() if code != first and rng.random() < share)
        return (first, *beside)

    def _minutes(self, rng: Random) -> int | None:
        """How long it took, to the step of a button; often not recorded."""
        shape = self.shape.minutes
        if rng.random() < shape.left_out:
            return None
        rounded = round(lognormal(rng, shape.median, shape.p90) / shape.step) * shape.step
        return min(max(rounded, shape.least), shape.most)

    def _done(self, rng: Random, group: str) -> tuple[str, ...]:
        return self.forms[group].several(rng, count(rng, self.shape.help_forms_per_visit, 0))

    def _known(self, rng: Random, day: date) -> bool | None:
        """Whether it is known how a bridging went: mostly, after a while."""
        shape = self.shape.outcomes
        old = (self.now.astimezone(self.zone).date() - day).days > self.shape.result_after_days
        if rng.random() < (shape.known.old if old else shape.known.new):
            return True
        return False if old and rng.random() < shape.asked else None
