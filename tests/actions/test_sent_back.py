"""A plan that somebody who is asked sends back, below the screens; a yes and a "send back" at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from advice.actions import openings, retention
from advice.actions.drafts import approving, laying, splitting, undoing
from advice.actions.drafts.enforcing import put_in_force
from advice.actions.drafts.reading import laid
from advice.actions.drafts.undoing import Step, stood
from advice.actions.shifts import By, Stale, Stretch
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.drafts import Draft, DraftApproval, draft_of
from advice.models.roster import Shift
from advice.rules.drafts import LONGEST_WHY, State
from tests import builders
from tests.builders import World
from tests.racing import at_once
from tests.visit_log import ZONE

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), date(2026, 12, 9)
ROUNDS = 5
WHY = "Bent kan ikke om onsdagen."


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """Havnen with its openings, and a second leader of "byen", in the open write transaction of the test."""
    begin_write()
    found = builders.world()
    builders.member(found, builders.person("Nina Ny"), "byen", "team_leader")
    openings.refresh(found.programme.id, NOW - timedelta(days=14), ZONE)
    return found


def by(world: World, name: str = "karen") -> By:
    """Somebody of the world, now."""
    return By(world.members[name].person_id, world.members[name].organisation_id, NOW, TODAY)


def at_kajen(world: World, starts: int = 9, ends: int = 12) -> Stretch:
    return Stretch(world.places["kajen"].id, DAY, time(starts), time(ends))


def sent(world: World, day: date = DAY) -> Draft:
    """A plan with a shift of Bent's that waits for the yes of byen."""
    draft = laying.begin(world.programme.id, "December", day, day, by(world))
    place = world.places["kajen"].id
    laying.add(draft, world.members["bent"].id, Stretch(place, day, time(9), time(12)), by(world))
    approving.send(laid(draft), by(world))
    return draft


def back(world: World, draft: Draft, name: str = "tove", seen: str | None = None) -> None:
    """Somebody sends it back as it stands, or as she saw it."""
    found, who = laid(draft), by(world, name)
    shown = approving.side(found, who.organisation_id) if seen is None else seen
    approving.send_back(found, who.organisation_id, shown, WHY, who)


def acts(draft: Draft) -> list[str]:
    """What the audit has of a draft, in order."""
    rows = select(AuditEntry).where(AuditEntry.subject == "drafts", AuditEntry.subject_id == str(draft.id))
    return [row.action for row in db.session.scalars(rows.order_by(AuditEntry.id))]


def test_it_is_being_laid_again_and_says_who_when_and_why_until_it_is_sent_again(world: World) -> None:
    draft = sent(world)
    byen = world.organisations["byen"].id
    back(world, draft)
    assert (draft.state, draft.sent_back_why, draft.sent_back_at) == (State.OPEN, WHY, NOW)
    assert draft.sent_back_by == world.members["tove"].person_id
    assert (draft.sent_by, acts(draft)[-1]) == (world.members["karen"].person_id, "draft_sent_back")
    laying.alter(draft, laid(draft).rows[0], laid(draft).rows[0].version, at_kajen(world, ends=11), by(world))
    approving.send(laid(draft), by(world))
    standing = db.session.execute(select(Draft.sent_back_by, Draft.sent_back_at, Draft.sent_back_why)).one()
    assert tuple(standing) == (None, None, None)
    assert approving.asked(laid(draft), TODAY).missing == {byen}


def test_an_earlier_yes_is_asked_for_anew(world: World) -> None:
    third = builders.added(
        type(world.organisations["byen"])(
            code="tredje", name="Den tredje", short_name="tredje", kind="andet", programme_id=world.programme.id
        )
    )
    world.organisations["tredje"] = third
    builders.member(world, builders.person("Mads Mol"), "tredje", "team_leader")
    draft = laying.begin(world.programme.id, "December", DAY, DAY, by(world))
    for name in ("bent", "mads"):
        laying.add(draft, world.members[name].id, at_kajen(world), by(world))
    approving.send(laid(draft), by(world))
    found = laid(draft)
    approving.say_yes(found, third.id, approving.side(found, third.id), by(world, "mads"))
    assert approving.asked(laid(draft), TODAY).missing == {world.organisations["byen"].id}
    with pytest.raises(Stale):
        back(world, draft, "mads")
    back(world, draft)
    approving.send(laid(draft), by(world))
    assert approving.asked(laid(draft), TODAY).missing == {world.organisations["byen"].id, third.id}


def test_only_who_is_asked_about_the_plan_as_it_is_sends_it_back(world: World) -> None:
    draft = sent(world)
    for name, seen in (("karen", None), ("tove", "")):
        with pytest.raises(Stale):
            back(world, draft, name, seen)
    back(world, draft)
    with pytest.raises(Stale):
        back(world, draft)
    assert acts(draft).count("draft_sent_back") == 1


