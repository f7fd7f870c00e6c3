"""`make run`: everything to try the program on this machine. A real installation follows docs/."""

from __future__ import annotations

import atexit
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import waitress
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from advice import schema
from advice.app import create_app
from advice.config import INSTANCE, ROOT, Settings, stored_secret_key
from advice.database import db
from advice.demo.loader import PASSWORD, load
from advice.models.people import Membership, Person
from advice.models.programmes import Programme, everything
from advice.models.registry import metadata

THREADS = 8
ONLY_HERE = "HOST={} is open to the network, but only this machine is served until ADVICE_BASE_URL is an https address."


def main() -> None:
    """Make what is missing (key, schema, demonstration), start the worker, serve, and say where to look."""
    if not os.environ.get("SECRET_KEY"):
        make_secret_key(INSTANCE)
    settings = Settings.from_environ(os.environ)
    app = create_app(settings)
    with app.app_context():
        try:
            prepare(settings)
        except DatabaseError as error:
            sys.exit(f"The database cannot be used: {error.orig}")
        if any(programme.demo for programme in everything()):
            os.environ["ADVICE_DEMO"] = "1"
            settings = replace(settings, demo=True)
        welcome = words(settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server = waitress.create_server(create_app(settings), **serving(settings))
    except OSError as error:
        sys.exit(f"Port {settings.port} cannot be used ({error.strerror}). Try: PORT={settings.port + 1} make run")
    start_worker()
    print(welcome, flush=True)
    server.run()


def serving(settings: Settings) -> dict[str, Any]:
    """What waitress is told: its limits lie beyond the program's own, so that people meet its pages, not these."""
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": THREADS,
        "ident": None,
        "max_request_header_size": 64 * 1024,
        "max_request_body_size": 16 * 1024 * 1024,
        "clear_untrusted_proxy_headers": not settings.proxies,
    }


def make_secret_key(folder: Path) -> None:
    """Make the key that signs sessions, once, readable by its owner only. One that is empty is made anew."""
    folder.mkdir(parents=True, exist_ok=True)
    if stored_secret_key(folder):
        return
    new = folder / f"secret_key.{os.getpid()}"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    new.replace(folder / "secret_key")


def prepare(settings: Settings) -> None:
    """Bring the database to the code's revision and load the demonstration into an empty one."""
    with db.engine.connect() as connection:
        place = schema.standing(connection)
        found = schema.revision_of(connection)
    if place is schema.Standing.AHEAD:
        sys.exit(schema.AHEAD.format(found))
    if place is not schema.Standing.CURRENT:
        copy = schema.copy_before_upgrade(db.engine, settings.clock())
        if copy:
            print(f"Copied the database to {copy} before the upgrade.")
        schema.upgrade(db.engine, metadata)
    empty = db.session.scalar(select(Programme.id).limit(1)) is None
    empty = empty and db.session.scalar(select(Person.id).limit(1)) is None
    db.session.rollback()
    if empty:
        print("Loading the demonstration …", flush=True)
        load(settings.clock(), settings.timezone)


def start_worker() -> None:
    """Start `flask work` beside the server; it ends with the server, however the server ends."""
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "work", "--parent", str(os.getpid())]
    worker = subprocess.Popen(command, env=os.environ.copy())
    atexit.register(worker.terminate)


def words(settings: Settings) -> str:
    """Where to look and whom to log in as."""
    lines = [
        "",
        "Åben Rådgivning is running:",
        f"  http://localhost:{settings.port}",
        f"  http://127.0.0.1:{settings.port}",
        "",
    ]
    lines += [f"  /{programme.slug}/" for programme in everything()]
    lines += ["  /log-ind   the staff's pages", ""]
    if settings.demo:
        lines.append(f"Demo log-ins, all with the password: {PASSWORD}")
        lines += [log_in_line(members) for members in demo_people()]
    if settings.base_url is None and settings.host not in ("127.0.0.1", "localhost", "::1"):
        lines += ["", ONLY_HERE.format(settings.host)]
    lines.append("\nCtrl-C stops it.")
    return "\n".join(lines)


def log_in_line(members: Sequence[Membership]) -> str:
    """A person to log in as, with what she is where: one line, however many memberships she has."""
    posts = [f"{one.role:<12} {one.organisation.short_name}, {one.programme.short_name}" for one in members]
    first = f"  {members[0].person.email:<32} {posts[0]}"
    return "\n".join([first, *(f"  {'':<32} {post}" for post in posts[1:])])


def demo_people() -> list[list[Membership]]:
    """The memberships of one person of each role in each organisation, and of whoever has several: each person once."""
    rows = select(Membership).join(Person, Person.id == Membership.person_id).where(Person.demo).order_by(Membership.id)
    of_people: dict[int, list[Membership]] = {}
    first: dict[tuple[int, int, str], int] = {}
    for member in db.session.scalars(rows):
        of_people.setdefault(member.person_id, []).append(member)
        first.setdefault((member.programme_id, member.organisation_id, member.role), member.person_id)
    told = [members for who, members in of_people.items() if len(members) > 1 or who in first.values()]
    return sorted(told, key=lambda members: (members[0].programme_id, members[0].id))
