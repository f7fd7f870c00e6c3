"""The scoped select and `may` are one rule: whatever actor, action and table, they give the same rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import Model, begin_write, db
from advice.models import audit, people, roster, visit_questions
from advice.models.audit import AuditEntry
from advice.models.outbox import Mail
from advice.models.people import Membership
from advice.models.roster import Shift
from advice.models.scope import scoped, within
from advice.models.tablets import Tablet
from advice.models.visits import Visit
from advice.rules.access import Action, Actor, Role, Subject, may
from tests import builders
from tests.builders import World
from tests.visit_log import MONDAY, NOW, Log, entry, laid, some

pytestmark = [pytest.mark.t9, pytest.mark.t10]
TABLES: tuple[type[Model], ...] = (Visit, Shift, Membership, Tablet, AuditEntry, Mail)
"""What people logged in ask for; the last has no organisation, and both may have no programme."""


def filled(seed: int, *logs: Log) -> None:
    """Rows of everybody in each table, in numbers by chance. Ends the transaction."""
    chance = random.Random(seed)
    for log, name in product(logs, ("karen", "tove", "rita", "svend", "bent")):
        for _ in range(chance.randint(1, 3)):
            log.store(entry(bodies=some("toldbod")), name)
    begin_write()
    for number, (log, name) in enumerate(product(logs, ("karen", "tove", "rita", "svend", "bent"))):
        world, who = log.world, log.world.members[name]
        key: dict[str, Any] = {"programme_id": who.programme_id}
        for _ in range(chance.randint(0, 3)):
            audit.record(
                NOW, "tried", "rows", number, organisation_id=who.organisation_id, person_id=who.person_id, **key
            )
        audit.record(NOW, "tried", "rows", number, person_id=who.person_id, **key)
        db.session.add(
            Tablet(
                organisation_id=who.organisation_id, place_id=world.places["skuret"].id, name="Ved døren", **key,
                token_hash=f"{number:064}", enrolled_at=NOW, enrolled_by=who.person_id, last_contact_at=NOW,
            )
        )  # fmt: skip
        db.session.add(
            Mail(
                person_id=who.person_id, kind="tried", to_address=who.person.email, subject="Prøve", created_at=NOW,
                due_at=NOW, message_id=f"<{number}@example.org>", **(key if chance.random() < 0.8 else {}),
            )
        )  # fmt: skip
        builders.shift(world, name, "kajen", MONDAY + timedelta(days=2), 9, 12)
    audit.record(NOW, "tried", "rows", "nobody's")
    db.session.commit()


@pytest.fixture
def worlds(app: Flask) -> Iterator[tuple[Log, Log]]:
    """Two programmes, whose ids of organisations and people are mixed."""
    with app.app_context():
        begin_write()
        found = laid(), laid("fjorden", "f.")
        db.session.commit()
        yield found


def actors(worlds: tuple[Log, Log], seed: int, count: int) -> list[Actor]:
    """Some by chance: those there are, under roles they have and have not, and some of another's organisation."""
    chance = random.Random(seed)
    members = [member for log in worlds for member in log.world.members.values()]
    return [
        Actor(
            person=chance.choice(members).person_id,
            programme=chance.choice(members).programme_id,
            organisation=chance.choice(members).organisation_id,
            role=chance.choice(list(Role)),
            at_tablet=chance.random() < 0.3,
        )
        for _ in range(count)
    ]


def identity(row: Model) -> object:
    return row.id  # type: ignore[attr-defined]


def allowed(model: type[Model], actor: Actor | None, action: Action) -> set[object]:
    """The rows for which `may` says yes."""

    def subject(row: Any) -> Subject:
        return Subject(row.programme_id, getattr(row, "organisation_id", None), getattr(row, "person_id", None))

    return {identity(row) for row in db.session.scalars(select(model)) if may(actor, action, subject(row))}


def test_asvs_8_2_2_the_scoped_select_gives_exactly_the_rows_that_may_says_yes_to(worlds: tuple[Log, Log]) -> None:
    filled(7, *worlds)
    sizes = set()
    chosen = actors(worlds, 7, 40) + [log.world.actor(name) for log in worlds for name in log.world.members]
    for actor, action in product(chosen, Action):
        for model in TABLES:
            found = {identity(row) for row in db.session.scalars(scoped(select(model), model, actor, action))}
            assert found == allowed(model, actor, action), f"{actor} {action} {model.__tablename__}"
            slowly = select(model).where(within(model, actor, action, by_organisation=False))
            assert {identity(row) for row in db.session.scalars(slowly)} == found
            sizes.add((model, bool(found)))
    assert sizes == set(product(TABLES, (True, False))), "a table that is never seen, or always, shows nothing"


def test_without_a_login_no_row_is_selected(worlds: tuple[Log, Log]) -> None:
    filled(8, *worlds)
    for action, model in product(Action, TABLES):
        assert db.session.scalars(scoped(select(model), model, None, action)).all() == []


def test_a_condition_joins_what_else_a_query_asks(worlds: tuple[Log, Log]) -> None:
    filled(9, *worlds)
    rita = worlds[0].world.members["rita"]
    mine = scoped(select(Visit), Visit, worlds[0].world.actor("rita"), Action.SEE_VISITS)
    of_rita = mine.where(Visit.person_id == rita.person_id)
    found = db.session.scalars(of_rita).all()
    assert found and {one.person_id for one in found} == {rita.person_id}


class TestTheQuestions:
    """Those that screens ask on behalf of a person give what the table says and no more."""

    def test_asvs_8_4_1_no_question_reaches_another_programme(self, worlds: tuple[Log, Log]) -> None:
        filled(10, *worlds)
        here, there = (log.world for log in worlds)
        ids = {one.id for one in db.session.scalars(select(Shift).where(Shift.programme_id == there.programme.id))}
        for name in here.members:
            actor = here.actor(name)
            seen = visit_questions.of_days(actor, MONDAY, MONDAY)
            assert {one.visit.programme_id for one in seen} <= {here.programme.id}
            staff = people.staff_to_plan(actor, MONDAY)
            assert {one.programme_id for one in staff} <= {here.programme.id}
            assert not any(roster.shift_of(actor, one) or roster.shift_to_change(actor, one) for one in ids)

    @pytest.mark.parametrize(
        ("name", "organisations"),
        [("karen", {"huset", "byen"}), ("tove", {"byen"}), ("rita", set()), ("lars", set())],
    )
    def test_planners_choose_among_those_they_may_plan(
        self, worlds: tuple[Log, Log], name: str, organisations: set[str]
    ) -> None:
        world: World = worlds[0].world
        found = {one.organisation.code for one in people.staff_to_plan(world.actor(name), MONDAY)}
        assert found == organisations

    def test_a_reader_sees_no_visit_and_no_shift(self, worlds: tuple[Log, Log]) -> None:
        filled(11, *worlds)
        lars = worlds[0].world.actor("lars")
        assert visit_questions.of_days(lars, MONDAY, MONDAY) == []
        assert visit_questions.awaiting_result(lars, 10) == [] and visit_questions.count_awaiting_result(lars) == 0
        assert all(roster.shift_of(lars, one.id) is None for one in db.session.scalars(select(Shift)))
