"""Over two thousand generated requests: every rule of url_map, every form that any role sees, JSON for forms.

No answer may be a fault of the program, nothing sent may stand in a page as it came, nobody may be sent elsewhere, and
nothing may be stored that its column does not allow. The requests are the same in each run (derandomized): what fails
here fails again with `pytest tests/web/test_hostile_fuzz.py`, and hypothesis prints the request.
"""

from __future__ import annotations

import io
import re
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import hypothesis
import pytest
from flask import Flask, redirect
from hypothesis import Phase
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import String, select
from werkzeug.datastructures import MultiDict

from advice.config import Settings
from advice.database import db
from advice.models.registry import metadata
from advice.rules.characters import held
from tests.databases import SqliteFiles
from tests.every_address import ROLES, Visitor, addresses, settled
from tests.hostile import (
    EXTRA_NAMES,
    MARK,
    Target,
    complaint,
    header_texts,
    in_address,
    json_values,
    texts,
)
from tests.html_pages import Page
from tests.program import SECRET_KEY, Clock, dispose, made

pytestmark = pytest.mark.t11

FORMS, ADDRESSES, JSON = 1300, 600, 300
"""Requests generated of each kind."""
HEADERS = (
    "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "Referer", "Cookie", "User-Agent", "Accept",
    "X-Forwarded-For", "X-Forwarded-Host", "Content-Type", "Authorization", "X-CSRFToken", "Sec-Fetch-Site",
)  # fmt: skip
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "PROPFIND")


def generated(count: int) -> hypothesis.settings:
    """So many requests, the same in each run."""
    return hypothesis.settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )


