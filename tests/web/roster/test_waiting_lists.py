"""The lists of what waits for a yes: they ask the database as often for twenty rows as for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from advice.actions.drafts import approving, laying
from advice.actions.drafts.reading import laid
from advice.actions.shifts import By, Stretch
from advice.database import db
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.programmes import Organisation
from advice.models.swaps import Swap, SwapApproval
from tests import builders
from tests.builders import World
from tests.plans import Plan
from tests.queries import counted
from tests.stored import writing
from tests.web_client import CheckingClient

PLANS, SWAPS = "/vagtplan/planlaeg/", "/vagtplan/bytter"
FAR, NOW = date(2026, 12, 9), datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
WEEK = timedelta(days=7)


def world_of(plan: Plan) -> World:
    """The programme with its places and organisations, and Karen."""
    boss = db.session.get_one(Membership, plan.members["karen"])
    places = {row.slug: row for row in db.session.scalars(select(Place).filter_by(programme_id=plan.programme))}
    every = db.session.scalars(select(Organisation).filter_by(programme_id=plan.programme))
    return World(boss.programme, {row.code: row for row in every}, places, members={"karen": boss})


def newcomer(world: World, name: str, organisation: str) -> Membership:
    """One more adviser."""
    who = builders.person(f"{name} Navn", email=f"{name}@example.org")
    return builders.member(world, who, organisation, "adviser")


def waiting_edit(world: World, number: int) -> None:
    """A shift of somebody's of byen that is to be made longer, and waits for a yes."""
    karen = world.members["karen"]
    by = By(karen.person_id, karen.organisation_id, NOW, NOW.date())
    newcomer(world, f"ny{number}", "byen")
    shift = builders.shift(world, f"ny{number}", "kajen", FAR, 9, 11)
    draft = laying.begin(shift.programme_id, "Ændring", FAR, FAR, by, small=True)
    laying.change(draft, shift, 1, Stretch(shift.place_id, FAR, shift.starts, shift.ends.replace(hour=12)), by)
    approving.send(laid(draft), by)


def waiting_swap(world: World, number: int) -> None:
    """A shift that somebody of byen takes for one of hers, and that waits for both leaders."""
    day = FAR + number % 3 * WEEK
    newcomer(world, f"fra{number}", "huset")
    taker = newcomer(world, f"til{number}", "byen")
    shift = builders.shift(world, f"fra{number}", "kajen", day, 9, 12)
    given = builders.shift(world, f"til{number}", "skuret", day + timedelta(days=5), 13, 16)
    swap = builders.added(
        Swap(
            programme_id=shift.programme_id, shift_id=shift.id, shift_version=1, is_trade=True, state="taken",
            taker_id=taker.id, return_id=given.id, return_version=1, offered_at=NOW, taken_at=NOW,
        )
    )  # fmt: skip
    for one in ("huset", "byen"):
        key = {"programme_id": swap.programme_id, "organisation_id": world.organisations[one].id}
        builders.added(SwapApproval(swap_id=swap.id, **key))


def test_edits_that_wait(app: Flask, plan: Plan, karen: CheckingClient) -> None:
    counts = []
    for numbers in (range(1), range(1, 20)):
        with writing(app):
            world = world_of(plan)
            for number in numbers:
                waiting_edit(world, number)
        with counted() as statements:
            page = karen.page(PLANS).text
        counts.append((page.count("ændres til kl. 9–12"), len(statements)))
    assert [lines for lines, _queries in counts] == [1, 20]
    assert counts[0][1] == counts[1][1] <= 15, counts


def test_swaps_that_wait(app: Flask, plan: Plan, karen: CheckingClient) -> None:
    counts = []
    for numbers in (range(1), range(1, 20)):
        with writing(app):
            world = world_of(plan)
            for number in numbers:
                waiting_swap(world, number)
        with counted() as statements:
            page = karen.page(SWAPS)
        counts.append((page.text.count("Vil tage den"), len(statements)))
        assert "Organisationen byen skal også sige ja." in page.text or "Tove Tov skal også sige ja." in page.text
    assert [lines for lines, _queries in counts] == [1, 20]
    assert counts[0][1] == counts[1][1] <= 32, counts
