"""What passkeys are refused for, whatever sends it: the addresses that static/accounts.js asks."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from advice.accounts.passkeys import CHALLENGE_LASTS
from advice.database import begin_write, db
from advice.models.accounts import LogInSession, Passkey
from advice.models.people import Person
from tests import real_people
from tests.builders import PASSWORD
from tests.program import Clock
from tests.real_people import RITA, browser
from tests.soft_passkey import PRESENT, SoftPasskey
from tests.web_client import CheckingClient

LOG_IN, ADD, PROVE = "/log-ind/adgangsnoegle", "/konto/adgangsnoegle", "/konto/bekraeft/adgangsnoegle"
OURS = {"X-Requested-With": "accounts", "Sec-Fetch-Site": "same-origin"}
NOT_HERE = "Adgangsnøglen passer ikke her."


havnen = real_people.havnen


@pytest.fixture
def key(client: CheckingClient, clock: Clock) -> SoftPasskey:
    """Rita's passkey; she is logged in with it in `client`."""
    client.submit("/log-ind", email=RITA, password=PASSWORD)
    made = SoftPasskey()
    assert send(client, ADD, made.made(options(client, ADD))).get_json() == {"next": "/konto/koder"}
    clock.forward(seconds=1)
    return made


def send(client: CheckingClient, url: str, credential: Any) -> TestResponse:
    return client.post(url, json={"credential": credential}, headers=OURS)


