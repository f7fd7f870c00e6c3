"""The sections of a programme file, field by field: their types, limits and defaults.

Limits are those of the columns, so that what passes here can be stored. `KEY` names the fields by which a
row is found again in the next version of the file. docs/programme-file.md says what each field means.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from advice.formats.programme_file.fields import (
    ByName,
    Code,
    Codes,
    Labels,
    Language,
    Line,
    Moment,
    MonthDay,
    Number,
    OneOf,
    Paragraphs,
    Refers,
    Slug,
    Text,
    WallClock,
    Weekday,
)
from advice.models.hours import CLOSURE_KINDS
from advice.models.notices import NOTICE_KINDS
from advice.models.places import APPROVERS

Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]


class Item(BaseModel):
    """One table of the file. Unknown fields are faults, and nothing is silently converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    KEY: ClassVar[tuple[str, ...]] = ("code",)
    """The fields that tell a row from the others of its section."""
    REPEATS: ClassVar[bool] = False
    """Whether several rows may have the same key (they are then counted in the order of the file)."""
    SCOPED: ClassVar[bool] = False
    """Whether the key counts within the table that the row stands in, and not within the programme."""


class Ending(Item):
    """Something that begins and ends; both days belong to it, left out is open."""

    valid_from: date | None = None
    valid_to: date | None = None

    @field_validator("valid_to")
    @classmethod
    def _after_it_begins(cls, value: date | None, info: ValidationInfo) -> date | None:
        begins = info.data.get("valid_from")
        if value and begins and value < begins:
            raise ValueError(f"ligger før valid_from ({begins})")
        return value


class Timed(Item):
    """Something from a time to a later one on the same day."""

    starts: WallClock
    ends: WallClock

    @field_validator("ends")
    @classmethod
    def _after_it_starts(cls, value: time, info: ValidationInfo) -> time:
        starts = info.data.get("starts")
        if starts and value <= starts:
            raise ValueError(f"skal ligge efter starts ({starts:%H:%M}) samme dag; intet går over midnat")
        return value


class Contact(Item):
    """Whom residents can write to or ring."""

    name: Line | None = Field(None, max_length=200)
    phone: Line | None = Field(None, max_length=30)
    email: Line | None = Field(None, max_length=254)
    address: Line | None = Field(None, max_length=200)


class Programme(Ending):
    """The helhedsplan itself."""

    KEY = ("slug",)

    slug: Slug
    name: Line = Field(max_length=200)
    short_name: Line = Field(max_length=80)
    municipality: Line = Field(max_length=80)
    municipality_code: Annotated[str, Field(pattern=r"^\d{3,4}$")] | None = None
    valid_from: date
    languages: list[Language] = Field(min_length=1)
    visit_languages: list[Language] = []
    customary_closed: list[MonthDay] = []
    at_once_days: int = Field(7, ge=0, le=60)
    thresholds: Annotated[dict[Name, Number], ByName] = {}
    contact: Contact = Contact()
    texts: Annotated[dict[Name, Labels], ByName] = {}
    note: Text | None = Field(None, max_length=500)
    demo: bool = False


class Organisation(Ending):
    """Who counts a shift or a visit."""

    code: Code
    name: Line = Field(max_length=200)
    short_name: Line = Field(max_length=40)
    kind: Line = Field(max_length=40)
    in_roster: bool = True
    coordinates: bool = False
    note: Text | None = Field(None, max_length=500)


class FocusArea(Ending):
    """An indsatsområde."""

    code: Code
    name: Line = Field(max_length=120)


class Area(Ending):
    """A boligområde."""

    code: Code
    name: Line = Field(max_length=120)
    external_ref: Line | None = Field(None, max_length=60)


class Department(Ending):
    """A boligafdeling."""

    code: Code
    name: Line | None = Field(None, max_length=120)
    area: Annotated[Code | None, Refers("areas")] = None
    organisation: Annotated[Code | None, Refers("organisations")] = None


class Place(Ending):
    """A sted: the room where advice is given."""

    KEY = ("slug",)

    code: Code
    slug: Slug
    name: Line = Field(max_length=120)
    room: Line = Field(max_length=200)
    room_kind: Line | None = Field(None, max_length=60)
    address: Line | None = Field(None, max_length=200)
    latitude: Number | None = Field(None, ge=-90, le=90)
    longitude: Number | None = Field(None, ge=-180, le=180)
    phone: Line | None = Field(None, max_length=30)
    areas: Annotated[Codes, Refers("areas")] = []
    note: Text | None = Field(None, max_length=500)


