"""Every module with tables, imported once, so that the metadata is whole wherever it is asked for."""

from advice.database import Model
from advice.models import audit, catalogue, hours, indicators, jobs, people, places, programmes, roster, visits

MODULES = (audit, catalogue, hours, indicators, jobs, people, places, programmes, roster, visits)
metadata = Model.metadata
