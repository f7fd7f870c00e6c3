"""The page of one row: its form, with what is fixed shown as facts; before it the choice of a kind, where there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from advice import web
from advice.actions.programmes.bring import IN_FORCE_OR_NOTHING
from advice.actions.programmes.editing import PROGRAMME, Data, Document, fingerprint
from advice.actions.programmes.tables import TABLE_OF, Absent
from advice.formats.programme_file.codes import NESTED
from advice.formats.programme_file.kinds import specs
from advice.formats.programme_file.rows import KINDS
from advice.models.decisions import decisions_on
from advice.rules.characters import held
from advice.settings.field_words import label_of
from advice.settings.sections.forms import RowForm, form_of
from advice.settings.sections.leaves import HOLDER, Leaf, Names, leaves, model_of, title
from advice.settings.sections.lines import is_over, row_title, whole_words
from advice.settings.sections.variants import VARIANTS, Variants
from advice.settings.sections.words import BY_NAME, Section, word

BEGINS = "valid_from"


@dataclass(frozen=True, slots=True)
class Box:
    """Fields that are shown together; words: what folds them away, "" for those that are always seen."""

    words: str
    leaves: Sequence[Leaf]
    filled: int
    faulty: bool


@dataclass(frozen=True)
class Sheet:
    """A row on a screen: what stands, the fields that can be changed, and the form. row_id: None for a new row.

    base: what the form changes; the row, or where another kind was chosen what that kind leaves of it.
    """

    section: Section
    doc: Document
    names: Names
    row_id: int | None
    row: Data
    base: Data
    holder: int | None
    ends: int | None
    fixed: tuple[str, ...]
    leaves: Sequence[Leaf]
    form: RowForm

    @classmethod
    def of(
        cls, section: Section, doc: Document, row_id: int | None, *, ends: int | None, holder: int | None, kind: str
    ) -> Sheet:
        """The sheet of a stored row, or of a new one, which may begin as a copy of the row it takes over from.

        kind: the chosen one, "" where the section has none.
        """
        names = Names(doc, web.today())
        old = doc.row(section.name, ends) if ends is not None else None
        row = (doc.row(section.name, row_id) if row_id is not None else _fresh(section.name, old)) or {}
        if row_id is not None:
            holder = _holder(section.name, doc, row_id)
        fixed = _fixed(section.name, row, row_id)
        variants = VARIANTS.get(section.name)
        base = variants.turned(row, kind) if variants and variants.field not in fixed else row
        asked = [leaf for leaf in leaves(section.name, base, names, holder) if leaf.path[0] not in fixed]
        form = form_of(asked, base, holder)
        if request.method != "POST" and row_id is not None:
            form.row_seen.data = fingerprint(row)
        return cls(section, doc, names, row_id, row, base, holder, ends, fixed, asked, form)

    def sent(self) -> dict[str, list[str]]:
        """What was sent, to be sent again."""
        given = {name: [held(one) for one in request.form.getlist(name)] for name in request.form}
        return {name: values for name, values in given.items() if name not in ("csrf_token", "row_confirmed")}


def row_page(sheet: Sheet, stale: Any = None) -> str:
    """The page of a row."""
    section = sheet.section
    facts = [
        (label_of(section.name, spec.name), whole_words(spec, sheet.row.get(spec.name, spec.default), sheet.names))
        for spec in specs(model_of(section.name))
        if spec.name in sheet.fixed
    ]
    if HOLDER in sheet.fixed and sheet.holder is not None:
        outer = sheet.doc.rows(NESTED[section.name])[sheet.holder]
        facts.insert(0, (label_of(section.name, HOLDER), title(outer)))
    variants = VARIANTS.get(section.name)
    turns = variants is not None and variants.field not in sheet.fixed
    if variants and turns:
        facts.insert(0, (label_of(section.name, variants.field), word(sheet.base[variants.field])))
    table = TABLE_OF.get(section.name)
    stored = sheet.row_id is not None
    can_withdraw = stored and table is not None and table.absent is Absent.WITHDRAWN
    return render_template(
        "settings/row.html",
        section=section,
        form=sheet.form,
        boxes=boxes(sheet),
        heading=row_title(section, sheet.row, sheet.names) if stored else section.new,
        facts=[fact for fact in facts if fact[1]],
        kinds_url=_address(section, sheet.row_id, "") if turns else None,
        groups=_groups(sheet),
        stale=stale,
        row_id=sheet.row_id,
        takes_over=sheet.ends is not None,
        may_take_over=stored and section.name in IN_FORCE_OR_NOTHING and not is_over(sheet.row, web.today()),
        may_withdraw=can_withdraw and not is_over(sheet.row, web.today()),
        over=stored and is_over(sheet.row, web.today()),
        decisions=_decisions(sheet) if stored else [],
        place_in_list=_place_in_list(sheet) if stored and table is not None and table.ordered else None,
        moved="flyttet" in request.args,
        back_url=_back(section),
        back_label=_("Indstillinger") if section.name == PROGRAMME else section.plural,
    )


def kinds_page(section: Section, row_id: int | None, variants: Variants) -> str:
    """The kinds of rows that a section holds, to choose from: each leads to the form for it."""
    return render_template(
        "settings/kinds.html",
        section=section,
        kinds=[(_address(section, row_id, kind), word(kind), one.example) for kind, one in variants.of.items()],
        back_url=_back(section),
    )


def _address(section: Section, row_id: int | None, kind: str) -> str:
    """The form of a row as one of a kind; "" for the page on which the kind is chosen."""
    if row_id is None:
        return url_for("settings.new_row", section=section.slug, slags=kind or None)
    return url_for("settings.row", section=section.slug, row_id=row_id, slags=kind)


def boxes(sheet: Sheet) -> list[Box]:
    """The fields in their order, those that are folded together in one box."""
    found = []
    for words, group in groupby(sheet.leaves, key=lambda leaf: leaf.folded):
        inside = list(group)
        fields = [sheet.form[leaf.name] for leaf in inside]
        filled = sum(bool(field.data) for field in fields)
        found.append(Box(words, inside, filled, any(field.errors for field in fields)))
    return found


def _groups(sheet: Sheet) -> dict[str, str]:
    """What the box says that a field stands in, where the field's own label does not."""
    boxed = (leaf for leaf in sheet.leaves if leaf.folded and not leaf.language)
    return {leaf.name: leaf.folded for leaf in boxed if not leaf.label.startswith(leaf.folded)}


