"""Who came to the openings, when, and who helped them.

No rows: openings and the duties at them come in as values, arrivals go out. Nobody comes later than now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from advice.demo.chance import poisson
from advice.demo.plan import Duty, Opened, SiteKey, Worker
from advice.demo.shapes import PlaceVisits, Total, VisitShape
from advice.rules.spans import clock, minutes


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who came, and who helped."""

    opening: Opened
    at: int
    """Minutes since midnight."""
    worker: Worker
    kind: str | None = None


@dataclass(slots=True)
class Arrivals:
    """Who came to the openings until now, and to whom, by the shapes of each place."""

    shape: VisitShape
    duties: Mapping[Opened, Sequence[Duty]]
    now: datetime
    zone: ZoneInfo
    places: Mapping[SiteKey, PlaceVisits] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {(place.programme, place.place): place for place in self.shape.places}

    def counted(self, rng: Random, openings: Sequence[Opened], total: Total) -> list[Arrival]:
        """As many as the total says, over the openings by their weight; kind_total of them of the kind."""
        weights = list(accumulate(self._mean(opening) * self._share_so_far(opening) for opening in openings))
        chosen = rng.choices(openings, cum_weights=weights, k=total.total)
        came = [(opening, self._arrived(rng, opening)) for opening in chosen]
        counting = [self._there(opening, at, total.kind_organisation) for opening, at in came]
        possible = [index for index, workers in enumerate(counting) if workers]
        of_kind = set(rng.sample(possible, min(total.kind_total, len(possible))))
        found: list[Arrival] = []
        for index, (opening, at) in enumerate(came):
            if index in of_kind:
                found.append(Arrival(opening, at, rng.choice(counting[index]), total.kind))
            elif workers := self._there(opening, at):
                others = [worker for worker in workers if worker.organisation != total.kind_organisation]
                found.append(Arrival(opening, at, rng.choice(others or workers)))
        return found

    def by_chance(self, rng: Random, opening: Opened) -> list[Arrival]:
        """As many as happen to come to one opening."""
        found: list[Arrival] = []
        for _ in range(poisson(rng, self._mean(opening))):
            at = self._arrives(rng, opening)
            workers = self._there(opening, at)
            if workers and at < self._last_minute(opening):
                found.append(Arrival(opening, at, rng.choice(workers)))
        return found

    def _mean(self, opening: Opened) -> float:
        """How many come on average to the whole opening."""
        place = self.places[opening.site]
        season = self.shape.season.get(opening.day.month, 1.0)
        return place.mean * season * opening.length() / place.minutes

    def _share_so_far(self, opening: Opened) -> float:
        share = (self._last_minute(opening) - minutes(opening.starts)) / opening.length()
        return min(max(share, 0.0), 1.0)

    def _last_minute(self, opening: Opened) -> int:
        """The minute until which somebody can have come: the closing time, or now."""
        local = self.now.astimezone(self.zone)
        ends = minutes(opening.ends)
        return ends if opening.day < local.date() else min(ends, local.hour * 60 + local.minute)

    def _arrives(self, rng: Random, opening: Opened) -> int:
        """When somebody comes, in minutes since midnight: most come as the door opens."""
        share = self.shape.arrival
        part = rng.choices(range(len(share)), share)[0]
        return minutes(opening.starts) + int((part + rng.random()) / len(share) * opening.length())

    def _arrived(self, rng: Random, opening: Opened) -> int:
        """When somebody came who has come by now."""
        last = self._last_minute(opening)
        while (at := self._arrives(rng, opening)) >= last:
            pass
        return at

    def _there(self, opening: Opened, at: int, organisation: str | None = None) -> list[Worker]:
        """Who is on duty then, of the organisation if one is named."""
        moment = clock(at)
        return [
            duty.worker
            for duty in self.duties.get(opening, ())
            if duty.covers(moment) and organisation in (None, duty.worker.organisation)
        ]
