"""docs/privacy.md says of every rule of retention how long, as the rules say it; the drafts are marked as drafts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advice.rules.retention import RULES, Rule
from tests.live_server import ROOT

PAGE = ROOT / "docs" / "privacy.md"
DRAFTS = sorted((ROOT / "docs" / "udkast").glob("*.md"))
LINK = re.compile(r"\]\((?P<path>[^)#:]+)(?:#[^)]*)?\)")
PERIOD = re.compile(r"\b(?P<number>\d+) (?P<unit>dage|år)\b")


def in_danish(rule: Rule) -> str:
    """How long, as the page says it."""
    return f"{rule.days} dage" if rule.days else f"{rule.years} år"


def test_the_page_says_how_long_as_the_rules_do() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(rule.name, in_danish(rule)) for rule in RULES]


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda path: path.stem)
def test_a_draft_says_so_and_names_no_other_period(draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    assert text.startswith("> **UDKAST til jeres DPO")
    ours = {in_danish(rule) for rule in RULES}
    kept = re.sub(r"\[[^\]]*\]", "", "\n".join(line for line in text.splitlines() if "inden" not in line))
    named = {found.group() for found in PERIOD.finditer(kept)}
    assert named <= ours, f"{named - ours} is the period of no rule"


def test_the_drafts_that_were_promised_are_there() -> None:
    assert {path.stem for path in DRAFTS} == {
        "konsekvensanalyse", "artikel-30-fortegnelse", "databehandleraftale-bilag", "ansvarsfordeling", "medarbejdere",
    }  # fmt: skip


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for found in LINK.finditer(page.read_text(encoding="utf-8")):
            path = found["path"]
            assert (page.parent / path).exists(), f"{page.name}: {path}"
