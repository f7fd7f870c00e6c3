"""What a database file kept of the visits that were asked for: each fault in one sentence."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from tests.survival.log_writers import Asked


def faults(database: Path, asked: Iterable[dict[str, Asked]]) -> list[str]:
    """Everything wrong with the file: lost, doubled or half visits, visits nobody logged, a broken file."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        wanted = {visit: what for one in asked for visit, what in one.items()}
        return [*_broken(connection), *_visits(connection, wanted)]


def _broken(connection: sqlite3.Connection) -> Iterator[str]:
    (result,) = connection.execute("PRAGMA integrity_check").fetchone()
    if result != "ok":
        yield f"integrity_check: {result}"
    yield from (f"foreign_key_check: {row}" for row in connection.execute("PRAGMA foreign_key_check"))


def _visits(connection: sqlite3.Connection, wanted: dict[str, Asked]) -> Iterator[str]:
    """The newest acknowledged revision or a newer one that was asked for, with all revisions and topics of it, once."""
    connection.execute("BEGIN")  # one moment for all four questions
    stored = dict(connection.execute("SELECT id, revision FROM visits").fetchall())
    undone = {visit for (visit,) in connection.execute("SELECT id FROM visits WHERE undone")}
    revisions = defaultdict(list)
    for visit, revision in connection.execute("SELECT visit_id, revision FROM visit_revisions ORDER BY revision"):
        revisions[visit].append(revision)
    topics = defaultdict(set)
    joined = "SELECT visit_id, code FROM visit_topics JOIN topics ON topics.id = topic_id"
    for visit, code in connection.execute(joined):
        topics[visit].add(code)
    for visit, what in wanted.items():
        revision = stored.get(visit, 0)
        if revision < what.acknowledged:
            yield f"lost: revision {what.acknowledged} of {visit} was acknowledged, {revision} is stored"
        if revision > what.asked or revisions[visit] != list(range(1, revision + 1)):
            yield f"more or less than asked for: revisions {revisions[visit]} of {visit}"
        if revision and (topics[visit] != what.topics or (visit in undone) != (revision == 2)):
            yield f"altered: revision {revision} of {visit} has the topics {topics[visit]}"
    yield from (f"nobody logged {visit}" for visit in (stored.keys() | revisions.keys()) - wanted.keys())
