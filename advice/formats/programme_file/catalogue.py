"""The sections of a programme file that say what can be tapped on a visit, and what is measured."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from advice.formats.programme_file.fields import (
    Code,
    Labels,
    Language,
    Line,
    MonthDay,
    Number,
    OneOf,
    Refers,
    Text,
)
from advice.formats.programme_file.sections import (
    Area,
    Closure,
    DayNeed,
    Department,
    Ending,
    ExtraOpening,
    FocusArea,
    Hours,
    HoursChange,
    Item,
    Need,
    Notice,
    Organisation,
    Place,
    Programme,
    SchoolHoliday,
    Service,
)
from advice.models.catalogue import OUTCOME_FLAGS, PICTURES
from advice.models.indicators import MEASURES
from advice.models.roster import COMPETENCE_KINDS
from advice.rules.indicators import Direction

FINAL = "final"
"""The flag that is no meaning: nothing more follows."""
Meaning = Annotated[str, OneOf(OUTCOME_FLAGS)]
Flag = Annotated[str, OneOf((FINAL, *OUTCOME_FLAGS))]


class Topic(Ending):
    """Emne."""

    code: Code
    labels: Labels
    hint: Labels | None = None
    unreviewed: list[Language] = []
    kle: Line | None = Field(None, max_length=20)
    catch_all: bool = False
    source: Line | None = Field(None, max_length=60)


class TopicGroup(Ending):
    """Emnegruppe."""

    code: Code
    labels: Labels
    kle: Line | None = Field(None, max_length=20)
    picture: Annotated[str | None, OneOf(PICTURES)] = None
    focus_area: Annotated[Code | None, Refers("focus_areas")] = None
    source: Line | None = Field(None, max_length=60)
    topics: list[Topic] = []


class HelpForm(Ending):
    """Hjælpeform."""

    code: Code
    labels: Labels
    source: Line | None = Field(None, max_length=60)


class Outcome(Ending):
    """Udfald, and what it means."""

    code: Code
    labels: Labels
    flags: list[Flag] = []
    source: Line | None = Field(None, max_length=60)


class VisitKind(Ending):
    """A kind of visit that a service counts."""

    code: Code
    service: Annotated[Code, Refers("services")]
    labels: Labels
    hint: Labels | None = None


class Body(Ending):
    """Instans."""

    code: Code
    labels: Labels
    kind: Line = Field(max_length=40)
    phone: Line | None = Field(None, max_length=30)
    address: Line | None = Field(None, max_length=200)
    hours: Labels | None = None
    link: Annotated[Line, Field(max_length=300, pattern=r"^https?://")] | None = None
    bring: Labels | None = None
    source: Line | None = Field(None, max_length=60)


class Activity(Ending):
    """Something a resident can be recruited to."""

    code: Code
    labels: Labels
    focus_area: Annotated[Code | None, Refers("focus_areas")] = None
    source: Line | None = Field(None, max_length=60)


class Competence(Ending):
    """Something a person can."""

    code: Code
    kind: Annotated[str, OneOf(COMPETENCE_KINDS)]
    language: Language | None = None
    labels: Labels


class Filter(Item):
    """Which visits are counted: any one of a list is enough, every list must be met, an empty one asks nothing."""

    KEY = ()

    organisations: Annotated[list[Code], Refers("organisations")] = []
    places: Annotated[list[Code], Refers("places")] = []
    services: Annotated[list[Code], Refers("services")] = []
    kinds: Annotated[list[Code], Refers("visit_kinds")] = []
    topics: Annotated[list[Code], Refers("topics")] = []
    outcomes: Annotated[list[Code], Refers("outcomes")] = []
    any_flag: list[Meaning] = []
    any_outcome: bool = False
    result_known: bool | None = None


class Reading(Item):
    """A måling."""

    KEY = ("as_of",)
    SCOPED = True

    as_of: date
    value: Number
    source: Line | None = Field(None, max_length=200)
    invented: bool = False
    note: Text | None = Field(None, max_length=200)


class Indicator(Ending):
    """An indikator."""

    SCOPED = True

    code: Code
    text: Line = Field(max_length=500)
    agreed: bool = True
    direction: Annotated[str, OneOf(Direction)]
    target: Number | None = None
    target_note: Line | None = Field(None, max_length=200)
    unit: Line | None = Field(None, max_length=40)
    baseline: Number | None = None
    baseline_of: Line | None = Field(None, max_length=120)
    baseline_date: Line | None = Field(None, max_length=40)
    comparison: Number | None = None
    comparison_of: Line | None = Field(None, max_length=120)
    frequency: Line | None = Field(None, max_length=40)
    source: Line | None = Field(None, max_length=200)
    note: Text | None = Field(None, max_length=500)
    measure: Annotated[str, OneOf(MEASURES)] | None = None
    counts: Filter | None = None
    of: Filter | None = None
    readings: list[Reading] = []


class Objective(Ending):
    """A delmål."""

    SCOPED = True

    code: Code
    text: Line = Field(max_length=500)
    indicators: list[Indicator] = []


class Agreement(Ending):
    """A delaftale."""

    code: Code
    title: Line = Field(max_length=200)
    focus_area: Annotated[Code | None, Refers("focus_areas")] = None
    valid_from: date
    valid_to: date
    year_start: MonthDay = "01-01"
    renews: Annotated[Code | None, Refers("agreements")] = None
    invented: bool = False
    note: Text | None = Field(None, max_length=500)
    objectives: list[Objective] = []


class Sections(Item):
    """Every section that is an array of tables."""

    organisations: list[Organisation] = []
    focus_areas: list[FocusArea] = []
    areas: list[Area] = []
    departments: list[Department] = []
    places: list[Place] = []
    services: list[Service] = []
    hours: list[Hours] = []
    closures: list[Closure] = []
    hours_changes: list[HoursChange] = []
    extra_openings: list[ExtraOpening] = []
    school_holidays: list[SchoolHoliday] = []
    notices: list[Notice] = []
    topic_groups: list[TopicGroup] = []
    help_forms: list[HelpForm] = []
    outcomes: list[Outcome] = []
    visit_kinds: list[VisitKind] = []
    bodies: list[Body] = []
    activities: list[Activity] = []
    competences: list[Competence] = []
    needs: list[Need] = []
    day_needs: list[DayNeed] = []
    agreements: list[Agreement] = []


class ProgrammeFile(Sections):
    """A whole programme."""

    programme: Programme
