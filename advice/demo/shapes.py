"""invented.toml as typed values: who there is, how the plan is laid, what the visits look like."""

from __future__ import annotations

import tomllib
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from advice.rules.access import Role
from advice.rules.closures import Labels

FILE = Path(__file__).with_name("invented.toml")

Clock = Annotated[time, BeforeValidator(lambda value: time.fromisoformat(value) if isinstance(value, str) else value)]
Shares = dict[str, float]
"""Code to weight; weights need not sum to anything."""


class Part(BaseModel):
    """A part of the file. A field that nobody reads is a mistake in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HoursShape(Part):
    """When somebody can be on duty on a weekday; 0 is Monday."""

    weekday: int = Field(ge=0, le=6)
    starts: Clock
    ends: Clock


class MembershipShape(Part):
    """Where a person belongs. `duty`: how gladly the plan picks her; `places`: only there, if any are named.

    hours, most_shifts, prefers and avoids are what was agreed with her; the invented plan does not look at them.
    """

    programme: str
    organisation: str
    role: Role
    title: str
    percent: int
    note: str
    duty: float
    places: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    hours: tuple[HoursShape, ...] = ()
    most_shifts: int | None = None
    prefers: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()


class PersonShape(Part):
    """An invented person; the first membership is the one she is listed under."""

    name: str
    email: str
    initials: str
    memberships: tuple[MembershipShape, ...] = Field(min_length=1)


class AbsenceShape(Part):
    """Somebody away from the weekday of the week that begins so many weeks after this one, for so many days."""

    email: str
    programme: str
    kind: Literal["holiday", "course", "leave", "absence"]
    weeks: int = Field(ge=1)
    weekday: int = Field(default=0, ge=0, le=6)
    days: int = Field(ge=1)


class DayShape(Part):
    """A day ahead that is not as always: closed, or with other hours. `week`: the how manieth such weekday."""

    programme: str
    place: str
    week: int = Field(ge=1)
    closed: bool = False
    starts: Clock | None = None
    ends: Clock | None = None
    reason: str


class HolidayShape(Part):
    """A school holiday: the week, from Monday to Sunday, of the place's how manieth usual opening."""

    programme: str
    place: str
    week: int = Field(ge=1)
    labels: Labels


class NoticeShape(Part):
    """What residents of a place are told from the day of the demonstration on, for so many days."""

    programme: str
    place: str
    kind: Literal["notice", "theme"]
    days: int = Field(ge=1)
    labels: Labels
    text: Labels


class Crew(Part):
    """The organisations of the people on an opening, and how often they come so."""

    weight: float
    of: tuple[str, ...]


class PlacePlan(Part):
    """The crews of a place."""

    programme: str
    place: str
    crews: tuple[Crew, ...] = Field(min_length=1)


class Mishap(Part):
    """What is wrong with one opening's crew: see the file."""

    programme: str
    place: str
    ahead: int
    since: Clock | None = Field(default=None, alias="from")
    keep: int | None = None
    without: str | None = None
    lacking: str | None = None
    cancelled: str | None = None
    replaced: str | None = None


class PlanShape(Part):
    """How the vagtplan is laid, and which part of it is stored."""

    weeks_back: int
    weeks_ahead: int
    leaves_early: float
    early_minutes: int
    places: tuple[PlacePlan, ...]
    mishaps: tuple[Mishap, ...]


class MinutesShape(Part):
    """How long visits take: lognormal by its median and ninth decile, rounded; `left_out` is not recorded."""

    median: float
    p90: float
    step: int
    least: int
    most: int
    left_out: float


class Known(Part):
    """How often the result of a bridging is known, for old and new visits."""

    old: float
    new: float


class OutcomeShape(Part):
    """How visits end: none recorded, the first one, others beside it."""

    none: float
    first: Shares
    also: Shares
    known: Known
    asked: float


class PlaceVisits(Part):
    """The visits of a place: how many in an opening of `minutes`, and outcomes that differ there."""

    programme: str
    place: str
    mean: float
    minutes: int
    first: Shares = {}


class Total(Part):
    """A programme whose number of visits in the whole time is given, some of them of a counted kind."""

    programme: str
    total: int
    kind: str
    kind_organisation: str
    kind_total: int


class Peak(Part):
    """A month in which a topic comes more often."""

    topic: str
    month: int
    times: float


class VisitShape(Part):
    """What the visits look like."""

    days_back: int
    arrival: tuple[float, ...]
    season: dict[int, float]
    topics_per_visit: tuple[float, ...]
    help_forms_per_visit: tuple[float, ...]
    minutes: MinutesShape
    language_left_out: float
    languages: Shares
    result_after_days: int
    outcomes: OutcomeShape
    places: tuple[PlaceVisits, ...]
    totals: tuple[Total, ...]
    groups: dict[str, Shares]
    topics: dict[str, Shares]
    peaks: tuple[Peak, ...]
    help_forms: dict[str, Shares]
    bodies: dict[str, Shares]


class Invented(Part):
    """The whole file."""

    seed: str
    people: tuple[PersonShape, ...]
    absences: tuple[AbsenceShape, ...]
    days: tuple[DayShape, ...]
    holidays: tuple[HolidayShape, ...]
    notices: tuple[NoticeShape, ...]
    plan: PlanShape
    visits: VisitShape


def read() -> Invented:
    """The shapes in invented.toml. Raises pydantic.ValidationError if the file is not as it should be."""
    return Invented.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))
