"""What comes after a right password: the second step, or setting one up (ASVS 6.3.3); and what comes after that.

Nobody outside a demonstration gets in with a password alone, but on an enrolled tablet of her programme. Between the
two steps the signed cookie remembers who has shown her password, for ten minutes; it opens nothing by itself.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.accounts import entry
from advice.actions import second_factors, sessions
from advice.actions.sealing import derived_key, seal, unseal
from advice.database import begin_write, db
from advice.models.accounts import LogInMethod, factors_of
from advice.models.people import Membership, Person, memberships_of

PENDING_KEY = "pending"
PENDING_LASTS = timedelta(minutes=10)
CODES_KEY = "codes"
CODES_LAST = timedelta(minutes=30)
"""How long new recovery codes can be seen again by a reload, unless she says before that she has them."""

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def after_password(members: list[Membership], method: LogInMethod = LogInMethod.PASSWORD) -> str:
    """Where to go with a right password, or with a work account whose service asks for no second step: to the second
    step here, or straight in to set one up. With a password on an enrolled tablet, which is something she has,
    straight in, to what the tablet is for.

    The session to come works under the first of the memberships. In the caller's write transaction, which this
    commits.
    """
    person, chosen = members[0].person, members[0].id
    wanted = request.args.get(entry.NEXT_KEY)
    if method is LogInMethod.PASSWORD and entry.tablet_of(members) is not None:
        return entry.begin(members, method)
    if factors_of(person.id).none:
        entry.begin(members, method, complete=False)
        remember(wanted)
        return url_for("accounts.security")
    pending = {
        "person": str(person.public_id), "password": password_mark(person), "method": str(method),
        "membership": chosen, "at": web.now().isoformat(),
    }  # fmt: skip
    entry.end_former()
    db.session.commit()
    session.clear()
    session[PENDING_KEY] = pending
    remember(wanted)
    return url_for("accounts.second_step")


def password_mark(person: Person) -> str:
    """What tells in the cookie whether her password is still the one that was shown, and tells nobody its hash."""
    key = derived_key(web.secret_key(), PENDING_KEY)
    return hmac.new(key, (person.password_hash or "").encode(), hashlib.sha256).hexdigest()


def remember(wanted: str | None) -> None:
    """Keep the page that was asked for over the steps to come, if it can be one; where they lead is judged there."""
    if wanted and len(wanted) <= web.LONGEST_TARGET:
        session[entry.NEXT_KEY] = wanted


def pending_members() -> list[Membership]:
    """The memberships of who has shown her password in this browser just now, the one to work under first; empty if
    nobody has, if she is shut out, or if her password was changed since.
    """
    pending = session.get(PENDING_KEY)
    if not isinstance(pending, dict):
        return []
    if web.now() - datetime.fromisoformat(pending["at"]) >= PENDING_LASTS:
        session.pop(PENDING_KEY, None)
        return []
    members = memberships_of(UUID(pending["person"]), web.today())
    if not members or members[0].person.disabled_at is not None:
        return []
    if not hmac.compare_digest(pending.get("password", ""), password_mark(members[0].person)):
        session.pop(PENDING_KEY, None)
        return []
    return sorted(members, key=lambda member: member.id != pending["membership"])


def pending_method() -> LogInMethod:
    """How she began, who is between the two steps (`pending_members`)."""
    return LogInMethod(session[PENDING_KEY]["method"])


def turned_away() -> str | None:
    """Where to go instead of setting up a first second factor, if she has one by now; None: go on.

    Whoever has only her password can have begun such a session before she set hers up. It ends here, and log-in asks
    for what she has. Holds her factors until the transaction ends; commits if it ends the session.
    """
    user = web.user()
    person_id, session_id = user.person.id, user.session.id
    if user.session.complete:
        return None
    if request.method not in web.SAFE_METHODS:
        second_factors.lock(person_id)
    if factors_of(person_id).none:
        return None
    if request.method in web.SAFE_METHODS:
        db.session.rollback()
        begin_write()
    sessions.end_one(person_id, session_id, web.now())
    db.session.commit()
    session.clear()
    flash(_("Der er allerede sat et ekstra trin op på din konto. Log ind med det."), "warning")
    return url_for("accounts.log_in")


def after_new_factor() -> str:
    """A second factor has been added: open the session if that was missing, and go to new recovery codes if she has
    none. What was begun elsewhere with her password alone ends. In the caller's write transaction, which the caller
    commits.
    """
    user, now = web.user(), web.now()
    account = url_for("accounts.account")
    if user.session.complete:
        session[entry.NEXT_KEY] = account
    else:
        sessions.end_all(user.person.id, now, but=user.session.id)
        entry.renew(user.session.id, complete=True)
    if factors_of(user.person.id).recovery_codes:
        return entry.landing(user.actor, session.pop(entry.NEXT_KEY, None))
    show_codes(second_factors.new_recovery_codes(user.person.id, now))
    return url_for("accounts.codes")


def show_codes(codes: list[str]) -> None:
    """Keep new recovery codes for the page that shows them: sealed in the cookie of this browser, nowhere else."""
    sealed = seal("\n".join(codes), web.secret_key(), codes_purpose())
    session[CODES_KEY] = {"sealed": sealed, "at": web.now().isoformat()}


def shown_codes() -> list[str]:
    """The recovery codes made just now in this browser; empty once she has them, or after a while."""
    kept = session.get(CODES_KEY)
    if not isinstance(kept, dict):
        return []
    fresh = web.now() - datetime.fromisoformat(kept["at"]) < CODES_LAST
    text = unseal(kept["sealed"], web.secret_key(), codes_purpose()) if fresh else None
    if text is None:
        session.pop(CODES_KEY, None)
    return text.split("\n") if text else []


def codes_purpose() -> str:
    """What the codes in the cookie are sealed for: this session, and no other."""
    return f"recovery codes shown to session {web.user().session.id}"
