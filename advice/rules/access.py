"""Who may do what: one table, one question.

Every screen asks `may`, every list asks through models/scope.py. What the table does not give is refused,
and nothing ever reaches across programmes. The two organisations of an agreement sit together and share the
vagtplan, but each keeps its own visits: they stand under different rules of secrecy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a membership makes of a person: rådgiver, teamleder, tovholder or reader (the board)."""

    ADVISER = "adviser"
    TEAM_LEADER = "team_leader"
    COORDINATOR = "coordinator"
    READER = "reader"


class Action(StrEnum):
    """What can be done. SEE_DAY: the tablet's screen. SEE_OWN_SHIFTS: also the address of one's own feed.

    MANAGE_PEOPLE: invite, change roles, end memberships and sessions. SEE_AUDIT: who did what, never across
    organisations, not for the coordinator either. MARK_PRESENCE: say that one has met or left.
    CORRECT_PRESENCE: put such marks right; a coordinator those of her own organisation and of one that nobody leads
    (rules/presence.py).
    """

    SEE_ROSTER = "see_roster"
    PLAN_ROSTER = "plan_roster"
    SEE_DAY = "see_day"
    LOG_VISIT = "log_visit"
    SEE_VISITS = "see_visits"
    CORRECT_VISIT = "correct_visit"
    SEE_OWN_SHIFTS = "see_own_shifts"
    SEE_INDICATORS = "see_indicators"
    EDIT_HOURS = "edit_hours"
    ENTER_READING = "enter_reading"
    EDIT_SETTINGS = "edit_settings"
    MANAGE_PEOPLE = "manage_people"
    ENROL_TABLET = "enrol_tablet"
    SEE_AUDIT = "see_audit"
    SEE_OUTBOX = "see_outbox"
    MARK_PRESENCE = "mark_presence"
    CORRECT_PRESENCE = "correct_presence"


class Standing(StrEnum):
    """What an address asks for where it asks for no action. SECRET_ADDRESS: whoever has the secret in it."""

    ANYONE = "anyone"
    SECRET_ADDRESS = "secret_address"
    LOGGED_IN = "logged_in"
    OWN_ACCOUNT = "own_account"
    TABLET = "tablet"


OPEN = frozenset({Standing.ANYONE, Standing.SECRET_ADDRESS})
"""What asks nobody who she is."""


class Scope(StrEnum):
    """How far a permission reaches, always within the own programme."""

    NONE = "none"
    OWN = "own"
    ORGANISATION = "organisation"
    PROGRAMME = "programme"


_ADVISER = {
    Action.SEE_ROSTER: Scope.PROGRAMME,
    Action.SEE_DAY: Scope.PROGRAMME,
    Action.LOG_VISIT: Scope.ORGANISATION,
    Action.SEE_VISITS: Scope.ORGANISATION,
    Action.CORRECT_VISIT: Scope.ORGANISATION,
    Action.SEE_OWN_SHIFTS: Scope.OWN,
    Action.SEE_INDICATORS: Scope.PROGRAMME,
    Action.MARK_PRESENCE: Scope.OWN,
}

TABLE: Mapping[Role, Mapping[Action, Scope]] = {
    Role.ADVISER: _ADVISER,
    Role.TEAM_LEADER: {
        **_ADVISER,
        Action.PLAN_ROSTER: Scope.ORGANISATION,
        Action.MANAGE_PEOPLE: Scope.ORGANISATION,
        Action.ENROL_TABLET: Scope.ORGANISATION,
        Action.SEE_AUDIT: Scope.ORGANISATION,
        Action.CORRECT_PRESENCE: Scope.ORGANISATION,
    },
    Role.COORDINATOR: {
        **_ADVISER,
        Action.PLAN_ROSTER: Scope.PROGRAMME,
        Action.EDIT_HOURS: Scope.PROGRAMME,
        Action.ENTER_READING: Scope.PROGRAMME,
        Action.EDIT_SETTINGS: Scope.PROGRAMME,
        Action.MANAGE_PEOPLE: Scope.PROGRAMME,
        Action.ENROL_TABLET: Scope.PROGRAMME,
        Action.SEE_AUDIT: Scope.ORGANISATION,
        Action.SEE_OUTBOX: Scope.PROGRAMME,
        Action.CORRECT_PRESENCE: Scope.PROGRAMME,
    },
    Role.READER: {Action.SEE_INDICATORS: Scope.PROGRAMME},
}
"""Role x action -> scope; what is not here is NONE."""

BY_PIN = frozenset(
    {
        Action.SEE_ROSTER,
        Action.SEE_DAY,
        Action.LOG_VISIT,
        Action.SEE_VISITS,
        Action.CORRECT_VISIT,
        Action.MARK_PRESENCE,
    },
)
"""What a PIN, or a password without a second step, opens at a shared tablet, of what the adviser's role gives: the
screen is everybody's, and whoever stands at it has half of what opens it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person under the membership that is active in the session."""

    person: int
    programme: int
    organisation: int
    role: Role
    at_tablet: bool = False
    """A shared tablet stands for half of showing who she is, beside a PIN or a password: whatever her role, only
    what the tablet is for."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: a row's programme, and its organisation and person where it has them.

    A screen that asks whether something may be done at all asks about the actor's own organisation and
    person.
    """

    programme: int
    organisation: int | None = None
    person: int | None = None


def reach(actor: Actor | None, action: Action) -> Scope:
    """How far the actor (None: nobody is logged in) may do this, always within her own programme."""
    if actor is None or (actor.at_tablet and action not in BY_PIN):
        return Scope.NONE
    role = Role.ADVISER if actor.at_tablet and actor.role is not Role.READER else actor.role
    return TABLE.get(role, {}).get(action, Scope.NONE)


def may(actor: Actor | None, action: Action, subject: Subject) -> bool:
    """Whether the actor may do this to the subject; models/scope.py is the same rule for a query.

    A subject without the organisation or person that the scope asks for is refused.
    """
    if actor is None or actor.programme != subject.programme:
        return False
    scope = reach(actor, action)
    if scope is Scope.PROGRAMME:
        return True
    if scope is Scope.ORGANISATION:
        return subject.organisation == actor.organisation
    return scope is Scope.OWN and subject.person == actor.person
