"""A form that comes too late: which of its fields its page may hold until it can be sent again."""

from collections.abc import Sequence
from enum import StrEnum

SECRETS = frozenset({"csrf_token", "password", "pin", "secret", "old", "new", "again"})
"""Fields that are never written back into a page. A form whose one-time code is a secret is not kept at all."""
MOST_FIELDS = 500
MOST_CHARACTERS = 100_000
"""Of names and values together: far more than anybody types, far less than a request may hold."""

Fields = Sequence[tuple[str, str]]


class Why(StrEnum):
    """Why a form is not stored yet."""

    LOGGED_OUT = "logged_out"
    """Nobody is logged in any more."""
    OLD = "old"
    """Somebody is, but the form is from before she logged in: perhaps it is another's."""
    UNPROVED = "unproved"
    """She has not shown lately who she is, and this asks for it."""


class LateForm(Exception):
    """The request ends with a page that holds what was typed, to be sent once more."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


def kept(sent: Fields) -> Fields | None:
    """The fields a page may hold, in the order sent; None where there is nothing to keep, or more than is typed."""
    found = [(name, value) for name, value in sent if name.rpartition("-")[2] not in SECRETS]
    size = sum(len(name) + len(value) for name, value in found)
    return found if found and len(found) <= MOST_FIELDS and size <= MOST_CHARACTERS else None
