"""Memberships and their people: changed, ended, shut out, and never past what the actor may give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from advice.actions import feeds, invitations, links, people, sessions
from advice.actions.people_checks import By, manages_all
from advice.actions.people_refusals import InUse, LastCoordinator, NotAllowed, OwnAccount, Stale
from advice.database import db
from advice.models.absences import Availability, PlaceWish, terms_of
from advice.models.accounts import LinkPurpose, LogInMethod, LogInSession
from advice.models.people import Person
from advice.models.roster import Competence, MembershipCompetence
from advice.rules.access import Role
from advice.rules.spans import Span
from advice.rules.terms import Window
from tests import builders
from tests.builders import World
from tests.invited_people import NOW, TODAY, TOMORROW, YESTERDAY, acts, by, entered, invited, post, world

__all__ = ["world"]


@pytest.mark.t10
@pytest.mark.parametrize("name", ["karen", "tove", "rita", "lars"])
@pytest.mark.parametrize("organisation", ["huset", "byen"])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_gives_what_it_may_and_nothing_else(world: World, name: str, organisation: str, role: Role) -> None:
    allowed = name == "karen" or (name == "tove" and organisation == "byen" and role is not Role.COORDINATOR)
    bent = world.members["bent"]
    tries: list[Callable[[], object]] = [
        lambda: invited(world, who=by(world, name), wanted=post(world, role, organisation)),
        lambda: people.change(world.programme.id, bent.id, post(world, role, organisation), by(world, name)),
    ]
    for act in tries:
        if allowed:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.t10
def test_a_team_leader_has_no_hand_on_a_coordinator_of_her_own_organisation(world: World) -> None:
    chief = builders.member(world, builders.person("Ida Is"), "byen", "coordinator")
    tries: list[Callable[[int, int, By], object]] = [
        invitations.renew, people.disable, people.enable, people.end_sessions, people.reopen,
        lambda programme, member, who: people.end(programme, member, TODAY, who),
        lambda programme, member, who: people.change(programme, member, post(world, Role.ADVISER, "byen"), who),
    ]  # fmt: skip
    for act in tries:
        with pytest.raises(NotAllowed):
            act(world.programme.id, chief.id, by(world, "tove"))


@pytest.mark.t10
def test_nobody_reaches_into_another_programme(world: World) -> None:
    other = builders.world("engen", "e-")
    with pytest.raises(Stale):
        people.disable(world.programme.id, other.members["rita"].id, by(world))
    with pytest.raises(NotAllowed):
        people.disable(other.programme.id, other.members["rita"].id, by(world))
    assert not manages_all(by(world), [other.members["rita"]])


def test_another_role_ends_one_membership_and_begins_another_and_the_shifts_go_along(world: World) -> None:
    rita = world.members["rita"]
    rita.initials, rita.percent, rita.most_shifts = "RR", 60, 2
    key = {"programme_id": world.programme.id, "membership_id": rita.id}
    builders.added(Availability(weekday=2, starts=time(9), ends=time(12), **key))
    builders.added(PlaceWish(place_id=world.places["kajen"].id, wish="avoids", **key))
    ahead = builders.shift(world, "rita", "skuret", TOMORROW, 9, 12)
    past = builders.shift(world, "rita", "skuret", YESTERDAY, 9, 12)
    language = builders.added(
        Competence(programme_id=world.programme.id, code="ø", kind="language", labels={"da": "Øbosk"})
    )
    builders.added(
        MembershipCompetence(programme_id=world.programme.id, membership_id=rita.id, competence_id=language.id)
    )
    sessions.begin(NOW, rita.person_id, LogInMethod.PASSWORD, rita.id)
    found = people.change(world.programme.id, rita.id, post(world, Role.TEAM_LEADER), by(world))
    db.session.expire_all()
    assert (rita.role, rita.valid_to) == ("adviser", YESTERDAY)
    assert (found.role, found.valid_from, found.valid_to) == ("team_leader", TODAY, None)
    assert (found.initials, found.percent) == ("RR", 60)
    terms = terms_of([found])[found.id]
    assert (terms.most_shifts, terms.windows) == (2, (Window(2, Span(time(9), time(12))),))
    assert terms.avoids == {world.places["kajen"].id}
    assert (ahead.membership_id, past.membership_id) == (found.id, rita.id)
    kept = select(MembershipCompetence.competence_id).where(MembershipCompetence.membership_id == found.id)
    assert db.session.scalars(kept).all() == [language.id]
    assert db.session.scalars(select(LogInSession.membership_id)).all() == [found.id]
    assert acts()[-1] == "membership_changed"


def test_in_another_organisation_the_shifts_stay_with_the_one_that_counts_them(world: World) -> None:
    rita = world.members["rita"]
    ahead = builders.shift(world, "rita", "skuret", TOMORROW, 9, 12)
    people.change(world.programme.id, rita.id, post(world, organisation="byen"), by(world))
    db.session.expire_all()
    assert (ahead.membership_id, ahead.organisation_id) == (rita.id, world.organisations["huset"].id)


def test_what_began_today_is_changed_itself_unless_something_hangs_on_it(world: World) -> None:
    member = invited(world).member
    assert people.change(world.programme.id, member.id, post(world, organisation="byen"), by(world)) is member
    assert (member.organisation_id, member.valid_to) == (world.organisations["byen"].id, None)
    world.members["nina"] = member
    builders.shift(world, "nina", "skuret", TOMORROW, 9, 12)
    people.change(world.programme.id, member.id, post(world, Role.READER, "byen"), by(world))
    assert member.role == "reader"
    with pytest.raises(InUse):
        people.change(world.programme.id, member.id, post(world), by(world))
    db.session.expire_all()
    assert member.organisation_id == world.organisations["byen"].id


def test_the_same_post_again_changes_nothing(world: World) -> None:
    rita = world.members["rita"]
    assert people.change(world.programme.id, rita.id, post(world), by(world)) is rita
    assert rita.valid_to is None and acts() == []


def test_a_membership_ends_with_its_last_day_and_can_be_taken_back_until_then(world: World) -> None:
    rita = world.members["rita"]
    people.end(world.programme.id, rita.id, TOMORROW, by(world))
    last_days = [rita.valid_to]
    people.reopen(world.programme.id, rita.id, by(world))
    last_days.append(rita.valid_to)
    people.end(world.programme.id, rita.id, TODAY, by(world))
    assert [*last_days, rita.valid_to] == [TOMORROW, None, TODAY]
    tomorrow = by(world, now=NOW + timedelta(days=1))
    for act in (people.reopen, people.disable, invitations.renew):
        with pytest.raises(Stale):
            act(world.programme.id, rita.id, tomorrow)


def test_the_last_coordinator_stays(world: World) -> None:
    karen, programme = world.members["karen"], world.programme.id
    second = invited(world, wanted=post(world, Role.COORDINATOR))
    tries: list[Callable[[], object]] = [
        lambda: people.end(programme, karen.id, TOMORROW, by(world)),
        lambda: people.change(programme, karen.id, post(world, Role.ADVISER), by(world)),
        lambda: people.disable(programme, karen.id, replace(by(world), actor=None)),
    ]
    for act in tries:  # a second one who has never been in is nobody yet
        with pytest.raises(LastCoordinator):
            act()
    entered(second)
    people.end(programme, second.member.id, TOMORROW, by(world))
    for act in tries:  # and one who ends tomorrow does not stay
        with pytest.raises(LastCoordinator):
            act()
    people.reopen(programme, second.member.id, by(world))
    people.end(programme, karen.id, TOMORROW, by(world))
    with pytest.raises(LastCoordinator):
        people.disable(programme, second.member.id, by(world))


def test_when_the_programme_closes_its_last_coordinator_may_go(world: World) -> None:
    world.programme.valid_to = date(2027, 6, 30)
    karen = world.members["karen"]
    with pytest.raises(LastCoordinator):
        people.end(world.programme.id, karen.id, date(2027, 6, 29), by(world))
    people.end(world.programme.id, karen.id, date(2027, 6, 30), by(world))
    assert karen.valid_to == date(2027, 6, 30)


def test_shutting_out_ends_sessions_links_and_the_calendar_address(world: World) -> None:
    rita = world.members["rita"]
    calendar = feeds.new_token(rita.person_id, NOW)
    password = links.make(NOW, LinkPurpose.PASSWORD, rita.person_id)
    sessions.begin(NOW, rita.person_id, LogInMethod.PASSWORD, rita.id)
    assert people.disable(world.programme.id, rita.id, by(world))
    assert links.take(password, LinkPurpose.PASSWORD, "a hash", NOW) is None
    assert db.session.scalars(select(LogInSession.ended_at)).all() == [NOW]
    people.enable(world.programme.id, rita.id, by(world))
    assert feeds.person_of_token(calendar, TODAY) is None, "what died comes back to life"
    assert [act for act in acts() if act.startswith("person_")] == ["person_disabled", "person_enabled"]


def test_nobody_shuts_herself_out(world: World) -> None:
    with pytest.raises(OwnAccount):
        people.disable(world.programme.id, world.members["karen"].id, by(world))


def test_who_serves_another_programme_too_keeps_her_account_there(world: World) -> None:
    other = builders.world("engen", "e-")
    rita = world.members["rita"]
    there = builders.member(other, rita.person, "byen", "reader")
    sessions.begin(NOW, rita.person_id, LogInMethod.PASSWORD, there.id)
    calendar = feeds.new_token(rita.person_id, NOW)
    assert not people.disable(world.programme.id, rita.id, by(world))
    db.session.refresh(rita)
    assert (rita.valid_to, there.valid_to) == (YESTERDAY, None)
    assert db.session.get_one(Person, rita.person_id).disabled_at is None
    assert feeds.person_of_token(calendar, TODAY) is not None


def test_of_who_belongs_elsewhere_too_only_the_sessions_here_end(world: World) -> None:
    other = builders.world("engen", "e-")
    rita = world.members["rita"]
    there = builders.member(other, rita.person, "byen", "adviser")
    for member in (rita, rita, there):
        sessions.begin(NOW, rita.person_id, LogInMethod.PASSWORD, member.id)
    assert people.end_sessions(other.programme.id, there.id, by(other)) == 1
    assert people.end_sessions(world.programme.id, rita.id, by(world)) == 2


def test_the_calendar_address_opens_nothing_after_the_last_day(world: World) -> None:
    rita = world.members["rita"]
    token = feeds.new_token(rita.person_id, NOW)
    people.end(world.programme.id, rita.id, TODAY, by(world))
    assert feeds.person_of_token(token, TODAY) is not None
    assert feeds.person_of_token(token, TOMORROW) is None
