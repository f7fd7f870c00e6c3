"""JSON of our own scripts: a header no form can send, the browser's word, and a body with limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from advice import security, web

OURS = {"X-Requested-With": "fetch", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def echo(app: Flask) -> FlaskClient:
    """A browser before a program with an address that gives back the JSON it was sent."""

    @web.csrf.exempt
    @security.json_only
    def echo() -> Any:
        return jsonify(got=security.json_body(limit=1000))

    app.add_url_rule("/proeve-json", "proeve_json", echo, methods=["POST"])
    return app.test_client()


def send(client: FlaskClient, body: bytes | str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
    """POST the body as JSON of our own script, unless other headers are given."""
    given = {"content_type": "application/json", **more}
    return client.post("/proeve-json", data=body, headers=OURS if headers is None else headers, **given)


class TestJson:
    """What is read, and what is refused."""

    def test_our_script_is_read(self, echo: FlaskClient) -> None:
        answer = send(echo, '{"a": [1, {"b": null}], "å": "\\u00e5"}')
        assert answer.get_json() == {"got": {"a": [1, {"b": None}], "å": "å"}}
        assert send(echo, "{}", {"X-Requested-With": "x", "Origin": "http://localhost"}).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Requested-With": "fetch"},
            {"Sec-Fetch-Site": "same-origin"},
            {"X-Requested-With": "", "Sec-Fetch-Site": "same-origin"},
            {"X-Requested-With": "fetch", "Origin": "https://evil.example"},
            {"X-Requested-With": "fetch", "Sec-Fetch-Site": "none"},
        ],
    )
    def test_whoever_cannot_show_that_it_is_ours_is_refused(self, echo: FlaskClient, headers: dict[str, str]) -> None:
        answer = send(echo, "{}", headers)
        assert (answer.status_code, list(answer.get_json())) == (403, ["error"])

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"])
    def test_another_kind_of_body_is_a_415(self, echo: FlaskClient, kind: str) -> None:
        answer = send(echo, "{}", content_type=kind)
        assert (answer.status_code, list(answer.get_json())) == (415, ["error"])

    @pytest.mark.t11
    @pytest.mark.parametrize(
        "body",
        [
            b"", b"5", b"[]", b"null", b'"x"', b"{", b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1, "a": 2}',
            b'{"a": {"b": 1, "b": 1}}', b'{"a": "\xff"}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"{'a': 1}",
            b'{"a":' * 21 + b"1" + b"}" * 21, b'{"a":' + b"[" * 900, b'{"a": 1} x', b"\x00",
        ],
    )  # fmt: skip
    def test_what_is_no_object_is_a_400(self, echo: FlaskClient, body: bytes) -> None:
        answer = send(echo, body)
        assert (answer.status_code, list(answer.get_json())) == (400, ["error"])

    @pytest.mark.t11
    def test_a_number_of_ten_thousand_digits_and_a_thousand_levels_are_a_400(self, app: Flask) -> None:
        for body in ('{"a": ' + "9" * 10_000 + "}", '{"a": ' + "[" * 50_000 + "]" * 50_000 + "}"):
            with app.test_request_context(data=body, content_type="application/json", method="POST"):
                with pytest.raises(HTTPException) as caught:
                    security.json_body()
                assert caught.value.response is not None and caught.value.response.status_code == 400

    def test_twenty_levels_are_read(self, echo: FlaskClient) -> None:
        body = '{"a":' * 20 + "1" + "}" * 20
        assert send(echo, body).get_json() == {"got": json.loads(body)}

    def test_more_than_the_limit_is_a_413(self, echo: FlaskClient) -> None:
        for size in (1001, 2 * 1024 * 1024):
            answer = send(echo, b'{"a": "' + b"x" * (size - 9) + b'"}')
            assert (answer.status_code, list(answer.get_json())) == (413, ["error"])
        assert send(echo, b'{"a": "' + b"x" * 991 + b'"}').status_code == 200

    def test_what_no_database_can_hold_is_taken_out(self, echo: FlaskClient) -> None:
        assert send(echo, '{"a\\u0000": ["x\\u0000y", "\\ud800z", "\\ud83d\\ude00"]}').get_json() == {
            "got": {"a": ["xy", "z", "\U0001f600"]}
        }

    def test_whatever_needs_no_token_is_only_for_our_scripts(self, app: Flask) -> None:
        """A view that is let off the token and takes forms could be sent by any site."""
        exempt = web.csrf._exempt_views
        loose = [
            name
            for name, view in app.view_functions.items()
            if f"{view.__module__}.{view.__name__}" in exempt and not hasattr(view, "json_only")
        ]
        assert loose == []
