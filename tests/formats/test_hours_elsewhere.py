"""Hours in the formats of other programs, read back by other people's programs: nothing more, nothing less."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from advice.actions.closing_days import closing_days
from advice.formats import jsonld, osm
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours, expand
from advice.rules.openings import Opening
from advice.rules.recurrences import runs
from advice.rules.timetable import Timetable, timetable
from tests.hours_plans import plans
from tests.hours_readers import jsonld_hours, osm_hours, told_hours

ZONE = ZoneInfo("Europe/Copenhagen")
YEAR = timedelta(days=364)
MONDAY = date(2026, 11, 23)
EASTER_MONDAY = date(2027, 3, 29)
NOON, FIVE = time(12), time(17)
MONDAYS = WeeklyHours(1, 1, 0, NOON, FIVE, date(2024, 1, 1))
FIRST_DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def planned(plan: HoursPlan, first: date) -> tuple[Timetable, list[Opening]]:
    """A year of the first place of a plan."""
    openings = [opening for opening in expand(plan, first, first + YEAR) if opening.place == 1]
    weekly = [row for row in plan.weekly if row.place == 1]
    return timetable(weekly, openings, first, first + YEAR), openings


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
