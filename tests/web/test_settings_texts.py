"""What the settings say of texts to residents: notices and themes, where they are seen, and words agreed first."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.hours.suggestions import CUSTOMARY
from advice.models.notices import ResidentNotice
from tests import coordinator_screens
from tests.builders import World
from tests.web_client import CheckingClient, Value

ROOT = "/indstillinger"
NEW = f"{ROOT}/opslag/ny"
TYPED: dict[str, Value] = {
    "kind": "notice", "labels-da": "Der er kaffe", "first_date": "2026-11-23", "last_date": "2026-11-30",
}  # fmt: skip

settings, world = coordinator_screens.settings, coordinator_screens.open_world
karen = coordinator_screens.karen


def saved(client: CheckingClient, **more: Value) -> str:
    """Save a notice; what the page says after."""
    answer = client.submit(NEW, {**TYPED, **more}, action=NEW)
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def test_no_place_means_all_places(karen: CheckingClient) -> None:
    assert '<option value="">Alle steder</option>' in karen.get(NEW).text
    text = karen.get(f"{ROOT}/lukkeperioder/ny?slags=once").text
    assert '<option value="">Alle steder</option>' in text
    assert '<option value="">Alle tilbud</option>' in text
    assert '<option value="">Vælg …</option>' in karen.get(f"{ROOT}/faste-tider/ny").text


def test_a_notice_has_several_lines(karen: CheckingClient, app: Flask) -> None:
    saved(karen, **{"text-da": "Først kaffe.\r\n\r\nSå kage."})
    with app.app_context():
        row = db.session.scalars(select(ResidentNotice)).one()
        assert row.text == {"da": "Først kaffe.\n\nSå kage."}
        url = f"{ROOT}/opslag/{row.id}"
    shown = re.search(r'<textarea[^>]*name="text-da"[^>]*>\s*(.*?)</textarea>', karen.get(url).text, re.DOTALL)
    assert shown and shown[1].split() == ["Først", "kaffe.", "Så", "kage."]
    assert karen.submit(url, action=url).status_code == 303
    assert "Der var ikke noget at ændre." in karen.get(f"{ROOT}/opslag").text


def test_a_saved_notice_leads_to_where_residents_see_it(karen: CheckingClient, world: World) -> None:
    text = saved(karen)
    assert '<a href="/havnen/">Se beboernes side</a>' in text and "i vagtplanen</a>" not in text
    assert '<a href="/havnen/kajen">Se beboernes side</a>' in saved(karen, place="kajen")
    assert "Der er kaffe" in karen.get("/havnen/kajen").text
    later = saved(karen, first_date="2026-11-24")
    assert "Beboerne ser det fra tirsdag 24. november 2026." in later


def test_a_saved_theme_leads_to_its_poster_once_it_can_be_printed(karen: CheckingClient, world: World) -> None:
    [address] = re.findall(r'<a href="([^"]+)">Se plakaten</a>', saved(karen, kind="theme"))
    assert address.startswith("/havnen/skuret/plakat?tema=")
    karen.page(address)
    [address] = re.findall(r'<a href="([^"]+)">Se plakaten</a>', saved(karen, kind="theme", place="kajen"))
    assert "Der er kaffe" in karen.page(address).text
    assert "Se plakaten" not in saved(karen, kind="theme", first_date="2026-11-24")


def test_the_help_of_customary_days_names_all_that_are_suggested(karen: CheckingClient) -> None:
    text = karen.get(f"{ROOT}/helhedsplan").text
    [hint] = re.findall(r'id="customary_closed-hint">([^<]+)<', text)
    assert set(re.findall(r"\d+/\d+", hint)) == {f"{day}/{month}" for month, day in CUSTOMARY}


def test_the_promise_is_agreed_before_residents_see_it(karen: CheckingClient) -> None:
    assert "Aftal ordene med jobcentret, før beboerne ser dem." in karen.get(f"{ROOT}/helhedsplan").text
