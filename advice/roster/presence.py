"""Who has met and left: days to look through, and a day on which a leader fills in what nobody tapped.

A leader puts right those of her own organisation, a coordinator besides those of an organisation that nobody leads.
The page is for putting right: it lists days, not people, and nothing here sums up what one person has worked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from advice import web
from advice.actions import presence_rulings as rulings
from advice.actions.presence import Elsewhere, to_the_minute
from advice.actions.presence_rulings import Line, Ruling
from advice.actions.shifts import Refused, Stale
from advice.database import db
from advice.models.presence import first_marked, held_between, of_day
from advice.models.roster import Shift, shifts_between
from advice.roster.blueprint import blueprint
from advice.roster.objections import hours_words
from advice.roster.planning import Answer, by
from advice.roster.presence_forms import TimesForm, times_words
from advice.roster.presence_sums import organisations
from advice.roster.words import listed
from advice.rules.access import Action
from advice.rules.presence import DAYS_BACK, Mark, may_be_put_right
from advice.rules.spans import minutes
from advice.web import needs

TIMES, ALL = "tider", "alle"
"""What a form on the page says besides a Ruling: these times; the plan for every line that is unknown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the page with its form."""

    line: Line
    form: TimesForm
    minutes: int | None
    over: bool
    """It has ended: whoever has no time by now has not tapped."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A save that was too late: what stands, and what somebody wanted, in words."""

    name: str
    stands: str
    wanted: str


@blueprint.get("/vagtplan/fremmoede")
@needs(Action.CORRECT_PRESENCE)
def presences() -> str:
    """The days that can still be put right, newest first, and how many lines of each are unknown; from the first day
    on which anybody tapped, so that a programme that does not use it is not asked for it."""
    key, today, local = web.member().programme_id, web.today(), web.local_now()
    theirs, since = organisations(), web.today() - timedelta(days=DAYS_BACK)
    first = first_marked(key, theirs, since)
    lacking: Counter[date] = Counter()
    days: set[date] = {today}
    if first is not None:
        for day, held in held_between(key, first, today, (today, to_the_minute(local))):
            if held.organisation in theirs:
                days.add(day)
                lacking[day] += held.worked is None
    return render_template("roster/presences.html", days=sorted(days, reverse=True), lacking=lacking, used=first)


@blueprint.get("/vagtplan/fremmoede/<day>")
@needs(Action.CORRECT_PRESENCE)
def presence_day(day: str) -> Answer:
    """One day: planned beside met and left, blanks to fill."""
    return page(day_or_404(day))


@blueprint.post("/vagtplan/fremmoede/<day>")
@needs(Action.CORRECT_PRESENCE)
def put_right(day: str) -> Answer:
    """Write what a leader says of one line, or the plan's times for all that are unknown."""
    on = day_or_404(day)
    found, deed = lines(on), request.form.get("tryk")
    if deed == ALL:
        return all_by_plan(on, found)
    line = next((one for one in found if key_of(one) == request.form.get("linje")), None)
    if line is None:
        flash(gettext("Det er ændret, siden siden blev vist. Se, hvad der står nu, og prøv igen."), "warning")
        return redirect(url_for("roster.presence_day", day=day), 303)
    ruling = next((one for one in Ruling if one == deed), None)
    form = TimesForm(prefix=key_of(line))
    if ruling is None and not form.fits(on, (web.today(), to_the_minute(web.local_now()))):
        return page(on, failed=(key_of(line), form), code=422)
    return saved(on, line, form, ruling)


def saved(on: date, line: Line, form: TimesForm, ruling: Ruling | None) -> Answer:
    """Carry it out and say what stands now; what is refused is shown with what was wanted."""
    seen, name = request.form.get("version", type=int), line.of.person.name
    try:
        if ruling is None:
            changed = rulings.put_right(line, seen, form.came.data, form.left.data, by())
        else:
            changed = rulings.rule(line, seen, ruling, by())
    except Elsewhere:
        form.left.errors = [gettext("Skriv også et klokkeslæt under Gået: samme dag står der mødt et andet sted.")]
        return page(on, failed=(key_of(line), form), code=422)
    except Stale:
        wanted = times_words(form.came.data, form.left.data) if ruling is None else ruling_words(ruling)
        now = next((one for one in lines(on) if key_of(one) == key_of(line)), line)
        conflict = Conflict(name, stands_words(now), wanted)
        return page(on, failed=(key_of(line), form) if ruling is None else None, conflict=conflict, code=409)
    except Refused:
        abort(404)
    db.session.commit()
    said = gettext("Gemt for %(name)s.", name=name) if changed else gettext("Intet er ændret for %(name)s.", name=name)
    flash(said, "success" if changed else "info")
    return redirect(url_for("roster.presence_day", day=on.isoformat()), 303)


