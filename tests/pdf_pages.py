"""Reads the PDFs that Chromium prints: how many sheets, how large, and what stands on each.

Only as far as its writer goes (Skia/PDF: one object after the other, compressed streams, fonts whose glyphs say which
letters they are): no reader of PDFs.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"(.*?)stream\r?\n(.*)\r?\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) [-\d.]+ Tf|<([0-9A-Fa-f]*)>(?=[^>]*?T[jJ])|\((?:[^()\\]|\\.)*\) ?Tj")
PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
UNSEEN = re.compile(r"[\s\u00ad\u200b\u2060\u2010\u0600-\u06ff-]")
PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Sheet:
    """One page: millimetres, and its letters without any space between them."""

    width: int
    height: int
    letters: str

    def says(self, words: str) -> bool:
        """Whether the words stand on it, wherever its lines are broken."""
        return plain(words) in self.letters


def plain(words: str) -> str:
    """Words without spaces, hyphens and other marks where they may be broken, joined letters apart; and without Arabic
    letters, which a PDF holds in the order of its ink."""
    return UNSEEN.sub("", unicodedata.normalize("NFKC", words))


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a PDF, in order."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for _number, body in sorted(objects.items()) if re.search(rb"/Type /Page\b(?!s)", body)]
    return [_sheet(page, objects) for page in pages]


def _sheet(page: bytes, objects: dict[int, bytes]) -> Sheet:
    found = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page)
    assert found, "a page without a size"
    resources = _followed(rb"/Resources", page, objects)
    fonts = {
        name: _letters_of(objects[int(number)], objects)
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", _followed(rb"/Font", resources, objects))
    }
    contents = re.search(rb"/Contents \[?(\d+) 0 R", page)
    assert contents, "a page without anything on it"
    letters, font = [], {}
    for name, glyphs in SHOWN.findall(_stream(objects[int(contents[1])])):
        if name:
            font = fonts[name]
        for at in range(0, len(glyphs), 4):
            letters.append(font.get(glyphs[at : at + 4].upper(), ""))
    width, height = (round(float(found[side]) / PER_MM) for side in (1, 2))
    return Sheet(width, height, plain("".join(letters)))


def _followed(key: bytes, body: bytes, objects: dict[int, bytes]) -> bytes:
    """What stands after a key: there, or in the object it names."""
    found = re.search(key + rb" (\d+) 0 R", body)
    if found:
        return objects[int(found[1])]
    at = body.find(key)
    return body[at:] if at >= 0 else b""


def _letters_of(font: bytes, objects: dict[int, bytes]) -> dict[bytes, str]:
    """Glyph (four hexadecimal digits) to letters."""
    named = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if not named:
        return {}
    table = _stream(objects[int(named[1])])
    found: dict[bytes, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {glyph.upper().zfill(4): _text(code) for glyph, code in PAIR.findall(block)}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, code in RANGE.findall(block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[b"%04X" % (int(first, 16) + step)] = chr(int(code, 16) + step)
    return found


def _text(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be")


def _stream(body: bytes) -> bytes:
    found = STREAM.match(body)
    assert found, "an object without a stream"
    return zlib.decompress(found[2]) if b"/FlateDecode" in found[1] else found[2]
