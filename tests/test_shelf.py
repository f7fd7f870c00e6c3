"""What a shelf keeps: never more than it may, and what was asked for last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from advice.shelf import Shelf

STEPS = st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.text(max_size=12)), max_size=60)


@given(STEPS)
def test_it_is_what_a_list_in_order_of_use_would_be(steps: list[tuple[str, str | None]]) -> None:
    shelf: Shelf[str, str] = Shelf(4, 24, lambda key, kept: len(key) + len(kept))
    slow: list[tuple[str, str]] = []
    for key, kept in steps:
        found = next((pair for pair in slow if pair[0] == key), None)
        if kept is None:
            assert shelf.find(key) == (found[1] if found else None)
            kept = found[1] if found else None
        else:
            shelf.put(key, kept)
        slow = [pair for pair in slow if pair[0] != key]
        if kept is not None:
            slow.append((key, kept))
        while len(slow) > 4 or sum(len(one) + len(other) for one, other in slow) > 24:
            slow.pop(0)
