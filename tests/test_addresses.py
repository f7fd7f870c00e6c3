"""The program's own addresses, with a slash too many too, and the slugs that programmes and places may have."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from advice.config import Settings
from advice.database import db
from advice.rules.danish import RESERVED_SLUGS, is_slug
from tests.builders import PASSWORD
from tests.every_address import addresses, settled
from tests.program import Clock
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

FIXED = frozenset(
    {
        "log-ind", "log-ud", "i-dag", "henvendelser", "vagtplan", "mine-vagter", "kalender", "maal", "rapporter",
        "indstillinger", "tid", "healthz",
    }
)  # fmt: skip
"""First parts of addresses that posters, calendars and other programs rely on, those not built yet among them."""
ASKED_FOR_ANYHOW = frozenset({"static", "robots.txt", "favicon.ico"})


def first_parts(app: Flask) -> set[str]:
    """The fixed first parts of every address that the program answers."""
    parts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    return {part for part in parts if part and not part.startswith("<")}


def test_exactly_the_programs_own_first_parts_are_reserved(app: Flask) -> None:
    assert {"vagtplan", "skift", "static"} <= first_parts(app)
    assert first_parts(app) | FIXED | ASKED_FOR_ANYHOW == RESERVED_SLUGS


def test_what_stands_below_a_programme_cannot_be_the_slug_of_a_place(app: Flask) -> None:
    below = {rule.rule.split("/")[2] for rule in app.url_map.iter_rules() if rule.rule.startswith("/<programme>/")}
    fixed = {part for part in below if part and not part.startswith("<")}
    assert fixed and not {part for part in fixed if is_slug(part)} - RESERVED_SLUGS


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration: the invented people log in with a password alone."""
    return replace(settings, demo=True)


def test_every_address_of_our_own_with_a_slash_too_many_leads_to_the_one_without(app: Flask, clock: Clock) -> None:
    found = addresses(app, settled(app, clock))
    client = app.test_client()
    ours = {url for rule, url in found if "GET" in (rule.methods or ()) and url.split("/")[1] in RESERVED_SLUGS}
    assert {"/indstillinger", "/i-dag", "/vagtplan/2026-48"} <= ours
    for url in sorted(one for one in ours if not one.startswith("/static/")):
        answer = client.get(f"{url}/")
        assert (answer.status_code, answer.headers["Location"]) == (308, url), url


def test_a_slash_too_many_keeps_the_question_and_leads_nowhere_else(client: CheckingClient, app: Flask) -> None:
    stored_world(app)
    answer = client.get("/vagtplan/2026-48/?lang=da&x=1")
    assert answer.headers["Location"] == "/vagtplan/2026-48?lang=da&x=1"
    assert client.head("/indstillinger/").status_code == 308
    assert client.post("/indstillinger/").status_code in (400, 404, 405), "only a page that is read is led on"
    assert client.get("/indstillinger/findes/ikke/her/").status_code == 404
    assert client.get("/henvendelser/sync/").status_code == 404, "a form's address is no page"
    assert client.get("/findes-ikke/").status_code == 404
    assert client.get("/havnen/").status_code == 200 and client.get("/havnen").headers["Location"] == "/havnen/"


def test_a_page_that_is_not_there_keeps_the_navigation_for_whoever_is_logged_in(
    client: CheckingClient, app: Flask
) -> None:
    stored_world(app)
    assert client.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 303
    for url, code in (("/indstillinger/steder", 403), ("/indstillinger/findes/ikke", 404), ("/findes-ikke/", 404)):
        page = client.page(url, status=code).text
        assert "Mine vagter" in page and "Rita Ror" in page and "Log ud" in page, url
    page = app.test_client().get("/indstillinger/findes/ikke").text
    assert "Mine vagter" not in page and "Til forsiden" in page


def test_a_page_that_is_not_there_says_so_when_the_database_does_not_answer_too(
    client: CheckingClient, app: Flask
) -> None:
    stored_world(app)
    assert client.submit("/log-ind", email="rita@example.org", password=PASSWORD).status_code == 303
    with writing(app):
        db.session.execute(text("ALTER TABLE sessions RENAME TO gone"))
    found = client.page("/i-dag/findes/ikke", status=404).text
    assert "Siden findes ikke" in found and "Rita Ror" not in found
