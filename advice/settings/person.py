"""The screen of one person in the programme: role, last day, invitation, sessions, shut out and let in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import late_forms, web
from advice.actions import invitations
from advice.actions import people as actions
from advice.actions.invitations import Invited
from advice.actions.people_refusals import AlreadyMember, InUse, LastCoordinator, NotAllowed, Refused, Stale
from advice.actions.terms import on_team
from advice.database import LARGEST_ID, db
from advice.models.people import Membership
from advice.models.people_questions import Listed, listed, shifts_after
from advice.rules.access import Action, Role, Subject
from advice.rules.sessions import is_proved
from advice.settings.blueprint import blueprint
from advice.settings.people import SENTENCES, Answer, by, called, handed_over, line, offer
from advice.settings.people_forms import ROLE_HINTS, EndForm, PostForm

AT_FIELD = (AlreadyMember, InUse, LastCoordinator)
"""What another choice in the form can mend."""


@blueprint.get("/indstillinger/personer/<int:member_id>")
@web.needs(Action.MANAGE_PEOPLE)
def person(member_id: int) -> Answer:
    """One membership and its person: what stands, and what can be done."""
    return person_page(found_or_404(member_id))


@blueprint.route("/indstillinger/personer/<int:member_id>/<step>", methods=["GET", "POST"])
@web.needs(Action.MANAGE_PEOPLE)
@late_forms.shows_old
def person_step(member_id: int, step: str) -> Answer:
    """Do one thing to a membership or its person; reading such an address leads back to the page."""
    do = STEPS.get(step) or abort(404)
    found = found_or_404(member_id)
    if request.method != "POST":
        return redirect(url_for("settings.person", member_id=member_id), 303)
    if not line(found).managed:
        abort(403)
    if late_forms.is_old() and do not in TYPED:
        return person_page(found, error=web.old_form_words()), 422
    if do in PROVED and not is_proved(web.user().session.proved_at, web.now()):
        return prove_first(member_id)
    try:
        return do(found.member)
    except NotAllowed:
        abort(403)
    except Refused as refused:
        error = told(refused)
        return person_page(found_or_404(member_id), error=error), 409 if isinstance(refused, Stale) else 422


def person_page(
    found: Listed,
    post_form: PostForm | None = None,
    end_form: EndForm | None = None,
    error: LazyString | str | None = None,
) -> str:
    """The page of a membership, with the form that was sent, if one was."""
    shown = line(found)
    if post_form is None:
        post_form = PostForm(formdata=None, role=shown.role, organisation=str(found.member.organisation_id))
        offer(post_form)
    end_form = end_form or EndForm(web.today(), formdata=None, last_day=web.today())
    form = next((one for one in (post_form, end_form) if one.errors), None)
    return render_template(
        "settings/person.html", line=shown, post_form=post_form, end_form=end_form, form=form, error=error,
        role_hints=ROLE_HINTS, terms_url=terms_url(found.member),
    )  # fmt: skip


def terms_url(member: Membership) -> str | None:
    """Where it is agreed when she can be on duty, if the person logged in plans for her."""
    whose = Subject(member.programme_id, member.organisation_id)
    if not on_team(member, web.today()) or not web.may(Action.PLAN_ROSTER, whose):
        return None
    return url_for("settings.person_terms", member_id=member.id)


def change(member: Membership) -> Answer:
    """Another role or organisation."""
    form = PostForm()
    offer(form)
    if not form.validate():
        return person_page(found_or_404(member.id), post_form=form), 422
    try:
        found = actions.change(member.programme_id, member.id, form.post(), by())
    except AT_FIELD as refused:
        form.role.errors = [told(refused)]
        return person_page(found_or_404(member.id), post_form=form), 422
    words = {"name": called(member), "role": web.ROLE_WORDS[Role(found.role)]}
    done = _("%(name)s er nu %(role)s hos %(organisation)s.", organisation=found.organisation.name, **words)
    if found.organisation_id != member.organisation_id:
        done += left_behind(shifts_after(member.id, web.today()))
    return stored(found, done)


def end(member: Membership) -> Answer:
    """A last day."""
    form = EndForm(web.today())
    if not form.validate():
        return person_page(found_or_404(member.id), end_form=form), 422
    try:
        actions.end(member.programme_id, member.id, form.last_day.data, by())
    except AT_FIELD as refused:
        form.last_day.errors = [told(refused)]
        return person_page(found_or_404(member.id), end_form=form), 422
    day = web.day_long(form.last_day.data)
    done = _("%(name)s har sidste dag %(day)s.", name=called(member), day=day)
    return stored(member, done + left_behind(shifts_after(member.id, form.last_day.data)))


def told(refused: Refused) -> LazyString:
    """Undo what was begun, and give the sentence that says why."""
    db.session.rollback()
    return SENTENCES[type(refused)]


def left_behind(shifts: int) -> str:
    """What is said of shifts that nobody of the team has any more."""
    if not shifts:
        return ""
    return " " + str(_("Vagter, der skal have en anden i vagtplanen: %(number)s.", number=shifts))


def reopen(member: Membership) -> Answer:
    """Take back the last day."""
    actions.reopen(member.programme_id, member.id, by())
    return stored(member, _("%(name)s fortsætter uden sidste dag.", name=called(member)))


def renew(member: Membership) -> Answer:
    """A new invitation instead of the old one."""
    return handed_over(invitations.renew(member.programme_id, member.id, by()))


def withdraw(member: Membership) -> Answer:
    """Take back what she has not answered."""
    email = member.person.email
    invitations.withdraw(member.programme_id, member.id, by())
    return stored(member, _("Invitationen til %(email)s er trukket tilbage.", email=email))


def start_over(member: Membership) -> Answer:
    """A new beginning for who has lost her password, her phone or her paper."""
    return handed_over(Invited(member, actions.start_over(member.programme_id, member.id, by())))


def disable(member: Membership) -> Answer:
    """Shut the person out at once."""
    name = called(member)
    if actions.disable(member.programme_id, member.id, by()):
        return stored(member, _("%(name)s er spærret og logget ud overalt.", name=name))
    words = _("%(name)s hører også til et andet sted. Kun det, du styrer, er afsluttet, med det samme.", name=name)
    return stored(member, words)


def enable(member: Membership) -> Answer:
    """Let the person in again."""
    actions.enable(member.programme_id, member.id, by())
    return stored(member, _("%(name)s kan logge ind igen.", name=called(member)))


def log_out(member: Membership) -> Answer:
    """End the person's sessions."""
    number = actions.end_sessions(member.programme_id, member.id, by())
    name = called(member)
    if not line(found_or_404(member.id)).wholly:
        return stored(member, _("%(name)s er logget ud af det, du styrer.", name=name))
    words = _("%(name)s er logget ud overalt.", name=name)
    return stored(member, words if number else _("%(name)s var ikke logget ind.", name=name))


