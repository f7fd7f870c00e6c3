"""docs/permissions.md, made from the table of rules/access.py and from tests/web/permissions.txt.

    python -m tests.permission_page > docs/permissions.md

A test compares the page with what is made here, so that it cannot go stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from advice.rules.access import BY_PIN, TABLE, Action, Role, Scope
from tests import permission_table

FILE = Path(__file__).parent.parent / "docs" / "permissions.md"
ROLES: Mapping[Role, str] = {
    Role.ADVISER: "rådgiver",
    Role.TEAM_LEADER: "teamleder",
    Role.COORDINATOR: "tovholder",
    Role.READER: "læser",
}
ACTIONS: Mapping[Action, str] = {
    Action.SEE_ROSTER: "Se vagtplanen",
    Action.PLAN_ROSTER: "Lægge vagtplan: tilføje, ændre og aflyse vagter",
    Action.SEE_DAY: "Se dagen på et sted (I dag)",
    Action.LOG_VISIT: "Registrere henvendelser",
    Action.SEE_VISITS: "Se henvendelser",
    Action.CORRECT_VISIT: "Rette og fortryde henvendelser",
    Action.SEE_OWN_SHIFTS: "Se vagter på Mine vagter og styre kalenderadressen",
    Action.SEE_INDICATORS: "Se mål og indikatorer",
    Action.EDIT_HOURS: "Ændre åbningstider og lukkedage",
    Action.ENTER_READING: "Indtaste målinger",
    Action.EDIT_SETTINGS: "Ændre indstillinger",
    Action.MANAGE_PEOPLE: "Invitere personer, give dem roller og afslutte dem",
    Action.ENROL_TABLET: "Tilmelde og afslutte tablets",
    Action.SEE_AUDIT: "Se loggen over, hvem der har gjort hvad",
    Action.SEE_OUTBOX: "Se mails, der venter på at blive sendt",
    Action.MARK_PRESENCE: "Trykke Mødt og Gået",
    Action.CORRECT_PRESENCE: "Rette mødt og gået; tovholderen retter for sin egen organisation og for dem uden leder",
}
SCOPES: Mapping[Scope, str] = {
    Scope.NONE: "–",
    Scope.OWN: "egne",
    Scope.ORGANISATION: "egen organisation",
    Scope.PROGRAMME: "hele helhedsplanen",
}
VISITORS: Mapping[str, str] = {
    "anonymous": "ikke logget ind",
    "tablet": "låst tablet",
    "pin": "rådgiver med pinkode",
    "adviser": "rådgiver",
    "team_leader": "teamleder",
    "coordinator": "tovholder",
    "reader": "læser",
}
ANSWERS: Mapping[str, str] = {
    "ok": "ja",
    "log-in": "log ind",
    "403": "nej",
    "404": "findes ikke",
    "none": "uden virkning",
}
INTRODUCTION = """# Hvem kan hvad

Siden er lavet af programmet selv med `python -m tests.permission_page > docs/permissions.md`, og en prøve holder den
ved lige. Reglen står i `advice/rules/access.py`. Hver side og hver liste spørger den. Det, tabellen ikke giver, er
afvist, og ingenting rækker nogensinde ind i en anden helhedsplan.

## Roller

En person har en rolle i en organisation i en helhedsplan. Hvor langt rollen rækker:
"""
ON_A_TABLET = """
## Delte tablets

En tablet, som ingen har låst op, viser kun felter med navne. Den, der er lukket ind med sin pinkode, eller med sin
adgangskode uden et ekstra trin, kan dér kun dette, uanset sin rolle:
"""
ADDRESSES = """
## Hver adresse

Prøvet celle for celle af `tests/web/test_permissions.py`. Står der tre svar, peger adressen på en række: den første
er organisationens egen (under `/konto` ens egen), den anden er den anden organisations i samme helhedsplan, den tredje
en anden helhedsplans.

- **ja**: lukket ind
- **log ind**: sendt til log ind, på en tablet til felterne med navne
- **nej**: afvist med besked
- **findes ikke**: siden siger ikke engang, om rækken er der
- **uden virkning**: lukket ind, men andres række bliver ikke rørt
"""


def page() -> str:
    """The page."""
    return "\n".join([INTRODUCTION, *_roles(), ON_A_TABLET, *_by_pin(), ADDRESSES, *_addresses(), ""])


def _roles() -> Iterator[str]:
    yield from _row(["", *ROLES.values()], heading=True)
    for action, words in ACTIONS.items():
        yield from _row([words, *(SCOPES[TABLE[role].get(action, Scope.NONE)] for role in ROLES)])


def _by_pin() -> Iterator[str]:
    for action, words in ACTIONS.items():
        if action in BY_PIN:
            yield f"- {words}: {SCOPES[TABLE[Role.ADVISER][action]]}"


def _addresses() -> Iterator[str]:
    yield from _row(["Adresse", *VISITORS.values()], heading=True)
    for line in permission_table.read():
        cells = (" / ".join(ANSWERS[word] for word in line.cells[kind]) for kind in VISITORS)
        yield from _row([f"`{line.key}`", *cells])


def _row(cells: Sequence[str], heading: bool = False) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"
    if heading:
        yield f"|{'---|' * len(cells)}"


if __name__ == "__main__":
    sys.stdout.write(page())
