"""The end of docs/security.md: which tests show which item of ASVS 5.0, and which items no test shows yet.

`python -m tests.docs.security_page` writes it anew after a test_asvs_* was added, renamed or removed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from tests.live_server import ROOT

PAGE = ROOT / "docs" / "security.md"
BEGIN = "<!-- from here on written by `python -m tests.docs.security_page` -->\n"
TEST = re.compile(r"^ *(?:async )?def (?P<name>test_asvs_(?P<item>\d+_\d+_\d+)\w*)\(", re.MULTILINE)
ITEM = r"\d+\.\d+\.\d+"
TO_SHOW = re.compile(rf"^\| ({ITEM}) \| [^|]+ \|$", re.MULTILINE)
THE_REST = re.compile(rf"^\| ({ITEM}(?:, {ITEM})*) \| (met|n/a|deployer|accepted) \| [^|]+ \|$", re.MULTILINE)

Tests = dict[str, list[tuple[str, Path]]]


def in_order(item: str) -> tuple[int, ...]:
    """What items are sorted by: 6.2.10 comes after 6.2.9."""
    return tuple(map(int, item.split(".")))


def shown_by() -> Tests:
    """Item to the tests named after it, with the file each stands in."""
    found: Tests = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for test in TEST.finditer(path.read_text(encoding="utf-8")):
            found[test["item"].replace("_", ".")].append((test["name"], path.relative_to(ROOT)))
    return dict(sorted(found.items(), key=lambda pair: in_order(pair[0])))


def by_hand() -> str:
    """The part of the page that people write."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]


def items_to_show() -> list[str]:
    """The items that the page says tests show."""
    return TO_SHOW.findall(by_hand())


def the_rest() -> dict[str, str]:
    """Every other item of the page, and what it says of it."""
    return {item: word for items, word in THE_REST.findall(by_hand()) for item in items.split(", ")}


def written() -> str:
    """The end of the page, as it should be."""
    shown = shown_by()
    missing = [item for item in items_to_show() if item not in shown]
    lines = [BEGIN, "## Not shown yet\n", f"{', '.join(missing)}.\n" if missing else "Nothing.\n"]
    lines += ["## The tests\n", "| item | tests |", "|---|---|"]
    for item, tests in shown.items():
        names = "<br>".join(f"`{path}`: `{name}`" for name, path in sorted(set(tests), key=lambda test: test[::-1]))
        lines.append(f"| {item} | {names} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(by_hand() + written(), encoding="utf-8")
