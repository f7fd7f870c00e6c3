"""What only triggers and exclusion constraints can hold, for each engine, in one list.

Alembic does not see triggers, and a SQLite batch rebuild drops them without a word: so every migration
run ends with `recreate`, and `db check` compares what stands in the database with this list.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text


@dataclass(frozen=True, slots=True)
class Guard:
    """One named object of the database: what it holds, on which table, and how each engine says it."""

    name: str
    table: str
    sqlite: tuple[str, ...]
    """Full CREATE TRIGGER statements; the first is named like the guard, the others <name>_2 …"""
    postgresql: tuple[str, ...]
    """Statements that make a constraint or trigger of the guard's name (functions end in _fn)."""
    needs: str | None = None
    """Another table that must be there, too, before the guard can stand."""


def _no_clash(event: str, name: str) -> str:
    """SQLite: refuse an active shift that overlaps another one of the same person. Half-open, to the minute."""
    return f"""CREATE TRIGGER {name} BEFORE {event} ON shifts WHEN NEW.status = 'active'
BEGIN
  SELECT RAISE(ABORT, 'shift_clash') WHERE EXISTS (
    SELECT 1 FROM shifts WHERE person_id = NEW.person_id AND day = NEW.day AND status = 'active'
      AND id IS NOT NEW.id AND starts < NEW.ends AND NEW.starts < ends);
END"""


def _append_only(table: str, years: int) -> Guard:
    """Rows can be added, never changed, and taken away only when the engine's own clock says they are years old.

    That is the one way out that retention has: nobody can make a young row look old, since none can be changed.
    """
    name = f"{table}_append_only"
    young = f"OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-{years} years')"
    refuse = "BEGIN SELECT RAISE(ABORT, 'append_only'); END"
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}\n{refuse}",
        f"CREATE TRIGGER {name}_2 BEFORE DELETE ON {table} WHEN {young}\n{refuse}",
        # REPLACE INTO takes a row away without asking the trigger of DELETE.
        f"CREATE TRIGGER {name}_3 BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)\n{refuse}",
    )
    function = (
        f"CREATE OR REPLACE FUNCTION {name}_fn() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF TG_OP = 'DELETE' THEN "
        f"IF OLD.at <= now() - interval '{years} years' THEN RETURN OLD; END IF; END IF; "
        "RAISE EXCEPTION 'append_only'; END $$"
    )
    rows = f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}_fn()"
    return Guard(name, table, sqlite, (function, rows))


def _no_truncate(table: str) -> Guard:
    """PostgreSQL can empty a table without deleting a row; SQLite has no such statement."""
    name = f"{table}_no_truncate"
    function = (
        f"CREATE OR REPLACE FUNCTION {name}_fn() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append_only'; END $$"
    )
    statement = f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}_fn()"
    return Guard(name, table, (), (function, statement))


COUNTING = 52_017_432
"""The advisory lock of whoever raises a counter on PostgreSQL: any number that nothing else in the program locks."""


def _count_on(counter: str) -> str:
    """The statement that raises a counter by one, and begins it where there is none."""
    return (
        f"INSERT INTO revisions (name, number) VALUES ('{counter}', 1) "
        "ON CONFLICT (name) DO UPDATE SET number = revisions.number + 1"
    )


def _raises(counter: str, table: str) -> Guard:
    """Whoever changes a row that is shown under a counter (models/revisions.py) raises it, in the same transaction.

    SQLite has one writer at a time, so each row may count. PostgreSQL counts once a transaction and at its end, since
    the counter is one row for all writers: its lock is held for the commit only, and always taken last. Before it
    comes one lock for all counters, so that two writers who raise two of them never wait for each other.
    """
    name, count = f"{counter}_{table}", f"UPDATE revisions SET number = number + 1 WHERE name = '{counter}'"
    sqlite = (
        f"CREATE TRIGGER {name} AFTER INSERT ON {table}\nBEGIN {count}; END",
        f"CREATE TRIGGER {name}_2 AFTER UPDATE ON {table}\nBEGIN {count}; END",
        f"CREATE TRIGGER {name}_3 AFTER DELETE ON {table}\nBEGIN {count}; END",
    )
    function = (
        f"CREATE OR REPLACE FUNCTION {counter}_fn() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE this text := pg_current_xact_id()::text; "
        f"BEGIN IF current_setting('advice.counted_{counter}', true) IS DISTINCT FROM this THEN "
        f"PERFORM pg_advisory_xact_lock({COUNTING}); {count}; "
        f"PERFORM set_config('advice.counted_{counter}', this, true); END IF; RETURN NULL; END $$"
    )
    rows = (
        f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {counter}_fn()"
    )
    return Guard(name, table, sqlite, (function, rows), needs="revisions")


