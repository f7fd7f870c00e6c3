"""What people are to hear of their shifts: any changes in any order, against a slow reference; and workers at once."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from flask_sqlalchemy.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from advice.actions import shift_news, shifts
from advice.actions.shifts import By, Refused, Stretch
from advice.database import begin_write, db
from advice.models.roster import Shift
from advice.models.shift_news import Reader, ShiftNews, Unheard, stand_of, unseen
from advice.rules.news import News, Stand
from tests import builders
from tests.builders import World
from tests.visit_log import ZONE

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
HALF_AN_HOUR = timedelta(minutes=30)
Db = scoped_session[Session]
DAYS, HOURS, PICK, WHO = st.integers(0, 4), st.integers(9, 13), st.integers(0, 20), st.sampled_from(("rita", "svend"))
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), WHO, DAYS, HOURS),
        st.tuples(st.just("move"), PICK, DAYS, HOURS),
        st.tuples(st.just("own"), PICK, DAYS, HOURS),
        st.tuples(st.sampled_from(("cancel", "restore", "hand")), PICK),
        st.tuples(st.just("wait"), st.integers(1, 40)),
    ),
    max_size=14,
)


@dataclass
class Heard:
    """One person's shift, as a plain list of what has happened to it."""

    shift: int
    known: Stand | None = None
    """What she was told, or did herself, last."""
    since: list[datetime] = field(default_factory=list)
    """When others have changed it since then."""


@dataclass
class Story:
    """A world, what is done in it, and what its people must therefore be told."""

    world: World
    now: datetime = NOW
    heard: dict[int, Heard] = field(default_factory=dict)
    digests: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def by(self, name: str) -> By:
        who = self.world.members[name]
        return By(who.person_id, who.organisation_id, self.now, self.today)

    def stretch(self, days: int, starts: int) -> Stretch:
        return Stretch(self.world.places["kajen"].id, self.today + timedelta(days=days), time(starts), time(starts + 2))

    def changed(self, shift: Shift, by_herself: bool = False) -> None:
        """Remember that it was."""
        row = self.heard.setdefault(shift.id, Heard(shift.id))
        if by_herself:
            row.known, row.since = stand_of(shift), []
        else:
            row.since.append(self.now)

    def pick(self, number: int) -> Shift | None:
        keys = sorted(self.heard)
        return db.session.get_one(Shift, keys[number % len(keys)]) if keys else None

    def do(self, deed: tuple[str, ...]) -> None:
        """One deed of somebody; what the rules refuse does not happen."""
        what, *rest = deed
        if what == "wait":
            for _ in range(int(rest[0])):
                self.now += HALF_AN_HOUR
                self.a_round()
            return
        if what == "add":
            member = self.world.members[str(rest[0])]
            with suppress(Refused):
                where = self.stretch(int(rest[1]), int(rest[2]))
                self.changed(shifts.add(self.world.programme.id, member.id, where, self.by("karen")))
            return
        shift = self.pick(int(rest[0]))
        if shift is not None:
            with suppress(Refused):
                self.change(what, shift, [int(one) for one in rest[1:]])

    def change(self, what: str, shift: Shift, where: list[int]) -> None:
        """Something is done to a shift that is there."""
        name = next(name for name, one in self.world.members.items() if one.id == shift.membership_id)
        if what in ("move", "own"):
            who = self.by("karen" if what == "move" else name)
            if shifts.change(shift, shift.version, self.stretch(*where), who):
                self.changed(shift, by_herself=what == "own")
        elif what == "cancel":
            shifts.cancel(shift, shift.version, self.by("karen"))
            self.changed(shift)
        elif what == "restore":
            shifts.restore(shift, shift.version, self.by("karen"))
            self.changed(shift)
        else:
            other = self.world.members["svend" if name == "rita" else "rita"]
            new = shifts.replace(shift, shift.version, other.id, self.by("karen"))
            self.changed(shift)
            self.changed(new)

    def a_round(self) -> None:
        """A worker comes by; what each is told is what the reference says, and nothing else."""
        due = shift_news.due(self.now, ZONE)
        for name in ("rita", "svend"):
            person = self.world.members[name].person_id
            expected = self.expected(person)
            taken = shift_news.take(person, self.now, ZONE) if person in due else None
            said = [] if taken is None else [(one.shift.id, one.known, one.stands) for one in taken[1]]
            assert sorted(said, key=lambda one: one[0]) == expected

    def expected(self, person: int) -> list[tuple[int, Stand | None, Stand | None]]:
        """What she must be told now, counted slowly; from here on she knows it."""
        mine = [one for one in self.heard.values() if one.since and self.shift(one).person_id == person]
        digest = any(self.digest_between(one.since[0]) for one in mine)
        told = [one for one in mine if digest or self.is_near(one)]
        nothing: list[Heard] = []
        for off in sorted(mine, key=lambda one: one.shift):
            for new in sorted(mine, key=lambda one: one.shift):
                is_pair = off.known is not None and off.known == stand_of(self.shift(new)) and new not in nothing
                if is_pair and off not in nothing and stand_of(self.shift(off)) is None and new.known is None:
                    nothing += [off, new]
                    told += [one for one in (off, new) if (off in told or new in told) and one not in told]
        lines = []
        for one in told:
            stands = stand_of(self.shift(one))
            ahead = [stand for stand in (one.known, stands) if stand is not None and stand.day >= self.today]
            if one.known != stands and ahead and one not in nothing:
                lines.append((one.shift, one.known, stands))
            one.known, one.since = stands, []
        if digest and lines:
            self.digests[person, self.today] += 1
        return sorted(lines, key=lambda line: line[0])

    def shift(self, one: Heard) -> Shift:
        return db.session.get_one(Shift, one.shift)

    def digest_between(self, since: datetime) -> bool:
        """Whether it has been four o'clock after an instant, half hour by half hour: nothing here happens between."""
        moment = since + HALF_AN_HOUR
        while moment <= self.now:
            local = moment.astimezone(ZONE)
            if (local.hour, local.minute) == (16, 0):
                return True
            moment += HALF_AN_HOUR
        return False

    def is_near(self, one: Heard) -> bool:
        """Whether it was about that day or the next when it was changed last."""
        changed = one.since[-1].astimezone(ZONE).date()
        stands = stand_of(self.shift(one))
        return any(stand is not None and (stand.day - changed).days < 2 for stand in (one.known, stands))


