"""Log in, log out, switch membership."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required, login_user, logout_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from advice import web
from advice.accounts.forms import LogInForm, SwitchForm
from advice.accounts.passwords import is_right
from advice.database import db
from advice.models.people import Membership, by_email
from advice.rules import access
from advice.rules.access import Actor, Role, Subject

blueprint = Blueprint("accounts", __name__)

Answer = str | Response | tuple[str, int]

HOME = {
    Role.ADVISER: "/i-dag",
    Role.TEAM_LEADER: "/vagtplan",
    Role.COORDINATOR: "/vagtplan",
    Role.READER: "/maal",
}
"""Where each role begins; fixed addresses."""


@blueprint.route("/log-ind", methods=["GET", "POST"])
def log_in() -> Answer:
    """Ask for e-mail and password; a right pair begins a new session and goes to `next` or the role's first page."""
    form = LogInForm()
    if form.is_submitted():
        user = checked_user(form) if form.validate() else None
        if user is not None:
            begin_session(user)
            return redirect(landing(user.actor), 303)
        return log_in_page(form), 422
    return log_in_page(form)


def landing(actor: Actor) -> str:
    """`next`; the role's first page without one, and where the role may not see it, which is then said."""
    home = HOME[actor.role]
    target = web.inward(request.args.get("next"), home)
    if may_see(actor, target):
        return target
    role = web.ROLE_WORDS[actor.role]
    flash(_("Siden, du ville til, kan du ikke se som %(role)s. Her er din egen første side.", role=role), "info")
    return home


def may_see(actor: Actor, target: str) -> bool:
    """Whether a page is one for the role; an address that is none says so itself."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(unquote(urlsplit(target).path), method="GET")
    except HTTPException:
        return True
    action = getattr(current_app.view_functions[endpoint], "needs", None)
    own = Subject(actor.programme, actor.organisation, actor.person)
    return action is None or access.may(actor, action, own)


def log_in_page(form: LogInForm) -> str:
    """The page with the form, or with the way on for somebody who is logged in already."""
    home = HOME[web.user().actor.role] if current_user.is_authenticated else None
    return render_template(
        "accounts/log_in.html", form=form, next=request.args.get("next"), home=home, open_to_all=web.settings().demo
    )


def checked_user(form: LogInForm) -> web.User | None:
    """The user whose e-mail and password were typed; None, with one sentence on the form, if there is none."""
    person = by_email(form.email.data)
    found = (str(person.public_id), person.password_hash, person.demo) if person else None
    # Nobody's save waits for the slow hash: the write transaction of this request ends here, and holds nothing.
    db.session.rollback()
    if not is_right(found[1] if found else None, form.password.data) or found is None:
        form.form_errors.append(_("E-mail og adgangskode passer ikke sammen. Prøv igen."))
        return None
    if not (web.settings().demo and found[2]):
        form.form_errors.append(
            _("Her er en adgangskode ikke nok: man logger ind med sin invitation og et ekstra trin.")
        )
        return None
    session.pop(web.MEMBERSHIP_KEY, None)
    user = web.load_user(found[0])
    if user is None:
        form.form_errors.append(_("Du er ikke tilknyttet en helhedsplan i dag. Spørg din tovholder."))
    return user


def begin_session(user: web.User) -> None:
    """A new session that holds the person and the active membership and nothing from before."""
    session.clear()
    login_user(user)
    session[web.MEMBERSHIP_KEY] = user.membership.id


@blueprint.post("/log-ud")
def log_out() -> Answer:
    """Empty the session. Also for somebody whose session has ended already."""
    logout_user()
    session.clear()
    flash(_("Du er logget ud."), "success")
    return redirect(url_for("accounts.log_in"), 303)


@blueprint.get("/log-ud")
def log_out_page() -> Answer:
    """A link or a reload logs nobody out; the page for log-in says who is logged in."""
    return redirect(url_for("accounts.log_in"))


@blueprint.route("/skift", methods=["GET", "POST"])
@login_required
def switch() -> Answer:
    """Choose the membership the session works under, among one's own that are in force today."""
    form = SwitchForm()
    own = {str(member.id): member for member in web.user().memberships}
    form.membership.choices = [SelectChoice(value, membership_words(member)) for value, member in own.items()]
    if form.validate_on_submit():
        chosen = own[form.membership.data]
        session[web.MEMBERSHIP_KEY] = chosen.id
        flash(_("Du arbejder nu for %(who)s.", who=membership_words(chosen)), "success")
        return redirect(landing(web.User([*own.values()], chosen.id).actor), 303)
    if not form.is_submitted():
        form.membership.data = str(web.member().id)
    page = render_template("accounts/switch.html", form=form, next=request.args.get("next"))
    return (page, 422) if form.is_submitted() else page


def membership_words(member: Membership) -> str:
    """A membership in words: programme, organisation and role."""
    return f"{member.programme.short_name}: {member.organisation.name}, {web.ROLE_WORDS[Role(member.role)]}"
