"""The screen of everybody in the programme, and inviting."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import LazyString, format_datetime, lazy_gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import late_forms, web
from advice.actions import invitations
from advice.actions.invitations import Invited
from advice.actions.people_checks import By
from advice.actions.people_refusals import (
    AlreadyMember,
    Elsewhere,
    InUse,
    LastCoordinator,
    NotAllowed,
    OwnAccount,
    Refused,
    ShutOut,
    Stale,
    TooManyLetters,
)
from advice.database import db
from advice.models.people import Membership, Person
from advice.models.people_questions import Listed, listed, organisations_of, people_of
from advice.rules.access import Action
from advice.rules.danish import sort_key
from advice.rules.people import INVITATION_LASTS, gives
from advice.settings import letters
from advice.settings.blueprint import blueprint
from advice.settings.people_forms import ROLE_HINTS, InviteForm, PostForm
from advice.settings.people_lines import Line, line_of

Answer = str | Response | tuple[str, int]
SENTENCES: Mapping[type[Refused], LazyString] = {
    AlreadyMember: lazy_gettext("Personen er allerede med i den organisation, eller inviteret til den."),
    Elsewhere: lazy_gettext("Personen hører også til et sted, du ikke styrer. Det må en tovholder der gøre."),
    ShutOut: lazy_gettext("Personen er spærret. Den, der har spærret, må lukke op først."),
    LastCoordinator: lazy_gettext(
        "Helhedsplanen ville stå uden tovholder. "
        "Giv først en anden rollen som tovholder; den anden skal have valgt en adgangskode."
    ),
    OwnAccount: lazy_gettext("Du kan ikke spærre dig selv. Bed en kollega om det."),
    InUse: lazy_gettext(
        "Personen begyndte i dag og har allerede vagter eller henvendelser der. "
        "Afslut tilknytningen i dag, og invitér igen."
    ),
    TooManyLetters: lazy_gettext("Adressen har fået mange invitationer i dag. Prøv igen i morgen."),
    Stale: lazy_gettext("En anden har ændret det imens. Sådan ser det ud nu."),
}


@blueprint.get("/indstillinger/personer")
@web.needs(Action.MANAGE_PEOPLE)
def people() -> str:
    """Everybody in the programme; those whom one does not manage with name and role only.

    Who has not answered yet comes last, by e-mail: her place among the others would tell her name.
    """
    lines = [line(one) for one in people_of(web.member().programme_id)]
    lines.sort(key=lambda one: (one.offered, sort_key(one.name) if one.offered else ""))
    return render_template(
        "settings/people.html",
        lines=[one for one in lines if not one.over],
        former=[one for one in lines if one.over and one.managed],
    )


@blueprint.route("/indstillinger/personer/inviter", methods=["GET", "POST"])
@web.needs(Action.MANAGE_PEOPLE, proved=True)
@late_forms.shows_old
def invite() -> Answer:
    """Invite somebody; the link is shown once where no mail is sent."""
    form = InviteForm()
    offer(form)
    if form.validate_on_submit():
        try:
            return invited(form)
        except NotAllowed:
            abort(403)
        except Refused as refused:
            db.session.rollback()
            form.email.errors = [SENTENCES[type(refused)]]
    page = render_template("settings/invite.html", form=form, role_hints=ROLE_HINTS)
    return (page, 422) if form.is_submitted() else page


def invited(form: InviteForm) -> Answer:
    """Do what a valid form says, and say what happens now. Raises Refused."""
    found = invitations.invite(web.member().programme_id, form.email.data, form.name.data, form.post(), by())
    return handed_over(found, form.name.data)


def handed_over(found: Invited, name: str | None = None) -> Answer:
    """Store it and tell who was invited: by a mail, or, where none is sent, by a link that is shown here, this once.

    Then the POST answers with a page: a redirect would have to carry the secret somewhere. name: as the inviter has
    just called her, for the sentences.
    """
    member, token, sends = found.member, found.token, web.settings().mail is not None
    person = db.session.get_one(Person, member.person_id)
    name = name or called(member)
    if sends:
        letters.send(person, member, token)
    db.session.commit()
    if token is not None and not sends:
        return link_page(member, token, name)
    if token is not None:
        words = _("%(name)s får om lidt en mail med et link, der virker i 7 dage.", name=name)
    elif sends:
        words = _("%(name)s har en konto i forvejen og kan logge ind som før. En mail siger det.", name=name)
    else:
        words = _("%(name)s har en konto i forvejen og kan logge ind som før. Giv selv besked.", name=name)
    flash(words, "success")
    return redirect(url_for("settings.people"), 303)


def link_page(member: Membership, token: str, name: str) -> str:
    """The link, for the inviter to hand over."""
    until = format_datetime(web.local_now() + INVITATION_LASTS, "EEEE d. MMMM 'kl.' HH.mm", rebase=False)
    return render_template(
        "settings/invited.html", name=name, email=member.person.email, offered=member.accepted_at is None,
        address=letters.address_of(member, token), until=until,
    )  # fmt: skip


def called(member: Membership) -> str:
    """What a member is called for the person logged in."""
    found = listed(member.programme_id, member.id)
    return line(found).name if found else ""


def by() -> By:
    """Who asks, now."""
    return By(web.user().actor, web.now(), web.today())


def line(found: Listed) -> Line:
    """A membership as the person logged in sees it."""
    return line_of(found, web.user().actor, web.today(), web.now())


def offer(form: PostForm) -> None:
    """Let the form offer what the person logged in may give."""
    actor, here = web.user().actor, web.member().programme_id
    organisations = [one for one in organisations_of(here, web.today()) if gives(actor, here, one.id)]
    form.offer(gives(actor, here, actor.organisation), organisations)
