"""Swaps below the screens, on both engines: offered, taken, approved, and ended by what happens to the shifts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from advice.actions import absences, openings, shifts
from advice.actions.absences import Days
from advice.actions.shifts import Clash, NotOnTeam, PastDay, Stale
from advice.actions.swaps import offering, stepping
from advice.actions.swaps.lapsing import Here, lapses
from advice.actions.swaps.offering import NotYours, Offered
from advice.actions.swaps.sides import shortfalls
from advice.actions.swaps.stepping import Lapsed, Outcome, handings_of
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.people import Membership
from advice.models.roster import Shift, holder_now
from advice.models.swaps import Swap, SwapApproval, approvals_of
from advice.rules.staffing import GapKind
from advice.rules.swaps import Lapse, State
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), date(2026, 11, 25)
LATER = DAY + timedelta(days=7)
Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """The usual world with its openings, in the open write transaction of the test."""
    begin_write()
    found = builders.world()
    openings.refresh(found.programme.id, NOW, ZoneInfo("Europe/Copenhagen"))
    return found


def here(world: World, name: str, wall: time = time(13, 30)) -> Here:
    """Somebody of the world, today."""
    one = world.members[name]
    return Here(one.person_id, one.organisation_id, NOW, TODAY, wall)


def offered(world: World, shift: Shift, asked: str | None = None, *, is_trade: bool = False) -> Swap:
    """A shift that its holder offers."""
    name = next(key for key, one in world.members.items() if one.person_id == shift.person_id)
    one = world.members[asked] if asked else None
    return offering.offer(shift.id, shift.version, one, here(world, name), is_trade=is_trade)


def take(world: World, swap: Swap, name: str, given: Shift | None = None) -> Outcome:
    """Somebody says yes."""
    return stepping.take(swap, world.members[name], given.id if given else None, here(world, name))


def house(world: World, day: date = DAY) -> tuple[Shift, Shift]:
    """Rita and Bent at Kajen: nothing is lacking."""
    return builders.shift(world, "rita", "kajen", day, 9, 12), builders.shift(world, "bent", "kajen", day, 9, 12)


def organisations(world: World, swap: Swap) -> set[str]:
    """The organisations that are asked and have not said yes, by short name."""
    names = {row.id: code for code, row in world.organisations.items()}
    return {names[row.organisation_id] for row in approvals_of([swap.id]).get(swap.id, []) if row.at is None}


def holders(day: date = DAY) -> list[tuple[str, str]]:
    """Who has which shift of a day now, by first name and place."""
    found = db.session.scalars(select(Shift).where(Shift.day == day, Shift.status == "active"))
    return sorted((one.person.name.split()[0], one.place.slug) for one in found)


def test_within_the_organisation_it_is_hers_at_once_as_a_shift_of_her_own(world: World) -> None:
    mine, _bent = house(world)
    swap = offered(world, mine)
    outcome = take(world, swap, "svend")
    [new] = outcome.new
    assert (swap.state, swap.taker_id, swap.ended_at) == (State.DONE, world.members["svend"].id, NOW)
    assert (mine.status, new.replaces_id, new.starts) == ("cancelled", mine.id, time(9)) and new.uid != mine.uid
    assert holders() == [("Bent", "kajen"), ("Svend", "kajen")]
    acts = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["swap_offered", "shift_cancelled", "shift_added", "swap_done"]


def test_across_organisations_nothing_changes_before_both_leaders_have_said_yes(world: World) -> None:
    mine = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    builders.shift(world, "tove", "kajen", DAY, 9, 12)
    swap = offered(world, mine)
    outcome = take(world, swap, "bent")
    assert outcome.new == () and organisations(world, swap) == {"huset", "byen"}
    assert holders() == [("Rita", "kajen"), ("Tove", "kajen")] and mine.version == 1
    first = stepping.approve(swap, swap.version, world.members["tove"], here(world, "tove"))
    assert first.new == () and organisations(world, swap) == {"huset"}
    with pytest.raises(NotYours):
        stepping.approve(swap, swap.version, world.members["tove"], here(world, "tove"))
    last = stepping.approve(swap, swap.version, world.members["karen"], here(world, "karen"))
    assert [one.person_id for one in last.new] == [world.members["bent"].person_id]
    assert (swap.state, holders()) == (State.DONE, [("Bent", "kajen"), ("Tove", "kajen")])


def test_a_new_gap_is_seen_and_asks_the_own_leader_too(world: World) -> None:
    rita, bent = house(world)
    member = builders.member(world, builders.person("Nina Ny"), "huset", "adviser")
    assert [one.gap.kind for one in shortfalls(handings_of(bent, None, member))] == [GapKind.ORGANISATION]
    assert shortfalls(handings_of(rita, None, member)) == []
    second = builders.shift(world, "svend", "skuret", DAY, 9, 12)
    swap = offered(world, rita, is_trade=True)
    take(world, swap, "svend", second)
    assert swap.state == State.DONE, "Svend and Rita change places within huset"


def test_what_lacked_before_is_no_new_gap(world: World) -> None:
    alone = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    assert shortfalls(handings_of(alone, None, world.members["svend"])) == []
    assert take(world, offered(world, alone), "svend").new


def test_an_absent_taker_leaves_a_gap_and_asks_the_leader(world: World) -> None:
    rita, _bent = house(world)
    absences.enter(world.members["svend"], "absence", Days(DAY, DAY), here(world, "svend"))
    swap = offered(world, rita)
    take(world, swap, "svend")
    assert (swap.state, organisations(world, swap)) == (State.TAKEN, {"huset"})


def test_a_trade_changes_both_shifts_or_none(world: World) -> None:
    rita, _bent = house(world)
    svend = builders.shift(world, "svend", "kajen", LATER, 9, 12)
    swap = offered(world, rita, is_trade=True)
    in_the_way = builders.shift(world, "svend", "skuret", DAY, 11, 13)
    with pytest.raises(Clash) as told:
        take(world, swap, "svend", svend)
    assert told.value.existing is in_the_way and swap.state == State.OFFERED
    assert [one.status for one in (rita, svend)] == ["active", "active"]
    shifts.cancel(in_the_way, in_the_way.version, here(world, "karen"))
    outcome = take(world, swap, "svend", svend)
    assert {(one.person_id, one.replaces_id) for one in outcome.new} == {
        (world.members["svend"].person_id, rita.id), (world.members["rita"].person_id, svend.id),
    }  # fmt: skip
    assert [one.status for one in (rita, svend)] == ["cancelled", "cancelled"]


def test_two_change_places_at_the_same_hour(world: World) -> None:
    rita = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    svend = builders.shift(world, "svend", "skuret", DAY, 10, 13)
    assert len(take(world, offered(world, rita, is_trade=True), "svend", svend).new) == 2
    assert holders() == [("Rita", "skuret"), ("Svend", "kajen")]


def test_the_offerers_other_shift_stands_in_the_way_of_what_she_would_get(world: World) -> None:
    rita, busy = (builders.shift(world, "rita", "kajen", day, 9, 12) for day in (DAY, LATER))
    svend = builders.shift(world, "svend", "skuret", LATER, 10, 13)
    with pytest.raises(Clash) as told:
        take(world, offered(world, rita, is_trade=True), "svend", svend)
    assert told.value.existing is busy


def test_only_ones_own_shift_ahead_is_offered_once_and_to_somebody_on_the_team(world: World) -> None:
    mine, hers = house(world)
    begun = builders.shift(world, "rita", "skuret", TODAY, 13, 16)
    rita = here(world, "rita")
    for shift, asked, why in (
        (hers, None, NotYours), (begun, None, PastDay), (mine, "lars", NotOnTeam), (mine, "rita", NotOnTeam),
    ):  # fmt: skip
        member = world.members[asked] if asked else None
        with pytest.raises(why):
            offering.offer(shift.id, shift.version, member, rita, is_trade=False)
    with pytest.raises(Stale):
        offering.offer(mine.id, 7, None, rita, is_trade=False)
    offered(world, mine)
    with pytest.raises(Offered):
        offered(world, mine, "svend")
    with pytest.raises(IntegrityError, match=r"ix_swaps_living|shift_id"), db.session.begin_nested():
        again = {"programme_id": mine.programme_id, "shift_id": mine.id, "shift_version": 1}
        builders.added(Swap(is_trade=False, offered_at=NOW, **again))


def test_only_who_is_asked_takes_it_and_only_for_what_was_wanted(world: World) -> None:
    mine, bent = house(world)
    swap = offered(world, mine, "svend")
    for name, given in (("bent", None), ("rita", None), ("svend", bent)):
        with pytest.raises(NotYours):
            take(world, swap, name, given)
    for act in (stepping.decline, stepping.withdraw, stepping.back_out):
        with pytest.raises(NotYours):
            act(swap, here(world, "bent"))
    trade = offered(world, builders.shift(world, "rita", "kajen", LATER, 9, 12), is_trade=True)
    with pytest.raises(NotYours):
        take(world, trade, "svend")
    with pytest.raises(NotYours):
        take(world, trade, "svend", bent)
    assert {swap.state, trade.state} == {State.OFFERED}


def test_a_shift_that_is_given_in_a_waiting_swap_is_in_no_other(world: World) -> None:
    rita = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    other = builders.shift(world, "svend", "kajen", LATER, 9, 12)
    given = builders.shift(world, "bent", "skuret", LATER, 13, 15)
    swap = offered(world, other, is_trade=True)
    take(world, swap, "bent", given)
    assert swap.state == State.TAKEN
    with pytest.raises(Offered):
        offered(world, given)
    second = offered(world, rita, is_trade=True)
    with pytest.raises(Stale):
        take(world, second, "bent", given)


def test_no_withdrawn_and_thought_better_of(world: World) -> None:
    mine = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    first = offered(world, mine, "bent")
    stepping.decline(first, here(world, "bent"))
    assert (first.state, first.decided_by) == (State.DECLINED, world.members["bent"].person_id)
    second = offered(world, mine)
    take(world, second, "bent")
    stepping.back_out(second, here(world, "bent"))
    assert (second.state, second.taker_id, approvals_of([second.id])) == (State.OFFERED, None, {})
    take(world, second, "bent")
    seen = second.version
    stepping.back_out(second, here(world, "bent"))
    take(world, second, "bent")
    with pytest.raises(Stale):
        stepping.approve(second, seen, world.members["tove"], here(world, "tove"))
    stepping.withdraw(second, here(world, "rita"))
    assert second.state == State.WITHDRAWN and mine.status == "active"
    third = offered(world, mine)
    take(world, third, "bent")
    stepping.refuse(third, third.version, world.members["tove"], here(world, "tove"))
    assert third.state == State.REFUSED and mine.status == "active"
    for act in (stepping.withdraw, lambda swap, by: take(world, swap, "svend")):
        with pytest.raises(Stale):
            act(third, here(world, "rita"))


def gone(world: World, name: str) -> None:
    """Somebody's last day was yesterday."""
    row = db.session.get_one(Membership, world.members[name].id)
    row.valid_to = TODAY - timedelta(days=1)
    db.session.flush()


