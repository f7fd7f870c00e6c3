"""The hours of a shift that is moved."""

from __future__ import annotations

from datetime import time

import pytest

from advice.rules.moves import moved
from advice.rules.spans import Span


def span(starts: int, ends: int) -> Span:
    return Span(time(starts), time(ends))


@pytest.mark.parametrize(
    ("hers", "here", "there", "then"),
    [
        (span(9, 12), [span(9, 12)], [span(13, 16)], span(13, 16)),
        (span(9, 11), [span(9, 12)], [span(13, 16)], span(9, 11)),
        (span(9, 12), [span(9, 12)], [], span(9, 12)),
        (span(9, 12), [], [span(13, 16)], span(9, 12)),
        (span(9, 12), [span(9, 12)], [span(13, 16), span(9, 12)], span(9, 12)),
        (span(14, 17), [span(9, 12), span(14, 17)], [span(8, 10), span(13, 18)], span(13, 18)),
    ],
    ids=["the whole of the other", "half of it", "closed there", "closed here", "the same hours", "the nearest"],
)
def test_the_whole_of_an_opening_becomes_the_whole_of_the_other(
    hers: Span, here: list[Span], there: list[Span], then: Span
) -> None:
    assert moved(hers, here, there) == then
