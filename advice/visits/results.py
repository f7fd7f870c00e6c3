"""What came of bridging: the three answers, and the one just given, which the next page can take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import session

from advice import web
from advice.models import visit_questions as questions
from advice.models.catalogue import Body
from advice.models.visit_questions import Logged

ANSWERS: Mapping[str, bool | None] = {"ja": True, "nej": False, "uvist": None}
"""What a button sends to what is stored; "uvist" takes the answer back, and the visit is asked about again."""
ANSWERED = "answered_result"
"""Session key: the answer just given, which the next page names and offers to take back."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer just given: to which visit and body, what stands now, and what stood before (keys of ANSWERS)."""

    logged: Logged
    body: Body
    now: str
    before: str


def answer_of(found: Logged, body: str) -> str:
    """What stands about a body of a visit, as a key of ANSWERS."""
    known = found.results.get(body)
    return next(word for word, meant in ANSWERS.items() if meant is known)


def answered_with(found: Logged, body: str, answer: str) -> dict[str, bool]:
    """The results of a visit once a body has an answer (a key of ANSWERS)."""
    known = ANSWERS[answer]
    others = {code: result for code, result in found.results.items() if code != body}
    return others if known is None else {**others, body: known}


def remember(found: Logged, body: str, before: str) -> None:
    """Let the next page name the answer just given, and offer what stood before."""
    session[ANSWERED] = {"visit": str(found.visit.id), "body": body, "before": before}


def just_answered() -> Answered | None:
    """The answer just given, once; None if there is none, or its visit is no longer one of ours."""
    said = session.pop(ANSWERED, None)
    if said is None:
        return None
    bridged_to = said["body"]
    found = questions.own_visit(web.user().actor, UUID(said["visit"]))
    body = next((row for row in found.taps.get("bodies", ()) if row.code == bridged_to), None) if found else None
    return Answered(found, body, answer_of(found, body.code), said["before"]) if found and body else None