def options(client: CheckingClient, url: str) -> dict[str, Any]:
    answer = client.post(f"{url}/begynd", json={}, headers=OURS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def refused(answer: TestResponse, words: str = NOT_HERE) -> None:
    assert answer.status_code == 422
    assert words in answer.get_json()["error"]


def test_a_passkey_logs_in_by_itself(app: Flask, key: SoftPasskey) -> None:
    other = browser(app)
    answer = send(other, LOG_IN, key.shown(options(other, LOG_IN)))
    assert answer.get_json() == {"next": "/i-dag"}
    assert other.get("/konto").status_code == 200
    with app.app_context():
        newest = db.session.scalars(select(LogInSession).order_by(LogInSession.id.desc())).first()
        assert newest is not None and (newest.method, newest.complete) == ("passkey", True)


def test_the_browser_is_told_to_ask_who_she_is_and_to_keep_the_key(client: CheckingClient, key: SoftPasskey) -> None:
    told = options(client, ADD)
    assert told["rp"]["id"] == "localhost"
    assert told["authenticatorSelection"]["residentKey"] == "required"
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert len(told["excludeCredentials"]) == 1
    assert RITA not in str(told["user"]["id"])
    told = options(client, LOG_IN)
    assert told["userVerification"] == "required" and not told.get("allowCredentials")


@pytest.mark.t9
@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:9999"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"credential_id": b"another"},
    ],
    ids=str,
)
def test_a_passkey_of_another_site_or_without_its_owner_is_refused(
    app: Flask, key: SoftPasskey, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        setattr(key, name, value)
    other = browser(app)
    refused(send(other, LOG_IN, key.shown(options(other, LOG_IN))))
    assert other.get("/konto").status_code == 302


@pytest.mark.t9
def test_asvs_6_3_1_wrong_passkeys_close_the_door_there_and_nowhere_else(app: Flask, key: SoftPasskey) -> None:
    away = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}
    other = browser(app)

    def status(credential: SoftPasskey, **where: Any) -> int:
        told = other.post(f"{LOG_IN}/begynd", json={}, headers=OURS).get_json()
        sent = {"credential": credential.shown(told)}
        return other.post(LOG_IN, json=sent, headers=OURS, **where).status_code

    statuses = [status(SoftPasskey(), **away) for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert status(key, **away) == 429
    assert status(key) == 200


def test_another_key_under_her_name_is_refused(app: Flask, key: SoftPasskey) -> None:
    other = browser(app)
    refused(send(other, LOG_IN, SoftPasskey().shown(options(other, LOG_IN))))


@pytest.mark.t9
def test_asvs_6_5_1_what_a_device_signed_opens_once_even_with_the_old_cookie(app: Flask, key: SoftPasskey) -> None:
    other = browser(app)
    shown = key.shown(options(other, LOG_IN))
    cookie = other.get_cookie("session")
    assert cookie is not None
    assert send(other, LOG_IN, shown).status_code == 200
    thief = browser(app)
    thief.set_cookie("session", cookie.value)
    refused(send(thief, LOG_IN, shown))
    refused(send(browser(app), LOG_IN, shown), "Der gik for lang tid.")


def test_a_counter_that_goes_back_is_refused(app: Flask, key: SoftPasskey, clock: Clock) -> None:
    for count, status in ((7, 200), (8, 200), (8, 422), (3, 422), (9, 200)):
        key.sign_count = count
        other = browser(app)
        assert send(other, LOG_IN, key.shown(options(other, LOG_IN))).status_code == status, count
        clock.forward(seconds=1)


def test_a_challenge_runs_out_and_is_good_for_one_purpose(
    app: Flask, client: CheckingClient, key: SoftPasskey, clock: Clock
) -> None:
    other = browser(app)
    shown = key.shown(options(other, LOG_IN))
    clock.forward(seconds=CHALLENGE_LASTS.total_seconds())
    refused(send(other, LOG_IN, shown), "Der gik for lang tid.")
    refused(send(client, PROVE, key.shown(options(client, LOG_IN))), "Der gik for lang tid.")


def test_who_is_disabled_or_belongs_nowhere_stays_out(app: Flask, key: SoftPasskey, clock: Clock) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(update(Person).values(disabled_at=clock()))
        db.session.commit()
    other = browser(app)
    refused(send(other, LOG_IN, key.shown(options(other, LOG_IN))), "ikke tilknyttet")
    assert other.get("/konto").status_code == 302


def test_nobody_proves_with_the_passkey_of_somebody_else(app: Flask, client: CheckingClient, key: SoftPasskey) -> None:
    with app.app_context():
        begin_write()
        tove = db.session.scalars(select(Person.id).where(Person.email == "tove@example.org")).one()
        db.session.execute(update(Passkey).values(person_id=tove))
        db.session.commit()
    refused(send(client, PROVE, key.shown(options(client, PROVE))), "en andens")


def test_a_passkey_that_is_here_already_is_not_stored_again(
    app: Flask, client: CheckingClient, key: SoftPasskey
) -> None:
    refused(send(client, ADD, key.made(options(client, ADD))), "kunne ikke gemmes")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 1


@pytest.mark.parametrize("url", [LOG_IN, f"{LOG_IN}/begynd", ADD, f"{ADD}/begynd", PROVE, f"{PROVE}/begynd"])
@pytest.mark.parametrize("headers", [{}, {"X-Requested-With": "x"}, {**OURS, "Sec-Fetch-Site": "cross-site"}], ids=str)
def test_other_sites_cannot_ask(client: CheckingClient, key: SoftPasskey, url: str, headers: dict[str, str]) -> None:
    assert client.post(url, json={"credential": {}}, headers=headers).status_code == 403


@pytest.mark.parametrize("url", [ADD, f"{ADD}/begynd", PROVE, f"{PROVE}/begynd"])
def test_the_account_s_passkeys_need_log_in(client: CheckingClient, url: str) -> None:
    assert client.post(url, json={}, headers=OURS).status_code == 302


def test_an_address_that_is_no_name_has_no_passkeys(client: CheckingClient) -> None:
    answer = client.post(f"{LOG_IN}/begynd", json={}, headers=OURS, base_url="http://127.0.0.1")
    refused(answer, "virker ikke på denne adresse")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


def spoilt(credential: Any, data: st.DataObject) -> Any:
    """What a device says, one part of it replaced by something else."""
    where = data.draw(st.sampled_from(("whole", "id", "rawId", "type", "response", *PARTS)))
    odd = data.draw(ODD | st.binary(max_size=80).map(bytes.hex))
    if where == "whole":
        return odd
    if where in PARTS:
        return {**credential, "response": {**credential["response"], where: odd}}
    return {**credential, where: odd}


@pytest.mark.t11
@settings(max_examples=60)
@given(data=st.data())
def test_whatever_a_new_device_says_is_answered_with_a_sentence(
    client: CheckingClient, key: SoftPasskey, data: st.DataObject
) -> None:
    credential = spoilt(SoftPasskey(credential_id=b"new").made(options(client, ADD)), data)
    assert send(client, ADD, credential).status_code in (200, 422)


@pytest.mark.t11
@settings(max_examples=60)
@given(data=st.data())
def test_whatever_a_device_says_at_log_in_is_answered_with_a_sentence(
    app: Flask, key: SoftPasskey, clock: Clock, data: st.DataObject
) -> None:
    clock.forward(hours=1)  # tries before that are forgotten, so that each of these is looked at
    other = browser(app)
    assert send(other, LOG_IN, spoilt(key.shown(options(other, LOG_IN)), data)).status_code in (200, 422)