def moved(shift: Shift, world: World) -> None:
    """A planner has changed a shift."""
    stretch = shifts.Stretch(shift.place_id, shift.day, time(9), time(11))
    shifts.change(shift, shift.version, stretch, here(world, "karen"))


ENDS: dict[str, tuple[Callable[[World, Swap], None], Lapse]] = {
    "changed": (lambda world, swap: moved(swap.shift, world), Lapse.CHANGED),
    "cancelled": (lambda world, swap: shifts.cancel(swap.shift, 1, here(world, "karen")), Lapse.CHANGED),
    "offerer left": (lambda world, _swap: gone(world, "rita"), Lapse.OFFERER_GONE),
    "taker left": (lambda world, _swap: gone(world, "bent"), Lapse.COLLEAGUE_GONE),
    "return changed": (lambda world, swap: moved(returned(swap), world), Lapse.RETURN_CHANGED),
}


def returned(swap: Swap) -> Shift:
    """The shift that is given for it."""
    assert swap.returned is not None
    return swap.returned


@pytest.mark.parametrize("end", ENDS)
def test_what_a_waiting_swap_is_about_changes_and_it_lapses(world: World, end: str) -> None:
    mine, given = (
        builders.shift(world, "rita", "kajen", DAY, 9, 12),
        builders.shift(world, "bent", "kajen", LATER, 9, 12),
    )
    swap = offered(world, mine, is_trade=True)
    take(world, swap, "bent", given)
    happen, why = ENDS[end]
    happen(world, swap)
    with pytest.raises(Lapsed) as told:
        stepping.approve(swap, swap.version, world.members["tove"], here(world, "tove"))
    assert told.value.why is why and lapses([swap], here(world, "karen")) == {swap.id: why}
    assert offering.let_lapse(swap, here(world, "karen")) is why
    assert (swap.state, swap.decided_by) == (State.LAPSED, None)
    assert offering.let_lapse(swap, here(world, "karen")) is None


