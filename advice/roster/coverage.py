"""How many are on duty along the hours of each opening of a cell: a line of text, and a drawing of the same."""

from __future__ import annotations

from dataclasses import dataclass

from advice.roster.blueprint import blueprint
from advice.roster.board import Cell
from advice.rules import staffing
from advice.rules.spans import Span, minutes
from advice.rules.staffing import Duty


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of the drawing: minutes after the opening begins, how many minutes long, from how many people up."""

    at: int
    minutes: int
    people: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Those on duty along an opening. The drawing is as broad as the opening has minutes."""

    opening: Span
    levels: tuple[tuple[Span, int], ...]
    """The stretches in which as many are there; together they are the opening."""
    short: tuple[Span, ...]
    """Where people are missing and nobody has agreed to it."""

    @property
    def there(self) -> list[Block]:
        """Those on duty, a block a stretch."""
        return [self._block(span, people) for span, people in self.levels if people]

    @property
    def holes(self) -> list[Block]:
        """Where people are missing, from those who are there up."""
        pairs = ((max(span.starts, one.starts), min(span.ends, one.ends), people)
                 for span, people in self.levels for one in self.short)  # fmt: skip
        return [self._block(Span(starts, ends), people) for starts, ends, people in pairs if starts < ends]

    @property
    def most(self) -> int:
        """How many people high the drawing is: there is room over those who are there wherever some are missing."""
        return max(*(people for _span, people in self.levels), *(hole.people + 1 for hole in self.holes), 1)

    @property
    def hours(self) -> list[int]:
        """The whole hours within it, in minutes after it begins."""
        first = minutes(self.opening.starts)
        return [at - first for at in range((first // 60 + 1) * 60, minutes(self.opening.ends), 60)]

    def _block(self, span: Span, people: int) -> Block:
        return Block(minutes(span.starts) - minutes(self.opening.starts), span.minutes, people)


@blueprint.app_template_global("coverage_of")
def coverage_of(cell: Cell) -> list[Coverage | None]:
    """The coverage of each open opening of a cell, from what the cell knows already: no query.

    None where nobody is on duty at all, which the words of what is missing say, and where an opening at the same hours
    has said the same. Who is away is not there; what somebody has said the house can be open without is not missing.
    """
    duties = [
        Duty(one.person_id, one.organisation_id, one.starts, one.ends)
        for one in cell.shifts
        if one.person_id not in cell.away
    ]
    found: list[Coverage | None] = []
    for opening, lacking in zip(cell.open, cell.bare, strict=True):
        levels = staffing.levels(opening.starts, opening.ends, duties)
        short = staffing.short_of_people(lacking or ())
        one = Coverage(Span(opening.starts, opening.ends), tuple(levels), tuple(short))
        found.append(one if any(people for _span, people in levels) and one not in found else None)
    return found
