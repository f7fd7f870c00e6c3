"""Log-ins that somebody began with a password alone: they get past no second step, and outlive no password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from advice.accounts.passwords import hashed, is_right
from advice.actions import own_accounts, sessions
from advice.database import begin_write, db
from advice.models.accounts import Passkey, TotpSecret
from advice.models.people import Person
from advice.web import LONGEST_TARGET
from tests import real_people
from tests.builders import PASSWORD
from tests.program import Clock
from tests.real_people import RITA, browser
from tests.second_factors import code_at, give_app, log_in_with_app
from tests.soft_passkey import SoftPasskey
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9
PAGE = "/vagtplan/2026-48"
SET_UP = "/konto/sikkerhed"
NEW = "gule støvler på kajen"
OURS = {"X-Requested-With": "accounts", "Sec-Fetch-Site": "same-origin"}
THERE_IS_ONE = "Der er allerede sat et ekstra trin op på din konto."


havnen = real_people.havnen


def begun(app: Flask, leads: str) -> CheckingClient:
    """A browser in which Rita's password was typed, and no more."""
    made = browser(app)
    answer = made.submit("/log-ind", email=RITA, password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, leads)
    return made


def key_on(client: CheckingClient) -> str:
    """The key that the page for setting up an authenticator gives to type."""
    found = re.search(r"Nøgle: ((?:[A-Z2-7]{4} ?){8})", client.page(SET_UP).text)
    assert found
    return found[1].replace(" ", "")


def token_on(client: CheckingClient, url: str) -> str:
    """What the forms of a page send with them."""
    return dict(client.page(url).forms()[0].fields)["csrf_token"]


def is_in(client: CheckingClient) -> bool:
    return client.get(PAGE).status_code == 200


def sealed(app: Flask) -> str:
    """What is stored of Rita's authenticator, of which there is one."""
    with app.app_context():
        return db.session.scalars(select(TotpSecret.sealed)).one()


def change_password(app: Flask, clock: Clock) -> None:
    """Rita's password is changed somewhere else, and all her sessions end."""
    begin_write()
    rita = db.session.scalars(select(Person).where(Person.email == RITA)).one()
    own_accounts.change_password(rita.id, hashed(NEW), clock())
    sessions.end_all(rita.id, clock())
    db.session.commit()


class TestASessionBegunBeforeSheHadASecondFactor:
    """asvs 6.3.3: it ends, whatever it asks for."""

    def test_its_page_leads_to_log_in(self, app: Flask, clock: Clock) -> None:
        old = begun(app, SET_UP)
        give_app(app, RITA, clock())
        assert old.get(SET_UP).location == "/log-ind"
        assert THERE_IS_ONE in old.page("/log-ind").text
        assert old.get(SET_UP).status_code == 302

    def test_its_form_that_stood_open_stores_no_other_app(self, app: Flask, clock: Clock) -> None:
        old = begun(app, SET_UP)
        key, token = key_on(old), token_on(old, SET_UP)
        give_app(app, RITA, clock())
        hers = sealed(app)
        data = {"csrf_token": token, "code": code_at(clock(), key)}
        answer = old.post(SET_UP, data=data, headers={"Referer": f"http://localhost{SET_UP}"})
        assert (answer.status_code, answer.location) == (303, "/log-ind")
        assert sealed(app) == hers and not is_in(old)

    def test_nor_after_the_password_once_more(self, app: Flask, clock: Clock) -> None:
        old = begun(app, SET_UP)
        give_app(app, RITA, clock())
        clock.forward(minutes=25)
        assert old.submit("/konto/bekraeft", password=PASSWORD).status_code == 303
        assert old.get(SET_UP).location == "/log-ind"
        assert not is_in(old)

    def test_it_adds_no_passkey(self, app: Flask, clock: Clock) -> None:
        old = begun(app, SET_UP)
        options = old.post("/konto/adgangsnoegle/begynd", json={}, headers=OURS).get_json()
        give_app(app, RITA, clock())
        made = {"credential": SoftPasskey().made(options)}
        assert old.post("/konto/adgangsnoegle", json=made, headers=OURS).get_json() == {"next": "/log-ind"}
        assert not is_in(old)
        with app.app_context():
            assert db.session.scalars(select(Passkey)).all() == []

    def test_it_ends_when_another_sets_the_factor_up(self, app: Flask, clock: Clock) -> None:
        old, hers = begun(app, SET_UP), begun(app, SET_UP)
        key = key_on(hers)
        assert hers.submit(SET_UP, code=code_at(clock(), key)).location == "/konto/koder"
        assert is_in(hers)
        assert old.get(SET_UP).status_code == 302
        assert not is_in(old)


