"""What the tree itself must keep to. That imports go down only is held by the contract in pyproject.toml."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = (*sorted((ROOT / "advice").rglob("*.py")), ROOT / "wsgi.py")
TESTS = tuple(sorted((ROOT / "tests").rglob("*.py")))

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
NOWHERE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})
CLOCK_HOME = "advice/config.py"
CLOCKS = frozenset(
    {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.localtime",
        "time.gmtime",
    }
)
WEB = ("flask", "werkzeug", "wtforms", "jinja2")
WITHOUT_WEB = ("models", "formats", "planner", "actions")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Check = Callable[[ast.Module], Iterator[str]]


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The modules a tree imports, each with its line. A relative import counts as one of our own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, f"advice.{node.module or ''}" if node.level else node.module or ""


def long_functions(tree: ast.Module) -> Iterator[str]:
    """Functions over the budget, decorators and docstring included."""
    for function in functions(tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > MOST_LINES_OF_A_FUNCTION:
            yield f"{function.lineno}: {function.name} has {lines} lines"


def untyped_signatures(tree: ast.Module) -> Iterator[str]:
    """Functions with an argument or an answer that says no type; `self` and `cls` need none."""
    for function in functions(tree):
        given = function.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        bare = [a.arg for a in arguments if a and a.annotation is None and a.arg not in ("self", "cls")]
        if bare or function.returns is None:
            yield f"{function.lineno}: {function.name} {bare or 'returns what?'}"


def own_imports_inside_functions(tree: ast.Module) -> Iterator[str]:
    """Imports of our own modules anywhere but at the top: they hide who needs whom."""
    for function in functions(tree):
        for line, module in imported(function):
            if module.partition(".")[0] in ("advice", "tests"):
                yield f"{line}: {function.name} imports {module}"


def clocks(tree: ast.Module) -> Iterator[str]:
    """Readings of the clock: the time is a parameter, and comes from the settings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ".".join(ast.unparse(node).split(".")[-2:])
            if name in CLOCKS:
                yield f"{node.lineno}: {name}"


def more_than_a_docstring(tree: ast.Module) -> Iterator[str]:
    """What an __init__.py holds besides the docstring it must have."""
    if ast.get_docstring(tree) is None:
        yield "1: no docstring"
    yield from (f"{node.lineno}: {ast.unparse(node)[:60]}" for node in tree.body[1:])


def imports_of_the_web(tree: ast.Module) -> Iterator[str]:
    """Imports of Flask and its kind."""
    for line, module in imported(tree):
        if module.partition(".")[0].startswith(WEB):
            yield f"{line}: {module}"


def imports_beyond_the_standard_library(tree: ast.Module) -> Iterator[str]:
    """Imports of anything but the standard library and other rules."""
    for line, module in imported(tree):
        if module.partition(".")[0] not in sys.stdlib_module_names and not f"{module}.".startswith("advice.rules."):
            yield f"{line}: {module}"


def found(check: Check, files: tuple[Path, ...]) -> list[str]:
    """What a check finds, as file:line: what."""
    assert files, "there is nothing here to check"
    trees = ((path, ast.parse(path.read_text(encoding="utf-8"))) for path in files)
    return [f"{path.relative_to(ROOT)}:{fault}" for path, tree in trees for fault in check(tree)]


def under(*packages: str) -> tuple[Path, ...]:
    """The files of some packages of the program."""
    folders = [ROOT / "advice" / package for package in packages]
    return tuple(path for path in PROGRAM if any(path.is_relative_to(folder) for folder in folders))


@pytest.mark.parametrize(
    ("check", "snippet"),
    [
        (long_functions, "def f() -> None:\n" + "    pass\n" * MOST_LINES_OF_A_FUNCTION),
        (untyped_signatures, "def f(a) -> None: ..."),
        (untyped_signatures, "class C:\n    def f(self, *, a: int): ..."),
        (own_imports_inside_functions, "def f() -> None:\n    from advice.rules import spans"),
        (own_imports_inside_functions, "def f() -> None:\n    from . import spans"),
        (clocks, "import datetime as d\nx = d.datetime.now()"),
        (clocks, "from datetime import date\nx = date.today()"),
        (clocks, "f(default=datetime.utcnow)"),
        (more_than_a_docstring, '"""Manual."""\nfrom advice.rules import spans'),
        (more_than_a_docstring, ""),
        (imports_of_the_web, "import flask_login"),
        (imports_of_the_web, "from werkzeug.exceptions import NotFound"),
        (imports_beyond_the_standard_library, "from advice.models import people"),
        (imports_beyond_the_standard_library, "import sqlalchemy"),
    ],
)
def test_each_check_finds_what_it_is_for(check: Check, snippet: str) -> None:
    assert list(check(ast.parse(snippet)))


def test_no_file_is_longer_than_its_budget() -> None:
    long = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in PROGRAM + TESTS}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES_OF_A_FILE} == {}
    assert long["tests/conftest.py"] < 150


def test_no_function_is_longer_than_its_budget() -> None:
    assert found(long_functions, PROGRAM + TESTS) == []


def test_every_signature_is_typed() -> None:
    assert found(untyped_signatures, PROGRAM + TESTS) == []


def test_nothing_of_our_own_is_imported_inside_a_function() -> None:
    assembled_last = ROOT / "advice" / "app.py"
    assert found(own_imports_inside_functions, tuple(path for path in PROGRAM if path != assembled_last)) == []


def test_only_the_settings_read_the_clock() -> None:
    assert found(clocks, tuple(path for path in PROGRAM if path != ROOT / CLOCK_HOME)) == []


def test_the_init_of_a_package_is_its_manual_and_nothing_else() -> None:
    inits = tuple(path for path in PROGRAM + TESTS if path.name == "__init__.py")
    assert found(more_than_a_docstring, inits) == []


def test_every_package_has_its_manual() -> None:
    folders = {path.parent for path in PROGRAM + TESTS if path.parent != ROOT}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    said = {str(path.relative_to(ROOT)): {path.stem, *path.parent.parts} for path in PROGRAM + TESTS}
    assert [name for name, words in said.items() if words & NOWHERE_NAMES] == []


def test_rules_import_only_the_standard_library() -> None:
    assert found(imports_beyond_the_standard_library, under("rules")) == []


def test_what_stands_below_the_screens_knows_nothing_of_flask() -> None:
    assert found(imports_of_the_web, under(*WITHOUT_WEB)) == []
