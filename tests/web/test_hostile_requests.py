"""What strangers send that is no form of ours: JSON or files for fields, forged hosts, foreign cookies: never a 500."""

from __future__ import annotations

import io
from threading import Event, Thread

import pytest
from flask import Flask

from advice.database import begin_write, db
from tests.stored import stored_world
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t11

JSON_BODIES = ("5", '"abc"', "[1]", '{"email": 5}', '{"email": {}}', '{"email": "a\\ud800@b"}', "[" * 1000 + "]" * 1000)


def token(client: CheckingClient) -> str:
    return dict(client.page("/log-ind").forms()[0].fields)["csrf_token"]


@pytest.mark.parametrize("body", JSON_BODIES, ids=lambda body: body[:20])
def test_json_is_no_form(client: CheckingClient, body: str) -> None:
    headers = {"X-CSRFToken": token(client), "Content-Type": "application/json"}
    assert client.post("/log-ind", data=body, headers=headers).status_code in (400, 422)


@pytest.mark.parametrize("name", ["email", "password"])
def test_a_file_is_no_text(client: CheckingClient, name: str) -> None:
    data = {"csrf_token": token(client), name: (io.BytesIO(b"x"), "x.txt")}
    assert client.post("/log-ind", data=data, content_type="multipart/form-data").status_code == 422


@pytest.mark.parametrize("path", ["/log-ind", "/i-dag", "/maal"])
def test_a_remember_me_cookie_is_never_read(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"Cookie": "remember_token=a|é"})
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("path", ["/log-ind", "/i-dag", "/nope", "/static/base.css", "/healthz"])
def test_a_strangers_post_waits_for_no_writer(app: Flask, path: str) -> None:
    """On SQLite there is one writer at a time: a stranger must not stand in that line, nor hold others up."""
    stored_world(app)
    held, done = Event(), Event()

    def write() -> None:
        with app.app_context():
            begin_write()
            held.set()
            done.wait(60)
            db.session.rollback()

    writer = Thread(target=write)
    writer.start()
    try:
        assert held.wait(10)
        assert app.test_client().post(path, data={"email": "x"}).status_code in (302, 400, 404, 405)
    finally:
        done.set()
        writer.join()


def test_the_page_with_a_token_is_kept_by_nobody(client: CheckingClient) -> None:
    assert client.get("/log-ind").headers["Cache-Control"] == "no-store"
