"""Which faults of a programme an edit is to blame for: one that stood before, in a row as it is, blocks nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from advice.formats.programme_file.codes import NESTED, Finding

COUNTED = re.compile(r"\[\d+\]")
"""Which row of a section a finding names: hours[3]."""
Faulty = tuple[dict[str, Any], Sequence[Finding]]
"""A programme's file as data, and what is wrong in it."""


def brought_about(before: Faulty, after: Faulty) -> list[Finding]:
    """What is wrong afterwards and was not before: in other words, in another row, or in a row that was otherwise."""
    stood = Counter(_apart_from_order(before[0], one) for one in before[1])
    new = []
    for one in after[1]:
        known = _apart_from_order(after[0], one)
        if stood[known]:
            stood[known] -= 1
        else:
            new.append(one)
    return new


def _apart_from_order(data: dict[str, Any], one: Finding) -> str:
    """A finding with the row it is about, wherever that stands: what is added or moved counts the others anew."""
    row: Any = data
    for part in one.path:
        inner = row.get(part) if isinstance(row, dict) else row[part] if isinstance(part, int) else None
        if not isinstance(inner, (dict, list)):
            break
        row = inner
    own = {name: value for name, value in row.items() if name not in NESTED} if isinstance(row, dict) else row
    names = [part for part in one.path if isinstance(part, str)]
    return json.dumps([names, COUNTED.sub("", one.sentence), own], default=str, sort_keys=True)
