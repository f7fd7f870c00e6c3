"""The screens of everything that a programme file holds: a list a section, and one form for a row of any of them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from advice import late_forms, web
from advice.actions.programmes import editing
from advice.actions.programmes.bring import IN_FORCE_OR_NOTHING
from advice.actions.programmes.editing import PROGRAMME, Document
from advice.actions.programmes.tables import TABLE_OF, Absent
from advice.database import LARGEST_ID, db
from advice.hours_words import past_words
from advice.models.first_steps import lacking
from advice.rules.access import Action
from advice.settings.blueprint import blueprint
from advice.settings.day_needs import DAY_NEEDS, need_url
from advice.settings.sections.effects import asked_first, saved_words, short_title, tell, withdrawn_words
from advice.settings.sections.lines import Line, lines_of
from advice.settings.sections.pages import Sheet, kinds_page, row_page
from advice.settings.sections.saving import editor, save
from advice.settings.sections.sentences import sentence
from advice.settings.sections.variants import VARIANTS
from advice.settings.sections.words import BESIDE, BY_NAME, BY_SLUG, ON_HOURS_PAGE, Section

Answer = str | Response | tuple[str, int]
STEPS = {"op": -1, "ned": 1}
WITHDRAW = "traek-tilbage"


@blueprint.get("/indstillinger/<section>")
@web.needs(Action.EDIT_SETTINGS)
def section(section: str) -> str:
    """The rows of a section."""
    words = section_or_404(section)
    doc = here()
    lines = lines_of(words, doc, web.today())
    return render_template(
        "settings/section.html",
        section=words,
        lines=[one for one in lines if not one.over],
        over=[one for one in lines if one.over],
        on_hours_page=words.name in ON_HOURS_PAGE,
        beside=BY_NAME[BESIDE[words.name]] if words.name in BESIDE else None,
        row_url=lambda line: row_url(words, doc, line),
    )


@blueprint.route(f"/indstillinger/{BY_NAME[PROGRAMME].slug}", methods=["GET", "POST"])
@web.needs(Action.EDIT_SETTINGS)
@late_forms.shows_old
def programme() -> Answer:
    """The helhedsplan itself."""
    return edited(BY_NAME[PROGRAMME], web.member().programme_id)


@blueprint.route("/indstillinger/<section>/ny", methods=["GET", "POST"])
@web.needs(Action.EDIT_SETTINGS)
@late_forms.shows_old
def new_row(section: str) -> Answer:
    """A new row; of hours and needs also one that takes over from another."""
    return edited(section_or_404(section), None)


@blueprint.route(f"/indstillinger/<section>/<int(max={LARGEST_ID}):row_id>", methods=["GET", "POST"])
@web.needs(Action.EDIT_SETTINGS)
@late_forms.shows_old
def row(section: str, row_id: int) -> Answer:
    """One row: everything it holds, and where it was decided."""
    return edited(section_or_404(section), row_id)


@blueprint.post(f"/indstillinger/<section>/<int(max={LARGEST_ID}):row_id>/<step>")
@web.needs(Action.EDIT_SETTINGS)
def row_step(section: str, row_id: int, step: str) -> Answer:
    """Move a row up or down, or withdraw it."""
    words = section_or_404(section)
    doc = here(to_change=True)
    stored = doc.row(words.name, row_id)
    if stored is None:
        abort(404)
    table = TABLE_OF[words.name]
    if step in STEPS and table.ordered:
        editing.move(doc, words.name, row_id, STEPS[step], editor())
        db.session.commit()
        return redirect(url_for("settings.row", section=words.slug, row_id=row_id, flyttet=1), 303)
    if step != WITHDRAW or table.absent is not Absent.WITHDRAWN:
        abort(404)
    return withdrawn(words, doc, row_id)


def withdrawn(words: Section, doc: Document, row_id: int) -> Answer:
    """Withdraw a row; first what that does is shown, where it does anything to the days ahead."""
    stored = doc.rows(words.name)[row_id]
    if "withdrawn_at" not in stored:
        by = editor()
        try:
            done = editing.save(doc, editing.Edit(words.name, {**stored, "withdrawn_at": by.now}, row_id), by)
        except editing.Faulty as faulty:
            db.session.rollback()
            flash(" ".join(sentence(one.sentence, words.name) for one in faulty.findings), "warning")
            return redirect(url_for("settings.row", section=words.slug, row_id=row_id), 303)
        if refused := past_words(done.reach.found, done.reach.preview.effects) if done.reach else "":
            db.session.rollback()
            flash(refused, "warning")
            return redirect(url_for("settings.row", section=words.slug, row_id=row_id), 303)
        address = url_for("settings.row_step", section=words.slug, row_id=row_id, step=WITHDRAW)
        if asked := asked_first(words, short_title(words, doc, stored), done.reach, address, back(words), {}):
            db.session.rollback()
            return asked
        told = tell(done)
        db.session.commit()
        flash(withdrawn_words(words, doc, stored, done, told), "success")
    return redirect(url_for("settings.section", section=words.slug), 303)


def edited(words: Section, row_id: int | None) -> Answer:
    """Show the form of a row, or do what a sent one says."""
    doc = here(to_change=request.method == "POST")
    if row_id is not None and doc.row(words.name, row_id) is None:
        abort(404)
    kind = chosen_kind(words, doc, row_id)
    if kind is None:
        return kinds_page(words, row_id, VARIANTS[words.name]), 422 if request.method == "POST" else 200
    ends, holder = replaced(words, doc), request.args.get("i", type=int)
    sheet = Sheet.of(words, doc, row_id, ends=ends, holder=holder, kind=kind)
    if request.method != "POST":
        return row_page(sheet)
    sent = save(sheet)
    if sent.done is None:
        db.session.rollback()
        return row_page(sheet, stale=sent.stale), 409 if sent.stale else 422
    title, address = short_title(words, doc, sent.row), request.full_path.rstrip("?")
    if asked := asked_first(words, title, sent.done.reach, address, back(words), sheet.sent()):
        db.session.rollback()
        return asked
    told = tell(sent.done)
    db.session.commit()
    flash(saved_words(words, doc, sent.row, sent.done, told), "success")
    return redirect(onwards(words), 303)


def chosen_kind(words: Section, doc: Document, row_id: int | None) -> str | None:
    """The kind of row asked for in the address, else the stored row's; None: to be chosen. "" where there is one."""
    variants = VARIANTS.get(words.name)
    if variants is None:
        return ""
    stored = doc.row(words.name, row_id) if row_id is not None else None
    found = request.args.get("slags", stored[variants.field] if stored else None)
    return found if found in variants.of else None


