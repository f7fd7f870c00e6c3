"""Retention of what is known of staff: doors, mails and audit by age, and people who left long ago."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, and_, bindparam, delete, func, or_, select, text, update

from advice.actions.retention_steps import Moment, Step, deleted, deletion
from advice.database import db, is_postgresql
from advice.guards import AUDIT_YEARS
from advice.models import audit
from advice.models.absences import Absence
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
from advice.models.drafts import Draft
from advice.models.outbox import Mail
from advice.models.people import FeedToken, Membership, Person
from advice.models.presence import Presence
from advice.models.roster import Shift
from advice.models.shift_news import ShiftNews
from advice.models.staff_notices import StaffNotice
from advice.models.stand_ins import StandInAsk
from advice.models.swaps import Swap, SwapApproval
from advice.models.tablets import TabletUnlock
from advice.rules import retention as rules
from advice.rules.danish import sort_key
from advice.rules.presence import carried, worked
from advice.rules.spans import Span

HERS: tuple[Any, ...] = (
    LogInSession, OneTimeLink, Passkey, TotpSecret, RecoveryCode, OidcIdentity, FeedToken, TabletUnlock, Mail, Attempt,
)  # fmt: skip
"""Tables whose rows of a person go when she is anonymised, each by its person_id. Her sessions end by that."""


def _old_sessions(moment: Moment) -> ColumnElement[bool]:
    cut = rules.SESSIONS.cutoff(moment.now)
    return or_(LogInSession.ended_at <= cut, LogInSession.expires_at <= cut)


def _old_links(moment: Moment) -> ColumnElement[bool]:
    cut = rules.ONE_TIME_LINKS.cutoff(moment.now)
    return or_(OneTimeLink.used_at <= cut, OneTimeLink.expires_at <= cut)


def _old_offers(moment: Moment) -> ColumnElement[bool]:
    """Nothing points at what never counted but its links, which go first."""
    link = select(OneTimeLink.id).where(OneTimeLink.membership_id == Membership.id).exists()
    return and_(Membership.accepted_at.is_(None), Membership.valid_from <= rules.OFFERS.cutoff_day(moment.today), ~link)


def _old_mails(moment: Moment) -> ColumnElement[bool]:
    cut = rules.MAILS.cutoff(moment.now)
    return or_(Mail.sent_at <= cut, Mail.given_up_at <= cut)


def _old_news(moment: Moment) -> ColumnElement[bool]:
    gone = select(Shift.id).where(Shift.day <= rules.SHIFT_NEWS.cutoff_day(moment.today))
    return ShiftNews.shift_id.in_(gone)


def _old_asks(moment: Moment) -> ColumnElement[bool]:
    over = select(Shift.id).where(Shift.day <= rules.STAND_IN_ASKS.cutoff_day(moment.today))
    return StandInAsk.shift_id.in_(over)


def _old_reasons(moment: Moment) -> ColumnElement[bool]:
    old = Draft.sent_back_at <= rules.DRAFT_REASONS.cutoff(moment.now)
    return and_(Draft.sent_back_why.is_not(None), old)


def _sent_back_long_ago(moment: Moment) -> Sequence[Any]:
    return db.session.scalars(select(Draft.id).where(_old_reasons(moment))).all()


def _forget_why(keys: Sequence[Any], moment: Moment) -> int:
    due = update(Draft).where(Draft.id.in_(keys), _old_reasons(moment)).values(sent_back_why=None)
    done = db.session.execute(due, execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    return done.rowcount


def _old_audit(moment: Moment) -> ColumnElement[bool]:
    """By our clock and by the engine's own, which its guard goes by: a clock that was put forward deletes nothing."""
    if is_postgresql():
        engine: Any = func.now() - text(f"interval '{AUDIT_YEARS} years'")
    else:
        engine = func.strftime("%Y-%m-%d %H:%M:%f", "now", f"-{AUDIT_YEARS} years")
    return and_(AuditEntry.at <= rules.AUDIT.cutoff(moment.now), AuditEntry.at <= engine)


def _who_left(moment: Moment) -> Sequence[int]:
    """People all of whose memberships have an end, the last of them more than a year ago.

    What was offered and never taken on says nothing of her, and keeps nobody's name.
    """
    cut = rules.PEOPLE.cutoff_day(moment.today)
    found = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.anonymised_at.is_(None), Membership.accepted_at.is_not(None))
        .group_by(Membership.person_id)
        .having(func.count() == func.count(Membership.valid_to), func.max(Membership.valid_to) < cut)
    )
    return db.session.scalars(found).all()


