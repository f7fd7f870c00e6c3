"""Opening hours -> dated openings, on the agreements' own calendar and one rule at a time."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from holidays import country_holidays

from advice.rules.closures import Closure, Labels, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours, expand
from advice.rules.openings import Status

pytestmark = pytest.mark.usefixtures("process_timezone")

NOON, FIVE = time(12), time(17)
START = date(2020, 1, 1)


# --- the agreement's own calendar ---


def _danish_holidays(years: range) -> dict[date, Labels]:
    """Public holidays, and the customary closing days 5 June, 24 and 31 December switched on."""
    public = country_holidays("DK", years=years, language="da")
    both = country_holidays("DK", years=years, language="da", categories=("public", "optional"))
    customary = {(6, 5), (12, 24), (12, 31)}
    return {day: {"da": name} for day, name in both.items() if day in public or (day.month, day.day) in customary}


def _three_places() -> HoursPlan:
    """Mondays, Tuesdays and Thursdays "kl 12-17"; closed at Christmas and in the summer weeks."""
    return HoursPlan(
        weekly=[
            WeeklyHours(place, 1, weekday, NOON, FIVE, date(2021, 9, 1)) for place, weekday in ((1, 0), (2, 1), (3, 3))
        ],
        yearly_dates=[YearlyDates((12, 23), (1, 2), {"da": "Jul"})],
        yearly_weeks=[YearlyWeeks(28, 30, {"da": "Sommer"})],
        holidays=_danish_holidays(range(2024, 2029)),
    )


@pytest.mark.parametrize(("year", "kept"), [(2025, [46, 47, 44]), (2026, [46, 48, 45]), (2027, [46, 48, 45])])
def test_the_agreements_openings_are_as_many_as_a_calendar_counts(year: int, kept: list[int]) -> None:
    found = expand(_three_places(), date(year, 1, 1), date(year, 12, 31))
    opened = [sum(o.status is Status.OPEN for o in found if o.place == place) for place in (1, 2, 3)]
    assert opened == kept


def test_thursdays_lose_the_days_they_should() -> None:
    found = expand(_three_places(), date(2025, 1, 9), date(2025, 6, 30))
    closed = [(o.date, dict(o.reason or {})["da"]) for o in found if o.place == 3 and o.status is Status.CLOSED]
    assert closed == [
        (date(2025, 4, 17), "Skærtorsdag"),
        (date(2025, 5, 29), "Kristi himmelfartsdag"),
        (date(2025, 6, 5), "Grundlovsdag"),
    ]


# --- one rule at a time ---

MONDAY = date(2026, 11, 23)
PLAN = HoursPlan(weekly=[WeeklyHours(1, 1, 0, NOON, FIVE, date(2026, 1, 1))])


def _on_monday(**parts: Any) -> list[tuple[time, time, Status, Labels | None]]:
    plan = HoursPlan(**{"weekly": PLAN.weekly, **parts})
    return [(o.starts, o.ends, o.status, o.reason) for o in expand(plan, MONDAY, MONDAY)]


def test_a_closed_day_keeps_its_usual_times_and_tells_why() -> None:
    change = DayHours(1, 1, MONDAY, time(12), time(14))
    closure = Closure(MONDAY, MONDAY, {"da": "Lejet ud"}, place=1)
    assert _on_monday(closures=[closure], changes=[change]) == [(NOON, FIVE, Status.CLOSED, {"da": "Lejet ud"})]


def test_a_public_holidays_reason_goes_first_then_a_single_closures_then_a_yearly_ones() -> None:
    yearly = {
        "yearly_weeks": [YearlyWeeks(48, 48, {"da": "uge"})],
        "yearly_dates": [YearlyDates((11, 1), (12, 1), {"da": "dato"})],
    }
    single = {"closures": [Closure(MONDAY, MONDAY, {"da": "enkelt"})]}
    assert _on_monday(**yearly)[0][3] == {"da": "dato"}
    assert _on_monday(**yearly, **single)[0][3] == {"da": "enkelt"}
    assert _on_monday(**yearly, **single, holidays={MONDAY: {"da": "helligdag"}})[0][3] == {"da": "helligdag"}


def test_a_closure_elsewhere_closes_nothing_here() -> None:
    for scope in ({"place": 2}, {"service": 2}, {"place": 1, "service": 2}):
        closure = Closure(MONDAY, MONDAY, {"da": "x"}, **scope)
        assert _on_monday(closures=[closure]) == [(NOON, FIVE, Status.OPEN, None)]


def test_changed_hours_replace_every_weekly_stretch_of_that_day() -> None:
    two_stretches = [WeeklyHours(1, 1, 0, time(9), time(11), date(2026, 1, 1)), *PLAN.weekly]
    changes = [
        DayHours(1, 1, MONDAY, time(14), time(15)),
        DayHours(1, 1, MONDAY, time(12), time(13), {"da": "m"}),
    ]
    assert _on_monday(weekly=two_stretches, changes=changes) == [
        (time(12), time(13), Status.CHANGED, {"da": "m"}),
        (time(14), time(15), Status.CHANGED, None),
    ]


def test_changed_hours_open_no_day_without_weekly_hours() -> None:
    tuesday = MONDAY + timedelta(days=1)
    plan = HoursPlan(weekly=PLAN.weekly, changes=[DayHours(1, 1, tuesday, NOON, FIVE)])
    assert expand(plan, tuesday, tuesday) == []


def test_an_extra_opening_stands_on_a_closed_day_in_place_of_what_it_overlaps() -> None:
    extra = DayHours(1, 1, MONDAY, NOON, time(13), {"da": "Ekstra"})
    holiday = {MONDAY: {"da": "helligdag"}}
    assert [one[2] for one in _on_monday(holidays=holiday, extras=[extra])] == [Status.EXTRA]
    earlier = replace(extra, starts=time(9), ends=NOON)
    assert [one[2] for one in _on_monday(holidays=holiday, extras=[earlier])] == [Status.EXTRA, Status.CLOSED]
    for elsewhere in (replace(extra, place=2), replace(extra, service=2)):
        assert [one[2] for one in _on_monday(holidays=holiday, extras=[elsewhere])] == [Status.CLOSED, Status.EXTRA]


def test_an_extra_opening_that_a_closing_took_is_told_unless_something_overlaps_it() -> None:
    shut = DayHours(1, 1, MONDAY, time(9), time(11), {"da": "Sygdom"})
    told = (time(9), time(11), Status.CLOSED, {"da": "Sygdom"})
    assert _on_monday(shut_extras=[shut]) == [told, (NOON, FIVE, Status.OPEN, None)]
    assert _on_monday(shut_extras=[shut, shut])[0] == told
    assert len(_on_monday(shut_extras=[shut, shut])) == 2
    for over in (replace(shut, starts=time(16), ends=time(18)), replace(shut, date=MONDAY + timedelta(days=1))):
        assert _on_monday(shut_extras=[over]) == [(NOON, FIVE, Status.OPEN, None)]


def test_every_other_week_counts_iso_weeks_also_across_a_week_53() -> None:
    row = WeeklyHours(1, 1, 0, NOON, FIVE, date(2026, 12, 10), every_weeks=2)  # a Thursday of week 50
    found = [o.date for o in expand(HoursPlan([row]), date(2026, 12, 1), date(2027, 1, 31))]
    assert found == [date(2026, 12, 21), date(2027, 1, 4), date(2027, 1, 18)]
    assert date(2026, 12, 31).isocalendar().week == 53


def test_the_ends_of_the_calendar_are_days_too() -> None:
    rows = [WeeklyHours(1, 1, weekday, NOON, FIVE, date.min) for weekday in range(7)]
    assert [o.date for o in expand(HoursPlan(rows), date.max, date.max)] == [date.max]
    assert [o.date for o in expand(HoursPlan(rows), date.min, date.min)] == [date.min]


def test_a_window_that_ends_before_it_begins_is_empty() -> None:
    assert expand(PLAN, MONDAY, MONDAY - timedelta(days=7)) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: WeeklyHours(1, 1, 7, NOON, FIVE, START),
        lambda: WeeklyHours(1, 1, 0, FIVE, NOON, START),
        lambda: WeeklyHours(1, 1, 0, NOON, FIVE, START, None, 0),
        lambda: Closure(MONDAY, MONDAY - timedelta(days=1), {"da": "x"}),
        lambda: YearlyDates((2, 30), (3, 1), {"da": "x"}),
        lambda: YearlyWeeks(0, 3, {"da": "x"}),
        lambda: YearlyWeeks(1, 54, {"da": "x"}),
        lambda: DayHours(1, 1, MONDAY, NOON, NOON),
        lambda: DayHours(1, 1, MONDAY, FIVE, NOON),
    ],
)
def test_what_no_calendar_has_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()
