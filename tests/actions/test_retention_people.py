"""What is known of staff and grows old: doors, mails, audit, and people who left more than a year ago."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from advice.actions import retention
from advice.actions.retention_people import HERS
from advice.database import begin_write, db
from advice.models import audit
from advice.models.accounts import (
    Attempt,
    LogInSession,
    OidcIdentity,
    OneTimeLink,
    Passkey,
    RecoveryCode,
    TotpSecret,
)
from advice.models.audit import AuditEntry
from advice.models.outbox import Mail
from advice.models.people import FeedToken, Membership, Person
from advice.models.roster import Shift
from advice.models.stand_ins import StandInAsk
from advice.models.swaps import Swap, SwapApproval
from advice.models.tablets import Tablet, TabletUnlock
from advice.rules import retention as rules
from tests import builders
from tests.builders import added
from tests.visit_log import NOW, ZONE

Db = scoped_session[Session]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def run(now: datetime = NOW) -> dict[str, int]:
    """Retention at an instant: what it did, without the rules that found nothing."""
    db.session.commit()
    return {name: found for name, found in retention.run(now, ZONE).counts.items() if found}


@pytest.fixture
def world(session: Db) -> builders.World:
    """Havnen, in a write transaction that `run` commits."""
    begin_write()
    return builders.world()


def a_session(who: Person, number: int, expires: datetime, ended: datetime | None = None) -> LogInSession:
    at = NOW - 60 * DAY
    return added(
        LogInSession(
            token_hash=str(number), person_id=who.id, method="password", complete=True, device="Firefox på Windows",
            created_at=at, proved_at=at, last_seen_at=at, expires_at=expires, ended_at=ended,
        )
    )  # fmt: skip


def a_link(who: Person, number: int, expires: datetime, used: datetime | None = None) -> OneTimeLink:
    values: dict[str, Any] = {"created_at": NOW - 60 * DAY, "expires_at": expires, "used_at": used}
    return added(OneTimeLink(token_hash=str(number), purpose="invitation", person_id=who.id, **values))


def a_mail(who: Person, number: int, **values: Any) -> Mail:
    at = NOW - 60 * DAY
    given: dict[str, Any] = {"created_at": at, "due_at": at, "to_address": who.email, **values}
    return added(Mail(kind="x", person_id=who.id, subject="Hej", message_id=str(number), **given))


def an_attempt(who: Person, at: datetime) -> Attempt:
    return added(
        Attempt(at=at, door="password", account_hash="x", address="127.0.0.1", person_id=who.id, succeeded=True)
    )


def a_tablet(world: builders.World) -> Tablet:
    key = {"programme_id": world.programme.id, "organisation_id": world.organisations["huset"].id}
    who = world.members["karen"].person_id
    return added(
        Tablet(
            place_id=world.places["skuret"].id, name="Tablet", token_hash="t", idle_minutes=5, enrolled_at=NOW,
            enrolled_by=who, last_contact_at=NOW, **key,
        )
    )  # fmt: skip


def an_unlock(world: builders.World, name: str, tablet: Tablet, day: date) -> TabletUnlock:
    who = world.members[name]
    key = {"programme_id": who.programme_id, "membership_id": who.id, "person_id": who.person_id}
    return added(TabletUnlock(tablet_id=tablet.id, day=day, unlocked_at=NOW, **key))


def left(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_sessions_and_links_go_30_days_after_they_ended_or_ran_out(world: builders.World) -> None:
    rita = world.members["rita"].person
    a_session(rita, 1, NOW + DAY, ended=NOW - 30 * DAY)
    a_session(rita, 2, NOW - 30 * DAY)
    kept = a_session(rita, 3, NOW - 29 * DAY).id, a_session(rita, 4, NOW + DAY, ended=NOW - HOUR).id
    a_link(rita, 1, NOW + DAY, used=NOW - 30 * DAY)
    a_link(rita, 2, NOW - 30 * DAY)
    link = a_link(rita, 3, NOW + DAY).id
    assert run() == {"sessions": 2, "one_time_links": 2}
    assert tuple(db.session.scalars(select(LogInSession.id).order_by(LogInSession.id))) == kept
    assert list(db.session.scalars(select(OneTimeLink.id))) == [link]


def test_what_was_offered_and_never_taken_on_goes_once_no_link_for_it_is_left(world: builders.World) -> None:
    rita = world.members["rita"]
    where = {"programme_id": rita.programme_id, "organisation_id": rita.organisation_id, "role": "adviser"}
    began = (NOW - 38 * DAY).date()

    def offer(days_ago: int, **more: Any) -> Membership:
        first = (NOW - days_ago * DAY).date()
        return added(Membership(person_id=rita.person_id, valid_from=first, **where, **more))

    old, refused, young, linked = offer(38), offer(38, valid_to=began), offer(29), offer(38)
    taken = offer(400, accepted_at=NOW - 400 * DAY, valid_to=began)
    link = {"token_hash": "x", "person_id": rita.person_id, "purpose": "membership", "membership_id": linked.id}
    added(OneTimeLink(**link, created_at=NOW - DAY, expires_at=NOW + DAY))
    gone = {old.id, refused.id}
    kept = {young.id, linked.id, taken.id}
    assert run() == {"offers": 2}
    standing = set(db.session.scalars(select(Membership.id)))
    assert kept <= standing and not gone & standing


def test_mails_go_30_days_after_they_were_sent_or_given_up_and_waiting_ones_stay(world: builders.World) -> None:
    rita = world.members["rita"].person
    a_mail(rita, 1, sent_at=NOW - 30 * DAY)
    a_mail(rita, 2, given_up_at=NOW - 30 * DAY)
    a_mail(rita, 3, sent_at=NOW - 29 * DAY)
    a_mail(rita, 4)
    assert run() == {"mails": 2}
    assert set(db.session.scalars(select(Mail.message_id))) == {"3", "4"}


def test_attempts_go_after_90_days_and_unlocks_and_closed_addresses_after_30(world: builders.World) -> None:
    rita, tablet = world.members["rita"].person, a_tablet(world)
    for days in (89, 90):
        an_attempt(rita, NOW - days * DAY)
    for days in (29, 30):
        an_unlock(world, "rita", tablet, NOW.date() - days * DAY)
        added(
            FeedToken(person_id=rita.id, token_hash=str(days), created_at=NOW - 90 * DAY, revoked_at=NOW - days * DAY)
        )
    added(FeedToken(person_id=rita.id, token_hash="living", created_at=NOW - 90 * DAY))
    assert run() == {"attempts": 1, "tablet_unlocks": 1, "feed_tokens": 1}
    assert (left(Attempt), left(TabletUnlock), left(FeedToken)) == (1, 1, 2)


def test_who_was_asked_to_stand_in_goes_30_days_after_the_shifts_day(world: builders.World) -> None:
    rita, karen = world.members["rita"], world.members["karen"]
    for days in (29, 30, -3):
        shift = builders.shift(world, "svend", "skuret", NOW.date() - days * DAY, 13, 15)
        shift.status = "cancelled"
        asked = {"asked_at": NOW - 100 * DAY, "answer": "no", "answered_at": NOW - 100 * DAY}
        key = {"programme_id": rita.programme_id, "membership_id": rita.id, "asked_by": karen.person_id}
        added(StandInAsk(shift_id=shift.id, token_hash=str(days), **asked, **key))
    assert run() == {"stand_in_asks": 1}
    assert set(db.session.scalars(select(StandInAsk.token_hash))) == {"29", "-3"}
    assert left(Shift) == 3


def test_the_audit_goes_after_two_years_of_our_clock_and_of_the_engines(world: builders.World) -> None:
    long_ago = datetime(2020, 1, 1, 12, tzinfo=UTC)
    for at in (long_ago, NOW):
        audit.record(at, "x", "shifts", 1, programme_id=world.programme.id)
    assert run(long_ago + 300 * DAY) == {}
    assert run(NOW.replace(year=2300)).get("audit_entries") == 1
    assert left(AuditEntry) >= 1


def gone(world: builders.World, name: str, last_day: date) -> Person:
    """Somebody with all that a person can have, whose membership ended on a day."""
    member = world.members[name]
    member.valid_to, member.title, member.initials, member.note = last_day, "Rådgiver", "RR", "kan lidt polsk"
    person = member.person
    person.phone, person.sms_since, person.pin_hash = "12345678", NOW, "pin"
    key = {"person_id": person.id, "created_at": NOW}
    added(Passkey(credential_id=b"1", public_key=b"2", sign_count=0, name="min telefon", **key))
    added(TotpSecret(sealed="x", **key))
    added(RecoveryCode(code_hash="1", **key))
    added(OidcIdentity(issuer="https://example.org", subject="1", **key))
    added(FeedToken(token_hash="1", **key))
    a_session(person, 1, NOW + DAY)
    a_link(person, 1, NOW + DAY)
    a_mail(person, 1)
    an_attempt(person, NOW)
    an_unlock(world, name, a_tablet(world), NOW.date())
    return person


def test_who_left_over_a_year_ago_becomes_a_former_colleague_and_her_shifts_stay(world: builders.World) -> None:
    who = gone(world, "rita", date(2025, 11, 22)).id
    builders.shift(world, "rita", "skuret", date(2025, 11, 3), 13, 15)
    assert run() == {"people_anonymised": 1}
    person = db.session.get_one(Person, who)
    assert (person.name, person.email) == ("Tidligere medarbejder", rules.former_email(who))
    assert (person.phone, person.sms_since, person.password_hash, person.pin_hash) == (None, None, None, None)
    assert (person.anonymised_at, person.disabled_at) == (NOW, NOW)
    assert person.sort_key.startswith("tidligere")
    member = db.session.scalars(select(Membership).where(Membership.person_id == who)).one()
    assert (member.title, member.initials, member.note) == (None, None, None)
    assert [left(model) for model in HERS] == [0] * len(HERS)
    assert db.session.scalars(select(Shift.person_id)).all() == [who]
    assert [(one.action, one.subject_id) for one in db.session.scalars(select(AuditEntry))] == [
        ("person_anonymised", str(who))
    ]
    assert run() == {}


def test_who_left_a_year_ago_to_the_day_or_is_still_somewhere_stays_who_she_is(world: builders.World) -> None:
    gone(world, "rita", date(2025, 11, 23))
    svend = world.members["svend"]
    svend.valid_to = date(2024, 6, 1)
    builders.member(world, svend.person, "byen", "adviser")
    bent = world.members["bent"]
    bent.valid_to = date(2024, 6, 1)
    builders.member(world, bent.person, "byen", "adviser", valid_to=date(2026, 1, 1))
    assert run() == {}
    assert run(NOW + DAY) == {"people_anonymised": 1}


def test_several_former_colleagues_can_stand_beside_each_other(world: builders.World) -> None:
    for name in ("rita", "svend", "bent"):
        world.members[name].valid_to = date(2024, 1, 1)
    assert run() == {"people_anonymised": 3}
    assert len(set(db.session.scalars(select(Person.email)))) == 6


def test_a_swap_goes_thirty_days_after_the_day_of_its_shift_and_who_was_asked_with_it(world: builders.World) -> None:
    key, kept = {"programme_id": world.programme.id}, set()
    for days in (29, 30, 31):
        shift = builders.shift(world, "rita", "kajen", NOW.date() - days * DAY, 9, 12)
        named = {"taker_id": world.members["bent"].id, "taken_at": NOW, "state": "taken"}
        row = added(Swap(shift_id=shift.id, shift_version=1, is_trade=False, offered_at=NOW, **named, **key))
        added(SwapApproval(swap_id=row.id, organisation_id=world.organisations["byen"].id, **key))
        kept |= {row.id} if days == 29 else set()
    assert run() == {"swaps": 2}
    assert set(db.session.scalars(select(Swap.id))) == set(db.session.scalars(select(SwapApproval.swap_id))) == kept
    assert len(db.session.scalars(select(Shift.id)).all()) == 3
