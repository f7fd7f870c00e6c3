"""References and double rows of a programme file, found in the raw tables.

Raw, so that a table with other faults still counts: what refers to it is no fault, and its own references
are checked in the same reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from advice.formats.programme_file.catalogue import Filter, Sections
from advice.formats.programme_file.fields import Refers
from advice.formats.programme_file.lines import Path
from advice.formats.programme_file.sections import Item

NESTED = {
    "topics": "topic_groups",
    "objectives": "agreements",
    "indicators": "objectives",
    "readings": "indicators",
}
"""Sections that stand inside the tables of another one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, where, and a Danish sentence."""

    path: Path
    sentence: str


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as the file has it, its section, and what it ought to be."""

    section: str
    kind: type[Item]
    values: Mapping[str, Any]
    path: Path


def code_findings(raw: Mapping[str, Any]) -> list[Finding]:
    """References to codes that stand nowhere, and rows that stand twice."""
    tables = [table for name in Sections.model_fields for table in _tables(Sections, name, raw, ())]
    known: dict[str, set[str]] = {name: set() for name in (*Sections.model_fields, *NESTED)}
    for table in tables:
        code = table.values.get("slug" if table.section == "places" else "code")
        if isinstance(code, str):
            known[table.section].add(code)
    found = [finding for table in tables for finding in _unknown(table.kind, table.values, table.path, known)]
    return [*found, *_twice(tables)]


def _tables(holder: type[Item], name: str, values: Mapping[str, Any], path: Path) -> Iterator[_Table]:
    """Every table of a section and of those inside it; what is no table is passed over."""
    kind: type[Item] = get_args(holder.model_fields[name].annotation)[0]
    items = values.get(name)
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            here = (*path, name, index)
            yield _Table(name, kind, item, here)
            for inner, outer in NESTED.items():
                if outer == name:
                    yield from _tables(kind, inner, item, here)


def _unknown(
    kind: type[Item], values: Mapping[str, Any], path: Path, known: Mapping[str, set[str]]
) -> Iterator[Finding]:
    for name, field in kind.model_fields.items():
        value = values.get(name)
        for refers in (mark for mark in field.metadata if isinstance(mark, Refers)):
            for code, at in _codes(value, (*path, name)):
                if code not in known[refers.section]:
                    yield Finding(at, f'"{code}" findes ikke i {refers.section}')
        if Filter in get_args(field.annotation) and isinstance(value, dict):
            yield from _unknown(Filter, value, (*path, name), known)


def _codes(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, list):
        yield from ((code, (*path, index)) for index, code in enumerate(value) if isinstance(code, str))
    elif isinstance(value, dict):
        yield from ((code, (*path, code)) for code in value)


def _twice(tables: Iterable[_Table]) -> Iterator[Finding]:
    """Rows with the same key in the programme, or in their own table for those that count there."""
    seen: set[tuple[Any, ...]] = set()
    for table in tables:
        if table.kind.REPEATS and table.values.get("withdrawn_at") is not None:
            continue
        scope = table.path[:-2] if table.kind.SCOPED else ()
        keys = [table.kind.KEY, ("code",)] if table.section == "places" else [table.kind.KEY]
        for names in keys:
            values = tuple(repr(table.values.get(name)) for name in names)
            if (table.section, scope, names, values) in seen:
                yield Finding((*table.path, names[0]), f"den samme {' + '.join(names)} står to gange")
            elif any(name in table.values for name in names):
                seen.add((table.section, scope, names, values))
