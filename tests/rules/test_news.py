"""What there is to tell of a shift, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from advice.rules.news import (
    ONE_DAY,
    News,
    Stand,
    come_to_nothing,
    difference,
    is_near,
    last_digest,
    near_days,
)

pytestmark = pytest.mark.usefixtures("process_timezone")
ZONE = ZoneInfo("Europe/Copenhagen")
MONDAY = date(2026, 11, 23)


def stand(days: int = 0, starts: int = 9, place: int = 1) -> Stand:
    """Two hours at a place, so many days from Monday."""
    return Stand(place, MONDAY + timedelta(days=days), time(starts), time(starts + 2))


@pytest.mark.parametrize(
    ("known", "stands", "news"),
    [
        (None, stand(3), News.NEW),
        (stand(3), stand(4), News.MOVED),
        (stand(3), stand(3, starts=10), News.MOVED),
        (stand(3), stand(3, place=2), News.MOVED),
        (stand(3), None, News.CANCELLED),
        (stand(3), stand(3), None),
        (None, None, None),
        (stand(0), None, News.CANCELLED),
        (stand(-1), None, None),
        (None, stand(-1), None),
        (stand(-1), stand(1), News.MOVED),
    ],
)
def test_what_is_told_is_the_difference_as_long_as_a_day_of_it_is_ahead(
    known: Stand | None, stands: Stand | None, news: News | None
) -> None:
    assert difference(known, stands, MONDAY) is news


@pytest.mark.parametrize(
    ("known", "stands", "near"),
    [
        (None, stand(0), True),
        (None, stand(1), True),
        (None, stand(2), False),
        (stand(1), None, True),
        (stand(1), stand(9), True),
        (stand(9), stand(1), True),
        (stand(2), stand(9), False),
        (None, None, False),
    ],
)
def test_today_and_tomorrow_are_near_whether_she_had_the_shift_then_or_has_it(
    known: Stand | None, stands: Stand | None, near: bool
) -> None:
    assert is_near(known, stands, MONDAY) is near


def test_the_near_days_are_those_of_both_sides_that_are_near() -> None:
    days = [near_days(*pair, MONDAY) for pair in ((stand(0), stand(7)), (stand(7), stand(1)), (stand(1), stand(0)))]
    assert days == [[MONDAY], [MONDAY + ONE_DAY], [MONDAY, MONDAY + ONE_DAY]]
    assert near_days(stand(2), None, MONDAY) == []


@pytest.mark.parametrize(
    ("local", "digest"),
    [
        ("2026-11-23 15:59:59", "2026-11-22 15:00"),
        ("2026-11-23 16:00:00", "2026-11-23 15:00"),
        ("2026-11-24 00:30:00", "2026-11-23 15:00"),
        ("2026-03-29 01:30:00", "2026-03-28 15:00"),
        ("2026-03-29 16:30:00", "2026-03-29 14:00"),
        ("2026-10-25 15:30:00", "2026-10-24 14:00"),
        ("2026-10-25 16:00:00", "2026-10-25 15:00"),
    ],
)
def test_the_digest_is_at_four_on_the_wall_also_when_the_clocks_change(local: str, digest: str) -> None:
    found = last_digest(datetime.fromisoformat(local).replace(tzinfo=ZONE))
    assert found.astimezone(UTC) == datetime.fromisoformat(digest).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("differences", "pairs"),
    [
        ([(stand(3), None), (None, stand(3))], [(0, 1)]),
        ([(None, stand(3)), (stand(3), None)], [(1, 0)]),
        ([(stand(3), None), (None, stand(4))], []),
        ([(stand(3), None), (None, stand(3, place=2))], []),
        ([(stand(3), None), (stand(4), stand(3))], []),
        ([(stand(3), None), (stand(3), None), (None, stand(3))], [(0, 2)]),
        ([(None, None), (None, stand(3))], []),
    ],
)
def test_one_that_is_off_and_another_in_its_place_are_nothing_to_her(
    differences: list[tuple[Stand | None, Stand | None]], pairs: list[tuple[int, int]]
) -> None:
    assert come_to_nothing(differences) == pairs
