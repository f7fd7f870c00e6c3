"""Edits of opening hours, against a slow and obvious reference: sets of open minutes a place, service and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.closures import Closure
from advice.rules.differences import StoredOpening
from advice.rules.hours import DayHours, WeeklyHours, expand
from advice.rules.hours_book import Book, patched, plan_of
from advice.rules.hours_edits import (
    NotBegun,
    NothingThere,
    begin,
    close,
    coming_weeks,
    doubled,
    end,
    is_skipped,
    meeting,
    move,
    open_extra,
    other_time,
    skipped_by_clocks,
    together,
)
from advice.rules.hours_effects import Duty, Effects, Fate, digest, effects, shifts_touched
from advice.rules.openings import STANDING, Opening, Status

TODAY = date(2026, 11, 23)
LAST = TODAY + timedelta(days=40)
REASON = {"da": "Ferie"}
Minute = tuple[int, int, date, int]

days = st.dates(TODAY, LAST)
hours_of_day = st.integers(8, 18)
keys = st.sampled_from([1, 2])


@st.composite
def weekly(draw: st.DrawFn) -> WeeklyHours:
    starts = draw(hours_of_day)
    begins = draw(st.dates(TODAY - timedelta(days=60), LAST))
    ends = draw(st.none() | st.integers(0, 60).map(lambda more: begins + timedelta(days=more)))
    every = draw(st.sampled_from([1, 1, 2, 3]))
    where, span = (draw(keys), draw(keys), draw(st.integers(0, 6))), (time(starts), time(starts + 3))
    return WeeklyHours(*where, *span, begins, ends, every)


@st.composite
def closures(draw: st.DrawFn) -> Closure:
    first = draw(days)
    return Closure(
        first, first + timedelta(days=draw(st.integers(0, 20))), REASON, draw(st.none() | keys), draw(st.none() | keys)
    )


@st.composite
def day_hours(draw: st.DrawFn) -> DayHours:
    starts = draw(hours_of_day)
    return DayHours(draw(keys), draw(keys), draw(days), time(starts), time(starts + draw(st.integers(1, 4))))


def _keyed(rows: list[object]) -> dict[int, object]:
    return dict(enumerate(rows, 1))


books = st.builds(
    lambda w, c, h, e: Book(_keyed(w), _keyed(c), _keyed(h), _keyed(e)),  # type: ignore[arg-type]
    st.lists(weekly(), max_size=4), st.lists(closures(), max_size=2), st.lists(day_hours(), max_size=3),
    st.lists(day_hours(), max_size=3),
)  # fmt: skip


def made(book: Book) -> list[Opening]:
    return expand(plan_of(book, {}), TODAY, LAST)


def minutes(openings: list[Opening]) -> set[Minute]:
    """Every minute with a door open."""
    return {
        (one.place, one.service, one.date, minute)
        for one in openings
        if one.status in STANDING
        for minute in range(one.starts.hour * 60 + one.starts.minute, one.ends.hour * 60 + one.ends.minute)
    }


@given(books, closures())
def test_closing_closes_every_minute_in_its_days_there_and_no_other(book: Book, closing: Closure) -> None:
    def inside(minute: Minute) -> bool:
        place, service, day, _at = minute
        there = closing.place in (None, place) and closing.service in (None, service)
        return there and closing.first <= day <= closing.last

    before, after = minutes(made(book)), minutes(made(patched(book, close(book, [closing]))))
    assert after == {minute for minute in before if not inside(minute)}


@given(books, day_hours())
def test_an_extra_opening_opens_its_minutes_and_changes_no_other(book: Book, extra: DayHours) -> None:
    own = minutes([Opening(extra.place, extra.service, extra.date, extra.starts, extra.ends, Status.EXTRA)])
    assert minutes(made(patched(book, open_extra(extra)))) == minutes(made(book)) | own


@given(books, day_hours())
def test_other_hours_are_all_that_the_service_has_there_that_day(book: Book, wanted: DayHours) -> None:
    before = made(book)
    there = [one for one in before if one.date == wanted.date]
    key = (wanted.place, wanted.service, wanted.date)
    try:
        patch = other_time(book, there, wanted)
    except NothingThere:
        assert not any(minute[:3] == key for minute in minutes(before))
        return
    own = minutes([Opening(*key, wanted.starts, wanted.ends, Status.CHANGED)])
    assert minutes(made(patched(book, patch))) == {one for one in minutes(before) if one[:3] != key} | own


@given(books, days, days, keys)
def test_a_moved_day_has_the_same_minutes_on_the_other_day(book: Book, day: date, to: date, place: int) -> None:
    if day == to:
        return
    before = minutes(made(book))
    closing = Closure(day, day, REASON, place)
    mine = {one for one in before if one[0] == place and one[2] == day}
    try:
        patch = move(book, [one for one in made(book) if one.date == day], closing, to)
    except NothingThere:
        assert not mine
        return
    wanted = (before - mine) | {(p, service, to, minute) for p, service, _day, minute in mine}
    assert minutes(made(patched(book, patch))) == wanted


@given(books, weekly(), st.integers(0, 3))
def test_new_weekly_hours_change_nothing_before_they_begin_and_end_the_old_ones(
    book: Book, new: WeeklyHours, which: int
) -> None:
    old = list(book.weekly)[which] if which < len(book.weekly) else None
    try:
        after = patched(book, begin(book, new, old))
    except NotBegun:
        assert old is not None and book.weekly[old].valid_from >= new.valid_from
        return
    assert {one for one in minutes(made(book)) if one[2] < new.valid_from} == {
        one for one in minutes(made(after)) if one[2] < new.valid_from
    }
    rest = {key: row for key, row in book.weekly.items() if key != old}
    alone = Book({**rest, 99: new}, book.closures, book.changes, book.extras)
    assert {one for one in minutes(made(after)) if one[2] >= new.valid_from} == {
        one for one in minutes(made(alone)) if one[2] >= new.valid_from
    }


@given(books, days)
def test_weekly_hours_that_stop_are_open_until_their_last_day(book: Book, last: date) -> None:
    for key, row in book.weekly.items():
        if last < row.valid_from:
            with pytest.raises(NotBegun):
                end(book, key, last)
            continue
        after = patched(book, end(book, key, last))
        going_on = Book({**book.weekly, key: replace(row, valid_to=None)}, book.closures, book.changes, book.extras)
        assert [one for one in made(after) if one.date <= last] == [one for one in made(going_on) if one.date <= last]
        rest = {other: row for other, row in book.weekly.items() if other != key}
        without = Book(rest, book.closures, book.changes, book.extras)
        assert [one for one in made(after) if one.date > last] == [one for one in made(without) if one.date > last]


@given(books, books, st.lists(st.tuples(keys, days, hours_of_day, st.integers(1, 5)), max_size=4))
def test_shifts_are_touched_as_the_minutes_say(one: Book, other: Book, drawn: list[tuple[int, date, int, int]]) -> None:
    duties = [
        Duty(number, 1, number, place, day, time(starts), time(starts + length))
        for number, (place, day, starts, length) in enumerate(drawn)
    ]
    was = {(place, day, at) for place, _service, day, at in minutes(made(one))}
    will = {(place, day, at) for place, _service, day, at in minutes(made(other))}
    wanted = {}
    for duty in duties:
        own = {(duty.place, duty.date, at) for at in range(duty.starts.hour * 60, duty.ends.hour * 60)}
        if own & was != own & will:
            less = Fate.PARTLY if (own & was) - will else Fate.BACK
            wanted[duty.key] = Fate.OUTSIDE if own & was and not own & will else less
    assert {duty.key: fate for duty, fate in shifts_touched(made(one), made(other), duties)} == wanted


@given(books, books)
def test_effects_say_every_minute_that_changes(one: Book, other: Book) -> None:
    stored = [StoredOpening(key, opening) for key, opening in enumerate(made(one))]
    found: Effects = effects(stored, made(other), [], TODAY)
    lost = minutes([*found.gone, *(before for before, _after in found.other)])
    gained = minutes([*found.come, *(after for _before, after in found.other)])
    if not doubled(made(one)) and not doubled(made(other)):
        assert (minutes(made(one)) - lost) | gained == minutes(made(other))
    assert found.touches or minutes(made(one)) == minutes(made(other))


@given(books)
def test_overlaps_are_found_as_by_comparing_minutes(book: Book) -> None:
    openings = [one for one in made(book) if one.status in STANDING]
    for a, b in together(made(book)):
        assert a.place != b.place
        assert {m[3] for m in minutes([a])} & {m[3] for m in minutes([b])}
    shared = {
        (a.date, a.place, b.place)
        for a in openings
        for b in openings
        if a.place < b.place and a.date == b.date and {m[3] for m in minutes([a])} & {m[3] for m in minutes([b])}
    }
    assert {(a.date, *sorted((a.place, b.place))) for a, b in together(made(book))} == shared


def test_an_extra_opening_overlaps_what_is_open_and_takes_the_place_of_what_is_closed() -> None:
    extra = Opening(1, 1, TODAY, time(12), time(15), Status.EXTRA)
    assert doubled([Opening(1, 1, TODAY, time(14), time(17), Status.OPEN), extra])
    book = Book(
        {1: WeeklyHours(1, 1, 0, time(12), time(17), TODAY)},
        {1: Closure(TODAY, TODAY, REASON)},
        extras={1: DayHours(1, 1, TODAY, time(12), time(15))},
    )
    assert expand(plan_of(book, {}), TODAY, TODAY) == [extra]


@pytest.mark.parametrize(
    ("first", "last", "year", "found"),
    [
        (28, 30, None, (date(2027, 7, 12), date(2027, 8, 1))),
        (48, 48, None, (TODAY, date(2026, 11, 29))),
        (47, 47, None, (date(2027, 11, 22), date(2027, 11, 28))),
        (52, 1, None, (date(2026, 12, 21), date(2027, 1, 10))),
        (53, 53, None, (date(2026, 12, 28), date(2027, 1, 3))),
        (28, 30, 2028, (date(2028, 7, 10), date(2028, 7, 30))),
        (28, 30, 2026, None),
        (53, 53, 2027, None),
        (0, 1, None, None),
        (30, 28, None, None),
        (51, 8, None, (date(2026, 12, 14), date(2027, 2, 28))),
        (50, 8, None, None),
    ],
)
def test_weeks_are_the_next_that_are_not_over(
    first: int, last: int, year: int | None, found: tuple[date, date] | None
) -> None:
    assert coming_weeks(first, last, TODAY, year) == found


@pytest.mark.usefixtures("process_timezone")
def test_the_hour_that_the_clocks_jump_over_is_no_hour() -> None:
    zone = ZoneInfo("Europe/Copenhagen")
    assert [hour for hour in range(24) if is_skipped(date(2026, 3, 29), time(hour, 30), zone)] == [2]
    assert not any(is_skipped(date(2026, 10, 25), time(hour, 30), zone) for hour in range(24))
    assert not is_skipped(date(2026, 3, 29), time(3), zone)


@pytest.mark.usefixtures("process_timezone")
@pytest.mark.parametrize(
    ("weekday", "starts", "ends", "every", "skipped"),
    [(6, 2, 4, 1, True), (6, 1, 2, 1, True), (6, 1, 4, 1, False), (5, 2, 3, 1, False), (6, 2, 3, 5, True)],
)
def test_weekly_hours_in_the_hour_that_the_clocks_jump_over_are_found(
    weekday: int, starts: int, ends: int, every: int, skipped: bool
) -> None:
    row = WeeklyHours(1, 1, weekday, time(starts), time(ends), TODAY, None, every)
    assert skipped_by_clocks(row, ZoneInfo("Europe/Copenhagen")) is skipped
    assert not skipped_by_clocks(replace(row, valid_to=date(2027, 3, 27)), ZoneInfo("Europe/Copenhagen"))
    assert not skipped_by_clocks(row, ZoneInfo("UTC"))


@given(weekly(), weekly(), days)
def test_the_first_day_that_weekly_hours_share_is_as_a_calendar_shows(
    one: WeeklyHours, other: WeeklyHours, after: date
) -> None:
    other = replace(other, place=one.place, service=one.service, weekday=one.weekday)
    found = {
        number: {opening.date for opening in expand(plan_of(Book({1: row}), {}), after, after + timedelta(days=200))}
        for number, row in enumerate((one, other))
    }
    at_once = one.starts < other.ends and other.starts < one.ends
    shared = found[0] & found[1] if at_once else set()
    assert meeting(one, other, after) == min(shared, default=None)


def test_a_digest_differs_when_anything_shown_differs() -> None:
    duty = Duty(1, 1, 1, 1, TODAY, time(12), time(17))
    newer = replace(duty, version=2)
    one, other = (Effects(shifts=((each, Fate.OUTSIDE),)) for each in (duty, newer))
    assert digest(one) == digest(Effects(shifts=((duty, Fate.OUTSIDE),)))
    assert digest(one) != digest(other)
