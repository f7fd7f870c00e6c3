"""Every language is whole: no words are missing in a catalogue, and none of a resident page stays Danish by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import select

from advice.actions.openings import refresh
from advice.config import ROOT
from advice.database import db
from advice.languages import UNREVIEWED
from advice.models import programmes
from advice.models.places import Place, ResidentialArea
from advice.models.programmes import Organisation, Programme
from advice.rules.languages import DANISH, NAMES
from tests.program import Clock
from tests.programme_console import Console
from tests.stored import writing
from tests.web_client import CheckingClient

pytestmark = pytest.mark.t17

FOREIGN = tuple(code for code in NAMES if code != DANISH)
FILES = ("aktiv", "en-faelles-indsats")
MOMENTS = (
    datetime(2026, 11, 23, 12, 30, tzinfo=UTC),  # open
    datetime(2026, 12, 24, 9, tzinfo=UTC),  # closed for Christmas, and what is ahead in another year
)
PLACEHOLDERS = re.compile(r"%\((\w+)\)[sd]|%%")
WORD = re.compile(r"[^\W\d_]+")
SENTENCE_END = re.compile(r"[.!?:](?:\s|$)")
NAME_FIELDS = ("name", "short_name", "municipality", "room", "address")
MOST_WORDS = 12
MOST_LIX = 30
SAME_EVERYWHERE = frozenset({"demonstration", "telefon", "e", "mail", "openstreetmap", "mitid", "qr", "pdf"})
"""Words that a Danish page and another may share."""


@cache
def extracted() -> dict[str, tuple[str, ...]]:
    """The msgids that babel.cfg finds in the program now, each with its plural if it has one."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(
        ROOT, methods, options, {**DEFAULT_KEYWORDS, "N_": None},
        directory_filter=lambda folder: Path(folder).name[:1] != "." and Path(folder).name != "tests",
    )  # fmt: skip
    texts = [(text,) if isinstance(text, str) else tuple(text) for _file, _line, text, _notes, _context in found]
    return {one[0]: one for one in texts}


@cache
def catalogue(code: str) -> Catalog:
    """The catalogue of a language as it is committed."""
    with path(code).open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def path(code: str) -> Path:
    return ROOT / "advice/translations" / code / "LC_MESSAGES/messages.po"


def entries(code: str) -> dict[str, tuple[str, ...]]:
    """The words of a catalogue by their msgid, every plural form of them."""
    found = {}
    for message in catalogue(code):
        if message.id:
            msgid = message.id if isinstance(message.id, str) else message.id[0]
            words = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            found[msgid] = words
    return found


@cache
def words_of(code: str) -> frozenset[str]:
    """Every word of a catalogue's translations, in small letters."""
    return frozenset(word.lower() for forms in entries(code).values() for form in forms for word in WORD.findall(form))


@pytest.mark.parametrize("code", FOREIGN)
class TestCatalogue:
    """One language's file."""

    def test_it_has_words_for_every_text_of_the_pages_and_for_no_other(self, code: str) -> None:
        assert set(entries(code)) == set(extracted())
        assert [msgid for msgid, words in entries(code).items() if not all(one.strip() for one in words)] == []
        assert not [message.id for message in catalogue(code) if message.fuzzy and message.id]

    def test_every_translation_has_the_placeholders_of_the_danish(self, code: str) -> None:
        faults = {}
        for msgid, words in entries(code).items():
            for form in words:
                # A plural form for one may leave the number out.
                missing = set(PLACEHOLDERS.findall(extracted()[msgid][-1])) ^ set(PLACEHOLDERS.findall(form))
                if missing - ({"num"} if len(words) > 1 else set()):
                    faults[msgid] = form
        assert faults == {}

    def test_a_sentence_ends_as_the_danish_one(self, code: str) -> None:
        ends = {msgid: form for msgid, forms in entries(code).items() for form in forms
                if " " in msgid and msgid.endswith((".", ":")) and not form.endswith((".", ":"))}  # fmt: skip
        assert ends == {}

    def test_the_compiled_file_is_made_from_it(self, code: str) -> None:
        with path(code).with_suffix(".mo").open("rb") as file:
            compiled = read_mo(file)
        assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in catalogue(code) if m.id}
        assert compiled.last_translator == catalogue(code).last_translator

    def test_its_header_says_unreviewed_as_long_as_an_entry_is(self, code: str) -> None:
        marked = any("unreviewed" in message.user_comments for message in catalogue(code) if message.id)
        assert marked == (catalogue(code).last_translator == UNREVIEWED)


