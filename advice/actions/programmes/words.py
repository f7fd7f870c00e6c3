"""An import in words: one line a difference, as `programme import` prints it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from advice.formats.programme_file.fields import WEEKDAYS
from advice.formats.programme_file.rows import Key

MOST_LETTERS = 60


@dataclass
class Report:
    """What an import did: whether the programme is new, one line a difference, rows of the file by section."""

    slug: str
    created: bool
    lines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def changes(self) -> list[str]:
        """The lines that changed something; the others say what was left as it is."""
        return [line for line in self.lines if not line.startswith("=")]


def report_lines(report: Report, dry_run: bool = False) -> list[str]:
    """What `programme import` prints: counts for a new programme, every difference for one that was there."""
    tail = "; dry run, nothing was changed" if dry_run else ""
    if report.created:
        counts = [f"  {name}: {count}" for name, count in report.counts.items()]
        return [f"{report.slug}: made{tail}", *counts]
    if not report.changes:
        return [*report.lines, f"{report.slug}: no differences"]
    return [*report.lines, f"{report.slug}: {len(report.changes)} differences{tail}"]


def key_text(section: str, key: Key) -> str:
    """A key as one reads it: "money.bill", "stenparken snak mon 13:00 2024-01-01"."""
    weekday_at = 2 if section in ("hours", "needs") else None
    parts = [
        WEEKDAYS[part] if index == weekday_at else _part(part) for index, part in enumerate(key) if part is not None
    ]
    return " ".join(parts)


def change_line(section: str, key: Key, before: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    """~ places stenparken: room "Huset" -> "Salen"."""
    words = (f"{name} {_value(before[name])} -> {_value(value)}" for name, value in changed.items())
    return f"~ {section} {key_text(section, key)}: {', '.join(words)}"


def _part(part: Any) -> str:
    if isinstance(part, tuple):
        return " ".join(_part(each) for each in part if each is not None)
    return f"{part:%H:%M}" if isinstance(part, time) else str(part)


def _value(value: Any) -> str:
    text = json.dumps(_simple(value), ensure_ascii=False)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _simple(value: Any) -> Any:
    """Something that JSON can write; codes instead of keys."""
    if isinstance(value, dict):
        named = {_part(name): _simple(inner) for name, inner in value.items()}
        return named if any(inner is not None for inner in named.values()) else list(named)
    if isinstance(value, (date, datetime, time, tuple)):
        return _part(value)
    return value
