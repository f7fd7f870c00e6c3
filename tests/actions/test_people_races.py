"""People and memberships: what several do at the same moment, each in a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import invitations, links, people
from advice.actions.memberships import Post
from advice.actions.people_checks import By
from advice.actions.people_refusals import Refused
from advice.database import begin_write, db
from advice.models.accounts import LinkPurpose, OneTimeLink
from advice.models.people import Membership, Person, by_email
from advice.rules.access import Role
from tests import builders
from tests.builders import World
from tests.invited_people import NOW, TODAY, by, invited, offered, post

Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """Havnen, in an open write transaction."""
    begin_write()
    return builders.world()


def at_once(app: Flask, acts: list[Callable[[], object]], begun: Event | None = None) -> list[str]:
    """Do these at the same moment, each in a transaction and connection of its own; how each ended.

    begun: is set as soon as one is about to ask the database, where a writer may have to wait.
    """
    ready = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        with app.app_context():
            ready.wait(timeout=30)
            if begun is not None:
                begun.set()
            begin_write()
            try:
                answer = act()
                db.session.commit()
                return "done" if answer is not None else "nothing"
            except Refused as refused:
                return type(refused).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


def test_of_many_who_use_one_link_at_once_one_wins(app: Flask, world: World) -> None:
    found = invited(world)
    token, person = found.token, found.member.person_id
    assert token
    db.session.commit()

    def take(number: int) -> Callable[[], object]:
        return lambda: links.take(token, LinkPurpose.INVITATION, f"hash {number}", NOW)

    assert at_once(app, [take(number) for number in range(6)]) == ["done", *["nothing"] * 5]
    assert db.session.scalar(select(func.count()).select_from(OneTimeLink).where(OneTimeLink.used_at == NOW)) == 1
    assert str(db.session.get_one(Person, person).password_hash).startswith("hash ")


def test_two_coordinators_who_end_each_other_at_once_leave_one(app: Flask, world: World) -> None:
    ida = builders.member(world, builders.person("Ida Is"), "byen", "coordinator")
    programme, pairs = world.programme.id, [(world.members["karen"].id, by(world, "ida")), (ida.id, by(world))]
    db.session.commit()

    def end(member: int, who: By) -> Callable[[], object]:
        return lambda: people.disable(programme, member, who)

    # The second is nobody any more when her turn comes; whoever did get as far would be told that she is the last.
    assert at_once(app, [end(*pair) for pair in pairs]) == ["NotAllowed", "done"]


@pytest.mark.parametrize("ended", ["shut out", "made a reader"])
def test_who_is_shut_out_while_she_waits_her_turn_does_nothing_any_more(app: Flask, world: World, ended: str) -> None:
    tove, tove_now, karen_now = world.members["tove"].id, by(world, "tove"), by(world)
    programme, wanted, reader = world.programme.id, post(world, organisation="byen"), post(world, Role.READER, "byen")
    db.session.commit()
    begin_write()
    if ended == "shut out":
        assert people.disable(programme, tove, karen_now)
    else:
        people.change(programme, tove, reader, karen_now)
    asks = Event()

    def invite() -> object:
        return invitations.invite(programme, "nina@example.org", "Nina", wanted, tove_now)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(at_once, app, [invite], asks)
        assert asks.wait(timeout=30)
        db.session.commit()
        assert waiting.result(timeout=30) == ["NotAllowed"]
    assert by_email("nina@example.org") is None


def test_one_person_invited_by_two_programmes_at_once_is_one_person(app: Flask, world: World) -> None:
    other = builders.world("engen", "e-")
    calls = [(one.programme.id, post(one), by(one)) for one in (world, other)]
    db.session.commit()

    def invite(programme: int, wanted: Post, who: By) -> Callable[[], object]:
        return lambda: invitations.invite(programme, "nina@example.org", "Nina", wanted, who)

    assert at_once(app, [invite(*call) for call in calls]) == ["done", "done"]
    nina = by_email("nina@example.org")
    assert nina is not None
    joined = select(func.count()).select_from(Membership).where(Membership.person_id == nina.id)
    assert db.session.scalar(joined) == 2


def test_of_many_answers_at_once_one_counts(app: Flask, world: World) -> None:
    found = offered(builders.world("engen", "e-"))
    token, person, member = found.token or "", found.member.person_id, found.member.id
    db.session.commit()

    def accept() -> object:
        return invitations.accept(token, person, NOW, TODAY)

    def decline() -> object:
        invitations.decline(token, person, NOW, TODAY)
        return "no"

    assert at_once(app, [accept, decline, accept, decline]) == [*["Stale"] * 3, "done"]
    answered = db.session.get_one(Membership, member)
    assert (answered.accepted_at is None) == (answered.valid_to is not None), "yes and no"


def test_who_says_yes_while_her_account_is_opened_anew_elsewhere_is_seen_or_waits(app: Flask, world: World) -> None:
    """Either the link to her account was made first, while she belonged to one programme only, or it is refused."""
    found, rita, karen = offered(builders.world("engen", "e-")), world.members["rita"].id, by(world)
    token, person, programme = found.token or "", found.member.person_id, world.programme.id
    db.session.commit()
    begin_write()
    assert invitations.accept(token, person, NOW, TODAY)
    asks = Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(at_once, app, [lambda: people.start_over(programme, rita, karen)], asks)
        assert asks.wait(timeout=30)
        db.session.commit()
        assert waiting.result(timeout=30) == ["Elsewhere"]
