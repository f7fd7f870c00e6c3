"""Taking a cancelling back, and what a cancelled shift says of itself."""

from __future__ import annotations

import pytest

from tests.plans import WEDNESDAY, Plan, told
from tests.web_client import CheckingClient


class TestCancelled:
    """A shift that somebody has cancelled."""

    @pytest.fixture
    def shift(self, plan: Plan) -> int:
        """Rita at Kajen on Wednesday, 9-12."""
        return plan.shift("rita", "kajen", WEDNESDAY, 9, 12)

    def test_a_stale_replacement_says_who_has_the_shift(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        page = f"/vagtplan/vagt/{shift}"
        old = next(form for form in karen.page(page).forms() if form.action.endswith("/anden"))
        assert karen.submit(page, action="/anden", membership=plan.members["bent"]).status_code == 303
        answer = karen.post(old.action, data=dict(old.fields) | {"membership": str(plan.members["svend"])})
        assert answer.status_code == 409
        for text in (answer.text, told(karen, page)):
            assert "Vagten er aflyst. Bent Bøje har den nu." in text
            assert "tilføj en ny vagt" not in text
            assert "Fortryd aflysningen" not in text
        assert len(plan.shifts()) == 2

    def test_a_cancelling_can_be_undone_from_the_week(self, plan: Plan, karen: CheckingClient, shift: int) -> None:
        uid = plan.read(shift).uid
        week = karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys").headers["Location"]
        assert karen.submit(week, action="/fortryd").status_code == 303
        row = plan.read(shift)
        assert (row.status, row.uid, row.sequence, row.version) == ("active", uid, 2, 3)
        text = told(karen)
        assert "Vagten gælder igen: Rita Ror, Kajen onsdag 25. november kl. 9–12." in text
        assert "/fortryd" not in karen.get(week).text

    def test_undoing_is_refused_where_the_person_is_on_duty_by_now(
        self, plan: Plan, karen: CheckingClient, shift: int
    ) -> None:
        week = karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys").headers["Location"]
        plan.shift("rita", "skuret", WEDNESDAY, 11, 14)
        answer = karen.submit(week, action="/fortryd")
        assert answer.status_code == 422
        assert "Rita Ror har allerede vagt i Skuret kl. 11–14." in answer.text
        assert plan.read(shift).status == "cancelled"
