"""`work`: the worker."""

from __future__ import annotations

import signal
from threading import Event

import click
from flask import current_app
from flask.cli import with_appcontext

from advice import web, work


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
