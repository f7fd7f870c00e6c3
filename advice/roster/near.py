"""What a single edit of the board comes to: done at once and undoable, with the others told, or waiting for their yes.

Also the page of an edit that waits, and what the week shows of those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.actions.drafts import approving
from advice.actions.drafts.enforcing import Held
from advice.actions.drafts.reading import Laid, laid
from advice.actions.edits.history import Edit, Kind, last_edit
from advice.actions.edits.ways import Made
from advice.actions.shifts import By
from advice.database import db
from advice.models.drafts import Draft, DraftChange, changes_of_all, drafts_of, sent_drafts, waiting_between
from advice.models.roster import Shift, active_shifts, holder_now
from advice.models.weeks import OnDuty
from advice.roster import near_letters, objections, sick_filled
from advice.roster.board import Board, Cell, board
from advice.roster.links import may_plan, week_url
from advice.roster.near_words import Done, done_words, lines_of, waiting_mark
from advice.roster.plan_forms import NoForm
from advice.roster.plan_words import held_words
from advice.roster.planning import Before, saved
from advice.roster.words import consequence, listed, when_words
from advice.rules.access import Role
from advice.rules.drafts import Deed, State


def settle(made: Made, sentence: str, before: Before, shift: Shift | None = None, on: Shift | None = None) -> Response:
    """Commit an edit, say what it came to, and go to the week. sentence: what is true if it was made at once; before,
    shift, on: as `planning.saved` has them."""
    if made.draft is None:
        assert made.shift is not None
        near_letters.tell_others(made, sentence)
        changed = [one for one in (made.shift, made.second) if one is not None]
        sick_filled.tell(before.asked, changed, web.member().person_id)
        return saved(sentence, before, shift, undo=made.shift.id, on=on)
    found = laid(made.draft)
    lines = lines_of(found.rows, found.shifts)
    asked = near_letters.ask(made, lines)
    day = made.draft.first_day
    db.session.commit()
    flash(waits_words(lines, others_words(made.others, made.names), asked), "info")
    for row in found.rows:
        if row.deed != Deed.CANCEL:
            objections.tell(row, found)
    return redirect(week_url(day), 303)


def waits_words(lines: Sequence[str], others: str, asked: int) -> str:
    """What is said of an edit that waits."""
    told = _("De er spurgt.") if asked else _("Der er ingen leder at spørge: ring til dem.")
    return str(_("Gælder, når %(others)s har sagt ja: %(what)s. %(told)s",
                 others=others, what=listed(lines), told=told))  # fmt: skip


def others_words(others: frozenset[int], names: Mapping[int, str]) -> str:
    """ "Jobcenteret og UU"."""
    return listed(names[one] for one in sorted(others)) if others else ""


def since_midnight() -> datetime:
    """When today began here."""
    return datetime.combine(web.today(), time(), web.settings().timezone)


def undoable(shift: Shift) -> Done | None:
    """What was done last to a shift if whoever is logged in may take it back by a button; else None."""
    if shift.day < web.today() or not may_plan(shift.organisation_id):
        return None
    if shift.status != "active" and holder_now(shift.id) is not None:
        return None
    edit = last_edit(shift, since_midnight())
    if edit is None or edit.kind is Kind.RESTORED or not may_undo(edit):
        return None
    return done_words(edit, shift)


def may_undo(edit: Edit) -> bool:
    """Whether whoever is logged in may: handing a shift back puts somebody on, and that is for who plans for her."""
    return edit.old is None or may_plan(edit.old.organisation_id)


@dataclass
class WaitingEdits:
    """What waits for a yes in the days shown, as the cells show it."""

    coming: Mapping[tuple[int, date], Sequence[Coming]] = field(default_factory=dict)
    marks: Mapping[int, str] = field(default_factory=dict)
    """By shift in force: what is to become of it."""

    def here(self, cell: Cell) -> Sequence[Coming]:
        """Who is to be on duty in a cell once there is a yes."""
        return self.coming.get((cell.place.id, cell.day), ())

    def mark(self, one: OnDuty) -> str:
        """What is to become of somebody on duty, as a word; empty if it stays."""
        return self.marks.get(one.id, "") if isinstance(one, Shift) else ""


@dataclass(frozen=True)
class Coming:
    """Somebody who is to be on duty once there is a yes."""

    row: DraftChange
    draft_id: int


def waiting_edits(programme_id: int, first: date, last: date) -> WaitingEdits:
    """The edits that wait and touch the days; for those who plan. One query."""
    coming: defaultdict[tuple[int, date], list[Coming]] = defaultdict(list)
    marks: dict[int, str] = {}
    for row, draft, shift in waiting_between(programme_id, first, last):
        if shift is not None and (shift.status != "active" or shift.version != row.shift_version):
            continue  # it cannot come in force any more, as its page says
        if row.deed != Deed.CANCEL:
            coming[row.place_id, row.day].append(Coming(row, draft.id))
        if shift is not None:
            marks[shift.id] = waiting_mark(row, shift)
    return WaitingEdits(coming, marks)


def waiting_lines(programme_id: int) -> list[tuple[Draft, list[str]]]:
    """The edits ahead that wait for a yes, in words; three queries however many there are."""
    drafts = [row for row in drafts_of(programme_id, small=True) if row.first_day >= web.today()]
    rows = changes_of_all(drafts)
    shifts = active_shifts(row.shift_id for each in rows.values() for row in each if row.shift_id is not None)
    return [(draft, lines_of(rows.get(draft.id, []), shifts)) for draft in drafts]


def awaiting_our_yes(programme_id: int) -> list[Draft]:
    """The plans and single edits that wait for the yes of the organisation of whoever is logged in."""
    own, today = web.member().organisation_id, web.today()
    return [row for row in sent_drafts(programme_id) if own in approving.asked(laid(row), today).missing]


def small_page(
    found: Laid, by: By, *, answer: NoForm | None = None, held: Held | None = None, conflict: bool = False
) -> str:
    """The page of one edit that waits: what it is, what it means, who has to say yes."""
    draft, today = found.draft, by.today
    asked = approving.asked(found, today)
    open_ = draft.state == State.SENT
    return render_template(
        "roster/small.html",
        draft=draft,
        lines=lines_of(found.rows, found.shifts if open_ else {}),
        means=what_it_means(found) if open_ else [],
        asked=asked,
        waits=open_,
        stale=open_ and bool(found.overlay.stale),
        may_say_yes=open_ and by.organisation_id in asked.missing,
        may_enforce=open_
        and may_plan(draft.organisation_id)
        and asked.allows(draft, today, coordinator=web.member().role == Role.COORDINATOR),
        may_withdraw=open_ and may_plan(draft.organisation_id) and by.organisation_id not in asked.missing,
        seen=approving.side(found, by.organisation_id),
        answer=answer or NoForm(formdata=None),
        said_no=when_words(draft.sent_back_at) if draft.sent_back_at and not open_ else "",
        held=held_words(held) if held else [],
        conflict=conflict,
        states=State,
        back=week_url(draft.first_day),
        answer_by=draft.sent_on + timedelta(days=asked.days) if draft.sent_on else None,
    )


def what_it_means(found: Laid) -> list[tuple[str, str]]:
    """What would be true of each place and day that an edit touches: a kind of message, and a sentence."""
    spots = {(row.place_id, row.day) for row in found.rows}
    spots |= {(shift.place_id, shift.day) for shift in _made_from(found)}
    told = []
    for place_id, day in sorted(spots, key=lambda spot: (spot[1], spot[0])):
        now, then = (_cell(found, place_id, day, draft) for draft in (None, found))
        if then is not None and (words := consequence(then, now.alarms if now else [])):
            told.append(words)
    return told


def _made_from(found: Laid) -> list[Shift]:
    return [shift for row in found.rows if (shift := found.shifts.get(row.shift_id or 0))]


def _cell(found: Laid, place_id: int, day: date, draft: Laid | None) -> Cell | None:
    shown: Board = board(found.draft.programme_id, day, day, draft)
    return shown.cell(place_id, day)
