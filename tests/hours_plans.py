"""Plans of opening hours to try, made by hypothesis: weekly hours, closures, changes and extras of ten years."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import strategies as st

from advice.rules.closures import Closure, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours

START = date(2020, 1, 1)
END = date(2029, 12, 31)

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
    """Up to three or six of each kind, at two places with two services."""
    weekly = draw(st.lists(WEEKLY, max_size=3))
    changes = [DayHours(p, s, d, *span, r) for p, s, d, span, r in draw(st.lists(st.tuples(*ONE_DAY), max_size=3))]
    for row in weekly:  # a change on a day that nobody works is rarely the interesting one
        day = row.valid_from + timedelta(days=(row.weekday - row.valid_from.weekday()) % 7)
        if draw(st.booleans()):
            changes.append(DayHours(row.place, row.service, day, time(9), time(10)))
    extras = [DayHours(p, s, d, *span, r) for p, s, d, span, r in draw(st.lists(st.tuples(*ONE_DAY), max_size=3))]
    shut = [DayHours(p, s, d, *span, r) for p, s, d, span, r in draw(st.lists(st.tuples(*ONE_DAY), max_size=2))]
    begun = [row.valid_from + timedelta(days=(row.weekday - row.valid_from.weekday()) % 7) for row in weekly]
    places = [(row.place, row.service, day) for row, day in zip(weekly, begun, strict=True)]
    places += [(row.place, row.service, row.date) for row in extras]
    for there in places:  # nor is an extra opening that meets nothing
        if draw(st.booleans()):
            (extras if draw(st.booleans()) else shut).append(DayHours(*there, time(9), time(11)))
    return HoursPlan(
        weekly,
        draw(st.lists(CLOSURE, max_size=2)),
        draw(st.lists(YEARLY_DATES, max_size=2)),
        draw(st.lists(YEARLY_WEEKS, max_size=2)),
        changes,
        extras,
        draw(st.dictionaries(DAY, WORDS, max_size=3)),
        shut,
    )
