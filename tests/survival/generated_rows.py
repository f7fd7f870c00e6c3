"""Rows for every table of a database, whatever its revision, made from what the database says about itself.

Row number n of each table points at row number n of its parents, so that composite keys agree; nothing here
knows a table. Of each unique key the numbers differ. Every second row leaves empty what may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, Column, Connection, MetaData, Table, UniqueConstraint, func, select, types

ROWS = 6
"""Rows a table; below seven, so that they are weekdays, too."""
NAMESPACE = UUID("00000000-0000-0000-0000-000000000000")
DAY = date(2026, 11, 23)
Row = dict[str, Any]


def reflected(connection: Connection) -> MetaData:
    """The tables that stand in the database, without Alembic's own."""
    found = MetaData()
    found.reflect(connection)
    if "alembic_version" in found.tables:
        found.remove(found.tables["alembic_version"])
    return found


def fill(connection: Connection) -> None:
    """Add rows to every table that has none. The caller commits."""
    metadata = reflected(connection)
    parents: dict[str, list[Row]] = {}
    for table in metadata.sorted_tables:
        if not connection.execute(select(func.count()).select_from(table)).scalar():
            rows = [_row(table, number, parents) for number in range(ROWS)]
            connection.execute(table.insert(), rows)
        ordered = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        parents[table.name] = [dict(row) for row in ordered]


def _row(table: Table, number: int, parents: Mapping[str, list[Row]]) -> Row:
    """One row that keeps the table's keys and checks."""
    row = {column.name: _value(column, number) for column in table.columns}
    _obey_checks(table, row, number)
    for key in table.foreign_key_constraints:
        if key.referred_table is not table:
            parent = parents[key.referred_table.name][number]
            row |= {element.parent.name: parent[element.column.name] for element in key.elements}
        elif all(column.nullable for column in key.columns if column.name != "programme_id"):
            row |= {column.name: None for column in key.columns if column.nullable}
    if number % 2:
        kept = _in_keys(table) | _in_checks(table)
        row |= {column.name: None for column in table.columns if column.nullable and column.name not in kept}
    _leave_empty_together(table, row)
    return row


def _leave_empty_together(table: Table, row: Row) -> None:
    """Read the checks on what is empty: with a word ("deed = 'add' = shift_id IS NULL", or "state != 'offered' OR
    taker_id IS NULL"), with another column, or unless others are ("minutes IS NULL OR …")."""
    plain = [re.sub(r"::\w+|[()]", "", said) for said in _checks(table)]
    for said in plain:
        if found := re.fullmatch(r"(\w+) (?:= '(\w+)' =|(?:!=|<>) '(\w+)' OR) (\w+) IS NULL", said):
            column, *words, empty = found.groups()
            row[empty] = None if row[column] in words else row[empty]
    for said in plain:
        if found := re.match(r"(\w+) IS NULL OR ", said):
            row[found.group(1)] = None
        if found := re.fullmatch(r"(\w+) IS NULL = (\w+) IS NULL", said):
            first, second = found.groups()
            if row[first] is None or row[second] is None:
                row[first] = row[second] = None


def _in_checks(table: Table) -> set[str]:
    """Columns that a check compares with others: it may want all of them, or none."""
    named = [set(_named(check, table)) for check in _checks(table)]
    return {name for names in named if len(names) > 1 for name in names}


def _in_keys(table: Table) -> set[str]:
    """Columns of a unique key: others may point at them."""
    keys = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    return {column.name for key in [*keys, table.primary_key] for column in key.columns}


def _value(column: Column[Any], number: int) -> Any:
    """Something of the column's type, another for each number."""
    kind = column.type
    if isinstance(kind, types.Uuid) or (isinstance(kind, types.CHAR) and kind.length == 32):  # SQLite keeps it as text
        made = uuid5(NAMESPACE, f"{column.table.name} {number}")
        return made if isinstance(kind, types.Uuid) else made.hex
    if isinstance(kind, types.Boolean):
        return number % 2 == 0
    if isinstance(kind, types.DateTime):
        return datetime(2026, 11, 23, 12, number, 0, 123456, tzinfo=UTC if kind.timezone else None)
    if isinstance(kind, types.Date):
        return DAY + timedelta(days=number)
    if isinstance(kind, types.JSON):
        return {"da": f"{column.name} æøå {number}", "list": [1, None]}
    if isinstance(kind, types.LargeBinary):
        return bytes([number, 0, 255])
    if isinstance(kind, types.Integer):
        return number + 1
    if isinstance(kind, types.Numeric | types.Float):
        return number + 0.5
    assert isinstance(kind, types.String), f"no value for {column.table.name}.{column.name}: {kind!r}"
    return f"{number} {column.name} 'ÆØÅ'".lower()[: kind.length]


def _obey_checks(table: Table, row: Row, number: int) -> None:
    """Read the checks as either engine writes them: one of several words, a beginning, one column after another."""
    for said in _checks(table):
        named = _named(said, table)
        words = [word for word in re.findall(r"'([^']*)'", said) if word]
        if words and named:
            word = words[number % len(words)]
            row[named[0]] = word.replace("%", f"example.org/{number}")
        elif found := re.search(r"(\w+) >=? (\w+)", said):
            later, earlier = found.groups()
            if later in row and earlier in row:
                row[later] = row[earlier] + (timedelta(days=1) if isinstance(row[earlier], date) else 1)


def _checks(table: Table) -> list[str]:
    """The conditions of the table's checks, as the engine gives them back, in the order of their names."""
    checks = [check for check in table.constraints if isinstance(check, CheckConstraint)]
    return [str(check.sqltext) for check in sorted(checks, key=lambda check: str(check.name))]


def _named(said: str, table: Table) -> list[str]:
    """The columns that a condition names, in its order."""
    return [word for word in re.findall(r"\w+", re.sub(r"'[^']*'", "", said)) if word in table.columns]
