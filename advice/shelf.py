"""A memory of bounded size, safe between threads: what was asked for longest ago is thrown away first.

It knows nothing of freshness: whoever keeps something here says beside it why it still holds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Shelf(Generic[Key, Kept]):
    """Keeps at most so many things of so many bytes together; `size` says how many bytes one takes up."""

    def __init__(self, most: int, most_bytes: int, size: Callable[[Key, Kept], int]) -> None:
        self._most, self._most_bytes, self._size = most, most_bytes, size
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, key: Key) -> Kept | None:
        """What was put there last, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Key, kept: Kept) -> None:
        """Keep it in the place of the one before."""
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self._bytes -= self._size(key, old)
            self._kept[key] = kept
            self._bytes += self._size(key, kept)
            while self._kept and (len(self._kept) > self._most or self._bytes > self._most_bytes):
                self._bytes -= self._size(*self._kept.popitem(last=False))
