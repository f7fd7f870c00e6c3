"""`backup`, `restore` and `retention run`: data that survives, and data that goes."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import URL

from advice import schema, web
from advice.actions import copies, restored, retention
from advice.commands.database import demand_current_schema
from advice.database import begin_write, db
from advice.models.registry import metadata
from advice.rules.retention import RULES

FILE = click.Path(dir_okay=False, path_type=Path)
HOW_ON_POSTGRESQL = (
    "On PostgreSQL a backup is put back with its own program: stop server and worker, then `pg_restore --clean "
    "--if-exists --single-transaction --no-owner --dbname=… {path}`, `flask --app wsgi db upgrade` and "
    "`flask --app wsgi restored`, before anything is served."
)
TOLD = ("people", "visits", "visit_revisions", "shifts", "openings", "audit_entries")
"""The tables whose rows are told after a backup or a restore: enough to see that it is the right file."""

retention_group = AppGroup("retention", help="What is kept, for how long, and real deletion.")


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Count what is due; change nothing.")
def run(dry_run: bool) -> None:
    """Delete for real what the written rules no longer let us keep, and print counts."""
    demand_current_schema()
    now, zone = web.now(), web.settings().timezone
    tell(retention.due(now, zone) if dry_run else retention.run(now, zone, breath=retention.BREATH_SECONDS))


@click.command("backup")
@click.argument("path", type=FILE)
@with_appcontext
def backup_command(path: Path) -> None:
    """Write a consistent copy of the database to a new file, while people work, and check it."""
    demand_current_schema()
    try:
        found = copies.backup(db.engine, path)
    except copies.CopyError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"backed up to {path}" + (f" and checked: {said(found)}" if found else ""))


@click.command("restore")
@click.argument("path", type=FILE)
@with_appcontext
def restore_command(path: Path) -> None:
    """Put a checked backup in the place of the database, up to date and with the retention rules carried out."""
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException(HOW_ON_POSTGRESQL.format(path=path))
    database = copies.database_file(db.engine)
    db.session.remove()
    db.engine.dispose()
    try:
        click.echo(f"{path} is whole: {said(copies.look(path))}")
        staged = copies.stage(path, database, web.now())
        try:
            tell(brought_up_to_date(staged))
            found = copies.look(staged)
            kept = copies.put_in_place(staged, database, web.now())
        finally:
            copies.remove([staged])
    except copies.CopyError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored: {said(found)}")
    if kept:
        click.echo(f"the former database is kept as {kept} for 30 days")


@click.command("restored")
@with_appcontext
def restored_command() -> None:
    """After a backup was put back by pg_restore: end its sessions, give up its waiting mails, run retention."""
    demand_current_schema()
    begin_write()
    ended, given_up = restored.settle(web.now())
    db.session.commit()
    tell_settled(ended, given_up)
    tell(retention.run(web.now(), web.settings().timezone))


def tell_settled(ended: int, given_up: int) -> None:
    """Print what must not come back to life."""
    click.echo(f"{ended} sessions of the copy were ended, {given_up} waiting mails given up")


def brought_up_to_date(staged: Path) -> retention.Report:
    """Migrate a staged copy and run retention in it, before anybody is served from it.

    It is another database than the program's, so it gets a bare application of its own.
    """
    now, zone = web.now(), web.settings().timezone
    bare = Flask("restoring")
    bare.config["SQLALCHEMY_DATABASE_URI"] = URL.create("sqlite", database=str(staged.absolute()))
    db.init_app(bare)
    with bare.app_context():
        schema.upgrade(db.engine, metadata)
        begin_write()
        ended, given_up = restored.settle(now)
        db.session.commit()
        tell_settled(ended, given_up)
        report = retention.run(now, zone)
        db.session.remove()
        db.engine.dispose()
    return report


def tell(report: retention.Report) -> None:
    """Print what each rule found, a line a rule."""
    terms = {rule.name: rule.term for rule in RULES}
    for name, count in report.counts.items():
        click.echo(f"{count:>8}  {name} ({terms[name]})")
    if not report.erased:
        click.echo("A reader held SQLite's log, so it still holds old pages; the next run empties it.", err=True)


def said(found: copies.Looked) -> str:
    """A copy in a few words."""
    rows = ", ".join(f"{found.rows[name]} {name}" for name in TOLD if name in found.rows)
    return f"revision {found.revision}, {rows}"
