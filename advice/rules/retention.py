"""What is kept and for how long: the written rules, one table, and the dates that follow from them.

In words that docs/privacy.md and `retention run` repeat. A table of the
database either stands in a rule here or in KEPT, with why; a test compares both with the metadata. A new
kind of row gets a line in RULES and a step of the same name in advice/actions/retention.py, nothing else.

Storage limitation is GDPR art. 5(1)(e); that nothing is kept longer than the purpose needs holds for staff too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from advice.rules.visits import TimeKnown

When = TypeVar("When", bound=date)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: which rows, how long after what, what then happens, and who decided so. Days or years, not both."""

    name: str
    tables: tuple[str, ...]
    what: str
    why: str
    days: int = 0
    years: int = 0

    @property
    def term(self) -> str:
        """After how long, in words."""
        return f"after {self.days} days" if self.days else f"after {self.years} years"

    def cutoff(self, now: datetime) -> datetime:
        """Whatever happened at this instant or before is due. ValueError for a naive `now`."""
        if now.utcoffset() is None:
            raise ValueError("an instant needs a time zone")
        return years_before(now, self.years) - timedelta(days=self.days)

    def cutoff_day(self, today: date) -> date:
        """Whatever belongs to this day or an earlier one is due."""
        return years_before(today, self.years) - timedelta(days=self.days)


