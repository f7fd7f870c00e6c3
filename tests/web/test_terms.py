"""A person's terms in the settings: who may, what is stored, what is refused, and nobody overwrites anybody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions import terms
from advice.actions.terms import Agreed
from advice.config import Settings
from advice.database import db
from advice.models.absences import Availability
from advice.models.audit import AuditEntry
from advice.models.people import Membership
from advice.models.roster import Competence
from tests.builders import World
from tests.plans import client_of
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

TUESDAY = {"windows-0-weekday": "1", "windows-0-starts": "9", "windows-0-ends": "12.30"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in."""
    return replace(settings, demo=True)


@pytest.fixture
def world(app: Flask) -> World:
    return stored_world(app)


@pytest.fixture
def karen(app: Flask, world: World) -> CheckingClient:
    """The coordinator's browser."""
    return client_of(app, "karen")


def page_of(world: World, name: str) -> str:
    return f"/indstillinger/personer/{world.members[name].id}/vilkaar"


def agreed(app: Flask, world: World, name: str) -> Agreed:
    with app.app_context():
        return terms.agreed(db.session.get_one(Membership, world.members[name].id))


def test_what_is_agreed_is_stored_and_stands_in_the_form_again(app: Flask, world: World, karen: CheckingClient) -> None:
    with writing(app):
        arabic = Competence(programme_id=world.programme.id, code="ar", kind="language", labels={"da": "Arabisk"})
        db.session.add(arabic)
        db.session.flush()
        can = arabic.id
    kajen, skuret = world.places["kajen"].id, world.places["skuret"].id
    sent = {"percent": "40", "most_shifts": "3", "prefers": str(kajen), "avoids": str(skuret), "competences": str(can)}
    answer = karen.submit(page_of(world, "rita"), {**sent, **TUESDAY})
    assert answer.status_code == 303
    assert "Gemt: vilkår for Rita Ror" in karen.page(answer.location).text
    found = agreed(app, world, "rita")
    assert (found.terms.percent, found.terms.most_shifts, set(found.competences)) == (40, 3, {can})
    assert (set(found.terms.prefers), set(found.terms.avoids)) == ({kajen}, {skuret})
    assert [(one.weekday, one.span.minutes) for one in found.terms.windows] == [(1, 210)]
    text = karen.get(page_of(world, "rita")).text
    assert "37 timer om ugen; det, der står nu, er 14,8 timer" in text and 'value="12.30"' in text


def test_the_log_says_that_they_were_changed_and_not_to_what(app: Flask, world: World, karen: CheckingClient) -> None:
    assert karen.submit(page_of(world, "rita"), {"percent": "43", **TUESDAY}).status_code == 303
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "terms_changed")).one()
        assert entry.details == {"whose": world.members["rita"].person_id}
    assert "ændrede en persons vilkår" in karen.page("/indstillinger/log").text


def test_a_row_made_empty_is_gone_and_one_that_stays_keeps_its_days(
    app: Flask, world: World, karen: CheckingClient
) -> None:
    rita = world.members["rita"]
    key = {"programme_id": rita.programme_id, "membership_id": rita.id}
    with writing(app):
        for weekday in (0, 2):
            span = {"starts": time(9), "ends": time(12), "valid_from": date(2026, 1, 1)}
            db.session.add(Availability(weekday=weekday, **key, **span))
    answer = karen.submit(
        page_of(world, "rita"),
        {"windows-0-weekday": "", "windows-0-starts": "", "windows-0-ends": "", "percent": "50"},
    )
    assert answer.status_code == 303
    (left,) = agreed(app, world, "rita").terms.windows
    assert (left.weekday, left.valid_from) == (2, date(2026, 1, 1))


def test_hours_hold_between_days_and_those_that_have_ended_stay_stored(
    app: Flask, world: World, karen: CheckingClient
) -> None:
    rita = world.members["rita"]
    gone = {"starts": time(8), "ends": time(10), "valid_to": date(2026, 6, 30)}
    with writing(app):
        db.session.add(Availability(weekday=4, programme_id=rita.programme_id, membership_id=rita.id, **gone))
    days = {"windows-0-valid_from": "2027-01-01", "windows-0-valid_to": "2027-06-30"}
    twice = {name.replace("-0-", "-1-"): value for name, value in TUESDAY.items()}
    until = {"windows-1-valid_to": "2026-12-31"}
    assert karen.submit(page_of(world, "rita"), {**TUESDAY, **days, **twice, **until}).status_code == 303
    found = {(one.weekday, one.valid_from, one.valid_to) for one in agreed(app, world, "rita").terms.windows}
    new, old = (1, date(2027, 1, 1), date(2027, 6, 30)), (1, None, date(2026, 12, 31))
    assert found == {new, old, (4, None, date(2026, 6, 30))}
    page = karen.page(page_of(world, "rita"))
    (form,) = [one for one in page.forms() if "percent" in one.names]
    stands = dict(form.fields)
    assert (stands["windows-0-valid_to"], stands["windows-1-valid_from"]) == ("2026-12-31", "2027-01-01")
    assert stands["windows-2-weekday"] == "" and "8" not in {stands.get("windows-0-starts"), stands["windows-1-starts"]}
    one_less = karen.submit(page_of(world, "rita"), {"windows-1-valid_to": ""})
    assert one_less.status_code == 303
    assert (1, date(2027, 1, 1), None) in {
        (one.weekday, one.valid_from, one.valid_to) for one in agreed(app, world, "rita").terms.windows
    }


