"""The mails of a swap: colleagues are asked, and everybody it concerns hears what came of it, but not who did it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions import shift_news
from advice.actions.swaps.stepping import Outcome
from advice.actions.whose_yes import leading
from advice.config import Settings
from advice.models import audit
from advice.models.absences import away_between
from advice.models.people import Membership, Person, staff_of
from advice.models.roster import Shift
from advice.models.stand_ins import active_of
from advice.models.swaps import Swap
from advice.roster.letters import end_of, put, put_text
from advice.roster.sick_words import where
from advice.roster.swap_words import LAPSES
from advice.roster.telling import own_page
from advice.roster.words import day_words
from advice.rules.news import ONE_DAY
from advice.rules.spans import Span, overlaps
from advice.rules.swaps import Lapse
from advice.security import outward

ASKED, TAKEN, APPROVE, DONE, REFUSED, ENDED = (
    "swap_asked", "swap_taken", "swap_to_approve", "swap_done", "swap_refused", "swap_ended",
)  # fmt: skip
"""The kinds of the mails."""


def ask(swap: Swap) -> int:
    """Ask the colleague who was chosen, or everybody on the team who is free then; gives how many."""
    shift = swap.shift
    asked = [swap.asked] if swap.asked is not None else free(shift)
    for member in asked:
        wish = _("vil gerne bytte en vagt") if swap.is_trade else _("vil gerne give en vagt væk")
        words = _(
            "Hej %(name)s\n\n%(who)s %(wish)s:\n\n%(line)s\n\nSe den, og tag den, hvis du kan:\n%(address)s",
            name=member.person.name,
            who=shift.person.name,
            wish=wish,
            line=_line(shift),
            address=outward(url_for("roster.swap", swap_id=swap.id)),
        )
        subject = _("Kan du tage en vagt %(day)s?", day=day_words(shift.day))
        put(ASKED, member.person, subject, words, swap.programme_id, expires_at=end_of(shift.day, web.settings()))
    return len(asked)


def free(shift: Shift) -> list[Membership]:
    """Everybody on the team who is neither on duty nor away meanwhile, each person once; three queries."""
    team = {one.person_id: one for one in staff_of(shift.programme_id, shift.day)}
    busy, away = active_of(team, shift.day, shift.day), away_between(team, shift.day, shift.day)
    span = Span(shift.starts, shift.ends)
    return [
        one
        for one in team.values()
        if one.person_id != shift.person_id
        and not any(overlaps(row.starts, row.ends, span.starts, span.ends) for row in busy.get(one.person_id, ()))
        and not any(row.covers(shift.day, span) for row in away.get(one.person_id, ()))
    ]


def tell(outcome: Outcome) -> None:
    """Somebody has said yes, or the last leader has: the two hear of it, and the leaders who are still asked."""
    swap = outcome.swap
    assert swap.taker is not None
    offerer, taker = swap.shift.person, swap.taker.person
    if outcome.new:
        changed = [swap.shift, *([swap.returned] if swap.returned else []), *outcome.new]
        shift_news.told(changed, on_page=True)  # "Dine bytter" says it of both, as what they agreed on
        _tell_done(swap, offerer, taker)
        return
    if taker.id == web.member().person_id:  # else a leader's yes, and another one is still asked
        words = _("%(who)s vil tage din vagt:\n\n%(line)s\n\nByttet gælder, når lederen har sagt ja.",
                  who=taker.name, line=_both(swap))  # fmt: skip
        _put(TAKEN, offerer, _("%(who)s vil tage din vagt", who=taker.name), words, swap)
        _ask_leaders(swap, outcome.waiting)


def tell_refused(swap: Swap) -> None:
    """A leader has said no."""
    words = _("%(who)s har sagt nej til byttet:\n\n%(line)s\n\nI beholder hver jeres vagter.",
              who=web.user().person.name, line=_both(swap))  # fmt: skip
    for person in _two(swap):
        _put(REFUSED, person, _("Nej til at bytte vagten %(day)s", day=day_words(swap.shift.day)), words, swap)


def tell_offerer(swap: Swap) -> None:
    """Whoever was asked cannot, or thinks better of it."""
    words = _("%(who)s kan ikke tage din vagt:\n\n%(line)s\n\nVagten er stadig din.",
              who=web.user().person.name, line=_line(swap.shift))  # fmt: skip
    _put(ENDED, swap.shift.person, _("%(who)s kan ikke tage vagten", who=web.user().person.name), words, swap)


def tell_withdrawn(swap: Swap) -> None:
    """The offerer keeps her shift: the one who had said yes hears of it, or the one who was asked."""
    other = swap.taker or swap.asked
    if other is not None:
        words = _("%(who)s beholder selv vagten:\n\n%(line)s\n\nDu skal ikke gøre mere.",
                  who=swap.shift.person.name, line=_line(swap.shift))  # fmt: skip
        _put(ENDED, other.person, _("Vagten %(day)s skal ikke byttes", day=day_words(swap.shift.day)), words, swap)


def tell_lapsed(swap: Swap, why: Lapse, settings: Settings, besides: int | None = None) -> None:
    """A swap that somebody had said yes to can no longer be: the two hear of it, but not who brought it about by
    changing her own shift (besides: nor this person, who sees it)."""
    if swap.taker is None or swap.shift.day < settings.clock().astimezone(settings.timezone).date():
        return
    changed = {Lapse.CHANGED: swap.shift_id, Lapse.RETURN_CHANGED: swap.return_id}.get(why)
    by = audit.last_editor("shifts", changed) if changed else None
    for person in _two(swap):
        if person.disabled_at is not None or person.id in (besides, by):
            continue
        words = _(
            "Hej %(name)s\n\nByttet er faldet bort:\n\n%(line)s\n\n%(why)s Du skal ikke gøre mere.\n\n"
            "Se alle dine vagter:\n%(address)s",
            name=person.name,
            line=_both(swap),
            why=LAPSES[why],
            address=own_page(settings),
        )
        put(ENDED, person, _("Vagten %(day)s skal ikke byttes", day=day_words(swap.shift.day)), words,
            swap.programme_id, expires_at=end_of(swap.shift.day, settings))  # fmt: skip


def _tell_done(swap: Swap, offerer: Person, taker: Person) -> None:
    for person, other, gets, gives in (
        (offerer, taker, swap.returned, swap.shift), (taker, offerer, swap.shift, swap.returned),
    ):  # fmt: skip
        lines = [_("Du har nu: %(where)s", where=where(gets, dated=True))] if gets else []
        if gives:
            lines.append(_("%(who)s har nu: %(where)s", who=other.name, where=where(gives, dated=True)))
        words = _("Vagten er byttet.\n\n%(lines)s\n\nDin kalender følger med, hvis den henter dine vagter.",
                  lines="\n".join(lines))  # fmt: skip
        subject = _("Vagten %(day)s er byttet", day=day_words(swap.shift.day))
        _put(DONE, person, subject, words, swap)
        _text(person, subject, lines, swap, max(one.day for one in (gets, gives) if one))


def _text(person: Person, subject: str, lines: list[str], swap: Swap, last_day: date) -> None:
    """A text message beside the mail where one of the shifts is today's or tomorrow's, as of a leader's change."""
    if person.id == web.member().person_id or person.disabled_at is not None:
        return
    if not any(one and one.day <= web.today() + ONE_DAY for one in (swap.shift, swap.returned)):
        return
    address, news = own_page(web.settings()), ". ".join(lines)
    wordings = [f"{subject}. {news}. {address}", f"{subject}. {news}.", f"{subject}. {address}", f"{subject}."]
    put_text(web.settings(), DONE, person, subject, wordings, swap.programme_id, last_day)


