"""Every cell of the permission table, spelt out: role x action x whose row it is."""

from itertools import product

import pytest

from advice.rules.access import Action, Actor, Role, Subject, may

pytestmark = pytest.mark.t10
PERSON, PROGRAMME, ORGANISATION = 10, 20, 30
COLUMNS = ("adviser", "team_leader", "coordinator", "reader")
# -: nobody's, own: one's own row, org: rows of the own organisation, all: rows of the own programme
TABLE = """
    see_roster      all  all  all  -
    plan_roster     -    org  all  -
    see_day         all  all  all  -
    log_visit       org  org  org  -
    see_visits      org  org  org  -
    correct_visit   org  org  org  -
    see_own_shifts  own  own  own  -
    see_indicators  all  all  all  all
    edit_hours      -    -    all  -
    enter_reading   -    -    all  -
    edit_settings   -    -    all  -
    manage_people   -    org  all  -
    enrol_tablet    -    org  all  -
    see_audit       -    org  org  -
    see_outbox      -    -    all  -
    mark_presence   own  own  own  -
    correct_presence -   org  all  -
"""
SUBJECTS = {
    "own row": Subject(PROGRAMME, ORGANISATION, PERSON),
    "own row, elsewhere": Subject(PROGRAMME, ORGANISATION + 1, PERSON),
    "colleague": Subject(PROGRAMME, ORGANISATION, PERSON + 1),
    "other organisation": Subject(PROGRAMME, ORGANISATION + 1, PERSON + 1),
    "nobody's": Subject(PROGRAMME),
    "other programme": Subject(PROGRAMME + 1, ORGANISATION, PERSON),
}
REACHED = {
    "-": set(),
    "own": {"own row", "own row, elsewhere"},
    "org": {"own row", "colleague"},
    "all": set(SUBJECTS) - {"other programme"},
}
CELLS = {
    (Role(role), Action(line[0])): cell
    for line in (line.split() for line in TABLE.split("\n") if line.strip())
    for role, cell in zip(COLUMNS, line[1:], strict=True)
}


def test_the_table_here_has_every_role_and_action() -> None:
    assert set(CELLS) == set(product(Role, Action))


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_role_reaches_exactly_what_the_table_says(role: Role, action: Action) -> None:
    actor = Actor(PERSON, PROGRAMME, ORGANISATION, role)
    allowed = {name for name, subject in SUBJECTS.items() if may(actor, action, subject)}
    assert allowed == REACHED[CELLS[role, action]]


ADVISER_AT_A_TABLET = {
    "see_roster": "all",
    "see_day": "all",
    "log_visit": "org",
    "see_visits": "org",
    "correct_visit": "org",
    "mark_presence": "own",
}


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_pin_opens_what_a_shared_tablet_is_for_and_no_more_to_any_role(role: Role, action: Action) -> None:
    actor = Actor(PERSON, PROGRAMME, ORGANISATION, role, at_tablet=True)
    allowed = {name for name, subject in SUBJECTS.items() if may(actor, action, subject)}
    cell = "-" if role is Role.READER else ADVISER_AT_A_TABLET.get(action, "-")
    assert allowed == REACHED[cell]


@pytest.mark.parametrize("action", list(Action))
def test_without_a_login_nothing_is_allowed(action: Action) -> None:
    assert not any(may(None, action, subject) for subject in SUBJECTS.values())
