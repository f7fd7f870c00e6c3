"""Until when a page about doors holds: never longer than what it says, on any minute of any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.doors import Sign, holds_until, sign
from advice.rules.openings import Opening, Status

pytestmark = pytest.mark.usefixtures("process_timezone")
ZONE = ZoneInfo("Europe/Copenhagen")
SPRING, AUTUMN, PLAIN = date(2027, 3, 28), date(2026, 10, 25), date(2026, 11, 23)
MINUTE = timedelta(minutes=1)


def opening(day: date, starts: time, ends: time, status: Status = Status.OPEN) -> Opening:
    return Opening(1, 1, day, starts, ends, status)


def local(day: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE, fold=fold)


def said(openings: list[Opening], instant: datetime) -> tuple[date, Sign]:
    """All that a page says which depends on the time: the day, and the sign on the wall clock."""
    at = instant.astimezone(ZONE)
    return at.date(), sign(openings, at.date(), at.time())


def test_a_page_holds_until_the_next_start_or_end_of_today_and_then_until_midnight() -> None:
    openings = [
        opening(PLAIN, time(13), time(16)), opening(PLAIN, time(15), time(18), Status.CLOSED),
        opening(PLAIN + timedelta(days=1), time(9), time(12)),
    ]  # fmt: skip
    for hour, until in ((8, 13), (13, 15), (15, 16), (17, 18)):
        assert holds_until(openings, local(PLAIN, hour)) == datetime(2026, 11, 23, until - 1, tzinfo=UTC)
    assert holds_until(openings, local(PLAIN, 18)) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert holds_until((), local(date(2026, 6, 1), 12)) == datetime(2026, 6, 1, 22, tzinfo=UTC)


def test_in_the_hour_that_comes_twice_a_door_opens_twice() -> None:
    """The wall clock goes 2.30, 2.59, 2.00, 2.30: a sign follows the clock on the wall."""
    openings = [opening(AUTUMN, time(2, 30), time(5))]
    instants = [datetime(2026, 10, 25, hour, minute, tzinfo=UTC) for hour, minute in ((0, 30), (1, 0), (1, 30), (4, 0))]
    moment, found = local(AUTUMN, 0), []
    for _ in instants:
        moment = holds_until(openings, moment).astimezone(ZONE)
        found.append(moment.astimezone(UTC))
    assert found == instants


def test_in_the_hour_that_is_missing_a_door_opens_when_the_clock_jumps() -> None:
    openings = [opening(SPRING, time(2, 30), time(5))]
    at = local(SPRING, 1, 45)
    assert holds_until(openings, at) <= datetime(2027, 3, 28, 1, tzinfo=UTC)


@given(
    day=st.sampled_from([SPRING, AUTUMN, PLAIN]),
    spans=st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60), st.sampled_from(list(Status))), max_size=4),
    begun=st.integers(-60, 400),
)
def test_nothing_said_changes_before_a_page_is_made_anew(
    day: date, spans: list[tuple[int, int, Status]], begun: int
) -> None:
    """Minute by minute, by the slow and obvious way."""
    openings = [
        opening(day, time(start // 60, start % 60), time((start + long) // 60, (start + long) % 60), status)
        for start, long, status in spans
    ]
    instant = local(day, 0).astimezone(UTC) + begun * MINUTE
    until = holds_until(openings, instant.astimezone(ZONE))
    assert until > instant and until.utcoffset() == timedelta(0)
    now = said(openings, instant)
    while instant < until:
        assert said(openings, instant) == now
        instant += MINUTE
