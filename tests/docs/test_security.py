"""docs/security.md tells the truth: its items, the tests it names, and the limits it states."""

from __future__ import annotations

import pytest

from advice.rules import passwords, people, pins, sessions
from advice.rules.throttle import LIMITS
from tests.docs import security_page

pytestmark = pytest.mark.t9

LEVELS_1_AND_2 = 253
"""Of the 345 requirements of ASVS 5.0.0: 70 of level 1, 183 of level 2."""


def test_every_requirement_of_levels_1_and_2_stands_on_the_page_once() -> None:
    named = [*security_page.items_to_show(), *security_page.the_rest()]
    assert len(named) == len(set(named)) == LEVELS_1_AND_2


def test_the_page_names_the_tests_that_there_are() -> None:
    page = security_page.PAGE.read_text(encoding="utf-8")
    assert page == security_page.by_hand() + security_page.written(), "run: python -m tests.docs.security_page"


def test_a_test_is_named_after_an_item_of_the_page() -> None:
    known = {*security_page.items_to_show(), *security_page.the_rest()}
    assert set(security_page.shown_by()) <= known


def test_what_is_not_there_is_shown_by_no_test() -> None:
    absent = {item for item, word in security_page.the_rest().items() if word in ("n/a", "deployer")}
    assert not absent & set(security_page.shown_by())


def test_the_limits_are_those_of_the_rules() -> None:
    page = security_page.by_hand()
    for door, limits in LIMITS.items():
        said = [f"{one.most} in {one.within.total_seconds() / 60:.0f} minutes per {one.per}" for one in limits]
        assert f"| `{door}` | {'; '.join(said)} |" in page


def test_the_times_are_those_of_the_rules() -> None:
    page = security_page.by_hand()
    hours = [limit.total_seconds() / 3600 for limit in (sessions.IDLE, sessions.ABSOLUTE)]
    assert "after {:.0f} hours without use and after {:.0f} hours in any case".format(*hours) in page
    assert f"again after {sessions.PROOF_LASTS.total_seconds() / 60:.0f} minutes" in page
    assert (
        f"({people.INVITATION_LASTS.days} days, {people.PASSWORD_LINK_LASTS.total_seconds() / 3600:.0f} hour)" in page
    )
    assert f"{passwords.SHORTEST} characters or more" in page and f"up to {passwords.LONGEST}" in page
    assert f"PINs: {pins.LEAST_DIGITS} digits or more" in page
