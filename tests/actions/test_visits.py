"""Storing visits: what is kept and counted, what is refused, and that sending again is harmless. Both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, text

from advice.actions.visit_entries import Fault, entry_of
from advice.database import begin_write, db
from advice.models.hours import WeeklyHours
from advice.models.places import Service
from advice.models.visits import Visit, VisitRevision
from advice.rules.visits import Decision, TimeKnown
from tests import builders, visit_log
from tests.visit_log import MONDAY, NOW, ZONE, Log, change, count, entry, laid, opening, some

log = visit_log.log


class TestStoring:
    """What is stored, and where it counts."""

    def test_it_keeps_everything_tapped_and_counts_it_under_the_adviser(self, log: Log) -> None:
        visit = entry(
            kind="tale", minutes=15, topics=some("regn", "bølger"), help_forms=some("ro"), language="ar",
            outcomes=some("videre", "med"), bodies=some("toldbod"), activities=some("roklub"),
        )  # fmt: skip
        assert log.store(visit) is Decision.STORED
        found = log.read(visit)
        assert entry_of(found) == replace(visit, service="snak")
        assert (found.visit.person_id, found.visit.revision) == (log.advisers["rita"].person, 1)
        assert (found.visit.local_date, found.visit.local_hour) == (MONDAY, 13)
        assert not (found.visit.outside_opening or found.visit.outside_shift or found.visit.undone)

    def test_the_revision_holds_the_codes_as_in_the_contract(self, log: Log) -> None:
        visit = entry(minutes=15, topics=some("regn", "bølger"), bodies=some("toldbod"))
        log.store(visit)
        row = db.session.scalars(select(VisitRevision)).one()
        assert row.content == {
            "id": str(visit.id), "revision": 1, "occurred_at": "2026-11-23T12:10:00Z", "time_known": "exact",
            "place": "skuret", "service": None, "kind": None, "minutes": 15, "topics": ["bølger", "regn"],
            "help_forms": [], "outcomes": [], "bodies": ["toldbod"], "activities": [], "language": None,
            "undone": False,
        }  # fmt: skip
        assert row.entered_by == log.advisers["rita"].person
        assert row.received_at == NOW

    def test_a_visit_without_a_topic_is_a_stroke(self, log: Log) -> None:
        visit = entry(topics=frozenset())
        assert log.store(visit) is Decision.STORED
        assert log.read(visit).codes("topics") == frozenset()

    @pytest.mark.parametrize(
        ("instant", "day", "hour"),
        [
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25), 2),
            (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25), 2),
            (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 3, 29), 3),
            (datetime(2026, 6, 30, 22, 5, tzinfo=UTC), date(2026, 7, 1), 0),
        ],
    )
    @pytest.mark.usefixtures("process_timezone")
    def test_the_day_and_hour_are_those_of_the_place(self, log: Log, instant: datetime, day: date, hour: int) -> None:
        visit = entry(occurred_at=instant)
        log.store(visit)
        found = log.read(visit).visit
        assert (found.local_date, found.local_hour, found.occurred_at) == (day, hour, instant)

    @pytest.mark.parametrize(
        ("clock", "known", "outside_opening", "outside_shift"),
        [
            ((13, 0), TimeKnown.EXACT, False, False),
            ((12, 59), TimeKnown.EXACT, True, True),
            ((15, 0), TimeKnown.EXACT, False, True),
            ((16, 0), TimeKnown.EXACT, True, True),
            ((15, 0), TimeKnown.HOUR, False, True),
            ((16, 0), TimeKnown.HOUR, True, True),
            ((0, 0), TimeKnown.DAY, False, False),
        ],
    )
    def test_it_is_flagged_and_kept_outside_opening_and_shift(
        self, log: Log, clock: tuple[int, int], known: TimeKnown, outside_opening: bool, outside_shift: bool
    ) -> None:
        visit = entry(occurred_at=datetime.combine(MONDAY, time(*clock), ZONE), time_known=known)
        assert log.store(visit, now=NOW + timedelta(days=1)) is Decision.STORED
        found = log.read(visit).visit
        assert (found.outside_opening, found.outside_shift) == (outside_opening, outside_shift)

    def test_a_shift_elsewhere_or_a_closed_day_does_not_count(self, log: Log) -> None:
        visit = entry(place="kajen")
        log.store(visit)
        found = log.read(visit).visit
        assert found.outside_opening
        assert found.outside_shift


class TestTheService:
    """A service left out is the one open there then, else the place's first."""

    @pytest.fixture
    def second(self, log: Log) -> Service:
        """Another service, open at skuret 10-12 on Monday and at kajen every week."""
        begin_write()
        world = log.world
        row = builders.added(
            Service(
                programme_id=world.programme.id,
                code="værksted",
                labels={"da": "Værksted"},
                position=1,
                organisation_id=world.organisations["byen"].id,
            )
        )
        world.services["værksted"] = row
        db.session.add(opening(world, "skuret", "værksted", 10, 12))
        db.session.commit()
        return row

    @pytest.mark.parametrize(("hour", "service"), [(10, "værksted"), (13, "snak"), (8, "snak")])
    def test_it_is_the_one_open_then_else_the_first(self, log: Log, second: Service, hour: int, service: str) -> None:
        visit = entry(occurred_at=datetime.combine(MONDAY, time(hour), ZONE))
        log.store(visit, now=NOW + timedelta(days=1))
        assert log.read(visit).visit.service.code == service

    def test_on_a_closed_day_it_is_the_first_with_hours_at_the_place(self, log: Log, second: Service) -> None:
        begin_write()
        db.session.execute(text("DELETE FROM openings"))
        weekly = db.session.scalars(select(WeeklyHours).where(WeeklyHours.place_id == log.world.places["kajen"].id))
        weekly.one().service_id = second.id
        db.session.commit()
        visit, other = entry(place="kajen"), entry()
        log.store(visit)
        log.store(other)
        assert log.read(visit).visit.service.code == "værksted"
        assert log.read(other).visit.service.code == "snak"

    def test_a_kind_belongs_to_its_service(self, log: Log, second: Service) -> None:
        assert log.refused(entry(service="værksted", kind="tale")) == {"kind": Fault.UNKNOWN}


