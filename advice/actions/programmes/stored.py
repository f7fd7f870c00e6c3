"""A programme as it stands in the database, as the rows of a programme file. One query a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from advice.actions.programmes.tables import TABLES, Link, Table
from advice.database import db
from advice.formats.programme_file.codes import NESTED
from advice.formats.programme_file.rows import KINDS, PARENT_FIELD, Key, Row, key_of, links, own_fields, pointing
from advice.formats.programme_file.sections import Programme as ProgrammeItem
from advice.models.programmes import Programme


@dataclass
class Stored:
    """The rows of one programme: as the file would hold them, as objects by key, and keys by id."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    objects: dict[str, dict[Key, Any]] = field(default_factory=dict)
    keys: dict[str, dict[int, Key]] = field(default_factory=dict)


def programme_values(programme: Programme) -> dict[str, Any]:
    """The [programme] table of the file."""
    return {name: getattr(programme, name) for name in ProgrammeItem.model_fields}


def stored_rows(programme_id: int) -> Stored:
    """Everything of a programme that a file holds, ended rows too, in the order of the file."""
    found = Stored()
    for table in TABLES:
        _read(found, table, programme_id)
    return found


def _read(found: Stored, table: Table, programme_id: int) -> None:
    name = table.section
    objects = db.session.scalars(select(table.model).filter_by(programme_id=programme_id)).all()
    objects = sorted(objects, key=lambda row: (getattr(row, "position", 0), row.id))
    if name in NESTED:  # as the file has them: the rows of one table together, whatever their positions
        outer = {row_id: index for index, row_id in enumerate(found.keys[NESTED[name]])}
        objects.sort(key=lambda row: outer[getattr(row, f"{PARENT_FIELD[name]}_id")])
    tied = {field: _links(link, programme_id) for field, link in table.links.items()}
    found.rows[name], found.objects[name], found.keys[name] = [], {}, {}
    seen: Counter[Key] = Counter()
    for each in objects:
        values = _values(found, table, each)
        for field_name, ties in tied.items():
            values[field_name] = _tied(found, KINDS[name], field_name, ties.get(each.id, []))
        key = key_of(name, values)
        if KINDS[name].REPEATS:
            seen[key] += 1
            key = (*key, seen[key])
        found.keys[name][each.id] = key
        found.objects[name][key] = each
        found.rows[name].append(Row(key, values))


def _values(found: Stored, table: Table, each: Any) -> dict[str, Any]:
    kind = KINDS[table.section]
    targets = pointing(table.section)
    values: dict[str, Any] = {}
    for name in own_fields(kind):
        if name in table.codecs:
            values[name] = table.codecs[name].get(each)
        elif name not in targets and name not in table.links:
            values[name] = getattr(each, name)
    for name, section in targets.items():
        target = getattr(each, f"{name}_id")
        values[name] = None if target is None else found.keys[section][target]
    return values


def _links(link: Link, programme_id: int) -> dict[int, list[tuple[int, int | None]]]:
    """Rows of a table between two: id of the owner to ids of the others, with their numbers."""
    found: dict[int, list[tuple[int, int | None]]] = {}
    for row in db.session.scalars(select(link.model).filter_by(programme_id=programme_id)):
        number = getattr(row, link.number) if link.number else None
        found.setdefault(getattr(row, link.own), []).append((getattr(row, link.other), number))
    return found


def _tied(found: Stored, kind: Any, name: str, ties: list[tuple[int, int | None]]) -> dict[Key, int | None]:
    """The linked rows by key, with their numbers."""
    keys = found.keys[links(kind)[name]]
    return {keys[other]: number for other, number in ties}
