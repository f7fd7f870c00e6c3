"""The fields of a section's form, one by one: where in the row each stands, and what can be chosen in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from babel import Locale
from pydantic import BaseModel

from advice.actions.programmes.editing import PROGRAMME, Data, Document
from advice.formats.programme_file.codes import NESTED
from advice.formats.programme_file.fields import WEEKDAYS as WEEKDAY_CODES
from advice.formats.programme_file.kinds import Kind, Spec, specs
from advice.formats.programme_file.rows import KINDS
from advice.formats.programme_file.sections import Programme
from advice.rules.languages import NAMES as PAGE_LANGUAGES
from advice.settings.field_words import hint_of, label_of, none_of
from advice.settings.sections.variants import VARIANTS
from advice.settings.sections.words import WEEKDAYS, word

HOLDER = "holder"
"""The field that says which table a nested row stands in."""
UNASKED = frozenset({"demo", "withdrawn_at"})
"""A demonstration lets people in by a password alone: no screen makes one. Withdrawing is a button."""
DANISH = "da"
KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "texts": ("title", "for_whom", "bring", "promise"),
    "thresholds": ("catch_all_percent", "small_number"),
}
"""The names that docs/programme-file.md gives; a programme may hold others, which are shown too."""
_LANGUAGE_CODES = "da en ar tr so ku fa uk pl ti ur ro ru vi bs sq de fr es th ta ps zh lt bg"
OFFERED_LANGUAGES = tuple(_LANGUAGE_CODES.split())
"""What a programme may choose from, beside what it has chosen: BCP 47."""
LATE = {"reason": 1, "decision": 1, "note": 1, "slug": 2, "code": 2}
"""Fields that are asked for last: where, when, then why; what the program can make of the name, last of all."""
Choice = tuple[str, str]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field of the form. path: where its value stands in the row."""

    path: Path
    kind: Kind
    label: str
    hint: str = ""
    optional: bool = True
    most: int = 500
    default: Any = None
    choices: tuple[Choice, ...] = ()
    folded: str = ""
    """The words of the box that holds the field closed, "" for one that is always seen."""
    language: str | None = None
    none: str = ""
    """What it means that nothing is chosen, "" where nothing is."""

    @property
    def name(self) -> str:
        """The name of the form's field."""
        return "-".join(self.path)


@dataclass(frozen=True)
class Names:
    """The rows of every section as choices."""

    doc: Document
    today: date
    titles: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, section: str) -> dict[str, str]:
        """Code (of a place: its slug) to words."""
        if section not in self.titles:
            key = "slug" if section == "places" else "code"
            self.titles[section] = {row[key]: title(row) for row in self.doc.rows(section).values()}
        return self.titles[section]

    def choices(self, section: str, chosen: Sequence[str] = ()) -> list[Choice]:
        """The rows that have not ended, and those chosen already."""
        key = "slug" if section == "places" else "code"
        rows = self.doc.rows(section).values()
        there = {row[key] for row in rows if row.get("valid_to") is None or row["valid_to"] >= self.today}
        return [(code, words) for code, words in self.of(section).items() if code in there or code in chosen]


def title(row: Mapping[str, Any]) -> str:
    """What a row is called."""
    labels = row.get("labels") or {}
    for words in (labels.get(DANISH), row.get("name"), row.get("title"), row.get("text"), row.get("code")):
        if words:
            return str(words)
    return ""


def model_of(section: str) -> type[BaseModel]:
    """The class of a section's rows."""
    return Programme if section == PROGRAMME else KINDS[section]


def leaves(section: str, row: Data, names: Names, holder: int | None = None) -> list[Leaf]:
    """Every field of a row's form. Where rows come in kinds, the row says its own."""
    found = [] if section not in NESTED else [_holder_leaf(section, names, holder)]
    for spec in sorted(asked(section, row), key=lambda one: LATE.get(one.name, 0)):
        found += _leaves(section, spec, (spec.name,), row.get(spec.name), names)
    return found


def asked(section: str, row: Data) -> list[Spec]:
    """The fields that are asked for, those that the row's kind needs as required ones."""
    found = [spec for spec in specs(model_of(section)) if spec.name not in UNASKED]
    variants = VARIANTS.get(section)
    if variants is None:
        return found
    needs = variants.of[row[variants.field]].needs
    used = (spec for spec in found if not variants.unused(row, spec.name))
    return [replace(spec, required=spec.required or spec.name in needs) for spec in used]


