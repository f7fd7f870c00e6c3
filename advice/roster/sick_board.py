"""The holes of some days put together from rows: what each lacks, and who of the others can take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from advice import web
from advice.models.absences import away_between, terms_of
from advice.models.people import Membership, members_between
from advice.models.roster import Shift
from advice.models.stand_ins import StandInAsk, active_of, asks_of, called_off, holders_of, languages_among, left_open
from advice.roster.board import Cell, Lack, board
from advice.roster.links import may_plan
from advice.rules.spans import Span, in_force
from advice.rules.staffing import GapKind
from advice.rules.stand_ins import Colleague, Hole, StandIn, stand_ins
from advice.rules.terms import Away, Terms
from advice.rules.weeks import monday_of, week_of

NO = "no"


@dataclass(frozen=True, slots=True)
class Open:
    """A called-off shift that nobody has, as the screen shows it."""

    shift: Shift
    lacks: tuple[Lack, ...]
    """What its opening lacks while it would last; empty where nobody has said what is needed."""
    stand_ins: tuple[StandIn, ...]
    asks: tuple[StandInAsk, ...]
    fewer: bool
    """Somebody has said that the house is open with fewer."""

    def ask(self, member_id: int) -> StandInAsk | None:
        """What a member was asked, and said."""
        return next((one for one in self.asks if one.membership_id == member_id), None)


@dataclass(frozen=True, slots=True)
class Holes:
    """The called-off shifts of some days, by day and start, with the people and the words that they need."""

    open: tuple[Open, ...]
    members: Mapping[int, Membership]
    names: Mapping[int, str]
    """Of the competences that are wanted."""
    languages: frozenset[int]
    """Those of them that are languages."""


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody who can be asked, with what the rule wants to know of them in the days."""

    members: Sequence[Membership]
    terms: Mapping[int, Terms]
    away: Mapping[int, list[Away]]
    shifts: Mapping[int, list[Shift]]
    competences: Mapping[int, frozenset[int]]

    def on(self, hole: Hole, besides: Shift, asks: Iterable[StandInAsk]) -> list[Colleague]:
        """Those who are on the team that day, but the one whose shift it was."""
        no = {one.membership_id for one in asks if one.answer == NO}
        return [
            self._colleague(one, hole, one.id in no)
            for one in self.members
            if one.person_id != besides.person_id and in_force(one.valid_from, one.valid_to, hole.day)
        ]

    def _colleague(self, member: Membership, hole: Hole, said_no: bool) -> Colleague:
        shifts = self.shifts.get(member.person_id, [])
        return Colleague(
            member.id,
            member.person_id,
            member.organisation_id,
            self.terms[member.id],
            tuple(self.away.get(member.person_id, ())),
            tuple(Span(one.starts, one.ends) for one in shifts if one.day == hole.day),
            tuple(
                Span(one.starts, one.ends)
                for one in shifts
                if week_of(one.day) == week_of(hole.day) and one.programme_id == member.programme_id
            ),
            self.competences.get(member.id, frozenset()),
            said_no,
        )


def holes(programme_id: int, first: date, last: date) -> Holes:
    """The called-off shifts of the days (both inclusive) that are missed and that whoever is logged in may fill.

    A shift is missed if its opening lacks somebody while it would last, or nobody has said what the opening needs; one
    that is over today is missed no more. About twenty queries, however many people and holes there are.
    """
    found = [one for one in called_off(programme_id, first, last) if may_plan(one.organisation_id) and not over(one)]
    if not found:
        return Holes((), {}, {}, frozenset())
    shown = board(programme_id, found[0].day, found[-1].day)
    missed = [(one, lacks) for one in found if (lacks := missing(shown.cell(one.place_id, one.day), one)) is not None]
    asks, fewer = asks_of(one.id for one, _lacks in missed), left_open(one.id for one, _lacks in missed)
    names = {
        lack.gap.subject: lack.name
        for _one, lacks in missed
        for lack in lacks
        if lack.gap.kind is GapKind.COMPETENCE and lack.gap.subject is not None
    }
    people = team(programme_id, found[0].day, found[-1].day, names)
    rows = []
    for one, lacks in missed:
        hole, asked = hole_of(one, lacks), asks.get(one.id, [])
        order = tuple(stand_ins(hole, people.on(hole, one, asked)))
        rows.append(Open(one, lacks, order, tuple(asked), one.id in fewer))
    return Holes(tuple(rows), {one.id: one for one in people.members}, names, frozenset(languages_among(names)))


def team(programme_id: int, first: date, last: date, wanted: Iterable[int]) -> Team:
    """Those whom whoever is logged in may put on the vagtplan on one of the days (both inclusive)."""
    members = [one for one in members_between(programme_id, first, last) if may_plan(one.organisation_id)]
    people = {one.person_id for one in members}
    monday = monday_of(*week_of(first)) or first
    sunday = last + timedelta(days=6 - last.weekday())
    return Team(
        members,
        terms_of(members),
        away_between(people, first, last),
        active_of(people, monday, sunday),
        holders_of(wanted),
    )


def missing(cell: Cell | None, shift: Shift) -> tuple[Lack, ...] | None:
    """What the opening of a called-off shift lacks while it would last; None if it is not missed: nothing is lacking,
    or the house is closed then."""
    if cell is None or not any(span.overlaps(Span(shift.starts, shift.ends)) for span in cell.manned):
        return None
    lacks = tuple(
        one for one in cell.gaps if Span(one.gap.starts, one.gap.ends).overlaps(Span(shift.starts, shift.ends))
    )
    return lacks if lacks or None in cell.lacking else None


def hole_of(shift: Shift, lacks: Iterable[Lack]) -> Hole:
    """A called-off shift as the rule takes it."""
    subjects: dict[GapKind, set[int]] = {GapKind.ORGANISATION: set(), GapKind.COMPETENCE: set()}
    for one in lacks:
        if one.gap.kind in subjects and one.gap.subject is not None:
            subjects[one.gap.kind].add(one.gap.subject)
    short, wanted = (frozenset(found) for found in subjects.values())
    return Hole(shift.place_id, shift.day, Span(shift.starts, shift.ends), short, wanted)


def over(shift: Shift) -> bool:
    """Whether a shift of today has ended."""
    now = web.local_now()
    return shift.day == now.date() and shift.ends <= now.time()