def all_by_plan(on: date, found: list[Line]) -> Response:
    """The plan's times for every shift of the day that is over and unknown, as the page offers it; what somebody else
    has changed meanwhile is left out, and named."""
    wanted = [line for line in found if line.shift and is_over(line) and line.worked is None]
    rulings.lock(wanted)
    done, others = 0, []
    for line in wanted:
        try:
            done += rulings.rule(line, line.version, Ruling.PLAN, by())
        except Stale:  # somebody has tapped, or another leader has written, since it was read
            others.append(line.of.person.name)
    db.session.commit()
    said = ngettext("Planens tid er brugt for %(num)s vagt.", "Planens tid er brugt for %(num)s vagter.", done)
    flash(said, "success" if done else "info")
    if others:
        told = gettext("Sprunget over, fordi det er ændret imens: %(names)s. Se på det.", names=listed(others))
        flash(told, "warning")
    return redirect(url_for("roster.presence_day", day=on.isoformat()), 303)


def page(
    on: date, *, failed: tuple[str, TimesForm] | None = None, conflict: Conflict | None = None, code: int = 200
) -> Answer:
    """The day as it stands, with one form as it was sent."""
    shown = []
    for line in lines(on):
        form = TimesForm(prefix=key_of(line), formdata=None, data={"came": line.mark.came, "left": line.mark.left})
        if failed and failed[0] == key_of(line):
            form = failed[1]
        shown.append(Shown(line, form, line.worked, is_over(line)))
    html = render_template(
        "roster/presence_day.html",
        day=on,
        today=web.today(),
        lines=shown,
        failed=failed[1] if failed else None,
        conflict=conflict,
        lacking=sum(one.over and one.minutes is None and one.line.shift is not None for one in shown),
        several=len({one.line.of.organisation_id for one in shown}) > 1,
        key_of=key_of,
        hours=hours_words,
    )
    return html if code == 200 else (html, code)


def lines(on: date) -> list[Line]:
    """What she may put right of a day: shifts that have begun, by place and start, then what was marked besides."""
    key, theirs = web.member().programme_id, organisations()
    rows = [row for row in of_day(key, on) if row.organisation_id in theirs]
    shifts = [one for one in shifts_between(key, on, on) if one.organisation_id in theirs and has_begun(one)]
    by_shift = {row.shift_id: row for row in rows if row.shift_id}
    planned = [Line(one, by_shift.pop(one.id, None)) for one in shifts if one.status == "active"]
    besides = [row for row in rows if (row.shift_id is None or row.shift_id in by_shift) and says_something(row.mark)]
    planned.sort(key=lambda one: (one.of.place.position, one.of.place_id))
    return rulings.as_counted([*planned, *(Line(None, row) for row in besides)])


def says_something(mark: Mark) -> bool:
    """Whether a row without a shift says anything (a tap that was taken back leaves a blank one)."""
    return mark != Mark()


def key_of(line: Line) -> str:
    """What a form calls a line: by its shift, else by its row."""
    return f"v{line.shift.id}" if line.shift else f"r{line.of.id}"


def has_begun(shift: Shift) -> bool:
    """Whether a shift has begun: nobody is asked of what lies ahead."""
    return (shift.day, shift.starts) <= (web.today(), web.local_now().time())


def is_over(line: Line) -> bool:
    """Whether its planned time has gone; of helping out, whether its day has."""
    if line.shift is None:
        return line.of.day < web.today()
    return (line.shift.day, minutes(line.shift.ends)) <= (web.today(), minutes(web.local_now().time()))


def day_or_404(text: str) -> date:
    """A day that can still be put right; 404 for any other, since there is nothing to be seen of it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if not may_be_put_right(day, web.today()) or day.isoformat() != text:
        abort(404)
    return day


def stands_words(line: Line) -> str:
    """What stands on a line, in words."""
    if line.mark.minutes == 0:
        return ruling_words(Ruling.ABSENT)
    words = times_words(line.mark.came, line.mark.left)
    return f"{words}, {ruling_words(Ruling.PLAN).lower()}" if line.mark.confirmed else words


def ruling_words(ruling: Ruling) -> str:
    """What a leader says, in words."""
    words = {Ruling.PLAN: gettext("Planens tid"), Ruling.ABSENT: gettext("Var her ikke")}
    return str(words.get(ruling, gettext("Ingen tid")))