def _anonymise(keys: Sequence[int], moment: Moment) -> int:
    """Make people "Tidligere medarbejder": what names them and what opens a door goes; the row stays."""
    db.session.execute(select(Person.id).where(Person.id.in_(keys)).with_for_update())
    ids = sorted(set(keys) & set(_who_left(moment)))
    if not ids:
        return 0
    for model in HERS:
        deleted(delete(model).where(model.person_id.in_(ids)))
    memberships = cast(Table, Membership.__table__)
    nothing = {"title": None, "initials": None, "note": None}
    db.session.execute(update(memberships).where(memberships.c.person_id.in_(ids)).values(nothing))
    people = cast(Table, Person.__table__)
    former = (
        update(people)
        .where(people.c.id == bindparam("who"))
        .values(
            name=rules.FORMER_NAME,
            sort_key=sort_key(rules.FORMER_NAME),
            email=bindparam("address"),
            phone=None,
            sms_since=None,
            password_hash=None,
            pin_hash=None,
            disabled_at=func.coalesce(people.c.disabled_at, moment.now),
            anonymised_at=moment.now,
        )
    )
    db.session.connection().execute(former, [{"who": who, "address": rules.former_email(who)} for who in ids])
    for who in ids:
        audit.record(moment.now, "person_anonymised", Person.__tablename__, who)
    db.session.flush()
    return len(ids)


def _old_swaps(moment: Moment) -> Sequence[int]:
    """Swaps of shifts whose day is long over."""
    cut = rules.SWAPS.cutoff_day(moment.today)
    return db.session.scalars(select(Swap.id).join(Shift, Shift.id == Swap.shift_id).where(Shift.day <= cut)).all()


def _delete_swaps(keys: Sequence[int], moment: Moment) -> int:
    """Swaps with who was asked to approve them."""
    ids = sorted(set(keys) & set(_old_swaps(moment)))
    deleted(delete(SwapApproval).where(SwapApproval.swap_id.in_(ids)))
    return deleted(delete(Swap).where(Swap.id.in_(ids)))


def _with_times(moment: Moment) -> Sequence[int]:
    """Rows that still say when somebody met or left, or hang on what was planned, long after the day."""
    something = or_(Presence.came.is_not(None), Presence.gone.is_not(None), Presence.confirmed)
    cut = rules.PRESENCES.cutoff_day(moment.today)
    return db.session.scalars(select(Presence.id).where(Presence.day <= cut, something)).all()


def _forget_times(keys: Sequence[int], moment: Moment) -> int:
    """Put the minutes that a day came to in the place of its times; who put them right goes with them."""
    ids = set(keys) & set(_with_times(moment))
    of = select(Presence.person_id, Presence.day).where(Presence.id.in_(ids)).distinct().subquery()
    same_day = and_(of.c.person_id == Presence.person_id, of.c.day == Presence.day)
    found = select(Presence).join(of, same_day).order_by(Presence.person_id, Presence.day, Presence.id)
    rows = db.session.scalars(found.with_for_update(of=Presence)).all()
    for _hers, of_a_day in groupby(rows, key=lambda row: (row.person_id, row.day)):
        for row, minutes in _minutes(list(of_a_day)):
            row.came = row.gone = row.corrected_by = None
            row.confirmed, row.minutes = False, minutes
    db.session.flush()
    return len(ids)


def _minutes(rows: Sequence[Presence]) -> list[tuple[Presence, int | None]]:
    """What somebody's rows of a day come to: those of shifts that join each other as `carried` counts them."""
    parts: list[tuple[Span, Presence]] = []
    for row in rows:
        shift = row.shift
        if shift is not None and (shift.status, shift.day) == ("active", row.day):
            parts.append((Span(shift.starts, shift.ends), row))
    parts.sort(key=lambda one: one[0])
    marks = carried([(span, row.mark) for span, row in parts])
    counted = {row.id: worked(mark, span) for (span, row), mark in zip(parts, marks, strict=True)}
    return [(row, counted[row.id] if row.id in counted else worked(row.mark, _planned(row))) for row in rows]


def _planned(row: Presence) -> Span | None:
    return Span(row.shift.starts, row.shift.ends) if row.shift else None


STEPS = (
    deletion(rules.ATTEMPTS, Attempt, lambda moment: Attempt.at <= rules.ATTEMPTS.cutoff(moment.now)),
    deletion(rules.SESSIONS, LogInSession, _old_sessions),
    deletion(rules.ONE_TIME_LINKS, OneTimeLink, _old_links),
    deletion(rules.OFFERS, Membership, _old_offers),
    deletion(
        rules.TABLET_UNLOCKS,
        TabletUnlock,
        lambda moment: TabletUnlock.day <= rules.TABLET_UNLOCKS.cutoff_day(moment.today),
    ),
    deletion(rules.MAILS, Mail, _old_mails),
    deletion(rules.FEED_TOKENS, FeedToken, lambda moment: FeedToken.revoked_at <= rules.FEED_TOKENS.cutoff(moment.now)),
    deletion(rules.ABSENCES, Absence, lambda moment: Absence.last_day <= rules.ABSENCES.cutoff_day(moment.today)),
    Step(rules.SWAPS, _old_swaps, _delete_swaps),
    deletion(rules.SHIFT_NEWS, ShiftNews, _old_news),
    Step(rules.PRESENCES, _with_times, _forget_times),
    deletion(
        rules.STAFF_NOTICES,
        StaffNotice,
        lambda moment: StaffNotice.last_day <= rules.STAFF_NOTICES.cutoff_day(moment.today),
    ),
    deletion(rules.STAND_IN_ASKS, StandInAsk, _old_asks),
    Step(rules.DRAFT_REASONS, _sent_back_long_ago, _forget_why),
    deletion(rules.AUDIT, AuditEntry, _old_audit),
    Step(rules.PEOPLE, _who_left, _anonymise),
)
