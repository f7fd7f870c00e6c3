"""The commands of `flask --app wsgi …`."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from threading import Event
from typing import NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import IntegrityError

from advice import schema, web, work
from advice.actions.programmes import exchange, words
from advice.database import begin_write, db
from advice.demo import loader, log_ins
from advice.formats.programme_file.document import MOST_BYTES, FaultyFile, Parsed, read
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
    with db.engine.connect() as connection:
        click.echo(f"the database is at revision {schema.revision_of(connection)}")


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


programme_group = AppGroup("programme", help="A programme is a file: check it, import it, export it.")
PROGRAMME_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@programme_group.command("check")
@click.argument("path", metavar="FILE", type=PROGRAMME_FILE)
def check_programme(path: Path) -> None:
    """Name line and field of every fault of a programme file; touches no database."""
    parsed = read_programme(path)
    click.echo(f"{path}: no faults ({parsed.file.programme.slug})")


@programme_group.command("import")
@click.argument("path", metavar="FILE", type=PROGRAMME_FILE)
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
def import_programme(path: Path, dry_run: bool) -> None:
    """Make the programme of a file, or show the difference to it and apply it."""
    demand_current_schema()
    parsed = read_programme(path)
    begin_write()
    try:
        report = exchange.import_programme(parsed, web.now(), web.settings().timezone)
        if dry_run:
            db.session.rollback()
        else:
            db.session.commit()
    except FaultyFile as error:
        db.session.rollback()
        refuse_programme(error)
    except IntegrityError as error:
        db.session.rollback()
        raise click.ClickException("Somebody else changed the same programme. Run the import again.") from error
    for line in words.report_lines(report, dry_run):
        click.echo(line)


@programme_group.command("export")
@click.argument("slug")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export_programme(slug: str, path: Path) -> None:
    """Write a programme to a file; importing that file changes nothing."""
    demand_current_schema()
    text = exchange.export_programme(slug)
    if text is None:
        raise click.ClickException(f"There is no programme {slug}.")
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"{slug} written to {path}")


def read_programme(path: Path) -> Parsed:
    """Read a programme file, or print every fault and end with 1."""
    with path.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    try:
        return read(content, web.today())
    except FaultyFile as error:
        refuse_programme(error)


def refuse_programme(error: FaultyFile) -> NoReturn:
    """Print every fault of a programme file, and end with 1."""
    for fault in error.faults:
        click.echo(str(fault), err=True)
    raise SystemExit(1) from error


def demand_current_schema() -> None:
    """End with a sentence if the database is not at the code's revision."""
    with db.engine.connect() as connection:
        place = schema.standing(connection)
        if place is schema.Standing.AHEAD:
            raise click.ClickException(schema.AHEAD.format(schema.revision_of(connection)))
        if place is not schema.Standing.CURRENT:
            raise click.ClickException("The database is not at the code's revision: run `flask --app wsgi db upgrade`.")


@click.command("work")
@click.option("--once", is_flag=True, help="Run what is due, then stop.")
@click.option("--parent", type=int, hidden=True, help="Stop when this is no longer the parent process.")
@with_appcontext
def work_command(once: bool, parent: int | None) -> None:
    """Run the worker: all timed work, until it is told to stop."""
    if once:
        for name in work.run_due(work.worker_name(), web.settings()):
            click.echo(name)
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work.work(current_app._get_current_object(), web.settings(), stop, parent)  # type: ignore[attr-defined]


@click.command("demo")
@click.option("--scale", type=click.IntRange(1, 1000), default=1, help="So many times the visits (50: 100,000).")
@click.option("--json", "as_json", is_flag=True, help="Print log-ins and fresh calendar addresses as JSON.")
@with_appcontext
def demo_command(scale: int, as_json: bool) -> None:
    """Load the demonstration: two programmes, invented people, plan and visits."""
    demand_current_schema()
    try:
        loaded = loader.load(web.now(), web.settings().timezone, scale)
    except loader.RealRowsError as error:
        db.session.rollback()
        raise click.ClickException(str(error)) from error
    except IntegrityError as error:
        db.session.rollback()
        raise click.ClickException("Somebody else is loading the demonstration at this moment.") from error
    done = "the demonstration is loaded" if loaded else "the demonstration was loaded already; nothing has changed"
    click.echo(f"{done}; everybody's password: {loader.PASSWORD}", err=as_json)
    if as_json:
        click.echo(json.dumps(log_ins.log_ins(web.now()), ensure_ascii=False, indent=2))


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(db_group)
    app.cli.add_command(programme_group)
    app.cli.add_command(demo_command)
    app.cli.add_command(work_command)
