"""Swaps through the front door: offered on /mine-vagter, taken by a colleague, approved by the leaders."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import begin_write, db
from advice.models.people import Membership, Person
from advice.models.swaps import Swap
from tests.calendars import events
from tests.plans import MONDAY, WEDNESDAY, WEEK, Plan, client_of, told
from tests.program import Clock
from tests.sick_screens import mails
from tests.web_client import CheckingClient

OWN, WAITING = "/mine-vagter", "/vagtplan/bytter"
ASKING = "Vagter, som kolleger gerne vil bytte"


@pytest.fixture
def clock() -> Clock:
    """Monday, 13.30 and some seconds: no clock stands at a whole minute."""
    return Clock(datetime(2026, 11, 23, 12, 30, 17, 500, tzinfo=UTC))


@pytest.fixture
def shift(plan: Plan) -> int:
    """Rita at Kajen on Wednesday, with Bent beside her."""
    plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
    return plan.shift("rita", "kajen", WEDNESDAY, 9, 12)


NEWS = "Nyt siden du sidst så"


def offer(client: CheckingClient, plan: Plan, shift: int, to: str = "", kind: str = "giv") -> str:
    """Offer a shift; what one's own page says then."""
    asked = str(plan.members[to]) if to else "alle"
    answer = client.submit(f"{OWN}/byt/{shift}", kind=kind, asked=asked)
    assert (answer.status_code, answer.headers["Location"]) == (303, OWN), answer.text
    return told(client, OWN)


def swap(plan: Plan) -> Swap:
    """The newest swap as it stands."""
    with plan.app.app_context():
        row = db.session.scalars(select(Swap).order_by(Swap.id.desc())).first()
        assert row is not None
        db.session.expunge(row)
        return row


def press(client: CheckingClient, url: str, what: str, action: str | None = None, **fields: str) -> str:
    """Press a button whose form says `svar`, and follow it."""
    page = client.page(url)
    there = [one for one in page.forms() if ("svar", what) in one.fields and action in (None, one.action)]
    assert len(there) == 1, [one.fields for one in page.forms()]
    answer = client.post(there[0].action, data={**dict(there[0].fields), **fields})
    assert answer.status_code == 303, answer.text
    return told(client, answer.headers["Location"])


def holder(plan: Plan, day: object = WEDNESDAY, place: str = "") -> list[str]:
    """Short names of those with an active shift that day."""
    names = {key: name for name, key in plan.members.items()}
    return sorted(names[one.membership_id] for one in plan.shifts() if one.day == day and one.status == "active")


def test_given_away_within_the_organisation_both_pages_and_feeds_agree_at_once(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, shift: int, app: Flask
) -> None:
    said = offer(rita, plan, shift)
    assert all(words in said for words in ("er spurgt.", "Dine bytter", "Du har spurgt alle, der kan.", "i bytte"))
    assert f"{OWN}/byt/{shift}" not in rita.get(OWN).text, "it is offered already"
    answer = rita.get(f"{OWN}/byt/{shift}")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/bytte/{swap(plan).id}")
    page = told(svend, OWN)
    assert ASKING in page and "Rita Ror vil give den væk" in page
    one = f"{OWN}/bytte/{swap(plan).id}"
    assert "Siger du ja, er vagten din med det samme." in told(svend, one)
    said = press(svend, one, "ja")
    assert "Vagten er din: Kajen onsdag 25. november kl. 9–12." in said and ASKING not in said
    assert holder(plan) == ["bent", "svend"]
    hers = told(rita, OWN)
    assert "Svend Sejl har taget din vagt." in hers
    assert NEWS not in hers + told(svend, OWN), "the swap's own words say it"
    assert set(mails(app, "swap_done")) == {"rita"}
    assert "Svend Sejl har nu: Kajen onsdag 25. november kl. 9–12" in mails(app, "swap_done")["rita"]
    assert feed(rita) == ["AFLYST: Kajen (vagt · rådgiver, huset)"]
    assert feed(svend) == ["Vagt: Kajen · rådgiver, huset"]
    assert "Svend Sejl" in told(svend, WEEK)


