"""The programme file: a whole programme as TOML, read with every fault named, and written back.

`read` takes bytes that anybody may have made and either gives a file that can be stored or raises with all
faults, each with line, field and a sentence. docs/programme-file.md is the manual of the format.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any

import tomli_w
from pydantic import BaseModel, ValidationError

from advice.formats.programme_file.catalogue import ProgrammeFile, Sections
from advice.formats.programme_file.checks import COPENHAGEN, findings
from advice.formats.programme_file.codes import Finding, code_findings
from advice.formats.programme_file.lines import Path, depth_fault, line_map, line_of
from advice.formats.programme_file.sentences import sentence_of

MOST_BYTES = 1_000_000
_AT_LINE = re.compile(r"^(?P<what>.*) \(at line (?P<line>\d+), column \d+\)$")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, where it stands, and a plain Danish sentence."""

    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        where = f"linje {self.line}, {self.field}" if self.field else f"linje {self.line}"
        return f"{where}: {self.sentence}"


class FaultyFile(Exception):
    """The file cannot be used; `faults` holds every reason, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that holds together, and where its fields stand."""

    file: ProgrammeFile
    lines: Mapping[Path, int] = field(default_factory=dict)

    def fault(self, path: Path, sentence: str) -> Fault:
        """A fault at a place of this file, found by somebody who knows more than the file (the database)."""
        return Fault(line_of(dict(self.lines), path), path_text(path), sentence)


def path_text(path: Path) -> str:
    """("places", 2, "slug") as people write it: places[2].slug."""
    found = ""
    for part in path:
        found += f"[{part}]" if isinstance(part, int) else f".{part}" if found else str(part)
    return found


def read(content: bytes, today: date, zone: tzinfo = COPENHAGEN) -> Parsed:
    """Read a programme file; raises FaultyFile with every fault, never anything else.

    `today`: hours that overlapped in the past are history, and no fault. `zone`: whose clocks jump.
    """
    text = _text(content)
    raw = _table(text)
    lines = line_map(text)
    file, found = checked(raw, today, zone)
    if file is None or found:
        raise FaultyFile(_faults(found, lines))
    return Parsed(file, lines)


def checked(
    raw: Mapping[str, Any], today: date, zone: tzinfo = COPENHAGEN
) -> tuple[ProgrammeFile | None, list[Finding]]:
    """The file that data holds, and every fault in it; None where not even the fields can be read."""
    found = code_findings(raw)
    try:
        file = ProgrammeFile.model_validate(raw)
    except ValidationError as error:
        found += [Finding(_path(each["loc"]), sentence_of(each)) for each in error.errors()]
        found += findings(*_sound_part(raw, {_path(each["loc"])[:2] for each in error.errors()}), today, zone)
        return None, found
    return file, found + findings(file, {}, today, zone)


def write(file: ProgrammeFile) -> str:
    """The file as TOML, always the same for the same content. Defaults are left out."""
    return tomli_w.dumps(as_data(file), indent=2)


def as_data(file: ProgrammeFile) -> dict[str, Any]:
    """The file as data: what `checked` takes, and what TOML holds."""
    content: dict[str, Any] = {"programme": plain(file.programme)}
    for name in Sections.model_fields:
        if items := getattr(file, name):
            content[name] = [plain(item) for item in items]
    return content


def plain(item: BaseModel) -> dict[str, Any]:
    """A table of the file as data: without defaults, its validity last."""
    values = item.model_dump(exclude_defaults=True)
    return _validity_last(values)


def _validity_last(values: dict[str, Any]) -> dict[str, Any]:
    ordered = {key: value for key, value in values.items() if key not in ("valid_from", "valid_to")}
    ordered.update({key: values[key] for key in ("valid_from", "valid_to") if key in values})
    for key, value in ordered.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            ordered[key] = [_validity_last(inner) for inner in value]
    return ordered


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise FaultyFile([Fault(1, "", f"filen er for stor; højst {MOST_BYTES // 1000} kB kan læses")])
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FaultyFile([Fault(line, "", "er ikke UTF-8; gem filen som UTF-8-tekst")]) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _table(text: str) -> dict[str, Any]:
    if (line := depth_fault(text)) is not None:
        raise FaultyFile([Fault(line, "", "tabeller og lister ligger for dybt inde i hinanden")])
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _AT_LINE.match(str(error))
        line = int(found["line"]) if found else text.count("\n") + 1
        what = found["what"] if found else str(error).removesuffix(" (at end of document)")
        raise FaultyFile([Fault(line, "", f"er ikke gyldig TOML: {what[:200]}")]) from None


def _path(location: tuple[str | int, ...]) -> Path:
    """Pydantic's place of an error, without its own markers."""
    return tuple(part for part in location if part != "[key]")


def _sound_part(raw: Mapping[str, Any], faulty: set[Path]) -> tuple[Sections, dict[str, list[int]]]:
    """The items without a fault of their own, and which place each had in the file: these can be compared."""
    kept: dict[str, list[Any]] = {}
    places: dict[str, list[int]] = {}
    for name in Sections.model_fields:
        items = raw.get(name, [])
        if (name,) in faulty or not isinstance(items, list):
            continue
        places[name] = [index for index in range(len(items)) if (name, index) not in faulty]
        kept[name] = [items[index] for index in places[name]]
    return Sections.model_validate(kept), places


def _faults(found: Iterable[Finding], lines: dict[Path, int]) -> list[Fault]:
    return [Fault(line_of(lines, each.path), path_text(each.path), each.sentence) for each in found]
