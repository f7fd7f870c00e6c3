"""Who may bring whom in, and that a programme is never left without a coordinator."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from advice.rules import access
from advice.rules.access import Action, Actor, Role, Subject

INVITATION_LASTS = timedelta(days=7)
"""Long enough for somebody who works two days a week."""
PASSWORD_LINK_LASTS = timedelta(hours=1)
GIVES: Mapping[Role, frozenset[Role]] = {
    Role.TEAM_LEADER: frozenset({Role.ADVISER, Role.TEAM_LEADER, Role.READER}),
    Role.COORDINATOR: frozenset(Role),
}
"""The roles that a role may give, change and end. Where: what access.py says of MANAGE_PEOPLE."""
RESETS: Mapping[Role, frozenset[Role]] = {
    Role.TEAM_LEADER: frozenset({Role.ADVISER, Role.READER}),
    Role.COORDINATOR: frozenset(Role),
}
"""Whose account a role may open anew: without mail it then holds the link, so a team leader not a fellow's."""
LETTERS_A_DAY = 5
"""How many invitations one address gets within 24 hours, whoever sends them."""


def gives(actor: Actor, programme: int, organisation: int) -> frozenset[Role]:
    """The roles the actor may give, change and end in an organisation."""
    there = access.may(actor, Action.MANAGE_PEOPLE, Subject(programme, organisation))
    return GIVES.get(actor.role, frozenset()) if there else frozenset()


def resets(actor: Actor) -> frozenset[Role]:
    """The roles of those for whom the actor may make a new beginning, where she may give those roles at all."""
    return RESETS.get(actor.role, frozenset())


def stays_led(last_day: date, closes: date | None, others: Iterable[tuple[date | None, date | None]]) -> bool:
    """Whether a programme still has a coordinator when one's last day (inclusive) has passed.

    closes: the programme's own last day. others: first and last day of each other coordinator, None is open. One of
    them must be there the next day and until the programme closes: a gap in a year's time counts, too.
    """
    if closes is not None and last_day >= closes:
        return True
    next_day = last_day + timedelta(days=1)

    def stays(until: date | None) -> bool:
        return until is None or (closes is not None and until >= closes)

    return any((since is None or since <= next_day) and stays(until) for since, until in others)
