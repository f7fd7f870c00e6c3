"""The vagtplan of some days put together from rows: cells of place and day, gaps in words, what a change means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from advice import web
from advice.actions.drafts.reading import Laid
from advice.models.absences import away_between
from advice.models.drafts import DraftChange
from advice.models.hours import Opening
from advice.models.places import Place
from advice.models.roster import Shift, shifts_between
from advice.models.stand_ins import Agreed, agreed_between
from advice.models.weeks import OnDuty, Staffing, in_order, openings_between, places_between, staffing_between
from advice.rules import staffing
from advice.rules.openings import STANDING, Status
from advice.rules.spans import Span, in_force
from advice.rules.staffing import Gap, GapWords, Lacking, Since

WEEKDAYS = 5
"""Columns that are always there, Monday to Friday."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A gap at an opening, with the names that its words need."""

    gap: Gap
    name: str
    """The organisation or competence meant, or empty."""
    service: str
    """The service of the opening where the cell has several, else empty."""

    def words(self, since: Since | None = None) -> GapWords:
        """In the cell; with `since` as the rest of a sentence about what has just happened."""
        return staffing.gap_words(self.gap, self.name, self.service, since=since)

    def since(self, before: Iterable[Lack]) -> Since:
        """Whether it is as it was, given what was lacking there before."""
        same = (lack.gap for lack in before if lack.service == self.service)
        return Since.NOW if staffing.is_worse(self.gap, same) else Since.BEFORE


@dataclass
class Cell:
    """One place on one day."""

    place: Place
    day: date
    open: list[Opening] = field(default_factory=list)
    closed: list[Opening] = field(default_factory=list)
    shifts: list[OnDuty] = field(default_factory=list)
    """Active ones, by start and name; in a draft also those it adds or changes."""
    ending: list[Shift] = field(default_factory=list)
    """Those that a draft cancels or moves away from here."""
    away: set[int] = field(default_factory=set)
    """The people on duty here who are away at a moment of it."""
    lacking: list[Lacking] = field(default_factory=list)
    """What each of the open openings lacks."""
    gaps: list[Lack] = field(default_factory=list)
    """The same, to be told one by one."""
    own_needs: set[int] = field(default_factory=set)
    """The services whose need that day is the day's own, and not the weekday's."""
    fewer: list[tuple[Shift, Agreed]] = field(default_factory=list)
    """The cancelled shifts without which the place is open, as somebody has said."""
    bare: list[Lacking] = field(default_factory=list)
    """What each of the open openings would lack with those on duty: what nobody has agreed to."""
    alarms: list[Lack] = field(default_factory=list)
    """The same, to be told one by one."""
    manned: list[Span] = field(default_factory=list)
    """When people are on duty for the openings, setting up and clearing away included."""

    @property
    def covered(self) -> bool:
        """Nothing is missing, and that is known of every opening."""
        return staffing.covered(self.lacking)

    @property
    def agreed(self) -> list[tuple[Shift, Agreed]]:
        """The cancelled shifts that are missed, and that somebody has said the place can be open without."""
        return [] if self.covered or not self.open else self.fewer

    @property
    def in_use(self) -> bool:
        """Whether the programme has the place that day. Where it has not, only shifts that were left behind stand."""
        return in_force(self.place.valid_from, self.place.valid_to, self.day)

    @property
    def left_out(self) -> list[OnDuty]:
        """The shifts that stand where nothing is open: no minute of theirs is within anybody's opening."""
        hours = self.manned if self.in_use else []
        return [
            one for one in self.shifts if staffing.outside(one.starts, one.ends, hours) == [Span(one.starts, one.ends)]
        ]

    @property
    def several(self) -> bool:
        """Whether more than one service is on."""
        return len({opening.service_id for opening in self.open}) > 1


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
    def left_out(self) -> list[Cell]:
        """The cells with shifts that stand where nothing is open, by day."""
        found = [cell for row in self.rows for cell in row.cells if cell.left_out]
        return sorted(found, key=lambda cell: cell.day)

    def ahead(self, today: date) -> Board:
        """What of it is not past: what is missing before can be mended by nobody."""
        rows = [Row(row.place, [cell for cell in row.cells if cell.day >= today]) for row in self.rows]
        cancelled = [one for one in self.cancelled if one.day >= today]
        return Board([day for day in self.days if day >= today], rows, cancelled, self.replaced_by)

    def untaken(self, today: date) -> bool:
        """Whether somebody is called off from today on whose shift nobody has, where something is missing."""
        called_off = {(one.place_id, one.day) for one in self.cancelled if one.id not in self.replaced_by}
        cells = (cell for row in self.rows for cell in row.cells if cell.day >= today and cell.alarms)
        return any((cell.place.id, cell.day) in called_off for cell in cells)

    @property
    def openings(self) -> int:
        """How many openings are open."""
        return sum(len(cell.open) for row in self.rows for cell in row.cells)

    @property
    def thin(self) -> int:
        """At how many of them something is missing that nobody has agreed to."""
        return sum(bool(gaps) for row in self.rows for cell in row.cells for gaps in cell.bare)

    @property
    def agreed(self) -> int:
        """At how many of them something is missing, and nothing that nobody has agreed to."""
        both = (pair for row in self.rows for cell in row.cells for pair in zip(cell.lacking, cell.bare, strict=True))
        return sum(bool(lacking) and not bare for lacking, bare in both)

    @property
    def covered(self) -> bool:
        """Nothing is missing at any, and that is known of every one."""
        return staffing.covered(self._lacking)

    @property
    def _lacking(self) -> list[Lacking]:
        return [gaps for row in self.rows for cell in row.cells for gaps in cell.lacking]

    def cell(self, place_id: int, day: date) -> Cell | None:
        """The cell of a place on a day, if both are on the board."""
        found = (cell for row in self.rows for cell in row.cells if (cell.place.id, cell.day) == (place_id, day))
        return next(found, None)


