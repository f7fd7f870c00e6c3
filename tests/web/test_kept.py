"""Answers of resident pages that are kept: when they come from memory, and when they must not.

A page from memory asks nothing of the database but the counter, which is not counted here: `counted()` hears Flask's
statements only. That two processes agree is shown in tests/test_kept_processes.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from advice import guards
from advice.database import db
from advice.models.places import Place
from advice.models.revisions import Counter
from tests import stored_hours
from tests.builders import PASSWORD
from tests.program import Clock
from tests.queries import counted
from tests.stored import writing
from tests.web_client import CheckingClient

world = stored_hours.world
pytestmark = pytest.mark.usefixtures("world")
PAGE, PLACE = "/havnen/", "/havnen/skuret"
ADDRESSES = (
    "/", PAGE, PLACE, "/havnen/aabningstider.ics", "/havnen/skuret/aabningstider.ics", "/havnen/aabningstider.json",
)  # fmt: skip


def statements(client: CheckingClient, url: str = PAGE, **sent: Any) -> int:
    """How many statements an answer 200 took."""
    with counted() as seen:
        assert client.get(url, **sent).status_code == 200
    return len(seen)


def renamed(app: Flask, name: str) -> None:
    with writing(app):
        db.session.query(Place).filter_by(slug="skuret").one().name = name


@pytest.mark.both_engines
@pytest.mark.parametrize("url", ADDRESSES)
def test_the_second_time_a_page_comes_from_memory_and_is_the_same(client: CheckingClient, url: str) -> None:
    with counted() as seen:
        first = client.get(url)
    assert seen and first.status_code == 200
    with counted() as seen:
        again = client.get(url)
    assert seen == [] and again.data == first.data
    assert [pair for pair in again.headers if pair[0] != "Date"] == [
        pair for pair in first.headers if pair[0] != "Date"
    ]
    assert "no-cache" in again.headers["Cache-Control"] and again.headers["Vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_the_page_gets_304_cold_and_warm(client: CheckingClient, app: Flask, form: str) -> None:
    etag = client.get(PAGE).headers["ETag"]
    assert etag.startswith('"')
    renamed(app, "Skuret")  # the same words, another number: the memory is cold
    for _ in range(2):
        answer = client.get(PAGE, headers={"If-None-Match": form.format(etag)})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
        assert "Content-Type" not in answer.headers and answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get(PAGE, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_says_what_get_says_without_the_page(client: CheckingClient) -> None:
    cold, page, warm = client.head(PAGE), client.get(PAGE), client.head(PAGE)
    for head in (cold, warm):
        assert head.data == b"" and head.headers["Content-Length"] == str(len(page.data))
        assert head.headers["ETag"] == page.headers["ETag"]


@pytest.mark.both_engines
def test_an_edit_shows_at_once(client: CheckingClient, app: Flask) -> None:
    old = client.get(PAGE)
    assert "Ny bod" not in old.text
    renamed(app, "Ny bod")
    answer = client.get(PAGE, headers={"If-None-Match": old.headers["ETag"]})
    assert answer.status_code == 200 and "Ny bod" in answer.text


@pytest.mark.both_engines
def test_an_edit_that_is_taken_back_changes_nothing(client: CheckingClient, app: Flask) -> None:
    client.get(PAGE)
    with pytest.raises(ZeroDivisionError), writing(app):
        db.session.query(Place).filter_by(slug="skuret").one().name = "Ny bod"
        db.session.flush()
        raise ZeroDivisionError
    with app.app_context():
        db.session.rollback()
    assert statements(client) == 0 and "Ny bod" not in client.get(PAGE).text


def test_a_page_holds_until_the_place_closes_and_not_for_a_clock_put_back(client: CheckingClient, clock: Clock) -> None:
    for hour, words in ((11, "Åbner i dag kl."), (13, "Åbent nu"), (15, "Åbner"), (12, "Åbent nu")):
        clock.now = datetime(2026, 11, 23, hour, tzinfo=UTC)
        assert words in " ".join(client.get(PLACE).text.split())
        clock.now = datetime(2026, 11, 23, hour, 59, tzinfo=UTC)
        assert hour == 11 or statements(client, PLACE) == 0


def test_each_language_and_cookie_has_its_own(client: CheckingClient) -> None:
    client.get(PAGE)
    for headers in ({"Accept-Language": "pl"}, {"Host": "127.0.0.1"}):
        assert statements(client, headers=headers) > 0
        assert statements(client, headers=headers) == 0
    client.set_cookie("lang", "ar")
    assert statements(client) > 0
    assert statements(client) == 0


def test_what_other_sites_hang_on_an_address_changes_nothing(client: CheckingClient) -> None:
    strange = ("fbclid=IwAR1", "utm_source=x&utm_medium=y", "a", "%6Cang=pl", "x=1;lang=pl", "&&=")
    for asked in ("", "lang=pl"):
        answers = [client.get(f"{PAGE}?{one}&{asked}") for one in strange]
        bare = client.get(f"{PAGE}?{asked}")
        assert {(answer.data, answer.headers["ETag"], answer.headers["Vary"]) for answer in answers} == {
            (bare.data, bare.headers["ETag"], "Accept-Language, Cookie")
        }
        assert [statements(client, f"{PAGE}?{one}&{asked}") for one in strange] == [0] * len(strange)
        client.delete_cookie("lang")


def test_a_page_that_is_not_kept_says_what_its_language_was_chosen_from(client: CheckingClient) -> None:
    visitor = client.application.test_client()
    assert client.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 303
    posters = "&".join(f"sprog={code}" for code in ("da", "en", "ar", "tr", "pl"))
    for answer in (client.get(PAGE), visitor.get("/havnen/findes-ikke"), visitor.get(f"{PLACE}/plakat?{posters}")):
        assert answer.vary.as_set() >= {"accept-language", "cookie"}


def test_whoever_is_logged_in_is_never_answered_from_memory(client: CheckingClient) -> None:
    visitor = client.application.test_client()
    visitor.get(PAGE)
    assert client.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 303
    mine = client.get(PAGE)
    assert "ETag" not in mine.headers and statements(client) > 0
    assert visitor.get(PAGE).headers["ETag"]


def test_what_is_not_there_is_not_kept(client: CheckingClient) -> None:
    for _ in range(2):
        with counted() as seen:
            assert client.get("/havnen/findes-ikke").status_code == 404
        assert seen


def test_a_strange_host_is_refused_before_memory_is_asked(client: CheckingClient) -> None:
    client.get(PAGE)
    assert client.get(PAGE, headers={"Host": "evil.example"}).status_code == 400


@pytest.fixture
def while_reading(app: Flask) -> Iterator[list[Any]]:
    """What is put in here is called once, right before a page's next statement about openings."""
    waiting: list[Any] = []

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM openings" in statement and waiting:
            with ThreadPoolExecutor(1) as other:
                other.submit(waiting.pop()).result()

    event.listen(Engine, "after_cursor_execute", meanwhile)
    yield waiting
    event.remove(Engine, "after_cursor_execute", meanwhile)


