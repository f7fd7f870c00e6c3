"""Called-off shifts that colleagues were asked by mail to take, and that something else fills: the ill one comes after
all, or somebody is put on the vagtplan there. Who was asked hears of it, and the link takes no yes any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from advice.database import db
from advice.models.roster import Shift, holder_now
from advice.models.stand_ins import asked_by_mail, asks_of
from advice.roster import sick_letters
from advice.roster.board import board
from advice.roster.sick_board import missing
from advice.rules.spans import Span


def filled(cancelled: Shift) -> bool:
    """Whether the house is open then and lacks nobody any more, though nobody took this shift: somebody else was put
    on the vagtplan for it."""
    day, span = cancelled.day, Span(cancelled.starts, cancelled.ends)
    cell = board(cancelled.programme_id, day, day).cell(cancelled.place_id, day)
    return cell is not None and any(one.overlaps(span) for one in cell.manned) and missing(cell, cancelled) is None


def still_asked(programme_id: int, spots: Iterable[tuple[int, date]]) -> list[Shift]:
    """The shifts at these places and days that somebody was asked by mail to take and that nothing fills, before
    something is changed. One query where nobody was asked."""
    there = set(spots)
    found = asked_by_mail(programme_id, {day for _place, day in there})
    here = [one for one in found if (one.place_id, one.day) in there and holder_now(one.id) is None]
    return [one for one in here if not filled(one)]


def beside(shift_id: int) -> list[Shift]:
    """The same at the place and day of a called-off shift, but this one."""
    shift = db.session.get_one(Shift, shift_id)
    found = still_asked(shift.programme_id, [(shift.place_id, shift.day)])
    return [one for one in found if one.id != shift.id]


def tell(asked: Iterable[Shift], changed: Sequence[Shift], doer: int | None) -> None:
    """Write to all who were asked by mail for those of the shifts that are filled now, by whom. asked: as it was before
    (`still_asked`); changed: the shifts that were changed or are new; doer: whoever did it, by person, if logged in."""
    now = [(one, holder) for one in asked if (holder := _holder(one, changed)) is not None]
    asks = asks_of(one.id for one, _holder in now)
    for one, holder in now:
        sick_letters.tell_filled(one, holder.person, asks[one.id], doer)


def _holder(asked: Shift, changed: Sequence[Shift]) -> Shift | None:
    """The shift by which somebody has what others were asked to take: itself, the one that replaces it, or another one
    there without which somebody would be missed; None if it is not filled."""
    if asked.status == "active":
        return asked
    if (holder := holder_now(asked.id)) is not None:
        return holder if holder.status == "active" else None
    span = Span(asked.starts, asked.ends)
    there = [
        one
        for one in changed
        if one.status == "active"
        and (one.place_id, one.day) == (asked.place_id, asked.day)
        and Span(one.starts, one.ends).overlaps(span)
    ]
    return there[0] if there and filled(asked) else None
