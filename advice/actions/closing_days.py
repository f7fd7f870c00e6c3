"""The days on which all is closed: Danish public holidays, and the customary days a programme has switched on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays
from holidays.constants import OPTIONAL, PUBLIC

from advice.rules.closures import Labels


def closing_days(first: date, last: date, customary: Iterable[str] = ()) -> dict[date, Labels]:
    """Public holidays from first to last (inclusive) with their Danish names, and the customary days.

    `customary` lists days as MM-DD ("06-05", "12-24", "12-31"): the optional days of the package that are
    switched on. A day that is not in the package either is closed all the same, under a plain name.
    """
    years = range(first.year, last.year + 1)
    found: dict[date, Labels] = {
        day: {"da": name}
        for day, name in holidays.country_holidays("DK", years=years, language="da", categories=PUBLIC).items()
    }
    optional = holidays.country_holidays("DK", years=years, language="da", categories=OPTIONAL)
    switched_on = set(customary)
    for year in years:
        for day in _days_of(year, switched_on):
            found.setdefault(day, {"da": optional.get(day) or "Lukkedag"})
    return {day: name for day, name in found.items() if first <= day <= last}


def _days_of(year: int, month_days: set[str]) -> list[date]:
    """The MM-DD days that a year has (29 February only in some)."""
    found = []
    for text in month_days:
        month, day = (int(part) for part in text.split("-"))
        if (month, day) != (2, 29) or (year % 4 == 0 and year % 100 != 0) or year % 400 == 0:
            found.append(date(year, month, day))
    return found