def replaced(words: Section, doc: Document) -> int | None:
    """The row that a new one takes over from: asked for in the address, or carried by the form."""
    found = request.args.get("afloeser", type=int)
    known = words.name in IN_FORCE_OR_NOTHING and found in doc.paths[words.name]
    return found if known else None


def here(to_change: bool = False) -> Document:
    """The programme worked in, as it stands."""
    return editing.open_document(web.member().programme_id, to_change=to_change)


def row_url(words: Section, doc: Document, line: Line) -> str:
    """Where a row of a list leads: the need of a day that still counts to the page that shows what it does."""
    row = doc.row(words.name, line.row_id) or {}
    if words.name == DAY_NEEDS and not line.over:
        return need_url(row["day"], row["place"], row["service"])
    return url_for("settings.row", section=words.slug, row_id=line.row_id)


def section_or_404(slug: str) -> Section:
    """The section at an address; the helhedsplan has no rows, and an address of its own."""
    found = BY_SLUG.get(slug)
    return found if found and found.name != PROGRAMME else abort(404)


def back(words: Section) -> str:
    """The list that a form was opened from."""
    return url_for("settings.index") if words.name == PROGRAMME else url_for("settings.section", section=words.slug)


def onwards(words: Section) -> str:
    """Where a saved row leads: to what is next, as long as the first steps are under way."""
    if lacking(web.member().programme_id, web.today()):
        return url_for("settings.index")
    return back(words)
