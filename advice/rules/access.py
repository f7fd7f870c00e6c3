"""Who may do what: one table, one question.

Every screen asks `may`. What the table does not give is refused, and nothing ever reaches across
programmes. The two organisations of an agreement sit together and share the vagtplan, but each keeps
its own visits: they stand under different rules of secrecy.
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
    """What can be done. SEE_DAY: the tablet's screen. SEE_OWN_SHIFTS: also the address of one's own feed."""

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
}

TABLE: Mapping[Role, Mapping[Action, Scope]] = {
    Role.ADVISER: _ADVISER,
    Role.TEAM_LEADER: {**_ADVISER, Action.PLAN_ROSTER: Scope.ORGANISATION},
    Role.COORDINATOR: {
        **_ADVISER,
        Action.PLAN_ROSTER: Scope.PROGRAMME,
        Action.EDIT_HOURS: Scope.PROGRAMME,
        Action.ENTER_READING: Scope.PROGRAMME,
    },
    Role.READER: {Action.SEE_INDICATORS: Scope.PROGRAMME},
}
"""Role x action -> scope; what is not here is NONE."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person under the membership that is active in the session."""

    person: int
    programme: int
    organisation: int
    role: Role


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: a row's programme, and its organisation and person where it has them.

    A screen that asks whether something may be done at all asks about the actor's own organisation and
    person.
    """

    programme: int
    organisation: int | None = None
    person: int | None = None


def may(actor: Actor | None, action: Action, subject: Subject) -> bool:
    """Whether the actor (None: nobody is logged in) may do this to the subject.

    A subject without the organisation or person that the scope asks for is refused.
    """
    if actor is None or actor.programme != subject.programme:
        return False
    reach = TABLE.get(actor.role, {}).get(action, Scope.NONE)
    if reach is Scope.PROGRAMME:
        return True
    if reach is Scope.ORGANISATION:
        return subject.organisation == actor.organisation
    return reach is Scope.OWN and subject.person == actor.person
