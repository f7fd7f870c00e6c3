"""docs/permissions.md says what the program does."""

from __future__ import annotations

import pytest

from advice.rules.access import Action, Role, Scope
from tests import permission_page, permission_table

pytestmark = pytest.mark.t10


def test_the_page_is_what_the_tables_say_now() -> None:
    written = permission_page.FILE.read_text(encoding="utf-8")
    assert written == permission_page.page(), "python -m tests.permission_page > docs/permissions.md"


def test_every_role_action_scope_visitor_and_answer_has_danish_words() -> None:
    assert set(permission_page.ROLES) == set(Role)
    assert set(permission_page.ACTIONS) == set(Action)
    assert set(permission_page.SCOPES) == set(Scope)
    assert set(permission_page.ANSWERS) == permission_table.WORDS
    assert all(set(line.cells) == set(permission_page.VISITORS) for line in permission_table.read())


def test_a_line_that_is_none_is_refused_with_its_words() -> None:
    with pytest.raises(ValueError, match="GET /vagtplan ok maybe"):
        permission_table.line_of(["GET", "/vagtplan", "ok", "maybe"], ["anonymous", "tablet"])
