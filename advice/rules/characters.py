"""Which characters a text may hold: what a page or PostgreSQL cannot hold is taken out of whatever people send."""

from __future__ import annotations

import re

NO_CHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
UNHELD = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{NO_CHARACTERS}]")


def held(text: str) -> str:
    """The text without control characters (but tab and line ends), halves of characters, and what is no character."""
    return UNHELD.sub("", text)