class TestSendingAgain:
    """One insert decides; what is there already stays as it is."""

    def test_the_same_again_is_already_there(self, log: Log) -> None:
        visit = entry(topics=some("regn", "bølger"))
        assert [log.store(visit) for _ in range(3)] == [Decision.STORED, Decision.ALREADY, Decision.ALREADY]
        assert (count(VisitRevision), count(Visit)) == (1, 1)

    def test_the_same_number_with_other_content_is_a_conflict_and_changes_nothing(self, log: Log) -> None:
        visit = entry(minutes=15)
        log.store(visit)
        assert log.store(replace(visit, minutes=30)) is Decision.CONFLICT
        assert log.read(visit).visit.minutes == 15

    def test_a_higher_revision_is_stored_with_a_gap_and_an_older_one_is_already_there(self, log: Log) -> None:
        visit = entry(minutes=15, topics=some("regn"))
        log.store(visit)
        assert log.store(replace(visit, revision=4, minutes=30, topics=some("bølger"))) is Decision.STORED
        assert log.store(replace(visit, revision=2, minutes=45)) is Decision.ALREADY
        found = log.read(visit)
        assert (found.visit.revision, found.visit.minutes, found.codes("topics")) == (4, 30, some("bølger"))

    def test_it_is_already_there_though_its_topic_has_ended_since(self, log: Log) -> None:
        visit = entry()
        log.store(visit)
        change(log.world.topics["regn"], valid_to=date(2025, 1, 1))
        assert log.store(visit) is Decision.ALREADY

    def test_another_organisation_can_neither_change_it_nor_learn_that_it_is_there(self, log: Log) -> None:
        visit = entry()
        log.store(visit)
        assert log.store(visit, "bent") is Decision.CONFLICT
        assert log.store(replace(visit, revision=2, minutes=5), "bent") is Decision.CONFLICT
        assert log.read(visit).visit.minutes is None

    def test_the_same_id_in_two_programmes_is_two_visits(self, log: Log) -> None:
        begin_write()
        other = laid("fjorden", "f.")
        db.session.commit()
        visit = entry()
        db.session.rollback()
        assert [log.store(visit), other.store(visit)] == [Decision.STORED, Decision.STORED]
        assert count(Visit) == 2


