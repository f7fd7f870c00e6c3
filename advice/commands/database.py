"""`db`: bring the database to the code's revision, check it, write the next migration."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from advice import schema, web
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


def demand_current_schema() -> None:
    """End with a sentence if the database is not at the code's revision."""
    with db.engine.connect() as connection:
        place = schema.standing(connection)
        if place is schema.Standing.AHEAD:
            raise click.ClickException(schema.AHEAD.format(schema.revision_of(connection)))
        if place is not schema.Standing.CURRENT:
            raise click.ClickException("The database is not at the code's revision: run `flask --app wsgi db upgrade`.")
