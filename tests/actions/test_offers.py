"""Who belongs somewhere already is asked: nothing of the membership counts before she says yes, and nothing is known of
her. Those who attack by typing an address get nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from advice.actions import feeds, invitations, links, oidc, people, sessions
from advice.actions.oidc import SetUp
from advice.actions.people_checks import By
from advice.actions.people_refusals import AlreadyMember, Elsewhere, LastCoordinator, Refused, Stale
from advice.actions.retention_people import STEPS
from advice.actions.retention_steps import Moment
from advice.actions.tokens import hash_of
from advice.database import db
from advice.models.accounts import LinkPurpose, LogInMethod, session_of
from advice.models.audit import AuditEntry
from advice.models.log_in_services import colleague
from advice.models.people import Person, memberships_of, staff_of
from advice.models.people_questions import expected, holds, listed, memberships_ahead, without_say
from advice.models.tablets import Enrolled, tiles
from advice.rules.access import Actor, Role
from tests import builders
from tests.builders import World
from tests.invited_people import NOW, TODAY, TOMORROW, YESTERDAY, accepted, acts, by, invited, offered, post, world
from tests.program import SECRET_KEY
from tests.visit_log import ZONE

__all__ = ["world"]


@pytest.fixture
def engen(world: World) -> World:
    """The programme of a stranger, with people of its own (e-karen and so on)."""
    return builders.world("engen", "e-")


def refused(why: type[Refused], act: Callable[[], object]) -> None:
    with pytest.raises(why):
        act()


def test_until_she_says_yes_nothing_of_it_counts(world: World, engen: World) -> None:
    rita = world.members["rita"]
    found = offered(engen)
    member, person = found.member, rita.person
    session = sessions.begin(NOW, person.id, LogInMethod.PASSWORD, member.id)
    actor = Actor(person.id, engen.programme.id, member.organisation_id, Role.COORDINATOR)
    house = engen.places["skuret"]
    tablet = Enrolled(0, engen.programme.id, house.id, house.name, house.slug, "x", NOW)

    def counts() -> list[bool]:
        held = session_of(hash_of(session), TODAY)
        return [
            member.id in [one.id for one in memberships_of(person.public_id, TODAY)],
            held is not None and member.id in [one.id for one in held.memberships],
            holds(actor, TODAY),
            member.id in [one.id for one in staff_of(engen.programme.id, TODAY)],
            member.id in [one.member.id for one in tiles(tablet, TODAY)],
            member in memberships_ahead(person.id, TODAY),
            not without_say(engen.programme.id, [person.id], TODAY),
            colleague("rita@example.org", member.organisation_id, TODAY) == person.id,
        ]

    assert counts() == [False] * 8
    assert accepted(found) is member
    assert counts() == [True] * 8
    assert (member.accepted_at, member.valid_from) == (NOW, TODAY)


def test_who_belongs_nowhere_gets_no_calendar_by_what_she_has_not_taken_on(world: World, engen: World) -> None:
    rita = world.members["rita"]
    calendar, found = feeds.new_token(rita.person_id, NOW), offered(engen)
    people.end(world.programme.id, rita.id, TODAY, by(world))
    assert feeds.person_of_token(calendar, TOMORROW) is None
    accepted(found)
    assert feeds.person_of_token(calendar, TOMORROW) is not None


def test_a_coordinator_who_has_not_answered_leads_nobody(world: World, engen: World) -> None:
    karen = engen.members["karen"]
    found = offered(engen)

    def leave() -> None:
        people.end(engen.programme.id, karen.id, TOMORROW, by(engen))

    refused(LastCoordinator, leave)
    accepted(found)
    leave()


def test_a_stranger_takes_no_right_from_her_own_leaders(world: World, engen: World) -> None:
    """Renewing, resetting, shutting out, letting in, logging out: all as if nobody had typed her address."""
    nina, rita = invited(world).member, world.members["rita"]
    for email in ("nina@example.org", "rita@example.org"):
        offered(engen, email)
    assert invitations.renew(world.programme.id, nina.id, by(world)).token
    sessions.begin(NOW, rita.person_id, LogInMethod.PASSWORD, rita.id)
    assert people.end_sessions(world.programme.id, rita.id, by(world)) == 1
    assert people.disable(world.programme.id, rita.id, by(world))
    people.enable(world.programme.id, rita.id, by(world))
    assert people.start_over(world.programme.id, rita.id, by(world))


def test_a_stranger_can_do_nothing_to_her_but_ask_again_or_take_it_back(world: World, engen: World) -> None:
    found, who = offered(engen), by(engen)
    key = (engen.programme.id, found.member.id, who)
    sessions.begin(NOW, found.member.person_id, LogInMethod.PASSWORD, world.members["rita"].id)
    tries: list[Callable[[int, int, By], object]] = [
        people.disable, people.enable, people.end_sessions, people.reopen, people.start_over,
    ]  # fmt: skip
    for act in tries:
        with pytest.raises(Stale):
            act(*key)
    refused(Stale, lambda: people.end(engen.programme.id, found.member.id, TODAY, who))
    refused(Stale, lambda: people.change(engen.programme.id, found.member.id, post(engen, Role.READER), who))
    invitations.withdraw(*key)
    assert (found.member.valid_from, found.member.valid_to) == (YESTERDAY, YESTERDAY)
    refused(Stale, lambda: accepted(found))
    refused(Stale, lambda: invitations.renew(*key))


def test_a_stranger_leaves_her_other_invitations_alive(world: World, engen: World) -> None:
    first = invited(world)
    skoven = builders.world("skoven", "s-")
    second, third = offered(engen, "nina@example.org"), offered(skoven, "nina@example.org")
    assert first.token and links.take(first.token, LinkPurpose.INVITATION, "a hash", NOW)
    assert accepted(second).accepted_at and accepted(third).accepted_at, "the first link took the others along"


def test_her_work_account_lets_her_in_as_before(world: World, engen: World) -> None:
    where = world.programme.id, world.members["rita"].organisation_id
    said = SetUp("https://login.example.org", "advice", "a secret", False)
    oidc.set_up(*where, said, world.members["karen"].person_id, NOW, SECRET_KEY)
    service = oidc.service(where[1], TODAY, SECRET_KEY)
    assert service
    claims = {"sub": "1", "email": "rita@example.org"}
    found = offered(engen)
    assert [one.id for one in oidc.let_in(service, claims, NOW, TODAY).members] == [world.members["rita"].id]
    accepted(found)
    with pytest.raises(oidc.Elsewhere):
        oidc.let_in(service, claims, NOW, TODAY)


def test_who_claimed_an_address_first_gets_no_second_membership_without_its_own_link(
    world: World, engen: World
) -> None:
    """An attacker invites an address nobody has used yet, and opens the link himself, where no mail is sent."""
    first = invited(engen)
    assert first.token and links.take(first.token, LinkPurpose.INVITATION, "his hash", NOW)
    found = offered(world, "nina@example.org", Role.ADVISER)
    his = memberships_of(db.session.get_one(Person, found.member.person_id).public_id, TODAY)
    assert [one.programme_id for one in his] == [engen.programme.id]
    refused(Stale, lambda: invitations.accept(first.token or "", found.member.person_id, NOW, TODAY))
    assert found.token and links.find(found.token, LinkPurpose.INVITATION) is None
    with pytest.raises(ValueError, match="no password"):
        links.take(found.token, LinkPurpose.MEMBERSHIP, "a hash", NOW)
    refused(Elsewhere, lambda: people.start_over(world.programme.id, accepted(found).id, by(world)))


def test_only_she_answers_and_once(world: World, engen: World) -> None:
    found, bent = offered(engen), world.members["bent"].person_id
    token = found.token or ""
    refused(Stale, lambda: invitations.accept(token, bent, NOW, TODAY))
    refused(Stale, lambda: invitations.decline(token, bent, NOW, TODAY))
    accepted(found)
    refused(Stale, lambda: accepted(found))
    refused(Stale, lambda: invitations.decline(token, found.member.person_id, NOW, TODAY))
    assert found.member.valid_to is None


def test_no_is_kept_and_can_be_asked_again(world: World, engen: World) -> None:
    found = offered(engen)
    invitations.decline(found.token or "", found.member.person_id, NOW, TODAY)
    assert (found.member.accepted_at, found.member.valid_to) == (None, YESTERDAY)
    assert offered(engen).member.id != found.member.id


def test_an_answer_comes_within_seven_days_and_a_new_link_kills_the_old_one(world: World, engen: World) -> None:
    found = offered(engen)
    refused(Stale, lambda: accepted(found, NOW + timedelta(days=7)))
    again = invitations.renew(engen.programme.id, found.member.id, by(engen))
    refused(Stale, lambda: accepted(found))
    assert accepted(again, NOW + timedelta(days=6)).accepted_at


def test_who_was_shut_out_says_yes_to_nothing_and_nobody_is_told_that_she_was(world: World, engen: World) -> None:
    rita = world.members["rita"]
    assert people.disable(world.programme.id, rita.id, by(world))
    found = offered(engen)
    refused(Stale, lambda: accepted(found))
    assert db.session.get_one(Person, rita.person_id).disabled_at == NOW
    people.enable(world.programme.id, rita.id, by(world))
    assert accepted(found).accepted_at == NOW


def test_once_she_belongs_nowhere_else_a_new_invitation_makes_it_hers(world: World, engen: World) -> None:
    """She cannot log in any more to say yes; who asks now would have had her at once."""
    found, rita = offered(engen), world.members["rita"]
    people.end(world.programme.id, rita.id, TODAY, by(world))
    tomorrow = by(engen, now=NOW + timedelta(days=1))
    again = invitations.renew(engen.programme.id, found.member.id, tomorrow)
    assert (again.token, again.member.accepted_at, again.member.valid_from) == (None, tomorrow.now, TOMORROW)
    refused(Stale, lambda: accepted(found, tomorrow.now))


def test_the_console_asks_nobody(world: World, engen: World) -> None:
    console = By(None, NOW, TODAY)
    found = invitations.invite(engen.programme.id, "rita@example.org", "", post(engen), console)
    assert (found.token, found.member.accepted_at) == (None, NOW)


def test_nobody_is_asked_twice_for_one_organisation_nor_moved_to_where_she_is_asked(world: World) -> None:
    """Tove leads byen and has no say in huset, where Rita is: she can only ask her."""
    wanted, rita = post(world, organisation="byen"), world.members["rita"]
    asked = (world.programme.id, "rita@example.org", "", wanted, by(world, "tove"))
    found = invitations.invite(*asked)
    assert found.member.accepted_at is None
    refused(AlreadyMember, lambda: invitations.invite(*asked))
    refused(AlreadyMember, lambda: people.change(world.programme.id, rita.id, wanted, by(world)))
    assert expected(rita.person_id, world.programme.id, wanted.organisation_id, TODAY) is found.member


def test_the_audit_of_those_who_asked_does_not_say_who_she_is(world: World, engen: World) -> None:
    before = db.session.scalars(select(AuditEntry.id)).all()
    found = offered(engen)
    invitations.renew(engen.programme.id, found.member.id, by(engen))
    again = invitations.renew(engen.programme.id, found.member.id, by(engen))
    invitations.decline(again.token or "", found.member.person_id, NOW, TODAY)
    new = db.session.scalars(select(AuditEntry).where(AuditEntry.id.not_in(before))).all()
    karen = engen.members["karen"].person_id
    assert all(one.person_id in (karen, None) and "whose" not in one.details for one in new)
    assert acts()[-1] == "membership_declined"
    accepted(offered(engen))
    assert acts()[-1] == "membership_accepted"


def test_the_list_knows_until_when_each_link_works(world: World, engen: World) -> None:
    nina = invited(world).member
    late = NOW + timedelta(days=2)
    found = invitations.invite(engen.programme.id, "nina@example.org", "", post(engen), by(engen, now=late))
    here, there = listed(world.programme.id, nina.id), listed(engen.programme.id, found.member.id)
    assert here and here.invited_until == NOW + timedelta(days=7) and here.memberships == (nina,)
    assert there and there.invited_until == late + timedelta(days=7) and there.memberships == (nina,)


def test_what_she_never_took_on_keeps_nobodys_name(world: World, engen: World) -> None:
    rita = world.members["rita"]
    found = offered(engen)
    rita.valid_to = TODAY - timedelta(days=400)
    db.session.flush()
    step = next(one for one in STEPS if one.rule.name == "people_anonymised")
    assert rita.person_id in step.due(Moment(NOW, ZONE))
    found.member.accepted_at = NOW
    db.session.flush()
    assert rita.person_id not in step.due(Moment(NOW, ZONE))


def test_another_role_needs_no_new_yes(world: World, engen: World) -> None:
    member = accepted(offered(engen))
    member.valid_from = YESTERDAY
    changed = people.change(engen.programme.id, member.id, post(engen), by(engen))
    assert changed.id != member.id and changed.accepted_at == NOW
