"""One row of a programme changed on a screen: its whole file with that row changed, checked and applied as an import.

So a screen can store nothing that a programme file could not hold, and every rule of the import holds here too:
nothing is deleted, openings follow, calendars are told.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from advice.actions.programmes.blame import brought_about
from advice.actions.programmes.exchange import bring_all
from advice.actions.programmes.reach import Reach, ahead, reach_since
from advice.actions.programmes.stored import Stored, programme_values, stored_rows
from advice.actions.programmes.tables import TABLE_OF, Absent
from advice.database import db, lock_programme
from advice.formats.programme_file import document
from advice.formats.programme_file.codes import NESTED, Finding
from advice.formats.programme_file.document import Parsed
from advice.formats.programme_file.lines import Path
from advice.formats.programme_file.rows import KINDS, PARENT_FIELD, file_of, rows_of
from advice.models import audit
from advice.models.decisions import Decision
from advice.models.programmes import Programme

PROGRAMME = "programme"
"""The one section that is a single table."""
FROM_TODAY = frozenset({"day_needs"})
"""Sections of single days in which what was is left as it was; what openings were, their own rules hold."""
Data = dict[str, Any]


class Faulty(Exception):
    """The programme cannot be like that; `findings` says why, `path` where the row stood. Nothing has been written.

    Findings are what the edit brings about: what was faulty before blocks no edit of something else.
    """

    def __init__(self, findings: list[Finding], path: Path) -> None:
        super().__init__(f"{len(findings)} faults")
        self.findings = findings
        self.path = path


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes a setting, for the audit, and when. reference: where it was decided, in her words."""

    person_id: int
    organisation_id: int
    now: datetime
    timezone: ZoneInfo
    reference: str | None = None

    @property
    def today(self) -> date:
        """The date at the place."""
        return self.now.astimezone(self.timezone).date()


@dataclass(frozen=True)
class Document:
    """A programme's whole file as data, and where in it each stored row stands."""

    programme: Programme
    stored: Stored
    data: Data

    @cached_property
    def paths(self) -> dict[str, dict[int, Path]]:
        """Section to row id to the row's place in the data, in the order of the file."""
        found: dict[str, dict[int, Path]] = {PROGRAMME: {self.programme.id: (PROGRAMME,)}}
        for section in KINDS:
            found[section] = {}
            counts: dict[Path, int] = {}
            for row in self.stored.rows[section]:
                outer: Path = ()
                if section in NESTED:
                    holder = self.stored.objects[NESTED[section]][row.values[PARENT_FIELD[section]]]
                    outer = found[NESTED[section]][holder.id]
                counts[outer] = counts.get(outer, -1) + 1
                found[section][self.stored.objects[section][row.key].id] = (*outer, section, counts[outer])
        return found

    def rows(self, section: str) -> dict[int, Data]:
        """The rows of a section as data, by id."""
        return {row_id: at(self.data, path) for row_id, path in self.paths[section].items()}

    def row(self, section: str, row_id: int) -> Data | None:
        """One row as data, or None if there is no such row."""
        path = self.paths[section].get(row_id)
        return None if path is None else at(self.data, path)


