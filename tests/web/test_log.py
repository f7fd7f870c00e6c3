"""Indstillinger, Log: what is named in it, and what is not."""

from __future__ import annotations

from datetime import datetime, time

from flask import Flask
from sqlalchemy import event, select, update

from advice.database import db
from advice.models import audit
from advice.models.hours import WeeklyHours
from advice.models.people import Person
from advice.models.roster import Shift
from advice.models.swaps import Swap
from tests import builders, coordinator_screens
from tests.builders import World
from tests.program import Clock
from tests.stored import writing
from tests.visit_log import MONDAY
from tests.web_client import CheckingClient

LOG = "/indstillinger/log"


settings, world = coordinator_screens.settings, coordinator_screens.world
karen = coordinator_screens.karen


def note(world: World, at: datetime, action: str, subject: str, row_id: object, **details: object) -> None:
    """An entry of Karen's organisation, in the caller's write transaction."""
    karen = world.members["karen"]
    whose = {"programme_id": karen.programme_id, "organisation_id": karen.organisation_id}
    audit.record(at, action, subject, row_id, **whose, person_id=karen.person_id, **details)  # type: ignore[arg-type]


def swap(shift: Shift, at: datetime) -> Swap:
    """Somebody has offered her shift."""
    key = {"programme_id": shift.programme_id, "shift_id": shift.id}
    return builders.added(Swap(shift_version=1, is_trade=False, offered_at=at, **key))


def abouts(client: CheckingClient) -> list[str]:
    """What each line is about, newest first."""
    shown = [" ".join("".join(one.itertext()).split()) for one in client.page(LOG).all("p")]
    return [words.rpartition(" · ")[0] for words in shown if " · " in words and "2026" in words]


def test_each_line_names_what_it_is_about(app: Flask, clock: Clock, world: World, karen: CheckingClient) -> None:
    with writing(app):
        hours = db.session.scalars(select(WeeklyHours.id).where(WeeklyHours.starts == time(13))).one()
        shift = builders.shift(world, "rita", "skuret", MONDAY, 13, 16)
        told: list[tuple[str, str, object, dict[str, object]]] = [
            ("setting_changed", "places", world.places["skuret"].id, {"fields": ["name"]}),
            ("setting_added", "topics", next(iter(world.topics.values())).id, {}),
            ("setting_changed", "services", world.services["snak"].id, {}),
            ("setting_changed", "organisations", world.organisations["byen"].id, {}),
            ("setting_changed", "programmes", world.programme.id, {}),
            ("setting_changed", "weekly_hours", hours, {}),
            ("shift_added", "shifts", shift.id, {}),
            ("membership_begun", "memberships", world.members["rita"].id, {}),
            ("swap_offered", "swaps", swap(shift, clock()).id, {}),
            ("link_made", "one_time_links", 1, {"whose": world.members["svend"].person_id}),
        ]
        for action, subject, row_id, details in told:
            clock.forward(minutes=1)
            note(world, clock(), action, subject, row_id, **details)
    topic = next(iter(world.topics.values())).labels["da"]
    assert abouts(karen)[::-1] == [
        "sted: Skuret (Navn)",
        f"emne: {topic}",
        "tilbud: Snak på kajen",
        "organisation: Organisationen byen",
        "helhedsplan: Helhedsplanen Havnen",
        "åbningstid: Skuret, mandag, kl. 13.00–16.00",
        "vagt: Rita Ror, Skuret, 23.11.2026, kl. 13.00–16.00",
        "tilknytning: Rita Ror",
        "vagtbytte: Rita Ror, Skuret, 23.11.2026, kl. 13.00–16.00",
        "link: Svend Sejl",
    ]


def test_whose_name_retention_took_is_a_former_employee(
    app: Flask, clock: Clock, world: World, karen: CheckingClient
) -> None:
    with writing(app):
        who = world.members["rita"].person_id
        note(world, clock(), "membership_ended", "memberships", world.members["rita"].id, whose=who)
        db.session.execute(update(Person).where(Person.id == who).values(name="Tidligere medarbejder"))
    assert abouts(karen) == ["tilknytning: Tidligere medarbejder"]
    assert "Rita Ror" not in karen.page(LOG).text


def test_rows_of_another_organisation_or_programme_are_not_named(
    app: Flask, clock: Clock, world: World, karen: CheckingClient
) -> None:
    with writing(app):
        there = builders.world("kysten", "k-")
        theirs = builders.shift(world, "bent", "skuret", MONDAY, 13, 16)
        others, swapped = theirs.id, swap(theirs, clock()).id
        strange = there.places["kajen"].id
        gone = builders.shift(there, "rita", "kajen", MONDAY, 13, 16).id
        for subject, row_id in (
            ("shifts", others),
            ("places", strange),
            ("shifts", gone),
            ("visits", "x"),
            ("swaps", swapped),
            ("a", 1),
        ):
            clock.forward(minutes=1)
            note(world, clock(), "setting_changed", subject, row_id)
    assert abouts(karen)[::-1] == [
        f"vagt {others}", f"sted {strange}", f"vagt {gone}", "henvendelse x", f"vagtbytte {swapped}",
        "a 1",
    ]  # fmt: skip


def test_only_acts_that_she_may_see_are_offered(app: Flask, clock: Clock, world: World, karen: CheckingClient) -> None:
    with writing(app):
        note(world, clock(), "shift_added", "shifts", 1)
        byen = world.organisations["byen"].id
        audit.record(
            clock(), "tablet_ended", "tablets", 1, programme_id=world.programme.id, organisation_id=byen
        )  # fmt: skip
    offered = [one.get("value") for one in karen.page(LOG).all("option")]
    assert "shift_added" in offered
    assert not {"logged_in", "tablet_ended"} & set(offered)
    assert karen.page(f"{LOG}?hvad=tablet_ended").text.count("Der er ikke noget at vise.") == 1


def test_a_full_page_asks_once_for_each_kind_of_row(
    app: Flask, clock: Clock, world: World, karen: CheckingClient
) -> None:
    asked: list[str] = []

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    def queries() -> int:
        asked.clear()
        karen.page(LOG)
        return len(asked)

    with writing(app):
        note(world, clock(), "setting_changed", "places", world.places["skuret"].id)
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    one = queries()
    with writing(app):
        for place in ("skuret", "kajen") * 20:
            note(world, clock(), "setting_changed", "places", world.places[place].id)
    assert queries() == one