class Service(Ending):
    """What is offered."""

    code: Code
    labels: Labels
    target_group: Labels = {}
    min_age: int | None = Field(None, ge=0, le=120)
    organisation: Annotated[Code, Refers("organisations")]
    approval: Annotated[str, OneOf(APPROVERS)] = "responsible_and_touched"
    approval_days: int = Field(7, ge=0, le=60)


class Hours(Ending, Timed):
    """A fast åbningstid."""

    KEY = ("place", "service", "weekday", "starts", "valid_from")

    place: Annotated[Slug, Refers("places")]
    service: Annotated[Code, Refers("services")]
    weekday: Weekday
    every_weeks: int = Field(1, ge=1, le=52)
    valid_from: date
    decision: Line | None = Field(None, max_length=200)


class Closure(Ending):
    """A lukkeperiode: once, or every year by dates or by ISO weeks."""

    KEY = ("kind", "place", "service", "first_date", "last_date", "first_day", "last_day", "first_week", "last_week")
    REPEATS = True

    kind: Annotated[str, OneOf(CLOSURE_KINDS)]
    place: Annotated[Slug | None, Refers("places")] = None
    service: Annotated[Code | None, Refers("services")] = None
    first_date: date | None = None
    last_date: date | None = None
    first_day: MonthDay | None = None
    last_day: MonthDay | None = None
    first_week: int | None = Field(None, ge=1, le=53)
    last_week: int | None = Field(None, ge=1, le=53)
    reason: Labels
    note: Text | None = Field(None, max_length=500)
    withdrawn_at: Moment | None = None


class HoursChange(Timed):
    """Changed hours of one day."""

    KEY = ("place", "service", "day", "starts")
    REPEATS = True

    place: Annotated[Slug, Refers("places")]
    service: Annotated[Code, Refers("services")]
    day: date
    reason: Labels | None = None
    withdrawn_at: Moment | None = None


class ExtraOpening(HoursChange):
    """An extra opening."""


class Staff(Item):
    """How many a service needs at a place, who, and how long before and after."""

    place: Annotated[Slug, Refers("places")]
    service: Annotated[Code, Refers("services")]
    never_fewer: int = Field(ge=0, le=100)
    least: int = Field(ge=0, le=100)
    best: int = Field(ge=0, le=100)
    organisations: Annotated[dict[Code, Annotated[int, Field(ge=1, le=100)]], ByName, Refers("organisations")] = {}
    competences: Annotated[Codes, Refers("competences")] = []
    before_minutes: int = Field(0, ge=0, le=240)
    after_minutes: int = Field(0, ge=0, le=240)

    @field_validator("least", "best")
    @classmethod
    def _rising(cls, value: int, info: ValidationInfo) -> int:
        below = "never_fewer" if info.field_name == "least" else "least"
        smaller: Any = info.data.get(below)
        if smaller is not None and value < smaller:
            raise ValueError(f"må ikke være mindre end {below} ({smaller})")
        return value


class Need(Staff, Ending):
    """How many a service needs at a place on a weekday."""

    KEY = ("place", "service", "weekday", "valid_from")

    weekday: Weekday
    valid_from: date


class DayNeed(Staff):
    """How many a service needs at a place on one day: it stands in place of the weekday's need."""

    KEY = ("place", "service", "day")
    REPEATS = True

    day: date
    withdrawn_at: Moment | None = None


class SchoolHoliday(Item):
    """A school holiday that the municipality has set: suggested for closing."""

    KEY = ("first_date", "last_date")
    REPEATS = True

    labels: Labels
    first_date: date
    last_date: date
    withdrawn_at: Moment | None = None


class Notice(Item):
    """What residents are told for some days, or a theme to print."""

    KEY = ("kind", "place", "first_date", "last_date")
    REPEATS = True

    kind: Annotated[str, OneOf(NOTICE_KINDS)]
    place: Annotated[Slug | None, Refers("places")] = None
    labels: Labels
    text: Paragraphs | None = None
    first_date: date
    last_date: date
    withdrawn_at: Moment | None = None
