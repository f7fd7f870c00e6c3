"""Every cell of permissions.txt: each address and method, for each kind of visitor, with rows of three owners.

Everybody is let in by a real log-in. What a request changes is taken back before the next (tests/visitors.py); what is
refused, or only read, may not have changed anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

import pytest
from flask import Blueprint, Flask

from advice import app as program
from advice import web
from advice.config import Settings
from advice.rules.access import OPEN, Action, Standing
from tests import permission_table, visitors
from tests.databases import SqliteFiles
from tests.permission_table import Line, rules_of
from tests.visitors import Floor

pytestmark = [pytest.mark.t9, pytest.mark.t10, pytest.mark.xdist_group("permissions")]
LINES = {line.key: line for line in permission_table.read()}


@pytest.fixture(scope="module")
def floor(sqlite_files: SqliteFiles) -> Iterator[Floor]:
    """One program for all cells."""
    url = sqlite_files.fresh()
    found = visitors.opened(url)
    yield found
    found.close()
    sqlite_files.drop(url)


def test_every_address_and_method_has_its_line_and_no_line_is_left_over(app: Flask) -> None:
    there = set(rules_of(app.url_map))
    assert sorted(there - set(LINES)) == [], "give each its line in tests/web/permissions.txt"
    assert sorted(set(LINES) - there) == [], "lines of addresses that are gone"


@pytest.mark.parametrize("key", LINES)
def test_asvs_8_2_1_an_address_answers_each_visitor_as_the_table_says(floor: Floor, key: str) -> None:
    if key not in rules_of(floor.app.url_map):
        pytest.fail("there is no such address any more")
    assert faults(floor, LINES[key]) == []


def faults(floor: Floor, line: Line) -> list[str]:
    """The cells of a line that are not as they are written, in words."""
    method, rule = rules_of(floor.app.url_map)[line.key]
    found = []
    for kind, cell in line.cells.items():
        ask = cache(partial(floor.ask, floor.guests[kind], method, rule))
        whose = floor.addresses(rule, floor.guests[kind])
        if len(whose) == 1 and len(cell) > 1:
            found.append(f"{kind}: three answers, but the address names no row")
        words = cell if len(cell) == len(whose) else cell * len(whose)
        for word, urls in zip(words, whose, strict=False):
            for url in urls:
                answer = ask(url)
                if answer.word != ("ok" if word == "none" else word):
                    found.append(f"{kind}: {word} in the table, but {answer.said}")
                if answer.changed and (word != "ok" or method == "GET"):
                    found.append(f"{kind}: {word}, but something changed: {answer.said}")
                if "none" in cell and word == "ok" and not answer.changed:
                    found.append(f"{kind}: her own is not touched either: {answer.said}")
    return found


def test_a_cell_that_says_something_else_is_found(floor: Floor) -> None:
    wrong = {
        "GET /vagtplan": ("reader", ("ok",)),
        "GET /henvendelser/<visit_id>": ("adviser", ("ok",)),
        "POST /vagtplan/vagt/<shift_id>": ("team_leader", ("ok", "404", "404")),
        "POST /konto/sessioner/afslut-andre": ("adviser", ("none",)),
        "POST /log-ud": ("tablet", ("log-in",)),
    }
    for key, (kind, cell) in wrong.items():
        line = replace(LINES[key], cells={**LINES[key].cells, kind: cell})
        assert len(faults(floor, line)) in (1, 2), key


def declared(app: Flask) -> Iterator[tuple[Line, Action | Standing | None]]:
    """Each line with what its view has declared."""
    for key, (_method, rule) in rules_of(app.url_map).items():
        if key in LINES:
            yield LINES[key], web.needs_of(app, rule.endpoint)


class TestWhatTheTableSays:
    """Promises that hold for every line, those to come too."""

    def test_asvs_8_4_1_no_row_of_another_programme_is_open_to_anybody(self, app: Flask) -> None:
        for line, needs in declared(app):
            for kind, cell in line.cells.items():
                if needs not in OPEN and len(cell) == 3:
                    assert cell[2] in ("404", "none"), f"{line.key}: {kind}"

    def test_asvs_8_2_2_visits_are_open_to_the_own_organisation_only(self) -> None:
        lines = [line for line in LINES.values() if line.path.startswith("/henvendelser/<visit_id>")]
        assert len(lines) >= 4
        for line in lines:
            assert all(cell[1:] == ("404", "404") or "ok" not in cell for cell in line.cells.values()), line.key

    def test_nobody_who_is_not_logged_in_gets_what_asks_for_it(self, app: Flask) -> None:
        for line, needs in declared(app):
            if needs is Standing.TABLET:
                assert line.cells["anonymous"] == ("404",), line.key
            elif needs not in OPEN:
                assert line.cells["anonymous"] == line.cells["tablet"] == ("log-in",), line.key

    def test_what_is_open_answers_everybody_alike(self, app: Flask) -> None:
        """But a secret that is one person's turns away who is logged in as somebody else."""
        for line, needs in declared(app):
            hers = needs is Standing.SECRET_ADDRESS and any(cell[1:] == ("403", "403") for cell in line.cells.values())
            assert needs not in OPEN or hers or len(set(line.cells.values())) == 1, line.key

    def test_what_asks_for_an_action_is_refused_to_whoever_may_not(self, app: Flask, floor: Floor) -> None:
        """The table of rules/access.py and this one agree on the roles."""
        for line, needs in declared(app):
            for kind, actor in floor.actors().items():
                opened = "ok" in line.cells[kind]
                assert not isinstance(needs, Action) or opened == visitors.may_do(actor, needs), f"{line.key}: {kind}"


class TestAViewThatSaysNothing:
    """It stops the program."""

    def test_the_program_does_not_start(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        extra = Blueprint("forgotten", __name__)
        extra.add_url_rule("/glemt-side", "page", lambda: "hemmeligt")
        monkeypatch.setattr(program, "BLUEPRINTS", (*program.BLUEPRINTS, extra))
        with pytest.raises(RuntimeError, match=r"Nobody has said who may use /glemt-side \(forgotten\.page\)"):
            program.create_app(settings)

    def test_one_that_says_it_is_open_does(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        extra = Blueprint("remembered", __name__)
        extra.add_url_rule("/aaben-side", "page", web.open_to_all(lambda: "åbent"))
        monkeypatch.setattr(program, "BLUEPRINTS", (extra, *program.BLUEPRINTS))
        assert program.create_app(settings).test_client().get("/aaben-side").text == "åbent"
