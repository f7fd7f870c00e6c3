"""The invented vagtplan: a crew for every opening by fair rotation, and what goes wrong with a few.

No rows: openings and workers come in as values, duties go out. Nobody is twice at work on one day, in
whatever programme, so that the database's guard against double bookings has nothing to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from random import Random

from advice.demo.shapes import Mishap, PlacePlan, PlanShape
from advice.rules.spans import clock, minutes

SiteKey = tuple[str, str]
"""Programme slug and place slug."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An opening at which people are needed: its site, rows and times, and what the need asks for there."""

    site: SiteKey
    programme: int
    place: int
    service: int
    day: date
    starts: time
    ends: time
    least: int = 1
    wanted: frozenset[str] = frozenset()
    """Codes of the competences somebody on duty should have."""

    def length(self) -> int:
        """Minutes from door to door."""
        return minutes(self.ends) - minutes(self.starts)


@dataclass(frozen=True, slots=True)
class Worker:
    """A member who can be put on duty. `duty`: how gladly the plan picks her; `sites`: only there, if any."""

    membership: int
    person: int
    organisation_id: int
    programme: str
    organisation: str
    duty: float
    competences: frozenset[str] = frozenset()
    sites: frozenset[SiteKey] = frozenset()


@dataclass(slots=True, eq=False)
class Duty:
    """Somebody on duty at an opening."""

    worker: Worker
    opening: Opened
    starts: time
    ends: time
    cancelled: bool = False
    replaces: Duty | None = None

    def covers(self, at: time) -> bool:
        """Whether she is there then."""
        return not self.cancelled and self.starts <= at < self.ends


@dataclass(slots=True)
class Rotation:
    """Who has worked how much, and who is taken on which day."""

    workers: Sequence[Worker]
    worked: dict[int, float] = field(default_factory=dict)
    taken: set[tuple[int, date]] = field(default_factory=set)

    def pick(
        self,
        rng: Random,
        opening: Opened,
        organisation: str,
        prefer: frozenset[str] = frozenset(),
        avoid: frozenset[str] = frozenset(),
    ) -> Worker | None:
        """The one of the organisation who has worked least for her duty; one with a preferred competence first."""
        free = [
            worker
            for worker in self.workers
            if (worker.programme, worker.organisation) == (opening.site[0], organisation)
            and worker.duty > 0
            and (worker.person, opening.day) not in self.taken
            and (not worker.sites or opening.site in worker.sites)
            and not worker.competences & avoid
        ]
        able = [worker for worker in free if worker.competences & prefer] or free
        if not able:
            return None
        found = min(able, key=lambda worker: (self.worked.get(worker.membership, 0.0), rng.random()))
        self.worked[found.membership] = self.worked.get(found.membership, 0.0) + opening.length() / found.duty
        self.taken.add((found.person, opening.day))
        return found


def lay(openings: Iterable[Opened], workers: Sequence[Worker], shape: PlanShape, seed: str, today: date) -> list[Duty]:
    """Everybody's duties at the openings, in order of time. `today` is what the mishaps count from."""
    ordered = sorted(openings, key=lambda opening: (opening.day, opening.starts, opening.site))
    mishaps = _by_opening(ordered, shape.mishaps, today)
    plans = {(plan.programme, plan.place): plan for plan in shape.places}
    rotation = Rotation(workers)
    found: list[Duty] = []
    for opening in ordered:
        rng = Random(f"{seed}:plan:{opening.site}:{opening.day}:{opening.starts}")
        mishap = mishaps.get((opening.site, opening.day))
        crew = _crew(rng, rotation, opening, plans[opening.site], mishap)
        if mishap:
            crew = _gone_wrong(rng, rotation, crew, mishap)
        elif len(crew) > opening.least and rng.random() < shape.leaves_early:
            _go_home_early(crew, opening, min(shape.early_minutes, opening.length() // 2))
        found.extend(crew)
    return found


def _by_opening(
    ordered: Sequence[Opened], mishaps: Iterable[Mishap], today: date
) -> Mapping[tuple[SiteKey, date], Mishap]:
    """Which opening each mishap means; one that lies outside the plan means none."""
    found: dict[tuple[SiteKey, date], Mishap] = {}
    for mishap in mishaps:
        site = (mishap.programme, mishap.place)
        days = sorted({opening.day for opening in ordered if opening.site == site})
        before, after = [day for day in days if day < today], [day for day in days if day > today]
        choices = after[mishap.ahead - 1 :] if mishap.ahead > 0 else before[mishap.ahead :] if mishap.ahead else [today]
        if choices:
            found[site, choices[0]] = mishap
    return found


def _crew(rng: Random, rotation: Rotation, opening: Opened, plan: PlacePlan, mishap: Mishap | None) -> list[Duty]:
    """The people of one opening, the wanted competences among them if anybody free has them."""
    drawn = rng.choices(plan.crews, [crew.weight for crew in plan.crews])[0]
    organisations = list(drawn.of)
    rng.shuffle(organisations)
    avoid = frozenset({mishap.lacking}) if mishap and mishap.lacking else frozenset()
    wanted = set(opening.wanted - avoid)
    crew: list[Duty] = []
    for organisation in organisations:
        worker = rotation.pick(rng, opening, organisation, frozenset(wanted), avoid)
        if worker:
            wanted -= worker.competences
            crew.append(Duty(worker, opening, opening.starts, opening.ends))
    return crew


def _go_home_early(crew: Sequence[Duty], opening: Opened, early: int) -> None:
    """Let somebody go who is missed by nobody: neither her organisation's only one nor alone with a competence."""
    for leaving in crew:
        others = [duty.worker for duty in crew if duty is not leaving]
        able = frozenset().union(*(worker.competences for worker in others))
        if opening.wanted <= able and leaving.worker.organisation in {worker.organisation for worker in others}:
            leaving.ends = clock(minutes(opening.ends) - early)
            return


def _gone_wrong(rng: Random, rotation: Rotation, crew: list[Duty], mishap: Mishap) -> list[Duty]:
    """The crew after its mishap."""
    sick = mishap.cancelled or mishap.replaced
    if sick:
        for ill in [duty for duty in crew if duty.worker.organisation == sick][-1:]:
            ill.cancelled = True
            if mishap.replaced and (other := rotation.pick(rng, ill.opening, sick, ill.worker.competences)):
                crew.append(Duty(other, ill.opening, ill.starts, ill.ends, replaces=ill))
    if mishap.since:
        leaving = (
            [duty for duty in crew if duty.worker.organisation == mishap.without]
            if mishap.without
            else crew[mishap.keep :]
        )
        for duty in leaving:
            duty.ends = min(duty.ends, max(mishap.since, duty.starts))
    return [duty for duty in crew if duty.ends > duty.starts]
