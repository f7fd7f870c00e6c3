"""The form of any row of a programme file, made from what its fields hold; and the row that a sent form says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from advice.actions.programmes.editing import Data
from advice.formats.programme_file.kinds import Kind
from advice.rules.danish import RESERVED_SLUGS
from advice.settings.sections.leaves import HOLDER, Leaf, title
from advice.web import Form
from advice.web_fields import NO_DAY, ClockField, LineField, NoteField, parse_clock

FIRST_YEAR, LAST_YEAR = 1900, 2200
REFERENCE_CHARACTERS = 200
EMPTY = _l("Udfyld feltet.")
MONTH_DAY = re.compile(r"\s*([0-9]{1,2})\s*[/.]\s*([0-9]{1,2})\.?\s*")
MANY = (Kind.CHOICES, Kind.WORDS, Kind.LANGUAGES)
ONE = (Kind.CHOICE, Kind.WORD, Kind.WEEKDAY, Kind.LANGUAGE, Kind.PERHAPS)
YES, NO = "ja", "nej"
FOREIGN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


class RowForm(Form):
    """What every row's form has. row_seen: the fingerprint of the row as it was shown."""

    row_seen = HiddenField()
    row_reference = LineField(_l("Ændringen er besluttet i"), [Optional()], most=REFERENCE_CHARACTERS)
    row_confirmed = HiddenField()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form says: the row, and the row of the outer section that it stands in."""

    row: Data
    holder: int | None


def form_of(leaves: Sequence[Leaf], row: Data, holder: int | None = None, *, sent: bool = True) -> RowForm:
    """The form with a field for each leaf, filled with the row where nothing was sent; whatever was, unless `sent`."""
    fields = {leaf.name: _field(leaf) for leaf in leaves}
    made: type[RowForm] = type("FilledRowForm", (RowForm,), fields)
    values = {leaf.name: _shown(leaf, _at(row, leaf.path, leaf.default)) for leaf in leaves}
    if HOLDER in values and holder is not None:
        values[HOLDER] = str(holder)
    return made(data=values) if sent else made(formdata=None, data=values)


def read(form: RowForm, leaves: Sequence[Leaf], base: Data) -> Typed:
    """The row that the form says, on top of what no field asks for. What cannot be read gets a sentence."""
    row: Data = _copied(base)
    holder = None
    for leaf in leaves:
        one = form[leaf.name]
        if one.errors:
            continue
        try:
            value = _value(leaf, one)
        except ValueError as error:
            one.errors = [*one.errors, str(error)]
            continue
        if leaf.path == (HOLDER,):
            holder = int(value) if value else None
        else:
            _put(row, leaf.path, None if value == leaf.default else value)
    if row.get("measure"):  # a measure without a filter counts every visit
        row.setdefault("counts", {})
        if row["measure"] == "share":
            row.setdefault("of", {})
    return Typed(row, holder)


def name_codes(row: Data, leaves: Collection[Leaf], taken: Mapping[str, Collection[str]]) -> None:
    """Give a new row the code and address that nobody typed, made from its name. `taken`: those in use, by field."""
    wanted = {leaf.path[0] for leaf in leaves if leaf.kind in (Kind.CODE, Kind.SLUG)}
    for name in ("slug", "code"):
        if name in wanted and not row.get(name):
            used = {*taken.get(name, ()), *(RESERVED_SLUGS if name == "slug" else ())}
            row[name] = free_code(row.get("slug") or title(row), used)


def free_code(words: str, taken: Collection[str]) -> str:
    """Words as a code that is not taken: "Nyt sted på Åen" becomes "nyt-sted-paa-aaen"."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(FOREIGN)).encode("ascii", "ignore").decode()
    stem = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "ny"
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code


