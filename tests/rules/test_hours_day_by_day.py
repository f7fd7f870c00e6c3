"""Opening hours -> dated openings over ten years, against a slow and obvious walk through every day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from advice.rules.closures import Labels, YearlyDates, YearlyWeeks
from advice.rules.hours import HoursPlan, WeeklyHours, expand
from advice.rules.openings import STANDING, Opening, Status
from tests.hours_plans import DAY, END, START, plans

NOON, FIVE = time(12), time(17)
ZONE = ZoneInfo("Europe/Copenhagen")


# --- the reference: every day, every rule, spelt out ---


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _exists(year: int, month: int, day: int) -> bool:
    return month != 2 or day != 29 or year % 4 == 0  # 2020-2029 has no century without one


def _yearly_date_days(yearly: YearlyDates) -> set[date]:
    found: set[date] = set()
    for year in range(START.year - 1, END.year + 1):
        month, day = yearly.first
        first = date(year, month, day) if _exists(year, month, day) else date(year, 3, 1)
        end_year = year if yearly.first <= yearly.last else year + 1
        month, day = yearly.last
        last = date(end_year, month, day) if _exists(end_year, month, day) else date(end_year, 2, 28)
        found.update(_days(first, last))
    return found


def _yearly_week_days(yearly: YearlyWeeks) -> set[date]:
    found: set[date] = set()
    for year in range(START.year - 1, END.year + 2):
        for week in range(1, date(year, 12, 28).isocalendar().week + 1):  # 28 December is in the last week
            backward = yearly.first_week > yearly.last_week
            after, before = week >= yearly.first_week, week <= yearly.last_week
            if (after or before) if backward else (after and before):
                found.update(date.fromisocalendar(year, week, day) for day in range(1, 8))
    return found


def _reason(plan: HoursPlan, yearly: list[tuple[Any, set[date]]], day: date, row: WeeklyHours) -> Labels | None:
    if day in plan.holidays:
        return plan.holidays[day]
    covering: list[Any] = [closure for closure in plan.closures if closure.first <= day <= closure.last]
    for closing, covered in yearly:
        begun = closing.valid_from is None or day >= closing.valid_from
        if day in covered and begun and (closing.valid_to is None or day <= closing.valid_to):
            covering.append(closing)
    for closing in covering:
        if closing.place in (None, row.place) and closing.service in (None, row.service):
            reason: Labels = closing.reason
            return reason
    return None


def _weekly_days(row: WeeklyHours) -> set[date]:
    found: set[date] = set()
    week = 0
    for day in _days(row.valid_from, row.valid_to or END):
        if day.weekday() == 0 and day != row.valid_from:
            week += 1
        if day.weekday() == row.weekday and week % row.every_weeks == 0:
            found.add(day)
    return found


def _reference(plan: HoursPlan, first: date, last: date) -> list[Opening]:
    yearly: list[tuple[Any, set[date]]] = [(y, _yearly_date_days(y)) for y in plan.yearly_dates]
    yearly += [(y, _yearly_week_days(y)) for y in plan.yearly_weeks]
    weekly = [(row, _weekly_days(row)) for row in plan.weekly]
    found: list[Opening] = []
    for day in _days(first, last):
        replaced = set()
        for row, held in weekly:
            if day not in held:
                continue
            reason = _reason(plan, yearly, day, row)
            place, service = row.place, row.service
            changes = [c for c in plan.changes if (c.place, c.service, c.date) == (place, service, day)]
            if reason is not None:
                found.append(Opening(place, service, day, row.starts, row.ends, Status.CLOSED, reason))
            elif not changes:
                found.append(Opening(place, service, day, row.starts, row.ends, Status.OPEN, None))
            elif (place, service) not in replaced:
                replaced.add((place, service))
                found += [Opening(place, service, day, c.starts, c.ends, Status.CHANGED, c.reason) for c in changes]
        extras = [
            Opening(e.place, e.service, day, e.starts, e.ends, Status.EXTRA, e.reason)
            for e in plan.extras
            if e.date == day
        ]
        instead = set().union(*(_occupied(extra) for extra in extras))
        found = [o for o in found if o.date != day or o.status is not Status.CLOSED or not _occupied(o) & instead]
        found += extras
        for e in plan.shut_extras:
            told = Opening(e.place, e.service, e.date, e.starts, e.ends, Status.CLOSED, e.reason)
            if e.date == day and not any(o.date == day and _occupied(o) & _occupied(told) for o in found):
                found.append(told)
    return sorted(found, key=_order)


def _occupied(o: Opening) -> set[tuple[int, int, int]]:
    """Place, service and minute of the day."""
    minutes = range(o.starts.hour * 60 + o.starts.minute, o.ends.hour * 60 + o.ends.minute)
    return {(o.place, o.service, minute) for minute in minutes}


def _order(o: Opening) -> tuple[Any, ...]:
    return (o.date, o.starts, o.place, o.service, o.ends, o.status)


EVERY_DAY = [WeeklyHours(1, 1, weekday, NOON, FIVE, START) for weekday in range(7)]


@settings(deadline=None, max_examples=40)
@given(plans())
@example(HoursPlan(EVERY_DAY, yearly_dates=[YearlyDates((2, 29), (2, 29), {"da": "skudår"})]))
@example(HoursPlan(EVERY_DAY, yearly_dates=[YearlyDates((12, 23), (1, 2), {"da": "jul"})]))
@example(HoursPlan(EVERY_DAY, yearly_dates=[YearlyDates((12, 1), (2, 29), {"da": "vinter"}, 1, 1, date(2023, 12, 24))]))
@example(
    HoursPlan(
        EVERY_DAY,
        yearly_weeks=[YearlyWeeks(1, 53, {"da": "1"}, None, None, date(2021, 3, 1), date(2022, 2, 28))],
    )
)
@example(HoursPlan(EVERY_DAY, yearly_weeks=[YearlyWeeks(53, 53, {"da": "uge 53"})]))
@example(HoursPlan(EVERY_DAY, yearly_weeks=[YearlyWeeks(52, 1, {"da": "nytår"})]))
def test_ten_years_equal_a_walk_through_every_day(plan: HoursPlan) -> None:
    assert expand(plan, START, END) == _reference(plan, START, END)


@settings(deadline=None, max_examples=40)
@given(plans(), DAY, st.integers(0, 60))
def test_a_window_shows_what_the_whole_shows(plan: HoursPlan, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    whole = expand(plan, START - timedelta(days=1), END + timedelta(days=90))
    assert expand(plan, first, last) == [o for o in whole if first <= o.date <= last]


# --- by the minute: what a clock on the wall shows on the days on which calendars are odd ---


def _odd_days() -> Iterator[date]:
    """Both clock changes with their neighbours, the ends of February, and the turn of each year (week 53, week 1)."""
    for year in range(START.year, END.year + 1):
        for month in (3, 10):
            last_sunday = date(year, month, 31) - timedelta(days=(date(year, month, 31).weekday() + 1) % 7)
            yield from _days(last_sunday - timedelta(days=1), last_sunday + timedelta(days=1))
        yield from _days(date(year, 2, 27), date(year, 3, 1))
        yield from _days(date(year, 12, 24), date(year, 12, 31))
        yield from _days(date(year, 1, 1), date(year, 1, 10))


def _minutes_of(day: date) -> Iterator[tuple[datetime, time]]:
    """Every minute of a local day, in UTC and as the wall shows it: 23, 24 or 25 hours of them."""
    at = datetime.combine(day, time(), ZONE).astimezone(UTC)
    while at.astimezone(ZONE).date() == day:
        yield at, at.astimezone(ZONE).time()
        at += timedelta(minutes=1)


WALL = {day: list(_minutes_of(day)) for day in sorted(set(_odd_days()))}


def _open_by_the_wall(openings: list[Opening]) -> set[tuple[int, int, datetime]]:
    """Place, service and minute of all that is open, each minute asked for itself."""
    return {
        (o.place, o.service, minute)
        for o in openings
        if o.status in STANDING
        for minute, shown in WALL.get(o.date, ())
        if o.starts <= shown < o.ends
    }


def _open_by_instants(openings: list[Opening]) -> set[tuple[int, int, datetime]]:
    """The same from beginning to end as instants, as calendars and feeds tell an opening."""
    found = set()
    for o in openings:
        if o.status in STANDING and o.date in WALL:
            at, end = (datetime.combine(o.date, clock, ZONE).astimezone(UTC) for clock in (o.starts, o.ends))
            while at < end:
                found.add((o.place, o.service, at))
                at += timedelta(minutes=1)
    return found


THROUGH_THE_NIGHT = HoursPlan([WeeklyHours(1, 1, 6, time(1), time(4), START)])


def test_the_days_of_clock_changes_have_23_and_25_hours() -> None:
    lengths = [len(minutes) for minutes in WALL.values()]
    assert (lengths.count(23 * 60), lengths.count(25 * 60)) == (10, 10)
    assert sum(day.isocalendar().week == 53 for day in WALL) == 2 * 7  # in 2020 and 2026
    assert sum((day.month, day.day) == (2, 29) for day in WALL) == 3


@settings(deadline=None, max_examples=15)
@given(plans())
@example(THROUGH_THE_NIGHT)
@example(HoursPlan(EVERY_DAY, yearly_weeks=[YearlyWeeks(53, 53, {"da": "uge 53"})]))
@example(HoursPlan([WeeklyHours(1, 1, weekday, NOON, FIVE, START, None, weekday + 1) for weekday in range(5)]))
def test_on_odd_days_every_minute_is_as_the_clock_on_the_wall_says(plan: HoursPlan) -> None:
    assert _open_by_instants(expand(plan, START, END)) == _open_by_the_wall(_reference(plan, START, END))


def test_the_night_of_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    found = _open_by_instants(expand(THROUGH_THE_NIGHT, date(2026, 1, 1), date(2026, 12, 31)))
    minutes = [minute.date() for _place, _service, minute in found]
    assert (minutes.count(date(2026, 3, 29)), minutes.count(date(2026, 10, 25))) == (120, 180)