AUDIT_YEARS = 2
SEEN_BY_RESIDENTS = (
    "programmes", "organisations", "residential_areas", "places", "place_areas", "services", "weekly_hours",
    "openings", "resident_notices", "school_holidays", "topic_groups", "topics", "shifts", "memberships",
    "competences", "membership_competences",
)  # fmt: skip
"""Every table that a resident page, calendar or list reads (tests/web/test_kept_tables.py reads them all)."""
SHOWN_IN_ROSTER = (
    "organisations", "people", "places", "services", "openings", "shifts", "absences", "staffing_needs",
    "need_organisations", "need_competences", "competences", "membership_competences", "draft_changes",
    "day_needs", "day_need_organisations", "day_need_competences", "open_with_fewer",
)  # fmt: skip
"""Every table that the board of a quarter reads (tests/web/roster/test_kept_quarters.py reads them all)."""
COUNTERS = {"residents": SEEN_BY_RESIDENTS, "roster": SHOWN_IN_ROSTER}
"""Each counter of models/revisions.py, and the tables whose rows raise it."""
GUARDS = (
    Guard(
        "shift_clash",
        "shifts",
        (_no_clash("INSERT", "shift_clash"), _no_clash("UPDATE", "shift_clash_2")),
        (
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            "ALTER TABLE shifts ADD CONSTRAINT shift_clash EXCLUDE USING gist "
            "(person_id WITH =, day WITH =, int4range(starts, ends) WITH &&) WHERE (status = 'active')",
        ),
    ),
    _append_only("audit_entries", AUDIT_YEARS),
    _no_truncate("audit_entries"),
    *(_raises(counter, table) for counter, tables in COUNTERS.items() for table in tables),
)


def names(guard: Guard, dialect: str) -> list[str]:
    """The names under which a guard stands in the catalogue of the engine."""
    if dialect == "postgresql":
        return [guard.name]
    return [guard.name + (f"_{index + 1}" if index else "") for index in range(len(guard.sqlite))]


def mark(guard: Guard) -> str:
    """What PostgreSQL keeps as the comment of a guard: from which statements it was made, since it rewrites them."""
    return hashlib.sha256("\n".join(guard.postgresql).encode()).hexdigest()


def definitions(guard: Guard, dialect: str) -> dict[str, str]:
    """Name to definition, as `present` gives it for a guard that is as this list says."""
    if dialect == "sqlite":
        return dict(zip(names(guard, dialect), guard.sqlite, strict=True))
    kind = "CONSTRAINT" if "ADD CONSTRAINT" in guard.postgresql[-1] else "TRIGGER"
    return {guard.name: f"{kind} {mark(guard)}"}


def present(connection: Connection) -> dict[str, str]:
    """The triggers and exclusion constraints that stand in the database: name to definition.

    SQLite gives the statement back as it was written; PostgreSQL the kind and the comment that `recreate` left.
    """
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql AS definition FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = connection.execute(
            text(
                "SELECT conname AS name, 'CONSTRAINT ' || coalesce(obj_description(c.oid), '') AS definition "
                "FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace "
                "WHERE contype = 'x' AND nspname = current_schema() "
                "UNION ALL SELECT tgname, 'TRIGGER ' || coalesce(obj_description(oid), '') "
                "FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
        )
    return {row.name: row.definition for row in rows}


def drop(connection: Connection) -> None:
    """Take all guards away, so that tables can be rebuilt."""
    sqlite = connection.dialect.name == "sqlite"
    standing = present(connection)
    for guard in GUARDS:
        for name in names(guard, connection.dialect.name):
            if name not in standing:
                continue
            if sqlite:
                connection.execute(text(f"DROP TRIGGER {name}"))
            elif standing[name].startswith("CONSTRAINT"):
                connection.execute(text(f"ALTER TABLE {guard.table} DROP CONSTRAINT {name}"))
            else:
                connection.execute(text(f"DROP TRIGGER {name} ON {guard.table}"))


def recreate(connection: Connection) -> None:
    """Drop and create every guard whose tables exist: the last step of every migration run.

    The counters go up by one: while the guards were away rows may have changed unseen.
    """
    drop(connection)
    tables = set(inspect(connection).get_table_names())
    dialect = connection.dialect.name
    for guard in GUARDS:
        if guard.table not in tables or (guard.needs and guard.needs not in tables):
            continue
        for statement in guard.sqlite if dialect == "sqlite" else guard.postgresql:
            connection.execute(text(statement))
        if dialect == "postgresql":
            kind = definitions(guard, dialect)[guard.name].split()[0]
            connection.execute(text(f"COMMENT ON {kind} {guard.name} ON {guard.table} IS '{mark(guard)}'"))
    if "revisions" in tables:
        for counter in COUNTERS:
            connection.execute(text(_count_on(counter)))


def faults(connection: Connection) -> list[str]:
    """What differs between this list and the database, one sentence each; empty when all is well."""
    dialect = connection.dialect.name
    standing = present(connection)
    expected = {name for guard in GUARDS for name in names(guard, dialect)}
    found = [f"guard {name} is missing" for name in sorted(expected - set(standing))]
    found += [f"{name} stands in the database but not in guards.py" for name in sorted(set(standing) - expected)]
    wanted = {name: said for guard in GUARDS for name, said in definitions(guard, dialect).items()}
    changed = (name for name in sorted(expected & set(standing)) if wanted[name] != standing[name])
    found += [f"guard {name} differs from guards.py" for name in changed]
    counted = set(connection.execute(text("SELECT name FROM revisions")).scalars())
    return found + [f"revisions has no row {one}: nothing can be kept" for one in COUNTERS if one not in counted]
