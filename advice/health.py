"""`/healthz`: what a monitor asks. 200 when the database answers at the code's revision, else 503."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from advice import schema, web
from advice.database import db
from advice.models.jobs import last_beat
from advice.models.outbox import oldest_waiting

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@web.open_to_all
def healthz() -> tuple[Response, int]:
    """The schema revision, the worker's last beat and the age of the oldest unsent mail (null: none waits)."""
    found: dict[str, Any] = {
        "status": "ok",
        "revision": None,
        "worker_beat": None,
        "oldest_unsent_mail_seconds": None,
    }
    try:
        connection = db.session.connection()
        found["revision"] = schema.revision_of(connection)
        place = schema.standing(connection)
        if place is not schema.Standing.CURRENT:
            found["status"] = f"database {place}"
        else:
            beat = last_beat()
            found["worker_beat"] = beat.isoformat() if beat else None
            found["worker_beat_seconds"] = round((web.now() - beat).total_seconds()) if beat else None
            mail = oldest_waiting()
            found["oldest_unsent_mail_seconds"] = round((web.now() - mail).total_seconds()) if mail else None
    except SQLAlchemyError:
        db.session.rollback()
        found["status"] = "database does not answer"
    answer = jsonify(found)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if found["status"] == "ok" else 503
