"""Which hours somebody has who is moved to another place or day.

Houses open at different hours, and whoever is moved is meant to be there while it is open: a shift over the whole of an
opening becomes one over the whole of the other. Hours of her own (late, early, half) are kept: somebody chose them.
"""

from __future__ import annotations

from collections.abc import Sequence

from advice.rules.spans import Span, minutes


def moved(span: Span, here: Sequence[Span], there: Sequence[Span]) -> Span:
    """The hours after a move. here, there: when people are on duty for the openings where she was and will be; of
    several there, the one that begins nearest to hers."""
    if span not in here or not there or span in there:
        return span
    return min(there, key=lambda one: (abs(minutes(one.starts) - minutes(span.starts)), one))
