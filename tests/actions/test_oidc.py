"""Whom the answer of a log-in service lets in, and that an account is tied to one person once, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import oidc
from advice.actions.oidc import Came, Elsewhere, OtherAccount, Outside, Refused, SecretMissing, Service, SetUp, Unknown
from advice.database import begin_write, db
from advice.models.accounts import OidcIdentity, OidcProvider
from advice.models.audit import AuditEntry
from advice.models.people import Person
from tests import builders
from tests.builders import World
from tests.oidc_provider import CLIENT_ID, SECRET
from tests.program import SECRET_KEY

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
ISSUER = "https://login.example.org/t/v2.0"
RITA = "rita@example.org"
AT_ONCE = 8
Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """Havnen, in an open write transaction; huset has a service."""
    begin_write()
    found = builders.world()
    connect(found)
    return found


def connect(
    world: World, organisation: str = "huset", issuer: str = ISSUER, two: bool = False, secret: str | None = SECRET
) -> None:
    said = SetUp(issuer, CLIENT_ID, secret, two)
    where = world.programme.id, world.organisations[organisation].id
    oidc.set_up(*where, said, world.members["karen"].person_id, NOW, SECRET_KEY)


def service(world: World, organisation: str = "huset") -> Service:
    found = oidc.service(world.organisations[organisation].id, NOW.date(), SECRET_KEY)
    assert found
    return found


def let_in(world: World, organisation: str = "huset", sub: str = "1", email: str = RITA, **claims: object) -> Came:
    return oidc.let_in(service(world, organisation), {"sub": sub, "email": email, **claims}, NOW, NOW.date())


def refused(why: type[Refused], session: Db, attempt: Callable[[], object]) -> None:
    """It is refused, and nothing is tied."""
    before = session.scalar(select(func.count()).select_from(OidcIdentity))
    with pytest.raises(why):
        attempt()
    assert session.scalar(select(func.count()).select_from(OidcIdentity)) == before


@pytest.mark.t9
def test_the_secret_is_sealed_in_the_row_and_opens_with_our_key_only(session: Db, world: World) -> None:
    row = session.scalars(select(OidcProvider)).one()
    session.expire_all()
    stored = session.execute(select(*OidcProvider.__table__.columns)).one()
    assert not any(SECRET in str(value) for value in stored) and row.sealed_secret
    assert service(world).secret == SECRET
    other = oidc.service(world.organisations["huset"].id, NOW.date(), "another key" * 4)
    assert other is not None and other.secret is None


def test_the_longest_secret_fits(session: Db, world: World) -> None:
    connect(world, "byen", secret="x" * 300)
    assert service(world, "byen").secret == "x" * 300


def test_a_secret_is_kept_for_the_same_client_at_the_same_service_only(session: Db, world: World) -> None:
    connect(world, two=True, secret=None)
    assert service(world).secret == SECRET
    with pytest.raises(SecretMissing):
        connect(world, issuer="https://other.example.org", secret=None)
    assert oidc.end(world.programme.id, world.organisations["huset"].id, world.members["karen"].person_id, NOW)
    with pytest.raises(SecretMissing):
        connect(world, secret=None)
    assert oidc.service(world.organisations["huset"].id, NOW.date(), SECRET_KEY) is None
    assert not oidc.end(world.programme.id, world.organisations["huset"].id, world.members["karen"].person_id, NOW)


def test_what_is_done_to_a_service_is_written_down_without_its_secret(session: Db, world: World) -> None:
    oidc.end(world.programme.id, world.organisations["huset"].id, world.members["karen"].person_id, NOW)
    entries = list(session.scalars(select(AuditEntry).where(AuditEntry.subject == "oidc_providers")))
    assert [entry.action for entry in entries] == ["log_in_service_set_up", "log_in_service_ended"]
    assert [entry.details for entry in entries] == [{"second_factor": False}, {}]


def test_the_first_time_ties_her_account_and_later_the_e_mail_does_not_matter(session: Db, world: World) -> None:
    first = let_in(world)
    assert first.tied_now and first.members[0].person_id == world.members["rita"].person_id
    again = let_in(world, email="karen@example.org")
    assert not again.tied_now and again.members[0].person_id == world.members["rita"].person_id
    assert len(list(session.scalars(select(OidcIdentity)))) == 1


def test_names_at_a_service_are_told_apart_by_their_case(session: Db, world: World) -> None:
    let_in(world, sub="abc")
    assert let_in(world, sub="ABC", email="svend@example.org").tied_now


def test_those_whom_nobody_knows_are_refused(session: Db, world: World) -> None:
    refused(Unknown, session, lambda: let_in(world, email="fremmed@example.org"))
    refused(Unknown, session, lambda: let_in(world, email="bent@example.org"))
    refused(Unknown, session, lambda: let_in(world, email_verified=False))
    refused(Unknown, session, lambda: let_in(world, sub=""))


def test_her_e_mail_opens_nothing_for_a_second_account(session: Db, world: World) -> None:
    let_in(world)
    refused(OtherAccount, session, lambda: let_in(world, sub="2"))


def test_the_same_name_at_another_service_is_somebody_else(session: Db, world: World) -> None:
    let_in(world)
    connect(world, "byen", issuer="https://other.example.org")
    refused(Unknown, session, lambda: let_in(world, "byen"))
    assert let_in(world, "byen", email="bent@example.org").members[0].person_id == world.members["bent"].person_id


def test_who_is_shut_out_or_gone_is_refused(session: Db, world: World) -> None:
    let_in(world)
    rita = world.members["rita"]
    session.get_one(Person, rita.person_id).disabled_at = NOW
    session.flush()
    refused(Outside, session, lambda: let_in(world))
    session.get_one(Person, rita.person_id).disabled_at = None
    rita.valid_to = datetime(2026, 11, 22, tzinfo=UTC).date()
    session.flush()
    refused(Outside, session, lambda: let_in(world))


def test_a_service_reaches_into_no_programme_that_does_not_trust_it(session: Db, world: World) -> None:
    """Whoever may set services up in one programme must not get into another by inviting somebody from there."""
    other = builders.world("skoven", "s-")
    builders.member(other, world.members["rita"].person, "byen", "coordinator")
    refused(Elsewhere, session, lambda: let_in(world))
    connect(other, "byen", issuer="https://other.example.org", two=True)
    refused(Elsewhere, session, lambda: let_in(world))
    connect(other, "huset", two=True)
    refused(Elsewhere, session, lambda: let_in(world))
    connect(other, "byen", two=False)
    connect(world, two=True)
    assert not let_in(world).two_steps, "the other programme asks for a second factor itself"
    connect(other, "byen", two=True)
    assert let_in(world).two_steps


def test_two_steps_are_the_service_s_where_it_says_so(session: Db, world: World) -> None:
    assert not let_in(world).two_steps
    assert not let_in(world, amr=["pwd"]).two_steps
    assert let_in(world, amr=["pwd", "mfa"]).two_steps
    connect(world, two=True)
    assert let_in(world).two_steps


def test_the_membership_in_the_organisation_comes_first(session: Db, world: World) -> None:
    builders.member(world, world.members["rita"].person, "byen", "adviser")
    connect(world, "byen")
    chosen = let_in(world, "byen").members[0]
    assert chosen.organisation_id == world.organisations["byen"].id


def test_two_accounts_with_her_e_mail_at_once_tie_one(app: Flask) -> None:
    with app.app_context():
        begin_write()
        world = builders.world()
        connect(world)
        db.session.commit()
        by = service(world)
    together = Barrier(AT_ONCE)

    def come(sub: str) -> str:
        with app.app_context():
            together.wait()
            begin_write()
            try:
                oidc.let_in(by, {"sub": sub, "email": RITA}, NOW, NOW.date())
            except OtherAccount:
                db.session.rollback()
                return "refused"
            db.session.commit()
            return sub

    with ThreadPoolExecutor(AT_ONCE) as pool:
        # Two windows each: the same account twice is no fault.
        came = list(pool.map(come, [str(number // 2) for number in range(AT_ONCE)]))
    with app.app_context():
        (tied,) = db.session.scalars(select(OidcIdentity))
    assert sorted(came) == sorted([tied.subject] * 2 + ["refused"] * (AT_ONCE - 2))
