"""Log in with a password, log out, switch membership."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from advice import tablet_cookie, web
from advice.accounts import account, entry, forgotten, invitations, offers, oidc, passkeys, proof, second_factor, steps
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed, Door, knock, record
from advice.accounts.forms import LogInForm, SwitchForm
from advice.accounts.passwords import hashed, is_outdated, is_right
from advice.actions import own_accounts, sessions
from advice.database import begin_write, db
from advice.models.accounts import LogInMethod
from advice.models.people import Membership, by_email, memberships_of
from advice.rules.access import Role

__all__ = ["account", "blueprint", "forgotten", "invitations", "offers", "oidc", "passkeys", "proof", "second_factor"]

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/log-ind", methods=["GET", "POST"])
@web.open_to_all
def log_in() -> Answer:
    """Ask for e-mail and password; a right pair begins a session, or asks for the second step."""
    form = LogInForm()
    if not form.is_submitted():
        return log_in_page(form)
    if not form.validate():
        return log_in_page(form), 422
    # Nobody's save waits for the slow hash: whatever transaction this request has begun ends here.
    db.session.rollback()
    try:
        knock(Door.LOG_IN, form.email.data)
    except Closed as closed:
        form.form_errors.append(closed.sentence)
        return log_in_page(form), 429, closed.headers
    leads = checked(form)
    return redirect(leads, 303) if leads else (log_in_page(form), 422)


def log_in_page(form: LogInForm) -> str:
    """The page with the form, or with the way on for somebody who is logged in already."""
    home = entry.home_of(web.user().actor) if current_user.is_authenticated else None
    return render_template("accounts/log_in.html", form=form, next=request.args.get("next"), home=home)


def checked(form: LogInForm) -> str | None:
    """Where a right pair leads; None, with one sentence on the form, for a wrong one."""
    person = by_email(form.email.data)
    found = (person.id, person.public_id, person.password_hash, person.demo) if person else None
    db.session.rollback()
    right = is_right(found[2] if found else None, form.password.data)
    # Also slow, so it is made before anybody has to wait for this transaction.
    anew = hashed(form.password.data) if right and found and not found[3] and is_outdated(found[2] or "") else None
    begin_write()
    # Meanwhile it may have been changed, and all that stood on it ended.
    right = right and found is not None and own_accounts.has_still(found[0], found[2])
    record(Door.LOG_IN, form.email.data, found[0] if found else None, right)
    if not right or found is None:
        db.session.commit()
        form.form_errors.append(_("E-mail og adgangskode passer ikke sammen. Prøv igen."))
        return None
    if anew:
        own_accounts.hash_anew(found[0], anew)
    members = memberships_of(found[1], web.today())
    if not members or members[0].person.disabled_at is not None:
        db.session.commit()
        form.form_errors.append(_("Du er ikke tilknyttet en helhedsplan i dag. Spørg din tovholder."))
        return None
    if web.settings().demo and found[3]:
        return entry.begin(members, LogInMethod.DEMO)
    return steps.after_password(members)


@blueprint.post("/log-ud")
@web.open_to_all
def log_out() -> Answer:
    """End the session here and on the server. Also for somebody whose session has ended already."""
    token = session.get(web.SECRET_KEY)
    if token:
        begin_write()
        sessions.end(str(token), web.now())
        db.session.commit()
    logout_user()
    session.clear()
    flash(_("Du er logget ud."), "success")
    answer = redirect(url_for("tablets.tiles" if tablet_cookie.secret() else "accounts.log_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.get("/log-ud")
@web.open_to_all
def log_out_page() -> Answer:
    """A link or a reload logs nobody out; the page for log-in says who is logged in."""
    return redirect(url_for("accounts.log_in"))


@blueprint.route("/skift", methods=["GET", "POST"])
@web.logged_in
def switch() -> Answer:
    """Choose the membership the session works under, among one's own that are in force today."""
    form = SwitchForm()
    own = {str(member.id): member for member in web.user().memberships}
    form.membership.choices = [SelectChoice(value, membership_words(member)) for value, member in own.items()]
    if form.validate_on_submit():
        chosen = own[form.membership.data]
        user = web.user()
        user.membership = chosen
        sessions.choose(user.session.id, chosen.id)
        leads = entry.landing(user.actor, request.args.get("next"))
        flash(_("Du arbejder nu for %(who)s.", who=membership_words(chosen)), "success")
        db.session.commit()
        return redirect(leads, 303)
    if not form.is_submitted():
        form.membership.data = str(web.member().id)
    page = render_template("accounts/switch.html", form=form, next=request.args.get("next"))
    return (page, 422) if form.is_submitted() else page


def membership_words(member: Membership) -> str:
    """A membership in words: programme, organisation and role."""
    return f"{member.programme.short_name}: {member.organisation.name}, {web.ROLE_WORDS[Role(member.role)]}"
