"""A programme file as rows: one flat list a section, each row with a key, and back again.

Keys name rows within a programme without a database: places by ("stenparken",), an indicator by its
agreement, objective and own code. References in values are keys too, so that rows of a file and rows of a
database can be compared with ==.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from advice.formats.programme_file.catalogue import Filter, ProgrammeFile, Sections
from advice.formats.programme_file.checks import Placed, walk
from advice.formats.programme_file.codes import NESTED
from advice.formats.programme_file.fields import Refers
from advice.formats.programme_file.lines import Path
from advice.formats.programme_file.sections import Contact, Item, Programme

Key = tuple[Any, ...]
PARENT_FIELD = {"topics": "group", "objectives": "agreement", "indicators": "objective", "readings": "indicator"}
"""What the table that a nested row stands in is called among the row's values."""


def kinds() -> dict[str, type[Item]]:
    """The class of each section, nested ones after those they stand in."""
    found: dict[str, type[Item]] = {}

    def add(holder: type[Item], name: str) -> None:
        found[name] = get_args(holder.model_fields[name].annotation)[0]
        for inner, outer in NESTED.items():
            if outer == name:
                add(found[name], inner)

    for name in Sections.model_fields:
        add(Sections, name)
    return found


KINDS = kinds()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a section: its key, its values by field (references as keys), and where in the file it stands."""

    key: Key
    values: dict[str, Any]
    path: Path = ()


def references(kind: type[Item]) -> dict[str, str]:
    """The fields of a class that hold one code of another section: field to section."""
    return {name: section for name, section in _refers(kind).items() if not _is_many(kind, name)}


def links(kind: type[Item]) -> dict[str, str]:
    """The fields of a class that hold several codes of another section, perhaps with a number each."""
    return {name: section for name, section in _refers(kind).items() if _is_many(kind, name)}


def pointing(section: str) -> dict[str, str]:
    """The values of a section's rows that are one key of another: its references, and the table it stands in."""
    outer = {PARENT_FIELD[section]: NESTED[section]} if section in NESTED else {}
    return {**references(KINDS[section]), **outer}


def own_fields(kind: type[Item]) -> list[str]:
    """The fields that a row has itself: all but lists of nested tables."""
    return [name for name in kind.model_fields if name not in NESTED]


def rows_of(file: ProgrammeFile) -> dict[str, list[Row]]:
    """The rows of every section, in the order of the file."""
    found: dict[str, list[Row]] = {name: [] for name in KINDS}
    keys: dict[Path, Key] = {}
    seen: Counter[tuple[str, Key]] = Counter()
    for placed in walk(file, {}):
        values = _values(placed, keys.get(placed.path[:-2]))
        key = key_of(placed.section, values)
        if placed.item.REPEATS:
            seen[placed.section, key] += 1
            key = (*key, seen[placed.section, key])
        keys[placed.path] = key
        found[placed.section].append(Row(key, values, placed.path))
    return found


def key_of(section: str, values: Mapping[str, Any]) -> Key:
    """The key of a row, without the number that tells equal ones of a repeating section apart."""
    own = tuple(values[name] for name in KINDS[section].KEY)
    return (*values[PARENT_FIELD[section]], *own) if KINDS[section].SCOPED else own


def file_of(programme: Mapping[str, Any], rows: Mapping[str, Iterable[Row]]) -> ProgrammeFile:
    """The programme file of a programme's values and rows: the inverse of `rows_of`. Checks nothing."""
    inside: dict[str, dict[Key | None, list[Item]]] = {name: {} for name in KINDS}
    for section in reversed(KINDS):
        for row in rows[section]:
            nested: dict[str, Any] = {
                name: inside[name].get(row.key, []) for name, outer in NESTED.items() if outer == section
            }
            outer = row.values[PARENT_FIELD[section]] if section in NESTED else None
            item = KINDS[section].model_construct(**_plain(section, row.values), **nested)
            inside[section].setdefault(outer, []).append(item)
    top: dict[str, Any] = {name: inside[name].get(None, []) for name in Sections.model_fields}
    values = {**programme, "contact": Contact.model_construct(**programme["contact"])}
    return ProgrammeFile.model_construct(programme=Programme.model_construct(**values), **top)


def filter_values(found: Filter | None) -> dict[str, Any] | None:
    """A filter as it is stored: what it asks, and nothing else."""
    return None if found is None else found.model_dump(exclude_defaults=True)


def _refers(kind: type[Item]) -> dict[str, str]:
    marks = {
        name: [mark for mark in field.metadata if isinstance(mark, Refers)] for name, field in kind.model_fields.items()
    }
    return {name: found[0].section for name, found in marks.items() if found}


def _is_many(kind: type[Item], name: str) -> bool:
    return kind.model_fields[name].default_factory is not None or isinstance(
        kind.model_fields[name].default, (list, dict)
    )


def _values(placed: Placed, outer: Key | None) -> dict[str, Any]:
    kind = type(placed.item)
    values = {name: getattr(placed.item, name) for name in own_fields(kind)}
    for name in references(kind):
        values[name] = None if values[name] is None else (values[name],)
    for name in links(kind):
        codes = values[name]
        values[name] = {(code,): codes[code] if isinstance(codes, dict) else None for code in codes}
    for name, value in values.items():
        if isinstance(value, Filter):
            values[name] = filter_values(value)
    if placed.section in NESTED:
        values[PARENT_FIELD[placed.section]] = outer
    return values


def _plain(section: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as the fields of the file hold them."""
    kind = KINDS[section]
    found = {name: values[name] for name in own_fields(kind)}
    for name in references(kind):
        found[name] = found[name] and found[name][0]
    for name in links(kind):
        codes = {key[0]: number for key, number in found[name].items()}
        found[name] = codes if isinstance(kind.model_fields[name].default, dict) else sorted(codes)
    for name, field in kind.model_fields.items():
        if Filter in get_args(field.annotation) and found[name] is not None:
            found[name] = Filter.model_construct(**found[name])
    return found
