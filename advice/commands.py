"""The commands of `flask --app wsgi …`."""

from __future__ import annotations

import signal
from threading import Event

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from advice import schema, web, work
from advice.database import db
from advice.models.registry import metadata

db_group = AppGroup("db", help="The database: bring it up to date, check it.")


@db_group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate to the newest revision, after a copy of an SQLite file that holds rows."""
    with db.engine.connect() as connection:
        if schema.standing(connection) is schema.Standing.AHEAD:
            raise click.ClickException(schema.AHEAD.format(schema.revision_of(connection)))
    copy = schema.copy_before_upgrade(db.engine, web.now())
    if copy:
        click.echo(f"copied to {copy}")
    schema.upgrade(db.engine, metadata, revision)
    click.echo(f"the database is at revision {schema.revisions()[0]}")


@db_group.command("check")
def check() -> None:
    """Compare the database with the code: revision, tables, guards, foreign keys."""
    with db.engine.connect() as connection:
        found = schema.faults(connection, metadata)
    for line in found:
        click.echo(line, err=True)
    if found:
        raise SystemExit(1)
    click.echo("the database is as the code says")


@db_group.command("revision")
@click.argument("slug")
def revision(slug: str) -> None:
    """Write the next numbered migration from the difference between models and database."""
    schema.new_revision(db.engine, metadata, slug)


@click.command("work")
@click.option("--once", is_flag=True, help="Run what is due, then stop.")
@with_appcontext
def work_command(once: bool) -> None:
    """Run the worker: all timed work, until it is told to stop."""
    if once:
        for name in work.run_due(work.worker_name(), web.settings()):
            click.echo(name)
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work.work(current_app._get_current_object(), web.settings(), stop)  # type: ignore[attr-defined]


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(db_group)
    app.cli.add_command(work_command)
