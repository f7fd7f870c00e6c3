"""Storing a visit: one insert of (visit, revision) decides whether it is news; the rest follows from it.

Forms and the tablet's queue call the same `store`. Sending again is harmless, whoever else is sending at that
moment (getodk, formhub #678, kobocat #470: check, then insert in two transactions, made ten of one).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from advice.actions.visit_checks import Checked, check
from advice.actions.visit_entries import FIRST_YEAR, LISTS, Adviser, Fault, Refused, VisitEntry, content_of, entry_of
from advice.database import db, is_postgresql
from advice.models import audit, duty
from advice.models import visit_questions as questions
from advice.models.visit_questions import LINKS, Logged
from advice.models.visits import Visit, VisitRevision
from advice.rules import retention
from advice.rules.spans import minutes, overlaps
from advice.rules.visits import Decision, TimeKnown, content_hash, decide, local_day_and_hour, outside


def store(entry: VisitEntry, by: Adviser, now: datetime, timezone: ZoneInfo, *, device: str | None = None) -> Decision:
    """Store one revision of a visit, if it is news. Flushes; the caller has begun to write, and commits.

    STORED: it is the newest state now. ALREADY: it was there. CONFLICT: that revision says something else, or
    the visit is another organisation's; nothing has changed. A first revision is counted under `by`; a later
    one leaves the visit with the adviser it was entered for, and is noted in the audit. Raises Refused with a
    fault for each field that cannot be stored.

    A visit that retention has coarsened has no hash to compare, so its revision sent again is ALREADY whatever it
    says, and a later one is stored as coarse as the rest. One so old that it would be in the weekly counts is refused.
    """
    newest = questions.newest(by.programme, entry.id)
    if newest and newest.organisation_id != by.organisation:
        return Decision.CONFLICT
    if newest is None:
        _refuse_if_rolled_up(entry, now, timezone)
    elif newest.coarsened:
        if entry.revision <= newest.revision:
            return Decision.ALREADY
        entry, device = _coarse(entry), None
    content = content_of(entry)
    decision = decide(newest and (newest.revision, newest.content_hash), entry.revision, content_hash(content))
    if decision is not Decision.STORED:
        return decision
    before = questions.own_visit(by.actor, entry.id) if newest else None
    checked = check(entry, by.programme, before, now, timezone)
    if not _insert_revision(entry, by, content, now, device):
        return _decided_by_another(entry, by, content)
    owner = _owner(before) if before else by
    if _put_in_place(entry, owner, checked, timezone):
        _replace_taps(entry, by.programme, checked)
        if before:
            _note_change(before, entry, by, now)
    return Decision.STORED


def revise(found: Logged, by: Adviser, now: datetime, timezone: ZoneInfo, **changes: Any) -> Decision:
    """Store the next revision of a visit with some fields of its entry changed: undone, results …"""
    following = replace(entry_of(found), revision=found.visit.revision + 1, **changes)
    return store(following, by, now, timezone)


def _refuse_if_rolled_up(entry: VisitEntry, now: datetime, timezone: ZoneInfo) -> None:
    """Refuse a visit of the years that are kept as counts only: it may have been counted, and would be twice."""
    if entry.occurred_at.year < FIRST_YEAR or entry.occurred_at > now:
        return  # either end of the calendar fits in no other zone; `check` refuses it
    day = local_day_and_hour(entry.occurred_at, timezone)[0]
    if day <= retention.VISITS_ROLLED_UP.cutoff_day(now.astimezone(timezone).date()):
        raise Refused({"occurred_at": Fault.OUT_OF_RANGE})


def _coarse(entry: VisitEntry) -> VisitEntry:
    """The entry as retention would leave it."""
    forgotten: dict[str, Any] = dict.fromkeys(retention.FORGOTTEN)
    known = TimeKnown(retention.coarse_time_known(entry.time_known))
    return replace(entry, occurred_at=retention.to_the_hour(entry.occurred_at), time_known=known, **forgotten)


def _insert_revision(
    entry: VisitEntry, by: Adviser, content: dict[str, Any], now: datetime, device: str | None
) -> bool:
    """THE insert that decides: False if this revision of the visit is there already."""
    values = {
        "programme_id": by.programme,
        "visit_id": entry.id,
        "revision": entry.revision,
        "content": content,
        "content_hash": content_hash(content),
        "entered_by": by.person,
        "device": device,
        "received_at": now,
    }
    return _written(_insert(VisitRevision).values(values).on_conflict_do_nothing())


def _decided_by_another(entry: VisitEntry, by: Adviser, content: dict[str, Any]) -> Decision:
    """What our revision means now that another transaction has stored that number first."""
    newest = questions.newest(by.programme, entry.id)
    if newest is None or newest.organisation_id != by.organisation:
        return Decision.CONFLICT
    return decide((newest.revision, newest.content_hash), entry.revision, content_hash(content))


def _put_in_place(entry: VisitEntry, owner: Adviser, checked: Checked, timezone: ZoneInfo) -> bool:
    """Make the revision the newest state of the visit; False if a higher one has got there meanwhile."""
    state = _state(entry, owner, checked, timezone)
    key = {"programme_id": owner.programme, "id": entry.id}
    whose = {
        "membership_id": owner.membership,
        "person_id": owner.person,
        "organisation_id": owner.organisation,
    }
    insert = _insert(Visit).values(**key, **whose, persons=1, **state)
    newer = Visit.__table__.c.revision < insert.excluded.revision
    return _written(insert.on_conflict_do_update(index_elements=list(key), set_=state, where=newer))


def _state(entry: VisitEntry, owner: Adviser, checked: Checked, timezone: ZoneInfo) -> dict[str, Any]:
    """The columns of a visit that each revision sets."""
    local_date, local_hour = local_day_and_hour(entry.occurred_at, timezone)
    shifts = duty.shift_stretches(owner.programme, checked.place_id, owner.person, local_date)
    local = entry.occurred_at.astimezone(timezone)
    return {
        "revision": entry.revision,
        "place_id": checked.place_id,
        "service_id": checked.service_id,
        "kind_id": checked.kind_id,
        "occurred_at": entry.occurred_at,
        "time_known": str(entry.time_known),
        "local_date": local_date,
        "local_hour": local_hour,
        "minutes": entry.minutes,
        "language": entry.language,
        "outside_opening": _is_outside(local, entry.time_known, checked.openings),
        "outside_shift": _is_outside(local, entry.time_known, shifts),
        "undone": entry.undone,
    }


def _is_outside(local: datetime, known: TimeKnown, stretches: list[duty.Stretch]) -> bool:
    """Whether a visit lies outside the day's stretches, as far as its time is known."""
    if known is TimeKnown.EXACT:
        return outside(local.time(), stretches)
    if known is TimeKnown.HOUR:
        hour = local.hour * 60
        return not any(overlaps(minutes(starts), minutes(ends), hour, hour + 60) for starts, ends in stretches)
    return not stretches


