"""Retention of visits: coarsened after 30 days, rolled up to weekly counts after 5 years.

Coarsening changes no number on /maal: indicators ask for day, place, service, kind, taps and results, and those
stay. Rolling up does: the rows are gone, and an indicator of a period that reaches back more than 5 years counts
only what is younger (`indicator_counts.log_begins` then says that the log begins there). How many visits there
were, and about which topics, is still counted by visit_week_counts and visit_week_topic_counts; kinds, outcomes
and results of that age are not.

A visit that somebody undoes or corrects after it was coarsened stays counted in its month as it was then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from advice.actions.retention_steps import Moment, Step, deleted
from advice.database import db, is_postgresql
from advice.models.visit_counts import VisitMonthCount, VisitWeekCount, VisitWeekTopicCount
from advice.models.visits import (
    Visit,
    VisitActivity,
    VisitBody,
    VisitHelpForm,
    VisitOutcome,
    VisitRevision,
    VisitTopic,
)
from advice.rules import retention as rules

Key = tuple[int, UUID]
"""Programme and id of a visit."""
CHILDREN: tuple[Any, ...] = (VisitTopic, VisitHelpForm, VisitOutcome, VisitBody, VisitActivity)
Counted = Mapping[tuple[Any, ...], int]


def _to_coarsen(moment: Moment) -> Sequence[Key]:
    return _keys(*_over(moment, rules.VISITS_COARSENED), Visit.coarsened_at.is_(None))


def _to_roll_up(moment: Moment) -> Sequence[Key]:
    return _keys(*_over(moment, rules.VISITS_ROLLED_UP))


def _keys(*conditions: Any) -> Sequence[Key]:
    found = select(Visit.programme_id, Visit.id).where(*conditions).order_by(Visit.programme_id, Visit.local_date)
    return [(programme_id, visit_id) for programme_id, visit_id in db.session.execute(found)]


def _over(moment: Moment, rule: rules.Rule) -> tuple[Any, Any]:
    """That a visit is as old as the rule says: by its day, and on the very day by its instant."""
    return Visit.local_date <= rule.cutoff_day(moment.today), Visit.occurred_at <= rule.cutoff(moment.now)


def _coarsen(keys: Sequence[Key], moment: Moment) -> int:
    """Take what can point at a person off some visits and their revisions, and count what they said."""
    taken = 0
    for programme_id, ids in _by_programme(keys):
        still = *_over(moment, rules.VISITS_COARSENED), Visit.coarsened_at.is_(None)
        visits = _locked(programme_id, ids, *still)
        if visits:
            _count_months(programme_id, visits)
            _coarsen_revisions(programme_id, [visit.id for visit in visits])
            _coarsen_rows(programme_id, visits, moment)
        taken += len(visits)
    return taken


def _count_months(programme_id: int, visits: Sequence[Any]) -> None:
    """Add the fields that are about to be forgotten to the counts of their month. Undone visits count nowhere."""
    counted: Counter[tuple[Any, ...]] = Counter(
        (visit.organisation_id, visit.place_id, rules.month_of(visit.local_date), field, getattr(visit, field) or "")
        for visit in visits
        if not visit.undone
        for field in rules.FORGOTTEN
    )
    _add(VisitMonthCount, ("organisation_id", "place_id", "month", "field", "value"), programme_id, counted)


def _coarsen_revisions(programme_id: int, ids: Sequence[UUID]) -> None:
    """Coarsen every revision. The hash goes too: of so few possibilities, it could be guessed back."""
    table = cast(Table, VisitRevision.__table__)
    mine = table.c.programme_id == programme_id, table.c.visit_id.in_(ids)
    found = db.session.execute(
        select(table.c.visit_id, table.c.revision, table.c.content, table.c.received_at).where(*mine)
    )
    rows = [
        {
            "visit": row.visit_id,
            "number": row.revision,
            "content": rules.coarse_content(row.content),
            "received_at": rules.to_the_hour(row.received_at),
        }
        for row in found
    ]
    statement = (
        update(table)
        .where(
            table.c.programme_id == programme_id,
            table.c.visit_id == bindparam("visit"),
            table.c.revision == bindparam("number"),
        )
        .values(content_hash="", device=None, content=bindparam("content"), received_at=bindparam("received_at"))
    )
    db.session.connection().execute(statement, rows)


def _coarsen_rows(programme_id: int, visits: Sequence[Any], moment: Moment) -> None:
    table = cast(Table, Visit.__table__)
    rows = [
        {
            "visit": visit.id,
            "occurred_at": rules.to_the_hour(visit.occurred_at),
            "time_known": rules.coarse_time_known(visit.time_known),
        }
        for visit in visits
    ]
    forgotten = dict.fromkeys(rules.FORGOTTEN)
    statement = (
        update(table)
        .where(table.c.programme_id == programme_id, table.c.id == bindparam("visit"))
        .values(
            occurred_at=bindparam("occurred_at"),
            time_known=bindparam("time_known"),
            coarsened_at=moment.now,
            **forgotten,
        )
    )
    db.session.connection().execute(statement, rows)


def _roll_up(keys: Sequence[Key], moment: Moment) -> int:
    """Count some visits into their weeks and delete them, children first. Only what has been coarsened."""
    taken = 0
    for programme_id, ids in _by_programme(keys):
        still = *_over(moment, rules.VISITS_ROLLED_UP), Visit.coarsened_at.is_not(None)
        visits = _locked(programme_id, ids, *still)
        _count_weeks(programme_id, visits)
        gone = [visit.id for visit in visits]
        for child in CHILDREN:
            deleted(delete(child).where(child.programme_id == programme_id, child.visit_id.in_(gone)))
        taken += deleted(delete(Visit).where(Visit.programme_id == programme_id, Visit.id.in_(gone)))
        mine = VisitRevision.programme_id == programme_id, VisitRevision.visit_id.in_(gone)
        deleted(delete(VisitRevision).where(*mine))
    return taken


def _count_weeks(programme_id: int, visits: Sequence[Any]) -> None:
    """Add visits to the counts of their week, place and organisation, and to those of each topic they were about."""
    standing = {visit.id: visit for visit in visits if not visit.undone}
    where = ("organisation_id", "place_id", "week")
    keys = {one.id: (one.organisation_id, one.place_id, rules.monday_of(one.local_date)) for one in standing.values()}
    _add(VisitWeekCount, where, programme_id, Counter(keys.values()))
    mine = VisitTopic.programme_id == programme_id, VisitTopic.visit_id.in_(list(standing))
    about = db.session.execute(select(VisitTopic.visit_id, VisitTopic.topic_id).where(*mine))
    topics = Counter((*keys[visit_id], topic_id) for visit_id, topic_id in about)
    _add(VisitWeekTopicCount, (*where, "topic_id"), programme_id, topics)


def _locked(programme_id: int, ids: Sequence[UUID], *still: Any) -> Sequence[Any]:
    """The visits of these that are still due; one that somebody is writing at this moment waits for the next run."""
    own = (Visit.id, Visit.organisation_id, Visit.place_id, Visit.local_date, Visit.occurred_at)
    forgotten = [getattr(Visit, field) for field in rules.FORGOTTEN]
    found = select(*own, Visit.time_known, Visit.undone, *forgotten).where(
        Visit.programme_id == programme_id, Visit.id.in_(ids), *still
    )
    return db.session.execute(found.with_for_update(skip_locked=True)).all()


def _by_programme(keys: Sequence[Key]) -> Iterator[tuple[int, list[UUID]]]:
    found: dict[int, list[UUID]] = defaultdict(list)
    for programme_id, visit_id in keys:
        found[programme_id].append(visit_id)
    yield from found.items()


def _add(model: Any, columns: Sequence[str], programme_id: int, counted: Counted) -> None:
    """Add to the counts of a table, row by row of its key: what stands there grows."""
    if not counted:
        return
    table = cast(Table, model.__table__)
    rows = [
        {"programme_id": programme_id, **dict(zip(columns, key, strict=True)), "visits": visits}
        for key, visits in sorted(counted.items())
    ]
    insert: Any = (postgresql if is_postgresql() else sqlite).insert(table)
    grown = {"visits": table.c.visits + insert.excluded.visits}
    statement = insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=grown)
    db.session.connection().execute(statement, rows)


STEPS = (
    Step(rules.VISITS_COARSENED, _to_coarsen, _coarsen),
    Step(rules.VISITS_ROLLED_UP, _to_roll_up, _roll_up),
)
