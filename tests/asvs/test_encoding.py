"""ASVS 5.0, chapter 1: what somebody wrote stays text, in pages, headers, JSON, SQL and mails."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from advice import work
from advice.config import ROOT
from advice.database import db
from advice.models.hours import Opening
from advice.models.people import Person
from advice.models.places import Place, ResidentialArea, Service
from advice.models.programmes import Organisation, Programme
from tests.asvs.everywhere import ADVISER, COORDINATOR, STRANGER, answers
from tests.builders import PASSWORD
from tests.every_address import Values, Visitor
from tests.hostile import MARK, complaint
from tests.mail_server import mail_host
from tests.stored import writing
from tests.test_architecture import PROGRAM
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9

HOSTILE_JSON = '</script><script>alert(1)</script>\u2028"\'\\\r\n]}, {"place": "x"}'
INJECTIONS = ("' OR 1=1 --", '") OR ("1"="1', "x'; DROP TABLE people; --", "\\' OR 1=1 #", "1 UNION SELECT 1")
MAINTENANCE = frozenset({"advice/guards.py", "advice/schema.py", "advice/database.py", "advice/actions/copies.py"})
"""Where statements are made from our own lists of tables, triggers and pragmas: no request reaches those values."""


def put_the_mark_everywhere(app: Flask) -> None:
    """Every name and label of the world becomes a text that shows where it is not escaped."""
    with writing(app):
        for table in (Person, Programme, Organisation, Place, ResidentialArea):
            db.session.execute(update(table).values(name=MARK))
        db.session.execute(update(Programme).values(short_name=MARK, municipality=MARK))
        db.session.execute(update(Organisation).values(short_name=MARK))
        db.session.execute(update(Place).values(room=MARK))
        db.session.execute(update(Service).values(labels={"da": MARK}))
        db.session.execute(update(Opening).values(reason={"da": MARK}, status="closed"))


def test_asvs_1_2_1_what_is_stored_and_what_is_sent_changes_no_page_and_no_header(app: Flask, values: Values) -> None:
    put_the_mark_everywhere(app)
    shown = set()
    for query in ("", f"?{urlencode({'sted': MARK, 'uge': MARK, 'next': MARK})}"):
        for asked in answers(app, values, STRANGER, COORDINATOR, ADVISER, query=query):
            assert complaint(asked.answer) is None, complaint(asked.answer)
            if asked.answer.mimetype == "text/html" and "Zq1&lt;" in asked.answer.text:
                shown.add(asked.rule.endpoint)
    assert {"public.place", "visits.day", "roster.week"} <= shown, f"the mark was seen on {shown} only"


def test_asvs_1_2_3_a_text_with_signs_of_javascript_stays_one_text_in_json(app: Flask, values: Values) -> None:
    with writing(app):
        db.session.execute(update(Opening).values(reason={"da": HOSTILE_JSON}, status="closed"))
    answer = app.test_client().get("/havnen/aabningstider.json")
    assert answer.mimetype == "application/json"
    found = json.loads(answer.data)
    assert found and {line["reason"] for line in found} == {HOSTILE_JSON}
    assert {tuple(line) for line in found} == {("place", "service", "starts", "ends", "status", "reason")}


def test_asvs_1_2_3_data_in_a_script_block_of_a_page_cannot_end_it(app: Flask, values: Values) -> None:
    put_the_mark_everywhere(app)
    with writing(app):
        db.session.execute(update(Place).values(name=f"x{HOSTILE_JSON}"))
    for asked in answers(app, values, STRANGER, COORDINATOR):
        if asked.answer.mimetype == "text/html":
            assert "alert(1)</script>" not in asked.answer.text, str(asked)


@pytest.mark.both_engines
@pytest.mark.parametrize("text", INJECTIONS)
def test_asvs_1_2_4_a_text_with_signs_of_sql_is_looked_for_as_it_is(app: Flask, values: Values, text: str) -> None:
    stranger, rita = Visitor(app), Visitor(app, "rita")
    fields = {"email": text, "password": PASSWORD, "csrf_token": stranger.token()}
    assert stranger.client.post("/log-ind", data=fields).status_code == 422
    assert stranger.client.get("/vagtplan/2026-48").status_code == 302
    assert rita.client.get("/i-dag", query_string={"sted": text}).status_code == 404
    logged = {"csrf_token": rita.token(), "place": "skuret", "topics": text, "service": text}
    assert rita.client.post("/i-dag", data=logged).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 6


def composed_sql(tree: ast.Module) -> Iterator[str]:
    """Calls that hand a database a statement put together from values. Names in capitals are our own constants."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func).rpartition(".")[2]
        if name not in ("text", "execute", "exec_driver_sql", "literal_column") or not call.args:
            continue
        said = call.args[0]
        parts = (
            [part.value for part in said.values if isinstance(part, ast.FormattedValue)]
            if isinstance(said, ast.JoinedStr)
            else []
        )
        loose = [ast.unparse(part) for part in parts if not ast.unparse(part).isupper()]
        if loose or (isinstance(said, ast.BinOp) and isinstance(said.op, ast.Add | ast.Mod)):
            yield f"{call.lineno}: {ast.unparse(call)[:80]}"
        if isinstance(said, ast.Call) and ast.unparse(said.func).endswith(".format"):
            yield f"{call.lineno}: {ast.unparse(call)[:80]}"


