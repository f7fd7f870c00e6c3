"""What the log says about an indicator: its filter of codes as SQL, counted day by day in one query.

`rules.indicators.counts` is the rule; the SQL here must count the same visits, and a test compares them on
both engines. Counting by day lets one query answer for every indicator and every period of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, literal, or_, select, true, union_all
from sqlalchemy.sql import ColumnElement

from advice.database import db
from advice.models.catalogue import OUTCOME_FLAGS, Outcome, Topic, VisitKind
from advice.models.places import Place, Service
from advice.models.programmes import Organisation
from advice.models.visits import Visit, VisitBody, VisitOutcome, VisitTopic
from advice.rules.indicators import Filter

CODED: Mapping[str, Any] = {
    "organisations": Organisation,
    "places": Place,
    "services": Service,
    "kinds": VisitKind,
    "topics": Topic,
    "outcomes": Outcome,
}
"""The parts of a filter that hold codes, and the rows that carry them."""

NAMED_BY: Mapping[str, Any] = {"places": Place.slug}
"""What a filter names a row by where that is not its code: a programme file refers to places by slug."""

NOBODY = -1
"""The id of no row: a code that is not there any more counts nothing, rather than asking nothing."""

MOST_COLUMNS = 100
"""Filters in one query; SQLite has a limit on columns and on the depth of a statement."""

Codes = Mapping[str, Mapping[str, int]]
Filters = tuple[Filter, ...]
"""Filters that a visit must all meet."""


def codes_of(programme_id: int) -> Codes:
    """The ids of a programme's codes, by the part of a filter that names them; ended rows too. One query."""
    parts = [
        select(literal(part).label("part"), NAMED_BY.get(part, model.code), model.id).where(
            model.programme_id == programme_id
        )
        for part, model in CODED.items()
    ]
    found: dict[str, dict[str, int]] = {part: {} for part in CODED}
    for part, code, row_id in db.session.execute(union_all(*parts)):
        found[part][code] = row_id
    return found


def filter_of(raw: Mapping[str, Any] | None, codes: Codes) -> Filter:
    """A stored filter of codes as the rule's filter of ids; none is the empty filter, which every visit meets.

    Raises ValueError for a condition or an outcome flag that the rule does not know.
    """
    given = {name: value for name, value in (raw or {}).items() if value not in (None, [])}
    unknown = set(given) - {field.name for field in fields(Filter)} | set(given.get("any_flag", ())) - {*OUTCOME_FLAGS}
    if unknown:
        raise ValueError(f"no indicator counts by {sorted(unknown)}")
    ids = {part: frozenset(codes[part].get(code, NOBODY) for code in given[part]) for part in CODED if part in given}
    return Filter(
        **ids,
        any_flag=frozenset(given.get("any_flag", ())),
        any_outcome=bool(given.get("any_outcome", False)),
        result_known=given.get("result_known"),
    )


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """How many visits met each of several filters, day by day."""

    days: Mapping[Filters, Mapping[date, int]]

    def total(self, filters: Filters, first: date, last: date) -> int:
        """The visits from first to last, both inclusive. KeyError for filters that were not counted."""
        return sum(count for day, count in self.days[filters].items() if first <= day <= last)


def daily(programme_id: int, wanted: Iterable[Filters], first: date, last: date) -> DailyCounts:
    """Count the visits of a programme that meet all of some filters, for each wanted set of filters.

    Undone visits never count. Days are the local days of the visits, first and last both inclusive. One
    query, or one for every hundred sets of filters.
    """
    distinct = list(dict.fromkeys(wanted))
    found: dict[Filters, dict[date, int]] = {filters: {} for filters in distinct}
    for start in range(0, len(distinct), MOST_COLUMNS):
        some = distinct[start : start + MOST_COLUMNS]
        for day, *counted in db.session.execute(_by_day(programme_id, some, first, last)):
            for filters, count in zip(some, counted, strict=True):
                found[filters][day] = count
    return DailyCounts(found)


def log_begins(programme_id: int) -> date | None:
    """The day of the programme's first visit that was not undone, or None: nothing before it can be counted."""
    return db.session.scalar(
        select(func.min(Visit.local_date)).where(Visit.programme_id == programme_id, ~Visit.undone)
    )


def _by_day(programme_id: int, some: Sequence[Filters], first: date, last: date) -> Select[*tuple[Any, ...]]:
    """Each filter is asked once of each visit, in the inner query; the outer one adds up. MATERIALIZED keeps it so."""
    asked = {one: f"f{number}" for number, one in enumerate(dict.fromkeys(one for every in some for one in every))}
    marked = (
        select(Visit.local_date, *(case((condition(one, programme_id), 1), else_=0).label(asked[one]) for one in asked))
        .where(Visit.programme_id == programme_id, ~Visit.undone, Visit.local_date.between(first, last))
        .cte("marked")
        .prefix_with("MATERIALIZED")
    )
    sums = [func.sum(case((and_(true(), *(marked.c[asked[one]] == 1 for one in every)), 1), else_=0)) for every in some]
    return select(marked.c.local_date, *sums).group_by(marked.c.local_date)


def condition(f: Filter, programme_id: int) -> ColumnElement[bool]:
    """SQL condition on Visit: the filter counts it, if it is not undone."""
    met: list[ColumnElement[bool]] = []
    for column, ids in (
        (Visit.organisation_id, f.organisations),
        (Visit.place_id, f.places),
        (Visit.service_id, f.services),
        (Visit.kind_id, f.kinds),
    ):
        if ids:
            met.append(func.coalesce(column, NOBODY - 1).in_(sorted(ids)))
    topics = select(VisitTopic.visit_id).where(VisitTopic.programme_id == programme_id)
    outcomes = select(VisitOutcome.visit_id).where(VisitOutcome.programme_id == programme_id)
    if f.topics:
        met.append(_among(topics.where(VisitTopic.topic_id.in_(sorted(f.topics)))))
    if f.outcomes:
        met.append(_among(outcomes.where(VisitOutcome.outcome_id.in_(sorted(f.outcomes)))))
    if f.any_flag:
        flagged = select(Outcome.id).where(
            Outcome.programme_id == programme_id, or_(*(getattr(Outcome, flag) for flag in sorted(f.any_flag)))
        )
        met.append(_among(outcomes.where(VisitOutcome.outcome_id.in_(flagged))))
    if f.any_outcome:
        met.append(_among(outcomes))
    if f.result_known is not None:
        heard = _among(
            select(VisitBody.visit_id).where(VisitBody.programme_id == programme_id, VisitBody.result_known.is_(True))
        )
        met.append(heard if f.result_known else ~heard)
    return and_(true(), *met)


def _among(visit_ids: Select[UUID]) -> ColumnElement[bool]:
    return Visit.id.in_(visit_ids)