def _field(leaf: Leaf) -> Any:
    needed = [Optional()] if leaf.optional else [InputRequired(EMPTY)]
    if leaf.kind is Kind.YES_NO:
        return BooleanField(leaf.label)
    if leaf.kind is Kind.TEXT:
        return NoteField(leaf.label, needed, most=leaf.most)
    if leaf.kind is Kind.DATE:
        return DateField(leaf.label, needed, invalid_value_message=NO_DAY)
    if leaf.kind is Kind.CLOCK:
        return ClockField(leaf.label, needed)
    unknown = _("Vælg en fra listen.")
    offered = ((YES, _("ja")), (NO, _("nej"))) if leaf.kind is Kind.PERHAPS else leaf.choices
    choices = [SelectChoice(value, words) for value, words in offered]
    if leaf.kind in MANY:
        return SelectMultipleField(leaf.label, needed, choices=choices, invalid_choice_message=unknown)
    if leaf.kind in ONE:
        if leaf.optional or len(choices) != 1:
            choices = [SelectChoice("", leaf.none or _("Vælg …")), *choices]
        return SelectField(leaf.label, needed, choices=choices, invalid_choice_message=unknown)
    return LineField(leaf.label, needed, most=leaf.most)


def _value(leaf: Leaf, field: Any) -> Any:
    """The value as the file holds it; None for nothing. Raises ValueError with a sentence."""
    given = field.data
    if leaf.kind is Kind.YES_NO:
        return bool(given)
    if given in (None, "", []):
        return None
    if leaf.kind is Kind.DATE:
        if not FIRST_YEAR <= given.year <= LAST_YEAR:
            raise ValueError(_("Se på året en gang til."))
        return given
    if leaf.kind is Kind.CLOCK:
        return given.strftime("%H:%M")
    if leaf.kind is Kind.PERHAPS:
        return given == YES
    if leaf.kind in (Kind.NUMBER, Kind.WHOLE):
        return _number(given, whole=leaf.kind is Kind.WHOLE)
    if leaf.kind is Kind.MONTH_DAY:
        return _month_day(given)
    if leaf.kind is Kind.MONTH_DAYS:
        return [_month_day(part) for part in re.split(r"[,;]", given) if part.strip()]
    if leaf.kind is Kind.LANGUAGES:  # their order is that of buttons: those that stood there stay where they were
        before = [code for code in field.object_data or [] if code in given]
        return [*before, *(code for code in given if code not in before)]
    return given


def _number(text: str, *, whole: bool) -> float | int:
    plain = text.replace(" ", "").replace("\u00a0", "").replace(",", ".")
    if whole:
        if not re.fullmatch("[0-9]{1,6}", plain):
            raise ValueError(_("Skriv et helt tal."))
        return int(plain)
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", plain):
        raise ValueError(_("Skriv et tal, fx 12 eller 12,5."))
    number = float(plain)
    return int(number) if number.is_integer() else number


def _month_day(text: str) -> str:
    found = MONTH_DAY.fullmatch(text)
    try:
        day = date(2000, int(found[2]), int(found[1])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("Skriv dag og måned, fx 24/12."))
    return f"{day:%m-%d}"


def _shown(leaf: Leaf, value: Any) -> Any:
    """A value of the file as the form's field holds it."""
    if value is None:
        return None
    if leaf.kind is Kind.CLOCK:
        return value if isinstance(value, time) else parse_clock(value)
    if leaf.kind is Kind.PERHAPS:
        return YES if value else NO
    if leaf.kind in (Kind.NUMBER, Kind.WHOLE):
        return str(value).replace(".", ",")
    if leaf.kind is Kind.MONTH_DAY:
        return day_and_month(value)
    if leaf.kind is Kind.MONTH_DAYS:
        return ", ".join(day_and_month(one) for one in value)
    return value


def day_and_month(text: str) -> str:
    """12-24 as 24/12."""
    month, day = text.split("-")
    return f"{int(day)}/{int(month)}"


def _at(row: Mapping[str, Any], path: Sequence[str], default: Any) -> Any:
    found: Any = row
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            return default
        found = found[part]
    return found


def _put(row: Data, path: Sequence[str], value: Any) -> None:
    """Set a value where it stands, or take it away; tables that hold nothing any more go too."""
    first, *rest = path
    if rest:
        inner = row.setdefault(first, {})
        _put(inner, rest, value)
        if not inner:
            del row[first]
    elif value is None:
        row.pop(first, None)
    else:
        row[first] = value


def _copied(row: Data) -> Data:
    """The row, with its own tables and lists: what is read into it changes nothing that stands."""
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in row.items()}
