"""From an empty six weeks to the day on which things go wrong, as two organisations do it and as one does it alone.

Weeks are repeated round three absences and a closed day, whoever must says yes, and then, on a morning within the
plan, two who are on duty together fall ill. One is replaced by the second colleague asked, the opening goes on with one
fewer, and two others swap. In the end the boards, the calendars and the mails say the same as the rows.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from advice import web, work
from advice.database import db
from advice.demo import loader
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.models.programmes import Programme
from advice.models.roster import Shift
from advice.roster import telling
from tests import moving_clock
from tests.browser.conftest import NewContext, StartServer
from tests.browser.demonstration import COPENHAGEN, NOW, log_in, the_database
from tests.browser.test_plans import FIRST, LAST, checked, plan_of_six_weeks, press
from tests.browser.test_story import own_calendar
from tests.moving_clock import FileClock

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag")
PHONE, TABLET, DESK = ({"width": 360, "height": 740}, {"width": 820, "height": 1180}, {"width": 1280, "height": 900})


@dataclass(frozen=True)
class Story:
    """A programme, who plans it, and who has to say yes beside her, if anybody."""

    slug: str
    planner: str
    other: str | None
    away: tuple[tuple[str, date], ...]
    closed: date


STORIES = (
    Story(
        "aktiv",
        "alma.ahorn@example.org",
        "gry.gran@example.org",
        (("Bo Birk", FIRST), ("Dan Dild", date(2027, 1, 25)), ("Rosa Rønne", date(2027, 2, 1))),
        date(2027, 2, 9),
    ),
    Story(
        "en-faelles-indsats",
        "sune.slaaen@example.org",
        None,
        (("Tea Tjørn", FIRST), ("Ulla Ulmus", date(2027, 1, 25)), ("Finn Fyr", date(2027, 2, 1))),
        date(2027, 2, 9),
    ),
)


class Row(NamedTuple):
    """A shift in force, without its organisation."""

    day: date
    starts: time
    ends: time
    place: str
    name: str
    email: str


class Scene:
    """The servers, the browsers and the rows of one telling."""

    def __init__(self, story: Story, database_url: str, url: str, new_context: NewContext, clock: FileClock) -> None:
        self.story, self.url, self.clock = story, url, clock
        self._database, self._new_context = database_url, new_context

    def page(self, size: dict[str, int]) -> Page:
        return self._new_context(viewport=size).new_page()

    def someone(self, email: str, size: dict[str, int] = PHONE) -> Page:
        return log_in(self._new_context(viewport=size), self.url, email, loader.PASSWORD)

    def rows(self) -> list[Row]:
        """What is in force in the six weeks."""
        with the_database(self._database):
            found = db.session.scalars(
                select(Shift)
                .join(Programme, Programme.id == Shift.programme_id)
                .where(Shift.day.between(FIRST, LAST), Shift.status == "active", Programme.slug == self.story.slug)
                .order_by(Shift.day, Shift.starts, Shift.id)
            )
            return [
                Row(one.day, one.starts, one.ends, one.place.name, one.person.name, one.person.email) for one in found
            ]

    def work(self, at: datetime) -> None:
        """What the worker does at an instant: people are told what is new in their shifts."""
        with the_database(self._database):
            work.run_queues(replace(web.settings(), clock=lambda: at), {"shift_news": telling.tell_everybody})

    def emails(self) -> dict[str, str]:
        """Everybody's address by name."""
        with the_database(self._database):
            return dict(db.session.execute(select(Person.name, Person.email)).all())

    def organisations(self) -> dict[str, int]:
        """Everybody's organisation in the programme, by address."""
        with the_database(self._database):
            found = select(Person.email, Membership.organisation_id).join(Membership, Membership.person_id == Person.id)
            found = found.join(Programme, Programme.id == Membership.programme_id)
            return dict(db.session.execute(found.where(Programme.slug == self.story.slug)).all())

    def mails(self, kind: str) -> list[tuple[str, str]]:
        """Address and body of each mail of a kind."""
        with the_database(self._database):
            return [
                (one.to_address or "", one.body or "") for one in db.session.scalars(select(Mail).filter_by(kind=kind))
            ]


@pytest.mark.t8
@pytest.mark.parametrize("story", STORIES, ids=[one.slug for one in STORIES])
def test_six_weeks_from_the_plan_to_the_morning_that_goes_wrong(
    story: Story, demo_database: str, live_server: StartServer, new_context: NewContext, tmp_path: Path
) -> None:
    clock = FileClock(tmp_path / "clock", NOW)
    server = live_server(demo_database, moving_clock.APPLICATION, ADVICE_DEMO="1", **clock.environ)
    scene = Scene(story, demo_database, server.url, new_context, clock)

    the_plan(scene)
    laid = scene.rows()
    shift = a_morning_with_two(laid)
    say_the_same(scene, laid, shift.email)
    stand_in, ill = two_fall_ill(scene, shift)
    after = [one for one in laid if not (one.day == shift.day and one.name in ill)] + [stand_in]
    assert Counter(scene.rows()) == Counter(after)
    given, taken = a_swap(scene, after, shift.day)
    swapped = [one for one in after if one != given] + [taken]
    assert Counter(scene.rows()) == Counter(swapped)
    say_the_same(scene, swapped, shift.email, stand_in.email, given.email, taken.email)


