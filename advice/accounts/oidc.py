"""Logging in with the account of one's own organisation (OpenID Connect), beside the accounts here.

`/log-ind/tjeneste/<organisation>` sends her to the log-in service; `…/svar`, which the service is told when it is set
up, takes its answer. The addresses differ by organisation, so that one service cannot answer for another (RFC 9700,
4.4). What belongs to a log-in on its way is kept sealed in the cookie of the browser that began it, for one answer and
ten minutes.

Logging out (`/log-ud`) ends the session here and not the one at the service: that is for more than this program, and
on somebody's own computer.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hmac import compare_digest
from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.accounts import entry, notices, steps
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed, Door, knock, record
from advice.actions import oidc, oidc_service
from advice.actions.oidc import Came, Service
from advice.actions.oidc_descriptions import Descriptions, NotAsked
from advice.actions.oidc_service import Client, Fault, ServiceError, Started
from advice.actions.sealing import seal, unseal
from advice.database import begin_write, db
from advice.models import log_in_services
from advice.models.accounts import LogInMethod
from advice.rules.log_in_services import ANSWER_WITHIN, is_local
from advice.security import outward

KEY = "log_in_service"
DESCRIPTIONS = "log_in_descriptions"
MOST_BUTTONS = 3
"""More services than this stand on a page of their own."""
ORGANISATION = "/log-ind/tjeneste/<int(max=2147483647):organisation_id>"
NOT_BELIEVED = (Fault.REFUSED, Fault.TOKEN)
LOST = lazy_gettext("Der gik for lang tid, eller svaret hører til et andet vindue. Prøv igen.")
UNBELIEVED = lazy_gettext("Svaret fra din arbejdskonto kunne ikke godkendes, så du er ikke logget ind. Prøv igen.")
AWAY = lazy_gettext(
    "Log-ind med arbejdskonto svarer ikke, som det skal. Prøv igen om lidt, eller brug e-mail og adgangskode."
)
DENIED = lazy_gettext("Du er ikke logget ind: det blev afbrudt eller afvist der, hvor din arbejdskonto hører til.")
NO_SERVICE = lazy_gettext("Den organisation har ikke log-ind med arbejdskonto. Brug e-mail og adgangskode.")
BROKEN_SECRET = lazy_gettext("Log-ind med arbejdskonto skal sættes op igen. Sig det til din tovholder.")
SENTENCES: Mapping[type[oidc.Refused], LazyString] = {
    oidc.Unknown: lazy_gettext(
        "Din arbejdskonto passer ikke til nogen her. Spørg din tovholder eller teamleder, om du er inviteret med den "
        "e-mail, din arbejdskonto har."
    ),
    oidc.OtherAccount: lazy_gettext(
        "Din e-mail er her allerede knyttet til en anden arbejdskonto. Spørg din tovholder eller teamleder."
    ),
    oidc.Outside: lazy_gettext("Du er ikke tilknyttet organisationen i dag. Spørg din tovholder eller teamleder."),
    oidc.Elsewhere: lazy_gettext(
        "Du arbejder også i en anden helhedsplan, som ikke bruger den arbejdskonto. Brug e-mail og adgangskode."
    ),
}


class Stopped(Exception):
    """The log-in goes no further. `sentence` says what to do."""

    def __init__(self, sentence: LazyString) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@blueprint.context_processor
def offers() -> dict[str, Any]:
    """What the page of log-in asks before it shows buttons; other pages of the blueprint ask nothing."""
    return {"log_in_services": buttons, "most_buttons": MOST_BUTTONS}


def buttons() -> list[tuple[int, str]]:
    """Id and name of each organisation with a service; where two have the same name, with the programme's."""
    rows = log_in_services.offered(web.today())
    names = [row[1] for row in rows]
    return [(row[0], row[1] if names.count(row[1]) == 1 else f"{row[1]} ({row[2]})") for row in rows]


@blueprint.get("/log-ind/tjeneste")
@web.open_to_all
def services() -> str:
    """All organisations whose people log in with their work account."""
    return render_template("accounts/services.html", next=request.args.get("next"))


@blueprint.get(ORGANISATION)
@web.open_to_all
def to_service(organisation_id: int) -> Response:
    """Send her to the log-in service of her organisation. A link leads here, and no form: CSP asks nothing of it."""
    wanted = request.args.get(entry.NEXT_KEY)
    try:
        client = client_of(the_service(organisation_id))
        started = Started.new()
        address = oidc_service.way_there(client, description_of(client), started)
    except (Stopped, ServiceError) as stopped:
        return back(organisation_id, stopped, wanted)
    kept = {**asdict(started), "organisation": organisation_id, "at": web.now().isoformat()}
    session[KEY] = seal(json.dumps(kept), web.secret_key(), KEY)
    session.pop(entry.NEXT_KEY, None)
    steps.remember(wanted)
    return redirect(address)


