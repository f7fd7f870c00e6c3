"""Single edits of the vagtplan, below the screens: near ones at once, later ones as small drafts; and undoing them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from advice.actions import openings, shifts
from advice.actions.drafts import approving
from advice.actions.drafts.enforcing import Held, put_in_force
from advice.actions.drafts.reading import laid
from advice.actions.edits import editing, splitting, undoing
from advice.actions.edits.history import Kind, last_edit
from advice.actions.edits.undoing import TooLate
from advice.actions.edits.ways import Made, TooFar, Waits
from advice.actions.shifts import By, Clash, NotOnTeam, PastDay, Stale, Stretch, stretch_of
from advice.database import begin_write, db
from advice.models.drafts import Draft, drafts_of, waiting_between, waiting_for
from advice.models.hours import WeeklyHours
from advice.models.places import Service
from advice.models.roster import Shift, shift_to_change
from advice.rules.drafts import State
from tests import builders
from tests.actions.test_shifts import NOW, THREADS, TODAY, at_once
from tests.builders import World
from tests.visit_log import ZONE

NEAR, FAR = date(2026, 11, 25), date(2026, 12, 9)
SINCE = NOW - timedelta(hours=12)


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """Havnen with its openings, in the open write transaction of the test."""
    begin_write()
    found = builders.world()
    openings.refresh(found.programme.id, NOW, ZONE)
    return found


def by(world: World, name: str = "karen", at: datetime = NOW) -> By:
    return By(world.members[name].person_id, world.members[name].organisation_id, at, TODAY)


def at_kajen(world: World, day: date = FAR, starts: int = 9, ends: int = 12) -> Stretch:
    return Stretch(world.places["kajen"].id, day, time(starts), time(ends))


def add(world: World, name: str, day: date = FAR, who: str = "karen") -> Made:
    return editing.add(world.programme.id, world.members[name].id, at_kajen(world, day), by(world, who))


def organisation(world: World, code: str) -> int:
    return world.organisations[code].id


def drafts(world: World) -> list[Draft]:
    return drafts_of(world.programme.id, small=True)


def agreed(world: World, made: Made, code: str = "byen", name: str = "tove") -> list[Shift]:
    """The other side says yes, and the edit comes in force."""
    assert made.draft is not None
    its = organisation(world, code)
    approving.say_yes(laid(made.draft), its, approving.side(laid(made.draft), its), by(world, name))
    return [shift for shift, _deed in put_in_force(laid(made.draft), by(world, name), coordinator=False).shifts]


@pytest.mark.parametrize(("days", "waits"), [(0, False), (7, False), (8, True), (30, True)])
def test_seven_days_ahead_is_at_once_and_the_next_day_waits(world: World, days: int, waits: bool) -> None:
    made = add(world, "bent", TODAY + timedelta(days=days))
    assert (made.draft is not None, made.shift is None) == (waits, waits)
    assert made.others == {organisation(world, "byen")}


@pytest.mark.parametrize("soon", [0, 3, 60])
def test_how_far_at_once_reaches_is_the_programmes_setting(world: World, soon: int) -> None:
    world.programme.at_once_days = soon
    db.session.flush()
    assert add(world, "bent", TODAY + timedelta(days=soon)).draft is None
    assert add(world, "bent", TODAY + timedelta(days=soon + 1)).draft is not None


def test_a_move_from_near_to_far_waits_too(world: World) -> None:
    shift = builders.shift(world, "bent", "kajen", NEAR, 9, 12)
    made = editing.change(shift, 1, at_kajen(world), by(world))
    assert made is not None and made.draft is not None
    assert stretch_of(shift).day == NEAR


def test_where_nobody_else_has_to_say_yes_it_is_in_force_whatever_the_day(world: World) -> None:
    made = add(world, "rita")
    assert made.shift is not None and made.shift.status == "active"
    assert made.others == frozenset()
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_leader_asks_the_organisation_that_is_responsible(world: World) -> None:
    made = add(world, "bent", who="tove")
    assert made.others == {organisation(world, "huset")}
    [shift] = agreed(world, made, "huset", "karen")
    assert (shift.status, shift.day) == ("active", FAR)


def test_what_waits_is_sent_with_the_editors_own_yes_and_changes_nothing_yet(world: World) -> None:
    made = add(world, "bent")
    assert made.draft is not None
    assert (made.draft.small, made.draft.state, made.draft.sent_on) == (True, State.SENT, TODAY)
    asked = approving.asked(laid(made.draft), TODAY)
    assert asked.missing == {organisation(world, "byen")}
    assert db.session.scalar(select(func.count()).select_from(Shift)) == 0
    [waiting] = waiting_between(world.programme.id, FAR, FAR)
    assert (waiting.row.day, waiting.draft, waiting.shift) == (FAR, made.draft, None)
    assert waiting_between(world.programme.id, NEAR, NEAR) == []
    assert drafts_of(world.programme.id) == [], "it is no plan that somebody lays"


def test_each_kind_of_edit_comes_in_force_with_the_others_yes(world: World) -> None:
    [shift] = agreed(world, add(world, "bent"))
    later = at_kajen(world, FAR + timedelta(days=7))
    made = editing.change(shift, shift.version, later, by(world))
    assert made is not None
    assert agreed(world, made) == [shift] and stretch_of(shift) == later
    off, on = agreed(world, editing.replace(shift, shift.version, world.members["rita"].id, by(world)))
    assert (off, off.status) == (shift, "cancelled")
    assert (on.replaces_id, on.person_id, on.status) == (shift.id, world.members["rita"].person_id, "active")
    editing.cancel(on, on.version, by(world))
    assert on.status == "cancelled", "hers alone: nobody else is asked"


def test_a_cancelling_that_was_agreed_is_taken_back_as_the_same_shift(world: World) -> None:
    shift = builders.shift(world, "bent", "kajen", FAR, 9, 12)
    uid = shift.uid
    agreed(world, editing.cancel(shift, 1, by(world)))
    assert shift.status == "cancelled"
    [again] = agreed(world, undoing.undo(shift, shift.version, SINCE, by(world)))
    assert (again.id, again.uid, again.status, again.sequence) == (shift.id, uid, "active", 2)


def test_what_could_not_come_in_force_is_refused_at_once_and_nothing_waits(world: World) -> None:
    builders.shift(world, "bent", "kajen", FAR, 9, 12)
    rita = builders.shift(world, "rita", "kajen", FAR, 9, 12)
    with pytest.raises(Clash):
        add(world, "bent")
    with pytest.raises(Clash):
        editing.replace(rita, 1, world.members["bent"].id, by(world))
    world.members["bent"].valid_to = FAR
    db.session.flush()
    with pytest.raises(NotOnTeam):
        add(world, "bent", FAR + timedelta(days=7))
    with pytest.raises(PastDay):
        add(world, "rita", TODAY - timedelta(days=1))
    assert drafts(world) == []


def test_no_draft_reaches_over_more_than_a_year(world: World) -> None:
    shift = builders.shift(world, "bent", "kajen", FAR, 9, 12)
    with pytest.raises(TooFar):
        editing.change(shift, 1, at_kajen(world, FAR + timedelta(days=400)), by(world))


def test_a_shift_with_an_edit_that_waits_takes_no_other(world: World) -> None:
    shift = builders.shift(world, "bent", "kajen", FAR, 9, 12)
    made = editing.cancel(shift, 1, by(world))
    assert made.draft is not None and waiting_for(shift) == made.draft
    with pytest.raises(Waits) as told:
        editing.change(shift, 1, at_kajen(world, ends=11), by(world, "tove"))
    assert told.value.draft == made.draft
    approving.drop(made.draft, by(world))
    assert waiting_for(shift) is None
    assert editing.change(shift, 1, at_kajen(world, ends=11), by(world)) is not None


def test_a_yes_to_a_shift_that_was_changed_since_changes_nothing(world: World) -> None:
    shift = builders.shift(world, "bent", "kajen", FAR, 9, 12)
    made = editing.cancel(shift, 1, by(world))
    shifts.change(shift, 1, at_kajen(world, ends=11), by(world))
    with pytest.raises(Held):
        agreed(world, made)
    assert shift.status == "active" and waiting_for(shift) is None


def two_services(world: World) -> None:
    """Skuret is a service of "byen" alone, Kajen stays "huset"'s; each is asked as the responsible one only."""
    theirs = builders.added(
        Service(code="byens", labels={"da": "Byens"}, programme_id=world.programme.id,
                organisation_id=organisation(world, "byen"), approval="responsible")
    )  # fmt: skip
    world.services["snak"].approval = "responsible"
    hours = db.session.scalars(select(WeeklyHours).where(WeeklyHours.place_id == world.places["skuret"].id)).one()
    hours.service_id = theirs.id
    db.session.flush()
    openings.refresh(world.programme.id, NOW, ZONE)