@given(deeds=DEEDS)
@settings(max_examples=30)
def test_what_people_are_told_is_how_their_shifts_stand_and_nothing_about_nothing(
    session: Db, deeds: list[tuple[str, ...]]
) -> None:
    begin_write()
    try:
        story = Story(builders.world())
        for deed in deeds:
            story.do(deed)
            story.a_round()
        story.do(("wait", "50"))
        for one in story.heard.values():
            assert one.known == stand_of(story.shift(one)) and not one.since
        assert all(number == 1 for number in story.digests.values())
        assert session.scalars(select(ShiftNews.id).where(ShiftNews.reader == Reader.MAIL)).all() == []
    finally:
        session.rollback()


def taken(world: World, at: datetime, name: str = "rita") -> list[tuple[News, Stand | None, Stand | None]] | None:
    """What somebody is told at an instant, or None if the worker would not even ask."""
    person = world.members[name].person_id
    if person not in shift_news.due(at, ZONE):
        return None
    found = shift_news.take(person, at, ZONE)
    assert found is not None
    return [(one.news, one.known, one.stands) for one in found[1]]


class TestOne:
    """One thing at a time."""

    def added(self, world: World, days: int, by: str = "karen") -> Shift:
        who = world.members[by]
        where = Stretch(world.places["kajen"].id, TODAY + timedelta(days=days), time(9), time(12))
        by_whom = By(who.person_id, who.organisation_id, NOW, TODAY)
        return shifts.add(world.programme.id, world.members["rita"].id, where, by_whom)

    def test_tomorrow_is_told_at_once_and_the_day_after_at_four(self, session: Db) -> None:
        begin_write()
        world = builders.world()
        soon, later = self.added(world, 1), self.added(world, 2)
        assert taken(world, NOW) == [(News.NEW, None, stand_of(soon))]
        assert taken(world, NOW + timedelta(hours=2, minutes=29)) is None
        assert taken(world, NOW + timedelta(hours=2, minutes=30)) == [(News.NEW, None, stand_of(later))]
        assert taken(world, NOW + timedelta(days=3)) is None

    def test_another_had_it_for_a_while_and_it_is_hers_again_there_is_nothing_to_tell(self, session: Db) -> None:
        begin_write()
        world = builders.world()
        shift, leader = self.added(world, 2), world.members["karen"]
        heard, monday_evening = NOW + timedelta(hours=3), NOW + timedelta(hours=4)
        assert len(taken(world, heard) or []) == 1
        by = By(leader.person_id, leader.organisation_id, monday_evening, TODAY)
        other = shifts.replace(shift, shift.version, world.members["svend"].id, by)
        next_day = By(by.person_id, by.organisation_id, NOW + timedelta(hours=20), TODAY + timedelta(days=1))
        shifts.replace(other, other.version, world.members["rita"].id, next_day)
        assert taken(world, next_day.at) == [], "the new one is near, the old one would have waited for four o'clock"
        assert taken(world, NOW + timedelta(days=2)) is None
        assert [one.known for one in shift_news.differences(self.page(world), next_day.at)] == [None]

    def page(self, world: World) -> list[Unheard]:
        return unseen(world.members["rita"].person_id, TODAY)

    def test_who_does_it_herself_knows(self, session: Db) -> None:
        begin_write()
        world = builders.world()
        self.added(world, 1, by="rita")
        assert taken(world, NOW + timedelta(days=1)) is None
        assert unseen(world.members["rita"].person_id, TODAY) == []

    def test_what_a_mail_of_its_own_tells_is_told(self, session: Db) -> None:
        begin_write()
        world = builders.world()
        shift_news.told([self.added(world, 0)])
        assert taken(world, NOW) is None
        assert len(unseen(world.members["rita"].person_id, TODAY)) == 1, "on her page it is new all the same"

    def test_who_is_shut_out_is_told_nothing_ever(self, session: Db) -> None:
        begin_write()
        world = builders.world()
        self.added(world, 1)
        world.members["rita"].person.disabled_at = NOW
        assert taken(world, NOW) == []
        world.members["rita"].person.disabled_at = None
        assert taken(world, NOW + timedelta(days=1)) is None

    def test_what_was_seen_is_not_new_but_what_has_changed_since_is(self, session: Db) -> None:
        begin_write()
        world = builders.world()
        one, other = self.added(world, 5), self.added(world, 6)
        person = world.members["rita"].person_id
        by = By(world.members["karen"].person_id, world.members["karen"].organisation_id, NOW, TODAY)
        versions = {one.id: one.version, other.id: other.version}
        shifts.cancel(other, other.version, by)
        assert shift_news.seen(world.members["svend"].person_id, versions) == 0
        assert shift_news.seen(person, versions) == 1
        assert [row.shift.id for row in unseen(person, TODAY)] == [other.id]
        shifts.cancel(one, one.version, by)
        (row,) = [row for row in unseen(person, TODAY) if row.shift.id == one.id]
        assert row.news.known is not None, "the mail knows nothing of her having seen it, nor the page of the mail"
        assert taken(world, NOW + timedelta(days=1)) == []

    def test_nothing_is_noted_of_what_is_refused(self, session: Db) -> None:
        begin_write()
        world = builders.world()
        self.added(world, 5)
        with suppress(Refused):
            self.added(world, 5)
        assert len(session.scalars(select(ShiftNews.id)).all()) == 2
