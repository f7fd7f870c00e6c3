"""The second step of log-in, and the pages where an authenticator and recovery codes are set up."""

from __future__ import annotations

from collections.abc import Callable

import segno
from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from advice import web
from advice.accounts import entry, notices, steps
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed, Door, knock, record
from advice.accounts.forms import CodeForm, NewAppForm, RecoveryForm
from advice.accounts.steps import Answer
from advice.actions import second_factors
from advice.actions.sealing import seal, unseal
from advice.database import begin_write, db
from advice.models.accounts import factors_of
from advice.models.people import Membership

SECRET_KEPT_AS = "authenticator"


def who_is_between() -> list[Membership]:
    """Who has shown her password just now; without anybody a sentence says what happened, if anything did."""
    asked = steps.PENDING_KEY in session
    members = steps.pending_members()
    if asked and not members:
        flash(_("Der gik for lang tid. Log ind igen."), "warning")
    return members


def let_in(members: list[Membership], take: Callable[[int], bool]) -> list[Membership]:
    """The same memberships, in a write transaction, if she shows what `take` uses up (it gets her id); else none.

    The try is counted; a wrong one is committed. Raises Closed after too many.
    """
    person_id, account = members[0].person_id, str(members[0].person.public_id)
    knock(Door.SECOND, account)
    begin_write()
    second_factors.lock(person_id)
    right = bool(steps.pending_members()) and take(person_id)
    record(Door.SECOND, account, person_id, right)
    found = steps.pending_members() if right else []
    if not found:
        db.session.commit()
    return found


@blueprint.route("/log-ind/trin", methods=["GET", "POST"])
@web.open_to_all
def second_step() -> Answer:
    """The code of the authenticator, after a right password."""
    form = CodeForm()

    def take(person_id: int) -> bool:
        return second_factors.take_totp(person_id, form.code.data, web.now(), web.secret_key())

    wrong = _("Koden passer ikke, eller den er brugt. Vent på den næste, og prøv igen.")
    return code_step("accounts/second_step.html", form, take, wrong, in_by_app)


@blueprint.route("/log-ind/trin/papir", methods=["GET", "POST"])
@web.open_to_all
def recovery_step() -> Answer:
    """A code on paper instead, after a right password."""
    form = RecoveryForm()

    def take(person_id: int) -> bool:
        return second_factors.take_recovery_code(person_id, form.code.data, web.now())

    wrong = _("Koden passer ikke, eller den er brugt. Se efter, eller tag den næste på papiret.")
    return code_step("accounts/recovery_step.html", form, take, wrong, in_by_paper)


def code_step(
    template: str,
    form: CodeForm | RecoveryForm,
    take: Callable[[int], bool],
    wrong: str,
    begin: Callable[[list[Membership]], str],
) -> Answer:
    """One way to show a code: its page, and in by `begin` if `take` finds it right, else the sentence `wrong`."""
    members = who_is_between()
    if not members:
        return redirect(url_for("accounts.log_in"), 303)
    factors = factors_of(members[0].person_id)

    def page() -> str:
        return render_template(template, form=form, factors=factors)

    if not form.validate_on_submit():
        return (page(), 422) if form.is_submitted() else page()
    try:
        found = let_in(members, take)
    except Closed as closed:
        form.form_errors.append(closed.sentence)
        return page(), 429, closed.headers
    if found:
        return redirect(begin(found), 303)
    form.code.errors = [wrong]
    return page(), 422


def in_by_app(members: list[Membership]) -> str:
    """Begin the session; where it leads."""
    return entry.begin(members, steps.pending_method())


def in_by_paper(members: list[Membership]) -> str:
    """Begin the session, and tell her on the page and by mail that a code on paper was used; where it leads."""
    left = factors_of(members[0].person_id).recovery_codes
    notices.tell(members[0].person, _("Der er logget ind med en kode fra dit papir."), members[0].programme_id)
    leads = entry.begin(members, steps.pending_method())
    if left:
        sentence = _("Koden er brugt. Du har %(left)s tilbage. Nye koder laver du på Min konto.", left=left)
    else:
        sentence = _("Det var din sidste kode. Lav nye på Min konto.")
    flash(sentence, "warning" if left < 3 else "info")
    return leads


@blueprint.route("/konto/sikkerhed", methods=["GET", "POST"])
@web.own_account(proved=True, incomplete=True)
def security() -> Answer:
    """Set up an authenticator (a picture to scan, a key to type, and its first code) or a passkey."""
    away = steps.turned_away()
    if away is not None:
        return redirect(away, 303)
    form, user = NewAppForm(), web.user()
    secret = new_secret()
    if form.validate_on_submit():
        added = second_factors.add_totp(user.person.id, secret, form.code.data, web.now(), web.secret_key())
        if added:
            session.pop(SECRET_KEPT_AS, None)
            notices.tell_self(_("Der er kommet en kode-app på din konto."))
            flash(_("Appen er sat op."), "success")
            leads = steps.after_new_factor()
            db.session.commit()
            return redirect(leads, 303)
        form.code.errors = [_("Koden passer ikke. Se efter, at telefonens ur går rigtigt, og prøv den næste kode.")]
    uri = second_factors.totp_uri(secret, user.person.email, _("Åben Rådgivning"))
    picture = Markup(segno.make(uri, error="m").svg_inline(scale=5, dark="#000", light="#fff"))
    page = render_template(
        "accounts/security.html",
        form=form,
        picture=picture,
        key=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        first=not user.session.complete,
        replaces=factors_of(user.person.id).totp,
    )
    return (page, 422) if form.is_submitted() else page


def new_secret() -> str:
    """The secret of the authenticator being set up: kept sealed in the cookie, so that a reload shows the same one."""
    purpose = f"authenticator of session {web.user().session.id}"
    kept = session.get(SECRET_KEPT_AS)
    secret = unseal(kept, web.secret_key(), purpose) if isinstance(kept, str) else None
    if secret is None:
        secret = second_factors.new_totp_secret()
        session[SECRET_KEPT_AS] = seal(secret, web.secret_key(), purpose)
    return secret


@blueprint.get("/konto/koder")
@web.own_account()
def codes() -> Answer:
    """The new recovery codes, until she says that she has them."""
    found = steps.shown_codes()
    if not found:
        return redirect(url_for("accounts.account"), 303)
    return render_template("accounts/codes.html", codes=found)


@blueprint.post("/konto/koder/gemt")
@web.own_account()
def codes_saved() -> Answer:
    """She has her codes: they are nowhere any more but with her."""
    session.pop(steps.CODES_KEY, None)
    return redirect(entry.landing(web.user().actor, session.pop(entry.NEXT_KEY, None)), 303)
