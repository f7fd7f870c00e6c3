"""Min konto: second factors, codes on paper, the PIN, and where she is logged in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from advice.accounts.passwords import is_right
from advice.database import begin_write, db
from advice.models.accounts import LogInSession, Passkey, RecoveryCode, TotpSecret
from advice.models.audit import AuditEntry
from advice.models.outbox import Mail
from advice.models.people import Person
from tests import real_people
from tests.builders import PASSWORD
from tests.program import Clock
from tests.real_people import NEXT_CODE, RITA, elsewhere, rita
from tests.second_factors import give_app
from tests.web_client import CheckingClient

havnen, inside = real_people.havnen, real_people.inside


def add_passkey(app: Flask, clock: Clock, name: bytes = b"one") -> int:
    """A passkey of Rita's, straight into the table."""
    who = rita(app).id
    with app.app_context():
        begin_write()
        row = Passkey(
            person_id=who, credential_id=name, public_key=b"key", sign_count=0, name="Firefox", created_at=clock()
        )
        db.session.add(row)
        db.session.commit()
        return row.id


def test_the_account_says_who_she_is_and_hangs_on_her_name(inside: CheckingClient) -> None:
    links = [link for link in inside.page("/vagtplan/2026-48").all("a") if link.get("href") == "/konto"]
    assert ["".join(link.itertext()) for link in links] == ["Rita Ror"]
    text = inside.page("/konto").text
    assert RITA in text and "Havnen: Organisationen huset, rådgiver" in text


def test_the_account_needs_log_in(client: CheckingClient) -> None:
    for page in ("/konto", "/konto/adgangskode", "/konto/pinkode", "/konto/sikkerhed", "/konto/bekraeft"):
        assert client.get(page).status_code == 302, page


def test_the_last_second_factor_stays(app: Flask, inside: CheckingClient) -> None:
    page = inside.page("/konto")
    assert not [form for form in page.forms() if form.action.endswith("/fjern")]
    token = dict(page.forms()[0].fields)["csrf_token"]
    assert inside.post("/konto/app/fjern", data={"csrf_token": token}).status_code == 303
    assert "Det er dit eneste ekstra trin." in inside.page("/konto").text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(TotpSecret)) == 1


def test_in_a_demonstration_a_password_logs_in_and_the_last_factor_may_go(
    app: Flask, client: CheckingClient, clock: Clock
) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], demo=True)
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).values(demo=True))
        db.session.commit()
    give_app(app, RITA, clock())
    assert client.submit("/log-ind", email=RITA, password=PASSWORD).headers["Location"] == "/i-dag"
    assert client.submit("/konto", action="/konto/app/fjern").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(TotpSecret)) == 0
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 0, "invented people get no mail"


def test_one_of_two_second_factors_goes_and_she_is_told(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    key = add_passkey(app, clock)
    assert inside.submit("/konto", action=f"/konto/adgangsnoegle/{key}/fjern").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 0
        assert "passkey_removed" in db.session.scalars(select(AuditEntry.action)).all()
        assert db.session.scalars(select(Mail.to_address)).all() == [RITA]


def test_the_app_goes_when_a_passkey_is_left(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    add_passkey(app, clock)
    assert inside.submit("/konto", action="/konto/app/fjern").status_code == 303
    assert not [form for form in inside.page("/konto").forms() if form.action.endswith("/fjern")]


def test_nobody_removes_a_passkey_of_somebody_else(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    key = add_passkey(app, clock)
    with app.app_context():
        begin_write()
        tove = db.session.scalars(select(Person).where(Person.email == "tove@example.org")).one()
        db.session.execute(update(Passkey).values(person_id=tove.id))
        db.session.commit()
    token = dict(inside.page("/konto").forms()[0].fields)["csrf_token"]
    assert inside.post(f"/konto/adgangsnoegle/{key}/fjern", data={"csrf_token": token}).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 1


def test_new_codes_for_the_paper_end_the_old_ones(app: Flask, inside: CheckingClient) -> None:
    with app.app_context():
        before = set(db.session.scalars(select(RecoveryCode.code_hash)))
    assert inside.submit("/konto", action="/konto/koder").headers["Location"] == "/konto/koder"
    assert len(re.findall(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}", inside.page("/konto/koder").text)) == 10
    with app.app_context():
        after = set(db.session.scalars(select(RecoveryCode.code_hash)))
    assert len(after) == 10 and not before & after
    assert inside.submit("/konto/koder", action="/konto/koder/gemt").headers["Location"] == "/konto"


def test_a_pin_is_stored_as_a_hash_and_never_as_itself(app: Flask, inside: CheckingClient) -> None:
    answer = inside.submit("/konto/pinkode", pin="492716", again="492716")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto")
    stored = rita(app).pin_hash
    assert stored is not None and stored.startswith("$argon2id$") and is_right(stored, "492716")
    assert "492716" not in inside.page("/konto").text
    with app.app_context():
        assert "pin_set" in db.session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize(
    "pin", ["", "49271", "4" * 13, "111111", "123456", "654321", "121212", "123123", "rita12", "４９２７１６"]
)
def test_a_short_or_easy_pin_is_refused(app: Flask, inside: CheckingClient, pin: str) -> None:
    answer = inside.submit("/konto/pinkode", pin=pin, again=pin)
    assert answer.status_code == 422 and 'id="pin-error"' in answer.text
    assert rita(app).pin_hash is None


def test_a_pin_is_typed_the_same_twice(app: Flask, inside: CheckingClient) -> None:
    answer = inside.submit("/konto/pinkode", pin="492716", again="492717")
    assert answer.status_code == 422 and 'id="again-error"' in answer.text
    assert rita(app).pin_hash is None


def test_she_sees_where_she_is_logged_in_and_ends_one(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    other = elsewhere(app, clock)
    assert other.get("/konto").status_code == 200
    page = inside.page("/konto")
    assert page.text.count("denne browser") == 1
    ends = [form.action for form in page.forms() if form.action.endswith("/afslut")]
    assert len(ends) == 1
    assert inside.submit("/konto", action=ends[0]).status_code == 303
    assert other.get("/konto").status_code == 302
    assert inside.get("/konto").status_code == 200


def test_she_ends_all_others_at_once(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    first = elsewhere(app, clock)
    clock.forward(seconds=NEXT_CODE)
    second = elsewhere(app, clock)
    assert inside.submit("/konto", action="/konto/sessioner/afslut-andre").status_code == 303
    assert [one.get("/konto").status_code for one in (first, second, inside)] == [302, 302, 200]


def test_nobody_ends_a_session_of_somebody_else(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    give_app(app, "tove@example.org", clock())
    tove = elsewhere(app, clock, "tove@example.org")
    with app.app_context():
        hers = db.session.scalars(select(LogInSession.id).order_by(LogInSession.id.desc())).first()
    token = dict(inside.page("/konto").forms()[0].fields)["csrf_token"]
    assert inside.post(f"/konto/sessioner/{hers}/afslut", data={"csrf_token": token}).status_code == 303
    assert tove.get("/konto").status_code == 200


def test_no_address_of_the_account_changes_anything_when_it_is_only_read(inside: CheckingClient) -> None:
    for url in (
        "/konto/app/fjern",
        "/konto/koder/gemt",
        "/konto/sessioner/afslut-andre",
        "/konto/adgangsnoegle/1/fjern",
    ):
        assert inside.get(url).status_code == 405, url
