"""Whether a membership counts is asked in one place only: its days alone do not say whether she has taken it on."""

from __future__ import annotations

import ast

import pytest

from advice.config import ROOT

HOME = "advice/models/people.py"
DAYS = {"valid_from", "valid_to"}
KNOW_WHY = {
    HOME,
    "advice/models/people_questions.py",  # what lasts, and who leads on which days: each asks for accepted_at too
    "advice/actions/retention_people.py",  # how long ago the last one ended, among those taken on
}


def asks_for_days_alone(source: str) -> list[int]:
    """The lines in which a membership is asked for the days it is valid on, by the general question or by columns."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("valid_on", "not_ended")):
            lines += [node.lineno for one in node.args[:1] if ast.unparse(one).endswith("Membership")]
        if isinstance(node, ast.Attribute) and node.attr in DAYS and ast.unparse(node.value).endswith("Membership"):
            lines.append(node.lineno)
    return lines


def test_nobody_asks_for_the_days_of_a_membership_alone() -> None:
    files = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "advice").rglob("*.py")}
    asked = {name: asks_for_days_alone(source) for name, source in files.items()}
    assert {name: lines for name, lines in asked.items() if lines and name not in KNOW_WHY} == {}, "ask people.in_force"


@pytest.mark.parametrize(
    "source",
    [
        "select(x).where(valid_on(Membership, day))",
        "programmes.valid_on(people.Membership, day)",
        "Membership.valid_to",
    ],
)
def test_such_a_question_is_seen(source: str) -> None:
    assert asks_for_days_alone(source) == [1]


def test_the_exceptions_are_still_some() -> None:
    for name in KNOW_WHY:
        assert asks_for_days_alone((ROOT / name).read_text()), name