def test_what_came_of_a_swap_is_not_undone_by_the_planners_button(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, karen: CheckingClient, shift: int
) -> None:
    offer(rita, plan, shift)
    press(svend, f"{OWN}/bytte/{swap(plan).id}", "ja")
    new = next(one for one in plan.shifts() if one.replaces_id == shift)
    page = f"/vagtplan/vagt/{new.id}"
    assert "/fortryd" not in karen.get(page).text + karen.get(f"/vagtplan/vagt/{shift}").text
    token = dict(karen.page(page).forms()[-1].fields)["csrf_token"]
    answer = karen.post(f"{page}/fortryd", data={"csrf_token": token, "version": "1"})
    assert answer.status_code == 422 and "Det kan ikke fortrydes med knappen mere." in answer.text
    assert holder(plan) == ["bent", "svend"]


def feed(client: CheckingClient) -> list[str]:
    """The summaries in one's own calendar feed."""
    form = next(one for one in client.page(OWN).forms() if ("adresse", "ny") in one.fields)
    answer = client.post(OWN, data=dict(form.fields))
    found = re.search(r"/kalender/[^\"<]+?\.ics", answer.text)
    assert found, answer.text
    return [str(event["SUMMARY"]) for event in events(client.get(found[0]).data)]


def test_everybody_who_could_is_asked_by_mail_and_whoever_is_on_duty_then_is_not(
    plan: Plan, rita: CheckingClient, shift: int, app: Flask
) -> None:
    offer(rita, plan, shift)
    assert set(mails(app, "swap_asked")) == {"karen", "tove", "svend"}, "Bent is on duty, and Lars only reads"


def test_one_colleague_is_asked_and_nobody_else_sees_it(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, bent: CheckingClient, shift: int, app: Flask
) -> None:
    assert "Svend Sejl er spurgt." in offer(rita, plan, shift, "svend")
    assert set(mails(app, "swap_asked")) == {"svend"}
    one = f"{OWN}/bytte/{swap(plan).id}"
    assert ASKING not in told(bent, OWN) and bent.get(one).status_code == 404
    token = dict(bent.page(OWN).forms()[-1].fields)["csrf_token"]
    assert bent.post(one, data={"csrf_token": token, "svar": "ja"}).status_code == 404
    assert "spørger dig" in told(svend, OWN)
    assert "Du har sagt nej." in press(svend, one, "nej")
    assert "Svend Sejl kan ikke. Vagten er stadig din." in told(rita, OWN)
    assert "Vagten er stadig din." in mails(app, "swap_ended")["rita"]


@pytest.mark.both_engines
def test_across_organisations_both_leaders_are_asked_and_the_last_yes_makes_it_so(
    plan: Plan, rita: CheckingClient, bent: CheckingClient, karen: CheckingClient, tove: CheckingClient, app: Flask
) -> None:
    mine = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
    plan.shift("tove", "kajen", WEDNESDAY, 9, 12)
    offer(rita, plan, mine)
    one = f"{OWN}/bytte/{swap(plan).id}"
    assert "skal Karen Kaj og Tove Tov også sige ja" in told(bent, one)
    assert "når lederen også siger ja" in press(bent, one, "ja")
    assert holder(plan) == ["rita", "tove"], "nothing has changed yet"
    assert "Bent Bøje vil gerne." in told(rita, OWN) and "Venter på ja fra Karen Kaj og Tove Tov." in told(rita, OWN)
    assert set(mails(app, "swap_to_approve")) == {"karen", "tove"} and set(mails(app, "swap_taken")) == {"rita"}
    assert "1 bytte venter på dit ja" in told(karen) and "1 bytte venter på dit ja" in told(tove)
    page = told(tove, WAITING)
    assert "Intet kommer til at mangle ved det." in page and "Karen Kaj skal også sige ja." in page
    assert "Nu mangler Karen Kaj." in press(tove, WAITING, "ja")
    assert "Ingen bytter venter på dit ja." in told(tove, WAITING)
    assert "Byttet gælder nu: Bent Bøje har vagten Kajen onsdag" in press(karen, WAITING, "ja")
    assert holder(plan) == ["bent", "tove"]
    assert set(mails(app, "swap_done")) == {"rita", "bent"}
    assert "Bent Bøje har taget din vagt." in told(rita, OWN) and "Vagten er din." in told(bent, OWN)
    assert NEWS not in told(rita, OWN) + told(bent, OWN), "the swap's own words say it"
    assert "venter på dit ja" not in told(karen)


