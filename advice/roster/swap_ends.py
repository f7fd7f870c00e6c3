"""Swaps that have lapsed after somebody had said yes: the worker ends them, and the two who waited hear of it.

Ended and told in one transaction each: a worker that is killed loses and doubles nothing. An offer that nobody has
taken lapses without a word: nobody counts on it.
"""

from __future__ import annotations

from collections import defaultdict

from advice.actions.shifts import Stale
from advice.actions.swaps.lapsing import Here, lapses
from advice.actions.swaps.offering import let_lapse
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.swaps import Swap, lock_swap, taken_anywhere
from advice.roster import swap_letters
from advice.rules.swaps import State


def end_lapsed(settings: Settings) -> int:
    """End the taken swaps that can no longer be, and tell; how many. One transaction a swap."""
    by_programme: defaultdict[int, list[Swap]] = defaultdict(list)
    for one in taken_anywhere():
        by_programme[one.programme_id].append(one)
    over = [(programme, key) for programme, found in by_programme.items() for key in lapses(found, _now(settings))]
    db.session.rollback()
    return sum(end(programme_id, swap_id, settings) for programme_id, swap_id in over)


def end(programme_id: int, swap_id: int, settings: Settings) -> bool:
    """End one if it still waits and cannot be; whether it did."""
    begin_write()
    one = lock_swap(programme_id, swap_id)
    try:
        why = let_lapse(one, _now(settings)) if one is not None and one.state == State.TAKEN else None
    except Stale:
        why = None
    if one is None or why is None:
        db.session.rollback()
        return False
    swap_letters.tell_lapsed(one, why, settings)
    db.session.commit()
    return True


def _now(settings: Settings) -> Here:
    """The worker, now, at the place: it is nobody, and what lapses is nobody's step."""
    local = settings.clock().astimezone(settings.timezone)
    return Here(0, 0, settings.clock(), local.date(), local.time().replace(second=0, microsecond=0))