VISITS_COARSENED = Rule(
    "visits_coarsened",
    ("visits", "visit_revisions"),
    "30 days after a visit its time is coarsened to the hour; the language leaves the row and every revision of it "
    "and lives on as counts of month, place and organisation; the device and the exact instants of its revisions go",
    "a minute, a small place and a rare language can point at a resident (GDPR art. 5(1)(c) and (e))",
    days=30,
)
VISITS_ROLLED_UP = Rule(
    "visits_rolled_up",
    (
        "visits", "visit_revisions", "visit_topics", "visit_help_forms", "visit_outcomes", "visit_bodies",
        "visit_activities",
    ),
    "5 years after a visit the row, its history and what was tapped are deleted; counts of week, place, organisation "
    "and topic remain",
    "the agreements run four years and are reported on for one more",
    years=5,
)  # fmt: skip
ATTEMPTS = Rule(
    "attempts",
    ("attempts",),
    "attempts to log in are deleted after 90 days",
    "long enough to see an attack and to count limits",
    days=90,
)
SESSIONS = Rule(
    "sessions",
    ("sessions",),
    "sessions are deleted 30 days after they ended or ran out",
    "so that a person can see where she was logged in lately; then it is of no use",
    days=30,
)
ONE_TIME_LINKS = Rule(
    "one_time_links",
    ("one_time_links",),
    "one-time links are deleted 30 days after they were used or ran out",
    "so that a leader can see that an invitation was not taken up; then it is of no use",
    days=30,
)
OFFERS = Rule(
    "offers",
    ("memberships",),
    "memberships that were offered and never taken on are deleted 30 days after, once no link for them is left",
    "they never counted; who was asked is nobody's to keep",
    days=30,
)
TABLET_UNLOCKS = Rule(
    "tablet_unlocks",
    ("tablet_unlocks",),
    "who unlocked which tablet on which day is deleted after 30 days",
    "a tablet's queue may hold visits of weeks ago; when staff came and went is nobody's to keep",
    days=30,
)
MAILS = Rule(
    "mails",
    ("mails",),
    "mails are deleted 30 days after they were sent or given up",
    "so that it can be seen whether a mail went out; its words are erased when it is sent, or 7 days after it was "
    "given up",
    days=30,
)
FEED_TOKENS = Rule(
    "feed_tokens",
    ("feed_tokens",),
    "calendar addresses are deleted 30 days after they were closed",
    "a closed address opens nothing; the audit says when it was closed",
    days=30,
)
ABSENCES = Rule(
    "absences",
    ("absences",),
    "absences are deleted 30 days after their last day",
    "the plan they were laid round is past; when and why somebody was away is nobody's to keep",
    days=30,
)
SWAPS = Rule(
    "swaps",
    ("swaps", "swap_approvals"),
    "swaps are deleted 30 days after the day of the shift that was offered",
    "the shifts say who was on duty; who asked whom, and who said no, is nobody's to keep",
    days=30,
)
SHIFT_NEWS = Rule(
    "shift_news",
    ("shift_news",),
    "what somebody was not told or has not looked at of her shifts is deleted 30 days after the day of the shift",
    "once the day has gone there is nothing left to hear",
    days=30,
)
PRESENCES = Rule(
    "presences_coarsened",
    ("presences",),
    "90 days after a day the times at which somebody met and left are deleted; the minutes that they came to stay",
    "a leader puts them right within 60 days, and a quarter is accounted for; when staff came and went is then "
    "nobody's to keep",
    days=90,
)
STAFF_NOTICES = Rule(
    "staff_notices",
    ("staff_notices",),
    "notices to the staff are deleted 30 days after their last day, those that were taken away before it, too",
    "what was wrong with the printer is of no use by then; who wrote it is nobody's to keep",
    days=30,
)
STAND_IN_ASKS = Rule(
    "stand_in_asks",
    ("stand_in_asks",),
    "who was asked to take over a shift, and what they said, is deleted 30 days after the day of the shift",
    "the shift has been held or not; how often somebody said no is nobody's to count",
    days=30,
)
DRAFT_REASONS = Rule(
    "draft_reasons",
    ("drafts",),
    "30 days after a plan was sent back, or a single edit refused, the words of why are erased; the plan stays",
    "it has been put right or dropped by then; words about colleagues are nobody's to keep",
    days=30,
)
AUDIT = Rule(
    "audit_entries",
    ("audit_entries",),
    "the audit is deleted after 2 years",
    "long enough to look into what somebody did; the database holds the limit too (guards.py)",
    years=2,
)
PEOPLE = Rule(
    "people_anonymised",
    (
        "people", "memberships", "sessions", "one_time_links", "passkeys", "totp_secrets", "recovery_codes",
        "oidc_identities", "feed_tokens", "tablet_unlocks", "mails", "attempts",
    ),
    "a year after her last membership ended a person becomes a \"Tidligere medarbejder\": name, e-mail, phone, title, "
    "initials, notes and all that she could log in with go; her shifts and visits still point at the row",
    "the plan and the log are the organisations'; who she was is hers (GDPR art. 5(1)(e))",
    years=1,
)  # fmt: skip
COPIES = Rule(
    "own_copies",
    (),
    "copies that the program made of its own SQLite file, before an upgrade or a restore, are deleted after 30 days",
    "a copy keeps what the rules above have deleted",
    days=30,
)

RULES: tuple[Rule, ...] = (
    VISITS_COARSENED, VISITS_ROLLED_UP, ATTEMPTS, SESSIONS, ONE_TIME_LINKS, OFFERS, TABLET_UNLOCKS, MAILS, FEED_TOKENS,
    ABSENCES, SWAPS, SHIFT_NEWS, PRESENCES, STAFF_NOTICES, STAND_IN_ASKS, DRAFT_REASONS, AUDIT, PEOPLE, COPIES,
)  # fmt: skip
"""In the order they run: what is counted goes into counts before the rows go, people after what hangs on them."""

_SETTING = "a setting: it is ended by its validity, never deleted, and names no resident"
_PLAN = "the plan of the programme: what was open and who was on duty is what the numbers are read against"
_WORDS = "what an indicator is and was: the agreements stay readable after they have ended"
_COUNTS = "counts that identify nobody: what the rules leave behind"

