"""Two planners at once, each looking at what was there a while ago (T8): nothing is overwritten unseen, nobody is on
duty twice, and what is missing is what a slow count by the minute says. Shifts in force, and a draft over them."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from advice.actions import openings, shifts
from advice.actions.drafts import laying
from advice.actions.drafts.enforcing import Held, NotApproved, put_in_force
from advice.actions.drafts.reading import laid
from advice.actions.shifts import By, Clash, Refused, Stale, Stretch
from advice.database import begin_write, db
from advice.models.drafts import Draft, DraftChange
from advice.models.roster import Shift
from advice.models.weeks import openings_between, staffing_between
from advice.rules import spans, staffing
from tests import builders
from tests.actions.test_drafts import NOW, TODAY
from tests.visit_log import ZONE

pytestmark = pytest.mark.t8
EXAMPLES, STEPS = 200, 25
DAYS = (date(2026, 11, 30), date(2026, 12, 2))
PEOPLE = ("rita", "svend", "bent")
PLANNERS = st.integers(0, 1)
PICK = st.integers(0, 30)
WHERE = st.tuples(st.sampled_from(("skuret", "kajen")), st.sampled_from(DAYS), st.integers(9, 14), st.integers(1, 3))


@dataclass(frozen=True)
class Seen:
    """A shift as a planner saw it."""

    key: int
    version: int
    status: str
    stretch: Stretch


class TwoPlanners(RuleBasedStateMachine):
    """What both do in turn, beside a plain list of what must be in force."""

    app: Flask

    @initialize()
    def begin(self) -> None:
        """A world in a transaction that is never committed."""
        self.context = self.app.app_context()
        self.context.push()
        begin_write()
        self.world = builders.world()
        openings.refresh(self.world.programme.id, NOW, ZONE)
        self.eyes: list[dict[int, Seen]] = [{}, {}]
        self.expected: dict[int, tuple[int, str, Stretch]] = {}
        self.draft: Draft | None = None

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "context"):
            db.session.rollback()
            db.session.remove()
            self.context.pop()

    def by(self, planner: int) -> By:
        """Karen, or Tove."""
        who = self.world.members[("karen", "tove")[planner]]
        return By(who.person_id, who.organisation_id, NOW, TODAY)

    def stretch(self, where: tuple[str, date, int, int]) -> Stretch:
        """A place, a day, and whole hours."""
        place, day, starts, hours = where
        return Stretch(self.world.places[place].id, day, time(starts), time(starts + hours))

    def remember(self, shift: Shift) -> None:
        """What a change that was allowed must have left."""
        self.expected[shift.id] = (shift.version, shift.status, shifts.stretch_of(shift))

    def seen(self, planner: int, pick: int) -> tuple[Shift, Seen] | None:
        """One of the shifts that a planner has seen, and how."""
        eyes = self.eyes[planner]
        if not eyes:
            return None
        key = sorted(eyes)[pick % len(eyes)]
        return db.session.get_one(Shift, key), eyes[key]

    @rule(planner=PLANNERS)
    def look(self, planner: int) -> None:
        """She reads the week anew."""
        rows = db.session.scalars(select(Shift))
        self.eyes[planner] = {row.id: Seen(row.id, row.version, row.status, shifts.stretch_of(row)) for row in rows}

    @rule(planner=PLANNERS, person=st.sampled_from(PEOPLE), where=WHERE)
    def add(self, planner: int, person: str, where: tuple[str, date, int, int]) -> None:
        """A new shift; refused exactly when she is on duty then."""
        member, stretch = self.world.members[person], self.stretch(where)
        free = not self.busy(member.person_id, stretch, None)
        try:
            shift = shifts.add(self.world.programme.id, member.id, stretch, self.by(planner))
        except Clash:
            assert not free
        else:
            assert free
            self.remember(shift)

    @rule(planner=PLANNERS, pick=PICK, where=WHERE)
    def change(self, planner: int, pick: int, where: tuple[str, date, int, int]) -> None:
        """Another time, from what she saw."""
        self.act(
            planner, pick, lambda shift, seen: shifts.change(shift, seen.version, self.stretch(where), self.by(planner))
        )

    @rule(planner=PLANNERS, pick=PICK)
    def cancel(self, planner: int, pick: int) -> None:
        """Off."""
        self.act(planner, pick, lambda shift, seen: shifts.cancel(shift, seen.version, self.by(planner)))

    @rule(planner=PLANNERS, pick=PICK, person=st.sampled_from(PEOPLE))
    def replace(self, planner: int, pick: int, person: str) -> None:
        """Somebody else instead."""
        member = self.world.members[person].id
        self.act(planner, pick, lambda shift, seen: shifts.replace(shift, seen.version, member, self.by(planner)))

    @rule(planner=PLANNERS, pick=PICK)
    def restore(self, planner: int, pick: int) -> None:
        """Taken back."""
        self.act(planner, pick, lambda shift, seen: shifts.restore(shift, seen.version, self.by(planner)))

    def act(self, planner: int, pick: int, deed: Any) -> None:
        """Do something to a shift as it was seen: done only if it is still so, and then nothing else has changed."""
        found = self.seen(planner, pick)
        if found is None:
            return
        shift, seen = found
        as_seen = (shift.version, shift.status, shifts.stretch_of(shift)) == (seen.version, seen.status, seen.stretch)
        try:
            made = deed(shift, seen)
        except Refused as refused:
            assert as_seen or isinstance(refused, Stale), "what another changed is told as that"
            return
        assert as_seen, "a change was saved on top of one that was not seen"
        self.remember(shift)
        if isinstance(made, Shift):
            self.remember(made)

    @precondition(lambda self: self.draft is None)
    @rule()
    def begin_draft(self) -> None:
        """Karen lays a plan beside."""
        self.draft = laying.begin(self.world.programme.id, "Plan", DAYS[0], DAYS[1], self.by(0))

    @precondition(lambda self: self.draft is not None)
    @rule(person=st.sampled_from(PEOPLE), where=WHERE)
    def add_to_draft(self, person: str, where: tuple[str, date, int, int]) -> None:
        """A shift in it; the very same is not laid twice."""
        assert self.draft is not None
        wanted, who = self.stretch(where), self.world.members[person]
        there = any((row.deed, row.person_id, shifts.stretch_of(row)) == ("add", who.person_id, wanted)
                    for row in laid(self.draft).rows)  # fmt: skip
        with pytest.raises(laying.LaidAlready) if there else nullcontext():
            laying.add(self.draft, who.id, wanted, self.by(0))

    @precondition(lambda self: self.draft is not None)
    @rule(pick=PICK, where=st.none() | WHERE)
    def change_in_draft(self, pick: int, where: tuple[str, date, int, int] | None) -> None:
        """A shift in force, changed or cancelled by it."""
        assert self.draft is not None
        found = self.seen(0, pick)
        if found is not None:
            stretch = self.stretch(where) if where else None
            with suppress(Stale):
                laying.change(self.draft, found[0], found[1].version, stretch, self.by(0))

    @precondition(lambda self: self.draft is not None)
    @rule()
    def enforce(self) -> None:
        """It comes in force whole, or not at all."""
        assert self.draft is not None
        rows = [
            (row.deed, row.shift_id, Stretch(row.place_id, row.day, row.starts, row.ends))
            for row in laid(self.draft).rows
        ]
        self.draft.sent_on, self.draft.state = TODAY - timedelta(days=30), "sent"
        db.session.flush()
        try:
            done = put_in_force(laid(self.draft), self.by(0), coordinator=True)
        except (Held, NotApproved):
            self.draft.state = "open"
            for row in db.session.scalars(select(DraftChange)):
                db.session.delete(row)
            db.session.flush()
        else:
            assert len(done.shifts) == len(rows)
            for shift, _deed in done.shifts:
                self.remember(shift)
            self.draft = None

    def busy(self, person: int, stretch: Stretch, besides: int | None) -> bool:
        """Whether somebody has an active shift at a moment of a stretch, minute by minute."""
        asked = range(spans.minutes(stretch.starts), spans.minutes(stretch.ends))
        rows = db.session.scalars(select(Shift).filter_by(person_id=person, day=stretch.day, status="active"))
        return any(
            spans.minutes(row.starts) <= minute < spans.minutes(row.ends)
            for row in rows
            if row.id != besides
            for minute in asked
        )

    @invariant()
    def stands_what_was_saved(self) -> None:
        """Rows are what the last allowed change of each left, no more and no fewer."""
        if hasattr(self, "world"):
            rows = db.session.scalars(select(Shift).execution_options(populate_existing=True))
            assert {row.id: (row.version, row.status, shifts.stretch_of(row)) for row in rows} == self.expected

    @invariant()
    def nobody_is_on_duty_twice(self) -> None:
        """By asking every pair."""
        if hasattr(self, "world"):
            rows = db.session.scalars(select(Shift).filter_by(status="active")).all()
            assert not any(self.busy(row.person_id, shifts.stretch_of(row), row.id) for row in rows)

    @invariant()
    def coverage_is_what_every_minute_says(self) -> None:
        """Too few people at an opening: told for exactly the minutes at which fewer are there."""
        if not hasattr(self, "world"):
            return
        key = self.world.programme.id
        needs = staffing_between(key, DAYS[0], DAYS[1])
        active = db.session.scalars(select(Shift).filter_by(status="active")).all()
        for opening in openings_between(key, DAYS[0], DAYS[1]):
            there = [row for row in active if (row.place_id, row.day) == (opening.place_id, opening.day)]
            need = needs.need(opening)
            assert need is not None
            gaps = needs.lacking(opening, there) or ()
            for minute in range(spans.minutes(opening.starts), spans.minutes(opening.ends)):
                people = {
                    row.person_id for row in there if spans.minutes(row.starts) <= minute < spans.minutes(row.ends)
                }
                told = any(
                    gap.kind is staffing.GapKind.ALONE and spans.minutes(gap.starts) <= minute < spans.minutes(gap.ends)
                    for gap in gaps
                )
                assert told == (len(people) < need.never_fewer)


def try_out(app: Flask, examples: int, **how: Any) -> None:
    """Let the two loose on the database of an application."""
    machine = type("Machine", (TwoPlanners,), {"app": app})
    patience = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None, **how}
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=STEPS, **patience))


def test_two_planners_never_overwrite_each_other(app: Flask) -> None:
    try_out(app, EXAMPLES)


def test_if_nobody_compared_versions_it_would_be_seen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shifts, "refuse_stale", lambda shift, version: None)
    with pytest.raises(AssertionError, match=r"not seen|told as that"):
        try_out(app, EXAMPLES, phases=[Phase.generate], report_multiple_bugs=False, derandomize=True)
