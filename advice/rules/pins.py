"""PINs for shared tablets: six to twelve digits, and none of those that are tried first.

A PIN is throttled and good on enrolled tablets only, so six digits are enough (ASVS 5.0, 6.5.5); what is refused are
those that make up most of what people choose: one digit, a run, a short piece said again (DataGenetics, "PIN
analysis", 2012).
"""

from enum import StrEnum

LEAST_DIGITS = 6
MOST_DIGITS = 12
_UP = "01234567890123456789"
_DOWN = _UP[::-1]


class PinFault(StrEnum):
    """Why a PIN is refused."""

    SHAPE = "shape"
    EASY = "easy"


def pin_fault(pin: str) -> PinFault | None:
    """What is wrong with a PIN; None if it may be used."""
    if not (pin.isascii() and pin.isdigit() and LEAST_DIGITS <= len(pin) <= MOST_DIGITS):
        return PinFault.SHAPE
    return PinFault.EASY if _is_easy(pin) else None


def _is_easy(pin: str) -> bool:
    """A run up or down, or one to three digits said again and again: 111111, 456789, 121212, 123123, 112233."""
    if pin in _UP or pin in _DOWN:
        return True
    if any(pin == (pin[:length] * MOST_DIGITS)[: len(pin)] for length in (1, 2, 3)):
        return True
    once = pin[::2]
    return once == pin[1::2] and (once in _UP or once in _DOWN)
