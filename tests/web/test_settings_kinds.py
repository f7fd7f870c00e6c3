"""The settings' forms as a coordinator meets them: the kind first, faults by name, and what was saved with its week."""

from __future__ import annotations

import re
from datetime import date, time
from html import unescape
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import literal_column, select
from wtforms import FieldList, Form, FormField, StringField
from wtforms.validators import InputRequired

from advice.database import db
from advice.formats.programme_file.kinds import specs
from advice.models.hours import Closure, Opening
from advice.models.roster import Competence
from advice.settings.sections.leaves import model_of
from advice.settings.sections.variants import VARIANTS
from tests import builders, coordinator_screens
from tests.builders import World
from tests.html_pages import Page
from tests.stored import writing
from tests.web_client import CheckingClient

Row = TypeVar("Row")
ROOT = "/indstillinger"
CLOSURES = f"{ROOT}/lukkeperioder"
MONDAY = "2026-11-30"
OF_KINDS = ("first_date", "last_date", "first_day", "last_day", "first_week", "last_week", "valid_from", "valid_to")


settings, world = coordinator_screens.settings, coordinator_screens.open_world
karen = coordinator_screens.karen


def names_of(page: Page, url: str) -> set[str]:
    """The names of the fields of a page's form."""
    return next(form.names for form in page.forms() if form.action == url)


def label_of(text: str, name: str) -> str:
    """A field's label with what stands after it."""
    found = re.search(rf'<label for="{name}">(.*?)</label>', text, re.DOTALL)
    assert found, f"{name} has no label"
    return unescape(re.sub("<[^>]+>", "", found[1]))


def saved(client: CheckingClient, url: str, **typed: str) -> str:
    """Save a form, saying yes if asked; the text of the page it leads to, with its links."""
    answer = client.submit(url, typed, action=url)
    if answer.status_code == 200:
        sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
        answer = client.post(url, data={name: unescape(value) for name, value in sent})
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def summary(text: str) -> list[tuple[str, str]]:
    """The lines of the error summary: where each leads, and what it says."""
    box = re.search(r'<div class="error-summary".*?</ul>', text, re.DOTALL)
    assert box, "there is no error summary"
    return re.findall(r'<a href="#([^"]+)">([^<]+)</a>', box[0])


