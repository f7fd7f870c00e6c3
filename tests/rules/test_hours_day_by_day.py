"""Opening hours -> dated openings over ten years, against a slow and obvious walk through every day."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from advice.rules.closures import Closure, Labels, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours, expand
from advice.rules.openings import Opening, Status

NOON, FIVE = time(12), time(17)
START = date(2020, 1, 1)
END = date(2029, 12, 31)


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
    found = []
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
        found += [
            Opening(e.place, e.service, day, e.starts, e.ends, Status.EXTRA, e.reason)
            for e in plan.extras
            if e.date == day
        ]
    return sorted(found, key=_order)


def _order(o: Opening) -> tuple[Any, ...]:
    return (o.date, o.starts, o.place, o.service, o.ends, o.status)


# --- plans to try ---

WORDS = st.sampled_from(["ferie", "personalemøde", "lejet ud"]).map(lambda word: {"da": word})
ID = st.integers(1, 2)
SCOPE = st.none() | ID
DAY = st.dates(START, END)
VALID = st.one_of(st.none(), DAY)
SPANS = st.tuples(st.integers(8, 13), st.integers(1, 6)).map(lambda t: (time(t[0]), time(t[0] + t[1])))
MONTH_DAY = st.one_of(st.just((2, 29)), st.dates(date(2020, 1, 1), date(2020, 12, 31)).map(lambda d: (d.month, d.day)))
WEEK = st.one_of(st.just(53), st.integers(1, 53))
WEEKLY = st.builds(
    lambda place, service, weekday, span, begins, ends, every: WeeklyHours(
        place, service, weekday, span[0], span[1], begins, ends, every
    ),
    *(ID, ID, st.integers(0, 6), SPANS, st.dates(date(2019, 11, 1), END), VALID, st.integers(1, 5)),
)
CLOSURE = st.builds(
    lambda first, length, reason, place, service: Closure(
        first, first + timedelta(days=length), reason, place, service
    ),
    *(DAY, st.integers(0, 40), WORDS, SCOPE, SCOPE),
)
YEARLY_DATES = st.builds(YearlyDates, MONTH_DAY, MONTH_DAY, WORDS, SCOPE, SCOPE, VALID, VALID)
YEARLY_WEEKS = st.builds(YearlyWeeks, WEEK, WEEK, WORDS, SCOPE, SCOPE, VALID, VALID)
ONE_DAY = (ID, ID, DAY, SPANS, st.none() | WORDS)


@st.composite
def plans(draw: st.DrawFn) -> HoursPlan:
    weekly = draw(st.lists(WEEKLY, max_size=3))
    changes = [DayHours(p, s, d, *span, r) for p, s, d, span, r in draw(st.lists(st.tuples(*ONE_DAY), max_size=3))]
    for row in weekly:  # a change on a day that nobody works is rarely the interesting one
        day = row.valid_from + timedelta(days=(row.weekday - row.valid_from.weekday()) % 7)
        if draw(st.booleans()):
            changes.append(DayHours(row.place, row.service, day, time(9), time(10)))
    extras = [DayHours(p, s, d, *span, r) for p, s, d, span, r in draw(st.lists(st.tuples(*ONE_DAY), max_size=3))]
    return HoursPlan(
        weekly,
        draw(st.lists(CLOSURE, max_size=2)),
        draw(st.lists(YEARLY_DATES, max_size=2)),
        draw(st.lists(YEARLY_WEEKS, max_size=2)),
        changes,
        extras,
        draw(st.dictionaries(DAY, WORDS, max_size=3)),
    )


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
