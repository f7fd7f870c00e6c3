"""A Danish postal address, written on one line, as its parts."""

from __future__ import annotations

import re
from typing import NamedTuple

_STREET, _POSTCODE, _TOWN = r"(?P<street>.*\S)", r"(?:DK-?\s?)?(?P<postcode>\d{4})", r"(?P<town>[^\d,]*[^\d,\s])"
_ADDRESS = re.compile(rf"{_STREET}\s*,\s*{_POSTCODE}\s+{_TOWN}", re.DOTALL)


class PostalAddress(NamedTuple):
    """Street and number (and whatever stands before the postcode), postcode of four digits, town."""

    street: str
    postcode: str
    town: str


def postal_address(text: str | None) -> PostalAddress | None:
    """The parts of "Molevej 3, 1. sal, 6400 Sønderborg"; None where there is no postcode and town to be found."""
    found = _ADDRESS.fullmatch((text or "").strip())
    return PostalAddress(found["street"], found["postcode"], found["town"]) if found else None
