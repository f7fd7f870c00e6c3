"""What may stand in a field of a programme file: words, codes, times, days, references.

Every type here turns what TOML gives into what the tables hold, and back: a weekday "mon" is 0, a time
"12:00" is a wall-clock time. What is wrong is said in Danish, because coordinators read it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WrapSerializer,
)
from pydantic_core import CoreSchema, core_schema

from advice.rules.danish import RESERVED_SLUGS, is_slug

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _of_our_time(value: datetime) -> datetime:
    """Instants at the ends of the calendar cannot be turned into UTC."""
    if not 2000 <= value.year <= 2100:
        raise ValueError("tidspunktet skal ligge mellem år 2000 og 2100")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
"""An instant with its offset."""


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a field, a list or the keys of a table that hold codes (or slugs) of another section."""

    section: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a text that is one of the words a column may hold: the models' own list, so that both agree."""

    words: Iterable[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A text, checked against the words."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, text: str) -> str:
        words = [str(word) for word in self.words]
        if text not in words:
            raise ValueError(f"skal være en af {', '.join(map(repr, words))}")
        return text


def _plain(text: str) -> str:
    """Refuse what no person types and no database or calendar wants: control characters."""
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text.replace("\n", " ")):
        raise ValueError("indeholder usynlige styretegn")
    if not text.strip():
        raise ValueError("er tom")
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("skal stå på én linje")
    return text


def _slug(text: str) -> str:
    if not is_slug(text):
        raise ValueError("må kun have små bogstaver a-z, tal og enkelte bindestreger")
    if text in RESERVED_SLUGS:
        raise ValueError(f'"{text}" er optaget af programmets egne adresser')
    return text


def _clock(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    hours, colon, minutes = value.partition(":")
    digits = len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit()
    if not (colon and digits and int(hours) < 24 and int(minutes) < 60):
        raise ValueError('skal være et klokkeslæt fra "00:00" til "23:59"')
    return time(int(hours), int(minutes))


def _weekday(value: Any) -> Any:
    if value not in WEEKDAYS:
        raise ValueError(f"skal være en ugedag: {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(value)


def _month_day(text: str) -> str:
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError('skal være måned og dag, fx "12-23"') from None
    return text


def _danish_there(labels: dict[str, str]) -> dict[str, str]:
    if "da" not in labels:
        raise ValueError("mangler dansk (da)")
    return labels


def _danish_first(labels: dict[str, str]) -> dict[str, str]:
    """The one order of languages in every export, whatever order the database gives keys back in."""
    return {key: labels[key] for key in sorted(labels, key=lambda key: (key != "da", key))}


def _by_name(values: dict[str, Any], handler: SerializerFunctionWrapHandler) -> Any:
    """Tables without an order of their own are written by name."""
    return handler({name: values[name] for name in sorted(values)})


def _short(value: float) -> float | int:
    return int(value) if value.is_integer() else value


Text = Annotated[str, Field(min_length=1), AfterValidator(_plain)]
"""Words, perhaps on several lines."""
Line = Annotated[Text, AfterValidator(_one_line)]
"""Words on one line."""
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\W_](?:[\w.-]*[^\W_])?$")]
"""A programme's own short name of a row: letters, digits, and between them hyphens, dots, underscores."""
Slug = Annotated[str, Field(max_length=60), AfterValidator(_slug)]
"""A part of a web address."""
Language = Annotated[str, Field(max_length=12, pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")]
"""BCP 47: da, ar, zh-Hant."""
Labels = Annotated[
    dict[Language, Annotated[Line, Field(max_length=500)]],
    AfterValidator(_danish_there),
    PlainSerializer(_danish_first),
]
"""Words per language; Danish is always there."""
Paragraphs = Annotated[
    dict[Language, Annotated[Text, Field(max_length=500)]],
    AfterValidator(_danish_there),
    PlainSerializer(_danish_first),
]
"""The same, perhaps on several lines."""
WallClock = Annotated[time, BeforeValidator(_clock), PlainSerializer(lambda value: value.strftime("%H:%M"))]
"""A time on the wall, to the minute; in the file a text, because TOML's own times want seconds."""
Weekday = Annotated[int, BeforeValidator(_weekday), PlainSerializer(lambda value: WEEKDAYS[value])]
"""0 is Monday; in the file mon, tue, wed, thu, fri, sat, sun."""
MonthDay = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_month_day)]
"""A day of every year, as MM-DD."""
Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False), PlainSerializer(_short)]
"""A number with or without decimals."""
ByName = WrapSerializer(_by_name)
"""A table of names that has no order of its own."""
Codes = Annotated[list[Code], AfterValidator(sorted)]
"""Codes that have no order of their own."""
