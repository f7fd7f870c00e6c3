"""Everything that the settings show has Danish words: sections, fields, findings, and the acts of the audit."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from advice.actions.programmes.tables import TABLES
from advice.formats.programme_file.catalogue import Filter
from advice.formats.programme_file.document import FaultyFile, read
from advice.formats.programme_file.kinds import specs
from advice.formats.programme_file.rows import KINDS
from advice.settings.field_words import LABELS, SPECIAL
from advice.settings.log_words import ACTS, SUBJECTS
from advice.settings.sections.leaves import UNASKED, model_of
from advice.settings.sections.sentences import OTHERWISE, sentence
from advice.settings.sections.words import BY_NAME, SECTIONS, WORDS

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)


def test_every_section_of_the_file_has_a_screen() -> None:
    assert {section.name for section in SECTIONS} == {"programme", *KINDS}
    assert len({section.slug for section in SECTIONS}) == len(SECTIONS)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_field_of_a_section_has_a_label(name: str) -> None:
    lacking = [one.name for one in specs(model_of(name)) if one.name not in {*LABELS, *UNASKED}]
    assert lacking == []


def test_every_field_of_a_filter_has_a_label() -> None:
    assert [one.name for one in specs(Filter) if f"filter.{one.name}" not in SPECIAL] == []


def test_every_fixed_word_of_the_file_is_danish() -> None:
    words = {word for name in BY_NAME for one in specs(model_of(name)) for word in one.words}
    assert words and words - set(WORDS) == set()


RECORDERS = {
    ("advice.models", "audit"),
    ("advice.actions.people_checks", "record"),
    ("advice.actions.drafts.laying", "record"),
    ("advice.actions.swaps.offering", "record"),
}
"""What a module that writes into the audit imports."""


def acts_in_code() -> set[str]:
    """The codes that anything in advice/ writes into the audit, read from the calls that write them."""
    found: set[str] = set()
    for path in (ROOT / "advice").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not RECORDERS & {
            (node.module, alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in ("record", "_record", "_record_answer"):
                found |= {code for given in node.args[:2] for code in texts(given)}
            if isinstance(node, ast.Assign) and any(name_of(target) == "action" for target in node.targets):
                found |= set(texts(node.value))
    return found


def name_of(node: ast.expr) -> str:
    """The last part of a name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def texts(node: ast.expr) -> list[str]:
    """The text that an expression gives, or may give."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_act_that_is_recorded_has_words() -> None:
    found = acts_in_code()
    assert {"logged_in", "shift_added", "visit_undone", "setting_added", "tablet_ended"} <= found
    assert found - set(ACTS) == set()


def test_the_words_name_no_act_that_nobody_records() -> None:
    assert set(ACTS) - acts_in_code() == set()


def test_every_table_of_a_section_has_a_word_in_the_log() -> None:
    assert {table.model.__tablename__ for table in TABLES} - set(SUBJECTS) == set()


FAULTS = """
[programme]
slug = "maal"
name = ""
short_name = "x"
municipality = "y"
municipality_code = "12a"
languages = []
valid_from = 2026-02-01
valid_to = 2026-01-01
[[organisations]]
code = "a b"
name = "n"
short_name = "{long}"
kind = "k"
coordinates = true
[[organisations]]
code = "c"
name = "n"
short_name = "s"
kind = "k"
coordinates = true
[[organisations]]
code = "c"
name = "n"
short_name = "s"
kind = "k"
[[places]]
code = "p"
slug = "Stor By"
name = "n"
room = "r"
latitude = 99
[[places]]
code = "p2"
slug = "p2"
name = "n"
room = "r"
latitude = 9
[[services]]
code = "s"
labels = {{ en = "x" }}
organisation = "findes-ikke"
min_age = -1
[[services]]
code = "s2"
labels = {{ da = "x" }}
organisation = "c"
[[hours]]
place = "p2"
service = "s2"
weekday = "mon"
starts = "12:00"
ends = "11:00"
valid_from = 2026-01-01
[[hours]]
place = "p2"
service = "s2"
weekday = "mon"
starts = "12:00"
ends = "14:00"
valid_from = 2026-01-01
[[hours]]
place = "p2"
service = "s2"
weekday = "mon"
starts = "13:00"
ends = "14:00"
valid_from = 2026-01-01
[[hours]]
place = "p2"
service = "s2"
weekday = "sun"
starts = "02:30"
ends = "05:00"
valid_from = 2026-01-01
[[extra_openings]]
place = "p2"
service = "s2"
day = 2027-03-28
starts = "02:30"
ends = "05:00"
[[closures]]
kind = "once"
first_day = "12-24"
reason = {{ da = "r" }}
[[needs]]
place = "p2"
service = "s2"
weekday = "mon"
never_fewer = 3
least = 2
best = 1
valid_from = 2026-01-01
[[competences]]
code = "k"
kind = "language"
labels = {{ da = "x" }}
[[bodies]]
code = "b"
labels = {{ da = "x" }}
kind = "k"
link = "example.org"
[[bodies]]
code = "b2"
labels = {{ da = "x" }}
kind = "k"
link = "https://"
[[agreements]]
code = "a"
title = "t"
renews = "a2"
valid_from = 2026-01-01
valid_to = 2026-12-31
[[agreements.objectives]]
code = "o"
text = "t"
[[agreements.objectives.indicators]]
code = "i"
text = "t"
direction = "at_least"
measure = "share"
[[agreements]]
code = "a2"
title = "t"
valid_from = 2026-01-01
valid_to = 2026-12-31
"""


def findings() -> list[tuple[str, str]]:
    """What the checks say of a file that is wrong in every way a form can be: section and finding."""
    with pytest.raises(FaultyFile) as caught:
        read(FAULTS.format(long="x" * 60).encode(), TODAY)
    return [(re.split(r"[\[.]", one.field)[0], one.sentence) for one in caught.value.faults]


def test_what_the_checks_find_is_said_without_the_words_of_the_file(app: Flask) -> None:
    found = findings()
    assert len(found) > 20
    with app.test_request_context():
        said = {one: sentence(one[1], one[0]) for one in found}
    assert {one: words for one, words in said.items() if words == str(OTHERWISE)} == {}
    technical = re.compile(
        r"\b[a-z]+_[a-z]+\b|\b(?:latitude|starts|ends|code|kind|measure|slug|counts|direction)\b|\[\d"
    )
    assert {one: words for one, words in said.items() if technical.search(words)} == {}
    assert all(words.endswith(".") for words in said.values())
