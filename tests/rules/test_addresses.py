"""An address on one line as its parts."""

from __future__ import annotations

import pytest

from advice.rules.addresses import postal_address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Molevej 3, 6400 Sønderborg", ("Molevej 3", "6400", "Sønderborg")),
        ("  Molevej 3 , 1. sal th,  DK-1000 København K ", ("Molevej 3 , 1. sal th", "1000", "København K")),
        ("Bakkevej 12,\n5000 Odense C", ("Bakkevej 12", "5000", "Odense C")),
        ("Ringbakken 4", None),
        ("Ringbakken 4, Sønderborg", None),
        ("Molevej 1234 Byen", None),
        (", 6400 Sønderborg", None),
        ("Molevej 3, 64000 Sønderborg", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_split_where_it_has_a_postcode_and_a_town(
    text: str | None, parts: tuple[str, str, str] | None
) -> None:
    assert postal_address(text) == parts
