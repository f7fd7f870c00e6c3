"""The mails of a programme that have not been sent: what waits, what was given up, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.actions import outbox as actions
from advice.actions.outbox import CANCELLED, EXPIRED, Hindrance
from advice.database import LARGEST_ID, db
from advice.models import outbox as mails
from advice.rules.access import Action
from advice.rules.mail import CANCELLABLE, INVITATION, OFFER
from advice.settings.blueprint import blueprint

MAIL = f"/indstillinger/udbakke/<int(max={LARGEST_ID}):mail>"

ANSWERS = {
    CANCELLED: _("annulleret"),
    EXPIRED: _("linket i den er udløbet"),
    "restored": _("måske sendt før en gendannelse"),
}
"""What the program itself says of a mail it has given up; other answers are the mail server's own."""
SENTENCES: Mapping[Hindrance, LazyString] = {
    Hindrance.GONE: _("Mailen står her ikke mere på den måde: den er sendt, eller en anden var først."),
    Hindrance.HELD: _("Mailen er ved at blive sendt lige nu. Se om lidt, om den er kommet af sted."),
    Hindrance.EXPIRED: _(
        "Linket i mailen virker ikke længere: det er udløbet, brugt eller afløst af et nyt. "
        "Find personen under Personer, og lav et nyt link."
    ),
    Hindrance.NO_WORDS: _("Mailens ord er slettet, så den kan ikke sendes igen. Giv besked på en anden måde."),
}


@blueprint.get("/indstillinger/udbakke")
@web.needs(Action.SEE_OUTBOX)
def outbox() -> str:
    """What waits, and what was given up; never the words of a mail."""
    return outbox_page()


@blueprint.post(f"{MAIL}/send")
@web.needs(Action.SEE_OUTBOX)
def send_mail_again(mail: int) -> Response | tuple[str, int]:
    """Let a mail that was given up wait once more."""
    here_or_404(mail)
    words = _("Mailen venter igen og bliver sendt om lidt.")
    if web.settings().mail is None:
        words = _("Mailen venter igen, til der er angivet en mailserver.")
    return answered(actions.send_again(web.now(), mail, web.user().actor), words)


@blueprint.post(f"{MAIL}/annuller")
@web.needs(Action.SEE_OUTBOX)
def cancel_mail(mail: int) -> Response | tuple[str, int]:
    """Give up a mail that waits."""
    here_or_404(mail)
    words = _("Mailen er annulleret og bliver ikke sendt. Du finder den under Opgivet.")
    return answered(actions.cancel(web.now(), mail, web.user().actor), words)


def here_or_404(mail_id: int) -> None:
    """A mail of another programme is not there."""
    if not mails.is_there(web.member().programme_id, mail_id):
        abort(404)


def answered(hindrance: Hindrance | None, words: LazyString) -> Response | tuple[str, int]:
    """Commit and say so; or the page as it stands now, with what hinders it."""
    if hindrance is not None:
        return outbox_page(hindrance), 409
    db.session.commit()
    flash(str(words), "success")
    return redirect(url_for("settings.outbox"), 303)


def outbox_page(hindrance: Hindrance | None = None) -> str:
    """The page; hindrance: why what was asked for cannot be done."""
    programme_id = web.member().programme_id
    return render_template(
        "settings/outbox.html",
        counts=mails.counts(programme_id),
        waiting=mails.waiting(programme_id),
        given_up=mails.given_up(programme_id),
        sends=web.settings().mail is not None,
        zone=web.settings().timezone,
        now=web.now(),
        answers=ANSWERS,
        invitations=(INVITATION, OFFER),
        cancellable=CANCELLABLE,
        sentence=SENTENCES[hindrance] if hindrance else None,
    )
