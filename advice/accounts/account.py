"""Min konto: one's own name and memberships, password, second factors, PIN for tablets, and where one is logged in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.accounts import entry, notices, passwords, steps
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed
from advice.accounts.forms import ChangePasswordForm, PinForm
from advice.accounts.proof import is_own_password
from advice.accounts.steps import Answer
from advice.actions import own_accounts, passkeys, second_factors, sessions
from advice.database import begin_write, db
from advice.models.accounts import factors_of, living_sessions, passkeys_of
from advice.rules.sessions import SessionTimes, is_alive


@blueprint.get("/konto")
@web.own_account()
def account() -> str:
    """Everything about one's own account, with the ways to change it."""
    user, now = web.user(), web.now()
    held = living_sessions(user.person.id, now)
    alive = [row for row in held if is_alive(SessionTimes(row.last_seen_at, row.expires_at, row.ended_at), now)]
    factors = factors_of(user.person.id)
    return render_template(
        "accounts/account.html",
        person=user.person,
        memberships=user.memberships,
        role_words=web.ROLE_WORDS,
        factors=factors,
        passkeys=passkeys_of(user.person.id),
        may_remove_last=is_invented(),
        sessions=alive,
        this_session=user.session.id,
        zone=web.settings().timezone,
    )


def back(sentence: str, kind: str = "success") -> Response:
    """Back to the account with a sentence."""
    flash(sentence, kind)
    return redirect(url_for("accounts.account"), 303)


def is_invented() -> bool:
    """Whether she is one of a demonstration's people: a password alone logs her in, and it is everybody's."""
    return web.settings().demo and web.user().person.demo


@blueprint.route("/konto/adgangskode", methods=["GET", "POST"])
@web.own_account()
def change_password() -> Answer:
    """A new password for the old one (ASVS 6.2.2, 6.2.3); everywhere else she is logged out."""
    if web.user().person.password_hash is None:
        return back(_("Du har ingen adgangskode her: du logger ind med din arbejdskonto."), "info")
    if is_invented():
        return back(_("I en demonstration har alle den samme adgangskode. Den kan ikke skiftes."), "info")
    form, stored = ChangePasswordForm(), web.user().person.password_hash

    def page() -> str:
        return render_template("accounts/password.html", form=form, email=web.user().person.email)

    if not form.is_submitted():
        return page()
    if not form.validate() or not is_sound(form):
        return page(), 422
    try:
        right = is_own_password(form.old.data)
    except Closed as closed:
        form.form_errors.append(closed.sentence)
        return page(), 429, closed.headers
    db.session.commit()
    if not right or not store_password(stored, passwords.hashed(form.new.data)):
        form.old.errors = [_("Adgangskoden passer ikke. Prøv igen.")]
        return page(), 422
    return back(_("Din adgangskode er skiftet. Alle andre steder er du logget ud."))


def is_sound(form: ChangePasswordForm) -> bool:
    """Whether the new password may be used; else the sentence stands at the field."""
    sentence = passwords.refusal(form.new.data, web.user().person.email, [web.user().person.name])
    if sentence is None:
        return True
    form.new.errors = [str(sentence)]
    return False


def store_password(old_hash: str | None, new_hash: str) -> bool:
    """Store the hash, end the other sessions, tell her; in a transaction of its own, which this commits.

    False if the password was changed meanwhile.
    """
    begin_write()
    user, now = web.user(), web.now()
    if not own_accounts.has_still(user.person.id, old_hash):
        db.session.rollback()
        return False
    own_accounts.change_password(user.person.id, new_hash, now)
    sessions.end_all(user.person.id, now, but=user.session.id)
    entry.renew(user.session.id)
    notices.tell_self(_("Din adgangskode er skiftet."))
    db.session.commit()
    return True


@blueprint.route("/konto/pinkode", methods=["GET", "POST"])
@web.own_account(proved=True)
def set_pin() -> Answer:
    """A PIN for the shared tablets; it opens nothing anywhere else."""
    form = PinForm()
    if form.validate_on_submit():
        person_id = web.user().person.id
        db.session.rollback()
        pin_hash = passwords.hashed(form.pin.data)
        begin_write()
        own_accounts.set_pin(person_id, pin_hash, web.now(), web.today())
        db.session.commit()
        return back(_("Din pinkode er gemt."))
    page = render_template("accounts/pin.html", form=form, has_pin=web.user().person.pin_hash is not None)
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/konto/app/fjern")
@web.own_account(proved=True)
def remove_app() -> Response:
    """Forget one's authenticator, if another second factor is left."""
    if not second_factors.remove_totp(web.user().person.id, web.now(), last_too=is_invented()):
        return back(_("Det er dit eneste ekstra trin. Sæt et andet op først."), "warning")
    notices.tell_self(_("Kode-appen er fjernet fra din konto."))
    db.session.commit()
    return back(_("Appen er fjernet. Slet den også på din telefon."))


@blueprint.post("/konto/adgangsnoegle/<int:passkey>/fjern")
@web.own_account(proved=True)
def remove_passkey(passkey: int) -> Response:
    """Forget one of one's passkeys, if another second factor is left."""
    if not passkeys.remove(web.user().person.id, passkey, web.now(), last_too=is_invented()):
        return back(_("Den kan ikke fjernes: den er dit eneste ekstra trin, eller den er her ikke mere."), "warning")
    notices.tell_self(_("En adgangsnøgle er fjernet fra din konto."))
    db.session.commit()
    return back(_("Adgangsnøglen er fjernet. Slet den også på din enhed."))


@blueprint.post("/konto/koder")
@web.own_account(proved=True)
def new_codes() -> Response:
    """New recovery codes; the old ones are good for nothing from now on."""
    user = web.user()
    if factors_of(user.person.id).none:
        return back(_("Sæt først et ekstra trin op. Koderne er til, når du mister det."), "warning")
    steps.remember(url_for("accounts.account"))
    steps.show_codes(second_factors.new_recovery_codes(user.person.id, web.now()))
    notices.tell_self(_("Der er lavet nye koder til dit papir. De gamle virker ikke mere."))
    db.session.commit()
    return redirect(url_for("accounts.codes"), 303)


@blueprint.post("/konto/sessioner/<int:one>/afslut")
@web.own_account()
def end_session(one: int) -> Response:
    """Log out one of one's other browsers."""
    user = web.user()
    if one == user.session.id or not sessions.end_one(user.person.id, one, web.now()):
        return back(_("Der er logget ud i forvejen."), "info")
    db.session.commit()
    return back(_("Der er logget ud."))


@blueprint.post("/konto/sessioner/afslut-andre")
@web.own_account()
def end_other_sessions() -> Response:
    """Log out everywhere but here."""
    user = web.user()
    count = sessions.end_all(user.person.id, web.now(), but=user.session.id)
    db.session.commit()
    return back(_("Du er logget ud alle andre steder (%(count)s).", count=count))