def _fresh(section: str, old: Data | None) -> Data:
    """A new row as the form begins: from today on, or what it takes over, from tomorrow on."""
    names = {spec.name for spec in specs(model_of(section)) if spec.required}
    if old is not None:
        kept = {name: value for name, value in old.items() if name not in ("valid_to", "decision")}
        return {**kept, BEGINS: web.today() + timedelta(days=1)}
    return {BEGINS: web.today()} if BEGINS in names else {}


def _fixed(section: str, row: Data, row_id: int | None) -> tuple[str, ...]:
    """The fields of a stored row that never change: what tells it from others, and what counted rows depend on."""
    if row_id is None:
        return ()
    if section == PROGRAMME:
        return ("slug", "valid_to")
    kind, table = KINDS[section], TABLE_OF[section]
    holder = (HOLDER,) if kind.SCOPED else ()
    if table.absent is Absent.WITHDRAWN and not is_over(row, web.today()):
        return ()
    if section in IN_FORCE_OR_NOTHING and row[BEGINS] >= web.today():
        return ()
    code = ("code",) if "code" in kind.model_fields else ()
    return (*holder, *code, *kind.KEY, *table.fixed)


def _holder(section: str, doc: Document, row_id: int) -> int | None:
    """The row of the outer section that a row stands in."""
    if section not in NESTED:
        return None
    outer = doc.paths[section][row_id][:-2]
    return next(one for one, path in doc.paths[NESTED[section]].items() if path == outer)


def _place_in_list(sheet: Sheet) -> tuple[int, int]:
    """Which of how many the row is, counted from 1, among those of its table."""
    paths = sheet.doc.paths[sheet.section.name]
    path = paths[sheet.row_id or 0]
    return int(path[-1]) + 1, sum(other[:-2] == path[:-2] for other in paths.values())


def _decisions(sheet: Sheet) -> list[tuple[str, date, str]]:
    """What was given as the place of a decision: the reference, the day it was entered, and by whom."""
    name = sheet.section.name
    subject = "programmes" if name == PROGRAMME else TABLE_OF[name].model.__tablename__
    zone = web.settings().timezone
    return [
        (one.reference, one.decided_at.astimezone(zone).date(), one.person.name)
        for one in decisions_on(sheet.doc.programme.id, subject, sheet.row_id or 0)
    ]


def _back(section: Section) -> str:
    if section.name == PROGRAMME:
        return url_for("settings.index")
    return url_for("settings.section", section=BY_NAME[section.name].slug)
