"""What is agreed with a person for the vagtplan: when she can, hours a week, places, what she can."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions import terms
from advice.actions.shifts import By, NotOnTeam, Stale
from advice.actions.terms import Agreed
from advice.database import LARGEST_ID, db
from advice.models.people import Membership
from advice.models.people_questions import listed
from advice.models.weeks import every_place, places_between
from advice.rules.access import Action, Subject
from advice.rules.danish import hours_text, sort_key
from advice.rules.terms import FULL_WEEK, Terms, Window
from advice.settings.blueprint import blueprint
from advice.settings.people import Answer
from advice.settings.terms_form import WEEKDAYS, TermsForm, in_order, is_over, typed

ADDRESS = f"/indstillinger/personer/<int(max={LARGEST_ID}):member_id>/vilkaar"


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@web.needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def person_terms(member_id: int) -> Answer:
    """One member's terms."""
    member = member_to_plan(member_id)
    form = TermsForm()
    stands = terms.agreed(member)
    if not form.is_submitted():
        form = TermsForm(formdata=None, data={**typed(stands, web.today()), "seen": terms.mark(stands)})
    offer(form)
    if not form.is_submitted():
        return page(member, form, stands)
    if not form.validate():
        return page(member, form, stands), 422
    wanted = form.agreed(stands, web.today())
    try:
        changed = terms.change(member.programme_id, member.id, wanted, form.seen.data or "", by())
    except NotOnTeam:
        abort(404)
    except Stale:
        stands = terms.agreed(member)
        form.seen.data = terms.mark(stands)
        return page(member, form, stands, wanted), 409
    db.session.commit()
    if changed:
        flash(_("Gemt: vilkår for %(name)s.", name=member.person.name), "success")
    else:
        flash(_("Der var ikke noget at ændre."), "info")
    return redirect(url_for("settings.person", member_id=member_id), 303)


def member_to_plan(member_id: int) -> Membership:
    """A member of the programme whom the person logged in plans; 404 elsewhere and for who is never on duty, 403 for
    another organisation's."""
    found = listed(web.member().programme_id, member_id)
    if found is None or not terms.on_team(found.member, web.today()):
        abort(404)
    web.refuse_unless(Action.PLAN_ROSTER, Subject(found.member.programme_id, found.member.organisation_id))
    return found.member


def offer(form: TermsForm) -> None:
    """Let the form offer the places and competences in use today."""
    key, today = web.member().programme_id, web.today()
    form.offer(places_between(key, today, today), terms.competences_in_use(key, today))


def by() -> By:
    """The person logged in, now."""
    active = web.member()
    return By(active.person_id, active.organisation_id, web.now(), web.today())


def page(member: Membership, form: TermsForm, stands: Agreed, wanted: Agreed | None = None) -> str:
    """The page of a member's terms; wanted: what could not be saved over what stands."""
    return render_template(
        "settings/terms.html",
        member=member,
        form=form,
        stands=in_words(stands),
        wanted=in_words(wanted) if wanted else None,
        week=hours(stands.terms.week_minutes),
        full_week=hours(FULL_WEEK),
        may_set_up=web.may(Action.EDIT_SETTINGS),
    )


def hours(minutes: int) -> str:
    """Minutes as hours in Danish digits: 29,6."""
    return web.number(round(minutes / 60, 1))


def in_words(agreed: Agreed) -> str:
    """Terms as one line: what two versions of them are compared by."""
    key, today = web.member().programme_id, web.today()
    places, can = every_place(key), terms.competences_in_use(key, today)
    found = agreed.terms
    parts = [_("%(percent)s %% (%(hours)s timer om ugen)", percent=found.percent, hours=hours(found.week_minutes))]
    if found.most_shifts is not None:
        parts.append(_("højst %(most)s vagter om ugen", most=found.most_shifts))
    parts.append(windows_words(found))
    for words, wished in ((_("vil gerne være i"), found.prefers), (_("vil helst ikke være i"), found.avoids)):
        if wished:
            parts.append(f"{words} {', '.join(sorted((places[one].name for one in wished), key=sort_key))}")
    if chosen := [can[one] for one in agreed.competences if one in can]:
        parts.append(", ".join(sorted(chosen, key=sort_key)))
    return " · ".join(parts)


def windows_words(found: Terms) -> str:
    """When she can: "tirsdag 12–17, torsdag 9–12 til 31.12.2026"; without what has ended."""
    rows = sorted((one for one in found.windows if not is_over(one, web.today())), key=in_order)
    return ", ".join(map(window_words, rows)) or str(_("kan alle dage"))


def window_words(one: Window) -> str:
    """A weekday, hours, and the days between which that holds."""
    words = [f"{WEEKDAYS[one.weekday]} {hours_text(one.span.starts, one.span.ends)}"]
    if one.valid_from is not None:
        words.append(_("fra %(day)s", day=web.date_digits(one.valid_from)))
    if one.valid_to is not None:
        words.append(_("til %(day)s", day=web.date_digits(one.valid_to)))
    return " ".join(words)
