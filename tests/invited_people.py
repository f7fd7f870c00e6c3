"""Leaders and the people they invite, as the tests of actions use them: who asks, what she gives, and the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import invitations, links
from advice.actions.invitations import Invited
from advice.actions.memberships import Post
from advice.actions.people_checks import By
from advice.database import begin_write, db
from advice.models.accounts import LinkPurpose
from advice.models.audit import AuditEntry
from advice.models.people import Membership
from advice.rules.access import Actor, Role
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = NOW.date()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """Havnen, in an open write transaction."""
    begin_write()
    return builders.world()


def by(world: World, name: str = "karen", now: datetime = NOW) -> By:
    """Somebody of the world, now."""
    member = world.members[name]
    actor = Actor(member.person_id, member.programme_id, member.organisation_id, Role(member.role))
    return By(actor, now, now.date())


def post(world: World, role: Role = Role.ADVISER, organisation: str = "huset") -> Post:
    return Post(role, world.organisations[organisation].id)


def invited(world: World, name: str = "Nina Nord", who: By | None = None, wanted: Post | None = None) -> Invited:
    """Somebody new, invited by the coordinator as an adviser of huset unless told otherwise."""
    email = f"{name.split()[0].lower()}@example.org"
    return invitations.invite(world.programme.id, email, name, wanted or post(world), who or by(world))


def entered(found: Invited, now: datetime = NOW) -> None:
    """She has used her invitation."""
    assert found.token is not None
    assert links.take(found.token, LinkPurpose.INVITATION, "a hash", now) == found.member.person_id
    db.session.expire_all()


def acts() -> list[str]:
    """What stands in the audit, oldest first."""
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def offered(world: World, email: str = "rita@example.org", role: Role = Role.COORDINATOR) -> Invited:
    """Somebody of another programme, whom this one's coordinator has asked."""
    found = invitations.invite(world.programme.id, email, "", post(world, role), by(world))
    assert found.member.accepted_at is None and found.token
    return found


def accepted(found: Invited, now: datetime = NOW) -> Membership:
    """She has said yes."""
    assert found.token is not None
    return invitations.accept(found.token, found.member.person_id, now, now.date())
