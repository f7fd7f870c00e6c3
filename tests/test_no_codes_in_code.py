"""No code names a topic, an outcome, an organisation, a place: all that is data of a programme.

The codes, slugs, names and Danish labels of the two demo programmes are looked for in every string of the program
and in every text, attribute and expression of the templates. Words of plain English and Danish that stand there for
another reason are listed with it; and nothing at all compares a row's code with a literal.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, nodes
from jinja2.ext import InternationalizationExtension

from advice.config import ROOT

FILES = (ROOT / "advice/demo/aktiv.toml", ROOT / "advice/demo/en-faelles-indsats.toml")
CODE = tuple(path for path in sorted((ROOT / "advice").rglob("*.py")) if "demo" not in path.relative_to(ROOT).parts)
TEMPLATES = tuple(sorted((ROOT / "templates").rglob("*.*")))
JINJA = Environment(extensions=[InternationalizationExtension], autoescape=True)
LONG = 10
"""Letters from which on a name is looked for inside longer texts too."""

PLAIN_WORDS = {
    "open": "the status of an opening, the icon of it, and an HTML attribute; as an outcome's code it means to go on",
    "dig": "Danish for you, beside one's own name; as a topic group's code it is short for digital",
    "24": "the size of an icon's drawing; as a department's code it is a number that the agreement prints",
    "done": "the state of a swap; as an outcome's code it is that the resident was helped",
    "course": "why somebody is away; as a code of a programme file it is what residents were helped on to",
    "mail": "a way by which something is told, beside text messages; as a help form's code it is help with one",
    **dict.fromkeys(("home", "money"), "the name of a drawing; as a topic group's code it is what that is about"),
    **dict.fromkeys(("ar", "tr", "so"), "a language that has a catalogue; as a competence's code it is that language"),
}
"""Words that stand in the program or its templates for another reason than that a programme file has them."""
CODE_FIELDS = frozenset({"code", "slug"})


def words_of(value: Any, key: str = "") -> Iterator[str]:
    """The codes, slugs, names and Danish labels of a programme file."""
    if isinstance(value, list):
        for each in value:
            yield from words_of(each, key)
    elif isinstance(value, Mapping):
        yield from ([value["da"]] if key == "labels" else [])
        for name, each in value.items():
            yield from words_of(each, name)
    elif key in ("code", "slug", "name", "short_name", "title", "municipality"):
        yield str(value)


WORDS = frozenset(word for path in FILES for word in words_of(tomllib.loads(path.read_text(encoding="utf-8"))))
LONG_WORDS = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(WORDS) if len(word) >= LONG))


def named(text: str) -> str | None:
    """The word of the programme files that a text is, or that stands in it."""
    if text.strip() in WORDS:
        return text.strip()
    found = LONG_WORDS.search(text)
    return found.group() if found else None


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string that the program can use: all but docstrings."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


class Texts(HTMLParser):
    """The texts and attribute values of a template, with their lines."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_data(self, data: str) -> None:
        self.found.append((self.getpos()[0], data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(self.getpos()[0], value) for _, value in attrs if value]


def template_texts(source: str) -> Iterator[tuple[int, str]]:
    """Strings in expressions, texts and attributes of a template."""
    html = ""
    for line, kind, value in JINJA.lex(source):
        if kind == "string":
            yield line, value[1:-1]
        html += value if kind == "data" else "\n" * value.count("\n")
    reader = Texts()
    reader.feed(html)
    reader.close()
    yield from reader.found


def named_in_code() -> Iterator[tuple[str, str]]:
    for path in CODE:
        for line, text in literals(ast.parse(path.read_text(encoding="utf-8"))):
            if word := named(text):
                yield f"{path.relative_to(ROOT)}:{line}", word


def named_in_templates() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        for line, text in template_texts(path.read_text(encoding="utf-8")):
            if word := named(text):
                yield f"{path.relative_to(ROOT)}:{line}", word


def compared(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Comparisons and cases of Python that hold a word of the files, or a literal beside a row's code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.MatchValue):
            texts = {
                each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
            names = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
            if texts & (WORDS - PLAIN_WORDS.keys()) or (texts and names & CODE_FIELDS):
                yield node.lineno, ast.unparse(node)


def compared_in_template(source: str) -> Iterator[tuple[int, str]]:
    """The same in the expressions of a template."""
    for node in JINJA.parse(source).find_all(nodes.Compare):
        texts = {each.value for each in node.find_all(nodes.Const) if isinstance(each.value, str)}
        names = {each.attr for each in node.find_all(nodes.Getattr)}
        if texts & (WORDS - PLAIN_WORDS.keys()) or (texts and names & CODE_FIELDS):
            yield node.lineno, ", ".join(sorted(texts))


def test_no_string_of_the_program_names_what_a_programme_file_names() -> None:
    assert [(where, word) for where, word in named_in_code() if word not in PLAIN_WORDS] == []


def test_no_template_names_what_a_programme_file_names() -> None:
    assert [(where, word) for where, word in named_in_templates() if word not in PLAIN_WORDS] == []


def test_every_listed_word_still_stands_somewhere() -> None:
    assert {word for _, word in (*named_in_code(), *named_in_templates())} >= PLAIN_WORDS.keys()


def test_nothing_in_the_program_is_compared_with_a_code() -> None:
    found = [(path.name, *each) for path in CODE for each in compared(ast.parse(path.read_text(encoding="utf-8")))]
    assert found == []


def test_nothing_in_a_template_is_compared_with_a_code() -> None:
    found = [
        (path.name, *each) for path in TEMPLATES for each in compared_in_template(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 'money.bill'", "f('jobcenter-sdb')", "{'borgersamtale': 1}", "x = 'Løst nu'",
        "x = 'Velkommen til Stenbjergparken i dag'", "print(f'{x} kloever-hvedemarken')",
    ],
)  # fmt: skip
def test_the_search_sees_a_word_in_code(source: str) -> None:
    assert [word for _, text in literals(ast.parse(source)) if (word := named(text))]


@pytest.mark.parametrize(
    "source",
    [
        "{{ _('Løst nu') }}", "<p>Gæld og budget</p>", '<p title="Regning/rykker">', '<input value="money.bill">',
        "{% if x %}\n<b>Vi ses i Ringparken</b>{% endif %}",
        "{{ url_for('x', programme='en-faelles-indsats') }}",
    ],
)  # fmt: skip
def test_the_search_sees_a_word_in_a_template(source: str) -> None:
    assert [word for _, text in template_texts(source) if (word := named(text))]


@pytest.mark.parametrize(
    "source",
    ["topic.code == x or topic.code == 'anything'", "code in ('dig.mitid', 'dig.post')", "outcome.code != 'open'"],
)
def test_the_search_sees_a_comparison(source: str) -> None:
    assert list(compared(ast.parse(source)))
    assert list(compared_in_template("{% if " + source + " %}{% endif %}"))


def test_a_docstring_may_give_an_example() -> None:
    assert list(literals(ast.parse('def f():\n    """Like money.bill."""'))) == []
