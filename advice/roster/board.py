"""The vagtplan of some days put together from rows: cells of place and day, gaps in words, what a change means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from advice import web
from advice.models.places import Opening, Place
from advice.models.roster import Shift, shifts_between
from advice.models.weeks import OPEN, Staffing, openings_between, places_between, staffing_between
from advice.rules import staffing
from advice.rules.hours import Status
from advice.rules.spans import overlaps
from advice.rules.staffing import Gap, GapKind

WEEKDAYS = 5
"""Columns that are always there, Monday to Friday."""


@dataclass
class Cell:
    """One place on one day."""

    place: Place
    day: date
    open: list[Opening] = field(default_factory=list)
    closed: list[Opening] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    """Active ones, by start and name."""
    gaps: list[str] = field(default_factory=list)
    thin: int = 0
    """At how many of the open openings something is missing."""
    judged: int = 0
    """For how many of them somebody has said what they need, or nobody comes at all."""

    @property
    def covered(self) -> bool:
        """The openings' needs are known, and nothing is missing."""
        return self.judged > 0 and not self.thin

    def outside(self, shift: Shift) -> bool:
        """Whether a shift meets none of the openings."""
        return not any(overlaps(shift.starts, shift.ends, one.starts, one.ends) for one in self.open)


@dataclass
class Row:
    """A place and its days."""

    place: Place
    cells: list[Cell]


@dataclass
class Board:
    """The vagtplan of some days."""

    days: list[date]
    rows: list[Row]
    cancelled: list[Shift]
    replaced_by: dict[int, Shift]
    """The shift that took a cancelled one's place, by the cancelled one's id."""

    @property
    def empty(self) -> set[date]:
        """The days on which nobody has anything to do anywhere: their columns can be narrow."""
        full = {cell.day for row in self.rows for cell in row.cells if cell.open or cell.closed or cell.shifts}
        return set(self.days) - full

    @property
    def openings(self) -> int:
        """How many openings are open."""
        return sum(len(cell.open) for row in self.rows for cell in row.cells)

    @property
    def thin(self) -> int:
        """At how many of them something is missing."""
        return sum(cell.thin for row in self.rows for cell in row.cells)

    @property
    def covered(self) -> bool:
        """Nothing is missing at any, and that is known of every one."""
        return 0 < self.openings == sum(cell.judged for row in self.rows for cell in row.cells) and not self.thin

    def cell(self, place_id: int, day: date) -> Cell | None:
        """The cell of a place on a day, if both are on the board."""
        found = (cell for row in self.rows for cell in row.cells if (cell.place.id, cell.day) == (place_id, day))
        return next(found, None)


def board(programme_id: int, first: date, last: date) -> Board:
    """Read and put together the days (both inclusive): seven queries, however many people there are."""
    places = places_between(programme_id, first, last)
    openings = openings_between(programme_id, first, last)
    shifts = shifts_between(programme_id, first, last)
    needs = staffing_between(programme_id, first, last)
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    used = {opening.day for opening in openings} | {shift.day for shift in shifts if shift.status == "active"}
    shown = [day for day in days if day.weekday() < WEEKDAYS or day in used]
    cells = {(place.id, day): Cell(place, day) for place in places for day in shown}
    for opening in openings:
        if cell := cells.get((opening.place_id, opening.day)):
            (cell.open if opening.status in OPEN else cell.closed).append(opening)
    for shift in shifts:
        if shift.status == "active" and (cell := cells.get((shift.place_id, shift.day))):
            cell.shifts.append(shift)
    for cell in cells.values():
        judge(cell, needs)
    rows = [Row(place, [cells[place.id, day] for day in shown]) for place in places]
    cancelled = [shift for shift in shifts if shift.status != "active"]
    return Board(shown, rows, cancelled, {shift.replaces_id: shift for shift in shifts if shift.replaces_id})


def judge(cell: Cell, needs: Staffing) -> None:
    """Fill in what is missing at the openings of a cell; the service is named where there are several."""
    several = len({opening.service_id for opening in cell.open}) > 1
    for opening in cell.open:
        lacking = missing(opening, cell.shifts, needs)
        if lacking is None:
            continue
        cell.judged += 1
        cell.thin += bool(lacking)
        before = f"{web.label(opening.service.labels)}: " if several else ""
        lines = [before + staffing.gap_words(gap, needs.names) for gap in lacking]
        cell.gaps += [line for line in lines if line not in cell.gaps]


def missing(opening: Opening, shifts: Iterable[Shift], needs: Staffing) -> tuple[Gap, ...] | None:
    """What an opening lacks, the most serious first. Without a stated need: None, or that nobody comes at all."""
    shifts = list(shifts)
    coverage = needs.coverage(opening, shifts)
    if coverage is not None:
        return coverage.gaps
    if any(overlaps(opening.starts, opening.ends, shift.starts, shift.ends) for shift in shifts):
        return None
    return (Gap(GapKind.ALONE, opening.starts, opening.ends, 1),)


def is_changed(opening: Opening) -> bool:
    """Whether the hours of the day are not the usual ones."""
    return opening.status in (Status.CHANGED, Status.EXTRA)
