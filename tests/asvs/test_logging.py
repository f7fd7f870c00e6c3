"""ASVS 5.0, chapter 16: what is written down of who came in and who was refused, and what errors give away."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Executable, delete, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, scoped_session

from advice.database import begin_write, db, is_postgresql
from advice.models.accounts import Attempt, LogInSession
from advice.models.audit import AuditEntry, record
from advice.rules.access import TABLE, Action, Role, Scope
from tests import tablet_screens
from tests.asvs.people import RITA, fails, real
from tests.builders import PASSWORD
from tests.every_address import Values, Visitor, addresses
from tests.plans import client_of
from tests.program import SECRET_KEY, Clock
from tests.second_factors import SECRET, code_at
from tests.stored import stored_world
from tests.tablet_screens import PINS
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9

NEXT_STEP = 60
WRONG = "en helt forkert adgangskode"
TYPED = "Zq1 skrevet af nogen\nWARNING falsk linje\r\n\x1b[31m\u2028"
SECURITY = "advice.security"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anything logs."""
    caplog.set_level(logging.DEBUG)
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[str]:
    """What stands in the log, as a handler writes it."""
    formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
    return [formatter.format(entry) for entry in log.records]


def attempts(app: Flask) -> list[tuple[str, bool, bool]]:
    """Each try: which door, whether it opened, and whether it was at somebody's account."""
    with app.app_context():
        rows = db.session.scalars(select(Attempt).order_by(Attempt.id))
        return [(row.door, row.succeeded, row.person_id is not None) for row in rows]


def audited(app: Flask, action: str) -> list[AuditEntry]:
    """The entries of an action, oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_asvs_16_3_1_log_ins_are_written_down_those_that_failed_too(
    app: Flask, values: Values, client: CheckingClient, clock: Clock
) -> None:
    real(app, clock)
    client.submit("/log-ind", email="ingen@example.org", password=WRONG)
    client.submit("/log-ind", email=RITA, password=WRONG)
    client.submit("/log-ind", email=RITA, password=PASSWORD)
    client.submit("/log-ind/trin", code="000000")
    client.submit("/log-ind/trin", code=code_at(clock()))
    assert attempts(app) == [
        ("log_in", False, False),
        ("log_in", False, True),
        ("log_in", True, True),
        ("second", False, True),
        ("second", True, True),
    ]
    (entry,) = audited(app, "logged_in")
    assert (entry.details, entry.at, entry.subject) == ({"method": "password"}, clock(), "sessions")
    client.submit("/vagtplan/2026-48", action="/log-ud")
    assert len(audited(app, "logged_out")) == 1


def test_asvs_16_3_1_pins_are_written_down_with_where_they_were_typed(app: Flask, client: CheckingClient) -> None:
    stored_world(app)
    tablet_screens.give_pins(app)
    tablet_screens.enrol(client)
    before = len(attempts(app))
    tablet_screens.type_pin(app, client, "rita", "000001")
    tablet_screens.type_pin(app, client, "rita")
    assert attempts(app)[before:] == [("pin", False, True), ("pin", True, True)]
    assert audited(app, "logged_in")[-1].details == {"method": "pin"}
    with app.app_context():
        assert str(db.session.scalars(select(Attempt.address)).all()[-1]).startswith("tablet:")


def test_asvs_16_3_1_links_and_changed_passwords_are_written_down(
    app: Flask, values: Values, client: CheckingClient
) -> None:
    for number in range(2):
        client.get(f"/invitation/{number:x<43}")
    client.submit("/glemt", email=RITA, action="/glemt")
    assert attempts(app) == [("invitation", False, False)] * 2 + [("password_mail", True, True)]
    assert audited(app, "link_made")


def refusals(log: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the security log since the last look."""
    found = [entry.getMessage() for entry in log.records if entry.name == SECURITY]
    log.clear()
    return found


def test_asvs_16_3_2_whoever_is_refused_something_stands_in_the_log(
    app: Flask, values: Values, log: pytest.LogCaptureFixture
) -> None:
    rita = Visitor(app, "rita")
    token = rita.token()
    with app.app_context():
        number = db.session.scalars(select(LogInSession.id)).one()
    assert [entry.subject_id for entry in audited(app, "logged_in")] == [str(number)]
    log.clear()
    assert rita.client.get("/indstillinger/personer").status_code == 403
    assert refusals(log) == [f"refused 403: GET settings.people, adviser in session {number}"]
    assert rita.client.post("/indstillinger/personer/inviter", data={"csrf_token": token}).status_code == 403
    assert refusals(log) == [f"refused 403: POST settings.invite, adviser in session {number}"]
    assert rita.client.post("/log-ind", headers={"Origin": "https://evil.example"}).status_code == 403
    assert refusals(log) == ["refused 403: POST accounts.log_in, nobody logged in"]


def test_asvs_16_3_2_a_row_of_another_organisation_is_hidden_and_that_stands_in_the_log(
    app: Flask, values: Values, log: pytest.LogCaptureFixture
) -> None:
    bent = client_of(app, "bent")
    log.clear()
    assert bent.get(f"/henvendelser/{values['visit_id']}").status_code == 404
    (line,) = refusals(log)
    assert re.fullmatch(r"refused 404: GET visits\.correct, adviser in session \d+", line)
    app.test_client().get("/findes-ikke/")
    assert refusals(log) == []