def test_a_shift_that_is_moved_asks_whoever_is_responsible_where_it_was_too(world: World) -> None:
    two_services(world)
    monday = date(2026, 12, 7)
    at_skuret = Stretch(world.places["skuret"].id, monday, time(13), time(16))
    shift = builders.shift(world, "rita", "skuret", monday, 13, 16)
    made = editing.change(shift, 1, at_kajen(world), by(world))
    assert made is not None and made.draft is not None and made.others == {organisation(world, "byen")}
    assert approving.asked(laid(made.draft), TODAY).missing == {organisation(world, "byen")}
    approving.drop(made.draft, by(world))
    there = builders.shift(world, "svend", "kajen", FAR, 9, 12)
    again = editing.change(there, 1, at_skuret, by(world))
    assert again is not None and again.others == {organisation(world, "byen")}
    within = builders.shift(world, "karen", "kajen", FAR, 9, 12)
    own = editing.change(within, 1, at_kajen(world, ends=11), by(world))
    assert own is not None and own.draft is None, "nothing of theirs is touched"


class TestUndo:
    """Taking back what was done last."""

    def test_a_new_shift_is_cancelled(self, world: World) -> None:
        shift = add(world, "bent", NEAR).shift
        assert shift is not None
        undoing.undo(shift, 1, SINCE, by(world))
        assert (shift.status, shift.version) == ("cancelled", 2)

    def test_a_changed_one_goes_back_and_undoing_that_changes_it_again(self, world: World) -> None:
        shift = builders.shift(world, "bent", "kajen", NEAR, 9, 12)
        old, new = stretch_of(shift), Stretch(world.places["skuret"].id, NEAR, time(10), time(11))
        uid = shift.uid
        editing.change(shift, 1, new, by(world))
        undoing.undo(shift, 2, SINCE, by(world))
        assert (stretch_of(shift), shift.uid, shift.version, shift.sequence) == (old, uid, 3, 2)
        undoing.undo(shift, 3, SINCE, by(world))
        assert stretch_of(shift) == new

    def test_one_that_was_handed_on_is_handed_back_as_a_new_one(self, world: World) -> None:
        old = builders.shift(world, "rita", "kajen", NEAR, 9, 12)
        new = editing.replace(old, 1, world.members["bent"].id, by(world)).shift
        assert new is not None
        edit = last_edit(new, SINCE)
        assert edit is not None and (edit.kind, edit.old) == (Kind.REPLACED, old)
        back = undoing.undo(new, 1, SINCE, by(world)).shift
        assert back is not None
        assert (back.person_id, back.replaces_id, back.status) == (old.person_id, new.id, "active")
        assert (old.status, new.status) == ("cancelled", "cancelled")

    def test_one_taken_over_is_neither_cancelled_nor_handed_back_by_the_button(self, world: World) -> None:
        gone = builders.shift(world, "rita", "kajen", NEAR, 9, 12)
        shifts.cancel(gone, 1, by(world))
        taken = shifts.take_over(gone, world.members["bent"].id, by(world))
        assert last_edit(taken, SINCE) is None
        with pytest.raises(TooLate):
            undoing.undo(taken, 1, SINCE, by(world))
        assert (gone.status, taken.status) == ("cancelled", "active")
        assert db.session.scalar(select(func.count()).select_from(Shift)) == 2

    def test_what_a_planner_did_since_with_one_taken_over_is_undone(self, world: World) -> None:
        gone = builders.shift(world, "rita", "kajen", NEAR, 9, 12)
        shifts.cancel(gone, 1, by(world))
        taken = shifts.take_over(gone, world.members["bent"].id, by(world))
        editing.change(taken, 1, at_kajen(world, NEAR, ends=11), by(world))
        undoing.undo(taken, 2, SINCE, by(world))
        assert (taken.status, taken.ends) == ("active", time(12))

    def test_a_cancelled_one_is_active_again(self, world: World) -> None:
        shift = builders.shift(world, "bent", "kajen", NEAR, 9, 12)
        editing.cancel(shift, 1, by(world))
        assert undoing.undo(shift, 2, SINCE, by(world)).shift is shift
        assert (shift.status, shift.version) == ("active", 3)

    def test_it_is_refused_where_somebody_changed_it_meanwhile(self, world: World) -> None:
        shift = builders.shift(world, "bent", "kajen", NEAR, 9, 12)
        editing.change(shift, 1, at_kajen(world, NEAR, ends=11), by(world))
        editing.change(shift, 2, at_kajen(world, NEAR, ends=10), by(world, "tove"))
        with pytest.raises(Stale):
            undoing.undo(shift, 2, SINCE, by(world))
        assert shift.ends == time(10)

    def test_what_was_done_before_today_is_not_undone(self, world: World) -> None:
        yesterday = by(world, at=NOW - timedelta(days=1))
        shift = editing.add(world.programme.id, world.members["bent"].id, at_kajen(world, NEAR), yesterday).shift
        assert shift is not None
        with pytest.raises(TooLate):
            undoing.undo(shift, 1, SINCE, by(world))

    def test_what_was_agreed_for_later_is_undone_with_the_others_yes(self, world: World) -> None:
        [shift] = agreed(world, add(world, "bent"))
        made = undoing.undo(shift, shift.version, SINCE, by(world))
        assert made.draft is not None and shift.status == "active"
        agreed(world, made)
        assert shift.status == "cancelled"


