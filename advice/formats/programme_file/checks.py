"""What no single field of a programme file can know: fields that do not go together, hours that overlap.

The checks work on the sound tables of a file that has other faults too, so that one reading tells (nearly)
everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from advice.formats.programme_file.catalogue import Indicator, Sections
from advice.formats.programme_file.codes import NESTED, Finding
from advice.formats.programme_file.fields import WEEKDAYS
from advice.formats.programme_file.lines import Path
from advice.formats.programme_file.sections import Closure, Hours, HoursChange, Item, Need
from advice.rules.hours import WeeklyHours
from advice.rules.hours_edits import is_skipped, skipped_by_clocks
from advice.rules.spans import Span

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
LATE = time(23, 59)
"""No clock jumps over it."""
CLOSURE_FIELDS = {
    "once": ("first_date", "last_date"),
    "dates": ("first_day", "last_day"),
    "weeks": ("first_week", "last_week"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An item, its section, and where in the file it stands."""

    section: str
    item: Any
    path: Path


def findings(
    sections: Sections, places: Mapping[str, Sequence[int]], today: date, zone: tzinfo = COPENHAGEN
) -> list[Finding]:
    """What does not go together. `places`: the indexes in the file of items kept from it, where some were not."""
    placed = list(walk(sections, places))
    found = [finding for each in placed for finding in _own_faults(each)]
    found += [finding for each in placed for finding in _skipped_hours(each, today, zone)]
    found += _overlapping_hours([each for each in placed if each.section == "hours"], today)
    found += _overlapping_needs([each for each in placed if each.section == "needs"], today)
    found += _coordinators([each for each in placed if each.section == "organisations"])
    found += _late_renewals([each for each in placed if each.section == "agreements"])
    return found


def walk(sections: Sections, places: Mapping[str, Sequence[int]]) -> Iterator[Placed]:
    """Every item of the file, those inside others after them."""
    for name in Sections.model_fields:
        items = getattr(sections, name)
        for index, item in zip(places.get(name, range(len(items))), items, strict=True):
            yield from _inside(name, item, (name, index))


def _inside(section: str, item: Item, path: Path) -> Iterator[Placed]:
    yield Placed(section, item, path)
    for inner, outer in NESTED.items():
        if outer == section:
            for index, child in enumerate(getattr(item, inner)):
                yield from _inside(inner, child, (*path, inner, index))


def _own_faults(each: Placed) -> Iterator[Finding]:
    """Fields of one table that do not go together."""
    item, path = each.item, each.path
    if isinstance(item, Closure):
        yield from _closure_faults(item, path)
    elif isinstance(item, Indicator):
        yield from _indicator_faults(item, path)
    elif each.section in ("notices", "school_holidays") and item.last_date < item.first_date:
        yield Finding((*path, "last_date"), f"ligger før first_date ({item.first_date})")
    elif each.section == "places" and (item.latitude is None) != (item.longitude is None):
        yield Finding((*path, "latitude"), "latitude og longitude hører sammen")
    elif each.section == "competences" and (item.kind == "language") != (item.language is not None):
        yield Finding((*path, "language"), 'skal stå der, når kind er "language", og kun da')
    elif each.section == "bodies" and item.link is not None and not _leads_somewhere(item.link):
        yield Finding((*path, "link"), 'skal være en hel webadresse, fx "https://example.org"')


