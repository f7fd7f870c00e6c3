"""Showing again who one is, before what opens the account is changed (ASVS 7.5.1)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import web
from advice.accounts import entry
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed, Door, knock, record
from advice.accounts.forms import CodeForm, ProveForm
from advice.accounts.passwords import is_right
from advice.accounts.steps import Answer
from advice.actions import own_accounts, second_factors
from advice.database import begin_write, db
from advice.models.accounts import factors_of


@blueprint.route("/konto/bekraeft", methods=["GET", "POST"])
@web.own_account(incomplete=True)
def prove() -> Answer:
    """Ask for the password again (of those without one: the authenticator's code), and go back to where she was."""
    user = web.user()
    factors, has_password = factors_of(user.person.id), user.person.password_hash is not None
    form = ProveForm() if has_password else CodeForm()
    back = web.inward(request.args.get("next"), url_for("accounts.account"))

    def page() -> str:
        return render_template(
            "accounts/prove.html", form=form, next=back, factors=factors, has_password=has_password, ways=ways
        )

    ways = has_password or factors.totp
    if not form.is_submitted():
        return page()
    if not ways or not form.validate():
        return page(), 422
    try:
        right = password_again(form) if isinstance(form, ProveForm) else code_again(form)
    except Closed as closed:
        form.form_errors.append(closed.sentence)
        return page(), 429, closed.headers
    return redirect(back, 303) if right else (page(), 422)


def password_again(form: ProveForm) -> bool:
    """Whether the password is right, which is then remembered; commits. Raises Closed after too many wrong ones."""
    right = is_own_password(form.password.data)
    if right:
        entry.renew(web.user().session.id)
    else:
        form.password.errors = [_("Adgangskoden passer ikke. Prøv igen.")]
    db.session.commit()
    return right


def is_own_password(password: str) -> bool:
    """Whether this is the password of the person logged in; the try is counted. Leaves a write transaction open.

    Raises Closed after too many wrong ones.
    """
    person = web.user().person
    person_id, email, stored = person.id, person.email, person.password_hash
    # Ends the transaction, too: nobody's save waits for the slow hash.
    knock(Door.LOG_IN, email)
    right = is_right(stored, password)
    begin_write()
    right = right and own_accounts.has_still(person_id, stored)
    record(Door.LOG_IN, email, person_id, right)
    return right


def code_again(form: CodeForm) -> bool:
    """Whether the code is right, which is then remembered; commits. Raises Closed after too many wrong ones."""
    user = web.user()
    person_id, session_id, account = user.person.id, user.session.id, str(user.person.public_id)
    knock(Door.SECOND, account)
    begin_write()
    right = second_factors.take_totp(person_id, form.code.data, web.now(), web.secret_key())
    record(Door.SECOND, account, person_id, right)
    if right:
        entry.renew(session_id)
    else:
        form.code.errors = [_("Koden passer ikke, eller den er brugt. Vent på den næste, og prøv igen.")]
    db.session.commit()
    return right
