"""What the log says about an indicator: its filter of codes as SQL, counted day by day in one query.

`rules.indicators.counts` is the rule; the SQL here must count the same visits, and a test compares them on
both engines. Counting by day lets one query answer for every indicator and every period of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, case, func, literal, or_, select, true, union_all
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
    standing = select(Visit.local_date).where(Visit.programme_id == programme_id, ~Visit.undone)
    return db.session.scalar(standing.order_by(Visit.local_date).limit(1))


def _by_day(programme_id: int, some: Sequence[Filters], first: date, last: date) -> Select[*tuple[Any, ...]]:
    """The sums by day of visits that have been asked, each once, what the filters want to know of its taps."""
    asked = dict.fromkeys(one for every in some for one in every)
    answers = {question: f"answer{n}" for n, question in enumerate(dict.fromkeys(q for one in asked for q in _of(one)))}
    visits = _answered(programme_id, answers).where(~Visit.undone, Visit.local_date.between(first, last)).subquery()
    met = {one: and_(true(), *_conditions(one, visits, answers, programme_id)) for one in asked}
    sums = [func.sum(case((and_(true(), *(met[one] for one in every)), 1), else_=0)) for every in some]
    return select(visits.c.local_date, *sums).group_by(visits.c.local_date)


class _Question(NamedTuple):
    """Whether a visit has, in one tapped list, any row of the ids, of the flags, or (of neither) any at all."""

    link: type[VisitTopic] | type[VisitOutcome]
    ids: frozenset[int] = frozenset()
    flags: frozenset[str] = frozenset()


def _of(f: Filter) -> Iterator[_Question]:
    """What a filter asks of the topics and outcomes of a visit."""
    if f.topics:
        yield _Question(VisitTopic, ids=f.topics)
    if f.outcomes:
        yield _Question(VisitOutcome, ids=f.outcomes)
    if f.any_flag:
        yield _Question(VisitOutcome, flags=f.any_flag)
    if f.any_outcome:
        yield _Question(VisitOutcome)


def _answered(programme_id: int, answers: Mapping[_Question, str]) -> Select[*tuple[Any, ...]]:
    """The visits of a programme with 1 or 0 for each question, a row a visit.

    The taps are joined to their visit by the key of their own table, which is a search in both engines however
    many there are. A list of visit ids for each question took SQLite half as long again; joining to a query
    that marks the visits can make it go through all of that for each visit.
    """
    columns = [
        func.max(case((_yes(question, programme_id), 1), else_=0)).label(name) for question, name in answers.items()
    ]
    own = (Visit.id, Visit.local_date, Visit.organisation_id, Visit.place_id, Visit.service_id, Visit.kind_id)
    found: Select[*tuple[Any, ...]] = select(*own, *columns).where(Visit.programme_id == programme_id)
    for link in dict.fromkeys(question.link for question in answers):
        found = found.outerjoin(link, (link.programme_id == Visit.programme_id) & (link.visit_id == Visit.id))
    return found.group_by(Visit.programme_id, Visit.id)


def _yes(question: _Question, programme_id: int) -> ColumnElement[bool]:
    """Whether one tapped row says yes."""
    if question.link is VisitTopic:
        return VisitTopic.topic_id.in_(sorted(question.ids))
    if question.ids:
        return VisitOutcome.outcome_id.in_(sorted(question.ids))
    if question.flags:
        flagged = or_(*(getattr(Outcome, flag) for flag in sorted(question.flags)))
        return VisitOutcome.outcome_id.in_(select(Outcome.id).where(Outcome.programme_id == programme_id, flagged))
    return VisitOutcome.visit_id.is_not(None)


def _conditions(
    f: Filter, visits: Subquery, answers: Mapping[_Question, str], programme_id: int
) -> Iterator[ColumnElement[bool]]:
    """What a filter wants of a visit, all of which must be so."""
    for name, ids in (
        ("organisation_id", f.organisations),
        ("place_id", f.places),
        ("service_id", f.services),
        ("kind_id", f.kinds),
    ):
        if ids:
            yield func.coalesce(visits.c[name], NOBODY - 1).in_(sorted(ids))
    for question in _of(f):
        yield visits.c[answers[question]] == 1
    if f.result_known is not None:
        known = select(VisitBody.visit_id).where(
            VisitBody.programme_id == programme_id, VisitBody.result_known.is_(True)
        )
        yield visits.c.id.in_(known) if f.result_known else visits.c.id.not_in(known)
