"""The JSON schemas of Open Referral HSDS 3.0, asked of what we export; used where they are, beside the tree."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from advice.config import ROOT

SCHEMAS = Path(os.environ.get("HSDS_SCHEMAS") or ROOT.parent / "shared/standards/hsds-3.0")


def schema_faults(service: dict[str, Any]) -> list[str]:
    """What the standard objects to in a service and in each of its schedules; nothing where there are no schemas."""
    if not SCHEMAS.is_dir():
        return []
    whole, alone = (json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")) for name in ("service", "schedule"))
    schedules = [each for at in service["service_at_locations"] for each in at["schedules"]]
    found = list(misfits(service, whole, "service"))
    return found + [fault for each in schedules for fault in misfits(each, alone, "schedule")]


KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "array": (list,), "object": (dict,),
}  # fmt: skip


def misfits(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    """What does not fit a schema of HSDS: kind, missing and unknown fields, words of a list, form of ids and links."""
    fits: bool = isinstance(value, KINDS[schema["type"]])
    if not fits:
        yield f"{where}: {value!r} is no {schema['type']}"
    elif schema["type"] == "object":
        yield from (f"{where}: no {name}" for name in schema.get("required", ()) if name not in value)
        for name, each in value.items():
            if name not in schema["properties"]:
                yield f"{where}: {name} is no field"
            else:
                yield from misfits(each, schema["properties"][name], f"{where}.{name}")
    elif schema["type"] == "array":
        for each in value:
            yield from misfits(each, schema["items"], where)
    else:
        if value not in schema.get("enum", [value]):
            yield f"{where}: {value!r} is none of {schema['enum']}"
        if schema.get("format") == "uuid":
            UUID(value)
        if schema.get("format") == "uri" and not urlsplit(value).scheme:
            yield f"{where}: {value!r} is no address"
