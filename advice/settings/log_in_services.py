"""The screens of log-in services: which organisation has one, setting one up, trying it, ending it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import late_forms, web
from advice.actions import oidc, oidc_service
from advice.actions.oidc_service import Fault, ServiceError
from advice.database import db
from advice.models import log_in_services
from advice.models.people_questions import organisations_of
from advice.models.programmes import Organisation
from advice.rules.access import Action
from advice.rules.log_in_services import is_issuer, is_local
from advice.security import outward
from advice.settings.blueprint import blueprint
from advice.settings.log_in_services_form import ServiceForm

Answer = str | Response | tuple[str, int]
ORGANISATION = "/indstillinger/log-ind/<int(max=2147483647):organisation_id>"
MISSING = lazy_gettext("Tjenesten beskriver sig ikke, som den skal: adresser mangler, eller de er ikke https.")
SENTENCES: Mapping[Fault, LazyString] = {
    Fault.UNSAFE: lazy_gettext("Adressen må ikke spørges herfra. Den skal begynde med https og have et navn."),
    Fault.NO_ANSWER: lazy_gettext("Der er intet svar på adressen. Se efter stavefejl, eller prøv igen om lidt."),
    Fault.MOVED: lazy_gettext("Adressen viser videre til en anden. Skriv den adresse, tjenesten selv har."),
    Fault.STATUS: lazy_gettext("Adressen svarer, men der er ingen log-ind-tjeneste der. Se efter stavefejl."),
    Fault.UNREADABLE: lazy_gettext("Adressen svarer med noget andet end en beskrivelse af en log-ind-tjeneste."),
    Fault.OTHER_ISSUER: lazy_gettext("Tjenesten kalder sig noget andet end den adresse, du har skrevet."),
    Fault.ADDRESSES: MISSING,
    Fault.NO_CODE: lazy_gettext("Tjenesten understøtter ikke log-ind med kode (response type code)."),
    Fault.NO_PKCE: lazy_gettext("Tjenesten understøtter ikke PKCE med S256."),
    Fault.NO_ALGORITHM: lazy_gettext("Tjenesten understøtter ikke underskrift med RS256, PS256 eller ES256."),
    Fault.NO_KEYS: lazy_gettext("Tjenesten viser ingen nøgler, som dens svar kan kontrolleres med."),
}


@blueprint.get("/indstillinger/log-ind")
@web.needs(Action.EDIT_SETTINGS)
def log_in_service_list() -> str:
    """The organisations of the programme, and how their people log in."""
    programme_id = web.member().programme_id
    organisations = organisations_of(programme_id, web.today())
    there = log_in_services.all_set_up(programme_id)
    return render_template("settings/log_in_services.html", organisations=organisations, there=there)


@blueprint.route(ORGANISATION, methods=["GET", "POST"])
@web.needs(Action.EDIT_SETTINGS)
@late_forms.shows_old
def log_in_service(organisation_id: int) -> Answer:
    """Set the service of an organisation up, or change it."""
    organisation = found_or_404(organisation_id)
    row = log_in_services.all_set_up(organisation.programme_id).get(organisation.id)
    form = ServiceForm(is_local(web.settings().base_url), obj=row)
    if form.validate_on_submit():
        try:
            oidc.set_up(*key_of(organisation), form.said(), web.user().person.id, web.now(), web.secret_key())
        except oidc.SecretMissing:
            form.secret.errors = [_("Sæt hemmeligheden ind. Den hører til denne adresse og dette id.")]
        else:
            db.session.commit()
            flash(_("Log-ind-tjenesten er gemt. Prøv nu forbindelsen."), "success")
            return redirect(page_of(organisation_id), 303)
    answers_to = outward(url_for("accounts.from_service", organisation_id=organisation.id))
    page = render_template(
        "settings/log_in_service.html",
        organisation=organisation,
        there=row is not None,
        form=form,
        answers_to=answers_to,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post(f"{ORGANISATION}/proev")
@web.needs(Action.EDIT_SETTINGS)
def try_log_in_service(organisation_id: int) -> Response:
    """Ask the service to describe itself, and say in words what is wrong."""
    organisation = found_or_404(organisation_id)
    service = oidc.service(organisation.id, web.today(), web.secret_key())
    # The service may be slow: nobody's save waits for it.
    db.session.rollback()
    if service is None:
        kind, words = "error", _("Der er ingen log-ind-tjeneste at prøve. Gem den først.")
    elif service.secret is None:
        kind, words = "error", _("Hemmeligheden kan ikke åbnes mere. Sæt den ind igen, og gem.")
    elif fault := wrong_with(service.issuer):
        kind, words = "error", fault
    else:
        kind, words = "success", _("Tjenesten svarer, som den skal. Log ud, og prøv at logge ind med din arbejdskonto.")
    flash(words, kind)
    return redirect(page_of(organisation_id), 303)


@blueprint.post(f"{ORGANISATION}/slut")
@web.needs(Action.EDIT_SETTINGS)
def end_log_in_service(organisation_id: int) -> Response:
    """Nobody logs in this way any more; their accounts here stay."""
    organisation = found_or_404(organisation_id)
    if oidc.end(*key_of(organisation), web.user().person.id, web.now()):
        flash(_("Log-ind med arbejdskonto er slut for %(who)s.", who=organisation.name), "success")
    db.session.commit()
    return redirect(url_for("settings.log_in_service_list"), 303)


def wrong_with(issuer: str) -> str | None:
    """What is wrong with a service, in a sentence; None if nothing is. Waits for the network."""
    local = is_local(web.settings().base_url)
    try:
        oidc_service.keys_of(oidc_service.describe(issuer, local), local)
    except ServiceError as error:
        words = str(SENTENCES[error.fault])
        # Only what could be typed into the field is repeated.
        if error.issuer and is_issuer(error.issuer, local=local):
            words += " " + _("Den kalder sig %(issuer)s", issuer=error.issuer)
        return words
    return None


def found_or_404(organisation_id: int) -> Organisation:
    """An organisation of the own programme that is there today."""
    here = organisations_of(web.member().programme_id, web.today())
    return next((one for one in here if one.id == organisation_id), None) or abort(404)


def key_of(organisation: Organisation) -> tuple[int, int]:
    """Programme and organisation."""
    return organisation.programme_id, organisation.id


def page_of(organisation_id: int) -> str:
    """The address of an organisation's service."""
    return url_for("settings.log_in_service", organisation_id=organisation_id)