def test_a_leader_sees_what_it_means_before_she_says_no(
    plan: Plan, karen: CheckingClient, bent: CheckingClient, rita: CheckingClient, shift: int, app: Flask
) -> None:
    theirs = plan.shift("bent", "skuret", MONDAY + timedelta(days=7), 13, 16)
    offer(bent, plan, theirs)
    press(rita, f"{OWN}/bytte/{swap(plan).id}", "ja")
    page = told(karen, WAITING)
    assert "Skuret mandag 30. november" in page and "mangler nu 1 fra byens folk kl. 13–16" in page
    assert "Du har sagt nej." in press(karen, WAITING, "nej")
    assert set(mails(app, "swap_refused")) == {"rita", "bent"}
    assert "Lederen sagde nej. Vagten er stadig din." in told(bent, OWN)
    assert "Lederen sagde nej til byttet." in told(rita, OWN)


@pytest.mark.both_engines
def test_a_trade_names_the_shift_that_is_given_and_both_change(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, shift: int, app: Flask
) -> None:
    given = plan.shift("svend", "kajen", WEDNESDAY + timedelta(days=7), 9, 12)
    plan.shift("bent", "kajen", WEDNESDAY + timedelta(days=7), 9, 12)
    offer(rita, plan, shift, kind="byt")
    one = f"{OWN}/bytte/{swap(plan).id}"
    answer = svend.submit(one, action=one)
    assert answer.status_code == 422 and "Vælg den vagt, du giver for den." in answer.text
    answer = svend.submit(one, action=one, given="999", forged=True)
    assert answer.status_code == 422 and "Vælg en af dine egne kommende vagter." in answer.text
    assert svend.submit(one, action=one, given=str(given)).status_code == 303
    assert holder(plan) == ["bent", "svend"] and holder(plan, WEDNESDAY + timedelta(days=7)) == ["bent", "rita"]
    told_of = mails(app, "swap_done")["rita"]
    assert "Du har nu: Kajen onsdag 2. december" in told_of and "Svend Sejl har nu: Kajen onsdag 25." in told_of
    assert "Til gengæld: Kajen onsdag 2. december kl. 9–12." in told(rita, OWN)


def test_a_shift_at_which_the_offerer_is_on_duty_is_not_to_be_given(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, shift: int
) -> None:
    day = WEDNESDAY + timedelta(days=7)
    plan.shift("rita", "skuret", day, 9, 12)
    plan.shift("svend", "kajen", day, 9, 12)
    offer(rita, plan, shift, kind="byt")
    assert "Du har ingen kommende vagt, som Rita Ror kan få i stedet." in told(svend, f"{OWN}/bytte/{swap(plan).id}")


def test_what_speaks_against_it_is_told_to_her_and_refuses_nothing(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, shift: int, app: Flask
) -> None:
    with app.app_context():
        begin_write()
        db.session.get_one(Membership, plan.members["svend"]).most_shifts = 0
        db.session.commit()
    offer(rita, plan, shift)
    one = f"{OWN}/bytte/{swap(plan).id}"
    assert "Du har nu 1 vagter i uge 48, aftalt er højst 0." in told(svend, one)
    press(svend, one, "ja")
    assert holder(plan) == ["bent", "svend"]


