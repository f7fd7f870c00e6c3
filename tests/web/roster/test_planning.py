"""What planners do with the vagtplan: add, change, hand over, cancel; and what they are refused."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.people import Membership
from advice.models.roster import Competence, MembershipCompetence
from advice.web_fields import parse_clock
from tests import builders
from tests.builders import World
from tests.plans import MONDAY, NEW, WEDNESDAY, WEEK, Plan, client_of, laid, told
from tests.program import Clock
from tests.web_client import CheckingClient


class TestAdding:
    """A new shift."""

    def test_place_day_and_hours_are_filled_in(self, karen: CheckingClient) -> None:
        fields = dict(next(form for form in karen.page(NEW).forms() if "place" in form.names).fields)
        assert (fields["place"], fields["day"], fields["starts"], fields["ends"]) == ("kajen", "2026-11-25", "9", "12")

    def test_it_is_saved_and_the_consequence_told(self, plan: Plan, karen: CheckingClient) -> None:
        answer = karen.submit(NEW, membership=plan.members["bent"], ends="kl. 11.30")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{WEEK}?fortryd=1")
        text = told(karen)
        assert "Gemt: Bent Bøje, Kajen onsdag 25. november kl. 9–11.30." in text
        alone, fewer = "har stadig ingen i huset kl. 11.30–12", "mangler stadig 1 kl. 9–11.30"
        one_sided = "mangler stadig 1 fra byens folk kl. 11.30–12"
        assert f"Kajen onsdag 25. november {alone}, {fewer} og {one_sided}." in text
        shift = plan.shifts()[0]
        assert (shift.starts, shift.ends, shift.status, shift.version, shift.sequence) == (
            time(9),
            time(11, 30),
            "active",
            1,
            0,
        )

    def test_a_covered_opening_is_told_as_such(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        karen.submit(NEW, membership=plan.members["bent"])
        assert "Kajen onsdag 25. november er dækket." in told(karen)

    def test_it_writes_who_did_it_into_the_audit(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        karen.submit(NEW, membership=plan.members["bent"])
        with app.app_context():
            entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "shifts")).one()
            boss = db.session.get_one(Membership, plan.members["karen"])
            assert (entry.action, entry.person_id, entry.programme_id) == (
                "shift_added",
                boss.person_id,
                plan.programme,
            )
            assert entry.details["day"] == "2026-11-25"

    def test_a_clash_is_refused_with_whom_and_where(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("bent", "skuret", WEDNESDAY, 10, 14)
        answer = karen.submit(NEW, membership=plan.members["bent"])
        assert answer.status_code == 422
        assert "Bent Bøje har allerede vagt i Skuret kl. 10–14." in answer.text
        assert 'id="membership-error"' in answer.text
        assert 'value="2026-11-25"' in answer.text
        assert len(plan.shifts()) == 1

    def test_shifts_that_touch_do_not_clash(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("bent", "skuret", WEDNESDAY, 12, 14)
        assert karen.submit(NEW, membership=plan.members["bent"]).status_code == 303

    def test_a_clash_in_another_programme_names_no_place(
        self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock
    ) -> None:
        other = laid(app, clock, "engen", "e-")
        with app.app_context():
            begin_write()
            bent = db.session.get_one(Membership, plan.members["bent"]).person
            theirs = db.session.get_one(Membership, other.members["tove"])
            world = World(theirs.programme, {"byen": theirs.organisation})
            other.members["bent"] = builders.member(world, bent, "byen", "adviser").id
            db.session.commit()
        other.shift("bent", "skuret", WEDNESDAY, 8, 10)
        answer = karen.submit(NEW, membership=plan.members["bent"])
        assert answer.status_code == 422
        assert "Bent Bøje har allerede vagt i en anden helhedsplan kl. 8–10." in answer.text
        assert "Skuret kl. 8" not in answer.text

    def test_who_is_taken_already_is_said_in_the_list(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("bent", "skuret", WEDNESDAY, 10, 14)
        assert "Bent Bøje (byens folk · vagt i Skuret kl. 10–14)" in told(karen, NEW)

    def test_what_people_can_is_said_in_the_list(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        with app.app_context():
            begin_write()
            for code, words, valid_to in (("a", "arabisk", None), ("b", "bolig", None), ("c", "c64", MONDAY)):
                can = Competence(
                    programme_id=plan.programme, code=code, kind="other", labels={"da": words}, valid_to=valid_to
                )
                db.session.add(can)
                db.session.flush()
                key = {"programme_id": plan.programme, "membership_id": plan.members["bent"]}
                db.session.add(MembershipCompetence(competence_id=can.id, **key))
            db.session.commit()
        assert "Bent Bøje (byens folk · arabisk, bolig)" in told(karen, NEW)

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"day": "2026-11-22"}, "Dagen er gået."),
            ({"day": "2026-02-29"}, "Skriv dagen som dag, måned og år."),
            ({"day": ""}, "Vælg en dag."),
            ({"day": "9999-12-31"}, "Så langt frem kan der ikke planlægges."),
            ({"day": "0001-01-01"}, "Dagen er gået."),
            ({"starts": "22", "ends": "2"}, "Vagten skal slutte senere samme dag."),
            ({"starts": "9", "ends": "9"}, "Vagten skal slutte senere samme dag."),
            ({"ends": "24.00"}, "Skriv et klokkeslæt som 12 eller 12.30."),
            ({"starts": " "}, "Skriv et klokkeslæt som 12 eller 12.30."),
            ({"starts": "\x00tolv\u2028"}, "Skriv et klokkeslæt som 12 eller 12.30."),
            ({"starts": ""}, "Skriv, hvornår vagten begynder."),
            ({"place": "motalavej"}, "Vælg et sted, der er i brug den dag."),
            ({"membership": ""}, "Vælg en person."),
            ({"membership": "99999999999999999999"}, "Vælg en, der er på holdet den dag."),
            ({"membership": "1e309"}, "Vælg en, der er på holdet den dag."),
        ],
    )
    def test_bad_input_gets_a_sentence_and_nothing_typed_is_lost(
        self, plan: Plan, karen: CheckingClient, fields: dict[str, str], error: str
    ) -> None:
        typed = {"membership": str(plan.members["rita"]), "starts": "9.15", **fields}
        answer = karen.submit(NEW, typed)
        assert answer.status_code == 422
        assert error in answer.text
        if "starts" not in fields:
            assert 'value="9.15"' in answer.text
        assert plan.shifts() == []

    def test_nothing_sent_at_all_is_a_page_with_sentences(self, karen: CheckingClient) -> None:
        nothing = dict.fromkeys(("place", "day", "starts", "ends", "membership"))
        answer = karen.submit(NEW, nothing)
        assert answer.status_code == 422
        assert answer.text.count('class="field-error"') == 5

    @pytest.mark.parametrize("name", ["lars", "left", "disabled", "foreign"])
    def test_nobody_outside_the_team_can_be_forged_in(
        self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock, name: str
    ) -> None:
        with app.app_context():
            begin_write()
            db.session.get_one(Membership, plan.members["svend"]).valid_to = date(2026, 11, 24)
            db.session.get_one(Membership, plan.members["rita"]).person.disabled_at = clock()
            db.session.commit()
        forged = {
            "lars": plan.members["lars"],
            "left": plan.members["svend"],
            "disabled": plan.members["rita"],
            "foreign": laid(app, clock, "engen", "e-").members["bent"],
        }[name]
        answer = karen.submit(NEW, membership=forged)
        assert answer.status_code == 422
        assert "Vælg en, der er på holdet den dag." in answer.text
        assert f'value="{forged}"' not in answer.text
        assert plan.shifts() == []

    def test_outside_opening_hours_it_is_saved_with_a_warning(self, plan: Plan, karen: CheckingClient) -> None:
        karen.submit(NEW, membership=plan.members["bent"], starts="8")
        assert "ligger uden for åbningstiden (Kajen onsdag 25. november: kl. 9–12)." in told(karen)

    def test_on_a_day_without_opening_it_is_saved_with_a_warning(self, plan: Plan, karen: CheckingClient) -> None:
        karen.submit(NEW, membership=plan.members["bent"], day="2026-11-24")
        assert "Vagten er gemt, men der er ikke åbent: Kajen tirsdag 24. november." in told(karen)
        assert len(plan.shifts()) == 1

    def test_on_a_closed_day_the_warning_says_why(self, plan: Plan, karen: CheckingClient) -> None:
        karen.submit(NEW, membership=plan.members["rita"], place="skuret", day="2027-03-29", starts="13", ends="16")
        assert "men der er lukket: Skuret mandag 29. marts 2027 (" in told(karen, "/vagtplan/2027-13")

    @pytest.mark.parametrize("query", ["sted=ukendt", "dag=i-morgen", "sted=kajen&dag=2026-02-30"])
    def test_an_unknown_place_or_day_in_the_address_is_a_404(self, karen: CheckingClient, query: str) -> None:
        karen.page(f"/vagtplan/ny?{query}", 404)


class TestChanging:
    """One shift: time, place, day, person, end."""

    @pytest.fixture
    def shift(self, plan: Plan) -> int:
        """Rita at Kajen on Wednesday, 9-12."""
        return plan.shift("rita", "kajen", WEDNESDAY, 9, 12)

    def edit(self, client: CheckingClient, shift: int, **fields: str | int) -> tuple[int, str]:
        """Fill in the form for time and place."""
        answer = client.submit(f"/vagtplan/vagt/{shift}", fields, action=f"/vagt/{shift}")
        return answer.status_code, answer.text

    def test_another_time_keeps_the_row_and_its_uid(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        before = plan.read(shift)
        assert self.edit(karen, shift, starts="9.30")[0] == 303
        after = plan.read(shift)
        assert (after.uid, after.starts, after.sequence, after.version) == (before.uid, time(9, 30), 1, 2)
        assert after.changed_at > before.changed_at
        assert "Ændret: Rita Ror, Kajen onsdag 25. november kl. 9.30–12." in told(karen)

    def test_another_place_and_day_tells_of_both(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        assert self.edit(karen, shift, place="skuret", day="2026-11-30", starts="13", ends="16")[0] == 303
        text = told(karen, "/vagtplan/2026-49")
        assert "Skuret mandag 30. november mangler stadig 1 fra byens folk kl. 13–16" in text
        assert "Kajen onsdag 25. november har nu ingen i huset kl. 9–12" in text
        assert len(plan.shifts()) == 1

    def test_saving_without_a_change_changes_nothing(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        assert self.edit(karen, shift)[0] == 303
        assert "Der var ikke noget at ændre." in told(karen)
        assert plan.read(shift).version == 1

    def test_a_clash_is_refused_and_the_shift_stays(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        status, text = self.edit(karen, shift, day="2026-11-23", starts="15", ends="17")
        assert status == 422
        assert "Rita Ror har allerede vagt i Skuret kl. 13–16." in text
        assert 'value="15"' in text
        assert plan.read(shift).day == WEDNESDAY

    def test_a_shift_does_not_clash_with_itself(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        assert self.edit(karen, shift, starts="10", ends="13")[0] == 303

    def test_a_stale_save_answers_409_with_both_versions(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        old = next(form for form in karen.page(f"/vagtplan/vagt/{shift}").forms() if "starts" in form.names)
        assert self.edit(client_of(app, "karen"), shift, starts="10")[0] == 303
        answer = karen.post(old.action, data=dict(old.fields) | {"ends": "11"})
        assert answer.status_code == 409
        assert "Rita Ror, Kajen onsdag 25. november kl. 10–12" in answer.text
        assert "Rita Ror, Kajen onsdag 25. november kl. 9–11" in answer.text
        assert 'value="11"' in answer.text
        assert plan.read(shift).ends == time(12)

    def test_who_has_seen_both_versions_can_save_again(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        old = next(form for form in karen.page(f"/vagtplan/vagt/{shift}").forms() if "starts" in form.names)
        self.edit(client_of(app, "karen"), shift, starts="10")
        answer = karen.post(old.action, data=dict(old.fields) | {"ends": "11"})
        assert 'name="version" value="2"' in answer.text
        assert karen.post(old.action, data=dict(old.fields) | {"ends": "11", "version": "2"}).status_code == 303
        assert (plan.read(shift).starts, plan.read(shift).ends) == (time(9), time(11))

    @pytest.mark.parametrize("version", ["0", "x", "", "1e309", "99999999999999999999"])
    def test_a_forged_version_is_stale(self, plan: Plan, karen: CheckingClient, shift: int, version: str) -> None:
        assert self.edit(karen, shift, version=version, ends="11")[0] == 409
        assert plan.read(shift).version == 1

    def test_a_cancelled_shift_cannot_be_changed_from_an_old_page(
        self, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        old = {form.action: form for form in karen.page(f"/vagtplan/vagt/{shift}").forms()}
        assert karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys").status_code == 303
        for action in (f"/vagtplan/vagt/{shift}", f"/vagtplan/vagt/{shift}/aflys"):
            answer = karen.post(action, data=dict(old[action].fields))
            assert answer.status_code == 409
            assert "Vagten er aflyst." in answer.text
        assert (plan.read(shift).status, plan.read(shift).version) == ("cancelled", 2)

    def test_cancelling_keeps_the_row_and_tells_the_consequence(
        self, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        assert karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys").status_code == 303
        assert (plan.read(shift).status, plan.read(shift).sequence) == ("cancelled", 1)
        text = told(karen)
        assert "Aflyst: Rita Ror, Kajen onsdag 25. november kl. 9–12." in text
        assert "Kajen onsdag 25. november har nu ingen i huset kl. 9–12" in text

    def test_another_person_is_a_new_shift_that_replaces(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        answer = karen.submit(f"/vagtplan/vagt/{shift}", action="/anden", membership=plan.members["bent"])
        assert answer.status_code == 303
        old, new = plan.shifts()
        assert (old.status, new.status, new.replaces_id, new.membership_id) == (
            "cancelled",
            "active",
            shift,
            plan.members["bent"],
        )
        assert old.uid != new.uid
        text = told(karen)
        assert "Gemt: Bent Bøje, Kajen onsdag 25. november kl. 9–12, i stedet for Rita Ror." in text
        assert "aflyst, Bent Bøje i stedet" in text

    def test_a_replacement_that_clashes_undoes_the_cancelling(
        self, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        plan.shift("bent", "skuret", WEDNESDAY, 11, 14)
        answer = karen.submit(f"/vagtplan/vagt/{shift}", action="/anden", membership=plan.members["bent"])
        assert answer.status_code == 422
        assert "Bent Bøje har allerede vagt i Skuret kl. 11–14." in answer.text
        assert [row.status for row in plan.shifts()] == ["active", "active"]

    def test_replacing_somebody_by_herself_is_refused(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        answer = karen.submit(f"/vagtplan/vagt/{shift}", action="/anden", membership=plan.members["rita"])
        assert answer.status_code == 422
        assert len(plan.shifts()) == 1

    def test_the_past_is_not_rewritten(self, plan: Plan, karen: CheckingClient, clock: Clock, shift: int) -> None:
        old = {form.action: form for form in karen.page(f"/vagtplan/vagt/{shift}").forms()}
        clock.forward(days=3)
        karen = client_of(plan.app, "karen")
        token = dict(karen.page(WEEK).forms()[0].fields)["csrf_token"]
        assert "Dagen er gået." in told(karen, f"/vagtplan/vagt/{shift}")
        assert karen.page(WEEK).all("form") and f"/vagt/{shift}" not in karen.get(WEEK).text
        for action, form in old.items():
            if f"/vagt/{shift}" in action:
                data = dict(form.fields) | {"membership": str(plan.members["bent"]), "day": "2026-12-02"}
                assert karen.post(action, data=data | {"csrf_token": token}).status_code == 422
        assert (plan.read(shift).version, len(plan.shifts())) == (1, 1)

    def test_who_has_left_cannot_be_moved_beyond_it(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        with app.app_context():
            begin_write()
            db.session.get_one(Membership, plan.members["rita"]).valid_to = date(2026, 11, 30)
            db.session.commit()
        status, text = self.edit(karen, shift, day="2026-12-02")
        assert status == 422
        assert "Personen er ikke på holdet den dag." in text

    def test_a_reload_of_what_was_posted_leads_back_to_the_page(self, karen: CheckingClient, shift: int) -> None:
        for end in ("anden", "aflys", "fortryd"):
            assert karen.get(f"/vagtplan/vagt/{shift}/{end}").headers["Location"] == f"/vagtplan/vagt/{shift}"

    def test_a_shift_of_another_year_is_told_with_its_year(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        assert self.edit(karen, shift, day="2027-11-24")[0] == 303
        assert "Ændret: Rita Ror, Kajen onsdag 24. november 2027 kl. 9–12." in told(karen, "/vagtplan/2027-47")

    @pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "-1"])
    def test_an_unknown_shift_is_a_404(self, karen: CheckingClient, number: str) -> None:
        karen.page(f"/vagtplan/vagt/{number}", 404)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("12", time(12)), ("12.30", time(12, 30)), ("12:30", time(12, 30)), ("kl. 12", time(12)),
        ("Kl 9.05", time(9, 5)), ("1230", time(12, 30)),
        ("930", time(9, 30)), (" 0.00 ", time(0)), ("23.59", time(23, 59)),
    ],
)  # fmt: skip
def test_times_are_read_as_danes_write_them(text: str, clock: time) -> None:
    assert parse_clock(text) == clock


@pytest.mark.parametrize(
    "text", ["24", "12.60", "-1", "12.3", "tolv", "12.30.00", "１２", "1e3", "12-17", "12345", "kl."]
)
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_clock(text)
