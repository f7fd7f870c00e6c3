"""An invitation by mail, in the browser: written by a leader, sent by the worker, opened, and a password chosen."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from advice.config import ROOT, Settings
from advice.database import db
from advice.models.outbox import Mail
from tests.browser.conftest import StartServer
from tests.builders import PASSWORD
from tests.live_server import LiveServer
from tests.mail_server import MailHost, mail_host
from tests.program import Clock
from tests.stored import stored_world, writing

SECONDS_OF_A_ROUND = 60
CHOSEN = "fire helt egne ord"


@pytest.fixture
def settings(settings: Settings, clock: Clock) -> Settings:
    """A demonstration, so that the leader logs in with a password alone."""
    return replace(settings, demo=True)


def send(server: LiveServer) -> None:
    """One round of the worker, as a process."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work", "--once"]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environ, capture_output=True, text=True, timeout=SECONDS_OF_A_ROUND
    )
    assert done.returncode == 0, done.stderr


def link_in(host: MailHost) -> str:
    """The link in the one mail that was taken."""
    (mail,) = host.took
    found = re.search(r"http://\S+/invitation/[\w-]{43}", mail.get_content())
    assert found
    return found[0]


def test_an_invitation_arrives_by_mail_and_lets_in_once(
    app: Flask, database_url: str, live_server: StartServer, page: Page
) -> None:
    stored_world(app)
    with mail_host() as host:
        mail = {"MAIL_URL": f"smtp://127.0.0.1:{host.port}", "MAIL_FROM": "no-reply@example.org"}
        server = live_server(database_url, ADVICE_DEMO="1", **mail)
        page.goto(f"{server.url}/log-ind?next=/indstillinger")
        page.get_by_label("E-mail").fill("karen@example.org")
        page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log ind", exact=True).click()
        page.get_by_role("link", name="Personer").click()
        page.get_by_role("link", name="Invitér en kollega").click()
        page.get_by_label("Navn").fill("Nina Nord")
        page.get_by_label("E-mail").fill("nina@example.org")
        page.get_by_role("radio", name="rådgiver").check()
        page.get_by_label("Organisation", exact=True).select_option(label="Organisationen huset")
        page.get_by_role("button", name="Invitér").click()
        expect(page.get_by_role("status")).to_contain_text("Nina Nord får om lidt en mail")
        expect(page.get_by_text("inviteret, ikke inde endnu")).to_be_visible()
        page.get_by_role("button", name="Log ud").click()
        send(server)
        link = link_in(host)

    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Velkommen, Nina Nord")
    page.get_by_label("Ny adgangskode").fill("kort")
    page.get_by_role("button", name="Gem og log ind").click()
    expect(page.get_by_role("alert")).to_contain_text("mindst 12 tegn")
    page.get_by_label("Ny adgangskode").fill(CHOSEN)
    page.get_by_role("button", name="Gem og log ind").click()
    page.wait_for_url("**/konto/sikkerhed")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Linket er brugt")
    with writing(app):
        assert db.session.query(Mail.body).all() == [(None,)]
