"""Plans that are being laid: the list of them, a new one, one of them, and what the leaders say to it."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advice import late_forms, web
from advice.actions.drafts import approving, laying
from advice.actions.drafts.approving import Empty
from advice.actions.drafts.enforcing import Held, NotApproved, put_in_force
from advice.actions.drafts.reading import Laid, laid
from advice.actions.shifts import Stale
from advice.database import LARGEST_ID, db
from advice.models.drafts import Draft, draft_of, drafts_of, ended_drafts
from advice.models.people import members_between
from advice.models.roster import last_day_planned
from advice.models.weeks import every_place, openings_between
from advice.roster import near_letters, plan_letters, plan_objections, sick_filled
from advice.roster.blueprint import blueprint
from advice.roster.board import board
from advice.roster.links import may_plan, plan_week_url, week_url
from advice.roster.near import small_page, waiting_lines
from advice.roster.near_words import lines_of
from advice.roster.plan_forms import NOTHING, BeginForm, NoForm, RepeatForm, SendBackForm, next_quarter
from advice.roster.plan_memory import forget
from advice.roster.plan_words import held_words, left_out_words, mark_of_change, quarter_name, twice_lines
from advice.roster.planning import Answer, by
from advice.roster.quarters import week_rows
from advice.roster.sick_filled import still_asked
from advice.roster.words import day_words, listed, when_words
from advice.rules.access import Action, Role
from advice.rules.drafts import Deed, State
from advice.rules.openings import Status
from advice.rules.repeating import WEEK
from advice.web import needs

PLANS = "/vagtplan/planlaeg"
MOST_ENDED = 12
"""So many of the plans that are over are listed: three years of quarters."""
PLAN = f"{PLANS}/<int(max={LARGEST_ID}):draft_id>"


@blueprint.route(PLANS + "/", methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def plans() -> Answer:
    """The plans that are being laid, and the form for a new one."""
    programme_id, today = web.member().programme_id, web.today()
    first, last = next_quarter(today, last_day_planned(programme_id))
    suggested = {"name": quarter_name(first), "first": first, "last": last, "weeks": "4"}
    form = BeginForm(weeks_end(first), True, data=suggested if request.method == "GET" else None)
    if form.validate_on_submit():
        draft = laying.begin(programme_id, form.name.data or "", form.first.data, form.last.data, by())
        if form.weeks.data != NOTHING:
            repeated(draft, int(form.weeks.data))
        db.session.commit()
        return redirect(url_for("roster.plan", draft_id=draft.id), 303)
    page = render_template(
        "roster/plans.html",
        form=form,
        drafts=drafts_of(programme_id),
        waiting=waiting_lines(programme_id),
        ended=ended_drafts(programme_id, MOST_ENDED),
        states=State,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.get(PLAN)
@needs(Action.PLAN_ROSTER)
def plan(draft_id: int) -> str:
    """One plan: its weeks, what stands in the way, who has said yes."""
    return plan_page(read(draft_id))


@blueprint.post(f"{PLAN}/gentag")
@needs(Action.PLAN_ROSTER)
def repeat(draft_id: int) -> Answer:
    """Repeat weeks into a plan that is being laid."""
    draft = plan_to_change(draft_id)
    form = RepeatForm(weeks_end(draft.first_day), False)
    if not form.validate():
        return plan_page(laid(draft), repeat=form), 422
    try:
        repeated(draft, int(form.weeks.data))
    except Stale:
        return stale(draft)
    db.session.commit()
    return redirect(url_for("roster.plan", draft_id=draft.id), 303)


@blueprint.post(f"{PLAN}/send")
@needs(Action.PLAN_ROSTER)
def send(draft_id: int) -> Answer:
    """Ask the leaders concerned."""
    draft = plan_to_change(draft_id)
    found = laid(draft)
    if in_the_way := [*(words for words, _day in twice_lines(found)), *stale_lines(found)]:
        why = listed(in_the_way)
        flash(_("Planen er ikke sendt, for den kan ikke gælde, som den er: %(why)s.", why=why), "error")
        return redirect(url_for("roster.plan", draft_id=draft.id), 303)
    try:
        approving.send(found, by())
    except Stale:
        return stale(draft)
    except Empty:
        flash(_("Planen ændrer ingenting endnu. Læg nogle vagter først."), "warning")
        return redirect(url_for("roster.plan", draft_id=draft.id), 303)
    found = laid(draft)
    told = plan_letters.ask(found, approving.asked(found, web.today()))
    db.session.commit()
    done = ngettext("Sendt. %(num)s leder er spurgt.", "Sendt. %(num)s ledere er spurgt.", told)
    flash(done if told else _("Planen er klar. Ingen andre skal sige ja."), "success")
    return redirect(url_for("roster.plan", draft_id=draft.id), 303)


@blueprint.post(f"{PLAN}/gaeld")
@needs(Action.PLAN_ROSTER)
def enforce(draft_id: int) -> Answer:
    """Put the plan in force, once that may be."""
    return enforced(plan_to_change(draft_id), "")


@blueprint.post(f"{PLAN}/ret")
@needs(Action.PLAN_ROSTER)
def lay_on(draft_id: int) -> Answer:
    """Lay on a plan that was sent, or one that was dropped."""
    draft = plan_to_change(draft_id)
    if draft.small:
        abort(404)
    try:
        approving.take_back(draft, by())
    except Stale:
        return stale(draft)
    db.session.commit()
    flash(_("Planen kan rettes igen. Den skal sendes igen bagefter."), "info")
    return redirect(url_for("roster.plan", draft_id=draft.id), 303)


@blueprint.post(f"{PLAN}/drop")
@needs(Action.PLAN_ROSTER)
def drop(draft_id: int) -> Answer:
    """The plan is not to be."""
    draft = plan_to_change(draft_id)
    found = laid(draft)
    asked = approving.asked(found, web.today()).organisations if draft.state == State.SENT else frozenset()
    lines = lines_of(found.rows, found.shifts)
    try:
        approving.drop(draft, by())
    except Stale:
        return stale(draft)
    if draft.small:
        near_letters.tell_withdrawn(draft, lines, asked)
    elif asked:
        plan_letters.tell_dropped(draft, asked)
    db.session.commit()
    if draft.small:
        flash(_("Ændringen er trukket tilbage. Vagtplanen er, som den var."), "info")
        return redirect(week_url(draft.first_day), 303)
    flash(_("Planen er droppet. Den kan hentes frem igen."), "info")
    return redirect(url_for("roster.plan", draft_id=draft.id), 303)


def enforced(draft: Draft, said: str) -> Answer:
    """Put a plan in force; else the page that says why not. The worker tells everybody whose shifts it changes."""
    found = laid(draft)
    coordinator = web.member().role == Role.COORDINATOR
    lines = lines_of(found.rows, found.shifts) if draft.small else []
    missing = approving.asked(found, web.today()).missing
    looked_for = still_asked(draft.programme_id, [(row.place_id, row.day) for row in found.rows])
    try:
        done = put_in_force(found, by(), coordinator=coordinator)
    except Held as held:
        db.session.rollback()  # the yes that led here, too: the page says that nothing is changed
        return plan_page(read(draft.id), held=held), 422
    except NotApproved:
        flash(_("Ikke alle har sagt ja endnu."), "warning")
        return redirect(url_for("roster.plan", draft_id=draft.id), 303)
    except Stale:
        return stale(draft)
    sick_filled.tell(looked_for, [shift for shift, _deed in done.shifts], web.member().person_id)
    if draft.small:
        near_letters.tell_in_force(draft, lines, missing, agreed=bool(said))
    else:
        plan_letters.tell_in_force(draft, missing, agreed=bool(said))
    db.session.commit()
    if draft.small:
        flash(f"{said} {_('Ændringen gælder nu: %(what)s.', what=listed(lines))}".strip(), "success")
        return redirect(week_url(draft.first_day), 303)
    words = ngettext("Planen gælder nu: %(num)s vagt.", "Planen gælder nu: %(num)s vagter.", len(done.shifts))
    flash(f"{said} {words}".strip(), "success")
    return redirect(url_for("roster.plan", draft_id=draft.id), 303)


def stale_lines(found: Laid) -> list[str]:
    """Whose shifts are others now than when a plan was laid over them."""
    names = {row.id: row.person.name for row in found.rows}
    lost = [(names[one.key], one.turn.day) for one in found.overlay.stale]
    return [_("vagten for %(name)s %(day)s er en anden nu", name=name, day=day_words(day)) for name, day in lost]


def stale(draft: Draft, answer: NoForm | None = None) -> Answer:
    """Somebody else has sent, changed or ended the plan meanwhile: the page as it is now, with what was typed."""
    db.session.rollback()
    found = read(draft.id)
    return plan_page(found, answer=answer, conflict=True), 409


def read(draft_id: int) -> Laid:
    """The plan of the active programme; 404 if there is none."""
    draft = draft_of(web.member().programme_id, draft_id)
    return laid(draft) if draft is not None else abort(404)


def plan_to_change(draft_id: int, *, laying: bool = True) -> Draft:
    """The same, locked; `laying`: 403 unless one may plan for the organisation that lays it."""
    draft = draft_of(web.member().programme_id, draft_id, to_change=True)
    if draft is None:
        abort(404)
    if laying and not may_plan(draft.organisation_id):
        abort(403)
    return draft


def repeated(draft: Draft, weeks: int) -> None:
    """Repeat the weeks before a plan into it, and say what came of it. No single edit is then taken back any more."""
    forget(draft)
    begins = weeks_end(draft.first_day) - weeks * WEEK
    found = laying.lay_again(draft, begins, weeks, by(), may_plan)
    laid_words = ngettext("%(num)s vagt lagt.", "%(num)s vagter lagt.", len(found.turns))
    left = ngettext("%(num)s er udeladt; se hvorfor.", "%(num)s er udeladt; se hvorfor.", len(found.skipped))
    flash(f"{laid_words} {left}" if found.skipped else laid_words, "success" if found.turns else "warning")
    if closed := closed_days(draft.programme_id, begins, begins + weeks * WEEK - timedelta(days=1)):
        flash(
            ngettext(
                "I ugerne, der blev gentaget, var der lukket %(days)s. Den dag, der gentager den, er tom i planen.",
                "I ugerne, der blev gentaget, var der lukket %(days)s. De dage, der gentager dem, er tomme i planen.",
                len(closed), days=listed(day_words(day) for day in closed),
            ), "warning",
        )  # fmt: skip
    if people := len(plan_objections.of_plan(laid(draft))):
        flash(
            ngettext("Noget taler imod hos %(num)s person.", "Noget taler imod hos %(num)s personer.", people), "info"
        )


def closed_days(programme_id: int, first: date, last: date) -> list[date]:
    """The days (both inclusive) on which a house that would have been open was closed."""
    openings = openings_between(programme_id, first, last)
    return sorted({one.day for one in openings if one.status == Status.CLOSED})


def weeks_end(begins: date) -> date:
    """The Monday that the weeks to repeat end before: the one after what is laid, and not after the plan begins."""
    first = begins + timedelta(days=-begins.weekday() % 7)
    laid_until = last_day_planned(web.member().programme_id) or web.today()
    return min(first, laid_until + timedelta(days=7 - laid_until.weekday()))


def plan_page(
    found: Laid,
    *,
    repeat: RepeatForm | None = None,
    answer: NoForm | None = None,
    held: Held | None = None,
    conflict: bool = False,
) -> str:
    """The page of one plan, or of one edit that waits. answer: what was typed by who does not say yes."""
    if found.draft.small:
        return small_page(found, by(), answer=answer, held=held, conflict=conflict)
    draft, today = found.draft, web.today()
    whole = board(draft.programme_id, draft.first_day, draft.last_day, found)
    asked = approving.asked(found, today)
    own = web.member().organisation_id
    return render_template(
        "roster/plan.html",
        draft=draft,
        found=found,
        board=whole,
        ahead=whole.ahead(today),
        weeks=week_rows(whole, draft.first_day, draft.last_day),
        places=[row.place for row in whole.rows],
        url=lambda day: plan_week_url(draft, day),
        mark=mark_of_change,
        today=today,
        asked=asked,
        may_say_yes=draft.state == State.SENT and own in asked.missing,
        may_enforce=asked.allows(draft, today, coordinator=web.member().role == Role.COORDINATOR)
        and draft.state in (State.OPEN, State.SENT),
        seen=approving.side(found, own),
        edits=lines_of([row for row in found.rows if row.deed != Deed.ADD], found.shifts),
        news=lines_of([row for row in found.rows if row.deed == Deed.ADD], found.shifts),
        twice=twice_lines(found),
        sent_back=when_words(draft.sent_back_at) if draft.sent_back_at and draft.state != State.IN_FORCE else "",
        answer=answer or SendBackForm(formdata=None),
        repeat=repeat or RepeatForm(weeks_end(draft.first_day), False, formdata=None, data={"weeks": "4"}),
        left_out=left_out(draft),
        against=plan_objections.of_plan(found) if draft.state in (State.OPEN, State.SENT) else [],
        held=held_words(held) if held else [],
        conflict=conflict,
        may_lay=may_plan(draft.organisation_id),
        states=State,
        answer_by=draft.sent_on + timedelta(days=asked.days) if draft.sent_on else None,
    )


def left_out(draft: Draft) -> list[tuple[str, list[str]]]:
    """What repeating left out, in words."""
    if not draft.left_out:
        return []
    members = members_between(draft.programme_id, draft.first_day, draft.last_day)
    return left_out_words(draft, members, every_place(draft.programme_id))
