"""Correcting visits: what has ended stays, what a body means, who changed what. Both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from advice.actions.visit_entries import Fault, entry_of
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.catalogue import Outcome, TopicGroup
from advice.models.visits import VisitRevision
from advice.rules.visits import Decision
from tests import visit_log
from tests.visit_log import MONDAY, NOW, Log, change, count, entry, some

log = visit_log.log


class TestWhatHasEnded:
    """What has ended is not newly chosen, and stays on what it was chosen for."""

    @pytest.mark.parametrize("group", [False, True])
    def test_it_cannot_be_chosen_after_its_end_and_still_before(self, log: Log, group: bool) -> None:
        topic = log.world.topics["regn"]
        row = db.session.get_one(TopicGroup, topic.group_id) if group else topic
        db.session.rollback()
        change(row, valid_to=MONDAY - timedelta(days=1))
        assert log.refused(entry()) == {"topics": Fault.UNKNOWN}
        assert log.store(entry(occurred_at=NOW - timedelta(days=1))) is Decision.STORED

    def test_it_stays_on_a_correction_and_cannot_be_added_by_one(self, log: Log) -> None:
        visit, other = entry(), entry(topics=some("bølger"))
        log.store(visit)
        log.store(other)
        change(log.world.topics["regn"], valid_to=MONDAY - timedelta(days=1))
        change(log.world.places["skuret"], valid_to=MONDAY - timedelta(days=1))
        change(log.world.services["snak"], valid_to=MONDAY - timedelta(days=1))
        kept = replace(entry_of(log.read(visit)), revision=2, minutes=30)
        assert log.store(kept) is Decision.STORED
        assert log.read(visit).codes("topics") == some("regn")
        added = replace(entry_of(log.read(other)), revision=2, topics=some("regn"))
        assert log.refused(added) == {"topics": Fault.UNKNOWN}


class TestWhatABodyMeans:
    """A body without an outcome that bridges: the one there is, or a question."""

    CASES = (("bodies", "toldbod", "videre", "bridges"), ("activities", "roklub", "med", "recruits"))

    @pytest.mark.parametrize(("field", "code", "outcome", "flag"), CASES)
    def test_the_only_outcome_it_can_mean_is_added(
        self, log: Log, field: str, code: str, outcome: str, flag: str
    ) -> None:
        visit = entry(**{field: some(code)}, outcomes=some("klaret"))
        assert log.store(visit) is Decision.STORED
        assert log.read(visit).codes("outcomes") == some("klaret", outcome)
        assert log.store(visit) is Decision.ALREADY

    @pytest.mark.parametrize(("field", "code", "outcome", "flag"), CASES)
    def test_of_two_it_does_not_guess(self, log: Log, field: str, code: str, outcome: str, flag: str) -> None:
        db.session.rollback()
        begin_write()
        db.session.add(Outcome(programme_id=log.world.programme.id, code="to", labels={"da": "To"}, **{flag: True}))
        db.session.commit()
        assert log.refused(entry(**{field: some(code)})) == {"outcomes": Fault.NO_OUTCOME}
        assert log.store(entry(**{field: some(code)}, outcomes=some("to"))) is Decision.STORED

    @pytest.mark.parametrize(("field", "code", "outcome", "flag"), CASES)
    def test_without_any_it_asks(self, log: Log, field: str, code: str, outcome: str, flag: str) -> None:
        change(log.world.outcomes[outcome], valid_to=date(2025, 1, 1))
        assert log.refused(entry(**{field: some(code)})) == {"outcomes": Fault.NO_OUTCOME}

    def test_what_stands_so_already_can_still_be_undone(self, log: Log) -> None:
        visit = entry(bodies=some("toldbod"))
        log.store(visit)
        db.session.rollback()
        begin_write()
        db.session.execute(text("DELETE FROM visit_outcomes"))
        db.session.commit()
        change(log.world.outcomes["videre"], valid_to=date(2025, 1, 1))
        assert log.revise(visit, undone=True) is Decision.STORED


class TestContradictions:
    """What was solved was reached."""

    def test_two_outcomes_that_cannot_both_be_true_are_refused(self, log: Log) -> None:
        assert log.refused(entry(outcomes=some("klaret", "gik"))) == {"outcomes": Fault.CONTRADICTION}
        assert log.store(entry(outcomes=some("gik", "videre"))) is Decision.STORED
        visit = entry(outcomes=some("klaret"))
        log.store(visit)
        assert log.refused(replace(visit, revision=2, outcomes=some("klaret", "gik"))) == {
            "outcomes": Fault.CONTRADICTION
        }

    def test_an_outcome_that_a_body_means_counts_too(self, log: Log) -> None:
        change(log.world.outcomes["videre"], solves=True)
        assert log.refused(entry(outcomes=some("gik"), bodies=some("toldbod"))) == {"outcomes": Fault.CONTRADICTION}

    def test_what_stands_so_already_can_still_be_corrected_and_undone(self, log: Log) -> None:
        visit = entry(outcomes=some("klaret", "alene"))
        log.store(visit)
        change(log.world.outcomes["alene"], not_reached=True)
        assert log.store(replace(entry_of(log.read(visit)), revision=2, minutes=30)) is Decision.STORED
        assert log.revise(visit, undone=True) is Decision.STORED


class TestCorrecting:
    """Corrections are revisions of their own, and leave the visit with the adviser it was entered for."""

    def test_a_colleagues_correction_replaces_the_lists_and_not_the_adviser(self, log: Log) -> None:
        visit = entry(bodies=some("toldbod"), help_forms=some("ro"))
        log.store(visit)
        changed = replace(visit, revision=2, bodies=frozenset(), outcomes=some("klaret"), topics=some("bølger"))
        assert log.store(changed, "svend") is Decision.STORED
        found = log.read(visit)
        assert found.visit.person_id == log.advisers["rita"].person
        assert (found.codes("topics"), found.codes("bodies")) == (some("bølger"), frozenset())
        assert (found.codes("help_forms"), found.codes("outcomes")) == (some("ro"), some("klaret"))
        assert not found.visit.outside_shift, "the shift is that of the adviser it was entered for"

    def test_the_audit_says_who_changed_which_fields_and_nothing_that_stands_in_them(self, log: Log) -> None:
        visit = entry(minutes=15)
        log.store(visit)
        assert count(AuditEntry) == 0, "a first revision is its own record"
        corrected = replace(entry_of(log.read(visit)), revision=2, minutes=30)
        log.store(corrected, "svend")
        log.store(replace(corrected, revision=3, undone=True))
        log.store(replace(corrected, revision=4, undone=False))
        rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(row.action, row.details) for row in rows] == [
            ("visit_corrected", {"revision": 2, "fields": ["minutes"]}),
            ("visit_undone", {"revision": 3, "fields": ["undone"]}),
            ("visit_restored", {"revision": 4, "fields": ["undone"]}),
        ]
        assert (rows[0].person_id, rows[0].subject, rows[0].subject_id) == (
            log.advisers["svend"].person,
            "visits",
            str(visit.id),
        )

    def test_results_are_kept_and_set_by_a_revision(self, log: Log) -> None:
        visit = entry(bodies=some("toldbod"))
        log.store(visit)
        assert log.read(visit).results == {}
        assert log.revise(visit, results={"toldbod": False}) is Decision.STORED
        found = log.read(visit)
        assert (found.results, found.visit.revision) == ({"toldbod": False}, 2)
        assert db.session.scalars(select(VisitRevision.content).where(VisitRevision.revision == 2)).one()[
            "results"
        ] == {"toldbod": False}
