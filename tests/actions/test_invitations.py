"""People invited who belong nowhere else: a link opens the account, once and for a time.

Those who do belong elsewhere are asked: test_offers.py.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from advice.actions import invitations, links, people, sessions
from advice.actions.people_refusals import AlreadyMember, ShutOut, Stale
from advice.database import db
from advice.models.accounts import LinkPurpose, LogInMethod, LogInSession
from advice.models.audit import AuditEntry
from advice.models.people import Person, by_email
from advice.models.people_questions import people_of
from advice.rules.access import Role
from tests.builders import World
from tests.invited_people import NOW, TODAY, YESTERDAY, acts, by, invited, post, world

__all__ = ["world"]


def test_an_invitation_makes_person_membership_and_link(world: World) -> None:
    found = invited(world)
    person = by_email("NINA@example.org")
    assert person is not None and person.name == "Nina Nord" and person.password_hash is None
    assert (found.member.role, found.member.valid_from, found.member.accepted_at) == ("adviser", TODAY, NOW)
    assert found.token is not None and len(found.token) == 43
    link = links.find(found.token, LinkPurpose.INVITATION)
    assert link is not None and link.expires_at == NOW + timedelta(days=7)
    assert link.made_by == world.members["karen"].person_id
    assert acts()[-2:] == ["membership_begun", "link_made"]
    told = repr([entry.details for entry in db.session.scalars(select(AuditEntry))])
    assert found.token not in told and "Nina" not in told and "example" not in told


def test_nobody_is_invited_twice_to_the_same_organisation(world: World) -> None:
    invited(world)
    with pytest.raises(AlreadyMember):
        invited(world, wanted=post(world, Role.READER))
    assert invited(world, wanted=post(world, Role.READER, "byen")).token is not None


def test_who_was_shut_out_does_not_come_back_by_an_invitation(world: World) -> None:
    assert people.disable(world.programme.id, world.members["rita"].id, by(world))
    again = (world.programme.id, "rita@example.org", "Rita", post(world, organisation="byen"), by(world))
    with pytest.raises(ShutOut):
        invitations.invite(*again)
    world.members["rita"].valid_to = YESTERDAY
    db.session.flush()
    assert invitations.invite(*again).member.accepted_at == NOW
    assert db.session.get_one(Person, world.members["rita"].person_id).disabled_at is None


def test_who_has_an_account_and_belongs_nowhere_any_more_is_in_at_once(world: World) -> None:
    rita = world.members["rita"]
    people.end(world.programme.id, rita.id, TODAY, by(world))
    tomorrow = by(world, now=NOW + timedelta(days=1))
    found = invitations.invite(world.programme.id, "Rita@Example.org", "Et andet navn", post(world), tomorrow)
    assert (found.token, found.member.person_id) == (None, rita.person_id)
    assert found.member.accepted_at == tomorrow.now
    assert db.session.get_one(Person, rita.person_id).name == "Rita Ror"


def test_a_new_invitation_kills_the_old_one_and_nobody_who_is_in_gets_one(world: World) -> None:
    found = invited(world)
    second = invitations.renew(world.programme.id, found.member.id, by(world)).token
    assert second
    assert found.token and links.take(found.token, LinkPurpose.INVITATION, "a hash", NOW) is None
    assert links.take(second, LinkPurpose.PASSWORD, "a hash", NOW) is None, "a link is for one purpose"
    assert links.take(second, LinkPurpose.INVITATION, "a hash", NOW) == found.member.person_id
    with pytest.raises(Stale):
        invitations.renew(world.programme.id, found.member.id, by(world))


def test_a_link_works_until_its_last_second(world: World) -> None:
    found = invited(world)
    assert found.token
    assert links.take(found.token, LinkPurpose.INVITATION, "a hash", NOW + timedelta(days=7)) is None
    just = NOW + timedelta(days=7) - timedelta(seconds=1)
    assert links.take(found.token, LinkPurpose.INVITATION, "a hash", just) == found.member.person_id


def test_using_a_link_kills_the_others_and_ends_all_sessions(world: World) -> None:
    rita = world.members["rita"].person_id
    sessions.begin(NOW, rita, LogInMethod.PASSWORD, world.members["rita"].id)
    invitation = links.make(NOW, LinkPurpose.INVITATION, rita)
    token = links.make(NOW, LinkPurpose.PASSWORD, rita)
    assert links.take(token, LinkPurpose.PASSWORD, "a new hash", NOW) == rita
    db.session.expire_all()
    assert db.session.get_one(Person, rita).password_hash == "a new hash"
    assert links.take(invitation, LinkPurpose.INVITATION, "another", NOW) is None
    assert db.session.scalars(select(LogInSession.ended_at)).all() == [NOW]


def test_the_list_says_how_people_stand(world: World) -> None:
    invited(world)
    sessions.begin(NOW, world.members["rita"].person_id, LogInMethod.PASSWORD, world.members["rita"].id)
    found = {one.member.person.name: one for one in people_of(world.programme.id)}
    assert list(found) == ["Bent Bøje", "Karen Kaj", "Lars Last", "Nina Nord", "Rita Ror", "Svend Sejl", "Tove Tov"]
    nina, rita = found["Nina Nord"], found["Rita Ror"]
    assert (nina.way_in, nina.invited_until, nina.last_seen) == (False, NOW + timedelta(days=7), None)
    assert (rita.way_in, rita.second_factor, rita.last_seen) == (True, False, NOW)