def undone_by_many(app: Flask, world: World) -> tuple[list[str], Shift]:
    """Many press the same button at the same moment."""
    karen, who = world.actor("karen"), by(world)
    shift = builders.shift(world, "bent", "kajen", NEAR, 9, 12)
    editing.change(shift, 1, at_kajen(world, NEAR, ends=11), who)
    key = shift.id
    db.session.commit()

    def act(_planner: int) -> str:
        found = shift_to_change(karen, key)
        assert found is not None
        try:
            undoing.undo(found, 2, SINCE, who)
        except Stale:
            return "stale"
        return "undone"

    told = sorted(at_once(app, act))
    return told, db.session.get_one(Shift, key, populate_existing=True)


def test_of_many_who_undo_at_once_one_does(app: Flask, world: World) -> None:
    told, shift = undone_by_many(app, world)
    assert told == [*["stale"] * (THREADS - 1), "undone"]
    assert (shift.ends, shift.version) == (time(12), 3)


def test_without_comparing_versions_many_would_undo_each_other(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shifts, "refuse_stale", lambda shift, version: None)
    told, shift = undone_by_many(app, world)
    assert told == ["undone"] * THREADS and shift.version == 2 + THREADS


def asked_by_many(app: Flask, world: World) -> tuple[list[str], int]:
    """Many want to take somebody off a day far ahead at the same moment; what each hears, and how many edits wait."""
    karen, who = world.actor("karen"), by(world)
    key = builders.shift(world, "bent", "kajen", FAR, 9, 12).id
    db.session.commit()

    def act(_planner: int) -> str:
        found = shift_to_change(karen, key)
        assert found is not None
        try:
            editing.cancel(found, 1, who)
        except Waits:
            return "waits already"
        return "asked"

    return sorted(at_once(app, act)), len(drafts(world))