def absence(page: Page, url: str, who: str, monday: date) -> None:
    """A week of somebody's, entered by whoever plans for her."""
    page.goto(f"{url}/vagtplan/fravaer")
    page.get_by_text("Meld fravær for en anden").click()
    person = page.get_by_label("Person")
    option = person.locator("option").filter(has_text=who).first
    person.select_option(value=option.get_attribute("value"))
    page.get_by_label("Fra og med").first.fill(monday.isoformat())
    page.get_by_label("Til og med").first.fill((monday + timedelta(days=6)).isoformat())
    page.get_by_role("button", name="Meld fravær").click()
    expect(page.get_by_role("status").first).to_contain_text("Gemt:")


def close_a_day(page: Page, url: str, day: date) -> None:
    """The house is let out."""
    page.goto(f"{url}/indstillinger/aabningstider/luk")
    page.get_by_label("Fra og med").fill(day.isoformat())
    page.get_by_label("Til og med").fill(day.isoformat())
    page.get_by_label("Grund", exact=True).select_option(label="Beboerhuset er udlejet")
    page.get_by_role("button", name="Se, hvad det ændrer").click()
    page.get_by_role("button", name="Ja, gem").click()
    expect(page.get_by_role("status").first).to_contain_text("Gemt")


def the_plan(scene: Scene) -> None:
    """Three absences, a closed day, the last quarter repeated; in force when everybody who must has said yes."""
    story, planner = scene.story, scene.someone(scene.story.planner, DESK)
    for who, monday in story.away:
        absence(planner, scene.url, who, monday)
    close_a_day(planner, scene.url, story.closed)
    plan = plan_of_six_weeks(planner, scene.url)
    checked(planner)
    expect(planner.get_by_text(re.compile(r"Der er lukket|Væk")).first).to_be_attached()
    before = scene.rows()
    if story.other:
        planner.get_by_role("button", name="Send til dem, der skal sige ja").click()
        expect(planner.get_by_role("status").first).to_contain_text("1 leder er spurgt")
        assert scene.rows() == before
        other = scene.someone(story.other, TABLET)
        other.goto(plan)
        checked(other)
        press(other, "Sig ja til planen")
        expect(other.get_by_role("status").first).to_contain_text("Alle har sagt ja. Planen gælder nu")
    else:
        planner.get_by_role("button", name="Lad planen gælde").click()
        expect(planner.get_by_role("status").first).to_contain_text("Planen gælder nu")
    rows = scene.rows()
    assert len(rows) > 15
    scene.work(NOW + timedelta(days=1))
    assert not [one for one in rows if one.day == story.closed]
    for who, monday in story.away:
        assert not [one for one in rows if one.name == who and monday <= one.day < monday + timedelta(days=7)], who
    planned = {one.email for one in rows if one not in before} - {story.planner, story.other}
    assert planned <= {address for address, _body in scene.mails(telling.KIND)}


def a_morning_with_two(rows: list[Row]) -> Row:
    """The first shift of an opening that two or three share: with one fewer something is missing there."""
    together = Counter((one.day, one.place) for one in rows)
    return next(one for one in rows if together[one.day, one.place] in (2, 3) and one.day >= date(2027, 2, 1))


def two_fall_ill(scene: Scene, shift: Row) -> tuple[Row, set[str]]:
    """The one of `shift` and one beside her, at half past seven on a phone: the stand-in's row, and who is ill.

    Of two asked by mail the first says no and the second yes; the other one's shift is let go.
    """
    rows = scene.rows()
    beside = next(one for one in rows if (one.day, one.place) == (shift.day, shift.place) and one.name != shift.name)
    scene.clock.set(datetime.combine(shift.day, time(7, 30), COPENHAGEN))
    phone = scene.someone(scene.story.planner)
    phone.goto(f"{scene.url}/vagtplan")
    phone.get_by_role("link", name="Syg eller væk i dag").click()
    expect(phone.get_by_role("heading", level=1, name="Syg eller væk")).to_be_visible()
    checked(phone)
    for name in (shift.name, beside.name):
        phone.get_by_label(re.compile(name)).check()
    phone.get_by_role("button", name="Aflys vagterne og find afløsere").click()
    expect(phone.get_by_role("status")).to_contain_text("2 vagter er aflyst")
    hole = hole_of(phone, shift.name)
    asked = ask_two(hole)
    expect(phone.get_by_role("status")).to_contain_text("2 er spurgt på mail.")
    emails = scene.emails()
    answers = scene.page(PHONE), scene.page(PHONE)
    for page, name, button in zip(answers, asked, ("Nej, jeg kan ikke", "Ja, jeg tager den"), strict=True):
        page.goto(scene.url + link_in(scene, emails[name]))
        page.get_by_role("button", name=button).click()
    expect(answers[0].get_by_role("status")).to_contain_text("Du har sagt nej.")
    expect(answers[1].get_by_role("heading", level=1)).to_have_text("Du har vagten")
    answers[0].reload()
    expect(answers[0].locator("main")).to_contain_text(f"{asked[1]} har vagten nu.")

    phone.goto(f"{scene.url}/vagtplan/huller")
    let_go = hole_of(phone, beside.name)
    let_go.get_by_text("Uden afløser").click()
    let_go.get_by_role("button", name="Hold åbent med færre").click()
    expect(phone.get_by_role("status").first).to_contain_text("Der holdes åbent med færre")
    checked(phone)
    return shift._replace(name=asked[1], email=emails[asked[1]]), {shift.name, beside.name}


