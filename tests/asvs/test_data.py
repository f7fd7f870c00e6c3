"""ASVS 5.0, chapter 14: what stands in addresses, and what browsers keep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from advice.config import ROOT
from advice.rules.access import Standing
from advice.web import needs_of
from tests import tablet_screens
from tests.asvs.everywhere import ADVISER, COORDINATOR, answers
from tests.builders import PASSWORD
from tests.every_address import Values, Visitor, addresses
from tests.html_pages import Page
from tests.stored import stored_world
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9

RITA = "rita@example.org"
SECRET_ADDRESSES = {
    "feeds.own", "accounts.invitation", "accounts.new_password", "accounts.offer", "roster.stand_in_answer",
}  # fmt: skip
"""The named deviation from 14.2.1: calendar programs send no header of ours, and a mail holds nothing but an address.

Each opens one thing, is stored hashed, and dies when it is used, replaced or revoked.
"""


def test_asvs_14_2_1_only_the_named_addresses_hold_a_secret(app: Flask, values: Values) -> None:
    secret = {rule.endpoint for rule in app.url_map.iter_rules() if "token" in rule.arguments}
    said = {name for name in app.view_functions if needs_of(app, name) == Standing.SECRET_ADDRESS}
    assert secret | said == SECRET_ADDRESSES
    for rule, url in addresses(app, values):
        if rule.endpoint in SECRET_ADDRESSES:
            answer = app.test_client().get(url)
            assert answer.headers["Referrer-Policy"] in ("no-referrer", "strict-origin")
            assert "public" not in answer.headers["Cache-Control"]


def test_asvs_14_2_1_no_page_sends_a_secret_or_what_somebody_types_in_an_address(app: Flask, values: Values) -> None:
    for name in (COORDINATOR, ADVISER):
        visitor = Visitor(app, name)
        secrets = [visitor.token()]
        with visitor.client.session_transaction() as held:
            secrets += [held["_user_id"], held["csrf_token"]]
        for _rule, url in addresses(app, values):
            answer = visitor.client.get(url)
            if answer.mimetype != "text/html" or not answer.data:
                continue
            page = Page(answer.text)
            reading = [form for form in page.forms() if form.method == "get"]
            assert not [form for form in reading if form.names & {"csrf_token", "password", "email", "name", "code"}]
            links = [*(one.get("href") or "" for one in page.all("a", "link")), *(form.action for form in page.forms())]
            assert not [link for link in links if any(secret in link for secret in secrets) or "csrf_token=" in link]


def test_asvs_14_2_1_a_password_in_the_address_is_not_read(app: Flask, values: Values) -> None:
    visitor = Visitor(app)
    query = {"email": RITA, "password": PASSWORD}
    assert visitor.client.get("/log-ind", query_string=query).status_code == 200
    answer = visitor.client.post("/log-ind", query_string=query, data={"csrf_token": visitor.token()})
    assert answer.status_code == 422
    assert PASSWORD not in answer.text and visitor.client.get("/maal").status_code == 302


def test_asvs_14_3_1_nothing_of_hers_is_left_when_she_has_logged_out(app: Flask, client: CheckingClient) -> None:
    stored_world(app)
    tablet_screens.log_in(client, "rita")
    assert "Rita Ror" in client.page("/vagtplan/2026-48").text
    answer = client.submit("/vagtplan/2026-48", action="/log-ud")
    # The cache only: what is logged without a network must outlive a log-out (the named conflict).
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    with client.session_transaction() as held:
        assert set(held) <= {"_flashes", "csrf_token"}
    assert client.get("/vagtplan/2026-48").status_code == 302
    assert "Rita" not in client.page("/log-ind").text


def test_asvs_14_3_1_a_tablet_shows_nothing_of_the_one_before(app: Flask, client: CheckingClient) -> None:
    stored_world(app)
    tablet_screens.give_pins(app)
    tablet_screens.enrol(client)
    tablet_screens.type_pin(app, client, "rita")
    page = client.get(tablet_screens.DAY)
    # Without a network too: the page is kept by nobody, and clears itself after the tablet's idle minutes.
    assert page.headers["Cache-Control"] == "no-store" and "/static/tablet.js" in page.text
    tablet_screens.change(client)
    with client.session_transaction() as held:
        assert set(held) <= {"_flashes", "csrf_token"}
    assert client.get(tablet_screens.DAY).location == tablet_screens.TILES


def test_asvs_14_3_2_no_browser_and_no_proxy_keeps_a_page_of_somebody(app: Flask, values: Values) -> None:
    for asked in answers(app, values, COORDINATOR, ADVISER, "tove", "lars"):
        kept = asked.answer.headers.getlist("Cache-Control")
        if needs_of(app, asked.rule.endpoint) not in (Standing.ANYONE, Standing.SECRET_ADDRESS):
            assert kept == ["no-store"], f"{asked}: {kept}"
        elif asked.answer.mimetype == "text/html":
            assert kept in (["no-store"], ["private, no-cache"]), f"{asked}: {kept}"


STORAGE = re.compile(r"localStorage|sessionStorage|indexedDB|\bcaches\b|document\.cookie|cookieStore|storage\.getDir")
KEEPS = {
    "residents-worker.js": "residents' pages, which anybody can read, and their styles",
    "residents-worker-off.js": "nothing: it throws those away",
}
"""Scripts that may keep something in the browser, each with what: no visits, no names, no page of the staff."""


@pytest.mark.parametrize("snippet", ["localStorage.x = 1", "document.cookie", "indexedDB.open('x')", "caches.open(1)"])
def test_a_script_that_keeps_something_is_found(snippet: str) -> None:
    assert STORAGE.search(snippet)


def test_asvs_14_3_3_scripts_keep_nothing_but_what_is_listed() -> None:
    scripts: list[Path] = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
    assert scripts
    assert {path.name for path in scripts if STORAGE.search(path.read_text())} == set(KEEPS)


def test_asvs_14_3_3_cookies_name_nobody(app: Flask, values: Values, client: CheckingClient) -> None:
    for name in ("rita", "karen"):
        tablet_screens.log_in(client, name)
        for url in ("/i-dag", "/henvendelser", "/vagtplan/2026-48", "/mine-vagter", "/konto"):
            client.page(url)
        with client.session_transaction() as cookie:
            held = dict(cookie)
        assert set(held) <= {"_user_id", "_fresh", "_id", "csrf_token", "_flashes"}
        assert not re.search(r"Ror|Kaj\b|example\.org|rita|karen", repr(held), re.IGNORECASE)
