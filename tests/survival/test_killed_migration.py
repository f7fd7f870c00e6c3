"""T13: a migration is killed again and again; old or new schema stands, never half, and a second run finishes."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import pytest
from sqlalchemy import text
from sqlalchemy.exc import NoSuchTableError

from advice import schema
from advice.app import create_app
from advice.config import ROOT, Settings
from advice.database import db
from advice.models.registry import metadata
from tests.databases import Engine
from tests.program import SECRET_KEY, dispose
from tests.survival import generated_rows, standing_schema
from tests.survival.standing_schema import Rows, Structure

pytestmark = [pytest.mark.t13, pytest.mark.both_engines]

STARTS = ("base", *reversed(schema.revisions()[1:]))
"""Every revision from which somebody may upgrade to the newest."""
SECONDS = 60
FINISHED_EACH = 5
"""After so many kills a second run finishes, if none did; between them the next kill meets what the last one left."""
DYING = "tests.survival.dying_upgrade"
OTHER_CLIENTS = (
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "AND datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass
class Standing:
    """What a database holds at one moment."""

    structure: Structure
    rows: Rows
    orphans: list[str]
    """Rows that point at rows there are not."""


@dataclass
class Migration:
    """A database at an old revision with rows in every table, and the upgrade that is to be killed."""

    url: str
    start: str
    old: Standing
    new: Structure
    statements: int
    begins: float
    """Seconds from the start of an undisturbed process to its first writing statement, as far as can be told."""
    ends: float

    def look(self) -> Standing:
        """What stands now, once PostgreSQL has noticed that a killed client is gone."""
        dispose()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if connection.dialect.name == "postgresql":
                while connection.execute(text(OTHER_CLIENTS)).scalar():
                    connection.execute(text("SELECT pg_sleep(0.01)"))
        return look()

    def faults(self, found: Standing) -> list[str]:
        """Old or new, each whole, with every row that was there, and none that points at nothing."""
        missing = [*standing_schema.differences(self.old.rows, found.rows), *found.orphans]
        if found.structure not in (self.old.structure, self.new):
            half = found.structure - self.old.structure
            missing.append(f"neither old nor new: {sorted(half)[:3]} … of {len(half)} beside {self.start}")
        return missing

    def finish(self) -> None:
        """Run the upgrade again, and go back to where the next one begins."""
        schema.upgrade(db.engine, metadata)
        assert faults() == []
        schema.downgrade(db.engine, metadata, self.start)
        assert self.faults(look()) == []


def look() -> Standing:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        orphans = standing_schema.orphans(connection)
        try:
            return Standing(standing_schema.structure(connection), standing_schema.rows(connection), orphans)
        except NoSuchTableError as gone:  # others still point at it
            return Standing(frozenset({f"no table {gone}"}), {}, orphans)


def faults() -> list[str]:
    with db.engine.connect() as connection:
        return schema.faults(connection, metadata)


def upgrading(url: str, application: str, **environ: str) -> subprocess.Popen[str]:
    """The command of the README as a process of its own."""
    command = [sys.executable, "-m", "flask", "--app", application, "db", "upgrade"]
    known = {name: value for name, value in os.environ.items() if not name.startswith("ADVICE_")}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**known, "DATABASE_URL": url, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def migration(engine: Engine, start: str) -> Iterator[Migration]:
    """A database at `start` with rows, and what an undisturbed upgrade of it takes and makes."""
    url = engine.empty()
    with create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True)).app_context():
        schema.upgrade(db.engine, metadata, "head" if start == "base" else start)
        schema.downgrade(db.engine, metadata, start)
        with db.engine.connect().execution_options(writes=True) as connection:
            generated_rows.fill(connection)
            connection.commit()
        old, began = look(), perf_counter()
        assert old.orphans == []
        said, _ = upgrading(url, DYING).communicate(timeout=SECONDS)
        ends = perf_counter() - began
        counted = re.search(r"(\d+) statements", said)
        assert counted and faults() == [], said
        new = look()
        begun = perf_counter()
        schema.downgrade(db.engine, metadata, start)
        lasts = perf_counter() - begun
        yield Migration(url, start, old, new.structure, int(counted[1]), max(ends - 2 * lasts, ends / 2), ends)
        dispose()
    engine.drop(url)


def moments(kills: int) -> list[tuple[str, int]]:
    """(start, kills) so that all of them together are so many."""
    each, rest = divmod(kills, len(STARTS))
    return [(start, each + (number < rest)) for number, start in enumerate(STARTS)]


LONG = [pytest.param(start, 20, marks=pytest.mark.long) for start in STARTS]


@pytest.mark.parametrize(("start", "kills"), [*moments(20), *LONG])
def test_a_killed_upgrade_leaves_the_old_or_the_new_schema(migration: Migration, kills: int) -> None:
    """Half of them at a random moment by the clock, half at a random statement or just before the last COMMIT."""
    seed = int(os.environ.get("SURVIVAL_SEED") or random.SystemRandom().randrange(2**32))
    print(f"SURVIVAL_SEED={seed}")  # shown when the test fails
    dice = random.Random(seed)
    for number in range(kills):
        if number % 2:
            process = upgrading(migration.url, "wsgi")
            try:
                process.communicate(timeout=dice.uniform(migration.begins, migration.ends))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        else:
            at = dice.randint(1, migration.statements) if number else migration.statements + 1
            process = upgrading(migration.url, DYING, DIE_BEFORE=str(at))
            said, _ = process.communicate(timeout=SECONDS)
            assert process.returncode == -9, said
        found = migration.look()
        assert migration.faults(found) == [], f"kill {number + 1}"
        assert number % 2 or found.structure == migration.old.structure
        if number % FINISHED_EACH == 0 or found.structure == migration.new:
            migration.finish()
    migration.finish()


@pytest.mark.parametrize("start", STARTS[-1:])
def test_a_migration_without_its_transaction_is_found_out(migration: Migration) -> None:
    at = str(migration.statements // 2)
    process = upgrading(migration.url, DYING, DIE_BEFORE=at, COMMIT_EACH="1")
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == -9, said
    assert any("neither old nor new" in sentence for sentence in migration.faults(migration.look()))


def test_a_second_upgrade_by_the_command_finishes(engine: Engine) -> None:
    """Killed in the middle by the real command, finished by the real command."""
    url = engine.empty()
    process = upgrading(url, DYING, DIE_BEFORE="40")
    process.communicate(timeout=SECONDS)
    assert process.returncode == -9
    said, _ = upgrading(url, "wsgi").communicate(timeout=SECONDS)
    assert f"at revision {schema.revisions()[0]}" in said
    engine.drop(url)
