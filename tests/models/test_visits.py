"""The questions asked of visits and of the catalogue: whose they are, in what order, in how many queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from advice.database import begin_write, db
from advice.models import catalogue_questions as catalogue
from advice.models import visit_questions as questions
from advice.models.catalogue import HelpForm, Outcome, Topic, TopicGroup
from advice.models.visits import Visit, VisitTopic
from advice.rules.access import Actor
from tests import builders, visit_log
from tests.queries import counted
from tests.visit_log import MONDAY, NOW, Log, change, entry, laid, some

log = visit_log.log


def seen_by(log: Log, name: str = "rita") -> Actor:
    """Who asks."""
    return log.advisers[name].actor


class TestVisitsOfSomeDays:
    """The list of one organisation."""

    def test_it_holds_the_organisations_own_newest_first_with_what_was_tapped(self, log: Log) -> None:
        first = entry(outcomes=some("klaret"))
        second = entry(occurred_at=first.occurred_at + timedelta(minutes=5), topics=some("bølger"), kind="tale")
        theirs = entry()
        for visit, name in ((first, "rita"), (second, "svend"), (theirs, "bent")):
            log.store(visit, name)
        found = questions.of_days(seen_by(log), MONDAY, MONDAY)
        assert [one.visit.id for one in found] == [second.id, first.id]
        assert [one.codes("topics") for one in found] == [some("bølger"), some("regn")]
        assert [one.kind and one.kind.code for one in found] == ["tale", None]
        assert [one.visit.id for one in questions.of_days(seen_by(log, "bent"), MONDAY, MONDAY)] == [theirs.id]

    def test_visits_of_one_minute_stand_in_the_order_they_were_stored_also_once_corrected(self, log: Log) -> None:
        visits = [entry(bodies=some("toldbod")) for _ in range(6)]
        for number, visit in enumerate(visits):
            log.store(visit, now=NOW + timedelta(seconds=number))
        log.store(replace(visits[2], revision=2, minutes=5), now=NOW + timedelta(hours=1))
        stored = [one.id for one in visits]
        assert [one.visit.id for one in questions.of_days(seen_by(log), MONDAY, MONDAY)] == stored[::-1]
        assert [one.visit.id for one in questions.awaiting_result(seen_by(log), 10)] == stored

    def test_those_stored_at_one_instant_have_an_order_all_the_same(self, log: Log) -> None:
        visits = [entry() for _ in range(6)]
        for visit in visits:
            log.store(visit)
        found = questions.of_days(seen_by(log), MONDAY, MONDAY)
        assert [one.visit.id for one in found] == sorted((one.id for one in visits), key=str, reverse=True)

    def test_both_days_count_and_no_other(self, log: Log) -> None:
        visits = [entry(occurred_at=NOW - timedelta(days=back)) for back in range(4)]
        for visit in visits:
            log.store(visit)
        found = questions.of_days(seen_by(log), MONDAY - timedelta(days=2), MONDAY - timedelta(days=1))
        assert [one.visit.id for one in found] == [visits[1].id, visits[2].id]

    def test_it_takes_as_many_queries_for_one_visit_as_for_thirty(self, log: Log) -> None:
        def asked() -> int:
            db.session.rollback()
            with counted() as heard:
                found = questions.of_days(seen_by(log), MONDAY, MONDAY)
                assert all(one.visit.place.name and one.visit.person.name for one in found)
            return len(heard)

        log.store(entry(bodies=some("toldbod")))
        one = asked()
        for _ in range(29):
            log.store(entry(bodies=some("toldbod"), outcomes=some("klaret"), topics=some("regn", "bølger")))
        assert asked() == one == 1 + len(questions.IN_A_LIST)

    def test_of_another_organisation_or_programme_there_is_nothing(self, log: Log) -> None:
        visit = entry()
        log.store(visit)
        begin_write()
        other = laid("fjorden", "f.")
        db.session.commit()
        assert questions.own_visit(seen_by(log), visit.id) is not None
        assert questions.own_visit(seen_by(log, "bent"), visit.id) is None
        assert questions.own_visit(seen_by(other), visit.id) is None
        assert questions.own_visit(seen_by(log), uuid4()) is None


class TestAwaitingAResult:
    """Bridged visits nobody has asked about."""

    def test_those_with_an_answer_the_undone_and_the_others_are_not_among_them(self, log: Log) -> None:
        asked, waiting, undone = (entry(bodies=some("toldbod")) for _ in range(3))
        for visit in (asked, waiting, undone, entry()):
            log.store(visit)
        log.store(entry(bodies=some("toldbod")), "bent")
        log.revise(asked, results={"toldbod": False})
        log.revise(undone, undone=True)
        assert [one.visit.id for one in questions.awaiting_result(seen_by(log), 10)] == [waiting.id]
        assert questions.count_awaiting_result(seen_by(log)) == 1

    def test_of_many_it_gives_the_oldest(self, log: Log) -> None:
        visits = [entry(bodies=some("toldbod"), occurred_at=NOW - timedelta(days=back)) for back in range(4)]
        for visit in visits:
            log.store(visit)
        found = questions.awaiting_result(seen_by(log), 2)
        assert [one.visit.id for one in found] == [visits[3].id, visits[2].id]
        assert [one.codes("bodies") for one in found] == [some("toldbod")] * 2
        assert questions.count_awaiting_result(seen_by(log)) == 4


class TestTheCatalogue:
    """What can be tapped on a day."""

    def test_the_first_and_last_day_count_and_what_is_kept_stays(self, log: Log) -> None:
        topic = log.world.topics["regn"]
        change(topic, valid_from=MONDAY, valid_to=MONDAY)
        programme = log.advisers["rita"].programme

        def offered(day: date, kept: tuple[str, ...] = ()) -> list[str]:
            return [topic.code for _group, topic in catalogue.offered_topics(programme, day, kept)]

        before, after = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
        assert [offered(day) for day in (before, MONDAY, after)] == [["bølger"], ["regn", "bølger"], ["bølger"]]
        assert offered(after, ("regn",)) == ["regn", "bølger"]

    def test_the_end_of_a_group_is_the_end_of_its_topics(self, log: Log) -> None:
        group = db.session.get_one(TopicGroup, log.world.topics["regn"].group_id)
        change(group, valid_to=MONDAY - timedelta(days=1))
        programme = log.advisers["rita"].programme
        assert catalogue.offered_topics(programme, MONDAY) == []
        assert [one.in_force for one in catalogue.known(programme, {"topics": ["regn"]}, MONDAY)] == [False]

    def test_the_order_is_the_programmes_own(self, log: Log) -> None:
        programme = log.advisers["rita"].programme
        db.session.rollback()
        begin_write()
        for code, position in (("sidst", 9), ("først", -1)):
            db.session.add(HelpForm(programme_id=programme, code=code, labels={"da": code}, position=position))
        db.session.commit()
        assert [row.code for row in catalogue.offered(HelpForm, programme, MONDAY)] == ["først", "ro", "sidst"]

    def test_all_codes_are_looked_up_in_one_query_and_only_in_their_own_list(self, log: Log) -> None:
        programme = log.advisers["rita"].programme
        wanted = {"topics": ["regn", "toldbod"], "bodies": ["toldbod"], "outcomes": ["regn"], "activities": []}
        with counted() as heard:
            found = catalogue.known(programme, wanted, MONDAY)
        assert len(heard) == 1
        assert {(one.field, one.code) for one in found} == {("topics", "regn"), ("bodies", "toldbod")}
        assert catalogue.known(programme, {"topics": []}, MONDAY) == []

    def test_the_flags_of_outcomes_are_those_of_the_rows(self, log: Log) -> None:
        programme, outcomes = log.advisers["rita"].programme, log.world.outcomes
        ids = [outcomes["klaret"].id, outcomes["gik"].id]
        found = questions.outcome_flags(programme, ids)
        assert sorted(map(sorted, found)) == [["not_reached"], ["solves"]]
        assert questions.outcome_flags(programme + 1, ids) == []

    def test_what_an_outcome_means_is_its_flag(self, log: Log) -> None:
        programme = log.advisers["rita"].programme
        found = catalogue.outcomes_with(programme, "bridges", MONDAY)
        assert [db.session.get_one(Outcome, row_id).code for row_id in found] == ["videre"]


class TestTheDatabase:
    """What the tables refuse whoever writes."""

    def test_a_topic_of_another_programme_cannot_hang_below_a_visit(self, log: Log) -> None:
        visit = entry()
        log.store(visit)
        begin_write()
        other = builders.world("fjorden", "f.")
        theirs: Topic = other.topics["regn"]
        link = VisitTopic(programme_id=log.advisers["rita"].programme, visit_id=visit.id, topic_id=theirs.id)
        db.session.add(link)
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()

    def test_a_visit_cannot_point_at_a_revision_that_is_not_there(self, log: Log) -> None:
        visit = entry()
        log.store(visit)
        db.session.rollback()
        begin_write()
        row = db.session.get_one(Visit, (log.advisers["rita"].programme, visit.id))
        row.revision = 7
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()

    @pytest.mark.parametrize("minutes", [0, 481])
    def test_minutes_stay_within_a_working_day(self, log: Log, minutes: int) -> None:
        visit = entry()
        log.store(visit)
        db.session.rollback()
        begin_write()
        db.session.get_one(Visit, (log.advisers["rita"].programme, visit.id)).minutes = minutes
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_instants_come_back_as_they_were_entered(log: Log) -> None:
    visit = entry(occurred_at=datetime.fromisoformat("2026-11-23T13:10:30.250000+01:00"))
    log.store(visit)
    assert log.read(visit).visit.occurred_at == visit.occurred_at
