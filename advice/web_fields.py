"""Fields that more than one screen's forms have: a time of day, as Danes write it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from flask_babel import lazy_gettext as _
from wtforms import StringField

from advice.rules.spans import clock_text

CLOCK = re.compile(r"\s*(?:kl\.?\s*)?([0-9]{1,2})(?:[.:]?([0-9]{2}))?\s*", re.IGNORECASE)
HOW_TO_WRITE = _("Skriv et klokkeslæt som 12 eller 12.30.")


def parse_clock(text: str) -> time:
    """Read "12", "12.30", "12:30", "1230", "kl. 9"; ValueError for anything else, and for 24."""
    found = CLOCK.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time of day")
    return time(int(found[1]), int(found[2] or 0))


class ClockField(StringField):
    """A time of day, typed as text. `data` is a datetime.time, or None if it could not be read."""

    data: time | None
    raw_data: Sequence[str] | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; the sentence stands at the field, what was typed stays in it."""
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = parse_clock(valuelist[0])
            except ValueError as error:
                raise ValueError(HOW_TO_WRITE) from error

    def fill(self, at: time) -> None:
        """Show a time, whatever was typed."""
        self.data, self.raw_data = at, None

    @property
    def text(self) -> str:
        """What stands in the field: what was typed, else the time."""
        if self.raw_data:
            return str(self.raw_data[0])
        return clock_text(self.data) if self.data is not None else ""

    def _value(self) -> str:
        return self.text
