"""The limits of the doors: how long one waits, and what counts as one address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.throttle import ADDRESS_CHARACTERS, LIMITS, Door, Limit, Per, network, wait

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
LIMIT = Limit(10, timedelta(minutes=15), Per.BOTH)


def test_nobody_waits_below_the_limit() -> None:
    assert wait(LIMIT, None, NOW) is None


def test_one_waits_until_the_oldest_counted_try_is_out_of_the_window() -> None:
    tried = NOW - timedelta(minutes=14, seconds=30)
    assert wait(LIMIT, tried, NOW) == 30
    assert wait(LIMIT, tried, NOW + timedelta(seconds=29, milliseconds=999)) == 1
    assert wait(LIMIT, tried, NOW + timedelta(seconds=30)) is None


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_no_wait_is_longer_than_the_window_whatever_the_clock_did(distance: timedelta) -> None:
    seconds = wait(LIMIT, NOW + distance, NOW)
    assert seconds is None or 1 <= seconds <= 15 * 60


def test_every_door_has_limits_and_fits_its_column() -> None:
    assert set(LIMITS) == set(Door)
    assert all(LIMITS.values())
    assert all(len(door) <= 20 for door in Door)


@pytest.mark.t9
def test_the_log_in_is_limited_as_the_contract_says() -> None:
    assert Limit(10, timedelta(minutes=15), Per.BOTH) in LIMITS[Door.LOG_IN]


@pytest.mark.t9
def test_no_stranger_can_close_the_log_in_or_the_tablet_for_somebody() -> None:
    for door in (Door.LOG_IN, Door.PIN):
        for limit in LIMITS[door]:
            assert limit.per is not Per.ACCOUNT or limit.known_pass, (door, limit)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("tablet:12", "tablet:12"),
        ("", "unknown"),
        (None, "unknown"),
        (" ", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str | None, counted: str) -> None:
    assert network(address) == counted


@given(st.one_of(st.text(max_size=100), st.ip_addresses().map(str)))
def test_an_address_always_fits_its_column_and_is_never_empty(address: str) -> None:
    assert 0 < len(network(address)) <= ADDRESS_CHARACTERS
    assert network(network(address)) == network(address) or "%" in address