@dataclass(frozen=True, slots=True)
class Edit:
    """What is wanted: a row as it shall be. row_id: None for a new one. holder: the row of the table it stands in.

    ends: the row that this new one takes over from; its last day is then the day before.
    """

    section: str
    row: Data
    row_id: int | None = None
    holder: int | None = None
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an edit did. changed: whether anything differs from before. reach: None where no opening ahead changes."""

    row_id: int
    changed: bool
    reach: Reach | None = None


def open_document(programme_id: int, *, to_change: bool = False) -> Document:
    """The programme as it stands; `to_change`: nobody else may change it until the transaction ends."""
    if to_change:
        lock_programme(programme_id)
    programme = db.session.get_one(Programme, programme_id)
    stored = stored_rows(programme_id)
    return Document(programme, stored, document.as_data(file_of(programme_values(programme), stored.rows)))


def fingerprint(row: Mapping[str, Any]) -> str:
    """A short text that differs when anything of the row itself differs; what stands in other rows does not count."""
    own = {name: value for name, value in row.items() if name not in NESTED}
    return hashlib.sha256(json.dumps(own, default=str, sort_keys=True).encode()).hexdigest()[:16]


def save(doc: Document, edit: Edit, by: Editor) -> Done:
    """Store an edit: rows, openings, the audit and the decision. Flushes; raises Faulty.

    In a write transaction, on a document opened to be changed. The caller commits, or rolls back a trial.
    """
    data = copy.deepcopy(doc.data)
    path = _placed(doc, data, edit, by)
    before = doc.row(edit.section, edit.row_id) if edit.row_id is not None else {}
    if edit.section in FROM_TODAY and _rewrites_the_past(before or {}, edit.row, by.today):
        raise Faulty([Finding((*path, "day"), "dagen er gået")], path)
    done = _bring(doc, data, edit.section, path, by)
    if done.changed:
        fields = sorted(_differing(before or {}, edit.row))
        _record("setting_changed" if edit.row_id is not None else "setting_added", doc, edit.section, done, by, fields)
    return done


def move(doc: Document, section: str, row_id: int, steps: int, by: Editor) -> Done:
    """Put a row further up or down among its neighbours; the order is the order on screens. Raises Faulty."""
    data = copy.deepcopy(doc.data)
    path = doc.paths[section][row_id]
    holder, index = at(data, path[:-1]), int(path[-1])
    wanted = min(max(index + steps, 0), len(holder) - 1)
    holder.insert(wanted, holder.pop(index))
    done = _bring(doc, data, section, (*path[:-1], wanted), by)
    if done.changed:
        _record("setting_moved", doc, section, done, by, [])
    return done


def at(data: Data, path: Path) -> Any:
    """What stands at a place of the data."""
    found: Any = data
    for part in path:
        found = found[part]
    return found


def _placed(doc: Document, data: Data, edit: Edit, by: Editor) -> Path:
    """Put the wanted row into the data; gives its place."""
    if edit.section == PROGRAMME:
        data[PROGRAMME] = edit.row
        return (PROGRAMME,)
    path = doc.paths[edit.section].get(edit.row_id) if edit.row_id is not None else None
    outer: Path = doc.paths[NESTED[edit.section]][edit.holder] if edit.holder is not None else ()
    if edit.ends is not None:
        _end_before(at(data, doc.paths[edit.section][edit.ends]), edit.row)
    if path is not None and path[:-2] == outer:
        row = at(data, path)
        if TABLE_OF[edit.section].absent is not Absent.WITHDRAWN or not _other_key(edit.section, row, edit.row):
            at(data, path[:-1])[path[-1]] = edit.row
            return path
        row["withdrawn_at"] = by.now
    elif path is not None:
        at(data, path[:-1]).pop(path[-1])
    holder = at(data, outer).setdefault(edit.section, [])
    holder.append(edit.row)
    return (*outer, edit.section, len(holder) - 1)


def _rewrites_the_past(before: Data, after: Data, today: date) -> bool:
    """Whether an edit changes a row of a day that has gone, or makes one."""
    days = (row.get("day") for row in (before, after))
    return before != after and any(isinstance(day, date) and day < today for day in days)


def _other_key(section: str, before: Data, after: Data) -> bool:
    """Whether the two are different rows to whoever reads the file."""
    return any(before.get(name) != after.get(name) for name in KINDS[section].KEY)


def _end_before(old: Data, new: Data) -> None:
    """The old row's last day is the day before the new one begins, unless it ends earlier."""
    begins = new.get("valid_from")
    if isinstance(begins, date) and begins > date.min:
        last = begins - timedelta(days=1)
        old["valid_to"] = min(old.get("valid_to") or last, last)


def _bring(doc: Document, data: Data, section: str, path: Path, by: Editor) -> Done:
    """Check the data and bring the programme to it."""
    file, findings = document.checked(data, by.today, by.timezone)
    if file is None:
        raise Faulty(findings, path)
    if findings:
        stood = document.checked(doc.data, by.today, by.timezone)[1]
        findings = brought_about((doc.data, stood), (data, findings))
    if findings:
        raise Faulty(findings, path)
    before = ahead(doc.programme, by.today)
    under_way = bring_all(Parsed(file), by.now, by.timezone)
    row_id = doc.programme.id
    if section != PROGRAMME:
        key = next(row.key for row in rows_of(file)[section] if row.path == path)
        row_id = under_way.stored.objects[section][key].id
    if not under_way.report.changes:
        return Done(row_id, changed=False)
    return Done(row_id, True, reach_since(before, doc.programme.id, by.today))


def _record(action: str, doc: Document, section: str, done: Done, by: Editor, fields: list[str]) -> None:
    """The audit, with the names of the fields, and the decision where she gave one."""
    subject = "programmes" if section == PROGRAMME else TABLE_OF[section].model.__tablename__
    whose = {"programme_id": doc.programme.id, "organisation_id": by.organisation_id, "person_id": by.person_id}
    audit.record(by.now, action, subject, done.row_id, **whose, fields=fields)
    if by.reference:
        about = {"programme_id": doc.programme.id, "subject": subject, "subject_id": str(done.row_id)}
        who = {"person_id": by.person_id, "decided_at": by.now, "reference": by.reference}
        db.session.add(Decision(**about, **who))
    db.session.flush()


def _differing(before: Data, after: Data) -> set[str]:
    """The fields of the row itself that differ."""
    return {name for name in {*before, *after} - set(NESTED) if before.get(name) != after.get(name)}
