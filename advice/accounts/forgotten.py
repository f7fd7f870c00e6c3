"""A forgotten password: /glemt sends a mail with a link, /nyt-kodeord/<token> takes the new one.

Whoever asks gets the same answer after the same work, so that nobody can find out who works here: the slow hash is
computed for nobody, and the few rows more that a known address costs vanish beside it. An account's door takes three
tries an hour, so that nobody can measure long enough to tell.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.accounts import one_time_links
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed, Door, knock, record
from advice.accounts.invitation_forms import ForgottenForm, NewPasswordForm
from advice.accounts.passwords import is_right
from advice.actions import links, outbox
from advice.database import begin_write, db
from advice.models.accounts import LinkPurpose
from advice.models.people import Person, by_email, memberships_of
from advice.rules.people import PASSWORD_LINK_LASTS
from advice.security import outward

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
KIND = "new_password"


@blueprint.route("/glemt", methods=["GET", "POST"])
@web.open_to_all
def forgotten() -> Answer:
    """Ask for the e-mail, and send the mail if somebody has it; the answer never says which."""
    form = ForgottenForm()
    if not form.is_submitted():
        return forgotten_page(form)
    if not form.validate():
        return forgotten_page(form), 422
    email = form.email.data.strip()
    db.session.rollback()
    try:
        knock(Door.PASSWORD_MAIL, email)
    except Closed as closed:
        form.form_errors.append(closed.sentence)
        return forgotten_page(form), 429, closed.headers
    is_right(None, email)
    begin_write()
    person = by_email(email)
    record(Door.PASSWORD_MAIL, email, person.id if person else None, True)
    if person is not None and person.disabled_at is None and memberships_of(person.public_id, web.today()):
        send_link(person)
    db.session.commit()
    words = _(
        "Har nogen her e-mailen %(email)s, er der om lidt en mail med et link. Linket virker i en time. "
        "Kommer den ikke, så se efter i spam.",
        email=email,
    )
    flash(words, "info")
    return redirect(url_for("accounts.forgotten"), 303)


def forgotten_page(form: ForgottenForm) -> str:
    """The page, which says so where no mail is sent."""
    return render_template("accounts/forgotten.html", form=form, sends_mail=web.settings().mail is not None)


def send_link(person: Person) -> None:
    """Put the mail with the link into the outbox. In a write transaction."""
    now = web.now()
    token = links.make(now, LinkPurpose.PASSWORD, person.id)
    address = outward(url_for("accounts.new_password", token=token))
    words = _(
        "Hej %(name)s\n\nDu har bedt om en ny adgangskode til Åben Rådgivning. Vælg den her:\n\n%(address)s\n\n"
        "Linket virker i en time og kun én gang. Har du ikke bedt om det, så gør ingenting: "
        "din adgangskode er den samme som før.",
        name=person.name,
        address=address,
    )
    subject, expires = _("Ny adgangskode til Åben Rådgivning"), now + PASSWORD_LINK_LASTS
    outbox.put(now, KIND, person.email, subject, words, person_id=person.id, expires_at=expires)


@blueprint.route("/nyt-kodeord/<token>", methods=["GET", "POST"])
@web.secret_address
def new_password(token: str) -> Answer:
    """Take a new password, once; every session of hers ends, and she logs in as usual, with her second step."""
    link = one_time_links.opened(token, LinkPurpose.PASSWORD)
    form = NewPasswordForm(link.email, link.name)
    if form.validate_on_submit():
        one_time_links.take(link, form.password.data)
        db.session.commit()
        flash(_("Din nye adgangskode er gemt, og du er logget ud overalt. Log ind med den."), "success")
        return redirect(url_for("accounts.log_in"), 303)
    page = render_template("accounts/new_password.html", link=link, form=form)
    return (page, 422) if form.is_submitted() else page