def stored(app: Flask, model: type[Row]) -> list[Row]:
    """Every row of a table, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(model).order_by(literal_column("id"))))


@pytest.mark.parametrize("section", sorted(VARIANTS))
def test_the_kinds_of_a_section_are_those_of_the_file_and_name_its_fields(section: str) -> None:
    fields = {spec.name: spec for spec in specs(model_of(section))}
    assert set(VARIANTS[section].of) == set(fields[VARIANTS[section].field].words)
    assert {name for one in VARIANTS[section].of.values() for name in (*one.needs, *one.may)} <= set(fields)


def test_a_new_closure_begins_with_the_choice_of_its_kind(karen: CheckingClient) -> None:
    page = karen.page(f"{CLOSURES}/ny")
    assert "Hvilken slags?" in page.text and not [form for form in page.forms() if "reason-da" in form.names]
    for kind in ("once", "dates", "weeks"):
        assert f'href="{CLOSURES}/ny?slags={kind}"' in karen.get(f"{CLOSURES}/ny").text
        karen.page(f"{CLOSURES}/ny?slags={kind}")
    assert "Hvilken slags?" in karen.page(f"{CLOSURES}/ny?slags=findes-ikke").text


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("once", {"first_date", "last_date"}),
        ("dates", {"first_day", "last_day", "valid_from", "valid_to"}),
        ("weeks", {"first_week", "last_week", "valid_from", "valid_to"}),
    ],
)
def test_a_form_asks_for_the_fields_of_its_kind_only(karen: CheckingClient, kind: str, own: set[str]) -> None:
    url = f"{CLOSURES}/ny?slags={kind}"
    page = karen.page(url)
    assert names_of(page, url) & set(OF_KINDS) == own
    text = karen.get(url).text
    for name in own - {"valid_from", "valid_to"}:
        assert "(valgfrit)" not in label_of(text, name), name
    order = [text.index(f'name="{name}"') for name in ("place", *sorted(own, key=OF_KINDS.index), "reason-da", "note")]
    assert order == sorted(order), "first where, then when, then why"


def test_the_last_day_of_every_closure_is_called_the_same(karen: CheckingClient) -> None:
    once, dates = (karen.get(f"{CLOSURES}/ny?slags={kind}").text for kind in ("once", "dates"))
    assert label_of(once, "last_date") == label_of(dates, "last_day") == "Sidste lukkede dag"
    assert "Sidste dag" not in dates


def test_a_new_place_is_asked_for_its_name_before_its_code(karen: CheckingClient) -> None:
    text = karen.get(f"{ROOT}/steder/ny").text
    assert text.index('name="name"') < text.index('name="note"') < text.index('name="code"')


def test_times_and_single_days_are_written_as_danes_write_them(karen: CheckingClient) -> None:
    text = saved(karen, f"{CLOSURES}/ny?slags=once", first_date=MONDAY, last_date=MONDAY, **{"reason-da": "Ferie"})
    assert "Ferie 30.11.2026." in text and "–30.11.2026" not in text
    [row, *_] = re.findall(rf'href="({ROOT}/faste-tider/\d+)"', karen.get(f"{ROOT}/faste-tider").text)
    assert "13.00" in karen.page(row).text and "13:00" not in karen.page(row).text


def test_a_stored_closure_keeps_its_kind_and_can_be_made_another(karen: CheckingClient, app: Flask) -> None:
    saved(karen, f"{CLOSURES}/ny?slags=once", first_date=MONDAY, last_date=MONDAY, **{"reason-da": "Ferie"})
    [row] = stored(app, Closure)
    url = f"{CLOSURES}/{row.id}"
    page = karen.page(url)
    assert names_of(page, url) & set(OF_KINDS) == {"first_date", "last_date"} and "én gang" in page.text
    assert f'href="{url}?slags=weeks"' in karen.get(f"{url}?slags=").text
    saved(karen, f"{url}?slags=weeks", first_week="49", last_week="49")
    old, new = stored(app, Closure)
    assert old.withdrawn_at is not None and (new.kind, new.first_week, new.first_date) == ("weeks", 49, None)


def test_a_field_that_its_kind_does_not_use_is_shown_while_something_stands_in_it(
    karen: CheckingClient, app: Flask, world: World
) -> None:
    with writing(app):
        day = date(2026, 11, 30)
        kept = {"kind": "once", "first_date": day, "last_date": day, "reason": {"da": "Ferie"}, "valid_from": day}
        row = builders.added(Closure(programme_id=world.programme.id, **kept)).id
    url = f"{CLOSURES}/{row}"
    assert "valid_from" in names_of(karen.page(url), url)


def test_a_form_sent_without_a_kind_asks_for_it(karen: CheckingClient, app: Flask) -> None:
    url = f"{CLOSURES}/ny"
    answer = karen.submit(f"{url}?slags=once", {"first_date": MONDAY}, action=f"{url}?slags=once")
    assert answer.status_code == 422
    token = next(value for form in Page(answer.text).forms() for name, value in form.fields if name == "csrf_token")
    answer = karen.post(url, data={"csrf_token": token, "kind": "once", "first_date": MONDAY})
    assert answer.status_code == 422 and "Hvilken slags?" in answer.text and not stored(app, Closure)


def test_only_a_language_asks_for_a_language(karen: CheckingClient, app: Flask) -> None:
    url = f"{ROOT}/kompetencer/ny?slags=language"
    assert karen.submit(url, {"labels-da": "tyrkisk"}, action=url).status_code == 422
    saved(karen, url, language="tr", **{"labels-da": "tyrkisk"})
    [row] = stored(app, Competence)
    assert (row.kind, row.language) == ("language", "tr")
    url = f"{ROOT}/kompetencer/{row.id}?slags=topic"
    assert "language" not in names_of(karen.page(url), url)
    saved(karen, url)
    [row] = stored(app, Competence)
    assert (row.kind, row.language) == ("topic", None)


def test_each_line_of_the_summary_names_its_field_and_leads_to_it(karen: CheckingClient) -> None:
    url = f"{CLOSURES}/ny?slags=once"
    answer = karen.submit(url, action=url)
    assert answer.status_code == 422
    lines = summary(answer.text)
    assert lines == [
        ("first_date", "Første lukkede dag: Udfyld feltet."),
        ("last_date", "Sidste lukkede dag: Udfyld feltet."),
        ("reason-da", "Grund, som beboerne ser: Udfyld feltet."),
    ]
    assert all(f'id="{name}"' in answer.text for name, _words in lines)


def test_a_line_of_the_summary_names_the_box_and_the_row_of_a_repeated_field(
    karen: CheckingClient, world: World
) -> None:
    url = f"{ROOT}/bemanding/ny"
    name = f"organisations-{world.organisations['byen'].code}"
    lines = dict(summary(karen.submit(url, {name: "to"}, action=url).text))
    assert lines[name] == "Mindst så mange fra Organisationen byen: Skriv et helt tal."
    assert lines["weekday"] == "Ugedag: Udfyld feltet."
    url = f"{ROOT}/helhedsplan"
    lines = dict(summary(karen.submit(url, {"contact-phone": "150190-1234"}, action=url).text))
    assert lines["contact-phone"].startswith("Kontakt, Telefon: Skriv ikke CPR-numre")


def test_a_line_of_the_summary_names_the_row_of_a_list_of_forms(app: Flask) -> None:
    class Meeting(Form):
        place = StringField("Sted", [InputRequired("Udfyld feltet.")])

    class Course(Form):
        meetings = FieldList(FormField(Meeting), "Møde")

    with app.test_request_context():
        form = Course(data={"meetings": [{"place": "Skuret"}, {"place": ""}]})
        form.meetings.entries[1].form.place.errors = ["Udfyld feltet."]
        form.meetings.errors = [{}, {"place": ["Udfyld feltet."]}]
        module: Any = app.jinja_env.get_template("_parts/forms.html").make_module({})
        assert summary(module.error_summary(form)) == [("meetings-1-place", "Møde 2, Sted: Udfyld feltet.")]


def test_saving_a_closure_says_what_was_saved_and_leads_to_its_week(karen: CheckingClient, app: Flask) -> None:
    text = saved(
        karen, f"{CLOSURES}/ny?slags=once", first_date="2026-12-27", last_date="2027-01-05", **{"reason-da": "<Jul>"}
    )
    assert "Gemt: &lt;Jul&gt; 27.12.2026–05.01.2027." in text
    assert '<a href="/vagtplan/2026-52">Se uge 52 i vagtplanen</a>' in text
    karen.page("/vagtplan/2026-52")
    answer = karen.submit(f"{CLOSURES}/{stored(app, Closure)[0].id}", action="traek-tilbage")
    sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    url = next(form.action for form in Page(answer.text).forms() if "row_confirmed" in form.names)
    assert karen.post(url, data=dict(sent)).status_code == 303
    text = karen.get(CLOSURES).text
    assert "Trukket tilbage: &lt;Jul&gt;" in text and 'href="/vagtplan/2026-52"' in text


def test_changed_hours_lead_to_the_week_of_their_first_day(karen: CheckingClient, world: World) -> None:
    typed = {"place": "skuret", "service": "snak", "day": MONDAY, "starts": "14", "ends": "15"}
    text = saved(karen, f"{ROOT}/aendrede-tider/ny", **typed)
    assert "Gemt: 30.11.2026 kl. 14.00–15.00." in text and 'href="/vagtplan/2026-49"' in text
    with karen.application.app_context():
        starts = [row.starts for row in db.session.scalars(select(Opening).filter_by(day=date(2026, 11, 30)))]
    assert time(14) in starts


def test_what_touches_no_day_leads_to_no_week(karen: CheckingClient, world: World) -> None:
    text = saved(karen, f"{ROOT}/steder/{world.places['skuret'].id}", note="Nøglen hænger i køkkenet")
    assert "Gemt: Skuret." in text and "i vagtplanen</a>" not in text


def test_no_word_on_the_forms_needs_to_be_known_beforehand(karen: CheckingClient, world: World) -> None:
    place, hours = (karen.get(f"{ROOT}/{slug}/ny").text for slug in ("steder", "faste-tider"))
    assert "Højreklik" not in hours and "højreklik" in place, "how to find the two numbers"
    assert "Ændringen er besluttet i" in hours and "Åbningstiden er besluttet i" in hours
    [row, *_] = re.findall(rf'href="({ROOT}/faste-tider/\d+)"', karen.get(f"{ROOT}/faste-tider").text)
    assert "afløser" not in karen.page(row).text and "Lav om fra en bestemt dag" in karen.page(row).text
