"""A turn: a person on duty at a place, one stretch of a day; what plans are made of before and after they are rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from advice.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Turn:
    """A person, under a membership, counted by an organisation, at a place for one stretch of a day."""

    member: int
    person: int
    organisation: int
    place: int
    day: date
    span: Span


def in_order(turn: Turn) -> tuple[date, Span, int, int]:
    """Sorts turns by time, place and member."""
    return turn.day, turn.span, turn.place, turn.member
