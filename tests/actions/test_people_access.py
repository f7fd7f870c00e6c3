"""Who has lost what opens her account begins anew: nothing of before opens it, and no half is enough."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import links, people, second_factors, sessions
from advice.actions.people_checks import By
from advice.actions.people_refusals import Elsewhere, NotAllowed, OwnAccount
from advice.database import begin_write, db
from advice.models.accounts import LinkPurpose, LogInMethod, LogInSession, factors_of
from advice.models.people import Person
from advice.rules.access import Actor, Role
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """Havnen, in an open write transaction; Rita has recovery codes, a PIN and a session."""
    begin_write()
    found = builders.world()
    rita = found.members["rita"]
    second_factors.new_recovery_codes(rita.person_id, NOW)
    rita.person.pin_hash = "a hash"
    sessions.begin(NOW, rita.person_id, LogInMethod.PASSWORD, rita.id)
    return found


def by(world: World, name: str) -> By:
    member = world.members[name]
    actor = Actor(member.person_id, member.programme_id, member.organisation_id, Role(member.role))
    return By(actor, NOW, NOW.date())


def test_everything_that_opened_the_account_is_gone_and_the_link_opens_it(world: World) -> None:
    rita = world.members["rita"]
    old = links.make(NOW, LinkPurpose.PASSWORD, rita.person_id)
    token = people.start_over(world.programme.id, rita.id, by(world, "karen"))
    db.session.expire_all()
    person = db.session.get_one(Person, rita.person_id)
    assert (person.password_hash, person.pin_hash) == (None, None)
    assert factors_of(person.id).recovery_codes == 0
    assert db.session.scalars(select(LogInSession.ended_at)).all() == [NOW]
    assert links.take(old, LinkPurpose.PASSWORD, "a hash", NOW) is None
    assert links.take(token, LinkPurpose.INVITATION, "a new hash", NOW) == rita.person_id


def test_nobody_begins_herself_anew_nor_whom_she_has_no_say_in(world: World) -> None:
    with pytest.raises(OwnAccount):
        people.start_over(world.programme.id, world.members["karen"].id, by(world, "karen"))
    with pytest.raises(NotAllowed):
        people.start_over(world.programme.id, world.members["rita"].id, by(world, "tove"))


def test_a_team_leader_makes_a_new_beginning_for_advisers_and_readers_only(world: World) -> None:
    ulla = builders.member(world, builders.person("Ulla Und"), "byen", "team_leader")
    lone = builders.member(world, builders.person("Lone Lav"), "byen", "reader")
    with pytest.raises(NotAllowed):
        people.start_over(world.programme.id, ulla.id, by(world, "tove"))
    for member in (world.members["bent"], lone):
        assert people.start_over(world.programme.id, member.id, by(world, "tove"))
    assert people.start_over(world.programme.id, ulla.id, by(world, "karen"))


def test_who_also_serves_elsewhere_is_not_opened_from_here(world: World) -> None:
    other = builders.world("engen", "e-")
    rita = world.members["rita"]
    builders.member(other, rita.person, "byen", "adviser")
    with pytest.raises(Elsewhere):
        people.start_over(world.programme.id, rita.id, by(world, "karen"))
    assert rita.person.password_hash is not None