def test_two_versions_of_hours_say_from_when_until_when(world: World, karen: CheckingClient) -> None:
    page = page_of(world, "rita")
    fields = dict(next(one for one in karen.page(page).forms() if "percent" in one.names).fields)
    karen.submit(page, {**TUESDAY, "windows-0-valid_from": "2027-01-01"})
    late = karen.post(page, data={**fields, **TUESDAY, "windows-0-valid_to": "2026-12-31"})
    assert late.status_code == 409
    assert "tirsdag 9–12.30 fra 01.01.2027" in late.text and "tirsdag 9–12.30 til 31.12.2026" in late.text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"percent": "101"}, "Skriv et tal fra 0 til 100."),
        ({"percent": "mange"}, "Skriv et helt tal."),
        ({"percent": "9" * 400}, "Skriv et helt tal."),
        ({"most_shifts": "15"}, "Skriv et tal fra 0 til 14."),
        ({"windows-0-starts": "9"}, "Vælg en ugedag, eller gør rækken tom."),
        ({"windows-0-weekday": "1"}, "Skriv, fra hvornår."),
        ({**TUESDAY, "windows-0-ends": "9"}, "Skal være senere samme dag."),
        (
            {**TUESDAY, "windows-0-valid_from": "2027-02-01", "windows-0-valid_to": "2027-01-31"},
            "Ligger før den første dag.",
        ),
        ({**TUESDAY, "windows-0-valid_from": "snart"}, "Skriv dagen som dag, måned og år."),
        ({**TUESDAY, "windows-0-ends": "klokken"}, "Skriv et klokkeslæt som 12 eller 12.30."),
    ],
)
def test_what_cannot_be_is_a_sentence_and_nothing_is_stored(
    app: Flask, world: World, karen: CheckingClient, sent: dict[str, str], sentence: str
) -> None:
    before = agreed(app, world, "rita")
    answer = karen.submit(page_of(world, "rita"), sent)
    assert answer.status_code == 422 and sentence in answer.text
    assert agreed(app, world, "rita") == before


def test_a_place_is_not_wanted_and_avoided_at_once(world: World, karen: CheckingClient) -> None:
    kajen = str(world.places["kajen"].id)
    answer = karen.submit(page_of(world, "rita"), {"prefers": kajen, "avoids": kajen})
    assert answer.status_code == 422 and "Kajen er valgt begge steder." in answer.text


def test_who_saves_over_somebody_else_gets_both_versions(app: Flask, world: World, karen: CheckingClient) -> None:
    late = client_of(app, "karen")
    url = page_of(world, "rita")
    seen = re.search(r'name="seen"[^>]* value="(\w+)"', late.get(url).text)
    assert seen
    assert karen.submit(url, {"percent": "60"}).status_code == 303
    answer = late.submit(url, {"percent": "70", "seen": seen[1]})
    assert answer.status_code == 409
    assert "60 % (22,2 timer om ugen)" in answer.text and "70 % (25,9 timer om ugen)" in answer.text
    assert agreed(app, world, "rita").terms.percent == 60
    again = re.search(r'name="seen"[^>]* value="(\w+)"', answer.text)
    assert again and late.submit(url, {"percent": "70", "seen": again[1]}).status_code == 303
    assert agreed(app, world, "rita").terms.percent == 70


def test_each_leader_has_her_own_people_and_a_reader_is_never_on_duty(
    app: Flask, world: World, karen: CheckingClient
) -> None:
    tove = client_of(app, "tove")
    assert tove.get(page_of(world, "bent")).status_code == 200
    assert tove.get(page_of(world, "rita")).status_code == 403
    assert karen.get(page_of(world, "bent")).status_code == 200
    assert karen.get(page_of(world, "lars")).status_code == 404
    link = page_of(world, "bent")
    assert f'href="{link}"' in tove.get(link.removesuffix("/vilkaar")).text
    other = page_of(world, "rita")
    assert f'href="{other}"' not in tove.get(other.removesuffix("/vilkaar")).text
