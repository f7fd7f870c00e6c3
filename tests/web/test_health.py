"""`/healthz`: 200 at the code's revision, 503 behind it, ahead of it, or without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from advice import schema, work
from advice.actions import outbox
from advice.actions.postman import Answer, Outcome
from advice.config import Settings
from advice.database import begin_write, db
from tests.builders import PASSWORD, World
from tests.databases import Engine
from tests.program import Clock, dispose
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient


def log_in(client: CheckingClient, world: World) -> None:
    assert client.submit("/log-ind", email="karen@example.org", password=PASSWORD).status_code == 303


pytestmark = pytest.mark.both_engines


def test_it_says_revision_and_the_workers_beat(app: Flask, settings: Settings) -> None:
    with app.app_context():
        work.run_due("a", settings)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["revision"], answer.json["worker_beat_seconds"]) == (schema.revisions()[0], 0)
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_says_how_long_the_oldest_unsent_mail_has_waited(app: Flask, clock: Clock) -> None:
    def said() -> object:
        answer = app.test_client().get("/healthz")
        assert answer.json is not None
        return answer.json["oldest_unsent_mail_seconds"]

    assert said() is None
    with writing(app):
        outbox.put(clock.now, "invitation", "rita@example.org", "Velkommen", "ord")
    clock.forward(seconds=90)
    with writing(app):
        outbox.put(clock.now, "invitation", "bent@example.org", "Velkommen", "ord")
    assert said() == 90
    with writing(app):
        claimed = outbox.claim(clock.now)
        assert claimed is not None
        outbox.settle(claimed, clock.now, Answer(Outcome.SENT))
    assert said() == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE alembic_version SET version_num = '9999'", "DELETE FROM alembic_version"]
)
def test_another_revision_is_not_ready(app: Flask, statement: str) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(text(statement))
        db.session.commit()
    assert app.test_client().get("/healthz").status_code == 503


def test_a_database_without_a_schema_is_not_ready(app: Flask) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(text("DROP TABLE alembic_version"))
        db.session.commit()
    assert app.test_client().get("/healthz").status_code == 503


@pytest.mark.parametrize("path", ["/", "/havnen/", "/i-dag", "/healthz", "/havnen/aabningstider.ics"])
def test_a_database_that_is_away_is_a_503_that_says_to_try_again(
    app: Flask, client: CheckingClient, engine: Engine, path: str
) -> None:
    """Also for somebody who is logged in: the error page asks the database for nothing."""
    app.extensions["advice"] = replace(app.extensions["advice"], demo=True)
    world = stored_world(app)
    log_in(client, world)
    with app.app_context():
        url = str(db.engine.url.render_as_string(hide_password=False))
        dispose()
    engine.drop(url)
    answer = client.get(path)
    assert answer.status_code == 503
    if path != "/healthz":
        assert answer.headers["Retry-After"] == "30"
        assert "Prøv igen" in answer.text
