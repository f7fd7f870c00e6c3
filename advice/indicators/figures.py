"""The numbers of computed indicators: which periods they are counted in, and what the log says for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from advice.models import indicator_counts
from advice.models.indicator_counts import Codes, DailyCounts, Filters, filter_of
from advice.models.indicators import Agreement, AgreementLines, Indicator, Objective
from advice.rules.indicators import Direction, Pace, pace, reporting_year, reporting_years, twelve_months_to

MOST_YEARS = 10
"""Earlier years shown at most."""


class Period(StrEnum):
    """What a number was counted over: this reporting year, the last twelve months, a reporting year before."""

    YEAR = "year"
    MONTHS = "months"
    EARLIER = "earlier"


class Stretch(NamedTuple):
    """A period and its days, both inclusive."""

    period: Period
    first: date
    last: date


class Validity(NamedTuple):
    """First and last day (both inclusive) of something within an agreement; None: as long as that runs."""

    begins: date | None
    ends: date | None


@dataclass(frozen=True, slots=True)
class Figure:
    """What the log says for one stretch: a count, for a share also the whole it is a share of."""

    stretch: Stretch
    value: int
    whole: int | None
    recorded_from: date | None
    """The log begins within the stretch, on this day; None if it begins earlier."""
    recorded: bool
    """Whether the log had begun at all."""

    @property
    def percent(self) -> float | None:
        """The share in percent; None for a count and for a share of nothing."""
        return 100 * self.value / self.whole if self.whole else None


@dataclass(slots=True)
class Computed:
    """The numbers of one indicator: this year's, if the agreement runs, with its pace if it has one; and the others."""

    year: Figure | None = None
    pace: Pace | None = None
    others: list[Figure] = field(default_factory=list)


def computed(programme_id: int, agreements: Iterable[AgreementLines], today: date) -> dict[int, Computed]:
    """The numbers of every computed indicator, by its id; three queries in all, none if nothing is computed."""
    asked = {
        one.indicator: stretches(agreement.agreement, validity(objective.objective, one.indicator), today)
        for agreement in agreements
        for objective in agreement.objectives
        for one in objective.indicators
        if one.indicator.measure
    }
    if not asked:
        return {}
    codes = indicator_counts.codes_of(programme_id)
    begins = indicator_counts.log_begins(programme_id)
    filters = {indicator.id: filters_of(indicator, codes) for indicator in asked}
    wanted = [one for pair in filters.values() for one in pair if one is not None]
    first = max(begins or today, min((one.first for found in asked.values() for one in found), default=today))
    daily = indicator_counts.daily(programme_id, wanted, first, today)
    return {
        indicator.id: numbers(indicator, found, filters[indicator.id], daily, begins, today)
        for indicator, found in asked.items()
    }


def filters_of(indicator: Indicator, codes: Codes) -> tuple[Filters, Filters | None]:
    """What is counted, and for a share the whole; what is counted of a whole must be part of it."""
    counted = filter_of(indicator.counts, codes)
    if indicator.measure != "share":
        return (counted,), None
    whole = filter_of(indicator.of, codes)
    return (counted, whole), (whole,)


def validity(objective: Objective, indicator: Indicator) -> Validity:
    """When an indicator counts within its agreement: as long as its objective does too."""
    begins = [day for day in (objective.valid_from, indicator.valid_from) if day is not None]
    ends = [day for day in (objective.valid_to, indicator.valid_to) if day is not None]
    return Validity(max(begins, default=None), min(ends, default=None))


def stretches(agreement: Agreement, valid: Validity, today: date) -> list[Stretch]:
    """This reporting year and the last twelve months while the agreement and the indicator run, and earlier years.

    The newest first. An indicator that has ended counts to its last day.
    """
    first = max(agreement.valid_from, valid.begins or date.min)
    if first > today:
        return []
    start = agreement.year_month, agreement.year_day
    ends = valid.ends or date.max
    years = reporting_years(*start, first, min(agreement.valid_to, ends, today))[: MOST_YEARS + 1]
    if min(agreement.valid_to, ends) < today:
        return [Stretch(Period.EARLIER, begins, min(last, ends)) for begins, last in years]
    this_year = Stretch(Period.YEAR, *reporting_year(*start, today))
    earlier = [Stretch(Period.EARLIER, *year) for year in years[1:]]
    return [this_year, Stretch(Period.MONTHS, *twelve_months_to(today)), *earlier]


def numbers(
    indicator: Indicator,
    asked: Iterable[Stretch],
    filters: tuple[Filters, Filters | None],
    daily: DailyCounts,
    begins: date | None,
    today: date,
) -> Computed:
    """One indicator's figures in each of its stretches."""
    found = Computed()
    for stretch in asked:
        one = figure(stretch, filters, daily, begins)
        if stretch.period is Period.YEAR:
            found.year = one
        else:
            found.others.append(one)
    target, goal = indicator.target, Direction(indicator.direction)
    if found.year and target and indicator.measure == "count" and goal in (Direction.AT_LEAST, Direction.AT_MOST):
        _, first, last = found.year.stretch
        found.pace = pace(found.year.value, target, first, last, today, goal)
    return found


def figure(
    stretch: Stretch, filters: tuple[Filters, Filters | None], daily: DailyCounts, begins: date | None
) -> Figure:
    """What the log says for one stretch."""
    counted, whole = filters
    _, first, last = stretch
    return Figure(
        stretch,
        daily.total(counted, first, last),
        daily.total(whole, first, last) if whole is not None else None,
        begins if begins and first < begins <= last else None,
        begins is not None and begins <= last,
    )
