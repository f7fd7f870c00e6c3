"""What strangers and slips of the finger send: texts for any field, and what must never be seen of them again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.html_pages import Page

MARK = "Zq1<Zq2\"Zq3'Zq4&Zq5{{7*7}}"
"""A text that shows where it is written into a page as it came: each part is one way out of HTML or a template."""
UNESCAPED = re.compile(r"Zq1<|Zq2\"|Zq3'|Zq4&(?!amp;)|Zq549")

TEXTS = (
    "", " ", "\x00", "a\x00b", "\r", "x\r\nSet-Cookie: a=b", "\n\n", "\u2028", "\u200b\u202e\u200f", "Å", "A\u030a",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\ufffe", "\x85", "<script>alert(1)</script>", "{{7*7}}", "${7*7}",
    "%(name)s", "%s%n", "{0}", "' OR 1=1 --", "\"; DROP TABLE visits", "../../etc/passwd", "..%2f..%2f",
    "=HYPERLINK(\"http://evil\")", "+4512345678", "@SUM(A1)", "\x1b[31m", "\\,;:\\n", "-1", "0", "1", str(2**31),
    str(2**63), str(10**40), "1e309", "NaN", "inf", "１２", "٣", "1.5", "1_0", "0x10", "2026-02-29", "2026-03-29T02:30",
    "2026-10-25T02:30", "24:00", "02.30", "25.61", "2026-W53", "2026-53", "0001-01-01", "9999-12-31", "10000-01-01",
    "2026-11-23", "13.00", "16:00", "true", "null", "[]", "{}", "[1]", "on", "//evil.example", "https://evil.example",
    "javascript:alert(1)", "/\\evil.example", "/%0d%0aX:1", "karen@example.org", "a" * 65, "å" * 300, "9" * 5000,
    "x" * 100_000, "(" * 2000, "010190-1234", "00000000-0000-0000-0000-000000000000", "skuret", "rita", "coordinator",
    MARK, MARK, MARK, f"{MARK}@example.org",
)  # fmt: skip
EXTRA_NAMES = (
    "organisation_id", "programme_id", "person_id", "role", "id", "version", "csrf_token", "next", "lang", "_method",
    "submit", "demo", "disabled_at", "__class__", "errors", "data", MARK,
)  # fmt: skip

texts = st.sampled_from(TEXTS) | st.text(max_size=40) | st.text(max_size=10).map(lambda text: f"{text}{MARK}")
header_texts = texts.map(lambda text: re.sub(r"[^\x20-\x7e\xa0-\xff]", "", text)[:2000])
numbers = st.integers() | st.floats() | st.sampled_from([-1, 0, 1, 2**31, 2**63, 10**30])
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@dataclass(frozen=True)
class Target:
    """A form as one role sees it, or an address that takes one: `who` sends `fields` by `method` to `url`."""

    who: str | None
    method: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()


def in_address(rule: str, values: list[str]) -> str:
    """The path of a rule with these texts, percent-encoded, for its arguments, whatever kinds they should have."""
    given = iter(values)
    return re.sub(r"<[^>]*>", lambda _: quote(next(given, ""), safe="", errors="replace"), rule)


def complaint(answer: TestResponse) -> str | None:
    """What an answer shows that it must not; None if it is as it should be."""
    where = f"{answer.request.method} {answer.request.path[:200]!r} answered {answer.status_code}"
    if answer.status_code >= 500:
        return where
    target = answer.headers.get("Location")
    if target is not None and (not target.startswith("/") or target.startswith(("//", "/\\"))):
        return f"{where} and sends people to {target[:200]!r}"
    if any("Zq1<" in value or value.startswith("a=b") for _name, value in answer.headers):
        return f"{where} with what it was sent in a header"
    if answer.mimetype != "text/html":
        return None
    found = UNESCAPED.search(answer.text)
    if found:
        return f"{where} and writes unescaped: {answer.text[max(0, found.start() - 80) : found.end() + 20]!r}"
    # A strict reading of the whole page costs more than the request: only where it holds what was sent.
    faults = [fault for fault in Page(answer.text).faults() if "inline" in fault] if "Zq" in answer.text else []
    return f"{where} with {faults}" if faults else None
