"""Targets, values, pace and trends in words."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from advice import web
from advice.indicators.figures import Computed, Figure, Period
from advice.models.indicators import Agreement, Indicator, Objective, Reading
from advice.rules.indicators import Direction, Movement, Verdict, moved


def value(number: float, unit: str | None) -> str:
    """ "19,14 %", "150 samtaler"."""
    return f"{web.number(number)}\u00a0{unit}" if unit else web.number(number)


def target(indicator: Indicator) -> str:
    """What the agreement wants: "mindst 150 samtaler", "skal falde", "skal øges til 85 %"."""
    wanted = value(indicator.target, indicator.unit) if indicator.target is not None else None
    if wanted is None:
        wants_more = indicator.direction in (Direction.AT_LEAST, Direction.RISES)
        return str(_("skal øges") if wants_more else _("skal falde"))
    return {
        Direction.AT_LEAST: str(_("mindst %(value)s", value=wanted)),
        Direction.AT_MOST: str(_("højst %(value)s", value=wanted)),
        Direction.RISES: str(_("skal øges til %(value)s", value=wanted)),
        Direction.FALLS: str(_("skal falde til %(value)s", value=wanted)),
    }[Direction(indicator.direction)]


def baselines(indicator: Indicator) -> list[tuple[str, str]]:
    """Where it began, and what it is compared with: term and words, with of what and when as the agreement has it."""
    found = []
    for term, number, of in (
        (_("Udgangspunkt"), indicator.baseline, indicator.baseline_of),
        (_("Til sammenligning"), indicator.comparison, indicator.comparison_of),
    ):
        if number is not None:
            told = ", ".join(word for word in (of, indicator.baseline_date) if word)
            found.append((str(term), value(number, indicator.unit) + (f" ({told})" if told else "")))
    return found


def trend(indicator: Indicator, newest: Reading) -> str:
    """How the newest reading stands against the baseline; empty when there is nothing to compare."""
    movement = moved(Direction(indicator.direction), indicator.baseline, newest.value)
    if movement is Movement.UNKNOWN:
        return ""
    begun = value(indicator.baseline or 0, indicator.unit)
    reached = value(newest.value, indicator.unit)
    if movement is Movement.STILL:
        return str(_("Uændret siden udgangspunktet."))
    if movement is Movement.RIGHT_WAY:
        return str(_("Fra %(begun)s til %(reached)s: den rigtige vej.", begun=begun, reached=reached))
    return str(_("Fra %(begun)s til %(reached)s: den forkerte vej.", begun=begun, reached=reached))


def pace(numbers: Computed) -> str:
    """ "jævnt tempo ville være 21 nu: foran"; empty without a pace."""
    if numbers.pace is None:
        return ""
    even = _("jævnt tempo ville være %(number)s nu", number=web.number(round(numbers.pace.expected)))
    return f"{even}: {verdict(numbers.pace.verdict)}"


def verdict(stands: Verdict) -> str:
    """How the count stands."""
    return {
        Verdict.REACHED: str(_("målet er nået")),
        Verdict.AHEAD: str(_("foran")),
        Verdict.ON_TRACK: str(_("følger planen")),
        Verdict.BEHIND: str(_("bagud")),
        Verdict.BELOW: str(_("under grænsen")),
        Verdict.ABOVE: str(_("over grænsen")),
    }[stands]


def period(figure: Figure) -> str:
    """ "Seneste 12 måneder", or the reporting year's days: "01.10.2025–30.09.2026"."""
    if figure.stretch.period is Period.MONTHS:
        return str(_("Seneste 12 måneder"))
    return f"{web.date_digits(figure.stretch.first)}–{web.date_digits(figure.stretch.last)}"


def percent(figure: Figure) -> str:
    """ "35 %", "1,9 %"; empty for a count and for a share of nothing."""
    share = figure.percent
    if share is None:
        return ""
    return f"{web.number(round(share, 1) if share < 10 else round(share))}\u00a0%"


def whole(indicator: Indicator) -> str:
    """What a share is a share of; empty for a count."""
    if indicator.measure != "share":
        return ""
    asked = {name: value for name, value in (indicator.of or {}).items() if value}
    if not asked:
        return str(_("alle henvendelser"))
    if asked == {"any_outcome": True}:
        return str(_("henvendelser med et udfald"))
    return str(_("et udvalg af henvendelserne"))


def standing(agreement: Agreement, ended: bool, ahead: bool) -> str:
    """ "udløb 30.09.2025", "begynder 01.10.2027"; empty for one in force."""
    if ended:
        return str(_("udløb %(date)s", date=web.date_digits(agreement.valid_to)))
    return str(_("begynder %(date)s", date=web.date_digits(agreement.valid_from))) if ahead else ""


def life(row: Objective | Indicator, today: date) -> str:
    """ "udgået 30.09.2025", "begynder 01.10.2027"; empty for an objective or an indicator that is in force."""
    if row.valid_to is not None and row.valid_to < today:
        return str(_("udgået %(date)s", date=web.date_digits(row.valid_to)))
    if row.valid_from is not None and row.valid_from > today:
        return str(_("begynder %(date)s", date=web.date_digits(row.valid_from)))
    return ""


def invented(agreement: Agreement) -> str:
    """Says that an agreement was made up, for a demonstration; empty for a real one."""
    if not agreement.invented:
        return ""
    return str(_("opfundet fornyelse") if agreement.renews_id else _("opfundet"))
