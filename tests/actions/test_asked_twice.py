"""The same asked for twice: far ahead by several at once, and in a plan; and a plan's edits taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from threading import Barrier

import pytest
from flask import Flask

from advice.actions.drafts import laying, splitting
from advice.actions.drafts.reading import laid
from advice.actions.drafts.undoing import Step, step, stood, undo
from advice.actions.edits import editing, ways
from advice.actions.shifts import stretch_of
from advice.database import db
from advice.models.drafts import waits_there
from tests import racing
from tests.actions import test_edits
from tests.actions.test_edits import FAR, at_kajen, by, drafts
from tests.builders import World

MANY = 6
world = test_edits.world


def asking(world: World) -> Callable[[], object]:
    """A planner asks for bent far ahead."""
    programme, member = world.programme.id, world.members["bent"].id
    stretch, who = at_kajen(world), by(world)
    return lambda: editing.add(programme, member, stretch, who)


def test_of_many_who_ask_for_the_same_at_once_one_is_asked_about(app: Flask, world: World) -> None:
    act = asking(world)
    db.session.commit()
    assert racing.at_once(app, [act] * MANY) == ["AskedAlready"] * (MANY - 1) + ["done"]
    assert len(drafts(world)) == 1


@pytest.mark.postgresql_only  # SQLite has one writer
def test_without_the_lock_of_her_several_would_be_asked_about(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, both_have_read = asking(world), Barrier(2)
    db.session.commit()

    def read_together(*arguments: object) -> bool:
        found = waits_there(*arguments)  # type: ignore[arg-type]
        both_have_read.wait(30)
        return found

    monkeypatch.setattr(ways, "lock_people", lambda _people: None)
    monkeypatch.setattr(ways, "waits_there", read_together)
    assert racing.at_once(app, [act] * 2) == ["done", "done"]


def test_a_draft_of_a_plan_is_split_and_taken_back_as_it_was(world: World) -> None:
    draft = laying.begin(world.programme.id, "December", FAR, FAR, by(world))
    row = laying.add(draft, world.members["bent"].id, at_kajen(world), by(world))
    was = stood(row)
    first, second = splitting.split(draft, row, row.version, time(11), world.places["skuret"].id, by(world))
    assert [(one.starts, one.ends) for one in (first, second)] == [(time(9), time(11)), (time(11), time(12))]
    for one in (step(first, was), step(second, None)):
        undo(laid(draft), one, by(world))
    (left,) = laid(draft).rows
    assert stretch_of(left) == at_kajen(world)
    taken = Step(left.organisation_id, None, stood(left))
    laying.take_out(draft, left, left.version, by(world))
    undo(laid(draft), taken, by(world))
    with pytest.raises(laying.LaidAlready):
        undo(laid(draft), taken, by(world))
