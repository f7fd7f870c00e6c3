"""ASVS 5.0, chapter 3.3: the two cookies of the program, the session's and the tablet's."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import Morsel, SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient

from advice.app import create_app
from advice.config import Settings
from tests.asvs.everywhere import ADVISER
from tests.builders import PASSWORD
from tests.every_address import Browser, Values, Visitor, addresses
from tests.html_pages import Page

pytestmark = pytest.mark.t9

BASE = "https://raad.example.org"


@pytest.fixture
def https(settings: Settings, app: Flask) -> Flask:
    """The same program where people reach it by https."""
    return create_app(replace(settings, base_url=BASE))


def cookies(client: FlaskClient, https: bool = True) -> list[Morsel[str]]:
    """Each cookie that is set on the way from log-in to enrolling a tablet and out again."""
    base = BASE if https else "http://localhost"
    found: list[Morsel[str]] = []

    def send(url: str, **fields: str) -> None:
        page = client.get(url, base_url=base)
        token = dict(Page(page.text).forms()[-1].fields)["csrf_token"]
        sent = client.post(url, base_url=base, data={**fields, "csrf_token": token}, headers={"Referer": base + url})
        assert sent.status_code == 303, f"{url}: {sent.status}"
        for answer in (page, sent):
            for line in answer.headers.getlist("Set-Cookie"):
                found.extend(SimpleCookie(line).values())

    send("/log-ind", email="karen@example.org", password=PASSWORD)
    send("/tablet/tilmeld", place="skuret", name="Ved døren", idle_minutes="5")
    return found


def test_asvs_3_3_1_every_cookie_is_for_https_alone(https: Flask, values: Values) -> None:
    found = cookies(Browser(https, https.response_class))
    assert {cookie.key for cookie in found} == {"__Host-session", "__Host-tablet"}
    assert all(cookie["secure"] for cookie in found)


def test_asvs_3_3_1_without_https_only_this_machine_is_served(app: Flask, https: Flask, values: Values) -> None:
    for program in (app, https):
        assert program.test_client().get("/log-ind", headers={"Host": "192.0.2.1"}).status_code == 400
    assert {cookie.key for cookie in cookies(Browser(app, app.response_class), https=False)} == {"session", "tablet"}


def test_asvs_3_3_2_no_cookie_goes_with_what_another_site_sends(https: Flask, values: Values) -> None:
    said = {cookie.key: cookie["samesite"] for cookie in cookies(Browser(https, https.response_class))}
    # Lax: a link in a mail opens the page for somebody who is logged in; a form of another site sends no cookie.
    assert said == {"__Host-session": "Lax", "__Host-tablet": "Strict"}


def test_asvs_3_3_3_every_cookie_is_of_this_host_alone(https: Flask, values: Values) -> None:
    for cookie in cookies(Browser(https, https.response_class)):
        assert cookie.key.startswith("__Host-")
        assert cookie["path"] == "/" and not cookie["domain"]


def test_asvs_3_3_4_no_script_reads_a_cookie_and_no_page_repeats_one(app: Flask, values: Values) -> None:
    for https in (True, False):
        program = create_app(replace(app.extensions["advice"], base_url=BASE if https else None))
        assert all(cookie["httponly"] for cookie in cookies(Browser(program, program.response_class), https))
    rita = Visitor(app, ADVISER)
    cookie = rita.client.get_cookie("session")
    with rita.client.session_transaction() as held:
        secret = held["_user_id"]
    assert cookie is not None and len(secret) > 40
    for _rule, url in addresses(app, values):
        text = rita.client.get(url).text
        assert secret not in text and cookie.value not in text, url