KEPT: Mapping[str, str] = {
    "programmes": _SETTING,
    "organisations": _SETTING,
    "residential_areas": _SETTING,
    "departments": _SETTING,
    "places": _SETTING,
    "place_areas": _SETTING,
    "services": _SETTING,
    "weekly_hours": _SETTING,
    "closures": _SETTING,
    "hours_changes": _SETTING,
    "extra_openings": _SETTING,
    "hours_edits": "which rows belong to one edit of opening hours, so that it can be undone; who made it is "
    "anonymised with her",
    "school_holidays": _SETTING,
    "resident_notices": _SETTING,
    "focus_areas": _SETTING,
    "topic_groups": _SETTING,
    "topics": _SETTING,
    "help_forms": _SETTING,
    "outcomes": _SETTING,
    "visit_kinds": _SETTING,
    "bodies": _SETTING,
    "activities": _SETTING,
    "competences": _SETTING,
    "staffing_needs": _SETTING,
    "need_organisations": _SETTING,
    "need_competences": _SETTING,
    "day_needs": _SETTING,
    "day_need_organisations": _SETTING,
    "day_need_competences": _SETTING,
    "oidc_providers": _SETTING,
    "tablets": "which devices were enrolled, by whom and for which place; their secret is dead when they are ended",
    "decisions": "where a setting was decided: stands as long as the setting; who entered it is anonymised with her",
    "openings": _PLAN,
    "shifts": _PLAN + "; the person becomes a \"Tidligere medarbejder\" by people_anonymised",
    "membership_competences": "points at a membership; says nothing of anybody once the person is anonymised",
    "availabilities": "points at a membership; says nothing of anybody once the person is anonymised",
    "place_wishes": "points at a membership; says nothing of anybody once the person is anonymised",
    "absence_rounds": "when everybody was asked for absence; who asked is anonymised with her",
    "absence_answers": "that a member has answered; says nothing of anybody once the person is anonymised",
    "open_with_fewer": _PLAN + "; who said so is anonymised with her",
    "draft_changes": _PLAN + "; the person becomes a \"Tidligere medarbejder\" by people_anonymised",
    "draft_approvals": _PLAN + "; who said yes is anonymised with her",
    "agreements": _WORDS,
    "objectives": _WORDS,
    "indicators": _WORDS,
    "readings": _WORDS,
    "visit_month_counts": _COUNTS,
    "visit_week_counts": _COUNTS,
    "visit_week_topic_counts": _COUNTS,
    "revisions": "numbers that say whether anything residents see, or the vagtplan shows, has changed",
    "jobs": "one row a kind of timed work",
    "worker_beats": "one row a worker; the worker forgets those of yesterday",
}  # fmt: skip
"""Tables whose rows stay, and why."""

FORGOTTEN = ("language",)
"""Columns of a visit that leave the row and live on as month counts. Home area, age band and gender join when they
come: a column of that name on visits, and the same key in the content of its revisions."""

FORMER_NAME = "Tidligere medarbejder"


def years_before(when: When, years: int) -> When:
    """The same date (or instant) some years earlier; 28 February where there is no 29th."""
    try:
        return when.replace(year=when.year - years)
    except ValueError:
        return when.replace(year=when.year - years, day=28)


def to_the_hour(moment: datetime) -> datetime:
    """The beginning of the hour an instant lies in, UTC: the same as on the wall, as Danish time is whole hours off."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def coarse_time_known(known: str) -> str:
    """How well the time is known once it is coarsened: an exact one to the hour, the others as before."""
    return TimeKnown.HOUR.value if known == TimeKnown.EXACT else known


def coarse_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """A revision's content without what can point at somebody: instant to the hour, FORGOTTEN fields null."""
    coarse = dict(content)
    if coarse.get("occurred_at"):
        moment = to_the_hour(datetime.fromisoformat(coarse["occurred_at"]))
        coarse["occurred_at"] = moment.isoformat().replace("+00:00", "Z")
    if coarse.get("time_known"):
        coarse["time_known"] = coarse_time_known(coarse["time_known"])
    return coarse | {field: None for field in FORGOTTEN if field in coarse}


def former_email(person_id: int) -> str:
    """An address that is nobody's and can be nobody's (the name .invalid is reserved for that, RFC 2606)."""
    return f"tidligere-{person_id}@medarbejder.invalid"


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())
