"""Bring the rows of one section to what a programme file says: add, change, end, put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from advice.actions.programmes.stored import Stored
from advice.actions.programmes.tables import TABLE_OF, Absent, Table
from advice.actions.programmes.words import Report, change_line, key_text
from advice.database import db
from advice.formats.programme_file.codes import NESTED
from advice.formats.programme_file.document import FaultyFile, Parsed
from advice.formats.programme_file.rows import KINDS, PARENT_FIELD, Key, Row, links, own_fields, pointing

IN_FORCE_OR_NOTHING = ("hours", "needs")
"""Sections whose rows mean nothing before they begin: no row counts on one that never began."""


@dataclass
class Import:
    """One import under way: what is wanted, what stands there, and what was done."""

    programme_id: int
    parsed: Parsed
    rows: dict[str, list[Row]]
    stored: Stored
    report: Report
    now: datetime
    yesterday: date
    renamed: dict[str, set[int]] = field(default_factory=dict)
    """Ids by section of the rows of which something changed that stands in calendars."""

    def id_of(self, section: str, key: Key | None) -> int | None:
        """The id of the row with this key."""
        return None if key is None else self.stored.objects[section][key].id

    def say(self, mark: str, table: Table, key: Key, words: str = "") -> None:
        """Add a line to the report."""
        self.report.lines.append(f"{mark} {table.section} {key_text(table.section, key)}{words}")


def bring(under_way: Import, table: Table) -> None:
    """Bring one section to what the file says; flushes."""
    wanted = {row.key: row for row in under_way.rows[table.section]}
    before = {row.key: row for row in under_way.stored.rows[table.section]}
    for key, row in wanted.items():
        if key in before:
            _change(under_way, table, before[key], row)
        else:
            _add(under_way, table, row)
    gone = [key for key in before if key not in wanted]
    for key in gone:
        _leave_out(under_way, table, key)
    if table.ordered:
        _put_in_order(under_way, table, list(wanted), list(before))
    db.session.flush()


def _add(under_way: Import, table: Table, row: Row) -> None:
    if table.absent is Absent.WITHDRAWN:
        db.session.flush()  # what is withdrawn first: the row that takes its place may be the only one of its day
    made = table.model(programme_id=under_way.programme_id)
    _write(under_way, table, made, row.values)
    db.session.add(made)
    under_way.stored.objects[table.section][row.key] = made
    under_way.say("+", table, row.key)
    if table.links or table.section in pointing(table.section).values():
        db.session.flush()  # its id is wanted before the section is through
    _tie(under_way, table, made, {}, row.values)


def _change(under_way: Import, table: Table, before: Row, row: Row) -> None:
    changed = {name: value for name, value in row.values.items() if before.values[name] != value}
    if not changed:
        return
    for name in table.fixed:
        if name in changed:
            sentence = "kan ikke ændres, når rækken er i brug; giv den nye række en ny kode"
            raise FaultyFile([under_way.parsed.fault((*row.path, name), sentence)])
    found = under_way.stored.objects[table.section][row.key]
    _write(under_way, table, found, changed)
    _tie(under_way, table, found, before.values, changed)
    if changed.keys() & {*table.in_calendars}:
        under_way.renamed.setdefault(table.section, set()).add(found.id)
    under_way.report.lines.append(change_line(table.section, row.key, before.values, changed))


def _write(under_way: Import, table: Table, found: Any, values: Mapping[str, Any]) -> None:
    """Set the columns of the values given."""
    targets = pointing(table.section)
    for name, section in targets.items():
        if name in values:
            setattr(found, f"{name}_id", under_way.id_of(section, values[name]))
    for name in own_fields(KINDS[table.section]):
        if name not in values or name in targets or name in table.links:
            continue
        if name in table.codecs:
            table.codecs[name].put(found, values[name])
        else:
            setattr(found, name, values[name])


def _tie(under_way: Import, table: Table, found: Any, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Make the rows between two tables what the file says: they are part of the row, and count for nothing alone."""
    for name, link in table.links.items():
        if name not in values:
            continue
        section = links(KINDS[table.section])[name]
        old, new = before.get(name, {}), values[name]
        for key in (*old, *(key for key in new if key not in old)):
            at = {link.own: found.id, link.other: under_way.id_of(section, key)}
            numbers = {link.number: new.get(key)} if link.number else {}
            if key not in old:
                db.session.add(link.model(programme_id=under_way.programme_id, **at, **numbers))
            elif key not in new:
                db.session.delete(db.session.get_one(link.model, at))
            elif link.number and new[key] != old[key]:
                setattr(db.session.get_one(link.model, at), link.number, new[key])


def _leave_out(under_way: Import, table: Table, key: Key) -> None:
    """What becomes of a row that the file does not hold."""
    found = under_way.stored.objects[table.section][key]
    if table.absent is Absent.STAYS or _stands_in_what_stays(under_way, table, key):
        under_way.say("=", table, key, ": not in the file, stays")
    elif table.absent is Absent.WITHDRAWN:
        last = getattr(found, "day", None) or found.last_date
        if found.withdrawn_at is None and (last is None or last > under_way.yesterday):
            found.withdrawn_at = under_way.now
            under_way.say("-", table, key, f": withdrawn {under_way.now:%Y-%m-%d}")
    elif found.valid_to is None or found.valid_to > under_way.yesterday:
        _end(under_way, table, key, found)


def _stands_in_what_stays(under_way: Import, table: Table, key: Key) -> bool:
    """Whether the file leaves out the whole that a row belongs to, and that stays: an agreement is not emptied."""
    if table.section not in NESTED:
        return False
    outer = TABLE_OF[NESTED[table.section]]
    outer_key = _row(under_way, table, key).values[PARENT_FIELD[table.section]]
    if any(row.key == outer_key for row in under_way.rows[outer.section]):
        return False
    return outer.absent is Absent.STAYS or _stands_in_what_stays(under_way, outer, outer_key)


def _end(under_way: Import, table: Table, key: Key, found: Any) -> None:
    """Yesterday was its last day. One that has not begun gets no day ahead, and hours or needs like that go."""
    not_begun = found.valid_from is not None and found.valid_from > under_way.yesterday
    if not_begun and table.section in IN_FORCE_OR_NOTHING:
        _tie(under_way, table, found, _row(under_way, table, key).values, {name: {} for name in table.links})
        db.session.flush()
        db.session.delete(found)
        under_way.say("-", table, key, ": had not begun, removed")
        return
    if not_begun:
        found.valid_from = under_way.yesterday
    found.valid_to = under_way.yesterday
    under_way.say("-", table, key, f": ends {found.valid_to}")


def _row(under_way: Import, table: Table, key: Key) -> Row:
    return next(row for row in under_way.stored.rows[table.section] if row.key == key)


def _put_in_order(under_way: Import, table: Table, wanted: Sequence[Key], before: Sequence[Key]) -> None:
    """The order of the file, and what it leaves out last; a line only where rows of the file changed places."""
    objects = under_way.stored.objects[table.section]
    in_file, stood = set(wanted), set(before)
    for position, key in enumerate((*wanted, *(key for key in before if key not in in_file))):
        if objects[key].position != position:
            objects[key].position = position
    if [key for key in wanted if key in stood] != [key for key in before if key in in_file]:
        under_way.report.lines.append(f"~ {table.section}: order")
