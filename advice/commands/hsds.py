"""`hsds`: opening hours for directories of services."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from advice import web
from advice.commands.database import demand_current_schema
from advice.commands.people import own_address
from advice.formats import hsds
from advice.models import published

hsds_group = AppGroup("hsds", help="Opening hours as Open Referral HSDS 3 JSON.")


@hsds_group.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export_hsds(path: Path) -> None:
    """Write the openings ahead of every programme that has not ended to a file, as HSDS 3.0 JSON.

    The file is whole at every moment, so a web server may serve it while it is written anew.
    """
    demand_current_schema()
    if not web.settings().base_url:
        click.echo(f"ADVICE_BASE_URL is not set, so ids and addresses are those of {own_address()}.", err=True)
    document = hsds.document(told())
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    schedules = [at["schedules"] for service in document["contents"] for at in service["service_at_locations"]]
    click.echo(f"{path}: {len(document['contents'])} services, {sum(map(len, schedules))} schedules")


def told() -> list[hsds.Published]:
    """What the export holds: every programme with its rows."""
    today, zone, base = web.today(), web.settings().timezone, own_address().rstrip("/")
    return [
        hsds.Published(
            programme,
            published.places(programme.id, today),
            published.services(programme.id, today),
            published.openings(programme.id, today),
            f"{base}/{programme.slug}",
            today,
            zone,
        )
        for programme in published.programmes(today)
    ]
