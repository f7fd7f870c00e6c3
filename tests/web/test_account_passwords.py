"""Min konto: a new password, and showing again who she is before what opens the account is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice.accounts.passwords import is_right
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.outbox import Mail
from advice.models.people import Person
from advice.rules.sessions import PROOF_LASTS
from tests import real_people
from tests.builders import PASSWORD
from tests.program import Clock
from tests.real_people import RITA, browser, elsewhere, rita
from tests.second_factors import code_at
from tests.web_client import CheckingClient

havnen, inside = real_people.havnen, real_people.inside
NEW = "gule støvler på kajen"


@pytest.mark.t9
def test_asvs_6_2_3_a_new_password_is_given_for_the_old_one(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    answer = inside.submit("/konto/adgangskode", old="forkert", new=NEW)
    assert answer.status_code == 422 and 'id="old-error"' in answer.text
    assert is_right(rita(app).password_hash, PASSWORD)
    answer = inside.submit("/konto/adgangskode", old=PASSWORD, new=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto")
    stored = rita(app).password_hash
    assert stored is not None and stored.startswith("$argon2id$")
    assert is_right(stored, NEW) and not is_right(stored, PASSWORD)
    with app.app_context():
        assert "password_changed" in db.session.scalars(select(AuditEntry.action)).all()
        assert NEW not in str(db.session.scalars(select(Mail.body)).one())


def test_a_changed_password_ends_the_other_sessions_and_not_this_one(
    app: Flask, inside: CheckingClient, clock: Clock
) -> None:
    other = elsewhere(app, clock)
    assert other.get("/konto").status_code == 200
    inside.submit("/konto/adgangskode", old=PASSWORD, new=NEW)
    assert other.get("/konto").status_code == 302
    assert inside.get("/konto").status_code == 200


def refuses(app: Flask, inside: CheckingClient, new: str) -> bool:
    """Whether the form refuses a new password at its field, and the old one stays."""
    answer = inside.submit("/konto/adgangskode", old=PASSWORD, new=new)
    return answer.status_code == 422 and 'id="new-error"' in answer.text and is_right(rita(app).password_hash, PASSWORD)


@pytest.mark.t9
@pytest.mark.parametrize("new", ["", "kort", "støvler kaj", "x" * 1001])
def test_asvs_6_2_1_a_short_password_is_refused(app: Flask, inside: CheckingClient, new: str) -> None:
    assert refuses(app, inside, new)


@pytest.mark.t9
@pytest.mark.parametrize("new", ["password1234", "123456789012", "qwertyuiop123", RITA])
def test_asvs_6_2_4_a_common_password_is_refused(app: Flask, inside: CheckingClient, new: str) -> None:
    assert refuses(app, inside, new)


@pytest.mark.t9
@pytest.mark.parametrize("new", ["æblegrød og to kopper te", "👨‍👩‍👧 bor ved havnen nu"])
def test_asvs_6_2_5_any_characters_will_do(app: Flask, inside: CheckingClient, new: str) -> None:
    assert inside.submit("/konto/adgangskode", old=PASSWORD, new=new).status_code == 303
    assert is_right(rita(app).password_hash, new)


@pytest.mark.t9
def test_asvs_6_2_9_a_password_may_be_long_and_counts_to_its_end(app: Flask, inside: CheckingClient) -> None:
    new = "otte lange sætninger om vejret på kajen. " * 8
    assert inside.submit("/konto/adgangskode", old=PASSWORD, new=new).status_code == 303
    assert is_right(rita(app).password_hash, new) and not is_right(rita(app).password_hash, new[:-1])


@pytest.mark.t9
def test_asvs_6_2_7_password_managers_know_the_fields(inside: CheckingClient) -> None:
    page = inside.page("/konto/adgangskode")
    told = {one.get("name"): one.get("autocomplete") for one in page.all("input")}
    assert (told["old"], told["new"]) == ("current-password", "new-password")
    assert not [one for one in page.all("input") if one.get("onpaste")]


@pytest.mark.t9
def test_asvs_7_5_1_after_a_while_changes_ask_again_who_she_is(
    app: Flask, inside: CheckingClient, clock: Clock
) -> None:
    clock.forward(seconds=PROOF_LASTS.total_seconds())
    answer = inside.get("/konto/pinkode")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto/bekraeft?next=/konto/pinkode")
    answer = inside.submit("/konto", action="/konto/koder")
    assert answer.headers["Location"] == "/konto/bekraeft?next=/konto"
    where = "/konto/bekraeft?next=/konto/pinkode"
    assert inside.submit(where, password="forkert").status_code == 422
    assert inside.get("/konto/pinkode").status_code == 303
    answer = inside.submit(where, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto/pinkode")
    assert inside.get("/konto/pinkode").status_code == 200


@pytest.mark.t9
def test_asvs_7_2_4_showing_again_who_she_is_gives_the_session_a_new_secret(
    app: Flask, inside: CheckingClient, clock: Clock
) -> None:
    cookie = inside.get_cookie("session")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/konto").status_code == 200
    clock.forward(seconds=PROOF_LASTS.total_seconds())
    assert inside.submit("/konto/bekraeft?next=/konto/pinkode", password=PASSWORD).status_code == 303
    assert inside.get("/konto").status_code == 200
    assert thief.get("/konto").status_code == 302


def test_who_has_no_password_shows_a_code_instead(app: Flask, inside: CheckingClient, clock: Clock) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).values(password_hash=None))
        db.session.commit()
    clock.forward(seconds=PROOF_LASTS.total_seconds())
    where = "/konto/bekraeft?next=/konto/pinkode"
    assert inside.submit(where, code="000000").status_code == 422
    assert inside.submit(where, code=code_at(clock())).headers["Location"] == "/konto/pinkode"
    assert inside.get("/konto/pinkode").status_code == 200
    assert inside.get("/konto/adgangskode").headers["Location"] == "/konto"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_proof_leads_inward_only(inside: CheckingClient, target: str) -> None:
    answer = inside.get("/konto/bekraeft", query_string={"next": target})
    assert "evil" not in answer.text
    assert inside.submit("/konto/bekraeft", password=PASSWORD).headers["Location"] == "/konto"


@pytest.mark.t9
def test_asvs_6_3_1_guessing_the_password_from_inside_ends_after_ten(inside: CheckingClient) -> None:
    statuses = [inside.submit("/konto/bekraeft", password="forkert").status_code for _ in range(11)]
    assert statuses[:3] == [422, 422, 422] and statuses[-1] == 429


def test_the_password_that_all_of_a_demonstration_share_cannot_be_changed(app: Flask) -> None:
    app.extensions["advice"] = replace(app.extensions["advice"], demo=True)
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).values(demo=True))
        db.session.commit()
    visitor = browser(app)
    visitor.submit("/log-ind", email=RITA, password=PASSWORD)
    assert visitor.get("/konto/adgangskode").headers["Location"] == "/konto"
    assert "Den kan ikke skiftes." in visitor.page("/konto").text
