"""ASVS 5.0, chapter 3: what browsers are told, and what they are not trusted with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from advice import security, web
from advice.app import create_app
from advice.config import Settings
from advice.rules.access import Standing
from tests.asvs.everywhere import ADVISER, COORDINATOR, STRANGER, Asked, answers
from tests.builders import PASSWORD
from tests.every_address import Browser, Values, Visitor, addresses
from tests.queries import counted
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t9

BASE = "https://raad.example.org"
EVIL = "https://evil.example"
YEAR = 365 * 24 * 3600
NO_DOCUMENTS = frozenset(
    {"text/plain", "text/calendar", "text/css", "text/javascript", "application/javascript", "application/json",
     "image/svg+xml", "application/manifest+json"}
)  # fmt: skip
"""Kinds that no browser reads as a page. A picture as SVG could hold a script: the policy lets none run but ours."""
BOOKKEEPING = ("UPDATE sessions SET last_seen_at", "UPDATE tablets SET last_contact_at", "INSERT INTO attempts")
"""What reading may write: when it was used, and that a secret address was guessed at."""
OUTWARD = (
    EVIL, "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/%0d%0aLocation: https://evil.example",
    "http://localhost@evil.example", "https://localhost.evil.example/i-dag", " //evil.example", "/./\\evil.example",
)  # fmt: skip


@pytest.fixture
def https(settings: Settings, app: Flask) -> Flask:
    """The same program where people reach it by https."""
    return create_app(replace(settings, base_url=BASE))


def everybodys(app: Flask, values: Values) -> Iterator[Asked]:
    """What a stranger gets everywhere by GET, HEAD and OPTIONS, and a coordinator by GET."""
    for method in ("HEAD", "OPTIONS"):
        yield from answers(app, values, STRANGER, method=method)
    yield from answers(app, values, STRANGER, COORDINATOR)


def policy(answer: TestResponse) -> dict[str, list[str]]:
    """The Content-Security-Policy of an answer by directive."""
    (said,) = answer.headers.getlist("Content-Security-Policy")
    parts = [part.split() for part in said.split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


def test_asvs_3_2_1_what_is_no_page_is_shown_as_none(app: Flask, values: Values) -> None:
    kinds = set()
    for asked in answers(app, values, STRANGER, COORDINATOR):
        kind = asked.answer.mimetype
        if asked.answer.data and kind != "text/html":
            kinds.add(kind)
            assert kind in NO_DOCUMENTS, str(asked)
            assert asked.answer.headers["X-Content-Type-Options"] == "nosniff", str(asked)
            assert policy(asked.answer)["default-src"] == ["'none'"], str(asked)
        if asked.answer.status_code == 200 and kind in ("text/calendar", "application/json") and asked.rule.arguments:
            assert "filename=" in asked.answer.headers["Content-Disposition"], str(asked)
    assert {"text/calendar", "application/json", "text/css"} <= kinds


def test_asvs_3_2_1_answers_for_our_scripts_open_in_no_other_context(app: Flask, values: Values) -> None:
    rita = Visitor(app, ADVISER)
    for rule, url in addresses(app, values):
        if hasattr(app.view_functions[rule.endpoint], "json_only"):
            for headers in ({}, {"Sec-Fetch-Site": "none"}, {"X-Requested-With": "x", "Sec-Fetch-Site": "cross-site"}):
                assert rita.client.post(url, json={}, headers=headers).status_code == 403
            assert rita.client.get(url).status_code in (302, 404, 405) or rita.client.get(url).mimetype == "text/html"


def test_asvs_3_4_1_every_answer_over_https_asks_for_https_for_a_year(https: Flask, values: Values) -> None:
    browser = Browser(https, https.response_class)
    for url in [*(url for _rule, url in addresses(https, values)), "/nope", "/" + "a" * 9000]:
        (said,) = browser.get(url, base_url=BASE).headers.getlist("Strict-Transport-Security")
        words = [word.strip() for word in said.split(";")]
        assert int(words[0].removeprefix("max-age=")) >= YEAR and "includeSubDomains" in words, url
    assert "Strict-Transport-Security" in browser.get("/", base_url=BASE, headers={"Host": "evil.example"}).headers


def test_asvs_3_4_2_no_other_origin_may_read_an_answer(app: Flask, values: Values) -> None:
    asking = {"Origin": EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a"}
    for name in (STRANGER, COORDINATOR):
        visitor = Visitor(app, name)
        for _rule, url in addresses(app, values):
            for answer in (visitor.client.get(url, headers=asking), visitor.client.options(url, headers=asking)):
                allowed = [name for name, _value in answer.headers if name.lower().startswith("access-control-")]
                assert allowed == [], url
                assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", url


def test_asvs_3_4_3_the_policy_of_every_answer_lets_only_our_own_files_run(app: Flask, values: Values) -> None:
    for asked in everybodys(app, values):
        said = policy(asked.answer)
        assert said["default-src"] == ["'none'"] and said["base-uri"] == ["'none'"], str(asked)
        # What is not named falls back to default-src (CSP 3, 6.8.4).
        assert said.get("object-src", said["default-src"]) == ["'none'"], str(asked)
        assert said["script-src"] == ["'self'"] and said["style-src"] == ["'self'"], str(asked)
        assert "unsafe" not in str(said) and "*" not in str(said), str(asked)


def test_asvs_3_4_4_no_browser_guesses_what_an_answer_is(app: Flask, values: Values) -> None:
    for asked in everybodys(app, values):
        assert asked.answer.headers.getlist("X-Content-Type-Options") == ["nosniff"], str(asked)


def test_asvs_3_4_5_no_address_of_ours_is_told_to_another_site(app: Flask, values: Values) -> None:
    for asked in everybodys(app, values):
        said = asked.answer.headers.getlist("Referrer-Policy")
        secret = web.needs_of(app, asked.rule.endpoint) == Standing.SECRET_ADDRESS
        feed = asked.rule.endpoint == "feeds.own"
        # Of a page behind a one-time link the origin alone is told: its form has to show that it is ours.
        assert said == ([("no-referrer" if feed else "strict-origin") if secret else "same-origin"]), str(asked)


def test_asvs_3_4_6_no_page_stands_in_a_frame_of_anybody(app: Flask, values: Values) -> None:
    for asked in everybodys(app, values):
        assert policy(asked.answer)["frame-ancestors"] == ["'none'"], str(asked)


def writing_rules(app: Flask, values: Values) -> list[tuple[str, str]]:
    """Endpoint and address of whatever takes a POST."""
    return [(rule.endpoint, url) for rule, url in addresses(app, values) if "POST" in (rule.methods or set())]


def is_writing(statement: str) -> bool:
    """Whether a statement changes what is stored, beyond bookkeeping."""
    words = " ".join(statement.split())
    return words.upper().startswith(("INSERT", "UPDATE", "DELETE")) and not words.startswith(BOOKKEEPING)


def test_asvs_3_5_1_no_form_of_another_site_changes_anything(app: Flask, values: Values) -> None:
    rules = writing_rules(app, values)
    assert len(rules) > 20
    for name in (STRANGER, COORDINATOR, ADVISER):
        visitor = Visitor(app, name)
        token = visitor.token()
        for endpoint, url in rules:
            with counted() as statements:
                bare = visitor.client.post(url, data={"place": "skuret"})
                forged = visitor.client.post(url, data={"csrf_token": f"{token}x"})
                foreign = visitor.client.post(url, data={"csrf_token": token}, headers={"Origin": EVIL})
                cross = visitor.client.post(url, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
            assert {bare.status_code, forged.status_code} <= {400, 403}, f"{endpoint}: {bare.status}, {forged.status}"
            assert (foreign.status_code, cross.status_code) == (403, 403), endpoint
            assert [one for one in statements if is_writing(one)] == [], endpoint


def test_asvs_3_5_2_what_needs_no_token_is_reached_by_no_simple_request(app: Flask, values: Values) -> None:
    exempt = [
        (name, view) for name, view in app.view_functions.items()
        if f"{view.__module__}.{view.__name__}" in web.csrf._exempt_views
    ]  # fmt: skip
    assert exempt
    assert [name for name, view in exempt if not hasattr(view, "json_only")] == []
    rita = Visitor(app, ADVISER)
    named = {name for name, _view in exempt}
    for endpoint, url in writing_rules(app, values):
        if endpoint in named:
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
                simple = rita.client.post(url, data=b'{"a": 1}', content_type=kind, headers={"Origin": EVIL})
                assert simple.status_code == 403, endpoint
                ours = {"X-Requested-With": "x", "Origin": "http://localhost"}
                # Ours, but no JSON: refused for what it is, or it needed no body at all.
                answer = rita.client.post(url, data=b'{"a": 1}', content_type=kind, headers=ours)
                assert answer.status_code != 403 or "log-ind" not in url, endpoint
    assert {"GET", "HEAD", "OPTIONS", "TRACE"} == security.SAFE_METHODS


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_asvs_3_5_3_reading_changes_nothing(app: Flask, values: Values, method: str) -> None:
    for name in (STRANGER, COORDINATOR, ADVISER):
        visitor = Visitor(app, name)
        for rule, url in addresses(app, values):
            with counted() as statements:
                visitor.client.open(f"{url}?csrf_token={visitor.token()}&topics=regn&place=skuret", method=method)
            changed = [one for one in statements if is_writing(one)]
            assert changed == [], f"{method} {rule.endpoint} of {name}: {changed[:1]}"


def test_a_request_that_writes_is_seen(client: CheckingClient, values: Values) -> None:
    with counted() as statements:
        assert client.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 303
    assert [one for one in statements if is_writing(one)]


def test_asvs_3_7_2_nobody_is_led_to_another_site(app: Flask, values: Values) -> None:
    visit, moved = f"/henvendelser/{values['visit_id']}", []
    for number, target in enumerate(OUTWARD):
        query = f"?next={quote(target, safe='')}&sted=skuret"
        rita = Visitor(app)
        fields = {"email": "rita@example.org", "password": PASSWORD, "next": target, "csrf_token": rita.token()}
        led = [rita.client.post(f"/log-ind{query}", data=fields)]
        assert led[0].status_code == 303
        rita = Visitor(app, ADVISER)
        form = {"csrf_token": rita.token(), "next": target, "topics": "regn", "place": "skuret"}
        led += [rita.client.post(f"{visit}/fortryd{query}", data={**form, "revision": str(number + 1)})]
        led += [rita.client.post(f"{visit}{query}", data={**form, "revision": str(number + 1)})]
        led += [rita.client.get(quote(target, safe="/\\:@%"))]
        if number in (0, 1):
            led += [rita.client.get(url + query) for _rule, url in addresses(app, values)]
        moved += [str(answer.location) for answer in led if answer.location is not None]
    assert len(moved) > 2 * len(OUTWARD)
    for where in moved:
        assert where.startswith("/") and not where.startswith(("//", "/\\")), where
        assert "\\" not in where.partition("?")[0] and "\n" not in where and "\t" not in where, where
