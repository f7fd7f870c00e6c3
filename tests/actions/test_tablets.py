"""Shared tablets: enrolled, unlocked once an adviser and day, ended with every session on them. Both engines."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from advice.actions import sessions, tablets
from advice.actions.tokens import hash_of
from advice.database import begin_write, db
from advice.models.accounts import LogInMethod, LogInSession
from advice.models.audit import AuditEntry
from advice.models.people import Membership, Person
from advice.models.tablets import Enrolled, Tablet, TabletUnlock, enrolled, living_tablets, tiles
from advice.signed_in import find_user
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Europe/Copenhagen")
THREADS = 8
Db = scoped_session[Session]


@pytest.fixture
def world(session: Db) -> World:
    """Two houses; Svend has a shift at one of them today, Bent at the other."""
    begin_write()
    found = builders.world()
    builders.shift(found, "svend", "skuret", TODAY, 13, 16)
    builders.shift(found, "bent", "kajen", TODAY, 13, 16)
    db.session.commit()
    return found


@pytest.fixture
def secret(world: World) -> str:
    """What a tablet at the first house holds."""
    return enrolled_anew(world)


def enrolled_anew(world: World, before: str | None = None, at: datetime = NOW) -> str:
    db.session.rollback()
    begin_write()
    leader, place = world.members["karen"], world.places["skuret"]
    found = tablets.enrol(at, leader, place.id, "Ved døren", 5, before=before)
    db.session.commit()
    return found


def tablet(secret: str) -> Enrolled:
    found = enrolled(hash_of(secret), TODAY)
    assert found is not None
    return found


def unlocked(one: Enrolled, member: Membership, day: date = TODAY) -> bool:
    """Her PIN was right; whether it was the first time that day."""
    db.session.rollback()
    begin_write()
    first = tablets.unlock(NOW, day, one.id, member)
    db.session.commit()
    return first


def let_in(one: Enrolled, member: Membership, at: datetime = NOW) -> str:
    db.session.rollback()
    begin_write()
    token = tablets.let_in(at, ZONE, one.id, member, None)
    db.session.commit()
    assert token is not None
    return token


def ended(one: Enrolled, by: Membership) -> bool:
    db.session.rollback()
    begin_write()
    first = tablets.end(NOW, one.id, by.person_id)
    db.session.commit()
    return first


def is_in(token: str, at: datetime = NOW) -> bool:
    found = find_user(token, at, at.astimezone(ZONE).date())
    db.session.rollback()
    return found is not None


class TestEnrolment:
    """Once a device."""

    def test_only_a_hash_of_the_secret_is_stored(self, secret: str) -> None:
        row = db.session.scalars(select(Tablet)).one()
        assert len(secret) == 43 and len(row.token_hash) == 64
        assert secret not in repr([getattr(row, column.key) for column in Tablet.__table__.columns])
        assert enrolled(hash_of("x" * 43), TODAY) is None

    def test_who_did_it_is_in_the_audit_without_words_or_secrets(self, world: World, secret: str) -> None:
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "tablet_enrolled")).one()
        karen = world.members["karen"]
        assert (entry.person_id, entry.organisation_id) == (karen.person_id, karen.organisation_id)
        assert entry.details == {}

    def test_enrolling_a_device_again_ends_what_it_was(self, world: World, secret: str) -> None:
        before = tablet(secret)
        token = let_in(before, world.members["rita"])
        after = enrolled_anew(world, before=secret)
        assert enrolled(hash_of(secret), TODAY) is None
        assert not is_in(token)
        assert [one.id for one in living_tablets(world.programme.id)] == [tablet(after).id]

    def test_another_device_is_left_alone(self, world: World, secret: str) -> None:
        enrolled_anew(world)
        enrolled_anew(world, before="not a secret of any tablet")
        assert len(living_tablets(world.programme.id)) == 3
        assert tablet(secret).place_slug == "skuret"

    def test_a_place_that_is_closed_for_good_is_no_address_any_more(self, world: World, secret: str) -> None:
        begin_write_anew()
        db.session.merge(world.places["skuret"]).valid_to = TODAY - timedelta(days=1)
        db.session.commit()
        assert (tablet(secret).place_slug, tablet(secret).place_name) == (None, "Skuret")


def begin_write_anew() -> None:
    db.session.rollback()
    begin_write()


class TestTheTiles:
    """Who is shown."""

    def names(self, secret: str, on_duty: bool) -> list[str]:
        found = [one.member.person.name for one in tiles(tablet(secret), TODAY) if one.on_duty is on_duty]
        db.session.rollback()
        return found

    def test_those_on_duty_here_today_and_the_programmes_others_but_no_readers(self, secret: str) -> None:
        assert self.names(secret, True) == ["Svend Sejl"]
        assert self.names(secret, False) == ["Bent Bøje", "Karen Kaj", "Rita Ror", "Tove Tov"]

    def test_a_cancelled_shift_puts_nobody_on_duty(self, world: World, secret: str) -> None:
        begin_write_anew()
        db.session.execute(text("UPDATE shifts SET status = 'cancelled'"))
        db.session.commit()
        assert self.names(secret, True) == []

    def test_nobody_of_another_programme_or_who_is_disabled_or_has_left(self, world: World, secret: str) -> None:
        begin_write_anew()
        builders.world("kysten", "k-")
        db.session.merge(world.members["rita"].person).disabled_at = NOW
        db.session.merge(world.members["bent"]).valid_to = TODAY - timedelta(days=1)
        db.session.commit()
        assert self.names(secret, False) == ["Karen Kaj", "Tove Tov"]

    def test_somebody_with_two_memberships_is_there_once_under_that_of_her_shift(
        self, world: World, secret: str
    ) -> None:
        begin_write_anew()
        rita = db.session.get_one(Person, world.members["rita"].person_id)
        second = builders.member(world, rita, "byen", "adviser")
        world.members["rita-byen"] = second
        builders.shift(world, "rita-byen", "skuret", TODAY, 9, 12)
        wanted = second.id
        db.session.commit()
        mine = [one for one in tiles(tablet(secret), TODAY) if one.member.person.name == "Rita Ror"]
        assert [(one.member.id, one.on_duty) for one in mine] == [(wanted, True)]


class TestUnlocking:
    """Once an adviser and day."""

    def test_holds_for_her_that_day_on_that_tablet_only(self, world: World, secret: str) -> None:
        one, rita = tablet(secret), world.members["rita"]
        assert unlocked(one, rita) and not unlocked(one, rita)
        shown = {tile.member.person.name: tile.unlocked for tile in tiles(one, TODAY)}
        assert [name for name, open_ in shown.items() if open_] == ["Rita Ror"]
        assert not any(tile.unlocked for tile in tiles(one, TODAY + timedelta(days=1)))
        assert not any(tile.unlocked for tile in tiles(tablet(enrolled_anew(world)), TODAY))
        assert unlocked(one, rita, TODAY + timedelta(days=1))

    def test_eight_at_the_same_moment_leave_one_row_and_no_fault(self, app: Flask, world: World, secret: str) -> None:
        one, rita = tablet(secret), world.members["rita"]
        db.session.refresh(rita)
        db.session.expunge(rita)
        db.session.remove()
        answers, failures = self.at_once(app, one, rita)
        assert failures == []
        assert sorted(answers) == [False] * (THREADS - 1) + [True]
        assert db.session.scalar(select(func.count()).select_from(TabletUnlock)) == 1

    def test_a_plain_insert_would_fail(self, world: World, secret: str) -> None:
        """The twin: without the clause of the insert the second one is refused by the database."""
        one, rita = tablet(secret), world.members["rita"]
        unlocked(one, rita)
        begin_write_anew()
        db.session.add(
            TabletUnlock(
                programme_id=rita.programme_id, tablet_id=one.id, person_id=rita.person_id, membership_id=rita.id,
                day=TODAY, unlocked_at=NOW,
            )
        )  # fmt: skip
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()

    def at_once(self, app: Flask, one: Enrolled, rita: Membership) -> tuple[list[bool], list[BaseException]]:
        """What each of the connections got that unlock and let in at the same moment."""
        gate, answers, failures = threading.Barrier(THREADS), list[bool](), list[BaseException]()

        def run() -> None:
            try:
                with app.app_context():
                    gate.wait(timeout=20)
                    begin_write()
                    answers.append(tablets.unlock(NOW, TODAY, one.id, rita))
                    tablets.let_in(NOW, ZONE, one.id, rita, None)
                    db.session.commit()
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=run) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return answers, failures


class TestSessions:
    """On a tablet."""

    def test_end_at_midnight_at_the_place_however_busy(self, world: World, secret: str) -> None:
        late = datetime(2026, 11, 23, 22, 55, tzinfo=UTC)
        token = let_in(tablet(secret), world.members["rita"], at=late)
        assert is_in(token, late + timedelta(minutes=4))
        assert not is_in(token, late + timedelta(minutes=5))

    @pytest.mark.parametrize(
        ("now", "hours"),
        [
            (datetime(2026, 11, 23, 12, tzinfo=UTC), 11),
            (datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
            (datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ],
        ids=["a plain day", "the long night", "the short night"],
    )
    def test_the_rest_of_the_day_is_that_of_the_place(self, now: datetime, hours: int) -> None:
        assert tablets.rest_of_day(now, ZONE) == timedelta(hours=hours)

    @pytest.mark.t9
    def test_asvs_7_4_2_all_end_with_the_enrolment_and_no_others(self, world: World, secret: str) -> None:
        one, karen = tablet(secret), world.members["karen"]
        here = [let_in(one, world.members[name]) for name in ("rita", "svend")]
        other = let_in(tablet(enrolled_anew(world)), world.members["rita"])
        begin_write_anew()
        desk = sessions.begin(NOW, karen.person_id, LogInMethod.PASSKEY, karen.id)
        db.session.commit()
        assert ended(one, karen) and not ended(one, karen)
        assert [is_in(token) for token in (*here, other, desk)] == [False, False, True, True]
        assert enrolled(hash_of(secret), TODAY) is None

    def test_none_begins_on_a_tablet_that_has_ended(self, world: World, secret: str) -> None:
        one = tablet(secret)
        ended(one, world.members["karen"])
        begin_write_anew()
        assert tablets.let_in(NOW, ZONE, one.id, world.members["rita"], None) is None
        db.session.rollback()

    def test_work_under_memberships_of_the_tablets_programme_only(self, world: World, secret: str) -> None:
        begin_write_anew()
        elsewhere = builders.world("kysten", "k-")
        rita = db.session.get_one(Person, world.members["rita"].person_id)
        builders.member(elsewhere, rita, "byen", "coordinator")
        db.session.commit()
        token = let_in(tablet(secret), world.members["rita"])
        user = find_user(token, NOW, TODAY)
        assert user is not None
        assert [member.id for member in user.memberships] == [world.members["rita"].id]

    def test_know_their_tablet_and_its_idle_limit(self, world: World, secret: str) -> None:
        token = let_in(tablet(secret), world.members["rita"])
        user = find_user(token, NOW, TODAY)
        assert user is not None and user.by_pin and user.tablet_idle_minutes == 5
        row = db.session.scalars(select(LogInSession)).one()
        assert (row.tablet_id, row.method) == (tablet(secret).id, "pin")


def test_an_older_contact_never_takes_the_place_of_a_newer_one(world: World, secret: str) -> None:
    one = tablet(secret)
    for minutes in (5, 3):
        begin_write_anew()
        tablets.touch(one.id, NOW + timedelta(minutes=minutes))
        db.session.commit()
    assert tablet(secret).last_contact_at == NOW + timedelta(minutes=5)
