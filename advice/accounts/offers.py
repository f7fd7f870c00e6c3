"""/konto/tilknytning/<token>: who belongs somewhere already says yes or no to one more membership.

The link logs nobody in and sets no password: she must be logged in as the very person it was made for, whole, and not
by what a shared tablet lends.
"""

from __future__ import annotations

from typing import NoReturn

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from advice import web
from advice.accounts import entry, one_time_links, steps
from advice.accounts.blueprint import blueprint
from advice.accounts.invitation_forms import OfferForm
from advice.actions import invitations
from advice.actions.people_refusals import Stale
from advice.database import begin_write, db
from advice.models.accounts import LinkPurpose, LogInMethod, OneTimeLink
from advice.models.people import Membership, Person

Answer = str | Response | tuple[str, int]
PURPOSE = LinkPurpose.MEMBERSHIP


@blueprint.route("/konto/tilknytning/<token>", methods=["GET", "POST"])
@web.secret_address
def offer(token: str) -> Answer:
    """Show who asks her to be what where; her answer uses the link up."""
    link = one_time_links.living(token, PURPOSE)
    member = db.session.get(Membership, link.membership_id)
    if member is None or member.accepted_at is not None or member.valid_to is not None:
        one_time_links.gone(PURPOSE, _("Linket gælder ikke mere"))
    first = log_in_first(link)
    if first is not None:
        return first
    form = OfferForm()
    if form.validate_on_submit():
        return answered(token, form.says_yes)
    page = offer_page(link, member, form)
    return (page, 422) if form.is_submitted() else page


def log_in_first(link: OneTimeLink) -> Response | None:
    """Where she must go before she can answer; ends the request with a page for anybody else."""
    if not current_user.is_authenticated:
        log_in_page()
    user = web.user()
    if user.person.id != link.person_id:
        words = _("Du er logget ind som en anden. Log ud, åbn linket igen, og log ind som den, det er sendt til.")
        one_time_links.refuse(403, _("Invitationen er til en anden"), words, log_out=True)
    if not user.session.complete:
        steps.remember(request.path)
        return redirect(url_for("accounts.security"), 303)
    if user.leans_on_tablet:
        words = _("Her på tabletten kan du ikke svare. Åbn linket på din egen telefon eller computer.")
        one_time_links.refuse(403, _("Ikke på en tablet"), words, log_out=True)
    return None


def log_in_page() -> NoReturn:
    """End the request: the same page whether she can log in yet or not, since who invites may be the one who looks."""
    words = _(
        "Log ind, og svar så. Har du en anden invitation, som du ikke har brugt endnu, så åbn den først, og vælg en "
        "adgangskode. Kan du ikke finde den, så vælg Glemt adgangskode."
    )
    one_time_links.refuse(200, _("Du er inviteret til endnu et sted"), words, back=request.path)


def answered(token: str, yes: bool) -> Response:
    """Store her answer, say so, and lead on: to where she can change to what is hers now, or to where she began."""
    person_id, home = web.user().person.id, entry.home_of(web.user().actor)
    db.session.rollback()
    begin_write()
    try:
        if yes:
            member = invitations.accept(token, person_id, web.now(), web.today())
            words, leads = taken_on(member), url_for("accounts.switch")
        else:
            invitations.decline(token, person_id, web.now(), web.today())
            words, leads = _("Du sagde nej tak. Alt er, som det var."), home
    except Stale:
        one_time_links.gone(PURPOSE, _("Linket gælder ikke mere"))
    db.session.commit()
    flash(words, "success")
    return redirect(leads, 303)


def taken_on(member: Membership) -> str:
    """What is said to who said yes."""
    return str(_("Du er nu også %(post)s. Vælg den her, når du vil arbejde der.", post=web.post_words(member)))


def offer_page(link: OneTimeLink, member: Membership, form: OfferForm) -> str:
    """The page: who invites, to what, and the two answers."""
    inviter = db.session.get(Person, link.made_by) if link.made_by else None
    by_service = web.user().session.method == LogInMethod.OIDC
    return render_template(
        "accounts/offer.html", form=form, inviter=inviter, post=web.post_words(member), by_service=by_service
    )
