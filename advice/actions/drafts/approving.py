"""Sending a draft to the leaders concerned, and their saying yes to their side of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from advice.actions.drafts.laying import record, refuse_unless_open, touch
from advice.actions.drafts.reading import Laid
from advice.actions.shifts import By, Refused, Stale, Stretch, stretch_of
from advice.actions.whose_yes import leading, services_at
from advice.database import db
from advice.models.drafts import Draft, DraftApproval, approvals_of
from advice.models.places import Service
from advice.models.roster import Shift
from advice.rules.drafts import NEXT, Approval, Change, Deed, State, may_come_in_force, must_say_yes, touched
from advice.rules.turns import Turn


class Empty(Refused):
    """The draft changes nothing."""


@dataclass(frozen=True)
class Asked:
    """Who has to say yes to a draft, who has said so to it as it is, and how many days they have."""

    organisations: frozenset[int]
    said_yes: frozenset[int]
    days: int
    names: Mapping[int, str]
    """Of every organisation of the programme."""

    @property
    def missing(self) -> frozenset[int]:
        """Who has not said yes yet."""
        return self.organisations - self.said_yes

    def allows(self, draft: Draft, today: date, *, coordinator: bool) -> bool:
        """Whether the draft may come in force today."""
        sent = draft.sent_on if draft.state == State.SENT else None
        return may_come_in_force(self.organisations, self.said_yes, sent, self.days, today, coordinator=coordinator)


@dataclass(frozen=True)
class Concerned:
    """The organisations that changes concern: who has to say yes to them, within how many days, and who is to know."""

    asked: frozenset[int]
    told: frozenset[int]
    days: int
    names: Mapping[int, str]
    """Of every organisation of the programme."""


def asked(found: Laid, today: date) -> Asked:
    """Who has to say yes to a draft as it is, by the rule of each service that it touches; five queries.

    Whoever lays it says yes to her own side by laying it.
    """
    draft = found.draft
    wanted = concerned(draft.programme_id, found.changes, today)
    responsible = _responsible(draft.programme_id)
    said = {
        row.organisation_id
        for row in approvals_of(draft)
        if row.digest == digest(found, row.organisation_id, responsible)
    }
    return Asked(wanted.asked, frozenset(said | {draft.organisation_id}), wanted.days, wanted.names)


def concerned(programme_id: int, changes: Sequence[Change], today: date) -> Concerned:
    """Whom changes concern, by the rule of each service that they touch."""
    found = leading(programme_id, today)
    services = _services_touched(programme_id, changes)
    wanted: set[int] = set()
    told: set[int] = set()
    for service, its in services.items():
        its_own = service.organisation_id, touched(its), found.led, found.coordinating
        wanted |= must_say_yes(Approval(service.approval), *its_own)
        told |= must_say_yes(Approval.BOTH, *its_own)
    days = max((service.approval_days for service in services), default=0)
    return Concerned(frozenset(wanted), frozenset(told), days, found.names)


def send(found: Laid, by: By) -> None:
    """Ask the leaders concerned. Raises Stale unless it is being laid, Empty if it changes nothing."""
    refuse_unless_open(found.draft)
    if not found.changes:
        raise Empty
    draft = found.draft
    _become(draft, State.SENT)
    draft.sent_on, draft.sent_by = by.today, by.person_id
    draft.sent_back_by = draft.sent_back_at = draft.sent_back_why = None
    record("draft_sent", found.draft, by)


def say_yes(found: Laid, organisation_id: int, seen: str, by: By) -> None:
    """An organisation says yes to its side as it was shown (`digest`). Raises Stale if that is another by now."""
    draft = found.draft
    if draft.state != State.SENT or seen != side(found, organisation_id):
        raise Stale
    there = db.session.get(DraftApproval, (draft.id, organisation_id))
    if there is None:
        there = DraftApproval(programme_id=draft.programme_id, draft_id=draft.id, organisation_id=organisation_id)
        db.session.add(there)
    there.person_id, there.digest, there.at = by.person_id, seen, by.at
    db.session.flush()
    record("draft_approved", draft, by, approved_for=organisation_id)


def take_back(draft: Draft, by: By) -> None:
    """Lay on a draft that was sent, or one that was dropped. Raises Stale where that cannot be."""
    _become(draft, State.OPEN)
    draft.ended_at = None
    record("draft_open", draft, by)


def drop(draft: Draft, by: By) -> None:
    """The draft is not to be. Raises Stale where that cannot be."""
    _become(draft, State.DROPPED)
    draft.ended_at = by.at
    record("draft_dropped", draft, by)


def send_back(found: Laid, organisation_id: int, seen: str, why: str, by: By) -> None:
    """An organisation that is asked sends a plan back, to be changed: it is being laid again, and nobody has said yes
    to it. Raises Stale unless it is asked about the plan as it was shown (`side`)."""
    draft = found.draft
    if draft.small or seen != side(found, organisation_id) or not _is_asked(found, organisation_id, by):
        raise Stale
    _become(draft, State.OPEN)
    _note_no(draft, why, by)
    touch(draft)
    record("draft_sent_back", draft, by)


def say_no(found: Laid, organisation_id: int, why: str, by: By) -> None:
    """An organisation that is asked says no to a single edit: it is not to be. why: in her words, perhaps none. Raises
    Stale unless it is asked."""
    draft = found.draft
    if not draft.small or not _is_asked(found, organisation_id, by):
        raise Stale
    _become(draft, State.DROPPED)
    _note_no(draft, why, by)
    draft.ended_at = by.at
    record("draft_refused", draft, by)


def digest(found: Laid, organisation_id: int, responsible: Collection[int]) -> str:
    """What an organisation's side of a draft is known by: its people's changes; all of them where it is responsible
    for a service."""
    whole = organisation_id in responsible
    mine = [one for one in found.changes if whole or one.turn.organisation == organisation_id]
    return hashlib.sha256(repr(sorted(mine, key=lambda one: one.key)).encode()).hexdigest()


def side(found: Laid, organisation_id: int) -> str:
    """The digest of an organisation's side as it stands."""
    return digest(found, organisation_id, _responsible(found.draft.programme_id))