STEPS: Mapping[str, Callable[[Membership], Answer]] = {
    "rolle": change,
    "slut": end,
    "fortryd": reopen,
    "invitation": renew,
    "traek-tilbage": withdraw,
    "ny-adgang": start_over,
    "spaer": disable,
    "luk-op": enable,
    "log-alle-ud": log_out,
}
TYPED = (change, end)
"""What is typed into a form, which says itself when it is from before this log-in."""
PROVED = (change, renew, start_over)
"""What hands out a role or a way into an account, so that who does it must have shown lately who she is."""


def prove_first(member_id: int) -> Response:
    """Where she shows again who she is; from there she comes back to the page of the membership."""
    late_forms.keep(late_forms.Why.UNPROVED)
    flash(_("Vis først, at det er dig. Prøv så igen."), "info")
    back = url_for("settings.person", member_id=member_id)
    return redirect(url_for("accounts.prove", next=back), 303)


def stored(member: Membership, words: str) -> Response:
    """Store it, say so, and show the page of the membership."""
    member_id = member.id
    db.session.commit()
    flash(words, "success")
    return redirect(url_for("settings.person", member_id=member_id), 303)


def found_or_404(member_id: int) -> Listed:
    """A membership of the programme worked in."""
    found = listed(web.member().programme_id, member_id) if member_id <= LARGEST_ID else None
    return found or abort(404)
