"""Every module with tables, imported once, so that the metadata is whole wherever it is asked for."""

from advice.database import Model
from advice.models import (
    accounts,
    audit,
    catalogue,
    decisions,
    hours,
    indicators,
    jobs,
    notices,
    outbox,
    people,
    places,
    programmes,
    revisions,
    roster,
    tablets,
    visit_counts,
    visits,
)

MODULES = (
    accounts, audit, catalogue, decisions, hours, indicators, jobs, notices, outbox, people, places, programmes,
    revisions, roster, tablets, visit_counts, visits,
)  # fmt: skip
metadata = Model.metadata