def _leads_somewhere(address: str) -> bool:
    """Whether a web address names a host: the field alone knows only how it begins."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # brackets that hold no number of a host
        return False
    return any(letter.isalnum() for letter in host) and not any(letter.isspace() for letter in address)


def _closure_faults(closure: Closure, path: Path) -> Iterator[Finding]:
    for kind, names in CLOSURE_FIELDS.items():
        for name in names:
            given = getattr(closure, name) is not None
            if given != (kind == closure.kind):
                sentence = "hører ikke til" if given else "mangler i"
                yield Finding((*path, name), f'{sentence} en lukning af typen "{closure.kind}"')
    begins, ends = closure.first_date, closure.last_date  # yearly ones, by day or week, may go over the new year
    if begins is not None and ends is not None and ends < begins:
        yield Finding((*path, "last_date"), f"ligger før first_date ({begins})")


def _skipped_hours(each: Placed, today: date, zone: tzinfo) -> Iterator[Finding]:
    """Hours ahead that begin or end when there is no such time: the clocks jump over it."""
    item, path = each.item, each.path
    if isinstance(item, HoursChange) and item.withdrawn_at is None and item.day >= today:
        for name in ("starts", "ends"):
            if is_skipped(item.day, getattr(item, name), zone):
                yield Finding((*path, name), f"findes ikke den {item.day}: uret bliver stillet frem")
    elif isinstance(item, Hours) and (item.valid_to is None or item.valid_to >= today):
        weekly = _from_today(item, today)
        if skipped_by_clocks(weekly, zone):
            name = "starts" if skipped_by_clocks(replace(weekly, ends=LATE), zone) else "ends"
            yield Finding((*path, name), "findes ikke den dag, hvor uret bliver stillet frem")


def _from_today(item: Hours, today: date) -> WeeklyHours:
    """Weekly hours as the rule takes them, without the rounds of weeks that are over."""
    rounds = max((today - item.valid_from).days // (7 * item.every_weeks), 0)
    first = item.valid_from + timedelta(weeks=rounds * item.every_weeks)
    return WeeklyHours(0, 0, item.weekday, item.starts, item.ends, first, item.valid_to, item.every_weeks)


def _indicator_faults(indicator: Indicator, path: Path) -> Iterator[Finding]:
    if indicator.direction in ("at_least", "at_most") and indicator.target is None:
        yield Finding((*path, "target"), f'mangler; direction er "{indicator.direction}"')
    if (indicator.measure is None) != (indicator.counts is None):
        yield Finding((*path, "counts"), "measure og counts hører sammen")
    if (indicator.measure == "share") != (indicator.of is not None):
        yield Finding((*path, "of"), 'skal stå der, når measure er "share", og kun da')


def _overlapping_hours(placed: Sequence[Placed], today: date) -> Iterator[Finding]:
    def clash(a: Hours, b: Hours) -> bool:
        return Span(a.starts, a.ends).overlaps(Span(b.starts, b.ends)) and _same_week(a, b, today)

    for each, other in _clashes(placed, clash):
        first: Hours = other.item
        text = f"{WEEKDAYS[first.weekday]} {first.starts:%H:%M}-{first.ends:%H:%M}"
        yield Finding((*each.path, "starts"), f"overlapper {text} (hours[{other.path[1]}]): samme service og sted")


def _overlapping_needs(placed: Sequence[Placed], today: date) -> Iterator[Finding]:
    def clash(a: Need, b: Need) -> bool:
        return bool(_common(a, b, today))

    for each, other in _clashes(placed, clash):
        yield Finding(
            (*each.path, "valid_from"), f"gælder samtidig med needs[{other.path[1]}]: samme service, sted og dag"
        )


def _clashes(placed: Sequence[Placed], clash: Callable[[Any, Any], bool]) -> Iterator[tuple[Placed, Placed]]:
    """Each row that clashes with an earlier one of the same place, service and weekday, and that earlier one."""
    earlier: dict[tuple[str, str, int], list[Placed]] = {}
    for each in placed:
        rows = earlier.setdefault((each.item.place, each.item.service, each.item.weekday), [])
        other = next((row for row in rows if clash(row.item, each.item)), None)
        if other:
            yield each, other
        rows.append(each)


def _common(a: Hours | Need, b: Hours | Need, today: date) -> tuple[date, date] | None:
    """The days from today on that both are valid."""
    first = max(a.valid_from, b.valid_from, today)
    last = min(a.valid_to or date.max, b.valid_to or date.max)
    return (first, last) if first <= last else None


def _same_week(a: Hours, b: Hours, today: date) -> bool:
    """Whether both are held in some week from today on; hours every n weeks count from their first week."""
    common = _common(a, b, today)
    if common is None:
        return False
    first = common[0].toordinal() + (a.weekday - common[0].weekday()) % 7
    last = min(common[1].toordinal(), first + 7 * a.every_weeks * b.every_weeks)
    starts = [hours.valid_from.toordinal() - hours.valid_from.weekday() + hours.weekday for hours in (a, b)]
    return any(
        (day - starts[0]) % (7 * a.every_weeks) == 0 and (day - starts[1]) % (7 * b.every_weeks) == 0
        for day in range(first, last + 1, 7)
    )


def _coordinators(placed: Iterable[Placed]) -> Iterator[Finding]:
    leading = [each for each in placed if each.item.coordinates and each.item.valid_to is None]
    for each in leading[1:]:
        yield Finding((*each.path, "coordinates"), "kun én organisation kan være tovholder ad gangen")


def _late_renewals(placed: Iterable[Placed]) -> Iterator[Finding]:
    """An agreement renews one that stands above it, so that nothing renews itself in a ring."""
    above: set[str] = set()
    codes = {each.item.code for each in placed}
    for each in placed:
        if each.item.renews in codes - above:
            yield Finding((*each.path, "renews"), f'"{each.item.renews}" skal stå før den aftale, der fornyer den')
        above.add(each.item.code)