def test_an_offer_lapses_when_the_shift_begins_and_a_new_offer_of_a_changed_shift_ends_the_old_one(
    world: World,
) -> None:
    today = builders.shift(world, "rita", "skuret", TODAY, 14, 16)
    swap = offered(world, today)
    late = here(world, "svend", time(14))
    with pytest.raises(Lapsed) as told:
        stepping.take(swap, world.members["svend"], None, late)
    assert told.value.why is Lapse.BEGUN
    moved_one = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    old = offered(world, moved_one)
    moved(moved_one, world)
    new = offered(world, moved_one)
    assert (old.state, new.state, new.shift_version) == (State.LAPSED, State.OFFERED, 2)


def test_without_a_leader_the_coordinator_answers(world: World) -> None:
    gone(world, "tove")
    mine = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    swap = offered(world, mine)
    take(world, swap, "bent")
    assert organisations(world, swap) == {"huset"}
    assert stepping.approve(swap, swap.version, world.members["karen"], here(world, "karen")).new
    assert holder_now(mine.id) is not None


def test_a_leader_who_leaves_leaves_her_side_to_the_coordinator(world: World) -> None:
    swap = offered(world, builders.shift(world, "rita", "kajen", DAY, 9, 12))
    take(world, swap, "bent")
    assert organisations(world, swap) == {"huset", "byen"}
    gone(world, "tove")
    assert stepping.approve(swap, swap.version, world.members["karen"], here(world, "karen")).new


def test_who_is_asked_goes_by_the_rule_of_the_service(world: World) -> None:
    bent = builders.shift(world, "bent", "kajen", DAY, 9, 12)
    builders.member(world, builders.person("Ny Nabo"), "byen", "adviser")
    swap = offered(world, bent)
    take(world, swap, "ny")
    assert organisations(world, swap) == {"huset"}, "huset is responsible, and its service asks for it"
    stepping.withdraw(swap, here(world, "bent"))
    services = update(type(world.services["snak"])).values(approval="touched")
    db.session.execute(services)
    again = offered(world, bent)
    assert take(world, again, "ny").new
    assert db.session.scalars(select(SwapApproval.swap_id)).all() == [swap.id]
