"""Drawing from weighted lists, and how many come to an opening. The same seed draws the same year."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from uuid import UUID

NINTH_DECILE = 1.2815515655446004
"""Standard deviations from the median of a normal distribution to its ninth decile."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A weighted list to draw from. ValueError when there is nothing to draw."""

    codes: tuple[str, ...]
    sums: tuple[float, ...] = field(repr=False)

    @classmethod
    def of(cls, shares: Mapping[str, float], known: Iterable[str] | None = None) -> Choice:
        """The shares, of those codes only that are `known` (None: all)."""
        allowed = None if known is None else frozenset(known)
        left = {code: share for code, share in shares.items() if share > 0 and (allowed is None or code in allowed)}
        if not left:
            raise ValueError(f"nothing to draw from {sorted(shares)}")
        return cls(tuple(left), tuple(accumulate(left.values())))

    def draw(self, rng: Random) -> str:
        """One code."""
        return self.codes[bisect(self.sums, rng.random() * self.sums[-1], hi=len(self.sums) - 1)]

    def several(self, rng: Random, number: int) -> tuple[str, ...]:
        """`number` different codes, or as many as there are."""
        found: dict[str, None] = {}
        while len(found) < min(number, len(self.codes)):
            found[self.draw(rng)] = None
        return tuple(found)


def count(rng: Random, percentages: tuple[float, ...], first: int) -> int:
    """A number from `first` on, by the weight of each."""
    return first + rng.choices(range(len(percentages)), percentages)[0]


def poisson(rng: Random, mean: float) -> int:
    """How many come when `mean` come on average and nobody knows of the other (Knuth's method; mean <= 500)."""
    limit, product, found = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        found += 1
    return found


def lognormal(rng: Random, median: float, p90: float) -> float:
    """A duration: half of them are shorter than the median, nine of ten shorter than p90."""
    return rng.lognormvariate(math.log(median), math.log(p90 / median) / NINTH_DECILE)


def uuid4(rng: Random) -> UUID:
    """A random UUID (version 4) that the same seed makes again."""
    return UUID(int=rng.getrandbits(128), version=4)
