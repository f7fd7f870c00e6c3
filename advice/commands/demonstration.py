"""`demo`: load the demonstration, and print its log-ins."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError

from advice import web
from advice.commands.database import demand_current_schema
from advice.database import db
from advice.demo import loader, log_ins


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
