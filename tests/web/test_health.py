"""`/healthz`: 200 at the code's revision, 503 behind it, ahead of it, or without a database."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from advice import work
from advice.config import Settings
from advice.database import begin_write, db

pytestmark = pytest.mark.both_engines


def test_it_says_revision_and_the_workers_beat(app: Flask, settings: Settings) -> None:
    with app.app_context():
        work.run_due("a", settings)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["revision"], answer.json["worker_beat_seconds"]) == ("0001", 0)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "statement", ["UPDATE alembic_version SET version_num = '9999'", "DELETE FROM alembic_version"]
)
def test_another_revision_is_not_ready(app: Flask, statement: str) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(text(statement))
        db.session.commit()
    assert app.test_client().get("/healthz").status_code == 503


def test_no_database_is_not_ready(app: Flask) -> None:
    with app.app_context():
        begin_write()
        db.session.execute(text("DROP TABLE alembic_version"))
        db.session.commit()
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
