"""Edits of opening hours taken back: any edit from any book, many in reverse order, and the cases people met."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advice.rules.closures import Closure
from advice.rules.hours import DayHours, WeeklyHours, expand
from advice.rules.hours_book import Book, Patch, Sort, patched, plan_of, taken_over
from advice.rules.hours_edits import NotBegun, NothingThere, begin, close, doubled, end, move, open_extra, other_time
from advice.rules.hours_undo import take_back
from advice.rules.openings import STANDING, Opening, Status
from tests.rules.test_hours_edits import LAST, REASON, TODAY, books, closures, day_hours, days, keys, made, weekly

THU, FRI, SAT = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 28)
ILL, LENT = {"da": "Sygdom"}, {"da": "Udlejet"}


@dataclass
class Desk:
    """A book and the edits that were made of it, in order: each with a row to take it back by."""

    book: Book
    edits: list[tuple[Sort, int]] = field(default_factory=list)

    def do(self, patch: Patch) -> tuple[Sort, int]:
        """Store a patch; gives a row of it."""
        number = len(self.edits) + 1
        self.book = patched(self.book, patch, number)
        own = [key for key, edit in self.book.made.items() if edit == number]
        self.edits.append(own[-1])
        return own[-1]

    def undo(self, row: tuple[Sort, int]) -> None:
        self.book = patched(self.book, take_back(self.book, *row))

    def on(self, day: date) -> list[Opening]:
        return expand(plan_of(self.book, {}), day, day)

    def open(self, first: date = THU, last: date = SAT) -> list[tuple[int, int, int]]:
        """Day of the month, first and last hour of what is open."""
        found = expand(plan_of(self.book, {}), first, last)
        return [(one.date.day, one.starts.hour, one.ends.hour) for one in found if one.status in STANDING]

    def move(self, day: date, to: date, reason: dict[str, str] = REASON) -> tuple[Sort, int]:
        return self.do(move(self.book, self.on(day), Closure(day, day, reason, 1), to))

    def close(self, first: date, last: date | None = None) -> tuple[Sort, int]:
        return self.do(close(self.book, [Closure(first, last or first, ILL)]))


def desk(**more: dict[int, DayHours]) -> Desk:
    """Thursdays 12-17."""
    return Desk(Book({1: WeeklyHours(1, 1, 3, time(12), time(17), TODAY)}, **more))  # type: ignore[arg-type]


def hours(day: date, starts: int, ends: int) -> DayHours:
    return DayHours(1, 1, day, time(starts), time(ends))


# --- any book ---

ACTS = ("close", "move", "extra", "other", "begin")
drawn = st.tuples(st.sampled_from(ACTS), closures(), days, days, day_hours(), weekly(), st.integers(0, 5), keys)


def patch_of(book: Book, what: tuple[Any, ...]) -> Patch | None:
    """The edit drawn; None where it cannot be."""
    act, closing, day, to, wanted, new, which, place = what
    there = [one for one in made(book) if one.date == (wanted.date if act == "other" else day)]
    old = list(book.weekly)[which] if which < len(book.weekly) else None
    try:
        if act == "close":
            return close(book, [closing])
        if act == "move":
            return move(book, there, Closure(day, day, REASON, place), to) if day != to else None
        if act == "extra":
            return open_extra(wanted)
        if act == "other":
            return other_time(book, there, wanted)
        if old is not None and taken_over(book, old):
            return None
        return begin(book, new, old)
    except (NothingThere, NotBegun):
        return None


@settings(deadline=None)
@given(books, st.lists(drawn, min_size=1, max_size=5))
def test_edits_taken_back_in_reverse_order_leave_everything_as_it_was(
    book: Book, wanted: list[tuple[Any, ...]]
) -> None:
    at = Desk(book)
    states = []
    for what in wanted:
        patch = patch_of(at.book, what)
        after = patched(at.book, patch, 99) if patch is not None else None
        if patch is None or after is None or doubled(made(after)) - doubled(made(at.book)):
            continue  # cannot be saved
        states.append((made(at.book), at.book))
        at.do(patch)
    for row, (before, book_before) in zip(reversed(at.edits), reversed(states), strict=True):
        at.undo(row)
        assert made(at.book) == before
        assert dict(at.book.weekly) == dict(book_before.weekly)


@settings(deadline=None)
@given(books, st.lists(closures(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_closings_taken_back_in_any_order_leave_everything_as_it_was(
    book: Book, wanted: list[Closure], dice: random.Random
) -> None:
    """One that another replaced stands again, and can be taken back, once that one is."""
    at = Desk(book)
    for closing in [*wanted, wanted[0]]:
        at.do(close(at.book, [closing]))
    while left := [key for key in at.book.closures if (Sort.CLOSURE, key) in at.book.made]:
        at.undo((Sort.CLOSURE, dice.choice(left)))
    assert made(at.book) == made(book)
    assert at.book.extras == book.extras and not at.book.gone


# --- the cases people met ---


def test_a_move_is_taken_back_as_a_whole_by_either_half() -> None:
    for half in (0, 1):
        at = desk()
        before = at.open()
        at.move(THU, FRI)
        assert at.open() == [(27, 12, 17)]
        rows = sorted(key for key in at.book.made)
        at.undo(rows[half])
        assert at.open() == before == [(26, 12, 17)]


def test_closing_the_day_it_was_moved_to_gives_that_back() -> None:
    at = desk()
    at.move(THU, FRI)
    ill = at.close(FRI)
    assert at.open() == []
    at.undo(ill)
    assert at.open() == [(27, 12, 17)]


def test_of_two_moves_in_a_row_the_second_taken_back_leaves_the_first() -> None:
    at = desk()
    first = at.move(THU, FRI)
    second = at.move(FRI, SAT)
    assert at.open() == [(28, 12, 17)]
    at.undo(second)
    assert at.open() == [(27, 12, 17)]
    at.undo(first)
    assert at.open() == [(26, 12, 17)]


def test_the_first_of_two_moves_taken_back_first_is_not_revived_by_the_second() -> None:
    at = desk()
    first = at.move(THU, FRI)
    second = at.move(FRI, SAT)
    at.undo(first)
    assert at.open() == [(26, 12, 17), (28, 12, 17)]
    at.undo(second)
    assert at.open() == [(26, 12, 17)]


def test_other_hours_on_an_extra_opening_taken_back_leave_the_extra_opening() -> None:
    at = desk()
    at.do(open_extra(hours(SAT, 9, 12)))
    shorter = at.do(other_time(at.book, at.on(SAT), hours(SAT, 10, 11)))
    assert at.open() == [(26, 12, 17), (28, 10, 11)]
    at.undo(shorter)
    assert at.open() == [(26, 12, 17), (28, 9, 12)]


def test_other_hours_twice_go_back_one_step() -> None:
    at = desk()
    at.do(other_time(at.book, at.on(THU), hours(THU, 13, 15)))
    again = at.do(other_time(at.book, at.on(THU), hours(THU, 14, 15)))
    at.undo(again)
    assert at.open() == [(26, 13, 15)]


def test_one_of_two_moves_to_a_day_takes_back_only_its_own_openings() -> None:
    at = desk()
    at.book = Book({**at.book.weekly, 2: WeeklyHours(1, 1, 2, time(8), time(10), TODAY)})
    wed = THU - timedelta(days=1)
    at.move(wed, FRI)
    own = at.move(THU, FRI)
    at.do(open_extra(hours(FRI, 18, 20)))
    at.undo(own)
    assert at.open(wed) == [(26, 12, 17), (27, 8, 10), (27, 18, 20)]


def test_new_hours_that_took_over_from_none_leave_those_that_stopped_the_day_before_alone() -> None:
    at = desk()
    at.book = patched(at.book, end(at.book, 1, THU), 7)
    new = at.do(begin(at.book, WeeklyHours(1, 1, 4, time(9), time(11), FRI)))
    at.undo(new)
    assert at.book.weekly[1].valid_to == THU


def test_new_hours_taken_back_give_the_old_ones_the_last_day_they_had() -> None:
    for last in (None, LAST):
        at = desk()
        at.book = patched(at.book, end(at.book, 1, last)) if last else at.book
        new = at.do(begin(at.book, WeeklyHours(1, 1, 4, time(9), time(11), SAT), 1))
        assert at.book.weekly[1].valid_to == FRI and taken_over(at.book, 1)
        at.undo(new)
        assert at.book.weekly[1].valid_to == last and not taken_over(at.book, 1)


def test_an_extra_opening_that_two_closings_took_stays_away_until_both_are_taken_back() -> None:
    at = desk()
    at.do(open_extra(hours(SAT, 9, 12)))
    day, week = at.close(SAT), at.close(THU, SAT)
    at.undo(day)
    assert at.open() == []
    assert [(one.status, one.reason) for one in at.on(SAT)] == [(Status.CLOSED, ILL)]
    at.undo(week)
    assert at.open() == [(26, 12, 17), (28, 9, 12)]


def test_an_extra_opening_made_anew_after_a_closing_is_not_doubled_when_that_is_taken_back() -> None:
    at = desk()
    at.do(open_extra(hours(SAT, 9, 12)))
    ill = at.close(SAT)
    at.do(open_extra(hours(SAT, 10, 13)))
    at.undo(ill)
    assert at.open() == [(26, 12, 17), (28, 10, 13)]


def test_closing_the_same_days_again_replaces_the_closing_and_goes_back_to_it() -> None:
    at = desk()
    at.close(THU)
    again = at.do(close(at.book, [Closure(THU, THU, LENT)]))
    assert len(at.book.closures) == 1 and at.on(THU)[0].reason == LENT
    at.undo(again)
    assert len(at.book.closures) == 1 and at.on(THU)[0].reason == ILL


def test_a_closed_extra_opening_is_told_with_the_reason_of_what_closed_it() -> None:
    at = desk()
    at.do(open_extra(hours(SAT, 9, 12)))
    at.close(SAT)
    at.do(close(at.book, [Closure(SAT, SAT, LENT)]))
    assert at.on(SAT) == [Opening(1, 1, SAT, time(9), time(12), Status.CLOSED, LENT)]
    assert at.on(SAT)[0].reason == LENT


@pytest.mark.parametrize("made_by", [{}, {(Sort.EXTRA, 2): 5}])
def test_a_move_of_before_edits_were_kept_takes_no_edits_openings_with_it(made_by: dict[tuple[Sort, int], int]) -> None:
    book = Book(
        {1: WeeklyHours(1, 1, 3, time(12), time(17), TODAY)},
        {1: Closure(THU, THU, REASON, 1)},
        extras={1: hours(FRI, 12, 17), 2: hours(FRI, 18, 20)},
        notes={1: "Flyttet til 2026-11-27"},
        made=made_by,
    )
    at = Desk(book)
    at.undo((Sort.CLOSURE, 1))
    assert at.open() == [(26, 12, 17), *([(27, 18, 20)] if made_by else [])]


def test_an_opening_of_before_edits_were_kept_goes_alone() -> None:
    at = desk(extras={1: hours(FRI, 9, 10), 2: hours(FRI, 18, 20)})
    at.undo((Sort.EXTRA, 1))
    assert at.open() == [(26, 12, 17), (27, 18, 20)]


def test_new_hours_of_before_edits_were_kept_let_those_of_the_day_before_go_on() -> None:
    book = Book(
        {1: WeeklyHours(1, 1, 3, time(12), time(17), TODAY, FRI), 2: WeeklyHours(1, 1, 3, time(9), time(11), SAT)}
    )
    at = Desk(book)
    at.undo((Sort.WEEKLY, 2))
    assert at.book.weekly == {1: WeeklyHours(1, 1, 3, time(12), time(17), TODAY)}
