"""The checking client checks: every fault it promises to find is shown to it once."""

from __future__ import annotations

import json

import pytest
from flask import Flask, Response, request

from tests.html_pages import Page
from tests.web_client import CheckingClient

FORM = """
<form action="/gem" method="post">
  <input type="hidden" name="csrf_token" value="secret">
  <label for="name">Navn</label><input id="name" name="name" value="Rita">
  <label><input type="checkbox" name="topics" value="bill" checked> Regning</label>
  <label><input type="checkbox" name="topics" value="letter"> Brev</label>
  <label for="place">Sted</label>
  <select id="place" name="place"><option value="a">A</option><option value="b" selected>B</option></select>
  <button name="do" value="save">Gem</button><button name="do" value="undo">Fortryd</button>
</form>
"""


def document(body: str = "", html: str = 'lang="da"', title: str = "Vagtplan", heading: str = "<h1>Uge 48</h1>") -> str:
    """A sound page, with anything in it made faulty on demand."""
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return f"<!DOCTYPE html>\n<html {html}><head>{head}</head><body>{heading}{body}</body></html>"


@pytest.fixture
def client() -> CheckingClient:
    """A client of a program that shows one form, and answers what was sent to it."""
    app = Flask("tests.web_client")
    app.config["pages"] = {"/": document(FORM)}

    @app.get("/")
    def show() -> str:
        return str(app.config["pages"]["/"])

    @app.post("/gem")
    def save() -> Response:
        return Response(json.dumps(request.form.to_dict(flat=False)), mimetype="application/json")

    @app.get("/bar")
    def bare() -> Response:
        return Response("", headers={"Content-Security-Policy": "style-src 'self'"})

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
        return response

    return CheckingClient(app)


def test_a_sound_page_has_no_fault() -> None:
    assert Page(document(FORM + '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>')).faults() == []


@pytest.mark.parametrize(
    ("faulty", "complaint"),
    [
        (document(heading=""), "0 h1"),
        (document("<h1>Uge 49</h1>"), "2 h1"),
        (document(html=""), "no lang"),
        (document(title=" "), "no title"),
        (document('<p id="a"></p><p id="a"></p>'), "id 'a' stands 2 times"),
        (document("<p>en<p>to</div>"), "end-tag-too-early"),
        (document().removeprefix("<!DOCTYPE html>"), "doctype"),
        (document('<form action="/x"></form>'), "method"),
        (document('<form method="post"></form>'), "action"),
        (document('<label for="nothing">Navn</label>'), "points at nothing"),
        (document('<p aria-describedby="nothing">x</p>'), "points at nothing"),
        (document('<input id="a"><label for="a">Navn</label>'), "has no name"),
        (document('<input name="a">'), "has no label"),
        (document('<button class="x"></button>'), "says nothing"),
        (document('<p style="color: red">x</p>'), "inline style"),
        (document('<p onclick="x()">x</p>'), "inline onclick"),
        (document("<script>x()</script>"), "inline script"),
        (document('<a href="javascript:x()">x</a>'), "javascript:"),
    ],
)
def test_a_faulty_page_is_told_what_is_wrong(faulty: str, complaint: str) -> None:
    assert any(complaint in fault for fault in Page(faulty).faults()), Page(faulty).faults()


def test_a_faulty_page_fails_the_request(client: CheckingClient) -> None:
    client.application.config["pages"]["/"] = document(heading="")
    with pytest.raises(AssertionError, match="0 h1"):
        client.get("/")


def test_an_answer_without_the_policy_fails_the_request(client: CheckingClient) -> None:
    with pytest.raises(AssertionError, match="Content-Security-Policy"):
        client.get("/bar")


def test_it_sends_what_a_browser_would_and_only_changes_what_is_named(client: CheckingClient) -> None:
    sent = client.submit("/", button="save", name="Svend").json
    expected = {
        "csrf_token": ["secret"],
        "name": ["Svend"],
        "topics": ["bill"],
        "place": ["b"],
        "do": ["save"],
    }
    assert sent == expected


def test_it_sends_lists_and_leaves_out_what_is_none(client: CheckingClient) -> None:
    sent = client.submit("/", {"topics": ["bill", "letter"], "place": None}, action="/gem", button="undo").json
    assert sent is not None
    assert sent["topics"] == ["bill", "letter"]
    assert "place" not in sent
    assert sent["do"] == ["undo"]


def test_a_field_the_form_does_not_have_needs_to_be_forged(client: CheckingClient) -> None:
    with pytest.raises(AssertionError, match="organisation_id"):
        client.submit("/", button="save", organisation_id=7)
    assert client.submit("/", button="save", organisation_id=7, forged=True).json["organisation_id"] == ["7"]  # type: ignore[index]


def test_a_form_with_two_buttons_needs_one_pressed(client: CheckingClient) -> None:
    with pytest.raises(AssertionError, match="several buttons"):
        client.submit("/")
