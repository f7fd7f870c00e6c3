"""What pydantic found, in plain Danish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SENTENCES = {
    "missing": "mangler",
    "extra_forbidden": "findes ikke i formatet; er navnet stavet rigtigt?",
    "string_type": "skal være tekst i anførselstegn",
    "int_type": "skal være et helt tal",
    "float_type": "skal være et tal",
    "bool_type": "skal være true eller false",
    "date_type": "skal være en dato uden anførselstegn, fx 2026-11-23",
    "time_type": 'skal være et klokkeslæt i anførselstegn, fx "12:00"',
    "datetime_type": "skal være et tidspunkt med tidszone, fx 2026-11-23T12:00:00Z",
    "timezone_aware": "mangler tidszone, fx Z til sidst",
    "list_type": "skal være en liste",
    "dict_type": "skal være en tabel",
    "model_type": "skal være en tabel",
    "finite_number": "skal være et almindeligt tal",
    "too_short": "er tom",
}
WITH_LIMITS = {
    "string_too_short": "er tom",
    "string_too_long": "er for lang; højst {max_length} tegn",
    "greater_than_equal": "skal mindst være {ge}",
    "less_than_equal": "må højst være {le}",
    "string_pattern_mismatch": "ser ikke rigtig ud; skal passe med {pattern}",
}


def sentence_of(error: ErrorDetails) -> str:
    """One sentence without the field's name; faults of our own carry theirs already."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in WITH_LIMITS:
        return WITH_LIMITS[kind].format_map(context)
    return SENTENCES.get(kind, "kan ikke bruges her")