def _ask_leaders(swap: Swap, organisations: Iterable[int]) -> None:
    """Those who answer for the organisations that have still to say yes."""
    assert swap.taker is not None
    for leader in leading(swap.programme_id, web.today()).of(organisations):
        words = _(
            "%(offerer)s og %(taker)s vil bytte:\n\n%(line)s\n\n"
            "Se, hvad det betyder, og sig ja eller nej:\n%(address)s",
            offerer=swap.shift.person.name,
            taker=swap.taker.person.name,
            line=_both(swap),
            address=outward(url_for("roster.swaps")),
        )
        _put(APPROVE, leader.person, _("Et bytte venter på dit ja"), words, swap)


def _two(swap: Swap) -> list[Person]:
    """The offerer and the taker."""
    return [swap.shift.person, *([swap.taker.person] if swap.taker else [])]


def _put(kind: str, person: Person, subject: str, words: str, swap: Swap) -> None:
    """A mail to somebody who can log in and has not done it herself; of no use once the day of the shift is over."""
    if person.id != web.member().person_id and person.disabled_at is None:
        hello = _("Hej %(name)s", name=person.name)
        put(
            kind,
            person,
            subject,
            f"{hello}\n\n{words}",
            swap.programme_id,
            expires_at=end_of(swap.shift.day, web.settings()),
        )


def _both(swap: Swap) -> str:
    """The shift, and the one that is given for it."""
    lines = [_line(swap.shift)]
    if swap.returned is not None:
        lines.append(_("- i bytte for %(where)s", where=where(swap.returned, dated=True)))
    return "\n".join(lines)


def _line(shift: Shift) -> str:
    return f"- {where(shift, dated=True)}"
