"""The rows of a section as a list shows them: what is in force now first, what has ended folded away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from advice import web
from advice.actions.programmes.editing import Data, Document
from advice.formats.programme_file.codes import NESTED
from advice.formats.programme_file.fields import WEEKDAYS as WEEKDAY_CODES
from advice.formats.programme_file.kinds import Kind, Spec, specs
from advice.settings.sections.forms import day_and_month
from advice.settings.sections.leaves import HOLDER, Names, language_words, model_of, title
from advice.settings.sections.words import WEEKDAYS, YES, Section, word


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list. begins: the day it begins, where that is ahead."""

    row_id: int
    title: str
    details: str
    over: bool
    begins: date | None
    ends: date | None
    withdrawn: bool


def lines_of(section: Section, doc: Document, today: date) -> list[Line]:
    """Every row of a section, in the order of screens; by weekday and time, or by day, where the section has those."""
    names = Names(doc, today)
    rows = doc.rows(section.name)
    order = sorted(rows, key=lambda row_id: _by_time(rows[row_id], section))
    holders = _holders(section.name, doc)
    return [_line(section, row_id, rows[row_id], names, holders.get(row_id, "")) for row_id in order]


def row_title(section: Section, row: Data, names: Names) -> str:
    """A row in a few words."""
    words = [shown(section, name, row, names) for name in section.title]
    return " ".join(part for part in words if part) or title(row) or str(section.plural)


def shown(section: Section, name: str, row: Data, names: Names) -> str:
    """A field of a row in words, "" where there is nothing to say."""
    if name in COMPOSED:
        return COMPOSED[name](row)
    spec = next((one for one in specs(model_of(section.name)) if one.name == name), None)
    return value_words(spec, row.get(name, spec.default), names) if spec else ""


def value_words(spec: Spec, value: Any, names: Names) -> str:
    """A value of the file in Danish words."""
    if value in (None, "", [], {}):
        return ""
    if spec.kind is Kind.YES_NO:
        return str(YES.get(spec.name, "")) if value else ""
    if spec.section:
        known = names.of(spec.section)
        if isinstance(value, dict):
            return ", ".join(f"{number} {known.get(code, code)}" for code, number in value.items())
        codes = value if isinstance(value, list) else [value]
        return ", ".join(known.get(str(code), str(code)) for code in codes)
    if spec.kind in (Kind.LABELS, Kind.PARAGRAPHS):
        return str(value.get("da", ""))
    return _plain_words(spec, value)


def first_day(row: Data) -> date | None:
    """The first day that a row is about, if it is about days of the calendar."""
    found: date | None = row.get("first_date") or row.get("day")
    return found


def is_over(row: Data, today: date) -> bool:
    """Whether a row counts no more."""
    last = row.get("valid_to") or row.get("last_date") or row.get("day")
    return bool(row.get("withdrawn_at")) or (last is not None and last < today)


def _plain_words(spec: Spec, value: Any) -> str:
    """A value that stands for itself."""
    if spec.name == "every_weeks":
        return "" if value == 1 else str(_("hver %(number)s. uge", number=value))
    if spec.name == "min_age":
        return str(_("fra %(age)s år", age=value))
    if spec.kind is Kind.WEEKDAY:
        return str(WEEKDAYS[WEEKDAY_CODES.index(value)])
    if spec.kind is Kind.DATE:
        return web.date_digits(value)
    if spec.kind is Kind.CLOCK:
        return str(value).replace(":", ".")
    if spec.kind in (Kind.NUMBER, Kind.WHOLE):
        return web.number(value)
    if spec.kind in (Kind.WORD, Kind.WORDS):
        return ", ".join(word(one) for one in (value if isinstance(value, list) else [value]))
    if spec.kind is Kind.LANGUAGE:
        return language_words(value)
    return str(value)


def _line(section: Section, row_id: int, row: Data, names: Names, holder: str) -> Line:
    details = [holder if name == HOLDER else shown(section, name, row, names) for name in section.details]
    begins = row.get("valid_from")
    return Line(
        row_id,
        row_title(section, row, names),
        " · ".join(part for part in details if part),
        is_over(row, names.today),
        begins if begins and begins > names.today else None,
        row.get("valid_to") if "validity" not in section.details else None,
        bool(row.get("withdrawn_at")),
    )


def _holders(section: str, doc: Document) -> dict[int, str]:
    """What the table is called that each nested row stands in, by the row's id."""
    if section not in NESTED:
        return {}
    outer = {path: title(row) for row_id, row in doc.rows(NESTED[section]).items()
             if (path := doc.paths[NESTED[section]][row_id])}  # fmt: skip
    return {row_id: outer[path[:-2]] for row_id, path in doc.paths[section].items()}


def _by_time(row: Data, section: Section) -> tuple[Any, ...]:
    if "weekday" in section.title:
        return (WEEKDAY_CODES.index(row["weekday"]), row.get("starts", ""), row["place"])
    if section.title[0] in ("day", "as_of"):  # the newest first
        return (-row[section.title[0]].toordinal(), row.get("starts", ""))
    return ()


def _span(row: Mapping[str, Any]) -> str:
    starts, ends = (str(row[name]).replace(":", ".") for name in ("starts", "ends"))
    return f"kl. {starts}–{ends}"


def _period(row: Mapping[str, Any]) -> str:
    if row["kind"] == "once":
        return _days(row)
    if row["kind"] == "dates":
        days = f"{day_and_month(row['first_day'])}–{day_and_month(row['last_day'])}"
        return str(_("hvert år %(days)s", days=days))
    return str(_("hvert år uge %(first)s–%(last)s", first=row["first_week"], last=row["last_week"]))


def _days(row: Mapping[str, Any]) -> str:
    first, last = row["first_date"], row["last_date"]
    return web.date_digits(first) if first == last else f"{web.date_digits(first)}–{web.date_digits(last)}"


def _staff(row: Mapping[str, Any]) -> str:
    numbers = {name: row[name] for name in ("least", "best", "never_fewer")}
    return str(_("mindst %(least)s, helst %(best)s, aldrig færre end %(never_fewer)s", **numbers))


def _validity(row: Mapping[str, Any]) -> str:
    return f"{web.date_digits(row['valid_from'])}–{web.date_digits(row['valid_to'])}"


COMPOSED = {"span": _span, "period": _period, "days": _days, "staff": _staff, "validity": _validity}
"""What is said of several fields at once."""


def whole_words(spec: Spec, value: Any, names: Names) -> str:
    """Everything a field holds, every language of it, in one line."""
    if spec.kind is Kind.YES_NO:
        return str(_("ja") if value else _("nej"))
    if spec.kind in (Kind.LABELS, Kind.PARAGRAPHS, Kind.TEXTS, Kind.NUMBERS, Kind.TABLE) and isinstance(value, dict):
        return " · ".join(_flat(value))
    if spec.kind is Kind.LANGUAGES and value:
        return ", ".join(language_words(one) for one in value)
    if spec.kind in (Kind.TABLE, Kind.PERHAPS) or not isinstance(value, (str, int, float, date, list, dict)):
        return ""
    return value_words(spec, value, names)


def _flat(value: Any) -> list[str]:
    """The texts and numbers in a table, however deep."""
    if isinstance(value, dict):
        return [part for one in value.values() for part in _flat(one)]
    if isinstance(value, list):
        return [part for one in value for part in _flat(one)]
    return [word(value)]
