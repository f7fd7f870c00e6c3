"""What kind of thing each field of the programme file holds: what a form needs to know to ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from annotated_types import MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from advice.formats.programme_file import fields
from advice.formats.programme_file.catalogue import Filter
from advice.formats.programme_file.codes import NESTED
from advice.formats.programme_file.fields import OneOf, Refers
from advice.formats.programme_file.sections import Contact


class Kind(StrEnum):
    """What a field holds."""

    LINE = auto()
    TEXT = auto()
    CODE = auto()
    SLUG = auto()
    LABELS = auto()
    PARAGRAPHS = auto()
    """Labels that may have several lines."""
    DATE = auto()
    CLOCK = auto()
    WEEKDAY = auto()
    MONTH_DAY = auto()
    MONTH_DAYS = auto()
    MOMENT = auto()
    NUMBER = auto()
    WHOLE = auto()
    YES_NO = auto()
    PERHAPS = auto()
    """Yes, no, or not asked."""
    LANGUAGE = auto()
    LANGUAGES = auto()
    WORD = auto()
    """One of a few fixed words."""
    WORDS = auto()
    CHOICE = auto()
    """A row of another section."""
    CHOICES = auto()
    COUNTS = auto()
    """A number for some rows of another section."""
    NUMBERS = auto()
    """Numbers by name."""
    TEXTS = auto()
    """Labels by name."""
    TABLE = auto()
    """A table with fields of its own: `inner`."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A field: what it holds and what may stand there."""

    name: str
    kind: Kind
    required: bool
    default: Any = None
    most: int = 500
    section: str | None = None
    """The section that a choice is made from."""
    words: tuple[str, ...] = ()
    inner: type[BaseModel] | None = None


TURNS = {"place": -4, "service": -3, "weekday": -2, "day": -1, "valid_from": 1, "valid_to": 2}
"""Fields that are asked for before (below 0) or after the others: first where, then when, validity last."""

_EXACTLY: tuple[tuple[Any, Kind], ...] = (
    (fields.Labels, Kind.LABELS),
    (fields.Paragraphs, Kind.PARAGRAPHS),
    (fields.Weekday, Kind.WEEKDAY),
    (fields.WallClock, Kind.CLOCK),
    (fields.MonthDay, Kind.MONTH_DAY),
    (list[fields.MonthDay], Kind.MONTH_DAYS),
    (fields.Moment, Kind.MOMENT),
    (fields.Language, Kind.LANGUAGE),
    (list[fields.Language], Kind.LANGUAGES),
    (fields.Code, Kind.CODE),
    (fields.Slug, Kind.SLUG),
    (fields.Text, Kind.TEXT),
    (date, Kind.DATE),
    (bool, Kind.YES_NO),
)
_BY_BASE: tuple[tuple[Any, Kind], ...] = ((float, Kind.NUMBER), (int, Kind.WHOLE), (str, Kind.LINE))


@cache
def specs(model: type[BaseModel]) -> tuple[Spec, ...]:
    """The fields of a table, without the tables nested in it; times after the day, validity last."""
    hints = get_type_hints(model, include_extras=True)
    nested = () if model is Filter else NESTED
    found = [_spec(name, field, hints[name]) for name, field in model.model_fields.items() if name not in nested]
    return tuple(sorted(found, key=lambda spec: TURNS.get(spec.name, 0)))


def _spec(name: str, field: FieldInfo, hint: Any) -> Spec:
    marks = [*field.metadata, *_marks(hint)]
    plain, open_ended = _without_none(hint)
    refers = next((mark.section for mark in marks if isinstance(mark, Refers)), None)
    words = next((tuple(map(str, mark.words)) for mark in marks if isinstance(mark, OneOf)), ())
    base = _base(plain)
    kind = _kind(plain, base, refers, words, open_ended)
    inner = base if isinstance(base, type) and issubclass(base, BaseModel) else None
    most = min((mark.max_length for mark in marks if isinstance(mark, MaxLen)), default=500)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return Spec(name, kind, field.is_required(), default, most, refers, words, inner)


def _kind(plain: Any, base: Any, refers: str | None, words: tuple[str, ...], open_ended: bool) -> Kind:
    if refers:
        many = get_origin(base) or base
        return {list: Kind.CHOICES, dict: Kind.COUNTS}.get(many, Kind.CHOICE)
    if words:
        return Kind.WORDS if get_origin(base) is list else Kind.WORD
    if base in (Contact, Filter):
        return Kind.TABLE
    if plain is bool and open_ended:
        return Kind.PERHAPS
    exact = next((kind for hint, kind in _EXACTLY if hint == plain), None)
    if exact:
        return exact
    if get_origin(base) is dict:
        return Kind.NUMBERS if float in (get_args(get_args(base)[1])) else Kind.TEXTS
    return next(kind for one, kind in _BY_BASE if one is base)


def _without_none(hint: Any) -> tuple[Any, bool]:
    """A type without `| None`, and whether None was allowed; marks round it stay only where there was none."""
    inside = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(inside) in (Union, UnionType):
        return next(one for one in get_args(inside) if one is not type(None)), True
    return hint, False


def _base(plain: Any) -> Any:
    return get_args(plain)[0] if get_origin(plain) is Annotated else plain


def _marks(hint: Any) -> Iterable[Any]:
    """Everything said about a type anywhere in its annotation, but inside tables of their own."""
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        for mark in marks:
            yield from mark.metadata if isinstance(mark, FieldInfo) else [mark]
        yield from _marks(inner)
    elif get_origin(hint) in (Union, UnionType, list):
        for one in get_args(hint):
            yield from _marks(one)
