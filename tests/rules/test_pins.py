"""Which PINs may be used on shared tablets."""

from __future__ import annotations

import pytest

from advice.rules.pins import PinFault, pin_fault


@pytest.mark.parametrize("pin", ["492716", "902514", "100200", "4927164927", "192837", "135791"])
def test_a_pin_without_a_pattern_may_be_used(pin: str) -> None:
    assert pin_fault(pin) is None


@pytest.mark.parametrize("pin", ["", "49271", "4" * 13, "49271a", "49 271", "４９２７１６", "492716\n", "-49271"])
def test_six_to_twelve_digits_and_nothing_else(pin: str) -> None:
    assert pin_fault(pin) is PinFault.SHAPE


@pytest.mark.parametrize(
    "pin",
    ["000000", "77777777", "123456", "012345", "789012", "987654", "210987", "121212", "123123", "1231231", "112233"],
)
def test_what_is_tried_first_is_refused(pin: str) -> None:
    assert pin_fault(pin) is PinFault.EASY
