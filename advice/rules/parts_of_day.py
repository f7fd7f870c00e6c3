"""When somebody with a shift is there: the shift, less the time that she is away."""

from collections.abc import Iterable
from datetime import date

from advice.rules.spans import Span
from advice.rules.staffing import outside
from advice.rules.terms import Away


def parts_there(shift: Span, day: date, away: Iterable[Away]) -> tuple[Span, ...]:
    """The parts of a shift on a day that no absence covers, in order; () if she is away for all of it.

    Unlike coverage, which does not count on who is away for a moment of her shift, a sign on the wall says where she
    is: who comes at two because of a course until then is there from two.
    """
    touching = [one for one in away if one.covers(day, shift)]
    if any(one.span is None for one in touching):
        return ()
    return tuple(outside(shift.starts, shift.ends, [one.span for one in touching if one.span]))
