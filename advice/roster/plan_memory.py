"""What whoever is logged in did last to a plan, remembered in her session so that it can be taken back (plan_undo).

A plan that is being laid changes nothing yet, so taking back needs no more than this: the session remembers how the
changes were before the last edit. Ids, days and times; no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from flask import session

from advice.actions.drafts.undoing import Step, Stood
from advice.actions.shifts import Stretch
from advice.models.drafts import Draft
from advice.rules.drafts import Deed

LAST_EDIT = "last_edit_of_plan"
"""Session key: {"plan": its id, "day": of the week it was made in, "steps": as `packed` has them}."""


def remember(draft: Draft, day: date, steps: Sequence[Step]) -> None:
    """Let the week of a day offer to take these steps back, until the next edit."""
    session[LAST_EDIT] = {"plan": draft.id, "day": day.isoformat(), "steps": [packed(one) for one in steps]}


def forget(draft: Draft) -> None:
    """What was done last to this plan is not taken back any more."""
    if session.get(LAST_EDIT, {}).get("plan") == draft.id:
        session.pop(LAST_EDIT)


def last_edit(draft: Draft) -> tuple[date, list[Step]] | None:
    """What whoever is logged in did last, if it was to this plan: a day of its week, and the steps."""
    kept = session.get(LAST_EDIT)
    if not kept or kept["plan"] != draft.id:
        return None
    return date.fromisoformat(kept["day"]), [unpacked(one) for one in kept["steps"]]


def packed(step: Step) -> dict[str, Any]:
    """A step as the session keeps it."""
    was = step.before
    return {"organisation": step.organisation, "now": step.now, "before": was and {
        "deed": was.deed, "membership": was.membership, "shift": was.shift, "version": was.version,
        "place": was.stretch.place_id, "day": was.stretch.day.isoformat(),
        "starts": was.stretch.starts.isoformat(), "ends": was.stretch.ends.isoformat(),
    }}  # fmt: skip


def unpacked(kept: dict[str, Any]) -> Step:
    """The same, back again."""
    was, now = kept["before"], kept["now"]
    stood = was and Stood(
        Deed(was["deed"]), was["membership"],
        Stretch(was["place"], date.fromisoformat(was["day"]),
                time.fromisoformat(was["starts"]), time.fromisoformat(was["ends"])),
        was["shift"], was["version"],
    )  # fmt: skip
    return Step(kept["organisation"], now and (now[0], now[1]), stood)
