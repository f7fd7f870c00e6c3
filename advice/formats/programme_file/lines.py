"""Where in a TOML text each table, field and item of a list stands: tomllib reads values, not lines.

`depth_fault` looks at any text, before tomllib does; `line_map` at a text that tomllib has read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""A place in the file: ("places", 2, "slug") is places[2].slug; lists count from 0."""

MOST_LEVELS = 16
_TOKEN = re.compile(
    r"""(?P<string>\"{3}(?:[^"\\]++|\\.|"{1,2}(?!"))*+(?:\"{3,5})?
                  |'{3}(?:[^']++|'{1,2}(?!'))*+(?:'{3,5})?
                  |"(?:[^"\\\n]++|\\[^\n])*+"?|'[^'\n]*+'?)
      |(?P<skip>\#[^\n]*)
      |(?P<newline>\n)
      |(?P<mark>[\[\]{},=.])
      |(?P<bare>[^\s\[\]{},=.\#"']+)""",
    re.DOTALL | re.VERBOSE,
)
"""Possessive, and content with a string that nobody closed: no text makes it look twice at the same letters."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def _tokens(text: str) -> Iterator[_Token]:
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        if match.lastgroup != "skip":
            yield _Token(str(match.lastgroup), match.group(), line)


def depth_fault(text: str) -> int | None:
    """The first line on which brackets or dotted names go deeper than any programme file does, or None."""
    depth = dots = 0
    for token in _tokens(text):
        if token.text in ("[", "{"):
            depth += 1
        elif token.text in ("]", "}"):
            depth = max(depth - 1, 0)
        elif token.kind == "newline" or token.text in (",", "="):
            dots = 0
        elif token.text == ".":
            dots += 1
        if depth > MOST_LEVELS or dots > MOST_LEVELS:
            return token.line
    return None


def line_map(text: str) -> dict[Path, int]:
    """The line of every table, field and list item of a valid TOML text, counted from 1."""
    return _Reader(list(_tokens(text))).read()


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of the place, else of the nearest table around it; 1 for the file itself."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


@dataclass
class _Reader:
    """Walks the tokens of a valid text once."""

    tokens: list[_Token]
    at: int = 0
    table: Path = ()
    lines: dict[Path, int] = field(default_factory=dict)
    lengths: dict[Path, int] = field(default_factory=dict)

    def read(self) -> dict[Path, int]:
        while self.at < len(self.tokens):
            if self.tokens[self.at].kind == "newline":
                self.at += 1
            elif self._is("["):
                self._header()
            else:
                self._assignment(self.table)
        return self.lines

    def _is(self, text: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].text == text

    def _mark(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _header(self) -> None:
        line = self.tokens[self.at].line
        self.at += 1
        is_list = self._is("[")
        self.at += is_list
        parts = self._key("]")
        self.at += 1 + is_list
        path: Path = ()
        for part in parts[:-1]:
            path = self._last_of((*path, part))
        path = (*path, parts[-1])
        if is_list:
            self._mark(path, line)
            self.lengths[path] = self.lengths.get(path, 0) + 1
        self.table = self._last_of(path)
        self._mark(self.table, line)

    def _last_of(self, path: Path) -> Path:
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def _key(self, until: str) -> list[str]:
        parts = []
        while not self._is(until):
            token = self.tokens[self.at]
            if token.kind == "string":
                parts.append(str(tomllib.loads(f"k = {token.text}")["k"]))
            elif token.kind == "bare":
                parts.append(token.text)
            self.at += 1
        return parts

    def _assignment(self, table: Path) -> None:
        line = self.tokens[self.at].line
        path = (*table, *self._key("="))
        self.at += 1
        self._mark(path, line)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._is("["):
            self._list(path)
        elif self._is("{"):
            self.at += 1
            while not self._closes("}"):
                self._assignment(path)
        else:
            while self.at < len(self.tokens) and not self._ends_a_value():
                self.at += 1

    def _list(self, path: Path) -> None:
        self.at += 1
        index = 0
        while not self._closes("]"):
            self._mark((*path, index), self.tokens[self.at].line)
            self._value((*path, index))
            index += 1

    def _closes(self, bracket: str) -> bool:
        """Step over what lies between two values; whether the closing bracket was next (it is stepped over)."""
        while self._is(",") or self.tokens[self.at].kind == "newline":
            self.at += 1
        closed = self._is(bracket)
        self.at += closed
        return closed

    def _ends_a_value(self) -> bool:
        token = self.tokens[self.at]
        return token.kind == "newline" or token.text in (",", "]", "}")
