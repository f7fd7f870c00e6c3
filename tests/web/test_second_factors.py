"""Nobody gets in with a password alone: the second step, setting it up, codes on paper (ASVS 5.0, 6.3.3 and 6.5.1)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from advice.accounts.steps import CODES_LAST, PENDING_LASTS
from advice.database import begin_write, db
from advice.models.accounts import LogInSession, RecoveryCode, TotpSecret
from advice.models.audit import AuditEntry
from advice.models.outbox import Mail
from advice.models.people import Person
from tests import real_people
from tests.builders import PASSWORD
from tests.program import Clock
from tests.real_people import RITA, browser
from tests.second_factors import SECRET, code_at, give_app, log_in_with_app
from tests.web_client import CheckingClient

PAGE = "/vagtplan/2026-48"


havnen = real_people.havnen


@pytest.fixture
def papers(app: Flask, clock: Clock) -> list[str]:
    """Rita has an authenticator, and these codes on paper."""
    return give_app(app, RITA, clock())


def half_way(client: CheckingClient, url: str = "/log-ind") -> None:
    """Rita has shown her password."""
    answer = client.submit(url, email=RITA, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/log-ind/trin")


def is_in(client: CheckingClient) -> bool:
    return client.get(PAGE).status_code == 200


def key_on(client: CheckingClient) -> str:
    """The key that the page for setting up an authenticator gives to type."""
    found = re.search(r"Nøgle: ((?:[A-Z2-7]{4} ?){8})", client.page("/konto/sikkerhed").text)
    assert found
    return found[1].replace(" ", "")


@pytest.mark.t9
def test_asvs_6_3_3_a_password_alone_opens_nothing(client: CheckingClient, papers: list[str]) -> None:
    half_way(client)
    assert not is_in(client)
    assert client.get("/konto").status_code == 302


@pytest.mark.t9
def test_asvs_6_3_3_a_password_and_a_code_open_the_page_asked_for(
    client: CheckingClient, papers: list[str], clock: Clock
) -> None:
    half_way(client, f"/log-ind?next={PAGE}")
    answer = client.submit("/log-ind/trin", code=code_at(clock()))
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert is_in(client)


@pytest.mark.t9
def test_asvs_6_5_1_a_code_of_the_app_opens_once(
    app: Flask, client: CheckingClient, papers: list[str], clock: Clock
) -> None:
    assert log_in_with_app(client, RITA, clock()) == "/i-dag"
    other = browser(app)
    half_way(other)
    answer = other.submit("/log-ind/trin", code=code_at(clock()))
    assert answer.status_code == 422
    assert "Koden passer ikke, eller den er brugt." in answer.text
    assert not is_in(other)
    clock.forward(seconds=30)
    assert other.submit("/log-ind/trin", code=code_at(clock())).status_code == 303


@pytest.mark.t9
def test_asvs_6_5_1_a_code_on_paper_opens_once_and_says_how_many_are_left(
    app: Flask, client: CheckingClient, papers: list[str]
) -> None:
    half_way(client)
    answer = client.submit("/log-ind/trin/papir", code=papers[3].lower().replace("-", " "))
    assert answer.status_code == 303
    assert "Du har 9 tilbage." in client.page(answer.headers["Location"]).text
    other = browser(app)
    half_way(other)
    assert other.submit("/log-ind/trin/papir", code=papers[3]).status_code == 422
    assert not is_in(other)
    with app.app_context():
        mail = db.session.scalars(select(Mail)).one()
        assert (mail.to_address, mail.kind) == (RITA, "account_changed")
        assert papers[3] not in str(mail.body)


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "abcdef", "１２３４５６", "000000", "'; --"])
def test_what_is_no_code_gets_a_sentence_at_the_field(client: CheckingClient, papers: list[str], code: str) -> None:
    half_way(client)
    answer = client.submit("/log-ind/trin", code=code)
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text


@pytest.mark.parametrize("code", ["", "x", "1" * 300, "AAAA-BBBB", "Ø" * 24])
def test_what_is_not_on_the_paper_gets_a_sentence_at_the_field(
    client: CheckingClient, papers: list[str], code: str
) -> None:
    half_way(client)
    answer = client.submit("/log-ind/trin/papir", code=code)
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text


@pytest.mark.parametrize("page", ["/log-ind/trin", "/log-ind/trin/papir"])
def test_after_ten_minutes_the_password_is_asked_again(
    client: CheckingClient, papers: list[str], clock: Clock, page: str
) -> None:
    half_way(client)
    clock.forward(seconds=PENDING_LASTS.total_seconds())
    answer = client.get(page)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/log-ind")
    assert "Der gik for lang tid. Log ind igen." in client.page("/log-ind").text


def test_the_second_step_alone_leads_back_to_log_in(client: CheckingClient) -> None:
    assert client.get("/log-ind/trin").headers["Location"] == "/log-ind"
    assert client.get("/log-ind/trin/papir").headers["Location"] == "/log-ind"


def test_who_is_disabled_between_the_steps_stays_out(
    app: Flask, client: CheckingClient, papers: list[str], clock: Clock
) -> None:
    half_way(client)
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).values(disabled_at=clock()))
        db.session.commit()
    assert client.get("/log-ind/trin").headers["Location"] == "/log-ind"


@pytest.mark.t9
def test_asvs_6_3_1_guessing_codes_ends_after_ten(client: CheckingClient, papers: list[str], clock: Clock) -> None:
    half_way(client)
    statuses = [client.submit("/log-ind/trin", code="000000").status_code for _ in range(11)]
    assert statuses[:3] == [422, 422, 422] and statuses[-1] == 429
    answer = client.submit("/log-ind/trin", code=code_at(clock()))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_first_log_in_sets_an_app_up_and_shows_the_codes_for_the_paper(
    app: Flask, client: CheckingClient, clock: Clock
) -> None:
    answer = client.submit(f"/log-ind?next={PAGE}", email=RITA, password=PASSWORD)
    assert answer.headers["Location"] == "/konto/sikkerhed"
    secret = key_on(client)
    assert secret == key_on(client), "a reload must show the same picture"
    assert client.submit("/konto/sikkerhed", code="000000", action="/konto/sikkerhed").status_code == 422
    assert not is_in(client)
    answer = client.submit("/konto/sikkerhed", code=code_at(clock(), secret), action="/konto/sikkerhed")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/konto/koder")
    codes = re.findall(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}", client.page("/konto/koder").text)
    assert len(set(codes)) == 10
    answer = client.submit("/konto/koder", action="/konto/koder/gemt")
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert is_in(client)
    assert client.get("/konto/koder").headers["Location"] == "/konto"
    with app.app_context():
        assert db.session.scalars(select(LogInSession)).one().complete
        stored = [row.code_hash for row in db.session.scalars(select(RecoveryCode))]
        assert not set(stored) & set(codes)
        assert secret not in db.session.scalars(select(TotpSecret.sealed)).one()
        acts = [row.action for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        assert acts[-2:] == ["totp_added", "recovery_codes_made"]
        details = [row.details for row in db.session.scalars(select(AuditEntry))]
        assert secret not in str(details) and not any(code in str(details) for code in codes)


def test_the_codes_for_the_paper_do_not_stay_on_the_screen(client: CheckingClient, clock: Clock) -> None:
    client.submit("/log-ind", email=RITA, password=PASSWORD)
    client.submit("/konto/sikkerhed", code=code_at(clock(), key_on(client)), action="/konto/sikkerhed")
    clock.forward(seconds=CODES_LAST.total_seconds())
    assert client.get("/konto/koder").headers["Location"] == "/konto"


def test_the_secret_in_the_cookie_is_sealed(client: CheckingClient) -> None:
    client.submit("/log-ind", email=RITA, password=PASSWORD)
    secret = key_on(client)
    with client.session_transaction() as session:
        assert secret not in str(dict(session))


def test_an_unfinished_session_opens_nothing_of_the_account(client: CheckingClient) -> None:
    client.submit("/log-ind", email=RITA, password=PASSWORD)
    for page in ("/konto", "/konto/adgangskode", "/konto/pinkode", "/konto/koder", PAGE):
        assert client.get(page).headers["Location"] == "/konto/sikkerhed", page


def test_a_new_app_takes_the_place_of_the_old_one(
    app: Flask, client: CheckingClient, papers: list[str], clock: Clock
) -> None:
    log_in_with_app(client, RITA, clock())
    assert "Den holder op med at virke" in client.page("/konto/sikkerhed").text
    secret = key_on(client)
    clock.forward(seconds=60)
    answer = client.submit("/konto/sikkerhed", code=code_at(clock(), secret), action="/konto/sikkerhed")
    assert answer.headers["Location"] == "/konto", "who has codes on paper keeps them"
    clock.forward(seconds=60)
    other = browser(app)
    half_way(other)
    assert other.submit("/log-ind/trin", code=code_at(clock(), SECRET)).status_code == 422
    assert other.submit("/log-ind/trin", code=code_at(clock(), secret)).status_code == 303


def test_passkeys_are_offered_where_the_host_is_a_name(client: CheckingClient) -> None:
    assert "/log-ind/adgangsnoegle/begynd" in client.get("/log-ind").text
    assert "/log-ind/adgangsnoegle" not in client.get("/log-ind", base_url="http://127.0.0.1").text