def _replace_taps(entry: VisitEntry, programme_id: int, checked: Checked) -> None:
    """Make the tapped lists those of the entry. Below a first revision there can be no older ones."""
    for name in LISTS:
        link = LINKS[name]
        table = cast(Table, link.model.__table__)
        if entry.revision > 1:
            mine = (table.c.programme_id == programme_id) & (table.c.visit_id == entry.id)
            db.session.execute(delete(table).where(mine))
        key = {"programme_id": programme_id, "visit_id": entry.id}
        rows = [{**key, link.column: row_id} for row_id in checked.taps[name].values()]
        if name == "bodies":
            rows = [
                {**key, link.column: row_id, "result_known": entry.results.get(code)}
                for code, row_id in checked.taps[name].items()
            ]
        if rows:
            db.session.execute(table.insert(), rows)


def _note_change(before: Logged, entry: VisitEntry, by: Adviser, now: datetime) -> None:
    """An audit entry of who changed what kind of thing; never what stands in it."""
    old, new = content_of(entry_of(before)), content_of(entry)
    changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key) and key != "revision")
    action = "visit_corrected"
    if before.visit.undone != entry.undone:
        action = "visit_undone" if entry.undone else "visit_restored"
    audit.record(
        now,
        action,
        Visit.__tablename__,
        entry.id,
        programme_id=by.programme,
        organisation_id=by.organisation,
        person_id=by.person,
        revision=entry.revision,
        fields=changed,
    )
    db.session.flush()


def _owner(before: Logged) -> Adviser:
    visit = before.visit
    return Adviser(visit.programme_id, visit.organisation_id, visit.membership_id, visit.person_id)


def _insert(model: type[VisitRevision] | type[Visit]) -> Any:
    """INSERT with an ON CONFLICT clause, which both engines spell alike and SQLAlchemy once for each."""
    return (postgresql if is_postgresql() else sqlite).insert(cast(Table, model.__table__))


def _written(insert: Any) -> bool:
    """Whether the insert wrote its row: only a row that was written is returned."""
    return db.session.scalar(insert.returning(insert.table.c.revision)) is not None