def test_who_is_on_duty_then_is_told_where_and_gets_nothing(
    plan: Plan, rita: CheckingClient, bent: CheckingClient, shift: int
) -> None:
    offer(rita, plan, shift)
    one = f"{OWN}/bytte/{swap(plan).id}"
    answer = bent.submit(one, action=one)
    assert answer.status_code == 409 and "Du har allerede en vagt på det tidspunkt." in answer.text
    assert swap(plan).state == "offered"


def test_the_second_who_takes_it_reads_who_was_first(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, karen: CheckingClient, shift: int
) -> None:
    offer(rita, plan, shift)
    one = f"{OWN}/bytte/{swap(plan).id}"
    form = dict(next(each for each in karen.page(one).forms() if each.action == one).fields)
    press(svend, one, "ja")
    answer = karen.post(one, data=form)
    assert answer.status_code == 409 and "Svend Sejl har taget den." in answer.text
    assert holder(plan) == ["bent", "svend"]


def test_the_offerer_keeps_it_and_the_taker_thinks_better_of_it(
    plan: Plan, rita: CheckingClient, bent: CheckingClient, app: Flask
) -> None:
    offer(rita, plan, plan.shift("rita", "kajen", WEDNESDAY, 9, 12))
    one = f"{OWN}/bytte/{swap(plan).id}"
    press(bent, one, "ja")
    assert "Du tager ikke vagten." in press(bent, one, "fortryd")
    assert "Du har spurgt alle, der kan." in told(rita, OWN)
    press(bent, one, "ja")
    assert "Du beholder vagten." in press(rita, one, "behold")
    assert "Rita Ror beholder selv vagten" in mails(app, "swap_ended")["bent"]
    assert "Byt vagt" in told(rita, OWN) and holder(plan) == ["rita"]


@pytest.mark.parametrize("end", ["moved", "cancelled", "begun", "left"])
def test_what_is_no_longer_as_it_was_ends_the_offer_with_a_sentence(
    plan: Plan, karen: CheckingClient, rita: CheckingClient, svend: CheckingClient, shift: int, clock: Clock,
    app: Flask, end: str,
) -> None:  # fmt: skip
    offer(rita, plan, shift)
    one = f"{OWN}/bytte/{swap(plan).id}"
    form = dict(next(each for each in svend.page(one).forms() if each.action == one).fields)
    if end == "moved":
        karen.submit(f"/vagtplan/vagt/{shift}", action=f"/vagtplan/vagt/{shift}", ends="11")
    elif end == "cancelled":
        karen.submit(f"/vagtplan/vagt/{shift}", action=f"/vagtplan/vagt/{shift}/aflys")
    elif end == "begun":
        clock.now = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
        svend = client_of(app, "svend")
        form["csrf_token"] = dict(svend.page(OWN).forms()[-1].fields)["csrf_token"]
    else:
        with app.app_context():
            begin_write()
            db.session.get_one(Membership, plan.members["rita"]).valid_to = WEDNESDAY - timedelta(days=1)
            db.session.commit()
    assert ASKING not in told(svend, OWN)
    assert "Byttet er faldet bort." in told(svend, one)
    answer = svend.post(one, data=form)
    assert answer.status_code == 303 and "Byttet er faldet bort." in told(svend, OWN)
    assert swap(plan).state == "lapsed" and "svend" not in holder(plan)
    if end == "moved":
        assert "Byt vagt" in told(rita, OWN), "she may offer it anew"
        assert "er spurgt." in offer(rita, plan, shift)


def test_an_offer_made_from_a_page_that_is_out_of_date_asks_nobody(
    plan: Plan, karen: CheckingClient, rita: CheckingClient, shift: int, app: Flask
) -> None:
    url = f"{OWN}/byt/{shift}"
    form = dict(next(one for one in rita.page(url).forms() if one.action == url).fields)
    karen.submit(f"/vagtplan/vagt/{shift}", action=f"/vagtplan/vagt/{shift}", ends="11")
    answer = rita.post(url, data={**form, "kind": "giv", "asked": "alle"})
    assert answer.status_code == 409 and "Vagten er ændret, siden du åbnede siden." in answer.text
    assert "kl. 9–11" in answer.text and mails(app, "swap_asked") == {}


