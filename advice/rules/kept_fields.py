"""A form that comes too late (advice/late_forms.py): which of its fields a page may hold until it is sent again."""

from collections.abc import Sequence

SECRETS = frozenset({"csrf_token", "password", "pin", "secret", "old", "new", "again"})
"""Fields that are never written back into a page. A form whose one-time code is a secret is not kept at all."""
MOST_FIELDS = 500
MOST_CHARACTERS = 100_000
"""Of names and values together: far more than anybody types, far less than a request may hold."""

Fields = Sequence[tuple[str, str]]


def kept(sent: Fields) -> Fields | None:
    """The fields a page may hold, in the order sent; None where there is nothing to keep, or more than is typed."""
    found = [(name, value) for name, value in sent if name.rpartition("-")[2] not in SECRETS]
    size = sum(len(name) + len(value) for name, value in found)
    return found if found and len(found) <= MOST_FIELDS and size <= MOST_CHARACTERS else None
