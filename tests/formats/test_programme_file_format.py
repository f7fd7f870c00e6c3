"""The format of a programme file: each place has a line, its words are the columns', its manual names every field."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from advice.config import ROOT
from advice.formats.programme_file.catalogue import Filter
from advice.formats.programme_file.lines import line_map
from advice.formats.programme_file.rows import KINDS
from advice.formats.programme_file.sections import Item, Programme
from advice.formats.programme_file.sentences import sentence_of
from advice.models.hours import CLOSURE_KINDS
from advice.models.indicators import MEASURES
from advice.models.places import APPROVERS
from advice.models.roster import COMPETENCE_KINDS
from advice.rules.indicators import Direction

KEYS = st.text(alphabet="ab-.æ \"'=[]#", min_size=1, max_size=4)
SCALARS = st.integers(-5, 5) | st.booleans() | st.text(alphabet="a#[]{}=\"'\n\\,", max_size=8) | st.dates()
VALUES_OF_ANY_KIND = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
TREES = st.dictionaries(KEYS, VALUES_OF_ANY_KIND, max_size=4)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, each in inside for path in ((*here, key), *paths(each, (*here, key)))]


@given(TREES, st.booleans())
def test_every_place_of_any_toml_has_a_line(tree: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(tree, multiline_strings=multiline)
    assert tomllib.loads(text) == tree
    assert set(line_map(text)) == set(paths(tree))


WORDS = [
    (KINDS["services"], "approval", [*APPROVERS]),
    (KINDS["closures"], "kind", [*CLOSURE_KINDS]),
    (KINDS["competences"], "kind", [*COMPETENCE_KINDS]),
    (KINDS["indicators"], "direction", [*Direction]),
    (KINDS["indicators"], "measure", [*MEASURES]),
]


@pytest.mark.parametrize(("kind", "name", "words"), WORDS, ids=[f"{kind.__name__}.{name}" for kind, name, _ in WORDS])
def test_a_field_takes_the_words_of_its_column_and_no_others(kind: type[Item], name: str, words: list[str]) -> None:
    def faults_of(value: str) -> list[str]:
        with pytest.raises(ValidationError) as caught:
            kind.model_validate({name: value, "colour": 1})
        return [sentence_of(error) for error in caught.value.errors() if error["loc"] == (name,)]

    assert [faults_of(word) for word in words] == [[]] * len(words)
    assert faults_of("blue") == [f"skal være en af {', '.join(repr(str(word)) for word in words)}"]


MANUAL = (ROOT / "docs/programme-file.md").read_text(encoding="utf-8")


def test_the_manual_names_every_field_of_every_section_and_no_other() -> None:
    chapters = {part.split("\n")[0].strip("[] "): part for part in MANUAL.split("\n## ")[1:]}
    prefixes = {"topics": "topic_groups.", "objectives": "agreements.", "indicators": "agreements.objectives."}
    prefixes["readings"] = "agreements.objectives.indicators."
    classes = {prefixes.get(name, "") + name: {*kind.model_fields} for name, kind in KINDS.items()}
    classes["programme"] = {*Programme.model_fields}
    classes["agreements.objectives.indicators"] |= {*Filter.model_fields}
    assert set(classes) == set(chapters) - {"What an import does", "Types"}
    for name, expected in classes.items():
        rows = [row.split("|")[1] for row in chapters[name].splitlines() if row.startswith("| `")]
        assert {field for row in rows for field in re.findall(r"`(\w+)`", row)} == expected, name


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", MANUAL, re.DOTALL))
def test_the_examples_of_the_manual_have_the_right_shape(example: str) -> None:
    read_any = 0
    for name, tables in tomllib.loads(example).items():
        while isinstance(tables, dict) and name in ("agreements", "objectives"):
            ((name, tables),) = tables.items()
        kind: type[Item] = Programme if name == "programme" else KINDS[name]
        for table in [tables] if isinstance(tables, dict) else tables:
            kind.model_validate(table)
            read_any += 1
    assert read_any
