"""The residents' service worker as the server gives it; what it does: tests/browser/test_residents_offline.py."""

from __future__ import annotations

import json
import re
from datetime import date
from xml.etree.ElementTree import Element

import pytest

from advice import kept
from advice.config import ROOT
from advice.database import db
from advice.models.programmes import Programme
from advice.public import offline
from advice.rules.languages import NAMES
from tests import residents
from tests.builders import PASSWORD, added
from tests.html_pages import Page
from tests.residents import MONDAY, Harbour
from tests.web_client import CheckingClient

harbour = residents.harbour
WORKER = "/havnen/sw.js"
PAGES = ("/havnen/", "/havnen/skuret", "/havnen/skuret/plakat")
STAFF = ("/i-dag", "/henvendelser", "/vagtplan", "/maal", "/indstillinger", "/konto")


def sentences(page: Page) -> list[Element]:
    """The element that the worker uncovers."""
    return [element for element in page.all("div") if element.get("id") == "uden-net"]


def workers(page: Page) -> list[str | None]:
    """The workers that a page's script registers."""
    return [script.get("data-worker") for script in page.all("script") if script.get("data-worker")]


def said(page: Page) -> str:
    """The sentence, read without a break where the page has none."""
    (element,) = sentences(page)
    return " ".join("".join(element.itertext()).split())


def test_the_worker_is_a_script_that_is_asked_for_anew(harbour: Harbour, client: CheckingClient) -> None:
    for _ in range(2):  # the second time it comes from memory
        answer = client.get(WORKER)
        assert (answer.status_code, answer.content_type) == (200, "text/javascript; charset=utf-8")
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "connect-src 'self'" in answer.headers["Content-Security-Policy"], "the worker may ask for pages"
        assert answer.data == (ROOT / "static/residents-worker.js").read_bytes()
    assert client.get(WORKER, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ["/ukendt/sw.js", "/Havnen/sw.js", "/%00/sw.js", "/havnen/skuret/sw.js"])
def test_there_is_none_for_an_unknown_programme(harbour: Harbour, client: CheckingClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_each_page_of_a_programme_carries_its_worker_and_its_sentence_unseen(
    harbour: Harbour, client: CheckingClient, address: str
) -> None:
    page = client.page(address)
    assert workers(page) == [WORKER]
    assert [element.get("hidden") is not None for element in sentences(page)] == [True]
    assert said(page) == "Uden net. Sådan stod der mandag 23. november kl. ."
    (clock,) = (element for element in page.all("time") if element.get("id") == "uden-net-tid")
    assert (clock.get("datetime"), clock.get("data-zone")) == ("2026-11-23", "Europe/Copenhagen")


def test_what_the_worker_looks_for_stands_in_the_page(harbour: Harbour, client: CheckingClient) -> None:
    script, text = client.get(WORKER).text, client.get("/havnen/skuret").text
    assert "const SENTENCE = 'id=\"uden-net\" hidden';" in script and text.count('id="uden-net" hidden') == 1
    assert text.count('<time id="uden-net-tid" datetime="2026-11-23" data-zone="Europe/Copenhagen"></time>') == 1


def test_the_worker_and_the_server_ask_the_same_of_an_address(harbour: Harbour, client: CheckingClient) -> None:
    found = re.search(r"^const QUESTIONS = (\[.*\]);$", client.get(WORKER).text, re.MULTILINE)
    assert found and {*json.loads(found[1]), "lang"} == kept.QUESTIONS


@pytest.mark.parametrize("address", ["/havnen/", "/havnen/skuret"])
def test_what_is_said_of_now_is_marked_and_so_is_what_stands_in_for_it(
    harbour: Harbour, client: CheckingClient, address: str
) -> None:
    harbour.at(23, 14)
    page = client.page(address)
    marked = [one for one in page.all("div", "span") if one.get("data-now") is not None]
    now = [" ".join("".join(one.itertext()).split()) for one in marked]
    dated = [one for one in page.all("div", "span") if one.get("data-dated") is not None]
    assert "Åbent nu til kl. 16" in now and "Denne uge" in now
    assert dated and all(one.get("hidden") is not None for one in dated)
    text = client.get(address).text
    for mark, count in (("data-now", len(now)), ("data-dated", len(dated))):
        written = {"data-now": r"<(div|span) data-now>", "data-dated": r"<(div|span) data-dated hidden>"}[mark]
        assert len(re.findall(written, text)) == count, "as the worker looks for it"


def test_the_dated_words_tell_today_closed_and_what_is_next(harbour: Harbour, client: CheckingClient) -> None:
    harbour.closed(MONDAY, MONDAY, "skuret", "Storm")
    page = client.page("/havnen/skuret")
    dated = next(one for one in page.all("div") if one.get("data-dated") is not None)
    assert ["".join(one.itertext()) for one in dated.iter("b")] == [
        "Mandag 23. november: lukket (Storm)", "Mandag 30. november kl. 13–16",
    ]  # fmt: skip


def test_the_sentence_is_said_in_the_language_of_the_page(harbour: Harbour, client: CheckingClient) -> None:
    with harbour.changing():
        db.session.get_one(Programme, harbour.programme).languages = list(NAMES)
    found = {code: said(client.page(f"/havnen/?lang={code}")) for code in NAMES}
    assert found["en"] == "No network. This is how it was on Monday 23 November at ."
    assert len(set(found.values())) == len(NAMES)


def test_a_list_of_programmes_belongs_to_no_worker(harbour: Harbour, client: CheckingClient) -> None:
    assert workers(client.page("/")) == [WORKER], "the only programme's page"
    with harbour.changing():
        same = {"name": "Tom", "short_name": "Tom", "municipality": "Prøveby", "languages": ["da"]}
        added(Programme(slug="tom", valid_from=date(2026, 1, 1), **same))
    page = client.page("/")
    assert workers(page) == [] and sentences(page) == []


def test_no_page_of_the_staff_and_no_error_can_be_kept(harbour: Harbour, client: CheckingClient) -> None:
    for url in ("/log-ind", "/havnen/findes-ikke"):
        page = client.page(url, 404 if "havnen" in url else 200)
        assert workers(page) == [] and sentences(page) == []
    client.submit("/log-ind", email="karen@example.org", password=PASSWORD)
    for url in STAFF:
        answer = client.get(url, follow_redirects=True)
        assert "uden-net" not in answer.text and answer.headers["Cache-Control"] == "no-store", url
    # A resident page of somebody with a session says so itself; the worker keeps none that does.
    assert client.get("/havnen/").headers["Cache-Control"] == "no-store"


def test_switched_off_the_pages_register_none_and_the_worker_takes_itself_away(
    harbour: Harbour, client: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "SWITCHED_ON", False)
    page = client.page("/havnen/skuret")
    assert workers(page) == [] and sentences(page) == []
    answer = client.get(WORKER)
    assert answer.status_code == 200
    assert "unregister" in answer.text and "fetch" not in answer.text
