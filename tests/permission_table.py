"""The table of permissions as it stands in tests/web/permissions.txt: a line an address and method."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from werkzeug.routing import Map, Rule

FILE = Path(__file__).parent / "web" / "permissions.txt"
WORDS = frozenset({"ok", "log-in", "403", "404", "none"})
UNASKED = frozenset({"HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Line:
    """What one address and method answers each kind of visitor: one word, or one a row (own, other, elsewhere)."""

    method: str
    path: str
    cells: dict[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        """How the line is called: "GET /vagtplan"."""
        return f"{self.method} {self.path}"


def read() -> list[Line]:
    """The lines of the table. Raises ValueError, with the line, for one that is no line."""
    written = (line.split() for line in FILE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    visitors = next(written)
    return [line_of(parts, visitors) for parts in written]


def line_of(parts: list[str], visitors: list[str]) -> Line:
    """A line from its words; see `read`."""
    cells = [tuple(cell.split("/")) for cell in parts[2:]]
    if len(cells) != len(visitors) or any(len(cell) not in (1, 3) or not WORDS.issuperset(cell) for cell in cells):
        raise ValueError(f"{FILE.name}: {' '.join(parts)}")
    return Line(parts[0], parts[1], dict(zip(visitors, cells, strict=True)))


def path_of(rule: Rule) -> str:
    """A rule as people read it, without converters."""
    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"<\1>", rule.rule)


def rules_of(url_map: Map) -> dict[str, tuple[str, Rule]]:
    """Method and rule of all there is to ask, by the key of its line."""
    return {
        f"{method} {path_of(rule)}": (method, rule)
        for rule in url_map.iter_rules()
        for method in (rule.methods or set()) - UNASKED
    }
