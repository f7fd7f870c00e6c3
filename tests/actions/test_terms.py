"""What is agreed with a member, and what her share is counted from, below the screens: the same on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session

from advice.actions import openings, terms
from advice.actions.shifts import By, NotOnTeam, Stale
from advice.actions.terms import Agreed, agreed, mark
from advice.database import begin_write
from advice.models.fairness import closing_between, engaged_between, turns_between
from advice.models.roster import Competence
from advice.rules.fairness import Share, shares
from advice.rules.spans import Span
from advice.rules.terms import Terms, Window
from tests import builders
from tests.builders import World
from tests.visit_log import ZONE

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MORNING = Span(time(9), time(12))


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """Havnen with its openings, in the open write transaction of the test."""
    begin_write()
    found = builders.world()
    openings.refresh(found.programme.id, NOW, ZONE)
    return found


def by(world: World) -> By:
    """The coordinator, now."""
    karen = world.members["karen"]
    return By(karen.person_id, karen.organisation_id, NOW, TODAY)


def wanted(world: World) -> Agreed:
    """Something of each kind."""
    key = {"programme_id": world.programme.id}
    can = builders.added(Competence(code="ar", kind="language", labels={"da": "Arabisk"}, **key))
    windows = (Window(1, MORNING), Window(3, MORNING, valid_to=date(2027, 1, 1)))
    places = [world.places[code].id for code in ("kajen", "skuret")]
    agreed_terms = Terms(40, windows, 3, frozenset(places[:1]), frozenset(places[1:]))
    return Agreed(agreed_terms, frozenset({can.id}))


def test_all_of_it_is_stored_and_taken_back(world: World) -> None:
    rita = world.members["rita"]
    before, new = agreed(rita), wanted(world)
    assert terms.change(world.programme.id, rita.id, new, mark(before), by(world))
    assert agreed(rita) == new
    assert not terms.change(world.programme.id, rita.id, new, "whatever", by(world))
    assert terms.change(world.programme.id, rita.id, before, mark(new), by(world))
    assert agreed(rita) == before


def test_nobody_writes_over_what_she_has_not_seen(world: World) -> None:
    rita = world.members["rita"]
    seen, new = mark(agreed(rita)), wanted(world)
    assert terms.change(world.programme.id, rita.id, new, seen, by(world))
    other = replace(new, terms=replace(new.terms, percent=90))
    with pytest.raises(Stale):
        terms.change(world.programme.id, rita.id, other, seen, by(world))
    assert agreed(rita) == new


def test_nothing_is_agreed_with_who_is_not_on_the_team(world: World) -> None:
    left, elsewhere = world.members["svend"], builders.world("kysten", "k-").members["rita"]
    left.valid_to = TODAY - timedelta(days=1)
    new = wanted(world)
    for member in (left, world.members["lars"], elsewhere):
        with pytest.raises(NotOnTeam):
            terms.change(world.programme.id, member.id, new, mark(agreed(member)), by(world))


def test_a_share_is_counted_from_what_is_stored(world: World) -> None:
    rita, svend, last = world.members["rita"], world.members["svend"], TODAY + timedelta(days=6)
    svend_dislikes = Agreed(replace(agreed(svend).terms, avoids=frozenset({world.places["kajen"].id})))
    terms.change(world.programme.id, svend.id, svend_dislikes, mark(agreed(svend)), by(world))
    builders.shift(world, "rita", "kajen", TODAY + timedelta(days=2), 9, 12)
    builders.shift(world, "rita", "skuret", TODAY, 13, 15)
    builders.shift(world, "rita", "skuret", TODAY + timedelta(days=1), 13, 15, status="cancelled")
    key = world.programme.id
    closing = closing_between(key, TODAY, last)
    assert closing[world.places["kajen"].id, TODAY + timedelta(days=2)] == time(12)
    found = shares(engaged_between(key, TODAY, last), turns_between(key, TODAY, last), closing, TODAY, last)
    assert found[rita.person_id, rita.organisation_id] == Share(2, 300, 37 * 60, 1, 1)
    assert turns_between(key, TODAY, last, svend.person_id) == []