def _holder_leaf(section: str, names: Names, holder: int | None) -> Leaf:
    """Which table of the outer section the row stands in; by id, since codes of goals count within their agreement."""
    rows = names.doc.rows(NESTED[section])
    there = {
        row_id: title(row)
        for row_id, row in rows.items()
        if row_id == holder or row.get("valid_to") is None or row["valid_to"] >= names.today
    }
    choices = tuple((str(row_id), words) for row_id, words in there.items())
    return Leaf((HOLDER,), Kind.CHOICE, label_of(section, HOLDER), optional=False, choices=choices)


def _leaves(section: str, spec: Spec, path: Path, value: Any, names: Names) -> Iterator[Leaf]:
    label = label_of(section, spec.name)
    if spec.kind in (Kind.LABELS, Kind.PARAGRAPHS):
        for leaf in _in_languages(label, hint_of(section, spec.name), path, value, names, optional=not spec.required):
            yield replace(leaf, kind=Kind.TEXT) if spec.kind is Kind.PARAGRAPHS else leaf
    elif spec.kind is Kind.TABLE and spec.inner is not None:
        inner = "filter" if spec.name in ("counts", "of") else spec.name
        for one in specs(spec.inner):
            for leaf in _leaves(inner, one, (*path, one.name), (value or {}).get(one.name), names):
                yield replace(leaf, folded=label)
    elif spec.kind in (Kind.TEXTS, Kind.NUMBERS):
        yield from _by_name(spec, path, value or {}, names, label)
    elif spec.kind is Kind.COUNTS:
        for code, words in names.choices(str(spec.section), list(value or {})):
            yield Leaf((*path, code), Kind.WHOLE, f"{label} {words}", most=3, folded=label)
    else:
        optional = not spec.required or spec.kind in (Kind.CODE, Kind.SLUG)
        choices, hint = tuple(_choices(spec, value, names)), hint_of(section, spec.name)
        none = none_of(section, spec.name)
        yield Leaf(path, spec.kind, label, hint, optional, spec.most, spec.default, choices, none=none)


def _by_name(spec: Spec, path: Path, value: Data, names: Names, box: str) -> Iterator[Leaf]:
    """Texts and numbers by their names: the known ones, and whatever else the programme holds."""
    for name in dict.fromkeys((*KNOWN_NAMES[spec.name], *value)):
        label = label_of(spec.name, f"{spec.name}.{name}" if name not in KNOWN_NAMES[spec.name] else name)
        label = name if label.startswith(f"{spec.name}.") else label
        if spec.kind is Kind.NUMBERS:
            yield Leaf((*path, name), Kind.NUMBER, label, most=20, folded=box)
        else:
            hint = hint_of(spec.name, name)
            for leaf in _in_languages(label, hint, (*path, name), value.get(name), names, optional=True):
                yield replace(leaf, folded=box)


def _in_languages(
    label: str, hint: str, path: Path, value: Data | None, names: Names, *, optional: bool
) -> Iterator[Leaf]:
    """Words in each language of the residents' pages, and in those that are there already; Danish first."""
    wanted = (DANISH, *names.doc.data[PROGRAMME]["languages"], *(value or {}))
    for language in dict.fromkeys(wanted):
        danish = language == DANISH
        yield Leaf(
            (*path, language),
            Kind.LINE,
            label if danish else f"{label} ({language_words(language)})",
            hint if danish else "",
            optional or not danish,
            folded="" if danish else f"{label}: andre sprog",
            language=None if danish else language,
        )


def _choices(spec: Spec, value: Any, names: Names) -> list[Choice]:
    """What can be chosen in a field."""
    chosen = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if spec.section:
        return names.choices(spec.section, chosen)
    if spec.kind is Kind.WEEKDAY:
        return [(code, str(words)) for code, words in zip(WEEKDAY_CODES, WEEKDAYS, strict=True)]
    if spec.kind in (Kind.LANGUAGE, Kind.LANGUAGES):
        # The residents' pages have catalogues for these only; a visit may be held in any.
        offered = PAGE_LANGUAGES if spec.name == "languages" else (*chosen, *OFFERED_LANGUAGES)
        return [(code, language_words(code)) for code in dict.fromkeys((*offered, *chosen))]
    return [(code, word(code)) for code in spec.words]


def language_words(code: str) -> str:
    """The Danish name of a language."""
    names = Locale(DANISH).languages
    return str(names.get(code.replace("-", "_")) or names.get(code.partition("-")[0]) or code)
