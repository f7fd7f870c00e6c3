"""Visits that grow old: coarsened after 30 days, counts after 5 years; and what a tablet still sends of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, scoped_session

from advice.actions import retention
from advice.actions.retention_visits import CHILDREN
from advice.actions.visit_entries import Fault, VisitEntry
from advice.actions.visits import store
from advice.database import begin_write, db
from advice.models.visit_counts import VisitMonthCount, VisitWeekCount, VisitWeekTopicCount
from advice.models.visits import Visit, VisitRevision
from advice.rules.visits import Decision, TimeKnown
from tests import visit_log
from tests.visit_log import NOW, ZONE, Log, change, count, entry, some

log = visit_log.log
THEN = datetime(2026, 11, 23, 12, 10, 37, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=31)
MUCH_LATER = NOW.replace(year=2031) + timedelta(days=1)
WEEK = date(2026, 11, 23)


def run(now: datetime = LATER) -> dict[str, int]:
    """Retention at an instant: what it did, without the rules that found nothing."""
    db.session.rollback()
    return {name: found for name, found in retention.run(now, ZONE).counts.items() if found}


def row_of(log: Log, visit: VisitEntry) -> Visit:
    return log.read(visit).visit


def revisions() -> list[VisitRevision]:
    db.session.rollback()
    return list(db.session.scalars(select(VisitRevision).order_by(VisitRevision.revision)))


def languages() -> dict[str, int]:
    """How many coarsened visits said what; "": nothing."""
    counted = select(VisitMonthCount.value, func.sum(VisitMonthCount.visits)).group_by(VisitMonthCount.value)
    rows = db.session.execute(counted.where(VisitMonthCount.field == "language"))
    return {row[0]: row[1] for row in rows}


def rolled_up() -> int:
    """How many visits are kept as a count of their week only."""
    return db.session.scalar(select(func.sum(VisitWeekCount.visits))) or 0


def test_after_30_days_the_minute_and_the_language_leave_the_row_and_every_revision(log: Log) -> None:
    visit = entry(occurred_at=THEN, language="ar", minutes=15)
    log.store(visit)
    log.store(replace(visit, revision=3, topics=some("bølger")))
    hashes = {one.content_hash for one in revisions()}
    assert run() == {"visits_coarsened": 1}
    row = row_of(log, visit)
    assert (row.occurred_at, row.time_known, row.language) == (
        THEN.replace(minute=0, second=0, microsecond=0),
        "hour",
        None,
    )
    assert (row.coarsened_at, row.local_date, row.local_hour, row.minutes) == (LATER, date(2026, 11, 23), 13, 15)
    assert len(revisions()) == 2
    for one in revisions():
        assert one.content["occurred_at"] == "2026-11-23T12:00:00Z"
        assert (one.content["language"], one.content["time_known"], one.content["minutes"]) == (None, "hour", 15)
        assert one.received_at == NOW.replace(minute=0) and one.device is None
        assert one.content_hash not in hashes
    assert log.read(visit).codes("topics") == {"bølger"}


def test_younger_visits_are_left_alone_to_the_minute(log: Log) -> None:
    visit = entry(occurred_at=THEN, language="ar")
    log.store(visit)
    assert run(THEN + timedelta(days=30) - timedelta(seconds=1)) == {}
    assert row_of(log, visit).language == "ar"
    assert run(THEN + timedelta(days=30)) == {"visits_coarsened": 1}


def test_the_languages_live_on_as_counts_of_the_month_and_undone_visits_do_not(log: Log) -> None:
    for language in ("ar", "ar", None, "pl"):
        log.store(entry(language=language))
    log.store(entry(language="ar", undone=True))
    assert run() == {"visits_coarsened": 5}
    assert languages() == {"ar": 2, "pl": 1, "": 1}
    log.store(entry(language="pl"))
    assert run() == {"visits_coarsened": 1}
    assert languages() == {"ar": 2, "pl": 2, "": 1}
    assert run() == {}
    months = select(VisitMonthCount.month).distinct()
    assert db.session.scalars(months).all() == [date(2026, 11, 1)]


def test_the_day_of_the_paper_tally_stays_a_day(log: Log) -> None:
    visit = entry(time_known=TimeKnown.DAY)
    log.store(visit)
    run()
    assert row_of(log, visit).time_known == "day"


def test_what_a_tablet_sends_again_is_already_there_and_brings_nothing_back(log: Log) -> None:
    visit = entry(occurred_at=THEN, language="ar")
    log.store(visit)
    log.store(replace(visit, revision=2))
    run()
    for again in (visit, replace(visit, revision=2), replace(visit, revision=2, language="pl", topics=some("bølger"))):
        assert log.store(again, now=LATER) is Decision.ALREADY
    assert row_of(log, visit).language is None
    assert log.store(visit, "bent", now=LATER) is Decision.CONFLICT
    assert run(LATER + timedelta(days=1)) == {}


def test_a_later_revision_of_a_coarsened_visit_is_stored_as_coarse_as_the_rest(log: Log) -> None:
    visit = entry(occurred_at=THEN, language="ar")
    log.store(visit)
    run()
    corrected = replace(visit, revision=2, topics=some("bølger"), language="pl")
    assert log.store(corrected, now=LATER) is Decision.STORED
    row = row_of(log, visit)
    assert (row.language, row.occurred_at.minute, row.time_known, row.coarsened_at) == (None, 0, "hour", LATER)
    assert log.read(visit).codes("topics") == {"bølger"}
    newest = revisions()[-1]
    assert newest.content["language"] is None and newest.content["occurred_at"] == "2026-11-23T12:00:00Z"
    assert log.store(corrected, now=LATER) is Decision.ALREADY


def test_a_result_can_still_be_noted_on_a_coarsened_visit(log: Log) -> None:
    visit = entry(bodies=some("toldbod"), language="ar")
    log.store(visit)
    run()
    assert log.revise(visit, results={"toldbod": True}) is Decision.STORED
    assert log.read(visit).results == {"toldbod": True}


def test_after_five_years_visits_are_counts_of_week_and_topic_and_their_rows_are_gone(log: Log) -> None:
    log.store(entry(topics=some("regn", "bølger"), outcomes=some("klaret"), bodies=some("toldbod"), language="ar"))
    log.store(entry(topics=some("regn"), help_forms=some("ro"), activities=some("roklub")))
    log.store(entry(topics=some("regn"), undone=True))
    run()
    topics = {code: row.id for code, row in log.world.topics.items()}
    assert run(MUCH_LATER) == {"visits_rolled_up": 3}
    assert [count(model) for model in (Visit, VisitRevision, *CHILDREN)] == [0] * 7
    assert db.session.execute(select(VisitWeekCount.week, VisitWeekCount.visits)).all() == [(WEEK, 2)]
    about = select(VisitWeekTopicCount.week, VisitWeekTopicCount.topic_id, VisitWeekTopicCount.visits)
    assert set(db.session.execute(about)) == {(WEEK, topics["regn"], 2), (WEEK, topics["bølger"], 1)}
    assert languages() == {"ar": 1, "": 1}
    assert run(MUCH_LATER) == {}


def test_a_visit_that_was_never_coarsened_is_counted_in_both_ways_before_it_goes(log: Log) -> None:
    log.store(entry(language="ar"))
    assert run(MUCH_LATER) == {"visits_coarsened": 1, "visits_rolled_up": 1}
    assert languages() == {"ar": 1}
    assert rolled_up() == 1


def test_rows_and_weekly_counts_together_are_always_all_visits(log: Log) -> None:
    for days in range(0, 2600, 200):
        before = NOW - timedelta(days=days)
        log.store(entry(occurred_at=before, id=uuid4()), now=before)
    for later in range(0, 2600, 325):
        run(NOW + timedelta(days=later))
        assert count(Visit) + rolled_up() == 13
    assert count(Visit) == 0


def test_a_visit_of_the_years_that_are_only_counts_is_refused(log: Log) -> None:
    visit = entry()
    log.store(visit)
    run(MUCH_LATER)
    change(log.world.places["skuret"], name="Skuret")
    old = NOW.replace(year=2021) - timedelta(days=1)
    assert log.refused(replace(visit, occurred_at=old)) == {"occurred_at": Fault.OUT_OF_RANGE}
    assert log.store(entry(occurred_at=old + timedelta(days=2))) is Decision.STORED


def test_a_dry_run_says_the_same_and_changes_nothing(log: Log) -> None:
    log.store(entry(language="ar"))
    log.store(entry())
    db.session.rollback()
    told = retention.due(LATER, ZONE)
    db.session.rollback()
    begin_write()
    untouched = select(func.count()).select_from(Visit).where(Visit.coarsened_at.is_(None))
    assert db.session.scalar(untouched) == 2 and languages() == {}
    db.session.rollback()
    assert retention.run(LATER, ZONE) == told
    assert told.counts["visits_coarsened"] == 2


def test_many_visits_are_taken_in_batches_and_none_twice(log: Log, session: scoped_session[Session]) -> None:
    number = retention.BATCH + 3
    begin_write()
    for _ in range(number):
        store(entry(language="ar"), log.advisers["rita"], NOW, ZONE)
    session.commit()
    assert run() == {"visits_coarsened": number}
    assert languages() == {"ar": number}


def test_a_run_that_is_killed_goes_on_where_it_was(log: Log) -> None:
    for _ in range(4):
        log.store(entry(language="ar"))
    run()
    begin_write()
    some_of_them = select(Visit.id).order_by(Visit.id).limit(2).scalar_subquery()
    db.session.execute(update(Visit).where(Visit.id.in_(some_of_them)).values(coarsened_at=None, language="pl"))
    db.session.commit()
    assert run() == {"visits_coarsened": 2}
    assert languages() == {"ar": 4, "pl": 2}
