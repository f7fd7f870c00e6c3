"""The SQL of an indicator's filter counts the same visits as the rule, on both engines."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from advice.database import begin_write, db
from advice.models.catalogue import Body
from advice.models.indicator_counts import NOBODY, codes_of, daily, filter_of, log_begins
from advice.rules.indicators import Filter, VisitFacts, counts
from tests import builders
from tests.builders import World, added
from tests.logged_visits import FLAGS, Taps, visit

FIRST = date(2026, 1, 1)
DAYS = 40


def some(chance: random.Random, values: Iterable[str]) -> list[str]:
    """Any of the values, none and all of them too."""
    return [value for value in values if chance.random() < 0.35]


def random_taps(chance: random.Random, world: World) -> Taps:
    """A visit as it could have been."""
    return Taps(
        place=chance.choice(list(world.places)),
        kind=chance.random() < 0.4,
        topics=some(chance, world.topics),
        outcomes=some(chance, world.outcomes),
        results=[chance.choice([None, True, False]) for _ in range(chance.choice([0, 0, 1, 2]))],
        undone=chance.random() < 0.1,
    )


def random_raw(chance: random.Random, world: World) -> dict[str, Any]:
    """A filter as an indicator stores it: codes, flags and questions, each there or not."""
    parts: dict[str, Any] = {
        "organisations": some(chance, world.organisations),
        "places": some(chance, world.places),
        "services": some(chance, world.services),
        "kinds": some(chance, world.kinds),
        "topics": some(chance, world.topics),
        "outcomes": some(chance, world.outcomes),
        "any_flag": some(chance, FLAGS.values()),
        "any_outcome": chance.random() < 0.5,
        "result_known": chance.choice([None, True, False]),
    }
    return {name: value for name, value in parts.items() if chance.random() < 0.4}


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """The builders' world with a second body, in a write transaction."""
    begin_write()
    found = builders.world()
    added(Body(code="fyret", labels={"da": "Fyret"}, kind="andet", programme_id=found.programme.id))
    return found


def test_the_query_counts_what_the_rule_counts(world: World) -> None:
    chance = random.Random(2026)
    facts: list[VisitFacts] = []
    for _ in range(320):
        taps, day = random_taps(chance, world), FIRST + timedelta(days=chance.randrange(DAYS))
        who = chance.choice(["rita", "bent"])
        visit(world, who, day, taps)
        facts.append(taps.facts(world, who, day))
    db.session.flush()
    codes = codes_of(world.programme.id)
    filters = [filter_of(random_raw(chance, world), codes) for _ in range(130)]
    wanted = [(one,) for one in filters] + list(pairwise(filters)) + [()]
    last = FIRST + timedelta(days=DAYS)
    found = daily(world.programme.id, wanted, FIRST, last)
    totals = set()
    for every in wanted:
        for first, end in ((FIRST, last), (FIRST + timedelta(days=7), FIRST + timedelta(days=20))):
            expected = sum(
                first <= visit.day <= end and not visit.undone and all(counts(visit, one) for one in every)
                for visit in facts
            )
            assert found.total(every, first, end) == expected, (every, first, end)
            totals.add(expected)
    assert len(totals) > 60, "the filters are too much alike to show anything"


def test_codes_become_ids_and_a_code_that_is_gone_counts_nothing(world: World) -> None:
    visit(world, "rita", FIRST, Taps(topics=["regn"], outcomes=["klaret"]))
    codes = codes_of(world.programme.id)
    known = filter_of({"topics": ["regn"], "any_flag": ["solves"]}, codes)
    assert known == Filter(topics=frozenset({world.topics["regn"].id}), any_flag=frozenset({"solves"}))
    gone = filter_of({"topics": ["sne"]}, codes)
    assert gone.topics == {NOBODY}
    kindless = filter_of({"kinds": ["ukendt"]}, codes)
    found = daily(world.programme.id, [(known,), (gone,), (kindless,)], FIRST, FIRST)
    assert [found.total((one,), FIRST, FIRST) for one in (known, gone, kindless)] == [1, 0, 0]
    assert filter_of(None, codes) == filter_of({}, codes) == filter_of({"topics": []}, codes) == Filter()


@pytest.mark.parametrize("raw", [{"colours": ["red"]}, {"any_flag": ["sings"]}])
def test_a_condition_that_nobody_knows_is_refused(world: World, raw: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no indicator counts by"):
        filter_of(raw, codes_of(world.programme.id))


def test_another_programme_counts_for_nothing(world: World) -> None:
    other = builders.world("skoven", "s-")
    visit(world, "rita", FIRST, Taps(outcomes=["klaret"]))
    visit(other, "rita", FIRST - timedelta(days=9), Taps(outcomes=["klaret"]))
    everything = (filter_of({"any_flag": ["solves"]}, codes_of(world.programme.id)),)
    found = daily(world.programme.id, [everything], FIRST - timedelta(days=30), FIRST)
    assert found.total(everything, FIRST - timedelta(days=30), FIRST) == 1
    assert log_begins(world.programme.id) == FIRST
    assert codes_of(world.programme.id)["topics"]["regn"] != codes_of(other.programme.id)["topics"]["regn"]


def test_the_log_begins_with_the_first_visit_that_stands(world: World) -> None:
    assert log_begins(world.programme.id) is None
    visit(world, "rita", FIRST, Taps(undone=True))
    visit(world, "rita", FIRST + timedelta(days=2), Taps())
    assert log_begins(world.programme.id) == FIRST + timedelta(days=2)
