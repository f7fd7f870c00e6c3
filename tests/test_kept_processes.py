"""Two servers, one database: what a resident sees is right in both, from the very next request on.

Beside an edit and the passing of time stands the twin: without the triggers the second server tells what was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from advice import guards
from advice.database import begin_write, db
from advice.models.hours import Closure
from tests import builders, moving_clock, stored_hours
from tests.live_server import LiveServer, serving
from tests.moving_clock import FileClock

pytestmark = pytest.mark.both_engines
world = stored_hours.world
MONDAY = date(2026, 11, 23)
Servers = tuple[LiveServer, LiveServer]


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of that Monday, on the clock of the place (UTC + 1)."""
    return datetime(2026, 11, 23, hour - 1, minute, tzinfo=UTC)


@pytest.fixture
def moving(tmp_path: Path) -> FileClock:
    return FileClock(tmp_path / "clock", at(12, 30))


@pytest.fixture
def servers(
    database_url: str, world: builders.World, app: Flask, moving: FileClock, tmp_path: Path
) -> Iterator[Servers]:
    """Two processes under one clock, on the database that holds Havnen."""
    started = (
        serving(database_url, tmp_path / f"{name}.log", moving_clock.APPLICATION, **moving.environ) for name in "ab"
    )
    with next(started) as one, next(started) as other:
        yield one, other


def text(server: LiveServer, path: str = "/havnen/skuret") -> str:
    with urlopen(server.url + path, timeout=20) as answer:
        return " ".join(answer.read().decode().split())


def warmed(servers: Servers, words: str) -> None:
    """Both servers have the page, and have it in memory."""
    for server in servers * 2:
        assert words in text(server)


def closed(app: Flask, world: builders.World) -> None:
    """A coordinator closes the day, in this process: a third one."""
    with stored_hours.edited(app, world) as key:
        where = {"programme_id": key["programme_id"], "place_id": key["place_id"]}
        db.session.add(Closure(kind="once", first_date=MONDAY, last_date=MONDAY, reason={"da": "Storm"}, **where))


def test_after_an_edit_the_next_request_of_every_process_shows_it(
    servers: Servers, app: Flask, world: builders.World
) -> None:
    warmed(servers, "Åbner i dag")
    closed(app, world)
    for server in servers:
        assert "Storm" in text(server)


def test_without_the_triggers_they_would_tell_what_was(servers: Servers, app: Flask, world: builders.World) -> None:
    """The twin: it shows that answers are kept at all, and that the triggers are what makes them fresh."""
    warmed(servers, "Åbner i dag")
    with app.app_context():
        begin_write()
        guards.drop(db.session.connection())
        db.session.commit()
    closed(app, world)
    for server in servers:
        assert "Storm" not in text(server)


def test_each_minute_that_opens_or_closes_shows_in_every_process(servers: Servers, moving: FileClock) -> None:
    told = [
        (at(12, 59), "Åbner i dag"), (at(13), "Åbent nu"), (at(15, 59), "Åbent nu"), (at(16), "Åbner mandag"),
        (at(24), "Åbner mandag"),
    ]  # fmt: skip
    for moment, words in told:
        moving.set(moment)
        warmed(servers, words)


def test_an_etag_is_good_until_the_place_opens(servers: Servers, moving: FileClock) -> None:
    one, other = servers
    moving.set(at(12))
    host = {"Host": "localhost"}  # the page names it, and is another for each
    with urlopen(Request(one.url + "/havnen/", headers=host), timeout=20) as answer:
        asked = Request(other.url + "/havnen/", headers={**host, "If-None-Match": answer.headers["ETag"]})
    for moment, status in ((at(12, 59), 304), (at(13), 200)):
        moving.set(moment)
        assert status_of(asked) == status


def status_of(request: Request) -> int:
    """urllib takes a 304 for an error."""
    try:
        with urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))


def test_an_opening_that_an_importer_writes_by_hand_is_seen(servers: Servers, app: Flask) -> None:
    """Whoever writes: here plain SQL, past every action of ours."""
    warmed(servers, "Åbner i dag")
    with app.app_context():
        begin_write()
        db.session.execute(db.text("UPDATE openings SET ends = 17 * 60 + 45 WHERE starts = 13 * 60"))
        db.session.commit()
    for server in servers:
        assert "17.45" in text(server)
