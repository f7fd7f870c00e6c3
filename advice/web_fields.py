"""Fields that more than one screen's forms have: a time of day as Danes write it, a whole number, and free text.

Every free-text field of a form is a `LineField` or a `NoteField`: they refuse CPR numbers, and take out what a text
does not need. A test walks all forms and fails for one that is neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import time
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import Form, IntegerField, StringField, TextAreaField
from wtforms.validators import StopValidation

from advice.rules.cpr import holds_cpr, without_cpr
from advice.rules.spans import clock_text

CLOCK = re.compile(r"\s*(?:kl\.?\s*)?([0-9]{1,2})(?:[.:]?([0-9]{2}))?\s*", re.IGNORECASE)
# Marks that turn the reading direction of what follows, and signs with no meaning in a text.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
NO_CPR = _("Skriv ikke CPR-numre her. Nummeret er fjernet. Se teksten igennem, og prøv igen.")
TOO_LONG = _("Skriv højst %(most)s tegn.")
MOST_DIGITS = 9
NO_NUMBER = _("Skriv et helt tal.")
NO_DAY = _("Skriv dagen som dag, måned og år.")
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


def one_line(text: str) -> str:
    """A text without line ends, control characters, and spaces that nobody sees."""
    return " ".join(UNSEEN.sub("", LINE_END.sub(" ", unicodedata.normalize("NFC", text))).split())


def lines(text: str) -> str:
    """A text of several lines, each ended by \\n alone, without control characters and blank ends."""
    plain = UNSEEN.sub("", LINE_END.sub("\n", unicodedata.normalize("NFC", text)))
    return "\n".join(line.rstrip() for line in plain.replace("\t", " ").split("\n")).strip()


class FreeText(StringField):
    """What both kinds of free text share. `most`: the characters it may have, which the browser is told too.

    A CPR number is refused with a sentence that does not repeat it, and is gone from what the page shows again: it
    must not stand on a shared screen. Everything else that was typed stays.
    """

    def __init__(
        self, label: str | LazyString | None = None, validators: Sequence[Any] | None = None, *, most: int, **more: Any
    ) -> None:
        attributes = {"maxlength": most, **(more.pop("render_kw", None) or {})}
        super().__init__(label, validators, render_kw=attributes, **more)
        self.most = most
        self.held_cpr = False

    def clean(self, text: str) -> str:
        """The text as it is kept."""
        return one_line(text)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; from here on no CPR number is held anywhere in the form."""
        if not valuelist:
            return
        # Beyond any length that could be shown again nothing is searched: it is refused, and not repeated.
        text = self.clean(valuelist[0][: 10 * self.most])
        self.held_cpr = holds_cpr(text)
        self.data = self.clean(without_cpr(text)) if self.held_cpr else text
        self.raw_data = [self.data]

    def pre_validate(self, form: Form) -> None:
        """Refuse before any validator: a field that may be empty would forget the sentence."""
        if self.held_cpr:
            raise StopValidation(str(NO_CPR))
        if len(self.data or "") > self.most:
            raise StopValidation(str(TOO_LONG % {"most": self.most}))


class LineField(FreeText):
    """Free text on one line."""


class NoteField(FreeText, TextAreaField):
    """Free text on several lines."""

    def clean(self, text: str) -> str:
        """Line ends stay."""
        return lines(text)


class WholeNumberField(IntegerField):
    """A whole number of a few digits: one that no float can hold would break the comparison with a range."""

    data: int | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; the sentence stands at the field, what was typed stays in it."""
        if valuelist and len(valuelist[0]) > MOST_DIGITS:
            self.data = None
            raise ValueError(NO_NUMBER)
        super().process_formdata(valuelist)