def test_of_many_who_ask_at_once_about_a_shift_one_does(app: Flask, world: World) -> None:
    assert asked_by_many(app, world) == (["asked", *["waits already"] * (THREADS - 1)], 1)


def test_without_looking_for_what_waits_there_would_be_many(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editing, "refuse_waiting", lambda shift: None)
    assert asked_by_many(app, world) == (["asked"] * THREADS, THREADS)


class TestSplitting:
    """One shift made two."""

    def test_the_first_part_keeps_the_row_and_the_second_is_new(self, world: World) -> None:
        shift, skuret = builders.shift(world, "bent", "kajen", NEAR, 9, 12), world.places["skuret"].id
        uid = shift.uid
        made = splitting.split(shift, 1, time(11), skuret, by(world))
        assert made.shift is shift and made.second is not None and made.others == {organisation(world, "byen")}
        assert (shift.uid, stretch_of(shift)) == (uid, at_kajen(world, NEAR, ends=11))
        assert stretch_of(made.second) == Stretch(skuret, NEAR, time(11), time(12))
        assert (made.second.person_id, made.second.version) == (shift.person_id, 1)

    @pytest.mark.parametrize("at", [8, 9, 12, 13])
    def test_only_within_the_shift(self, world: World, at: int) -> None:
        shift = builders.shift(world, "bent", "kajen", NEAR, 9, 12)
        with pytest.raises(ValueError, match="within"):
            splitting.split(shift, 1, time(at), shift.place_id, by(world))

    def test_undone_it_is_whole_again_unless_the_second_part_is_another_by_now(self, world: World) -> None:
        shift = builders.shift(world, "bent", "kajen", NEAR, 9, 12)
        second = splitting.split(shift, 1, time(11), shift.place_id, by(world)).second
        assert second is not None and last_edit(second, SINCE) is None
        undoing.undo(shift, 2, SINCE, by(world))
        assert (stretch_of(shift), second.status) == (at_kajen(world, NEAR), "cancelled")
        again = splitting.split(shift, 3, time(10), shift.place_id, by(world)).second
        assert again is not None
        editing.change(again, 1, at_kajen(world, NEAR, 10, 11), by(world))
        with pytest.raises(TooLate):
            undoing.undo(shift, 4, SINCE, by(world))

    def test_far_ahead_both_parts_wait_and_come_in_force_together(self, world: World) -> None:
        shift, skuret = builders.shift(world, "bent", "kajen", FAR, 9, 12), world.places["skuret"].id
        made = splitting.split(shift, 1, time(11), skuret, by(world))
        assert made.draft is not None and shift.ends == time(12)
        first, second = agreed(world, made)
        assert first is shift and stretch_of(second) == Stretch(skuret, FAR, time(11), time(12))
