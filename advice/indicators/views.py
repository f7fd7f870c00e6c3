"""The page of indicators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from advice import web
from advice.indicators import figures, words
from advice.indicators.figures import Computed
from advice.models.indicators import AgreementLines, IndicatorLines, ObjectiveLines, agreements_of
from advice.rules.access import Action

blueprint = Blueprint("indicators", __name__)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An indicator that nobody has agreed on, and where it is proposed."""

    agreement: AgreementLines
    objective: ObjectiveLines
    lines: IndicatorLines


@blueprint.get("/maal")
@web.needs(Action.SEE_INDICATORS)
def index() -> str:
    """Every agreement of the active programme, and what is proposed."""
    programme, today = web.member().programme, web.today()
    agreements = agreements_of(programme.id)
    proposals = [
        Proposal(agreement, objective, one)
        for agreement in agreements
        for objective in agreement.objectives
        for one in objective.indicators
        if not one.indicator.agreed
    ]
    return render_template(
        "indicators/index.html",
        programme=programme,
        in_force=[one for one in agreements if not has_ended(one, today)],
        ended=[one for one in agreements if has_ended(one, today)],
        proposals=proposals,
        wholes=sorted({words.whole(proposal.lines.indicator) for proposal in proposals} - {""}),
        computed=figures.computed(programme.id, agreements, today),
        nothing=Computed(),
        agreed_objectives=agreed_objectives,
        today=today,
        words=words,
    )


def has_ended(lines: AgreementLines, today: date) -> bool:
    """Whether the agreement's last day is past."""
    return lines.agreement.valid_to < today


def agreed_objectives(lines: AgreementLines) -> list[ObjectiveLines]:
    """The objectives as agreed, also those without any indicator; not those that stand only for what is proposed."""
    return [
        ObjectiveLines(one.objective, [line for line in one.indicators if line.indicator.agreed])
        for one in lines.objectives
        if not one.indicators or any(line.indicator.agreed for line in one.indicators)
    ]