class TestAPasswordThatIsChanged:
    """Nothing that began with the old one goes on."""

    @pytest.mark.parametrize("step", ["/log-ind/trin", "/log-ind/trin/papir"])
    def test_between_the_two_steps(self, app: Flask, clock: Clock, step: str) -> None:
        papers = give_app(app, RITA, clock())
        half = begun(app, "/log-ind/trin")
        token = token_on(half, step)
        with app.app_context():
            change_password(app, clock)
        data = {"csrf_token": token, "code": papers[0] if "papir" in step else code_at(clock())}
        answer = half.post(step, data=data, headers={"Referer": f"http://localhost{step}"})
        assert (answer.status_code, answer.location) == (303, "/log-ind")
        assert not is_in(half)

    def test_while_the_old_one_is_compared(self, app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        give_app(app, RITA, clock())
        monkeypatch.setattr("advice.accounts.views.is_right", slowly(is_right, lambda: change_password(app, clock)))
        answer = browser(app).submit("/log-ind", email=RITA, password=PASSWORD)
        assert answer.status_code == 422
        assert "E-mail og adgangskode passer ikke sammen." in answer.text

    @pytest.mark.parametrize(
        ("page", "fields"),
        [
            ("/konto/bekraeft", {"password": PASSWORD}),
            ("/konto/adgangskode", {"old": PASSWORD, "new": "blå både i bugten"}),
        ],
    )
    def test_while_she_shows_it_again(
        self, app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch, page: str, fields: dict[str, str]
    ) -> None:
        give_app(app, RITA, clock())
        inside = browser(app)
        log_in_with_app(inside, RITA, clock())
        monkeypatch.setattr("advice.accounts.proof.is_right", slowly(is_right, lambda: change_password(app, clock)))
        answer = inside.submit(page, fields)
        assert answer.status_code == 422 and "Adgangskoden passer ikke." in answer.text
        assert not is_in(inside)


def slowly(
    compare: Callable[[str | None, str], bool], meanwhile: Callable[[], None]
) -> Callable[[str | None, str], bool]:
    """The same comparison, during which something happens elsewhere."""

    def compared(stored: str | None, typed: str) -> bool:
        right = compare(stored, typed)
        meanwhile()
        return right

    return compared


def test_the_former_session_ends_when_another_log_in_stops_at_the_second_step(app: Flask, clock: Clock) -> None:
    give_app(app, RITA, clock())
    give_app(app, "karen@example.org", clock())
    shared = browser(app)
    log_in_with_app(shared, "karen@example.org", clock())
    kept, copy = shared.get_cookie("session"), browser(app)
    assert kept is not None and is_in(shared)
    assert shared.submit("/log-ind", email=RITA, password=PASSWORD).location == "/log-ind/trin"
    copy.set_cookie("session", kept.value)
    assert not is_in(copy)


@pytest.mark.parametrize(("longer", "leads"), [(0, "page"), (1, "home")])
def test_a_page_to_go_to_longer_than_any_is_forgotten(app: Flask, clock: Clock, longer: int, leads: str) -> None:
    give_app(app, RITA, clock())
    start = f"{PAGE}?x="
    wanted = start + "x" * (LONGEST_TARGET - len(start) + longer)
    half = browser(app)
    assert half.submit(f"/log-ind?next={wanted.replace('?', '%3F')}", email=RITA, password=PASSWORD).status_code == 303
    with half.session_transaction() as kept:
        assert kept.get("next") == (None if longer else wanted)
    assert half.submit("/log-ind/trin", code=code_at(clock())).location == (wanted if leads == "page" else "/i-dag")
