"""What the leaders who are asked say to a plan, or to a single edit that waits: yes, no, or that it goes back."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions.drafts import approving
from advice.actions.drafts.reading import laid
from advice.actions.shifts import Stale
from advice.database import db
from advice.roster import near_letters, plan_letters
from advice.roster.blueprint import blueprint
from advice.roster.links import week_url
from advice.roster.near_words import lines_of
from advice.roster.plan_forms import NoForm, SendBackForm
from advice.roster.planning import Answer, by
from advice.roster.plans import PLAN, enforced, plan_page, plan_to_change, stale
from advice.roster.words import listed
from advice.rules.access import Action
from advice.web import needs


@blueprint.post(f"{PLAN}/godkend")
@needs(Action.PLAN_ROSTER)
def approve(draft_id: int) -> Answer:
    """Say yes for one's organisation to what was shown. A coordinator says yes for those without a leader, too."""
    draft = plan_to_change(draft_id, laying=False)
    found, organisation_id = laid(draft), web.member().organisation_id
    if organisation_id not in approving.asked(found, web.today()).organisations:
        abort(403)
    try:
        approving.say_yes(found, organisation_id, request.form.get("seen", ""), by())
    except Stale:
        return stale(draft)
    asked = approving.asked(laid(draft), web.today())
    if not asked.missing:
        return enforced(draft, _("Alle har sagt ja."))
    db.session.commit()
    flash(
        _("I har sagt ja. Nu mangler %(who)s.", who=listed([asked.names[one] for one in sorted(asked.missing)])),
        "success",
    )
    return redirect(url_for("roster.plan", draft_id=draft.id), 303)


@blueprint.post(f"{PLAN}/tilbage")
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def send_back(draft_id: int) -> Answer:
    """Send a plan that waits for one's organisation's yes back to be changed, with why."""
    draft = plan_to_change(draft_id, laying=False)
    found, form, mine = laid(draft), SendBackForm(), web.member().organisation_id
    asked = approving.asked(found, web.today()).organisations
    if draft.small or mine not in asked:
        abort(403)
    if not form.validate():
        return plan_page(found, answer=form), 422
    sender = draft.sender
    try:
        approving.send_back(found, mine, request.form.get("seen", ""), form.why.data or "", by())
    except Stale:
        return stale(draft, form)
    plan_letters.tell_sent_back(draft, sender, asked)
    db.session.commit()
    flash(_("Planen er sendt tilbage. %(name)s får det at vide.", name=(sender or draft.person).name), "info")
    return redirect(url_for("roster.plan", draft_id=draft.id), 303)


@blueprint.post(f"{PLAN}/nej")
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def decline(draft_id: int) -> Answer:
    """Say no for one's organisation to a single edit that waits for its yes."""
    draft = plan_to_change(draft_id, laying=False)
    found, form = laid(draft), NoForm()
    if not form.validate():
        return plan_page(found, answer=form), 422
    asked = approving.asked(found, web.today()).organisations
    try:
        approving.say_no(found, web.member().organisation_id, form.why.data or "", by())
    except Stale:
        return stale(draft, form)
    near_letters.tell_refused(draft, lines_of(found.rows, found.shifts), asked)
    db.session.commit()
    flash(_("Du har sagt nej. Vagtplanen er, som den var. %(name)s får det at vide.", name=draft.person.name), "info")
    return redirect(week_url(draft.first_day), 303)


@blueprint.get(f"{PLAN}/tilbage")
@blueprint.get(f"{PLAN}/nej")
@needs(Action.PLAN_ROSTER)
def back_to_answer(draft_id: int) -> Answer:
    """Whoever comes back from log-in, or reloads, gets the plan."""
    return redirect(url_for("roster.plan", draft_id=draft_id))
