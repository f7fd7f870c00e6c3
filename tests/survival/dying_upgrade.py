"""The program, which kills itself (SIGKILL) at a given statement of a migration: `flask --app … db upgrade`.

DIE_BEFORE is the number of the statement, 1 the first that writes and any number past the last "just before COMMIT";
without it nothing dies, and the count of statements is printed. COMMIT_EACH=1 commits between the statements: what a
migration without a transaction would leave, to show that the test sees it.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from sqlalchemy import Connection, Engine, event

from wsgi import app

__all__ = ["app"]

die_before = int(os.environ.get("DIE_BEFORE", "0"))
commit_each = os.environ.get("COMMIT_EACH") == "1"
QUESTIONS = ("SELECT", "PRAGMA", "SHOW", "BEGIN")
seen = 0


@event.listens_for(Engine, "before_cursor_execute")
def count(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
    """Count a statement that writes, and die in front of the one that was asked for."""
    global seen
    if statement.lstrip().upper().startswith(QUESTIONS):
        return
    seen += 1
    if commit_each and seen > 1:
        cursor.execute("COMMIT")
        cursor.execute("BEGIN")
    if seen == die_before:
        die()


@event.listens_for(Engine, "commit")
def before_commit(connection: Connection) -> None:
    """The last moment at which everything must still be undone."""
    if not seen:
        return
    if die_before > seen:
        die()
    print(f"{seen} statements", flush=True)


def die() -> None:
    """End as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)
