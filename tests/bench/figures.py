"""From seconds to one line a target: medians of the ratio to the bare page within a round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles

PER_ROUND = 12


@dataclass
class Target:
    """Something measured: `ask` does it once and gives seconds. A goal is a ratio to the bare page, or None.

    path: the page whose SQL statements are counted, into `queries`.
    """

    name: str
    ask: Callable[[], float]
    goal: float | None = None
    path: str | None = None
    queries: int | None = None
    rounds: list[float] = field(default_factory=list)
    """The median of each round, in seconds."""

    def run(self) -> None:
        """One round."""
        self.rounds.append(median(self.ask() for _ in range(PER_ROUND)))


def line(target: Target, limit: Target) -> tuple[str, bool]:
    """The printed line of a target and whether it keeps its goal."""
    ratios = [own / bare for own, bare in zip(target.rounds, limit.rounds, strict=True)]
    low, high = quantiles(ratios, n=10)[0], quantiles(ratios, n=10)[-1]
    middle = median(ratios)
    kept = target.goal is None or middle <= target.goal
    text = (
        f"{target.name:<14} p50 {median(target.rounds) * 1000:6.2f} ms = {middle:5.2f} x hello  ({low:.2f}-{high:.2f})"
    )
    if target.goal is not None:
        text += f"  goal <= {target.goal:g}  {'ok' if kept else 'MISSED'}"
    if target.queries is not None:
        text += f"  queries={target.queries}"
    return text, kept
