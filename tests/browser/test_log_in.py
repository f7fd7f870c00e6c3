"""Logging in for real: an app with codes, a passkey, codes on paper; in the real browser, at a host with a name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect
from sqlalchemy import update

from advice.config import Settings
from advice.database import begin_write, db
from advice.models.people import Person
from tests.browser.conftest import NewContext, StartServer
from tests.builders import PASSWORD, saved_world
from tests.program import SECRET_KEY, dispose, made

RITA = "rita@example.org"
CODES = re.compile(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}")
ONE_STEP = timedelta(seconds=30)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def url(database_url: str, live_server: StartServer) -> str:
    """The program, with one programme of real people, at http://localhost:<port>."""
    app = made(Settings(database_url=database_url, secret_key=SECRET_KEY, testing=True))
    with app.app_context():
        saved_world()
        begin_write()
        db.session.execute(update(Person).values(demo=False))
        db.session.commit()
        dispose()
    return f"http://localhost:{live_server(database_url).port}"


def device(page: Page) -> CDPSession:
    """A telephone with a fingerprint reader, as far as this page can tell."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session


def show_password(page: Page, url: str) -> None:
    page.goto(f"{url}/log-ind")
    page.get_by_label("E-mail").fill(RITA)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log ud", exact=True).first.click()
    expect(page.get_by_text("Du er logget ud.")).to_be_visible()


def keep_codes(page: Page) -> list[str]:
    """The codes for the paper, which are then gone from the screen."""
    expect(page.get_by_role("heading", level=1, name="Koder, hvis du mister din telefon")).to_be_visible()
    codes = CODES.findall(page.get_by_role("main").inner_text())
    assert len(codes) == 10
    page.get_by_role("button", name="Jeg har gemt dem").click()
    expect(page).to_have_url(re.compile(r"/i-dag$"))
    return codes


def set_app_up(page: Page, url: str) -> tuple[pyotp.TOTP, list[str]]:
    """Log in for the first time, with an app; the app, and the codes for the paper."""
    show_password(page, url)
    expect(page.get_by_role("heading", level=1, name="Sæt et ekstra trin op")).to_be_visible()
    expect(page.get_by_role("img", name="QR-kode")).to_be_visible()
    key = re.search(r"Nøgle:\s*((?:[A-Z2-7]{4} ?){8})", page.get_by_role("main").inner_text())
    assert key
    app = pyotp.TOTP(key[1].replace(" ", ""))
    page.get_by_label("Kode", exact=True).fill(app.at(datetime.now(UTC)))
    page.get_by_role("button", name="Gem appen").click()
    return app, keep_codes(page)


def make_passkey(page: Page, url: str) -> None:
    """Log in for the first time, with a passkey."""
    show_password(page, url)
    page.get_by_role("button", name="Lav en adgangsnøgle").click()
    keep_codes(page)


@pytest.mark.t9
def test_asvs_6_3_3_a_password_and_the_code_of_an_app_log_in(page: Page, url: str) -> None:
    app, _codes = set_app_up(page, url)
    log_out(page)
    show_password(page, url)
    expect(page.get_by_role("heading", level=1, name="Ét trin til")).to_be_visible()
    page.goto(f"{url}/i-dag")
    expect(page).to_have_url(re.compile(r"/log-ind"))
    page.goto(f"{url}/log-ind/trin")
    # The code of the present was used to set the app up.
    page.get_by_label("Kode", exact=True).fill(app.at(datetime.now(UTC) + ONE_STEP))
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page).to_have_url(re.compile(r"/i-dag$"))


def test_a_passkey_logs_in_without_e_mail_and_password(page: Page, url: str) -> None:
    device(page)
    make_passkey(page, url)
    log_out(page)
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page).to_have_url(re.compile(r"/i-dag$"))
    expect(page.get_by_role("link", name="Rita Ror")).to_be_visible()
    page.get_by_role("link", name="Rita Ror").click()
    expect(page.get_by_text("Adgangsnøgle: Chrome på Linux")).to_be_visible()


def test_a_passkey_is_the_second_step_after_a_password_and_leads_where_she_was_going(page: Page, url: str) -> None:
    device(page)
    make_passkey(page, url)
    log_out(page)
    page.goto(f"{url}/mine-vagter")
    page.get_by_label("E-mail").fill(RITA)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()
    page.get_by_role("button", name="Brug min adgangsnøgle").click()
    expect(page).to_have_url(re.compile(r"/mine-vagter$"))


def test_a_passkey_shows_again_who_she_is(page: Page, url: str) -> None:
    device(page)
    make_passkey(page, url)
    page.goto(f"{url}/konto/bekraeft?next=/konto/pinkode")
    page.get_by_role("button", name="Brug min adgangsnøgle").click()
    expect(page.get_by_role("heading", level=1, name="Pinkode til tablets")).to_be_visible()


def test_the_same_device_makes_no_second_passkey(page: Page, url: str) -> None:
    device(page)
    make_passkey(page, url)
    page.goto(f"{url}/konto/sikkerhed")
    page.get_by_role("button", name="Lav en adgangsnøgle").click()
    expect(page.get_by_text("Enheden har allerede en adgangsnøgle til din konto.")).to_be_visible()


def test_a_device_that_does_not_know_her_says_so_in_a_sentence(page: Page, url: str) -> None:
    session = device(page)
    make_passkey(page, url)
    log_out(page)
    session.send("WebAuthn.disable")
    page.goto(f"{url}/log-ind")
    device(page)
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.get_by_role("alert").filter(has_text="Det blev ikke til noget.")).to_be_visible()


def test_a_passkey_that_was_removed_here_is_refused_in_a_sentence(page: Page, url: str) -> None:
    device(page)
    make_passkey(page, url)
    page.goto(f"{url}/konto/sikkerhed")
    key = re.search(r"Nøgle:\s*((?:[A-Z2-7]{4} ?){8})", page.get_by_role("main").inner_text())
    assert key
    page.get_by_label("Kode", exact=True).fill(pyotp.TOTP(key[1].replace(" ", "")).at(datetime.now(UTC)))
    page.get_by_role("button", name="Gem appen").click()
    page.get_by_role("button", name="Fjern adgangsnøglen").click()
    expect(page.get_by_text("Adgangsnøglen er fjernet.")).to_be_visible()
    log_out(page)
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.get_by_role("alert").filter(has_text="Adgangsnøglen passer ikke her.")).to_be_visible()


def test_a_lost_telephone_and_a_code_from_the_paper(page: Page, url: str) -> None:
    _app, codes = set_app_up(page, url)
    log_out(page)
    show_password(page, url)
    page.get_by_role("link", name="Brug en kode fra papiret").click()
    page.get_by_label("Kode fra papiret").fill(codes[0].lower())
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page).to_have_url(re.compile(r"/i-dag$"))
    expect(page.get_by_text("Du har 9 tilbage.")).to_be_visible()
    log_out(page)
    show_password(page, url)
    page.get_by_role("link", name="Brug en kode fra papiret").click()
    page.get_by_label("Kode fra papiret").fill(codes[0])
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page.get_by_role("main").get_by_text("eller den er brugt").first).to_be_visible()


def test_passkeys_are_offered_only_where_a_browser_can_make_them(new_context: NewContext, url: str) -> None:
    words = "Log ind med adgangsnøgle"

    def offered(context: BrowserContext, where: str) -> bool:
        page = context.new_page()
        page.goto(f"{where}/log-ind")
        return page.get_by_role("button", name=words).is_visible()

    assert offered(new_context(), url)
    assert not offered(new_context(), url.replace("localhost", "127.0.0.1"))
    assert not offered(new_context(java_script_enabled=False), url)
    old = new_context()
    old.add_init_script("delete window.PublicKeyCredential")
    assert not offered(old, url)