def a_swap(scene: Scene, rows: list[Row], after: date) -> tuple[Row, Row]:
    """Somebody gives a later shift away, one of another organisation takes it, and the leaders say yes: before and
    after."""
    leaders = [one for one in (scene.story.planner, scene.story.other) if one]
    given = next(one for one in rows if one.day > after and one.email not in leaders)
    offerer = scene.someone(given.email)
    offerer.goto(f"{scene.url}/mine-vagter")
    offerer.get_by_role("link", name=f"Byt vagt {WEEKDAYS[given.day.weekday()]} {given.day.day}. februar").click()
    expect(offerer.get_by_role("heading", level=1)).to_have_text("Byt vagt")
    checked(offerer)
    offerer.get_by_label("Give vagten væk").check()
    offerer.get_by_role("button", name="Spørg").click()
    expect(offerer.get_by_role("status").first).to_contain_text("Vagten er din, til en anden har taget den.")
    emails = {email: name for name, email in scene.emails().items()}
    side = scene.organisations()
    asked = [one for one, _body in scene.mails("swap_asked")]
    email = next(one for one in asked if one not in leaders and side[one] != side[given.email])
    taker = scene.someone(email)
    taker.goto(f"{scene.url}/mine-vagter")
    taker.get_by_role("link", name="Se og tag den").click()
    expect(taker.get_by_role("heading", level=1)).to_have_text("Tag vagten?")
    taker.get_by_role("button", name="Ja, jeg tager den").click()
    expect(taker.get_by_role("status").first).to_contain_text("Du har sagt ja.")
    assert Counter(scene.rows()) == Counter(rows)
    for one in leaders:
        leader = scene.someone(one)
        leader.goto(f"{scene.url}/vagtplan/bytter")
        checked(leader)
        leader.get_by_role("button", name="Ja til byttet").click()
        expect(leader.get_by_role("main")).to_contain_text("Ingen bytter venter på dit ja.")
    assert {given.email, email} <= {address for address, _body in scene.mails("swap_done")}
    return given, given._replace(name=emails[email], email=email)


def hole_of(phone: Page, name: str) -> Locator:
    """The part of the page that is about the shift which somebody cannot take."""
    found = phone.locator("section").filter(has_text=f"{name} er meldt fra.")
    expect(found).to_be_visible()
    return found


def ask_two(hole: Locator) -> list[str]:
    """Ask the first two that are offered by mail; their names."""
    hole.get_by_text("Spørg på mail").click()
    boxes = hole.get_by_role("checkbox")
    expect(boxes.nth(1)).to_be_visible()
    names = [str(boxes.nth(number).locator("xpath=..").inner_text()) for number in (0, 1)]
    for number in (0, 1):
        boxes.nth(number).check()
    hole.get_by_role("button", name="Send mail").click()
    return [one.splitlines()[0].strip() for one in names]


def link_in(scene: Scene, email: str) -> str:
    """The path of the link in the mail that asked somebody."""
    body = next(body for address, body in scene.mails("stand_in_asked") if address == email)
    found = re.search(r"https?://\S+", body)
    assert found
    return urlsplit(found[0]).path


def say_the_same(scene: Scene, rows: list[Row], *emails: str) -> None:
    """The boards of the six weeks, and the calendars of these people, tell just these rows."""
    page = scene.someone(scene.story.planner, DESK)
    monday = FIRST
    while monday <= LAST:
        week = monday.isocalendar()
        page.goto(f"{scene.url}/vagtplan/{week.year}-{week.week:02d}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"uge {week.week}")
        shown = Counter(one.removesuffix(" dig") for one in page.locator("td .shift-name").all_inner_texts())
        assert shown == Counter(one.name for one in rows if monday <= one.day < monday + timedelta(days=7)), monday
        monday += timedelta(days=7)
    for email in emails:
        own = scene.someone(email)
        events = {
            (event.decoded("DTSTART").astimezone(COPENHAGEN), event.decoded("DTEND").astimezone(COPENHAGEN))
            for event in own_calendar(own, scene.url).walk("VEVENT")
            if event.get("STATUS") != "CANCELLED" and FIRST <= event.decoded("DTSTART").date() <= LAST
        }
        assert events == {
            (datetime.combine(one.day, one.starts, COPENHAGEN), datetime.combine(one.day, one.ends, COPENHAGEN))
            for one in rows
            if one.email == email
        }, email
