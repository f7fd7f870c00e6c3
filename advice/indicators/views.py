"""The page of indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from advice import web
from advice.indicators import figures, words
from advice.indicators.figures import Computed
from advice.models.indicators import AgreementLines, Indicator, IndicatorLines, Objective, ObjectiveLines, agreements_of
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
    proposals.sort(key=lambda one: is_over(one.objective.objective, today) or is_over(one.lines.indicator, today))
    return render_template(
        "indicators/index.html",
        programme=programme,
        in_force=[one for one in agreements if not has_ended(one, today)],
        ended=[one for one in agreements if has_ended(one, today)],
        proposals=proposals,
        wholes=sorted({words.whole(proposal.lines.indicator) for proposal in proposals} - {""}),
        computed=figures.computed(programme.id, agreements, today),
        nothing=Computed(),
        agreed_objectives=lambda lines: agreed_objectives(lines, today),
        is_over=is_over,
        today=today,
        words=words,
    )


def has_ended(lines: AgreementLines, today: date) -> bool:
    """Whether the agreement's last day is past."""
    return lines.agreement.valid_to < today


def is_over(row: Objective | Indicator, today: date) -> bool:
    """Whether the last day of an objective or an indicator is past."""
    return row.valid_to is not None and row.valid_to < today


def agreed_objectives(lines: AgreementLines, today: date) -> list[ObjectiveLines]:
    """The objectives as agreed, also those without any indicator; not those that stand only for what is proposed.

    Objectives and indicators that have ended stand below the others.
    """
    found = [
        ObjectiveLines(one.objective, _ended_last(one.indicators, today))
        for one in lines.objectives
        if not one.indicators or any(line.indicator.agreed for line in one.indicators)
    ]
    return sorted(found, key=lambda one: is_over(one.objective, today))


def _ended_last(lines: Sequence[IndicatorLines], today: date) -> list[IndicatorLines]:
    agreed = [line for line in lines if line.indicator.agreed]
    return sorted(agreed, key=lambda line: is_over(line.indicator, today))