@blueprint.get(f"{ORGANISATION}/svar")
@web.open_to_all
def from_service(organisation_id: int) -> Response:
    """Take the answer of the service: who she is, as far as it can be believed. Good once."""
    started = on_its_way(session.pop(KEY, None), organisation_id)
    wanted = session.get(entry.NEXT_KEY)
    try:
        found = the_service(organisation_id)
        claims = believed(client_of(found), started)
        leads = entered(found, claims)
    except (Stopped, ServiceError) as stopped:
        return back(organisation_id, stopped, wanted)
    return redirect(leads, 303)


def the_service(organisation_id: int) -> Service:
    """The living service of an organisation, read and let go of: what follows waits for the network.

    Raises Stopped without one, and where too many have failed from this network.
    """
    found = oidc.service(organisation_id, web.today(), web.secret_key())
    db.session.rollback()
    if found is None:
        raise Stopped(NO_SERVICE)
    try:
        knock(Door.LOG_IN, nobody())
    except Closed as closed:
        raise Stopped(closed.sentence) from closed
    return found


def nobody() -> str:
    """The account of a try that is nobody's: a new one each time, so that such tries count by their network alone."""
    return f"log-in service {secrets.token_hex()}"


def client_of(found: Service) -> Client:
    """Who we are at a service. Raises Stopped if its secret cannot be opened."""
    if found.secret is None:
        raise Stopped(BROKEN_SECRET)
    return Client(
        found.issuer,
        found.client_id,
        found.secret,
        answers_to(found.organisation_id),
        is_local(web.settings().base_url),
    )


def description_of(client: Client) -> dict[str, Any]:
    """How a service describes itself, or did lately in this program. Raises ServiceError."""
    descriptions: Descriptions = current_app.extensions.setdefault(DESCRIPTIONS, Descriptions())
    return descriptions.of(client.issuer, client.local, web.now())


def answers_to(organisation_id: int) -> str:
    """The whole address a service answers to."""
    return outward(url_for("accounts.from_service", organisation_id=organisation_id))


def on_its_way(kept: object, organisation_id: int) -> Started | None:
    """The log-in that this browser began at this service just now, or None."""
    text = unseal(kept, web.secret_key(), KEY) if isinstance(kept, str) else None
    if text is None:
        return None
    found = json.loads(text)
    fresh = web.now() - datetime.fromisoformat(found["at"]) < ANSWER_WITHIN
    if not fresh or found["organisation"] != organisation_id:
        return None
    return Started(found["state"], found["nonce"], found["verifier"])


def believed(client: Client, started: Started | None) -> dict[str, Any]:
    """What the service says of her. Raises Stopped for what answers no log-in of this browser, and ServiceError."""
    said = request.args
    if started is None or not compare_digest(said.get("state", "").encode(), started.state.encode()):
        raise Stopped(LOST)
    if said.get("iss", client.issuer) != client.issuer:
        raise ServiceError(Fault.TOKEN)
    if "error" in said:
        raise Stopped(DENIED)
    if not said.get("code"):
        raise ServiceError(Fault.TOKEN)
    description = description_of(client)
    if description.get("authorization_response_iss_parameter_supported") is True and "iss" not in said:
        raise ServiceError(Fault.TOKEN)
    return oidc_service.who_came(client, description, started, said["code"], web.now())


def entered(found: Service, claims: Mapping[str, Any]) -> str:
    """Let her in, or on to the second step; where it leads. Raises Stopped if she is not let in, which is counted."""
    begin_write()
    try:
        came = oidc.let_in(found, claims, web.now(), web.today())
    except oidc.Refused as refused:
        record(Door.LOG_IN, nobody(), None, False)
        db.session.commit()
        raise Stopped(SENTENCES[type(refused)]) from refused
    person = came.members[0].person
    record(Door.LOG_IN, person.email, person.id, True)
    if came.tied_now:
        what = _("Du kan nu logge ind med din arbejdskonto hos %(organisation)s.", organisation=found.organisation)
        notices.tell(person, what, found.programme_id)
    return leads(came)


def leads(came: Came) -> str:
    """The session, if the service has asked for two factors; else what comes after a right password, too."""
    if came.two_steps:
        return entry.begin(came.members, LogInMethod.OIDC)
    wanted = session.get(entry.NEXT_KEY)
    where = steps.after_password(came.members, LogInMethod.OIDC)
    if where in (url_for("accounts.second_step"), url_for("accounts.security")):
        steps.remember(wanted)
    return where


def back(organisation_id: int, stopped: Stopped | ServiceError, wanted: str | None) -> Response:
    """To the page of log-in, with a sentence. The log says which part failed, and nothing that was sent.

    Where a service was asked in vain, or not believed, it counts for the network it came from.
    """
    if isinstance(stopped, Stopped):
        sentence = stopped.sentence
    else:
        current_app.logger.warning("Log-in service of organisation %s: %s", organisation_id, stopped.fault)
        sentence = UNBELIEVED if stopped.fault in NOT_BELIEVED else AWAY
        if not isinstance(stopped, NotAsked):
            begin_write()
            record(Door.LOG_IN, nobody(), None, False)
            db.session.commit()
    flash(sentence, "error")
    return redirect(url_for("accounts.log_in", next=wanted), 303)