class TestRefusing:
    """What cannot be stored is said field by field, and nothing is written."""

    @pytest.mark.parametrize("field", ["topics", "help_forms", "outcomes", "bodies", "activities"])
    def test_a_code_the_programme_does_not_have(self, log: Log, field: str) -> None:
        assert log.refused(entry(**{field: some("findes-ikke")})) == {field: Fault.UNKNOWN}

    @pytest.mark.parametrize("field", ["place", "service", "kind", "language"])
    @pytest.mark.parametrize("code", ["findes-ikke", "", "regn\x00"])
    def test_a_single_code_the_programme_does_not_have(self, log: Log, field: str, code: str) -> None:
        assert log.refused(entry(**{field: code})) == {field: Fault.UNKNOWN}

    @pytest.mark.parametrize("code", ["", "regn\x00", "\ud800", "regn\r\n", "x" * 61])
    def test_a_code_that_no_database_should_be_asked_about(self, log: Log, code: str) -> None:
        assert log.refused(entry(topics=some("regn", code))) == {"topics": Fault.UNKNOWN}

    def test_the_codes_of_another_programme(self, log: Log) -> None:
        db.session.rollback()
        begin_write()
        other = builders.world("fjorden", "f.")
        other.topics["regn"].code = other.places["skuret"].slug = "deres"
        db.session.commit()
        assert log.refused(entry(topics=some("deres"))) == {"topics": Fault.UNKNOWN}
        assert log.refused(entry(place="deres")) == {"place": Fault.UNKNOWN}

    def test_a_day_after_the_programmes_last_one(self, log: Log) -> None:
        change(log.world.programme, valid_to=MONDAY - timedelta(days=1))
        assert log.refused(entry()) == {"place": Fault.PROGRAMME_ENDED}
        assert log.store(entry(occurred_at=NOW - timedelta(days=1))) is Decision.STORED

    def test_more_than_any_finger_taps(self, log: Log) -> None:
        assert log.refused(entry(topics=frozenset(map(str, range(200))))) == {"topics": Fault.TOO_MANY}

    @pytest.mark.parametrize("minutes", [0, -1, 481, 2**31])
    def test_minutes_out_of_range(self, log: Log, minutes: int) -> None:
        assert log.refused(entry(minutes=minutes)) == {"minutes": Fault.OUT_OF_RANGE}

    @pytest.mark.parametrize("minutes", [1, 480])
    def test_but_not_the_ends_of_the_range(self, log: Log, minutes: int) -> None:
        assert log.store(entry(minutes=minutes)) is Decision.STORED

    @pytest.mark.parametrize("revision", [0, -1, 2**31])
    def test_a_revision_out_of_range(self, log: Log, revision: int) -> None:
        if revision > 0:
            assert log.refused(entry(revision=revision)) == {"revision": Fault.OUT_OF_RANGE}
        else:
            assert "revision" in log.refused(entry(revision=revision))

    @pytest.mark.parametrize(
        ("at", "fault"),
        [
            (NOW + timedelta(minutes=11), Fault.FUTURE),
            (datetime.max.replace(tzinfo=UTC), Fault.FUTURE),
            (datetime.min.replace(tzinfo=UTC), Fault.OUT_OF_RANGE),
        ],
    )
    def test_a_time_that_has_not_come_or_never_was(self, log: Log, at: datetime, fault: Fault) -> None:
        assert log.refused(entry(occurred_at=at)) == {"occurred_at": fault}

    def test_every_fault_is_said_at_once(self, log: Log) -> None:
        faults = log.refused(entry(topics=some("x"), bodies=some("y"), language="zz", kind="z"))
        assert faults == dict.fromkeys(("topics", "bodies", "language", "kind"), Fault.UNKNOWN)

    def test_a_result_of_a_body_that_is_not_there(self, log: Log) -> None:
        assert log.refused(entry(results={"toldbod": True})) == {"bodies": Fault.UNKNOWN}
