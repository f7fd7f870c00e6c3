"""The mails of the day that goes wrong: her shifts are called off, who plans hears of it, colleagues are asked, and
all who were asked hear who has it. Never why somebody is away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions import shift_news
from advice.actions.stand_ins import Fallen
from advice.database import db
from advice.models.people import Membership, Person, leaders_of
from advice.models.roster import Shift
from advice.models.stand_ins import StandInAsk
from advice.roster.letters import end_of, put, put_text
from advice.roster.news_words import when_words
from advice.roster.sick_words import span_of
from advice.roster.words import day_words
from advice.rules.news import ONE_DAY
from advice.security import outward

CALLED_OFF, HOLES, ASKED, FILLED, GOT = (
    "shifts_called_off", "holes_to_fill", "stand_in_asked", "stand_in_found", "stand_in_is_you",
)  # fmt: skip
"""The kinds of the mails."""
MOST_LINES = 40


def tell_the_sick(fallen: Sequence[Fallen]) -> None:
    """Each whose shifts were called off; not whoever did it to herself."""
    for one in fallen:
        if one.called_off and one.member.person_id != web.member().person_id:
            words = _(
                "Hej %(name)s\n\nDu er meldt væk. Disse vagter er aflyst:\n\n%(lines)s\n\nDu skal ikke gøre mere.",
                name=one.member.person.name,
                lines=_lines(one.called_off),
            )
            put(CALLED_OFF, one.member.person, _("Dine vagter er aflyst"), words, one.member.programme_id)
            shift_news.told(one.called_off)


def tell_leaders(fallen: Sequence[Fallen]) -> None:
    """The others who plan, of the organisations that miss somebody, and the coordinators."""
    gone = [shift for one in fallen for shift in one.called_off]
    away = {one.member.person_id for one in fallen} | {web.member().person_id}
    for leader in leaders_of(web.member().programme_id, web.today()):
        hers = [one for one in gone if leader.role == "coordinator" or one.organisation_id == leader.organisation_id]
        if not hers or leader.person_id in away:
            continue
        words = _(
            "Hej %(name)s\n\n%(who)s har aflyst disse vagter, fordi nogen er væk:\n\n%(lines)s\n\n"
            "Se, hvad der mangler, og hvem der kan:\n%(address)s",
            name=leader.person.name,
            who=web.user().person.name,
            lines=_lines(hers, names=True),
            address=outward(url_for("roster.holes")),
        )
        put(HOLES, leader.person, _("Vagter er aflyst"), words, leader.programme_id)


def ask(cancelled: Shift, asked: Iterable[tuple[Membership, str]]) -> None:
    """Ask each of these, with a link to answer by that is good until the day is over."""
    for member, token in asked:
        words = _(
            "Hej %(name)s\n\n%(who)s mangler nogen og spørger dig og måske flere:\n\n%(line)s\n\n"
            "Svar her. Du skal ikke logge ind. Den første, der siger ja, får vagten:\n%(address)s",
            name=member.person.name,
            who=web.user().person.name,
            line=_line(cancelled),
            address=outward(url_for("roster.stand_in_answer", token=token)),
        )
        subject = _("Kan du tage en vagt %(day)s?", day=day_words(cancelled.day))
        put(ASKED, member.person, subject, words, member.programme_id, expires_at=end_of(cancelled.day, web.settings()))
        _ask_by_text(cancelled, member, subject, token)


def tell_found(cancelled: Shift, new: Shift, asks: Iterable[StandInAsk], asker: int | None) -> None:
    """It is filled: who got it, all who were asked by mail, and whoever asked if it was not she who filled it in.

    asker: who has just filled it in herself, by person; None where the answer came by a link.
    """
    member = new.membership
    words = _("Hej %(name)s\n\nDu har vagten:\n\n%(line)s\n\nTak.", name=member.person.name, line=_line(new))
    subject = _("Du har vagten %(day)s", day=day_words(new.day))
    put(GOT, member.person, subject, words, new.programme_id, expires_at=end_of(new.day, web.settings()))
    shift_news.told([new])
    words = _("%(who)s har taget vagten", who=member.person.name)
    _tell_asked(cancelled, member.person, asks, asker, words)


def tell_filled(cancelled: Shift, holder: Person, asks: Iterable[StandInAsk], doer: int | None) -> None:
    """It is filled otherwise than by a yes: all who were asked by mail, and whoever asked. Who has it hears of it as of
    any change in one's shifts. doer: whoever did it, by person; she knows."""
    _tell_asked(cancelled, holder, asks, doer, _("%(who)s har nu vagten", who=holder.name))


def _tell_asked(cancelled: Shift, holder: Person, asks: Iterable[StandInAsk], doer: int | None, news: str) -> None:
    """The same news to everybody who was asked by mail and to who asked, but not to who has it or did it."""
    by_mail = [one for one in asks if one.token_hash is not None]
    people = {one.membership.person for one in by_mail}
    people |= {one for one in (_person(ask.asked_by) for ask in by_mail) if one}
    for person in sorted(people, key=lambda one: one.id):
        if person.id in (holder.id, doer) or person.disabled_at is not None:
            continue
        words = _(
            "Hej %(name)s\n\n%(news)s:\n\n%(line)s\n\nDu skal ikke gøre mere.",
            name=person.name,
            news=news,
            line=_line(cancelled),
        )
        subject = _("Vagten %(day)s er taget", day=day_words(cancelled.day))
        put(FILLED, person, subject, words, cancelled.programme_id)


def _ask_by_text(cancelled: Shift, member: Membership, subject: str, token: str) -> None:
    """Ask by text message too, if the shift is today or tomorrow and she wants them: with the link, if it has room."""
    if cancelled.day > web.today() + ONE_DAY:
        return
    which = _("%(day)s kl. %(span)s", day=when_words(cancelled.day), span=span_of(cancelled))
    address = outward(url_for("roster.stand_in_answer", token=token))
    wordings = [
        _(
            "%(who)s spørger: Kan du tage vagten %(which)s, %(place)s? Svar: %(address)s",
            who=web.user().person.name,
            which=which,
            place=cancelled.place.name,
            address=address,
        ),
        _(
            "Kan du tage vagten %(which)s, %(place)s? Svar: %(address)s",
            which=which,
            place=cancelled.place.name,
            address=address,
        ),
        _("Kan du tage vagten %(which)s? Svar: %(address)s", which=which, address=address),
        _("Kan du tage vagten %(which)s? Svar i den mail, du har fået.", which=which),
    ]
    put_text(web.settings(), ASKED, member.person, subject, wordings, member.programme_id, cancelled.day)


def _lines(shifts: Sequence[Shift], *, names: bool = False) -> str:
    lines = [f"- {one.person.name}: {_line(one)}" if names else f"- {_line(one)}" for one in shifts[:MOST_LINES]]
    if len(shifts) > MOST_LINES:
        lines.append(_("Og %(number)s vagter til.", number=len(shifts) - MOST_LINES))
    return "\n".join(lines)


def _line(shift: Shift) -> str:
    return f"{day_words(shift.day)} kl. {span_of(shift)}, {shift.place.name}"


def _person(person_id: int) -> Person | None:
    found: Person | None = db.session.get(Person, person_id)
    return found
