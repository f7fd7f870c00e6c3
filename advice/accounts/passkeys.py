"""Passkeys at the web: where they are good, challenges, and the JSON that static/accounts.js asks for.

They are offered only where the host is a name (browsers make none for an IP address) and the one people use. Each
button is two requests: `…/begynd` answers with what the browser is told, the other takes what the device said.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit

from flask import abort, current_app, flash, jsonify, request, session, url_for
from flask_babel import gettext as _
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from werkzeug.wrappers import Response

from advice import signed_in, web
from advice.accounts import entry, notices, steps
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed, Door, knock, record
from advice.actions import passkeys
from advice.actions.passkeys import Challenge, Shown, Site
from advice.database import begin_write, db
from advice.models.accounts import LogInMethod
from advice.models.people import Person, memberships_of
from advice.rules.throttle import network
from advice.security import host_name, json_body, json_only, json_refusal

CHALLENGE_KEY = "challenge"
CHALLENGE_LASTS = timedelta(minutes=5)
CHALLENGE_BYTES = 32
MOST_BYTES = 64 * 1024


class Purpose(StrEnum):
    """What a challenge was made for; it is good for nothing else."""

    LOG_IN = "log_in"
    ADD = "add"
    PROVE = "prove"


def site() -> Site | None:
    """Where passkeys are good, if this request came that way; None where they cannot be used."""
    base = web.settings().base_url
    host = host_name(request.host)
    if base and host != urlsplit(base).hostname:
        return None
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return Site(host, base or request.host_url.rstrip("/"), _("Åben Rådgivning"))
    return None


@blueprint.context_processor
def offers() -> dict[str, Any]:
    """What templates of this blueprint ask before they show a button for passkeys."""
    return {"passkeys_work": site() is not None}


def the_site() -> Site:
    """The same, for a request that needs it."""
    return site() or json_refusal(422, _("Adgangsnøgler virker ikke på denne adresse."))


def new_challenge(purpose: Purpose) -> Challenge:
    """Random bytes for a device to sign, remembered in the signed cookie instead of those before."""
    made = Challenge(secrets.token_bytes(CHALLENGE_BYTES), web.now())
    kept = {"for": str(purpose), "value": bytes_to_base64url(made.value), "at": made.made_at.isoformat()}
    session[CHALLENGE_KEY] = kept
    return made


def taken_challenge(purpose: Purpose) -> Challenge:
    """The challenge made for this just now, which is gone now; ends the request without one."""
    kept = session.pop(CHALLENGE_KEY, None)
    if isinstance(kept, dict) and kept.get("for") == purpose:
        made = Challenge(base64url_to_bytes(kept["value"]), datetime.fromisoformat(kept["at"]))
        if web.now() - made.made_at < CHALLENGE_LASTS:
            return made
    json_refusal(422, _("Der gik for lang tid. Prøv igen."))


def told(options: str) -> Response:
    """Options, JSON already, as an answer."""
    return current_app.response_class(options, mimetype="application/json")


def credential() -> dict[str, Any]:
    """What the device said."""
    found = json_body(MOST_BYTES).get("credential")
    return found if isinstance(found, dict) else {}


def stranger() -> str:
    """The account that tries with passkeys are counted under: nobody knows whose they are, so each network has its
    own, and nobody can close this door for people elsewhere.
    """
    return f"passkey from {network(request.remote_addr)}"


def shown_passkey(purpose: Purpose) -> Shown:
    """The passkey that this request shows, its use written down, in a write transaction; ends the request if none."""
    here, answer, challenge = the_site(), credential(), taken_challenge(purpose)
    try:
        knock(Door.SECOND, stranger())
    except Closed as closed:
        refuse_closed(closed)
    # Signatures are checked before any writer has to wait.
    shown = passkeys.verified(here, answer, challenge)
    db.session.rollback()
    begin_write()
    right = shown is not None and passkeys.use(shown, web.now())
    record(Door.SECOND, stranger(), shown.person_id if shown else None, right)
    if shown is None or not right:
        db.session.commit()
        json_refusal(422, _("Adgangsnøglen passer ikke her. Prøv igen, eller log ind på en anden måde."))
    return shown


def refuse_closed(closed: Closed) -> NoReturn:
    """429 as JSON."""
    answer = jsonify(error=str(closed.sentence))
    answer.status_code = 429
    answer.headers.update(closed.headers)
    abort(answer)


@blueprint.post("/log-ind/adgangsnoegle/begynd")
@web.csrf.exempt
@json_only
@web.open_to_all
def passkey_log_in_options() -> Response:
    """What the browser is told for log-in: any passkey of this site; after a password, those of that person."""
    here, members = the_site(), steps.pending_members()
    whose = members[0].person_id if members else None
    return told(passkeys.options_to_show(here, new_challenge(Purpose.LOG_IN), whose))


@blueprint.post("/log-ind/adgangsnoegle")
@web.csrf.exempt
@json_only
@web.open_to_all
def passkey_log_in() -> Response:
    """Log in with a passkey: what she has and what she is or knows, so both factors at once."""
    shown = shown_passkey(Purpose.LOG_IN)
    person = db.session.get_one(Person, shown.person_id)
    members = memberships_of(person.public_id, web.today())
    if not members or person.disabled_at is not None:
        json_refusal(422, _("Du er ikke tilknyttet en helhedsplan i dag. Spørg din tovholder."))
    record(Door.LOG_IN, person.email, person.id, True)
    between = steps.pending_members()
    if between and between[0].person_id == person.id and steps.pending_method() is LogInMethod.OIDC:
        # The second step after her work account: the session is that log-in's, under the organisation it was for.
        return jsonify(next=entry.begin(between, LogInMethod.OIDC))
    return jsonify(next=entry.begin(members, LogInMethod.PASSKEY))


@blueprint.post("/konto/adgangsnoegle/begynd")
@web.csrf.exempt
@json_only
@web.own_account(proved=True, incomplete=True)
def passkey_options() -> Response:
    """What the browser is told to make a passkey for the person logged in."""
    return told(passkeys.options_to_make(the_site(), web.user().person, new_challenge(Purpose.ADD)))


@blueprint.post("/konto/adgangsnoegle")
@web.csrf.exempt
@json_only
@web.own_account(proved=True, incomplete=True)
def add_passkey() -> Response:
    """Store the new passkey, called by the browser it was made in."""
    here, answer, challenge = the_site(), credential(), taken_challenge(Purpose.ADD)
    away = steps.turned_away()
    if away is not None:
        return jsonify(next=away)
    name = signed_in.device_words(request.headers.get("User-Agent", ""))
    if not passkeys.add(here, web.user().person.id, answer, challenge, name, web.now()):
        json_refusal(422, _("Adgangsnøglen kunne ikke gemmes. Prøv igen."))
    notices.tell_self(_("Der er kommet en adgangsnøgle på din konto."))
    flash(_("Adgangsnøglen er gemt."), "success")
    leads = steps.after_new_factor()
    db.session.commit()
    return jsonify(next=leads)


@blueprint.post("/konto/bekraeft/adgangsnoegle/begynd")
@web.csrf.exempt
@json_only
@web.own_account(incomplete=True)
def prove_options() -> Response:
    """What the browser is told for showing again who she is."""
    return told(passkeys.options_to_show(the_site(), new_challenge(Purpose.PROVE), web.user().person.id))


@blueprint.post("/konto/bekraeft/adgangsnoegle")
@web.csrf.exempt
@json_only
@web.own_account(incomplete=True)
def prove_by_passkey() -> Response:
    """Show again who she is, with a passkey of her own."""
    person_id, session_id = web.user().person.id, web.user().session.id
    shown = shown_passkey(Purpose.PROVE)
    if shown.person_id != person_id:
        json_refusal(422, _("Det er en andens adgangsnøgle."))
    entry.renew(session_id)
    db.session.commit()
    return jsonify(next=web.inward(request.args.get("next"), url_for("accounts.account")))
