"""Retention: deletes for real what the written rules (rules/retention.py) no longer let us keep, and counts it.

This is the one action that commits: it works in batches, each a short write transaction of its own, so that
nobody waits long. It can be killed at any time; the next run goes on where it was. What a batch finds is looked
at again inside its transaction, so two runs at once take nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import sleep
from zoneinfo import ZoneInfo

from advice.actions import copies, retention_people, retention_visits
from advice.actions.retention_steps import Moment, Step
from advice.database import begin_write, db
from advice.rules import retention as rules

STEPS: tuple[Step, ...] = (*retention_visits.STEPS, *retention_people.STEPS)
BATCH = 250
BREATH_SECONDS = 0.05
"""Between two batches, so that a writer who waits for SQLite's lock (it asks every 0.1 s at most) gets it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, or would do: name of the rule to rows, in the order of the rules."""

    counts: dict[str, int]
    erased: bool = True
    """False if SQLite's write-ahead log could not be emptied because of a long reader: it still holds old pages."""


def run(now: datetime, zone: ZoneInfo, *, breath: float = 0.0) -> Report:
    """Carry out every rule and commit. Ends the caller's transaction, and rests `breath` seconds after each batch."""
    db.session.commit()
    moment = Moment(now, zone)
    counts = {step.rule.name: _carry_out(step, moment, breath) for step in STEPS}
    old = _old_copies(now)
    copies.remove(old)
    touched = sorted({table for step in STEPS if counts[step.rule.name] for table in step.rule.tables})
    erased = copies.erase_traces(db.engine, touched)
    return Report({**counts, rules.COPIES.name: len(old)}, erased)


def due(now: datetime, zone: ZoneInfo) -> Report:
    """What `run` would do; changes nothing."""
    counts = {step.rule.name: len(step.due(Moment(now, zone))) for step in STEPS}
    db.session.rollback()
    return Report({**counts, rules.COPIES.name: len(_old_copies(now))})


def _carry_out(step: Step, moment: Moment, breath: float) -> int:
    """One rule, batch by batch. Looking for what is due reads only, so it holds up nobody."""
    keys = step.due(moment)
    db.session.rollback()
    taken = 0
    for start in range(0, len(keys), BATCH):
        taken += _batch(step, keys[start : start + BATCH], moment)
        sleep(breath)
    return taken


def _batch(step: Step, keys: Sequence[object], moment: Moment) -> int:
    begin_write()
    try:
        taken = step.apply(keys, moment)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return taken


def _old_copies(now: datetime) -> list[Path]:
    return copies.own_copies(db.engine, rules.COPIES.cutoff(now))
