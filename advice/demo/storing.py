"""Duties as shifts, drawn visits as rows: by bulk inserts, a hundred thousand visits in seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import insert

from advice.actions.visit_entries import VisitEntry, content_of
from advice.database import db
from advice.demo.chance import uuid4
from advice.demo.contents import Drawn
from advice.demo.plan import Duty
from advice.demo.world import Ids, World
from advice.models.registry import metadata
from advice.models.roster import Shift
from advice.rules.visits import TimeKnown, content_hash

TABLES = (
    "visit_revisions",
    "visits",
    "visit_topics",
    "visit_help_forms",
    "visit_outcomes",
    "visit_bodies",
    "visit_activities",
)
"""In the order in which rows can point at each other."""

Rows = dict[str, list[dict[str, Any]]]


def add_shifts(duties: Sequence[Duty], seed: str, laid_at: datetime, now: datetime) -> None:
    """Store the duties as shifts laid at that instant; what was cancelled or came in its place changed now."""
    rows: dict[Duty, Shift] = {}
    for duty in duties:
        rows[duty] = row = _shift(duty, seed, laid_at)
        if duty.cancelled:
            row.status, row.sequence, row.version, row.changed_at = "cancelled", 1, 2, now
        if duty.replaces:
            row.created_at = row.changed_at = now
    db.session.add_all(rows.values())
    db.session.flush()
    for duty, row in rows.items():
        if duty.replaces:
            row.replaces_id = rows[duty.replaces].id
    db.session.flush()


def _shift(duty: Duty, seed: str, laid_at: datetime) -> Shift:
    opening, worker = duty.opening, duty.worker
    rng = Random(f"{seed}:shift:{opening.site}:{opening.day}:{duty.starts}:{worker.membership}")
    return Shift(
        uid=uuid4(rng),
        programme_id=opening.programme,
        place_id=opening.place,
        membership_id=worker.membership,
        person_id=worker.person,
        organisation_id=worker.organisation_id,
        day=opening.day,
        starts=duty.starts,
        ends=duty.ends,
        status="active",
        sequence=0,
        version=1,
        created_at=laid_at,
        changed_at=laid_at,
    )


def add_visits(visits: Iterable[Drawn], world: World) -> None:
    """Store the visits, each as its first revision and the newest state."""
    rows: Rows = defaultdict(list)
    for visit in visits:
        _revision(visit, world, rows)
        _visit(visit, world, rows)
        _tapped(visit, world, rows)
    for name in TABLES:
        if rows[name]:
            db.session.execute(insert(metadata.tables[name]), rows[name])


def entry_of(visit: Drawn, world: World) -> VisitEntry:
    """The visit as somebody would have entered it."""
    opening = visit.arrival.opening
    return VisitEntry(
        id=visit.id,
        revision=1,
        occurred_at=visit.occurred_at,
        place=opening.site[1],
        service=world.services[opening.service],
        kind=visit.arrival.kind,
        minutes=visit.minutes,
        topics=frozenset(visit.topics),
        help_forms=frozenset(visit.help_forms),
        outcomes=frozenset(visit.outcomes),
        bodies=frozenset(visit.bodies),
        activities=frozenset(visit.activities),
        results={code: result for code, result in visit.bodies.items() if result is not None},
        language=visit.language,
    )


def _revision(visit: Drawn, world: World, rows: Rows) -> None:
    content = content_of(entry_of(visit, world))
    rows["visit_revisions"].append(
        {
            "programme_id": world.programme,
            "visit_id": visit.id,
            "revision": 1,
            "content": content,
            "content_hash": content_hash(content),
            "entered_by": visit.arrival.worker.person,
            "device": None,
            "received_at": visit.received_at,
        }
    )


def _visit(visit: Drawn, world: World, rows: Rows) -> None:
    opening, worker = visit.arrival.opening, visit.arrival.worker
    rows["visits"].append(
        {
            "programme_id": world.programme,
            "id": visit.id,
            "revision": 1,
            "place_id": opening.place,
            "service_id": opening.service,
            "kind_id": world.kinds[visit.arrival.kind] if visit.arrival.kind else None,
            "membership_id": worker.membership,
            "person_id": worker.person,
            "organisation_id": worker.organisation_id,
            "occurred_at": visit.occurred_at,
            "time_known": TimeKnown.EXACT.value,
            "local_date": opening.day,
            "local_hour": visit.arrival.at // 60,
            "minutes": visit.minutes,
            "persons": 1,
            "language": visit.language,
            "outside_opening": False,
            "outside_shift": False,
            "undone": False,
        }
    )


def _tapped(visit: Drawn, world: World, rows: Rows) -> None:
    """The tapped lists of a visit."""
    key = {"programme_id": world.programme, "visit_id": visit.id}
    lists: tuple[tuple[str, str, Ids, Iterable[str]], ...] = (
        ("visit_topics", "topic_id", world.topics, visit.topics),
        ("visit_help_forms", "help_form_id", world.help_forms, visit.help_forms),
        ("visit_outcomes", "outcome_id", world.outcomes, visit.outcomes),
        ("visit_activities", "activity_id", world.activities, visit.activities),
    )
    for table, column, known, codes in lists:
        rows[table].extend({**key, column: known[code]} for code in codes)
    for code, result in visit.bodies.items():
        rows["visit_bodies"].append({**key, "body_id": world.bodies[code], "result_known": result})
