"""ASVS 5.0, chapter 4: answers say what they are, and nobody can pose as the proxy in front."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from flask import Flask, Response, jsonify, request

from advice.app import create_app
from tests.asvs.everywhere import ADVISER, COORDINATOR, STRANGER, answers
from tests.every_address import Browser, Values
from tests.html_pages import Page

pytestmark = pytest.mark.t9

MOST_FAILURES = 10


def test_asvs_4_1_1_every_body_is_what_its_content_type_says_in_utf_8(app: Flask, values: Values) -> None:
    kinds = set()
    for asked in answers(app, values, STRANGER, COORDINATOR, ADVISER):
        answer, body = asked.answer, asked.answer.data
        if not body:
            continue
        (said,) = answer.headers.getlist("Content-Type")
        kind, text = answer.mimetype or "", body.decode("utf-8")
        kinds.add(kind)
        if kind.startswith("text/") or kind.endswith(("+xml", "/xml")):
            assert "charset=utf-8" in said.lower(), f"{asked}: {said}"
        if kind == "text/html":
            assert text.lstrip().lower().startswith("<!doctype html>"), str(asked)
        elif kind == "application/json":
            json.loads(text)
        elif kind == "text/calendar":
            assert text.startswith("BEGIN:VCALENDAR\r\n"), str(asked)
        elif kind.endswith("xml"):
            ElementTree.fromstring(text)
    assert {"text/html", "application/json", "text/calendar", "text/css"} <= kinds


@pytest.mark.parametrize("name", ["favicon.svg", "base.css", "accounts.js"])
def test_asvs_4_1_1_files_say_it_too(app: Flask, values: Values, name: str) -> None:
    answer = Browser(app, app.response_class).get(f"/static/{name}")
    kinds = {"svg": "image/svg+xml", "css": "text/css", "js": "text/javascript"}
    assert answer.mimetype == kinds[name.rpartition(".")[2]]
    assert "charset=utf-8" in answer.headers["Content-Type"]


def failures(app: Flask, *forwarded: str) -> list[int]:
    """The status of a wrong log-in for each X-Forwarded-For, all from one network address."""
    found = []
    for said in forwarded:
        browser = Browser(app, app.response_class)
        headers = {"X-Forwarded-For": said, "X-Real-IP": said, "Forwarded": f"for={said}", "Client-IP": said}
        page = browser.get("/log-ind", headers=headers)
        token = dict(Page(page.text).forms()[0].fields)["csrf_token"]
        fields = {"email": "rita@example.org", "password": "helt forkert", "csrf_token": token}
        found.append(browser.post("/log-ind", data=fields, headers=headers).status_code)
    return found


def test_asvs_4_1_3_without_a_proxy_nobody_says_where_he_comes_from(app: Flask, values: Values) -> None:
    claimed = [f"198.51.100.{number}" for number in range(MOST_FAILURES + 1)]
    assert failures(app, *claimed) == [422] * MOST_FAILURES + [429]


def test_asvs_4_1_3_behind_a_proxy_only_the_proxys_own_word_counts(app: Flask, values: Values) -> None:
    behind = create_app(replace(app.extensions["advice"], proxies=1))
    # The proxy adds the address it sees to whatever the sender wrote before it.
    claimed = [f"198.51.100.{number}, 203.0.113.7" for number in range(MOST_FAILURES + 1)]
    assert failures(behind, *claimed) == [422] * MOST_FAILURES + [429]
    assert failures(behind, "203.0.113.7, 203.0.113.8") == [422]


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Original-URL",
        "X-Rewrite-URL", "X-HTTP-Method-Override", "X-User-ID",
    ],
)  # fmt: skip
def test_asvs_4_1_3_no_other_header_changes_what_a_request_is_taken_for(app: Flask, name: str) -> None:
    def echo() -> Response:
        return jsonify(url=request.url, root=request.root_path, method=request.method, ip=request.remote_addr)

    app.add_url_rule("/proeve", "proeve", echo)
    plain = app.test_client().get("/proeve").get_json()
    for value in ("evil.example", "https", "/x", "DELETE", "1"):
        assert app.test_client().get("/proeve", headers={name: value}).get_json() == plain


def test_asvs_4_1_3_what_people_claim_of_themselves_logs_nobody_in(app: Flask, values: Values) -> None:
    claims = {"X-User-ID": "1", "X-Remote-User": "karen@example.org", "Authorization": "Basic a2FyZW46eA=="}
    answer = app.test_client().get("/vagtplan/2026-48", headers=claims, environ_overrides={"REMOTE_USER": ""})
    assert answer.status_code == 302
