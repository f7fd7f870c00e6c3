"""ISO weeks, as Danes count them (ISO 8601): they begin on Monday, and week 1 holds the first Thursday of the year."""

from datetime import date

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
