"""A plan laid by two organisations, below the screens: on both engines, and with others at work at the same moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from advice.actions import memberships, openings, shifts
from advice.actions.absences import Days, enter
from advice.actions.drafts import approving, enforcing, laying
from advice.actions.drafts.approving import Empty, asked
from advice.actions.drafts.enforcing import Held, NotApproved, put_in_force
from advice.actions.drafts.reading import laid
from advice.actions.memberships import Post
from advice.actions.shifts import By, Clash, NotOnTeam, PastDay, Stale, Stretch
from advice.database import begin_write, db
from advice.models.drafts import Draft, draft_of, drafts_of
from advice.models.people import Membership
from advice.models.roster import Shift
from advice.rules.access import Role
from advice.rules.drafts import Deed, State
from advice.rules.repeating import Skip
from tests import builders
from tests.actions.test_shifts import at_once
from tests.builders import World
from tests.visit_log import ZONE

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FIRST, LAST = date(2026, 11, 30), date(2026, 12, 13)
WEDNESDAY = date(2026, 12, 2)
WEEK = timedelta(days=7)


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """Havnen with its openings, in the open write transaction of the test."""
    begin_write()
    found = builders.world()
    openings.refresh(found.programme.id, NOW - 2 * WEEK, ZONE)
    return found


def by(world: World, name: str = "karen") -> By:
    """Somebody of the world, now."""
    return By(world.members[name].person_id, world.members[name].organisation_id, NOW, TODAY)


def everybody(_organisation: int) -> bool:
    return True


def begun(world: World, name: str = "karen") -> Draft:
    """A draft of two weeks."""
    return laying.begin(world.programme.id, "December", FIRST, LAST, by(world, name))


def at_kajen(world: World, day: date = WEDNESDAY, starts: int = 9, ends: int = 12) -> Stretch:
    return Stretch(world.places["kajen"].id, day, time(starts), time(ends))


def active(world: World) -> list[tuple[str, date]]:
    """Who is on duty when, ahead."""
    rows = db.session.scalars(select(Shift).filter_by(programme_id=world.programme.id, status="active"))
    return sorted((row.person.name.split()[0].lower(), row.day) for row in rows if row.day > TODAY)


def last_weeks(world: World) -> None:
    """A week that can be repeated: rita and bent on Monday, rita on Wednesday."""
    for name, place, day, starts, ends in (
        ("rita", "skuret", 16, 13, 16),
        ("bent", "skuret", 16, 13, 16),
        ("rita", "kajen", 18, 9, 12),
    ):
        builders.shift(world, name, place, date(2026, 11, day), starts, ends)


def test_a_week_is_repeated_into_a_draft_and_nothing_is_in_force_yet(world: World) -> None:
    last_weeks(world)
    draft = begun(world)
    found = laying.lay_again(draft, date(2026, 11, 16), 1, by(world), everybody)
    assert len(found.turns) == 6 and found.skipped == ()
    assert active(world) == []
    assert len(laid(draft).overlay.planned) == 6


def test_closed_days_and_absences_are_left_out_and_told(world: World) -> None:
    last_weeks(world)
    enter(world.members["bent"], "holiday", Days(FIRST, FIRST + timedelta(days=6)), by(world, "bent"))
    draft = laying.begin(world.programme.id, "Jul", FIRST, date(2027, 1, 3), by(world))
    found = laying.lay_again(draft, date(2026, 11, 16), 1, by(world), everybody)
    told = {(one.turn.day, one.why) for one in found.skipped}
    assert (FIRST, Skip.AWAY) in told
    assert all(why in (Skip.AWAY, Skip.CLOSED) for _day, why in told)
    again = laying.lay_again(draft, date(2026, 11, 16), 1, by(world), everybody)
    assert again.turns == (), "what stands in the draft is not laid twice"


def test_a_leader_repeats_her_own_people_only(world: World) -> None:
    last_weeks(world)
    byen = world.organisations["byen"].id
    draft = begun(world, "tove")
    found = laying.lay_again(draft, date(2026, 11, 16), 1, by(world, "tove"), lambda one: one == byen)
    assert {turn.organisation for turn in found.turns} == {byen}


def test_both_sides_say_yes_and_the_plan_comes_in_force(world: World) -> None:
    last_weeks(world)
    draft = begun(world)
    laying.lay_again(draft, date(2026, 11, 16), 1, by(world), everybody)
    huset, byen = (world.organisations[code].id for code in ("huset", "byen"))
    approving.send(laid(draft), by(world))
    found = laid(draft)
    assert asked(found, TODAY).organisations == {huset, byen}
    assert asked(found, TODAY).missing == {byen}
    with pytest.raises(NotApproved):
        put_in_force(found, by(world), coordinator=True)
    approving.say_yes(found, byen, approving.side(found, byen), by(world, "tove"))
    done = put_in_force(laid(draft), by(world), coordinator=False)
    assert len(done.shifts) == 6 and draft.state == State.IN_FORCE
    monday, wednesday = FIRST, FIRST + timedelta(days=2)
    assert active(world) == sorted(
        [(name, monday + week * WEEK) for name in ("rita", "bent") for week in range(2)]
        + [("rita", wednesday + week * WEEK) for week in range(2)]
    )
    with pytest.raises(Stale):
        put_in_force(laid(draft), by(world), coordinator=True)


def test_the_coordinator_may_put_it_in_force_once_the_days_are_over(world: World) -> None:
    draft = begun(world)
    laying.add(draft, world.members["bent"].id, at_kajen(world), by(world))
    approving.send(laid(draft), by(world))
    draft.sent_on = TODAY - timedelta(days=world.services["snak"].approval_days)
    with pytest.raises(NotApproved):
        put_in_force(laid(draft), by(world), coordinator=False)
    put_in_force(laid(draft), by(world), coordinator=True)
    assert active(world) == [("bent", WEDNESDAY)]


def test_a_yes_to_what_was_shown_is_no_yes_to_another_plan(world: World) -> None:
    draft = begun(world)
    laying.add(draft, world.members["bent"].id, at_kajen(world), by(world))
    approving.send(laid(draft), by(world))
    byen = world.organisations["byen"].id
    seen = approving.side(laid(draft), byen)
    approving.take_back(draft, by(world))
    laying.add(draft, world.members["bent"].id, at_kajen(world, WEDNESDAY + WEEK), by(world))
    approving.send(laid(draft), by(world))
    with pytest.raises(Stale):
        approving.say_yes(laid(draft), byen, seen, by(world, "tove"))
    assert asked(laid(draft), TODAY).missing == {byen}


def test_a_draft_that_was_sent_is_not_laid_on_and_one_that_is_empty_is_not_sent(world: World) -> None:
    draft = begun(world)
    with pytest.raises(Empty):
        approving.send(laid(draft), by(world))
    row = laying.add(draft, world.members["rita"].id, at_kajen(world), by(world))
    approving.send(laid(draft), by(world))
    for act in (
        lambda: laying.add(draft, world.members["rita"].id, at_kajen(world), by(world)),
        lambda: laying.take_out(draft, row, row.version, by(world)),
        lambda: laying.lay_again(draft, date(2026, 11, 16), 1, by(world), everybody),
    ):
        with pytest.raises(Stale):
            act()


def test_a_shift_in_force_is_moved_and_another_cancelled_by_a_draft(world: World) -> None:
    moved = builders.shift(world, "rita", "kajen", WEDNESDAY, 9, 12)
    goes = builders.shift(world, "svend", "kajen", WEDNESDAY, 9, 12)
    draft = begun(world)
    laying.change(draft, moved, 1, at_kajen(world, WEDNESDAY + timedelta(days=1)), by(world))
    laying.change(draft, goes, 1, None, by(world))
    assert (moved.day, goes.status) == (WEDNESDAY, "active")
    put_in_force(laid(draft), by(world), coordinator=False)
    assert (moved.day, moved.version, goes.status) == (WEDNESDAY + timedelta(days=1), 2, "cancelled")


def test_what_changed_meanwhile_holds_the_whole_draft_and_is_told(world: World) -> None:
    shift = builders.shift(world, "rita", "kajen", WEDNESDAY, 9, 12)
    draft = begun(world)
    laying.add(draft, world.members["svend"].id, at_kajen(world), by(world))
    row = laying.change(draft, shift, 1, at_kajen(world, starts=10), by(world))
    shifts.change(shift, 1, at_kajen(world, ends=11), by(world))
    assert [one.key for one in laid(draft).overlay.stale] == [row.id]
    with pytest.raises(Held) as held:
        put_in_force(laid(draft), by(world), coordinator=False)
    assert [(one.id, type(why)) for one, why in held.value.why] == [(row.id, Stale)]
    assert active(world) == [("rita", WEDNESDAY)] and draft.state == State.OPEN


def test_somebody_who_is_on_duty_elsewhere_holds_it(world: World) -> None:
    draft = begun(world)
    laying.add(draft, world.members["rita"].id, at_kajen(world), by(world))
    busy = builders.shift(world, "rita", "skuret", WEDNESDAY, 11, 14)
    assert [b.shift.key for _a, b in laid(draft).clashes if b.shift] == [busy.id]
    with pytest.raises(Held) as held:
        put_in_force(laid(draft), by(world), coordinator=False)
    ((_row, why),) = held.value.why
    assert isinstance(why, Clash) and why.existing is busy


def another_post(world: World, name: str, organisation: str) -> Membership:
    """Somebody is given another role: the membership that a draft names has ended, and a new one is in force."""
    post = Post(Role.TEAM_LEADER, world.organisations[organisation].id)
    return memberships.moved(world.members[name], post, TODAY)


def test_a_draft_follows_her_to_another_post_in_the_same_organisation(world: World) -> None:
    draft = begun(world)
    laying.add(draft, world.members["rita"].id, at_kajen(world), by(world))
    new = another_post(world, "rita", "huset")
    done = put_in_force(laid(draft), by(world), coordinator=True)
    assert [(shift.membership_id, shift.person_id) for shift, _deed in done.shifts] == [(new.id, new.person_id)]


def test_a_draft_does_not_follow_her_to_another_organisation(world: World) -> None:
    draft = begun(world)
    laying.add(draft, world.members["rita"].id, at_kajen(world), by(world))
    another_post(world, "rita", "byen")
    with pytest.raises(Held) as held:
        put_in_force(laid(draft), by(world), coordinator=True)
    assert [type(why) for _row, why in held.value.why] == [NotOnTeam]
    assert active(world) == []


def test_shifts_of_an_earlier_post_are_repeated_under_the_present_one(world: World) -> None:
    last_weeks(world)
    new = another_post(world, "rita", "huset")
    draft = begun(world)
    found = laying.lay_again(draft, date(2026, 11, 16), 1, by(world), everybody)
    ritas = {turn.member for turn in found.turns if turn.person == new.person_id}
    assert ritas == {new.id} and not [one for one in found.skipped if one.why is Skip.NOT_ON_TEAM]


def test_the_two_shifts_of_one_person_may_follow_each_other(world: World) -> None:
    early = builders.shift(world, "rita", "kajen", WEDNESDAY, 9, 12)
    late = builders.shift(world, "rita", "kajen", WEDNESDAY, 12, 15)
    draft = begun(world)
    laying.change(draft, early, 1, at_kajen(world, starts=12, ends=15), by(world))
    laying.change(draft, late, 1, at_kajen(world, starts=15, ends=18), by(world))
    put_in_force(laid(draft), by(world), coordinator=False)
    assert (early.starts, late.starts) == (time(12), time(15))


def test_days_outside_the_draft_people_who_left_and_the_past_are_refused(world: World) -> None:
    draft = begun(world)
    with pytest.raises(PastDay):
        laying.add(draft, world.members["rita"].id, at_kajen(world, LAST + timedelta(days=1)), by(world))
    world.members["rita"].valid_to = FIRST
    db.session.flush()
    with pytest.raises(NotOnTeam):
        laying.add(draft, world.members["rita"].id, at_kajen(world), by(world))
    with pytest.raises(NotOnTeam):
        laying.add(draft, world.members["lars"].id, at_kajen(world), by(world))
    with pytest.raises(PastDay):
        laying.begin(world.programme.id, "Før", TODAY - timedelta(days=1), LAST, by(world))
    with pytest.raises(ValueError, match="a year"):
        laying.begin(world.programme.id, "Bagvendt", LAST, FIRST, by(world))


def test_a_draft_that_was_dropped_can_be_laid_on_again(world: World) -> None:
    draft = begun(world)
    approving.drop(draft, by(world))
    assert drafts_of(world.programme.id) == []
    approving.take_back(draft, by(world))
    assert drafts_of(world.programme.id) == [draft]


def test_of_many_who_put_a_draft_in_force_at_once_one_does(app: Flask, world: World) -> None:
    programme, who, places = world.programme.id, by(world), world.places["kajen"].id
    member = world.members["rita"].id
    ids = []
    for number in range(5):
        draft = begun(world)
        laying.add(draft, member, Stretch(places, FIRST + timedelta(days=number), time(9), time(12)), who)
        ids.append(draft.id)
    db.session.commit()
    for draft_id in ids:

        def act(_planner: int, draft_id: int = draft_id) -> str:
            draft = draft_of(programme, draft_id, to_change=True)
            assert draft is not None
            try:
                put_in_force(laid(draft), who, coordinator=True)
            except Stale:
                return "stale"
            return "done"

        assert sorted(at_once(app, act)) == ["done", *["stale"] * 5]
    count = db.session.scalar(select(func.count()).select_from(Shift).where(Shift.status == "active"))
    assert count == len(ids)


def test_a_change_of_a_draft_says_what_it_was_made_from(world: World) -> None:
    shift = builders.shift(world, "rita", "kajen", WEDNESDAY, 9, 12)
    draft = begun(world)
    row = laying.change(draft, shift, 1, None, by(world))
    assert (row.deed, row.shift_version, row.starts) == (Deed.CANCEL, 1, time(9))
    with pytest.raises(Stale):
        laying.change(draft, shift, 1, at_kajen(world, starts=10), by(world))
    with pytest.raises(Stale):
        laying.alter(draft, row, row.version, at_kajen(world), by(world))
    laying.take_out(draft, row, row.version, by(world))
    assert laid(draft).changes == [] and enforcing.ORDER[0] is Deed.CANCEL


def test_whoever_saves_on_top_of_another_planners_change_is_told(world: World) -> None:
    draft = begun(world)
    row = laying.add(draft, world.members["rita"].id, at_kajen(world), by(world))
    seen = row.version
    laying.alter(draft, row, seen, at_kajen(world, starts=10), by(world))
    with pytest.raises(Stale):
        laying.alter(draft, row, seen, at_kajen(world, ends=11), by(world))
    with pytest.raises(Stale):
        laying.take_out(draft, row, seen, by(world))
    assert (row.starts, row.ends) == (time(10), time(12))