def board(programme_id: int, first: date, last: date, draft: Laid | None = None) -> Board:
    """Read and put together the days (both inclusive): ten queries, however many people there are.

    draft: laid over what is in force. A place that has ended stays for as long as somebody has a shift there: the shift
    stands in her calendar.
    """
    openings = openings_between(programme_id, first, last)
    shifts = shifts_between(programme_id, first, last)
    needs = staffing_between(programme_id, first, last)
    active, ending = on_duty_with(draft, [shift for shift in shifts if shift.status == "active"], first, last)
    places = in_order({*places_between(programme_id, first, last), *(one.place for one in (*active, *ending))})
    used = {one.day for one in (*openings, *active, *ending)}
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    shown = [day for day in days if day.weekday() < WEEKDAYS or day in used]
    cells = {(place.id, day): Cell(place, day) for place in places for day in shown}
    for opening in openings:
        if cell := cells.get((opening.place_id, opening.day)):
            (cell.open if opening.status in STANDING else cell.closed).append(opening)
    away = away_between((one.person_id for one in active), first, last)
    for one in active:
        cell = cells[one.place_id, one.day]
        cell.shifts.append(one)
        if any(absence.covers(one.day, Span(one.starts, one.ends)) for absence in away.get(one.person_id, ())):
            cell.away.add(one.person_id)
    for shift in ending:
        cells[shift.place_id, shift.day].ending.append(shift)
    cancelled = [shift for shift in shifts if shift.status != "active"]
    replaced_by = {shift.replaces_id: shift for shift in shifts if shift.replaces_id}
    said = agreed_between(programme_id, first, last)
    for shift in cancelled:
        cell = cells.get((shift.place_id, shift.day))
        if cell is not None and shift.id in said and shift.id not in replaced_by:
            cell.fewer.append((shift, said[shift.id]))
    for cell in cells.values():
        if cell.open:
            judge(cell, needs)
    rows = [Row(place, [cells[place.id, day] for day in shown]) for place in places]
    return Board(shown, rows, cancelled, replaced_by)


def on_duty_with(draft: Laid | None, active: list[Shift], first: date, last: date) -> tuple[list[OnDuty], list[Shift]]:
    """Who would be on duty in the days with a draft laid over the active shifts, and the shifts that would no longer be
    where they are."""
    if draft is None:
        return [*active], []
    rows = {row.id: row for row in draft.rows}
    changed = {one.shift.key: one.change.key for one in draft.overlay.planned if one.shift and one.change}
    gone = {shift.key for shift, _change in draft.overlay.gone}
    moved = [shift for shift in active if shift.id in changed and _elsewhere(shift, rows[changed[shift.id]])]
    proposed = [rows[one.change.key] for one in draft.overlay.planned if one.change]
    stay: list[OnDuty] = [shift for shift in active if shift.id not in changed and shift.id not in gone]
    stay += [row for row in proposed if first <= row.day <= last]
    stay.sort(key=lambda one: (one.day, one.starts, one.person.sort_key, one.id))
    return stay, [*(shift for shift in active if shift.id in gone), *moved]


def _elsewhere(shift: Shift, row: DraftChange) -> bool:
    return (shift.place_id, shift.day) != (row.place_id, row.day)


def judge(cell: Cell, needs: Staffing) -> None:
    """Fill in what is missing at the openings of a cell, and when people are on duty for them."""
    there = [one for one in cell.shifts if one.person_id not in cell.away]
    with_agreed = [*there, *(shift for shift, _said in cell.fewer)]
    for opening in cell.open:
        lacking = needs.lacking(opening, there)
        bare = needs.lacking(opening, with_agreed) if cell.fewer else lacking
        cell.lacking.append(lacking)
        cell.bare.append(bare)
        if needs.own_need(opening):
            cell.own_needs.add(opening.service_id)
        service = web.label(opening.service.labels) if cell.several else ""
        for told, gaps in ((cell.gaps, lacking), (cell.alarms, bare)):
            new = (Lack(gap, needs.names.get((gap.kind, gap.subject or 0), ""), service) for gap in gaps or ())
            told.extend(one for one in new if one not in told)
    cell.manned = staffing.stretches(map(needs.manned, cell.open))


def first_open(programme_id: int, first: date, last: date, slug: str | None = None) -> Opening | None:
    """The first opening of the days (both inclusive) that takes place, at the place with the slug or anywhere."""
    places = {one.id: position for position, one in enumerate(places_between(programme_id, first, last))
              if slug in (None, one.slug)}  # fmt: skip
    standing = [one for one in openings_between(programme_id, first, last) if one.status in STANDING]
    found = [one for one in standing if one.place_id in places]
    return min(found, key=lambda one: (one.day, one.starts, places[one.place_id]), default=None)


def is_changed(opening: Opening) -> bool:
    """Whether the hours of the day are not the usual ones."""
    return opening.status in (Status.CHANGED, Status.EXTRA)
