"""Turning the codes of a visit into rows of its programme, and saying which of them cannot stand there.

A code counts if it was in force on the day of the visit, or stands on the visit already: what has ended is
not newly chosen, and a correction of something else does not lose it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from advice.actions.visit_entries import LISTS, Fault, Refused, VisitEntry, shape_faults
from advice.database import db
from advice.models import catalogue_questions as catalogue
from advice.models import duty
from advice.models import visit_questions as questions
from advice.models.catalogue import VisitKind
from advice.models.places import Place, place_by_slug
from advice.models.programmes import Programme, has_ended
from advice.models.visit_questions import Logged
from advice.rules.spans import in_force
from advice.rules.visits import TimeKnown, contradictory

FOLLOWS = (("bodies", "bridges"), ("activities", "recruits"))
"""A list, and the flag of the outcome that something tapped in it means."""


@dataclass(slots=True)
class Checked:
    """The rows an entry points at."""

    place_id: int
    service_id: int
    kind_id: int | None = None
    openings: list[duty.Stretch] = field(default_factory=list)
    """When the service was open at the place that day."""
    taps: dict[str, dict[str, int]] = field(default_factory=dict)
    """List name to code to row id. An outcome that was added stands under "+" and its flag."""


def check(entry: VisitEntry, programme_id: int, before: Logged | None, now: datetime, timezone: ZoneInfo) -> Checked:
    """The rows of the entry; raises Refused with every fault at once. `before` is what stands already."""
    faults = shape_faults(entry, now)
    if faults:
        raise Refused(faults)
    local = entry.occurred_at.astimezone(timezone)
    day = local.date()
    place = place_by_slug(programme_id, entry.place)
    if before is None and has_ended(programme_id, day):
        raise Refused({"place": Fault.PROGRAMME_ENDED})
    if place is None or not (_in_force(place, day) or (before and before.visit.place_id == place.id)):
        raise Refused({"place": Fault.UNKNOWN})
    found = Checked(place.id, 0, taps={name: {} for name in LISTS})
    faults |= _check_service(entry, found, programme_id, before, local)
    faults |= _check_language(entry, programme_id, before)
    faults |= _check_taps(entry, found, programme_id, before, day)
    faults |= {} if faults else _complete_outcomes(found, programme_id, before, day)
    faults |= {} if faults else _check_outcomes(found, programme_id, before)
    if faults:
        raise Refused(faults)
    return found


def _check_service(
    entry: VisitEntry, found: Checked, programme_id: int, before: Logged | None, local: datetime
) -> dict[str, Fault]:
    """Fill in service, kind and the stretches in which the service was open."""
    day = local.date()
    offered = [one.service for one in duty.services_at(programme_id, found.place_id, day)]
    if before and before.visit.service_id not in [service.id for service in offered]:
        offered.append(before.visit.service)
    stretches = duty.open_stretches(programme_id, found.place_id, day)
    if entry.service is None:
        at = local.time() if entry.time_known is TimeKnown.EXACT else None
        service = duty.default_service(offered, stretches, at)
    else:
        service = next((one for one in offered if one.code == entry.service), None)
    if service is None:
        return {"service": Fault.UNKNOWN}
    found.service_id = service.id
    found.openings = [(starts, ends) for service_id, starts, ends in stretches if service_id == service.id]
    if entry.kind is None:
        return {}
    kind = catalogue.kind_by_code(programme_id, service.id, entry.kind)
    if kind is None or not (_in_force(kind, day) or (before and before.visit.kind_id == kind.id)):
        return {"kind": Fault.UNKNOWN}
    found.kind_id = kind.id
    return {}


def _check_language(entry: VisitEntry, programme_id: int, before: Logged | None) -> dict[str, Fault]:
    if entry.language is None or (before and before.visit.language == entry.language):
        return {}
    programme = db.session.get_one(Programme, programme_id)
    return {} if entry.language in programme.visit_languages else {"language": Fault.UNKNOWN}


def _check_taps(
    entry: VisitEntry, found: Checked, programme_id: int, before: Logged | None, day: date
) -> dict[str, Fault]:
    """Fill in the ids of everything tapped; a list with a code that cannot stand there is a fault."""
    for known in catalogue.known(programme_id, {name: entry.tapped(name) for name in LISTS}, day):
        if known.in_force or (before and known.code in before.codes(known.field)):
            found.taps[known.field][known.code] = known.id
    faults = {name: Fault.UNKNOWN for name in LISTS if found.taps[name].keys() != entry.tapped(name)}
    if not entry.results.keys() <= entry.bodies:
        faults["bodies"] = Fault.UNKNOWN
    return faults


def _complete_outcomes(found: Checked, programme_id: int, before: Logged | None, day: date) -> dict[str, Fault]:
    """Add the outcome that a body or an activity means, if the programme has exactly one such outcome."""
    for name, flag in FOLLOWS:
        if not found.taps[name]:
            continue
        meant = catalogue.outcomes_with(programme_id, flag, day)
        standing = [row.id for row in before.taps.get("outcomes", ()) if getattr(row, flag)] if before else []
        if set(found.taps["outcomes"].values()) & {*meant, *standing}:
            continue
        if len(meant) != 1:
            if before and found.taps[name].keys() <= before.codes(name):
                continue  # it stood so before: correcting or undoing something else must not fail on it
            return {"outcomes": Fault.NO_OUTCOME}
        found.taps["outcomes"][f"+{flag}"] = meant[0]
    return {}


def _check_outcomes(found: Checked, programme_id: int, before: Logged | None) -> dict[str, Fault]:
    """Outcomes that cannot both be true are a fault, the added ones too."""
    chosen = set(found.taps["outcomes"].values())
    if len(chosen) < 2 or (before and chosen <= {row.id for row in before.taps.get("outcomes", ())}):
        return {}  # what stood so before can still be undone, and corrected in something else
    return {"outcomes": Fault.CONTRADICTION} if contradictory(questions.outcome_flags(programme_id, chosen)) else {}


def _in_force(row: Place | VisitKind, day: date) -> bool:
    return in_force(row.valid_from, row.valid_to, day)