def test_asvs_16_3_2_a_closed_door_stands_in_the_log(
    app: Flask, values: Values, client: CheckingClient, log: pytest.LogCaptureFixture
) -> None:
    codes = [client.submit("/log-ind", email=RITA, password=WRONG).status_code for _ in range(11)]
    assert codes[-1] == 429
    assert refusals(log) == ["refused 429: POST accounts.log_in, nobody logged in"]


def test_asvs_16_3_2_every_refusal_of_every_page_does(
    app: Flask, values: Values, log: pytest.LogCaptureFixture
) -> None:
    lars, refused = Visitor(app, "lars"), 0
    log.clear()
    for _rule, url in addresses(app, values):
        if lars.client.get(url).status_code == 403:
            refused += 1
            (line,) = refusals(log)
            assert re.fullmatch(r"refused 403: GET \w+\.\w+, reader in session \d+", line), f"{url}: {line}"
        log.clear()
    assert refused > 8


def test_asvs_16_2_5_no_secret_and_nothing_that_was_typed_stands_in_a_log(
    live: Flask, clock: Clock, log: pytest.LogCaptureFixture
) -> None:
    live.add_url_rule("/proeve", "proeve", fails)
    real(live, clock)
    client = live.test_client()
    assert isinstance(client, CheckingClient)
    client.submit("/log-ind", email=RITA, password=WRONG)
    client.submit("/log-ind", email=RITA, password=PASSWORD)
    code = code_at(clock())
    client.submit("/log-ind/trin", code=code)
    clock.forward(seconds=NEXT_STEP)
    client.submit("/konto/adgangskode", old=PASSWORD, new="gule støvler på kajen")
    client.submit("/konto/pinkode", pin=PINS["rita"], again=PINS["rita"])
    cookie = client.get_cookie("session")
    with client.session_transaction() as held:
        secrets = [held["_user_id"], held["csrf_token"]]
    client.get(f"/kalender/{'hemmelig' * 5}xyz.ics?password={WRONG}")
    client.get("/henvendelser?uge=Zq1")
    assert client.get("/proeve", query_string={"x": TYPED}).status_code == 500
    assert cookie is not None
    secrets += [WRONG, PASSWORD, "gule støvler", PINS["rita"], code, SECRET, SECRET_KEY, cookie.value, "hemmelig"]
    said = "\n".join(lines(log))
    assert "unhandled error at proeve: ValueError" in said
    assert [secret for secret in [*secrets, RITA, "Rita", "Zq1", "Parameter"] if secret in said] == []


def test_asvs_16_2_5_what_a_database_complains_of_is_not_quoted(live: Flask, log: pytest.LogCaptureFixture) -> None:
    def stores() -> str:
        begin_write()
        db.session.execute(text("INSERT INTO people (name, email) VALUES (:name, :name)"), {"name": "Zq1 Hansen"})
        return ""

    live.add_url_rule("/proeve", "proeve", stores)
    assert live.test_client().get("/proeve").status_code == 500
    said = "\n".join(lines(log))
    assert "unhandled error at proeve: IntegrityError" in said and "test_logging.py:" in said
    assert "Zq1" not in said and "INSERT" not in said


@pytest.mark.parametrize("path", ["/proeve", "/indstillinger/personer", "/henvendelser/{}", "/log-ind", "/findes/{}"])
def test_asvs_16_4_1_nothing_that_is_sent_begins_a_line_of_a_log(
    live: Flask, values: Values, log: pytest.LogCaptureFixture, path: str
) -> None:
    live.add_url_rule("/proeve", "proeve", fails)
    rita = Visitor(live, "rita")
    log.clear()
    forged = {"User-Agent": "x\x1b[31m", "X-Forwarded-For": "1.2.3.4\x85WARNING", "Origin": "null\x85WARNING falsk"}
    url = path.format(values["visit_id"])
    for where in (url, f"{url}%0aWARNING%20falsk"):
        rita.client.get(where, query_string={"x": TYPED})
        rita.client.post(where, query_string={"x": TYPED}, data={"x": TYPED}, headers=forged)
        rita.client.open(where, method="GET", headers=forged)
    rita.client.open(url, method="WARNING FALSK", headers={"Origin": "https://evil.example"})
    said = lines(log)
    assert said
    for line in said:
        assert len(line.splitlines()) == 1 and "falsk" not in line.lower() and "\x1b" not in line, line


@pytest.mark.both_engines
def test_asvs_16_4_2_no_statement_changes_or_takes_away_an_entry_of_the_audit(
    session: scoped_session[Session], clock: Clock
) -> None:
    begin_write()
    record(clock() - timedelta(days=30), "tried", "people", 1)
    session.commit()
    changes: tuple[Executable, ...] = (
        update(AuditEntry).values(action="x"),
        update(AuditEntry).values(at=clock()),
        delete(AuditEntry),
    )
    statements = [*changes, *([text("TRUNCATE audit_entries")] if is_postgresql() else [])]
    for statement in statements:
        begin_write()
        with pytest.raises(DatabaseError, match="append_only"):
            session.execute(statement)
        session.rollback()
    assert session.scalars(select(AuditEntry.action)).all() == ["tried"]


def test_asvs_16_4_2_the_audit_is_for_leaders_and_of_the_own_organisation() -> None:
    scopes = {role: TABLE[role].get(Action.SEE_AUDIT, Scope.NONE) for role in Role}
    assert scopes == {
        Role.ADVISER: Scope.NONE,
        Role.READER: Scope.NONE,
        Role.TEAM_LEADER: Scope.ORGANISATION,
        Role.COORDINATOR: Scope.ORGANISATION,
    }
