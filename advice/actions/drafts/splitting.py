"""One shift of a draft made two at a time of the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from advice.actions.drafts import laying
from advice.actions.shifts import By, Stretch, stretch_of
from advice.database import db
from advice.models.drafts import Draft, DraftChange
from advice.models.weeks import OnDuty


def split(draft: Draft, one: OnDuty, version: int, at: time, place_id: int, by: By) -> tuple[DraftChange, DraftChange]:
    """The first part stays what it was made from, the second is a new shift of the same person at a place that may be
    another. ValueError unless `at` lies within it; raises Stale, PastDay or NotOnTeam, and then neither is laid."""
    whole = stretch_of(one)
    if not whole.starts < at < whole.ends:
        raise ValueError("a shift is split at a time within it")
    first = replace(whole, ends=at)
    with db.session.begin_nested():
        if isinstance(one, DraftChange):
            laying.alter(draft, one, version, first, by)
            row = one
        else:
            row = laying.change(draft, one, version, first, by)
        return row, laying.add(
            draft, row.membership_id, Stretch(place_id, whole.day, at, whole.ends), by, split_from=row
        )
