"""The program's own addresses and the slugs that programmes and places may have."""

from __future__ import annotations

from flask import Flask

from advice.rules.danish import RESERVED_SLUGS, is_slug

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
