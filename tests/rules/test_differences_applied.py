"""Whatever stands, and whatever is edited: applied, the difference makes stored equal computed, and leaves the past."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from advice.rules.closures import Closure, YearlyDates, YearlyWeeks
from advice.rules.differences import Add, Cancel, Change, StoredOpening, Update, difference
from advice.rules.hours import DayHours, HoursPlan, WeeklyHours, expand
from advice.rules.openings import Opening, Status

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)


def _apply(rows: dict[int, StoredOpening], changes: list[Change], keys: "count[int]") -> dict[int, StoredOpening]:
    """What an action does with the changes, without a database."""
    rows = dict(rows)
    for change in changes:
        if isinstance(change, Cancel):
            old = rows[change.key].opening
            assert old.status is not Status.CANCELLED
            rows[change.key] = StoredOpening(change.key, replace(old, status=Status.CANCELLED))
            continue
        new = change.opening
        key = next(keys) if isinstance(change, Add) else change.key
        if isinstance(change, Update):
            old = rows[key].opening
            assert (old.place, old.service, old.date) == (new.place, new.service, new.date)
            assert old != new
        rows[key] = StoredOpening(key, new)
    return rows


SPAN = st.tuples(st.integers(8, 11), st.integers(1, 4)).map(lambda t: (time(t[0]), time(t[0] + t[1])))
LIVE = st.sampled_from([Status.OPEN, Status.CHANGED, Status.EXTRA, Status.CLOSED])
PLACE = st.integers(1, 2)
DAY = st.integers(-1, 1).map(lambda n: TODAY + timedelta(days=n))
COMPUTED = st.builds(lambda p, d, span, s: Opening(p, 1, d, span[0], span[1], s), PLACE, DAY, SPAN, LIVE)
STORED = st.builds(
    lambda p, d, span, s: StoredOpening(0, Opening(p, 1, d, span[0], span[1], s)),
    PLACE,
    DAY,
    SPAN,
    st.sampled_from(list(Status)),
)


@given(st.lists(STORED, max_size=8), st.lists(COMPUTED, max_size=8), st.randoms(use_true_random=False))
def test_applying_the_difference_makes_stored_equal_computed(
    stored: list[StoredOpening], computed: list[Opening], rng: random.Random
) -> None:
    rows = {key: replace(row, key=key) for key, row in enumerate(stored)}
    changes = difference(list(rows.values()), computed, TODAY)
    after = _apply(rows, changes, count(len(rows)))
    _assert_as_computed(rows, after, computed, TODAY)
    assert difference(list(after.values()), computed, TODAY) == []
    shuffled = rng.sample(list(rows.values()), len(rows)), rng.sample(computed, len(computed))
    again = difference(*shuffled, TODAY)
    assert len(again) == len(changes)


@given(st.lists(STORED, max_size=8), st.lists(COMPUTED, max_size=8))
def test_a_row_is_cancelled_or_added_only_when_there_is_no_partner(
    stored: list[StoredOpening], computed: list[Opening]
) -> None:
    rows = [replace(row, key=key) for key, row in enumerate(stored)]
    changes = difference(rows, computed, TODAY)
    for place in (1, 2):
        for day in (TODAY, TOMORROW):
            here = [row for row in rows if (row.opening.place, row.opening.date) == (place, day)]
            standing = sum(row.opening.status is not Status.CANCELLED for row in here)
            wanted = sum((opening.place, opening.date) == (place, day) for opening in computed)
            keys = {row.key for row in here}
            cancelled = sum(isinstance(change, Cancel) and change.key in keys for change in changes)
            added = sum(isinstance(c, Add) and (c.opening.place, c.opening.date) == (place, day) for c in changes)
            assert cancelled == max(0, standing - wanted)
            assert added == max(0, wanted - len(here))


def _assert_as_computed(
    before: dict[int, StoredOpening], after: dict[int, StoredOpening], computed: list[Opening], today: date
) -> None:
    stored = (row.opening for row in after.values())
    standing = [one for one in stored if one.date >= today and one.status is not Status.CANCELLED]
    ahead = [opening for opening in computed if opening.date >= today]
    assert sorted(standing, key=repr) == sorted(ahead, key=repr)
    past = {key: row for key, row in before.items() if row.opening.date < today}
    assert {key: row for key, row in after.items() if row.opening.date < today} == past
    assert before.keys() <= after.keys()


@dataclass
class _Plan:
    """A plan that people edit, one list a kind of row."""

    rng: random.Random
    weekly: list[WeeklyHours] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    yearly_dates: list[YearlyDates] = field(default_factory=list)
    yearly_weeks: list[YearlyWeeks] = field(default_factory=list)
    changes: list[DayHours] = field(default_factory=list)
    extras: list[DayHours] = field(default_factory=list)

    def as_rule(self) -> HoursPlan:
        return HoursPlan(
            self.weekly,
            self.closures,
            self.yearly_dates,
            self.yearly_weeks,
            self.changes,
            self.extras,
            {date(2026, 12, 24): {"da": "Juleaftensdag"}, date(2027, 1, 1): {"da": "Nytårsdag"}},
        )

    def edit(self, today: date) -> None:
        """Add, replace or remove one row of one kind."""
        rng = self.rng
        place, day = rng.randint(1, 3), today + timedelta(days=rng.randint(-20, 60))
        starts = time(rng.randint(8, 13), rng.choice((0, 30)))
        ends = time(rng.randint(14, 18))
        reason = {"da": rng.choice(("Ferie", "Personalemøde", "Lejet ud"))}
        scope = rng.choice((None, place))
        month_day = (day.month, day.day)
        later = day + timedelta(days=rng.randint(0, 20))
        week = rng.randint(1, 53)
        rows, row = rng.choice(
            (
                (
                    self.weekly,
                    WeeklyHours(place, 1, day.weekday(), starts, ends, day, None, rng.randint(1, 3)),
                ),
                (self.weekly, WeeklyHours(place, 1, day.weekday(), starts, ends, date(2026, 1, 1), later)),
                (self.closures, Closure(day, later, reason, scope)),
                (self.yearly_dates, YearlyDates(month_day, (later.month, later.day), reason, scope)),
                (self.yearly_weeks, YearlyWeeks(week, min(53, week + 1), reason, scope)),
                (self.changes, DayHours(place, 1, day, starts, ends, rng.choice((None, reason)))),
                (self.extras, DayHours(place, 1, day, starts, ends, rng.choice((None, reason)))),
            )
        )
        if rows and rng.random() < 0.3 + len(rows) / 12:
            rows.pop(rng.randrange(len(rows)))
        else:
            rows.append(row)  # type: ignore[arg-type]


def test_after_each_of_500_edits_stored_equals_computed_and_the_past_is_untouched() -> None:
    rng = random.Random(20261123)
    plan = _Plan(rng)
    today, keys, rows = TODAY, count(), dict[int, StoredOpening]()
    seen: set[type[Change]] = set()
    for _ in range(500):
        plan.edit(today)
        today += timedelta(days=rng.choice((0, 0, 0, 0, 1)))
        computed = expand(plan.as_rule(), today - timedelta(days=30), today + timedelta(days=90))
        changes = difference(list(rows.values()), computed, today)
        before, rows = rows, _apply(rows, changes, keys)
        _assert_as_computed(before, rows, computed, today)
        assert difference(list(rows.values()), computed, today) == []
        seen |= {type(change) for change in changes}
    assert seen == {Add, Update, Cancel}
    assert sum(row.opening.date < today for row in rows.values()) > 50