@pytest.mark.parametrize(
    "snippet",
    ["text(f'SELECT {name}')", "s.execute(text('SELECT ' + name))", "text('SELECT %s' % x)", "text('{}'.format(x))"],
)
def test_a_statement_put_together_from_values_is_found(snippet: str) -> None:
    assert list(composed_sql(ast.parse(snippet)))


def test_asvs_1_2_4_no_statement_is_put_together_from_values() -> None:
    found = {str(path.relative_to(ROOT)): list(composed_sql(ast.parse(path.read_text()))) for path in PROGRAM}
    assert {name: faults for name, faults in found.items() if faults and name not in MAINTENANCE} == {}


PYTHON_THAT_RUNS_TEXT = frozenset(
    {"eval", "exec", "compile", "__import__", "render_template_string", "from_string", "pickle", "marshal", "shelve",
     "yaml", "system", "popen", "getoutput", "import_string"}
)  # fmt: skip
SCRIPT_THAT_RUNS_TEXT = re.compile(
    r"\beval\s*\(|\bnew\s+Function\b|\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write"
    r"|set(?:Timeout|Interval)\s*\(\s*[\"'`]|\bimport\s*\("
)


def runs_text(tree: ast.Module) -> Iterator[str]:
    """Whatever runs a text as a program, or makes objects of one; and commands through a shell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            last = name.rpartition(".")[2]
            if last in PYTHON_THAT_RUNS_TEXT and name != "re.compile":
                yield f"{node.lineno}: {name}"
            if any(one.arg == "shell" for one in node.keywords):
                yield f"{node.lineno}: a shell"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
            yield from (f"{node.lineno}: {name}" for name in names & PYTHON_THAT_RUNS_TEXT)


@pytest.mark.parametrize(
    "snippet",
    ["eval(x)", "builtins.exec(x)", "import pickle", "from os import system", "run(x, shell=True)",
     "flask.render_template_string(x)", "compile(x, '', 'eval')"],
)  # fmt: skip
def test_python_that_runs_text_is_found(snippet: str) -> None:
    assert list(runs_text(ast.parse(snippet)))


@pytest.mark.parametrize("snippet", ["eval(x)", "new Function(x)", "a.innerHTML = x", "setTimeout('x()', 1)"])
def test_a_script_that_runs_text_is_found(snippet: str) -> None:
    assert SCRIPT_THAT_RUNS_TEXT.search(snippet)


def test_asvs_1_3_2_nothing_runs_a_text_as_a_program() -> None:
    found = {str(path.relative_to(ROOT)): list(runs_text(ast.parse(path.read_text()))) for path in PROGRAM}
    assert {name: faults for name, faults in found.items() if faults} == {}
    scripts = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
    assert scripts
    assert [path.name for path in scripts if SCRIPT_THAT_RUNS_TEXT.search(path.read_text())] == []


@pytest.mark.parametrize("text", ["{{7*7}}", "${7*7}", "{% print 49 %}", "#{7*7}"])
def test_asvs_1_3_2_what_was_typed_is_no_template(app: Flask, values: Values, text: str) -> None:
    with writing(app):
        db.session.execute(update(Place).values(name=f"før{text}efter"))
    page = app.test_client().get("/havnen/skuret").text
    assert "før49efter" not in page and "før" in page


@pytest.mark.parametrize("name", ["Nina\r\nBcc: evil@example.org", "Nina\nSubject: x\n\nHej", "Nina\u2028Bcc: a@b.dk"])
def test_asvs_1_3_11_a_name_brings_no_header_and_no_recipient_into_a_mail(
    app: Flask, values: Values, name: str
) -> None:
    with mail_host() as host:
        settings = replace(app.extensions["advice"], mail=host.address)
        app.extensions["advice"] = settings
        with app.app_context():
            work.send_mails(settings)  # what waits in everybody's outbox already
        host.took.clear()
        assert invite(app, name, "nina@example.org") == 303
        with app.app_context():
            work.send_mails(settings)
        (mail,) = host.took
    assert host.recipients == ["nina@example.org"]
    kept = {"from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"}
    assert {header.lower() for header in mail.keys()} <= kept | {"content-transfer-encoding", "x-peer"}  # noqa: SIM118
    assert mail["Bcc"] is None and "\n" not in str(mail["Subject"])


@pytest.mark.parametrize(
    "email", ["nina@example.org\r\nBcc: evil@example.org", "nina@example.org,evil@example.org", "<nina@example.org>\n."]
)
def test_asvs_1_3_11_an_address_that_is_more_than_one_address_is_refused(
    app: Flask, values: Values, email: str
) -> None:
    assert invite(app, "Nina", email) == 422


def invite(app: Flask, name: str, email: str) -> int:
    """Karen invites somebody with exactly these texts; the status."""
    karen = app.test_client()
    assert isinstance(karen, CheckingClient)
    assert karen.submit("/log-ind", email="karen@example.org", password=PASSWORD).status_code == 303
    with app.app_context():
        organisation = db.session.scalars(select(Organisation.id).where(Organisation.code == "huset")).one()
    fields = {"name": name, "email": email, "role": "adviser", "organisation": str(organisation)}
    return karen.submit("/indstillinger/personer/inviter", fields).status_code
