"""A programme and its file: bring the programme to what a file says, or write the file of a programme.

Rows that the file leaves out end; nothing that counts is deleted. Everything happens in the caller's write
transaction, openings included; the caller commits, or rolls back for a dry run.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from advice.actions import openings
from advice.actions.programmes.bring import Import, bring
from advice.actions.programmes.stored import programme_values, stored_rows
from advice.actions.programmes.tables import TABLES
from advice.actions.programmes.words import Report, change_line
from advice.database import db, lock_programme
from advice.formats.programme_file import document
from advice.formats.programme_file.document import Parsed
from advice.formats.programme_file.rows import file_of, rows_of
from advice.models import audit
from advice.models.programmes import Programme, by_slug
from advice.models.roster import Shift


def import_programme(parsed: Parsed, now: datetime, timezone: ZoneInfo) -> Report:
    """Make or change the programme of a file that was read; flushes. Call begin_write() first.

    Raises FaultyFile where the file asks for a change that stored rows forbid; the caller then rolls back.
    """
    done = bring_all(parsed, now, timezone)
    if done.report.changes:
        _audit(done)
    return done.report


def bring_all(parsed: Parsed, now: datetime, timezone: ZoneInfo) -> Import:
    """What `import_programme` does, without a word in the audit: the caller knows who did it."""
    slug = parsed.file.programme.slug
    programme = by_slug(slug)
    report = Report(slug, created=programme is None)
    if programme is None:
        programme = Programme(slug=slug)
    else:
        lock_programme(programme.id)
    changed = _bring_programme(programme, parsed, report)
    db.session.add(programme)
    db.session.flush()
    rows = rows_of(parsed.file)
    report.counts = {name: len(found) for name, found in rows.items() if found}
    yesterday = now.astimezone(timezone).date() - timedelta(days=1)
    under_way = Import(programme.id, parsed, rows, stored_rows(programme.id), report, now, yesterday)
    for table in TABLES:
        bring(under_way, table)
    if report.changes:
        _finish(under_way, programme, now, timezone)
        _count_up_shifts(under_way, everywhere="short_name" in changed)
    return under_way


def export_programme(slug: str) -> str | None:
    """The file of a programme as TOML, always the same for the same rows; None if there is no such programme."""
    programme = by_slug(slug)
    if programme is None:
        return None
    return document.write(file_of(programme_values(programme), stored_rows(programme.id).rows))


def _bring_programme(programme: Programme, parsed: Parsed, report: Report) -> set[str]:
    """Bring the [programme] table to what the file says; gives the fields that changed."""
    wanted = parsed.file.programme
    values = {name: getattr(wanted, name) for name in type(wanted).model_fields}
    values["contact"] = wanted.contact.model_dump(exclude_none=True)
    before = {} if report.created else programme_values(programme)
    changed = {name: value for name, value in values.items() if report.created or before[name] != value}
    for name, value in changed.items():
        setattr(programme, name, value)
    if report.created:
        report.lines.append(f"+ programme {wanted.slug}")
    elif changed:
        report.lines.append(change_line("programme", (wanted.slug,), before, changed))
    return set(changed)


def _finish(under_way: Import, programme: Programme, now: datetime, timezone: ZoneInfo) -> None:
    """What follows from any change: openings ahead."""
    renamed = under_way.renamed
    db.session.flush()
    told = openings.Renamed(renamed.get("places", ()), renamed.get("services", ()))
    openings.refresh(programme.id, now, timezone, told)


def _audit(under_way: Import) -> None:
    """Write an import down, with its numbers."""
    marks = {"added": "+", "changed": "~", "ended": "-"}
    counts = {word: sum(line.startswith(mark) for line in under_way.report.lines) for word, mark in marks.items()}
    about = under_way.programme_id
    audit.record(under_way.now, "programme_imported", "programmes", about, programme_id=about, **counts)
    db.session.flush()


def _count_up_shifts(under_way: Import, everywhere: bool) -> None:
    """Give shifts ahead a new SEQUENCE where a name in people's calendars changed; `everywhere`: the programme's own.

    Only the calendar is told: the version that planners compare stays, for nobody moved the shift.
    """
    places, organisations = (under_way.renamed.get(name, set()) for name in ("places", "organisations"))
    if not (everywhere or places or organisations):
        return
    ahead = [Shift.programme_id == under_way.programme_id, Shift.status == "active", Shift.day > under_way.yesterday]
    if not everywhere:
        ahead.append(Shift.place_id.in_(places) | Shift.organisation_id.in_(organisations))
    counted_up = update(Shift).where(*ahead).values(sequence=Shift.sequence + 1, changed_at=under_way.now)
    db.session.execute(counted_up)