def _is_asked(found: Laid, organisation_id: int, by: By) -> bool:
    """Whether an organisation has still to answer."""
    return found.draft.state == State.SENT and organisation_id in asked(found, by.today).missing


def _note_no(draft: Draft, why: str, by: By) -> None:
    draft.sent_back_by, draft.sent_back_at, draft.sent_back_why = by.person_id, by.at, why or None


def _become(draft: Draft, state: State) -> None:
    """The next state of a draft, if there is a way to it; else Stale."""
    if state not in NEXT[State(draft.state)]:
        raise Stale
    draft.state = state.value
    draft.version += 1
    db.session.flush()


def _services_touched(programme_id: int, changes: Sequence[Change]) -> dict[Service, list[Change]]:
    """The services where and when something is changed, where it was and where it will be, with those changes."""
    spots = [(stretch, change) for change, stretches in _where(changes) for stretch in stretches]
    there = services_at(programme_id, {stretch for stretch, _change in spots})
    services: dict[Service, list[Change]] = {}
    for stretch, change in spots:
        for service in there[stretch]:
            services.setdefault(service, []).append(change)
    return services


def _where(changes: Sequence[Change]) -> list[tuple[Change, list[Stretch]]]:
    """Where changes touch the vagtplan: where a shift will be, and where one that is changed is now."""
    keys = [change.shift for change in changes if change.deed is Deed.CHANGE]
    rows = db.session.scalars(select(Shift).where(Shift.id.in_(keys))) if keys else ()
    now = {row.id: stretch_of(row) for row in rows}
    return [(change, [_stretch(change.turn), *filter(None, [now.get(change.shift or 0)])]) for change in changes]


def _stretch(turn: Turn) -> Stretch:
    return Stretch(turn.place, turn.day, turn.span.starts, turn.span.ends)


def _responsible(programme_id: int) -> frozenset[int]:
    """The organisations responsible for a service."""
    return frozenset(db.session.scalars(select(Service.organisation_id).filter_by(programme_id=programme_id)))
