"""What a sent form of a row does: read, checked, compared with what stands, and stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _

from advice import web
from advice.actions.programmes import editing
from advice.actions.programmes.editing import Data, Done, Edit, Editor, Faulty, fingerprint
from advice.formats.programme_file.document import FaultyFile
from advice.formats.programme_file.kinds import specs
from advice.hours_words import line, past_words
from advice.settings.field_words import label_of
from advice.settings.sections.forms import RowForm, name_codes, read
from advice.settings.sections.leaves import model_of
from advice.settings.sections.lines import whole_words
from advice.settings.sections.pages import Sheet
from advice.settings.sections.sentences import explain, sentence


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed, or that was typed: both versions in words."""

    label: str
    stands: str
    typed: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a form: done, stale, or neither, with sentences at its fields. row: as it was stored."""

    done: Done | None = None
    row: Data = field(default_factory=dict)
    stale: tuple[Difference, ...] | None = None


def editor(reference: str | None = None) -> Editor:
    """Who is logged in, as whoever changes a setting."""
    member = web.member()
    return Editor(member.person_id, member.organisation_id, web.now(), web.settings().timezone, reference or None)


def save(sheet: Sheet) -> Sent:
    """Store what the form says. Nothing is written unless `done` is set; the caller commits."""
    form, section = sheet.form, sheet.section.name
    form.validate()
    typed = read(form, sheet.leaves, sheet.base)
    if sheet.row_id is not None and form.row_seen.data != fingerprint(sheet.row):
        found = differences(sheet, typed.row)
        form.row_seen.data = fingerprint(sheet.row)
        return Sent(stale=found)
    if sheet.row_id is None:
        rows = sheet.doc.rows(section).values()
        taken = {name: {str(row.get(name)) for row in rows} for name in ("code", "slug")}
        name_codes(typed.row, sheet.leaves, taken)
    _refuse_early_successor(sheet, typed.row)
    if any(form.errors.values()):
        return Sent()
    edit = Edit(section, typed.row, sheet.row_id, typed.holder or sheet.holder, sheet.ends)
    try:
        done = editing.save(sheet.doc, edit, editor(form.row_reference.data))
        return Sent() if _refused(form, done) else Sent(done, typed.row)
    except Faulty as faulty:
        explain(form, faulty.findings, section, faulty.path, sheet.doc)
    except FaultyFile as faulty:
        form.form_errors.extend(sentence(one.sentence, section) for one in faulty.faults)
    return Sent()


def _refuse_early_successor(sheet: Sheet, row: Data) -> None:
    """A row that takes over from another begins after it."""
    old = sheet.doc.row(sheet.section.name, sheet.ends) if sheet.ends is not None else None
    if old and row.get("valid_from") and row["valid_from"] <= old["valid_from"]:
        words = _("Vælg en dag efter %(day)s, hvor den gamle begyndte.", day=web.date_digits(old["valid_from"]))
        sheet.form["valid_from"].errors = [words]


def _refused(form: RowForm, done: Done) -> bool:
    """Whether an edit would make hours that cannot be, or other hours of what has been; says so."""
    if done.reach is None:
        return False
    found, preview = done.reach.found, done.reach.preview
    if preview.doubled:  # as an extra opening within the weekly hours
        a, b = (line(found, one) for one in preview.doubled[0])
        words = _("Samme tilbud har allerede åbent da: %(a)s og %(b)s.", a=a, b=b)
    else:
        words = past_words(found, preview.effects)
    if words and "starts" in form:
        form["starts"].errors = [*form["starts"].errors, words]
    elif words:
        form.form_errors.append(words)
    return bool(words)


def differences(sheet: Sheet, typed: Data) -> tuple[Difference, ...]:
    """What stands now beside what was typed, where they differ."""
    section = sheet.section.name
    return tuple(
        Difference(
            label_of(section, spec.name),
            whole_words(spec, sheet.row.get(spec.name, spec.default), sheet.names),
            whole_words(spec, typed.get(spec.name, spec.default), sheet.names),
        )
        for spec in specs(model_of(section))
        if sheet.row.get(spec.name) != typed.get(spec.name)
    )