def test_the_database_wants_who_and_when_together(world: World) -> None:
    draft = sent(world)
    draft.sent_back_at = NOW
    with pytest.raises(Exception, match="sent_back"), db.session.begin_nested():
        db.session.flush()


def test_thirty_days_after_the_words_are_gone_and_the_rest_stays(world: World) -> None:
    draft = sent(world)
    back(world, draft)
    key = draft.id
    db.session.commit()
    assert retention.run(NOW + timedelta(days=29), ZONE).counts["draft_reasons"] == 0
    assert retention.run(NOW + timedelta(days=30), ZONE).counts["draft_reasons"] == 1
    kept = db.session.get_one(Draft, key, populate_existing=True)
    assert kept.sent_back_why is None and kept.sent_back_by is not None and len(WHY) < LONGEST_WHY


@pytest.mark.t7
def test_of_a_yes_and_a_send_back_at_once_one_counts(app: Flask, world: World) -> None:
    tove, nina, programme = by(world, "tove"), by(world, "nina"), world.programme.id
    ids = [sent(world, DAY + timedelta(days=7 * number)).id for number in range(ROUNDS)]
    db.session.commit()
    for draft_id in ids:

        def yes(draft_id: int = draft_id) -> None:
            draft = draft_of(programme, draft_id, to_change=True)
            assert draft is not None
            found = laid(draft)
            approving.say_yes(found, tove.organisation_id, approving.side(found, tove.organisation_id), tove)
            put_in_force(laid(draft), tove, coordinator=False)

        def no(draft_id: int = draft_id) -> None:
            draft = draft_of(programme, draft_id, to_change=True)
            assert draft is not None
            found = laid(draft)
            seen = approving.side(found, nina.organisation_id)
            approving.send_back(found, nina.organisation_id, seen, WHY, nina)

        assert at_once(app, [yes, no]) == ["Stale", "done"]
        db.session.rollback()
        draft = db.session.get_one(Draft, draft_id, populate_existing=True)
        standing = db.session.scalar(select(func.count()).select_from(Shift).where(Shift.day == draft.first_day))
        expected = {State.IN_FORCE.value: (1, None), State.OPEN.value: (0, WHY)}
        assert (standing, draft.sent_back_why) == expected[draft.state]


@pytest.mark.t7
def test_twin_without_the_lock_both_count(app: Flask, world: World) -> None:
    """Both look before either writes: what the lock of the draft keeps from happening."""
    draft_id, programme = sent(world).id, world.programme.id
    tove, nina = by(world, "tove"), by(world, "nina")
    db.session.commit()
    looked = Barrier(2)

    def act(who: By) -> None:
        with app.app_context():
            draft = draft_of(programme, draft_id)
            assert draft is not None and draft.state == State.SENT
            seen = approving.side(laid(draft), who.organisation_id)
            db.session.rollback()
            looked.wait(timeout=30)
            begin_write()
            if who == tove:
                row = DraftApproval(programme_id=programme, draft_id=draft_id, organisation_id=who.organisation_id)
                row.person_id, row.digest, row.at = who.person_id, seen, who.at
                db.session.add(row)
            else:
                db.session.get_one(Draft, draft_id).state = State.OPEN.value
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, [tove, nina]))
    found = laid(db.session.get_one(Draft, draft_id, populate_existing=True))
    assert found.draft.state == State.OPEN and approving.asked(found, TODAY).missing == frozenset()


def test_every_edit_of_a_plan_is_in_the_audit_with_what_was_before(world: World) -> None:
    who = by(world)
    shift = builders.shift(world, "rita", "kajen", DAY, 9, 12)
    draft = laying.begin(world.programme.id, "December", DAY, DAY, who)
    new = laying.add(draft, world.members["bent"].id, at_kajen(world), who)
    laying.change(draft, shift, 1, at_kajen(world, ends=11), who)
    splitting.split(draft, new, new.version, time(10), world.places["skuret"].id, who)
    taken = Step(new.organisation_id, None, stood(new))
    laying.take_out(draft, new, new.version, who)
    undoing.take_back(laid(draft), [taken], who)
    other = builders.shift(world, "svend", "kajen", DAY, 9, 12)
    laying.change(draft, other, 1, None, who)
    assert acts(draft) == [
        "draft_begun", "draft_shift_added", "draft_shift_changed",
        "draft_shift_changed", "draft_shift_added",
        "draft_shift_taken_out", "draft_shift_added", "draft_edit_undone", "draft_shift_cancelled",
    ]  # fmt: skip
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "draft_shift_changed"))
    moved = next(row.details for row in rows if row.details["shift"] == shift.id)
    assert (moved["before"]["ends"], moved["ends"], moved["membership"]) == ("12:00", "11:00", shift.membership_id)
    [split] = [
        row.details
        for row in db.session.scalars(select(AuditEntry).where(AuditEntry.action == "draft_shift_added"))
        if "split_from" in row.details
    ]
    assert (split["starts"], split["day"]) == ("10:00", str(DAY))
