"""ISO weeks, as Danes count them (ISO 8601): they begin on Monday, and week 1 holds the first Thursday of the year."""

from datetime import date, timedelta

YEARS = range(2000, 2101)
"""The years that addresses of weeks reach."""


def week_of(day: date) -> tuple[int, int]:
    """(year, week) that a day lies in; the year of the week, which at New Year need not be the day's."""
    year, week, _weekday = day.isocalendar()
    return year, week


def monday_of(year: int, week: int) -> date | None:
    """The Monday of a week; None for a week that no calendar has, or outside `YEARS`."""
    if year not in YEARS:
        return None
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def quarter_of(day: date) -> tuple[int, int]:
    """(year, quarter 1-4) that the week of a day belongs to: as with years, the one in which its Thursday lies."""
    thursday = day + timedelta(days=3 - day.weekday())
    return thursday.year, (thursday.month - 1) // 3 + 1


def weeks_of_quarter(year: int, quarter: int) -> tuple[date, date] | None:
    """The first and last day of the whole weeks of a quarter, 12 to 14 of them; None outside `YEARS`."""
    if year not in YEARS:
        return None
    first = _first_week(date(year, quarter * 3 - 2, 1))
    after = _first_week(date(year + quarter // 4, quarter * 3 % 12 + 1, 1))
    return first, after - timedelta(days=1)


def _first_week(day: date) -> date:
    """The Monday of the first week whose Thursday does not lie before a day."""
    thursday = day + timedelta(days=(3 - day.weekday()) % 7)
    return thursday - timedelta(days=3)
