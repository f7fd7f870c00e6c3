"""Every module with tables, imported once, so that the metadata is whole wherever it is asked for."""

from advice.database import Model
from advice.models import (
    absences,
    accounts,
    audit,
    catalogue,
    day_needs,
    decisions,
    drafts,
    hours,
    indicators,
    jobs,
    notices,
    outbox,
    people,
    places,
    presence,
    programmes,
    revisions,
    roster,
    shift_news,
    staff_notices,
    stand_ins,
    swaps,
    tablets,
    visit_counts,
    visits,
)

MODULES = (
    absences, accounts, audit, catalogue, day_needs, decisions, drafts, hours, indicators, jobs, notices, outbox,
    people, places, presence, programmes, revisions, roster, shift_news, staff_notices, stand_ins, swaps, tablets,
    visit_counts, visits,
)  # fmt: skip
metadata = Model.metadata
