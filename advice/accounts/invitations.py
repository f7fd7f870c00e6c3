"""/invitation/<token>: who invites to what, and the first password."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.accounts import entry, one_time_links, steps
from advice.accounts.blueprint import blueprint
from advice.accounts.invitation_forms import NewPasswordForm
from advice.accounts.one_time_links import Opened
from advice.database import db
from advice.models.accounts import LinkPurpose, LogInMethod, factors_of
from advice.models.people import Membership, Person, memberships_of

Answer = str | Response | tuple[str, int]


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@web.secret_address
def invitation(token: str) -> Answer:
    """Show the invitation; choosing a password uses it up and logs in, to set up the second step."""
    link = one_time_links.opened(token, LinkPurpose.INVITATION)
    form = NewPasswordForm(link.email, link.name)
    if form.validate_on_submit():
        return redirect(let_in(one_time_links.take(link, form.password.data)), 303)
    page = invitation_page(link, form)
    return (page, 422) if form.is_submitted() else page


def let_in(members: list[Membership]) -> str:
    """Begin the session of who has just chosen her first password, and store it all; where to go."""
    person = members[0].person
    if not factors_of(person.id).none:
        # A link stands for a password, never for the second step that she has set up before.
        return steps.after_password(members)
    complete = web.settings().demo and person.demo
    leads = entry.begin(members, LogInMethod.LINK, complete=complete)
    if complete:
        return leads
    flash(_("Din adgangskode er gemt. Nu mangler kun det ekstra trin."), "success")
    return url_for("accounts.security")


def invitation_page(link: Opened, form: NewPasswordForm) -> str:
    """The page: who invites, to what, under which e-mail."""
    inviter = db.session.get(Person, link.made_by) if link.made_by else None
    posts = [web.post_words(member) for member in memberships_of(link.public_id, web.today())]
    return render_template("accounts/invitation.html", link=link, form=form, inviter=inviter, posts=posts)
