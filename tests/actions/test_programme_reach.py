"""What an edit of settings does to the days ahead, on both engines: by the minute, and without blame for others."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from advice.actions import openings
from advice.actions.programmes import editing
from advice.actions.programmes.editing import Done, Edit, Editor, Faulty
from advice.database import begin_write, db
from advice.models.hours import Closure
from advice.rules.hours_effects import Fate
from tests import builders, stored_hours
from tests.stored_hours import NOW, ZONE

world = stored_hours.world
MONDAY = date(2026, 11, 30)


def save(world: builders.World, section: str, changed: dict[str, Any], row_id: int | None = None) -> Done:
    """Change fields of a row, or add one; committed."""
    begin_write()
    doc = editing.open_document(world.programme.id, to_change=True)
    karen = world.actor("karen")
    row = {**(doc.row(section, row_id) or {}), **changed} if row_id is not None else changed
    try:
        done = editing.save(doc, Edit(section, row, row_id), Editor(karen.person, karen.organisation, NOW, ZONE))
    except Faulty:
        db.session.rollback()
        raise
    db.session.commit()
    return done


def hours_of(world: builders.World, place: str) -> int:
    doc = editing.open_document(world.programme.id)
    found = next(row_id for row_id, row in doc.rows("hours").items() if row["place"] == place)
    db.session.rollback()
    return found


@pytest.fixture
def doubled(session: scoped_session[Session], world: builders.World) -> list[int]:
    """Two closures that are the same, as older versions took them; their ids."""
    begin_write()
    key = {"programme_id": world.programme.id, "kind": "once", "reason": {"da": "Ferie"}}
    rows = [Closure(first_date=MONDAY, last_date=MONDAY, **key) for _number in range(2)]
    session.add_all(rows)
    session.flush()
    openings.refresh(world.programme.id, NOW, ZONE)
    found = [row.id for row in rows]
    session.commit()
    return found


def test_just_the_shifts_are_touched_of_which_other_minutes_are_open(
    session: scoped_session[Session], world: builders.World
) -> None:
    begin_write()
    within = builders.shift(world, "svend", "skuret", MONDAY, 13, 15).id
    partly = builders.shift(world, "rita", "skuret", MONDAY, 14, 16).id
    outside = builders.shift(world, "bent", "skuret", MONDAY, 15, 16).id
    builders.shift(world, "tove", "skuret", MONDAY, 15, 16, status="cancelled")
    builders.shift(world, "karen", "kajen", MONDAY, 15, 16)
    session.commit()
    reach = save(world, "hours", {"ends": "15:00"}, hours_of(world, "skuret")).reach
    assert reach is not None and reach.first == date(2026, 11, 23)
    effects = reach.preview.effects
    assert {(after.starts, after.ends) for _before, after in effects.other} == {(time(13), time(15))}
    assert {duty.key: fate for duty, fate in effects.shifts} == {partly: Fate.PARTLY, outside: Fate.OUTSIDE}
    assert within not in {duty.key for duty, _fate in effects.shifts}


def test_what_changes_no_opening_reaches_nothing(session: scoped_session[Session], world: builders.World) -> None:
    done = save(world, "places", {"room": "Stuen"}, world.places["skuret"].id)
    assert done.changed and done.reach is None


def test_a_place_that_ends_takes_its_openings_and_a_new_one_at_the_same_time_is_told(
    session: scoped_session[Session], world: builders.World
) -> None:
    reach = save(world, "places", {"valid_to": MONDAY}, world.places["skuret"].id).reach
    assert reach is not None and reach.first == date(2026, 12, 7) and not reach.preview.effects.come
    extra = {"place": "skuret", "service": "snak", "day": date(2026, 11, 25), "starts": "11:00", "ends": "13:00"}
    reach = save(world, "extra_openings", extra).reach
    assert reach is not None
    assert [(a.ends, b.starts) for a, b in reach.preview.together] == [(time(12), time(11))]


def test_a_fault_that_stood_before_blocks_nothing_else(
    session: scoped_session[Session], world: builders.World, doubled: list[int]
) -> None:
    assert save(world, "places", {"room": "Stuen"}, world.places["skuret"].id).changed
    closure = {"kind": "once", "first_date": MONDAY, "last_date": MONDAY, "reason": {"da": "En anden grund"}}
    assert save(world, "closures", {**closure, "place": "kajen"}).changed, "another closure"
    with pytest.raises(Faulty) as caught:
        save(world, "closures", closure)
    assert [one.sentence for one in caught.value.findings] == [
        "den samme kind + place + service + first_date + last_date + first_day + last_day + first_week + last_week "
        "står to gange"
    ]
    assert save(world, "closures", {"withdrawn_at": NOW}, doubled[0]).changed
    with pytest.raises(Faulty):
        save(world, "places", {"latitude": 55.5}, world.places["skuret"].id)