def test_a_leaders_yes_to_what_has_changed_meanwhile_is_not_counted(
    plan: Plan, karen: CheckingClient, rita: CheckingClient, bent: CheckingClient, app: Flask
) -> None:
    offer(rita, plan, plan.shift("rita", "kajen", WEDNESDAY, 9, 12))
    one = f"{OWN}/bytte/{swap(plan).id}"
    press(bent, one, "ja")
    form = next(each for each in karen.page(WAITING).forms() if ("svar", "ja") in each.fields)
    press(bent, one, "fortryd")
    press(bent, one, "ja")
    assert karen.post(form.action, data=dict(form.fields)).status_code == 303
    assert "Byttet er ikke, som du så det." in told(karen, WAITING) and swap(plan).state == "taken"


@pytest.mark.parametrize("fields", [{}, {"svar": ""}, {"svar": "x" * 500}, {"svar": "tag\x00"}])
def test_a_button_that_is_not_there_changes_nothing(
    plan: Plan, rita: CheckingClient, svend: CheckingClient, karen: CheckingClient, shift: int, fields: dict[str, str]
) -> None:
    offer(rita, plan, shift)
    key = swap(plan).id
    for client, url in ((svend, f"{OWN}/bytte/{key}"), (karen, f"{WAITING}/{key}")):
        token = dict(client.page(OWN).forms()[-1].fields)["csrf_token"]
        assert client.post(url, data={"csrf_token": token, **fields}).status_code == 303
    assert swap(plan).state == "offered"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "stjæl"}, "Vælg, om du vil give vagten væk eller bytte den."),
        ({"kind": None}, "Vælg, om du vil give vagten væk eller bytte den."),
        ({"asked": "999"}, "Vælg en, der er på holdet den dag."),
        ({"asked": None}, "Vælg, hvem du spørger."),
    ],
)
def test_a_faulty_offer_gets_a_sentence_at_the_field(
    plan: Plan, rita: CheckingClient, shift: int, fields: dict[str, str | None], sentence: str
) -> None:
    answer = rita.submit(f"{OWN}/byt/{shift}", {"kind": "giv", "asked": "alle", **fields})
    assert answer.status_code == 422 and sentence in answer.text


def test_only_ones_own_shift_ahead_is_offered(plan: Plan, rita: CheckingClient, clock: Clock, shift: int) -> None:
    theirs = plan.shift("svend", "kajen", WEDNESDAY, 9, 12)
    begun = plan.shift("rita", "skuret", MONDAY, 13, 16)
    page = rita.get(OWN).text
    assert f"{OWN}/byt/{shift}" in page and f"{OWN}/byt/{begun}" not in page
    assert rita.get(f"{OWN}/byt/{theirs}").status_code == 404
    assert rita.get(f"{OWN}/byt/{begun}").status_code == 303 and "kan ikke byttes mere" in told(rita, OWN)


def test_a_disabled_taker_gets_no_mail_and_the_swap_has_lapsed(
    plan: Plan, karen: CheckingClient, rita: CheckingClient, bent: CheckingClient, app: Flask, clock: Clock
) -> None:
    offer(rita, plan, plan.shift("rita", "kajen", WEDNESDAY, 9, 12))
    press(bent, f"{OWN}/bytte/{swap(plan).id}", "ja")
    form = next(each for each in karen.page(WAITING).forms() if ("svar", "ja") in each.fields)
    with app.app_context():
        begin_write()
        member = db.session.get_one(Membership, plan.members["bent"])
        db.session.get_one(Person, member.person_id).disabled_at = clock()
        db.session.commit()
    assert "Ingen bytter venter på dit ja." in told(karen, WAITING)
    assert karen.post(form.action, data=dict(form.fields)).status_code == 303
    assert "Kollegaen er ikke på holdet den dag mere." in told(karen, WAITING)
    assert swap(plan).state == "lapsed" and holder(plan) == ["rita"]