def test_the_danish_of_the_pages_is_easy_to_read() -> None:
    sentences = [words for text in extracted().values() for form in text for words in split(form)]
    assert [" ".join(words) for words in sentences if len(words) > MOST_WORDS] == []
    prose = [words for words in sentences if len(words) > 1]  # one word is a label, and LIX is of sentences
    count = sum(map(len, prose))
    long = sum(len(word) > 6 for words in prose for word in words)
    lix = count / len(prose) + 100 * long / count
    assert lix <= MOST_LIX, f"LIX is {lix:.1f}"


def split(text: str) -> Iterator[list[str]]:
    """The sentences of a text, as words."""
    for sentence in SENTENCE_END.split(PLACEHOLDERS.sub("mandag", text)):
        if words := WORD.findall(sentence):
            yield words


@pytest.fixture
def shown(app: Flask, clock: Clock, tmp_path: Path) -> Flask:
    """Both demonstration programmes, as their files give them, with openings for each of MOMENTS."""
    bring = Console(app, tmp_path).bring
    for name in FILES:
        bring((ROOT / f"advice/demo/{name}.toml").read_text(encoding="utf-8"))
    return app


def addresses(client: CheckingClient) -> list[str]:
    """The resident pages that one reaches by links from the front page."""
    found, ahead = ["/"], ["/"]
    slugs = tuple(f"/{name}/" for name in FILES)
    while ahead:
        for link in client.page(ahead.pop()).all("a"):
            url = str(link.get("href")).partition("?")[0].partition("#")[0]
            if url.startswith(slugs) and not url.endswith((".ics", ".json")) and url not in found:
                found.append(url)
                ahead.append(url)
    assert {url.count("/") for url in found} >= {1, 2, 3}  # the front page, a programme, a place; its poster below it
    return found


def pieces(element: Element) -> Iterator[str]:
    """The texts below an element, and what is said of it, but not what is marked as Danish or another language."""
    for name in ("aria-label", "alt", "title", "placeholder"):
        yield element.get(name, "")
    yield element.text or ""
    for child in element:
        if child.tag not in ("script", "style") and not child.get("lang"):
            yield from pieces(child)
        yield child.tail or ""


def names(app: Flask) -> list[str]:
    """Proper names of both programmes, the longest first: they are the same in every language."""
    with app.app_context():
        found: set[str] = set()
        for table in (Programme, Organisation, Place, ResidentialArea):
            for row in db.session.scalars(select(table)):
                found.update(getattr(row, field, None) or "" for field in NAME_FIELDS)
        for row in programmes.everything():
            found.update(str(value) for value in row.contact.values())
    return sorted(found - {""}, key=len, reverse=True)


def test_no_words_of_a_page_in_another_language_are_danish(shown: Flask, client: CheckingClient, clock: Clock) -> None:
    danish = {word.lower() for text in extracted().values() for form in text for word in WORD.findall(form)}
    proper, faults = names(shown), set()
    for moment in MOMENTS:
        clock.now = moment
        with writing(shown):
            for row in programmes.everything():
                refresh(row.id, moment, shown.extensions["advice"].timezone)
        for url in addresses(client):
            for code in FOREIGN:
                text = " · ".join(pieces(client.page(f"{url}?lang={code}").all("body")[0]))
                for name in proper:
                    text = text.replace(name, "")
                words = {word.lower() for word in WORD.findall(text)} - SAME_EVERYWHERE - words_of(code)
                left = {word for word in words if word in danish or re.search("[æøå]", word)}
                faults |= {f"{code} {url}: {word}" for word in left}
    assert sorted(faults) == []


def test_no_time_and_no_phone_number_is_outside_a_run_from_left_to_right(
    shown: Flask, client: CheckingClient, clock: Clock
) -> None:
    with writing(shown):
        for row in programmes.everything():
            row.contact = {**row.contact, "phone": "+45 12 34 56 78"}
    number = re.compile(r"\d{1,2}:\d\d|\+45|\d\d \d\d \d\d")
    for url in addresses(client):
        for code in ("ar", "fa"):
            page = client.page(f"{url}?lang={code}")
            assert page.all("html")[0].get("dir") == "rtl"
            loose = [piece for piece in flowing(page.all("body")[0]) if number.search(piece)]
            assert loose == [], f"{code} {url}"
            assert any(number.search("".join(bdi.itertext())) for bdi in page.all("bdi"))


def flowing(element: Element) -> Iterator[str]:
    """The texts below an element that turn with the page."""
    if element.get("dir") == "ltr" or element.tag in ("script", "style", "svg"):
        return
    yield element.text or ""
    for child in element:
        yield from flowing(child)
        yield child.tail or ""