@pytest.mark.both_engines
def test_an_edit_committed_while_the_page_is_made_is_never_masked(
    client: CheckingClient, app: Flask, while_reading: list[Any]
) -> None:
    """The page has read the place's name already, so it tells the old one; the next request must not."""
    while_reading.append(lambda: renamed(app, "Ny bod"))
    assert "Ny bod" not in client.get(PAGE).text and not while_reading
    assert "Ny bod" in client.get(PAGE).text


@pytest.mark.both_engines
def test_the_twin_without_the_triggers_the_edit_is_masked(
    client: CheckingClient, app: Flask, while_reading: list[Any]
) -> None:
    with writing(app):
        guards.drop(db.session.connection())
    while_reading.append(lambda: renamed(app, "Ny bod"))
    client.get(PAGE)
    assert not while_reading and "Ny bod" not in client.get(PAGE).text


@pytest.mark.both_engines
def test_a_broken_connection_is_replaced(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        counter = Counter(db.engine)
        number = counter.read()
        assert number is not None and len(counter._idle) == 1
        counter._idle[0].close()
        assert counter.read() == number
        db.engine.dispose()
        assert not counter._idle


def test_without_its_row_nothing_is_kept_and_pages_are_served(client: CheckingClient, app: Flask) -> None:
    with writing(app):
        db.session.execute(text("DELETE FROM revisions"))
    assert statements(client) > 0 and statements(client) > 0
