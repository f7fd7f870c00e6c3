"""Opening hours -> dated openings: the rule behind every page, feed and vagtplan.

What coordinators edit is weekly hours, closures, changed hours and extra openings. `expand` makes dated
openings of them; what an edit changes in the stored ones ahead stands in `differences`.
All times are wall-clock times at the place: a clock change moves nobody's opening.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from advice.rules.closures import (
    ClosedDays,
    Closure,
    Labels,
    YearlyDates,
    YearlyWeeks,
    closed_days,
    closing_reason,
    days,
)
from advice.rules.openings import Opening, Status
from advice.rules.spans import Span, overlaps


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """A service at a place every week, or every n weeks counted in ISO weeks from the week of valid_from.

    weekday: 0 is Monday. valid_from and valid_to are both inclusive. ValueError for what no calendar has.
    """

    place: int
    service: int
    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_to: date | None = None
    every_weeks: int = 1

    def __post_init__(self) -> None:
        Span(self.starts, self.ends)
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"weekdays are 0 (Monday) to 6, not {self.weekday}")
        if self.every_weeks < 1:
            raise ValueError(f"hours come every 1, 2, ... weeks, not every {self.every_weeks}")


@dataclass(frozen=True, slots=True)
class DayHours:
    """One stretch of a service at a place on one day, besides its weekly hours; HoursPlan says what it does there."""

    place: int
    service: int
    date: date
    starts: time
    ends: time
    reason: Labels | None = None

    def __post_init__(self) -> None:
        Span(self.starts, self.ends)


@dataclass(frozen=True, slots=True)
class HoursPlan:
    """Everything that decides when it is open.

    changes: replace every weekly stretch of their service at their place that day; several of one day are several
    stretches. They do nothing on a day without weekly hours, and open no closed day. extras: openings of their
    own, which always stand, on closed days too. holidays: public holidays and the customary closing days that are
    switched on, with their names. shut_extras: extra openings that a closing took away, with its reason.
    """

    weekly: Sequence[WeeklyHours] = ()
    closures: Sequence[Closure] = ()
    yearly_dates: Sequence[YearlyDates] = ()
    yearly_weeks: Sequence[YearlyWeeks] = ()
    changes: Sequence[DayHours] = ()
    extras: Sequence[DayHours] = ()
    holidays: Mapping[date, Labels] = field(default_factory=dict)
    shut_extras: Sequence[DayHours] = ()


_Key = tuple[int, int, date]


def expand(plan: HoursPlan, first: date, last: date) -> list[Opening]:
    """The openings from first to last, both inclusive, sorted by date, start, place and service.

    A closed day stands there as CLOSED with its usual times and the reason, so that a page can say why. An extra
    opening takes the place of the closed stretches that it overlaps; one that a closing took away is told as CLOSED
    unless something overlaps it. One that overlaps an open stretch stands beside it: whoever edits refuses that.
    """
    closed = closed_days(plan.holidays, plan.closures, (*plan.yearly_dates, *plan.yearly_weeks), first, last)
    changes = _by_day(plan.changes)
    found: list[Opening] = []
    changed: set[_Key] = set()
    for hours in plan.weekly:
        for opening in _weekly_openings(hours, closed, first, last):
            key = (opening.place, opening.service, opening.date)
            if opening.status is Status.OPEN and key in changes:
                changed.add(key)
            else:
                found.append(opening)
    found.extend(_dated(change, Status.CHANGED) for key in changed for change in changes[key])
    found = _with_extras(found, _by_day(extra for extra in plan.extras if first <= extra.date <= last))
    _tell_shut(found, [extra for extra in plan.shut_extras if first <= extra.date <= last])
    found.sort(key=lambda o: (o.date, o.starts, o.place, o.service, o.ends, o.status))
    return found


def _by_day(rows: Iterable[DayHours]) -> dict[_Key, list[DayHours]]:
    found: dict[_Key, list[DayHours]] = {}
    for row in rows:
        found.setdefault((row.place, row.service, row.date), []).append(row)
    return found


def _with_extras(found: list[Opening], extras: Mapping[_Key, Sequence[DayHours]]) -> list[Opening]:
    """The openings and the extra ones; closed stretches that an extra opening overlaps are left out."""
    kept = [
        one
        for one in found
        if one.status is not Status.CLOSED
        or not any(
            overlaps(one.starts, one.ends, extra.starts, extra.ends)
            for extra in extras.get((one.place, one.service, one.date), ())
        )
    ]
    return [*kept, *(_dated(extra, Status.EXTRA) for there in extras.values() for extra in there)]


def _tell_shut(found: list[Opening], shut: Iterable[DayHours]) -> None:
    """Add as CLOSED each extra opening that was taken away and that nothing found overlaps."""
    for extra in shut:
        key = (extra.place, extra.service, extra.date)
        there = [one for one in found if (one.place, one.service, one.date) == key]
        if not any(overlaps(one.starts, one.ends, extra.starts, extra.ends) for one in there):
            found.append(_dated(extra, Status.CLOSED))


def _weekly_openings(hours: WeeklyHours, closed: ClosedDays, first: date, last: date) -> Iterator[Opening]:
    for day in weekly_days(hours, first, last):
        reason = closing_reason(closed, day, hours.place, hours.service)
        status = Status.OPEN if reason is None else Status.CLOSED
        yield Opening(hours.place, hours.service, day, hours.starts, hours.ends, status, reason)


def weekly_days(hours: WeeklyHours, first: date, last: date) -> Iterator[date]:
    """The days within first..last: whole steps from the weekday in the week of valid_from."""
    step = 7 * hours.every_weeks
    anchor = hours.valid_from.toordinal() - hours.valid_from.weekday() + hours.weekday
    begin = max(first, hours.valid_from).toordinal()
    begin += (anchor - begin) % step
    end = min(last, hours.valid_to or date.max)
    if begin > end.toordinal():
        return iter(())
    return days(date.fromordinal(begin), end, step)


def _dated(row: DayHours, status: Status) -> Opening:
    return Opening(row.place, row.service, row.date, row.starts, row.ends, status, row.reason)
