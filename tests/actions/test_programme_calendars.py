"""An import that changes what stands in people's calendars is taken by their programs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from advice.actions import feeds as addresses
from advice.database import begin_write, db
from advice.models.places import Place
from advice.models.programmes import Organisation, Programme
from tests import builders
from tests.calendars import events
from tests.program import Clock
from tests.programme_console import TEXT, YESTERDAY, Console, Rows, changed

PAKHUSET = "Salen på første sal, Molevej 3, 0000 Prøvekøbing"


def somebody_on_duty(session: Rows) -> str:
    """Two shifts at Pakhuset, one past and one ahead, and the token of the feed that holds them."""
    begin_write()
    programme = session.scalars(select(Programme)).one()
    organisation = session.scalars(select(Organisation)).one()
    place = session.scalars(select(Place).where(Place.slug == "pakhuset")).one()
    world = builders.World(programme, {"fjordhus": organisation}, {"pakhuset": place})
    who = builders.person("Mona Måler")
    builders.member(world, who, "fjordhus", "adviser")
    for day in (YESTERDAY, date(2026, 11, 30)):
        builders.shift(world, "mona", "pakhuset", day, 10, 12)
    token = addresses.new_token(who.id, datetime(2026, 11, 23, 12, 30, tzinfo=UTC))
    session.commit()
    return token


def test_what_stands_in_calendars_counts_their_sequence_up(
    there: Console, app: Flask, session: Rows, clock: Clock
) -> None:
    token = somebody_on_duty(session)
    urls = {"hours": "/fjordbyen/aabningstider.ics", "own": f"/kalender/{token}.ics"}
    client = app.test_client()

    def feeds() -> dict[str, list[Any]]:
        db.session.rollback()
        return {name: events(client.get(url).data) for name, url in urls.items()}

    def counted_up(old: str, new: str) -> dict[str, set[tuple[str, int]]]:
        """Which openings and shifts count up by how much when the file changes so; times and UIDs stay."""
        before = feeds()
        clock.forward(minutes=7)
        there.bring(changed(old, new))
        found: dict[str, set[tuple[str, int]]] = {}
        for name, after in feeds().items():
            for was, event in zip(before[name], after, strict=True):
                assert (was["UID"], was["DTSTART"]) == (event["UID"], event["DTSTART"])
                more = int(event["SEQUENCE"]) - int(was["SEQUENCE"])
                if any(str(was[key]) != str(event[key]) for key in ("SUMMARY", "LOCATION")):
                    assert more == 1 or event["DTSTART"].dt.date() <= YESTERDAY
                assert (event["LAST-MODIFIED"].dt == clock.now) is (more == 1)
                if more:
                    found.setdefault(name, set()).add((str(event["LOCATION"]), more))
        clock.forward(minutes=7)
        there.bring(TEXT)
        return found

    ship = "Pakhuset på kajen"
    assert counted_up('name = "Pakhuset"', f'name = "{ship}"') == {
        "hours": {(PAKHUSET, 1)}, "own": {(PAKHUSET, 1)}
    }  # fmt: skip
    assert counted_up('room = "Salen på første sal"', 'room = "Loftet"').keys() == {"hours", "own"}
    assert counted_up("Molevej 3, 0000", "Molevej 5, 0000").keys() == {"hours", "own"}
    assert len(counted_up('da = "Hverdagshjælp"', 'da = "Hjælp"')["hours"]) == 4
    assert counted_up('short_name = "Fjordhus"', 'short_name = "huset"') == {"own": {(PAKHUSET, 1)}}
    assert counted_up('short_name = "Fjordbyen"', 'short_name = "Byen"') == {"own": {(PAKHUSET, 1)}}
    assert counted_up('phone = "00 00 01 01"', 'phone = "00 00 01 02"') == {}
    assert counted_up('room = "Bussen på torvet"', 'room = "Den røde bus"').keys() == {"hours"}
