"""Which table holds each section of a programme file, and what becomes of a row that the file leaves out.

Everything that reads or writes a programme as a file goes through these descriptions; a new section is a
new line here, a class in formats/programme_file/sections.py, and a paragraph in docs/programme-file.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from advice.formats.programme_file.catalogue import FINAL
from advice.models.catalogue import OUTCOME_FLAGS, Activity, Body, HelpForm, Outcome, Topic, TopicGroup, VisitKind
from advice.models.day_needs import DayNeed, DayNeedCompetence, DayNeedOrganisation
from advice.models.hours import Closure, ExtraOpening, HoursChange, WeeklyHours
from advice.models.indicators import Agreement, Indicator, Objective, Reading
from advice.models.notices import ResidentNotice, SchoolHoliday
from advice.models.places import Department, Place, PlaceArea, ResidentialArea, Service
from advice.models.programmes import FocusArea, Organisation
from advice.models.roster import Competence, NeedCompetence, NeedOrganisation, StaffingNeed


class Absent(Enum):
    """What happens to a stored row that the file does not hold. Nothing that counts is ever deleted."""

    ENDS = auto()
    """Its last day was yesterday."""
    WITHDRAWN = auto()
    """It is withdrawn, unless it lies in the past."""
    STAYS = auto()
    """It stays, and the import says so."""


@dataclass(frozen=True, slots=True)
class Link:
    """A table between two: rows belong to `own`, point at `other`, perhaps with a number."""

    model: Any
    own: str
    other: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Codec:
    """A field that is not simply a column of its name."""

    get: Callable[[Any], Any]
    put: Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a section."""

    section: str
    model: Any
    absent: Absent = Absent.ENDS
    links: Mapping[str, Link] = field(default_factory=dict)
    codecs: Mapping[str, Codec] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()
    """Fields that cannot change once there is a row, because counted rows depend on them."""
    in_calendars: tuple[str, ...] = ()
    """Fields whose words stand in people's calendars, which take other words only with a new SEQUENCE."""

    @property
    def ordered(self) -> bool:
        """Whether the order of the file is the order on screens."""
        return hasattr(self.model, "position")


def _flags(row: Any) -> list[str]:
    return [name for name in (FINAL, *OUTCOME_FLAGS) if getattr(row, name)]


def _put_flags(row: Any, flags: list[str]) -> None:
    for name in (FINAL, *OUTCOME_FLAGS):
        setattr(row, name, name in flags)


def _year_start(row: Any) -> str:
    return f"{row.year_month:02}-{row.year_day:02}"


def _put_year_start(row: Any, text: str) -> None:
    row.year_month, row.year_day = (int(part) for part in text.split("-"))


TABLES = (
    Table("organisations", Organisation, in_calendars=("short_name",)),
    Table("focus_areas", FocusArea),
    Table("areas", ResidentialArea),
    Table("departments", Department),
    Table(
        "places",
        Place,
        links={"areas": Link(PlaceArea, "place_id", "area_id")},
        in_calendars=("name", "room", "address"),
    ),
    Table("services", Service, in_calendars=("labels",)),
    Table("hours", WeeklyHours),
    Table("closures", Closure, Absent.WITHDRAWN),
    Table("hours_changes", HoursChange, Absent.WITHDRAWN),
    Table("extra_openings", ExtraOpening, Absent.WITHDRAWN),
    Table("school_holidays", SchoolHoliday, Absent.WITHDRAWN),
    Table("notices", ResidentNotice, Absent.WITHDRAWN),
    Table("topic_groups", TopicGroup),
    Table("topics", Topic),
    Table("help_forms", HelpForm),
    Table("outcomes", Outcome, codecs={"flags": Codec(_flags, _put_flags)}),
    Table("visit_kinds", VisitKind, fixed=("service",)),
    Table("bodies", Body),
    Table("activities", Activity),
    Table("competences", Competence),
    Table(
        "needs",
        StaffingNeed,
        links={
            "organisations": Link(NeedOrganisation, "need_id", "organisation_id", "least"),
            "competences": Link(NeedCompetence, "need_id", "competence_id"),
        },
    ),
    Table(
        "day_needs",
        DayNeed,
        Absent.WITHDRAWN,
        links={
            "organisations": Link(DayNeedOrganisation, "day_need_id", "organisation_id", "least"),
            "competences": Link(DayNeedCompetence, "day_need_id", "competence_id"),
        },
    ),
    Table("agreements", Agreement, Absent.STAYS, codecs={"year_start": Codec(_year_start, _put_year_start)}),
    Table("objectives", Objective),
    Table("indicators", Indicator),
    Table("readings", Reading, Absent.STAYS),
)
"""Every section in an order in which each row's references stand before it."""

TABLE_OF = {table.section: table for table in TABLES}