class Siege:
    """One program with two programmes in it, a browser for each role, and what they see there."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app, self.complaints = app, list[str]()
        self.sent, self.statuses = Counter[str](), Counter[tuple[str, int]]()
        self.values = settled(app, clock)
        self.others = settled(app, clock, "kysten", "k-")
        self.visitors = {name: Visitor(app, name) for name in (None, *ROLES)}
        self.queries: set[str] = {"next", "lang"}
        self.targets = sorted({target for name in self.visitors for target in self._seen(name)}, key=repr)

    def _seen(self, name: str | None) -> Iterator[Target]:
        """Every form on every page that a role comes to by an address or by a link from there, and bare addresses."""
        visitor = self.visitors[name]
        waiting = [url for _rule, url in addresses(self.app, self.values)]
        seen = set[str]()
        while waiting:
            url = waiting.pop(0)
            if (shape := shape_of(url)) in seen:
                continue
            seen.add(shape)
            answer = visitor.client.get(url, follow_redirects=True)
            if answer.mimetype != "text/html" or not answer.data:
                continue
            page = Page(answer.text)
            for form in page.forms():
                fields = tuple((field, value) for field, value in form.fields if field != "csrf_token")
                names = tuple(sorted(form.names - {"csrf_token"}))
                for button in form.buttons[:4] or [("", "")]:
                    pressed = (button,) if button[0] else ()
                    yield Target(name, form.method.upper(), form.action, (*fields, *pressed), names)
                    self.queries |= {query for query, _value in parse_qsl(urlsplit(form.action).query)}
            links = [link.get("href", "") for link in page.all("a")]
            waiting += [link for link in links if link.startswith("/") and not link.startswith("//")]
            self.queries |= {query for link in links for query, _value in parse_qsl(urlsplit(link).query)}
        for rule, url in addresses(self.app, self.others):
            if "POST" in (rule.methods or set()):
                yield Target(name, "POST", url)

    def send(self, who: str | None, kind: str, method: str, url: str, **what: Any) -> None:
        """Send one request and look at the answer. What is wrong is kept: state makes a request hard to repeat."""
        visitor = self.visitors[who]
        self.sent[kind] += 1
        try:
            answer = visitor.client.open(url, method=method, **what)
            self.statuses[kind, answer.status_code] += 1
            found = complaint(answer)
            visitor.stay(answer)
        except Exception:
            found = f"{method} {url[:200]!r} crashed:\n{traceback.format_exc(limit=-6)}"
        if found:
            self.complaints.append(f"as {who or 'a stranger'}, with {str(what)[:400]}: {found}")

    def held_out(self, kind: str, at_least: int) -> bool:
        """Whether so many requests of a kind were sent and none of them was answered wrongly."""
        complaints, self.complaints = self.complaints, []
        assert not complaints, f"{len(complaints)} answers are wrong; the first:\n" + "\n\n".join(complaints[:5])
        return self.sent[kind] >= at_least


def shape_of(url: str) -> str:
    """The address without its numbers and the values of its query: one page of a kind is enough."""
    parts = urlsplit(url)
    return f"{re.sub('[0-9]+', '0', parts.path)}?{sorted(name for name, _value in parse_qsl(parts.query))}"


@pytest.fixture(scope="module")
def siege(sqlite_files: SqliteFiles) -> Iterator[Siege]:
    """One program and one database for all requests."""
    clock = Clock(datetime(2026, 11, 23, 12, 30, tzinfo=UTC))
    url = sqlite_files.fresh()
    app = made(Settings(database_url=url, secret_key=SECRET_KEY, testing=True, demo=True, clock=clock))
    yield Siege(app, clock)
    with app.app_context():
        dispose()
    sqlite_files.drop(url)


def test_forms_are_found_to_fill_in(siege: Siege) -> None:
    """Without this, a log-in that fails would make all that follows an easy siege."""
    paths = {
        name: {urlsplit(target.url).path for target in siege.targets if target.who == name} for name in (None, *ROLES)
    }
    assert "/log-ind" in paths[None]
    assert {"/i-dag", "/mine-vagter"} <= paths["rita"]
    assert "/vagtplan/ny" in paths["karen"]
    assert sum(bool(target.names) for target in siege.targets) >= 20


def test_forms_filled_in_with_anything(siege: Siege) -> None:
    @generated(FORMS)
    @hypothesis.given(st.data())
    def attack(data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(siege.targets), "target")
        names = st.sampled_from([*target.names, *target.names, *EXTRA_NAMES])
        bad = data.draw(st.dictionaries(names, st.lists(texts, min_size=0, max_size=2), min_size=1, max_size=4), "bad")
        fields = MultiDict([(name, value) for name, value in target.fields if name not in bad])
        token = siege.visitors[target.who].token()
        fields.setdefault("csrf_token", token)
        fields.update(MultiDict([(name, value) for name, values in bad.items() for value in values]))
        if target.method == "GET":
            siege.send(target.who, "forms", "GET", target.url, query_string=fields)
            return
        sent: dict[str, Any] = fields.to_dict(flat=False)
        if data.draw(st.integers(0, 19), "file") == 0 and target.names:
            sent[data.draw(st.sampled_from(target.names))] = (io.BytesIO(b"\xff" + MARK.encode()), MARK)
        siege.send(target.who, "forms", "POST", target.url, data=sent)

    attack()
    assert siege.held_out("forms", FORMS)
    for status in (303, 422):
        assert siege.statuses["forms", status] >= FORMS / 20, f"so few came far enough for a {status}: {siege.statuses}"


def test_addresses_with_anything_in_them(siege: Siege) -> None:
    rules = sorted({rule.rule for rule in siege.app.url_map.iter_rules()})

    @generated(ADDRESSES)
    @hypothesis.given(st.data())
    def attack(data: st.DataObject) -> None:
        who = data.draw(st.sampled_from([None, *ROLES]), "who")
        rule = data.draw(st.sampled_from(rules), "rule")
        arguments = rule.count("<")
        path = in_address(rule, data.draw(st.lists(texts, min_size=arguments, max_size=arguments), "arguments"))
        query = data.draw(st.dictionaries(st.sampled_from(sorted(siege.queries)) | texts, texts, max_size=3), "query")
        headers = data.draw(st.dictionaries(st.sampled_from(HEADERS), header_texts, max_size=2), "headers")
        method = data.draw(st.sampled_from(METHODS), "method")
        siege.send(who, "addresses", method, path[:7000], query_string=query, headers=headers)

    attack()
    assert siege.held_out("addresses", ADDRESSES)


def test_json_of_any_shape(siege: Siege) -> None:
    posts = sorted({target.url for target in siege.targets if target.method == "POST"})
    names = sorted({name for target in siege.targets for name in target.names})

    @generated(JSON)
    @hypothesis.given(st.data())
    def attack(data: st.DataObject) -> None:
        who = data.draw(st.sampled_from([None, *ROLES]), "who")
        keys = st.sampled_from(["visits", "id", "revision", "device", *names])
        body = data.draw(st.dictionaries(keys, json_values, max_size=6) | json_values, "body")
        headers = {
            "X-Requested-With": "fetch", "Sec-Fetch-Site": "same-origin", "X-CSRFToken": siege.visitors[who].token(),
        }  # fmt: skip
        siege.send(who, "json", "POST", data.draw(st.sampled_from(posts), "url"), json=body, headers=headers)

    attack()
    assert siege.held_out("json", JSON)


def test_a_megabyte_in_each_form(siege: Siege) -> None:
    forms = {urlsplit(target.url).path: target for target in siege.targets if target.method == "POST"}
    for target in forms.values():
        field = target.names[0] if target.names else "x"
        for size in (500_000, 1_048_576):
            data = {"csrf_token": siege.visitors[target.who].token(), field: "<" + "x" * size}
            siege.send(target.who, "large", "POST", target.url, data=data)
    assert siege.held_out("large", len(forms))


def test_it_was_two_thousand_and_nothing_is_stored_that_no_column_allows(siege: Siege) -> None:
    """The last of this module: it looks at what the others left."""
    if siege.sent.keys() >= {"forms", "addresses", "json"}:
        assert siege.sent.total() >= 2000
    with siege.app.app_context():
        for table in metadata.sorted_tables:
            for row in db.session.execute(select(table)).mappings():
                for column in table.columns:
                    for text in texts_in(row[column.name]):
                        assert held(text) == text, f"{table.name}.{column.name} holds {text!r}"
                        limit = column.type.length if isinstance(column.type, String) else None
                        assert limit is None or len(text) <= limit, f"{table.name}.{column.name} holds {len(text)}"


def texts_in(value: object) -> Iterator[str]:
    """Every text in the value of a column, whatever it is stored as."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


@pytest.mark.parametrize(
    ("page", "is_fine"),
    [
        (f"<p>{escape(MARK)}</p>", True),
        (f"<p>{MARK}</p>", False),
        ("<p title='Zq3''>", False),
        ("<p>Zq4& Zq4&amp;</p>", False),
        ("<p>Zq549</p>", False),
        ("<p>Zq</p><p onclick='x'>", False),
    ],
)
def test_a_page_that_writes_what_it_was_sent_is_noticed(app: Flask, page: str, is_fine: bool) -> None:
    app.add_url_rule("/proeve", "proeve", lambda: page)
    assert (complaint(Visitor(app).client.get("/proeve")) is None) == is_fine


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "x"])
def test_an_answer_that_sends_people_elsewhere_is_noticed(app: Flask, target: str) -> None:
    app.add_url_rule("/proeve", "proeve", lambda: redirect(target))
    assert complaint(Visitor(app).client.get("/proeve")) is not None
