"""Hours in the formats of other programs, read back by other people's programs: nothing more, nothing less."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st

from advice.actions.closing_days import closing_days
from advice.formats import jsonld, osm
from advice.rules.closures import Closure
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours, expand
from advice.rules.openings import Opening
from advice.rules.recurrences import runs
from advice.rules.timetable import Timetable, timetable
from tests.hours_plans import plans
from tests.hours_readers import DayStretches, jsonld_hours, osm_hours, told_hours
from tests.judges import HoursLine, opening_hours_stretches

ZONE = ZoneInfo("Europe/Copenhagen")
YEAR = timedelta(days=364)
MONDAY = date(2026, 11, 23)
EASTER_MONDAY = date(2027, 3, 29)
NOON, FIVE = time(12), time(17)
MONDAYS = WeeklyHours(1, 1, 0, NOON, FIVE, date(2024, 1, 1))
CHRISTMAS_EVE = date(2026, 12, 24)
FIRST_DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
SHUT = {"da": "lukket"}
LENGTHS = st.sampled_from([0, 0, 0, 1, 6, 13])
"""How many days a closure lasts after its first: mostly none."""


def planned(plan: HoursPlan, first: date) -> tuple[Timetable, list[Opening]]:
    """A year of the first place of a plan."""
    openings = [opening for opening in expand(plan, first, first + YEAR) if opening.place == 1]
    weekly = [row for row in plan.weekly if row.place == 1]
    return timetable(weekly, openings, first, first + YEAR), openings


@st.composite
def years_with_closures(draw: st.DrawFn) -> tuple[HoursPlan, date]:
    """A plan and the first day of its year: weekly hours in force, and days of them that are closed."""
    first = draw(FIRST_DAYS)

    def a_day_of(row: WeeklyHours) -> date:
        weeks = draw(st.integers(0, 51))
        return first + timedelta(weeks=weeks, days=(row.weekday - first.weekday()) % 7)

    weekly = []
    for _ in range(draw(st.integers(1, 3))):
        starts, every = draw(st.integers(8, 14)), draw(st.sampled_from([1, 1, 1, 2]))
        since = first - timedelta(days=draw(st.integers(1, 400)))
        weekly.append(WeeklyHours(1, 1, draw(st.integers(0, 6)), time(starts), time(starts + 3), since, None, every))
    held = st.sampled_from(weekly)
    closures = []
    for _ in range(draw(st.integers(1, 4))):
        day = a_day_of(draw(held))
        closures.append(Closure(day, day + timedelta(days=draw(LENGTHS)), SHUT))
    changes = [DayHours(1, 1, a_day_of(draw(held)), time(7), time(9)) for _ in range(draw(st.integers(0, 2)))]
    extras = [DayHours(1, 1, a_day_of(draw(held)), time(18), time(19)) for _ in range(draw(st.integers(0, 2)))]
    holidays = dict.fromkeys(closing_days(first, first + YEAR), SHUT) if draw(st.booleans()) else {}
    return HoursPlan(weekly, closures, changes=changes, extras=extras, holidays=holidays), first


def closed_days(plan: HoursPlan, openings: list[Opening]) -> set[date]:
    """The days that would be open but for a closure, straight from the plan; of hours of every week."""
    usual = [row for row in plan.weekly if row.every_weeks == 1]
    closed = {opening.date for opening in openings} - set(told_hours(openings))
    return {day for day in closed if any(day.weekday() == row.weekday for row in usual)}


@settings(deadline=None, max_examples=60)
@given(years_with_closures())
def test_a_year_with_closed_days_is_read_back_as_it_is(drawn: tuple[HoursPlan, date]) -> None:
    plan, first = drawn
    table, openings = planned(plan, first)
    assume(closed_days(plan, openings))
    last, told = first + YEAR, told_hours(openings)
    assert jsonld_hours({"@context": "https://schema.org"} | jsonld.hours(table), first, last) == told
    assert osm_hours(osm.opening_hours(table, closing_days(first, last)), first, last) == told


@settings(max_examples=4, phases=[Phase.explicit, Phase.generate])  # each starts Node: too slow to make a fault smaller
@given(st.lists(years_with_closures(), min_size=3, max_size=6))
@example([(HoursPlan([WeeklyHours(1, 1, weekday, NOON, FIVE, MONDAY) for weekday in range(7)]), MONDAY)])
def test_opening_hours_js_reads_the_same_year(drawn: list[tuple[HoursPlan, date]]) -> None:
    asked: list[HoursLine] = []
    expected: list[DayStretches] = []
    for plan, first in drawn:
        table, openings = planned(plan, first)
        last = first + YEAR
        asked.append((osm.opening_hours(table, closing_days(first, last)), first, last))
        expected.append(told_hours(openings))
    assert opening_hours_stretches(asked) == expected


@settings(deadline=None, max_examples=60)
@given(plans(), FIRST_DAYS)
@example(HoursPlan([MONDAYS], holidays={EASTER_MONDAY: {"da": "2. påskedag"}}), MONDAY)
@example(HoursPlan([MONDAYS, WeeklyHours(1, 2, 0, time(16), time(19), MONDAY, MONDAY + timedelta(30))]), MONDAY)
def test_a_year_is_read_back_as_it_is(plan: HoursPlan, first: date) -> None:
    table, openings = planned(plan, first)
    last = first + YEAR
    told = told_hours(openings)
    assert jsonld_hours({"@context": "https://schema.org"} | jsonld.hours(table), first, last) == told
    holidays = closing_days(first, last)
    assert osm_hours(osm.opening_hours(table, holidays), first, last) == told


def test_a_public_holiday_that_is_open_as_usual_stands_by_date() -> None:
    table, openings = planned(HoursPlan([MONDAYS]), MONDAY)
    line = osm.opening_hours(table, [EASTER_MONDAY, date(2027, 12, 25)])
    assert line == "Mo 12:00-17:00; PH off; 2027 Mar 29 12:00-17:00"
    assert EASTER_MONDAY in told_hours(openings)


def test_what_only_some_readers_take_as_a_holiday_stands_by_date_where_it_is_open() -> None:
    plan = HoursPlan([WeeklyHours(1, 1, CHRISTMAS_EVE.weekday(), NOON, FIVE, MONDAY)])
    table, _ = planned(plan, MONDAY)
    assert osm.opening_hours(table) == "Th 12:00-17:00; PH off; 2026 Dec 24 12:00-17:00"
    closed, _ = planned(HoursPlan(plan.weekly, holidays={CHRISTMAS_EVE: SHUT}), MONDAY)
    assert osm.opening_hours(closed) == "Th 12:00-17:00; PH off; 2026 Dec 24 off"


def test_the_line_says_week_holidays_closed_ranges_and_changed_days_in_that_order() -> None:
    week = timedelta(weeks=1)
    plan = HoursPlan(
        [
            MONDAYS,
            WeeklyHours(1, 1, 2, time(9, 30), NOON, MONDAY, every_weeks=2),
            WeeklyHours(1, 1, 4, NOON, FIVE, MONDAY + 4 * week),
            WeeklyHours(1, 1, 5, NOON, FIVE, MONDAY + 9 * week),
        ],
        changes=[DayHours(1, 1, MONDAY + week, time(13), time(14))],
        holidays={day: {"da": "jul"} for day in (MONDAY + 5 * week, date(2027, 1, 1), MONDAY + 6 * week)},
    )
    last = MONDAY + 6 * week
    assert osm.opening_hours(timetable(plan.weekly, expand(plan, MONDAY, last), MONDAY, last)) == (
        "Mo 12:00-17:00; 2026 Dec 21-2027 Jan 04 Fr 12:00-17:00; PH off; 2026 Dec 28-2027 Jan 04 off; "
        "2026 Nov 25,2026 Dec 09,2026 Dec 23 09:30-12:00; 2026 Nov 30 13:00-14:00"
    )


def test_what_is_never_open_says_so_in_each_format() -> None:
    table = timetable([], [], MONDAY, MONDAY + YEAR)
    assert osm.opening_hours(table) == "off"
    assert jsonld.hours(table) == {}
    assert runs([], ZONE) == []


def test_a_closed_year_is_one_range() -> None:
    closed = {day: {"da": "lukket"} for day in (MONDAY + timedelta(days=n) for n in range(365))}
    table, _ = planned(HoursPlan([MONDAYS], holidays=closed), MONDAY)
    assert table.closed_ranges() == [(MONDAY, date(2027, 11, 22))]
    assert jsonld.hours(table)["specialOpeningHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "opens": "00:00",
            "closes": "00:00",
            "validFrom": "2026-11-23",
            "validThrough": "2027-11-22",
        }
    ]
