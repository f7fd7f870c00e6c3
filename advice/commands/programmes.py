"""`programme`: check, import and export a programme file."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from advice import web
from advice.actions.programmes import exchange, words
from advice.commands.database import demand_current_schema
from advice.database import begin_write, db
from advice.formats.programme_file.document import MOST_BYTES, FaultyFile, Parsed, read

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
        return read(content, web.today(), web.settings().timezone)
    except FaultyFile as error:
        refuse_programme(error)


def refuse_programme(error: FaultyFile) -> NoReturn:
    """Print every fault of a programme file, and end with 1."""
    for fault in error.faults:
        click.echo(str(fault), err=True)
    raise SystemExit(1) from error
