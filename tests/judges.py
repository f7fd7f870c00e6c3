"""Other people's programs that judge what we make: libical and ical.js for feeds, opening_hours.js for the hours on
a map, a validator for pages.

They are no Python packages: `.ci/run` installs them, the npm ones into `.judges/`, and sets REQUIRE_JUDGES=1,
so that a missing one fails there. Elsewhere the tests that ask it are skipped, and one line at the end of the
run says so.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

FOLDER = Path(__file__).resolve().parent.parent / ".judges" / "node_modules"
ICALJS = FOLDER / "ical.js" / "dist" / "ical.js"
OPENING_HOURS = FOLDER / "opening_hours" / "build" / "opening_hours.esm.mjs"
VNU = FOLDER / "vnu-jar" / "build" / "dist" / "vnu.jar"
HTML_VALIDATE = FOLDER / "html-validate" / "bin" / "html-validate.mjs"
SECONDS = 120

ICALJS_SCRIPT = """
import { readFileSync } from "node:fs";
const ICAL = (await import(process.argv[1])).default;
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const events = calendar.getAllSubcomponents("vevent").map((part) => new ICAL.Event(part));
console.log(JSON.stringify(events.map((e) => [e.uid, e.startDate.toUnixTime(), e.endDate.toUnixTime()])));
"""
OPENING_HOURS_SCRIPT = """
import { readFileSync } from "node:fs";
const OpeningHours = (await import(process.argv[1])).default;
const denmark = { lat: 55.7, lon: 12.6, address: { country_code: "dk", state: "" } };
const read = JSON.parse(readFileSync(0, "utf8")).map(([line, first, last]) => {
  const hours = new OpeningHours(line, denmark, { tag_key: "opening_hours", locale: "en" });
  const open = hours.getOpenIntervals(new Date(first), new Date(last)).map(([a, b]) => [a.toJSON(), b.toJSON()]);
  return { warnings: hours.getWarnings(), open };
});
console.log(JSON.stringify(read));
"""


PASSED = "in the past.)"
"""What opening_hours.js remarks by the clock of the machine, which our tests do not go by."""

HoursLine = tuple[str, date, date]
"""An `opening_hours` line, and the first and last day to read it for, both inclusive."""


class Instants(NamedTuple):
    """When one event begins and ends, as a program of other people reads it: aware UTC."""

    uid: str
    starts: datetime
    ends: datetime


def missing_judges() -> list[str]:
    """The names of the judges that are not on this machine."""
    present = {
        "libical": _libical() is not None,
        "ical.js": _script_command(ICALJS, ICALJS_SCRIPT) is not None,
        "opening_hours.js": _script_command(OPENING_HOURS, OPENING_HOURS_SCRIPT) is not None,
        "an HTML validator": _html_command() is not None,
    }
    return [name for name, found in present.items() if not found]


def libical_errors(ics: bytes) -> list[str]:
    """What libical objects to in a calendar, as its X-LIC-ERROR lines; empty when it has no objection."""
    library = _libical() or _absent("libical")
    root = library.icalparser_parse_string(ics)
    if not root:
        return ["libical cannot read this as a calendar at all"]
    try:
        agreed = library.icalrestriction_check(root)
        text = library.icalcomponent_as_ical_string_r(root)
        try:
            lines = _unfolded(ctypes.string_at(text).decode("utf-8", "replace"))
        finally:
            library.icalmemory_free_buffer(text)
    finally:
        library.icalcomponent_free(root)
    errors = [line for line in lines if line.startswith("X-LIC-ERROR")]
    return errors if agreed or errors else ["libical's check_restrictions() says no, without a reason"]


def icaljs_instants(ics: bytes) -> list[Instants]:
    """The events of a calendar as ical.js (Thunderbird's parser) reads them, in the order of the file."""
    command = _script_command(ICALJS, ICALJS_SCRIPT) or _absent("ical.js")
    done = subprocess.run(command, input=ics, capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, f"ical.js cannot read the calendar: {done.stderr.decode('utf-8', 'replace')}"
    read = json.loads(done.stdout)
    return [Instants(uid, datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC)) for uid, a, b in read]


def opening_hours_stretches(lines: Sequence[HoursLine]) -> list[dict[date, list[tuple[time, time]]]]:
    """The days on which it is open, as opening_hours.js (the maps' reader) understands each line in Denmark.

    One run for all. A line that it cannot read, or has something to remark on, fails the test.
    """
    command = _script_command(OPENING_HOURS, OPENING_HOURS_SCRIPT) or _absent("opening_hours.js")
    asked = [(line, first.isoformat(), (last + timedelta(days=1)).isoformat()) for line, first, last in lines]
    wall = os.environ | {"TZ": "UTC"}  # its clock is the process's, so one without summer time shows what is written
    done = subprocess.run(
        command, input=json.dumps(asked).encode(), capture_output=True, timeout=SECONDS, check=False, env=wall
    )
    assert done.returncode == 0, f"opening_hours.js cannot read a line: {done.stderr.decode('utf-8', 'replace')}"
    read = json.loads(done.stdout)
    warnings = [warning for one in read for warning in one["warnings"] if PASSED not in warning]
    assert not warnings, f"opening_hours.js remarks: {warnings}"
    return [_by_day(one["open"]) for one in read]


def _by_day(stretches: Sequence[Sequence[str]]) -> dict[date, list[tuple[time, time]]]:
    found: dict[date, list[tuple[time, time]]] = {}
    for starts, ends in ([datetime.fromisoformat(at).replace(tzinfo=None) for at in pair] for pair in stretches):
        assert starts.date() == ends.date(), f"{starts} to {ends}"
        found.setdefault(starts.date(), []).append((starts.time(), ends.time()))
    return found


def html_errors(pages: Mapping[str, str]) -> list[str]:
    """What the validator finds wrong in whole pages (name to HTML): "name:line: message". One run for all."""
    command = _html_command() or _absent("an HTML validator")
    names = list(pages)
    with tempfile.TemporaryDirectory(prefix="raad-html-") as folder:
        files = [Path(folder) / f"page{number}.html" for number in range(len(names))]
        for file, name in zip(files, names, strict=True):
            file.write_text(pages[name], encoding="utf-8")
        done = subprocess.run([*command, *map(str, files)], capture_output=True, timeout=SECONDS, check=False)
    read = _vnu_messages(done.stderr) if "-jar" in command else _html_validate_messages(done.stdout)
    return [f"{names[int(Path(file).stem.removeprefix('page'))]}:{line}: {text}" for file, line, text in read]


Message = tuple[str, int, str]


def _vnu_messages(output: bytes) -> list[Message]:
    messages = json.loads(output)["messages"]
    return [(m.get("url", "page0.html"), m.get("lastLine", 0), m["message"]) for m in messages if m["type"] != "info"]


def _html_validate_messages(output: bytes) -> list[Message]:
    return [(r["filePath"], m["line"], m["message"]) for r in json.loads(output) for m in r["messages"]]


def _absent(name: str) -> NoReturn:
    """Skip the test, or fail it where every judge must be present."""
    if os.environ.get("REQUIRE_JUDGES"):
        pytest.fail(f"{name} is not on this machine, and REQUIRE_JUDGES is set: see .ci/run", pytrace=False)
    pytest.skip(f"{name} is not on this machine (.ci/run installs it)")


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").replace("\r\n\t", "").splitlines()


@cache
def _libical() -> ctypes.CDLL | None:
    """Debian's C library by ctypes, its functions declared; None when it is not installed."""
    for name in ("libical.so.3", ctypes.util.find_library("ical")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None:
            break
    else:
        return None
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalrestriction_check.argtypes = [ctypes.c_void_p]
    library.icalrestriction_check.restype = ctypes.c_int
    library.icalcomponent_as_ical_string_r.argtypes = [ctypes.c_void_p]
    library.icalcomponent_as_ical_string_r.restype = ctypes.c_void_p
    for free in (library.icalcomponent_free, library.icalmemory_free_buffer):
        free.argtypes, free.restype = [ctypes.c_void_p], None
    return library


def _script_command(module: Path, script: str) -> list[str] | None:
    """Node with a script that imports the module; None where either is missing."""
    node = shutil.which("node")
    if node is None or not module.is_file():
        return None
    return [node, "--input-type=module", "--eval", script, module.as_uri()]


def _html_command() -> list[str] | None:
    """The validator of the W3C where there is Java, html-validate where there is only Node."""
    java, node = shutil.which("java"), shutil.which("node")
    if java and VNU.is_file():
        return [java, "-Xss4m", "-jar", str(VNU), "--format", "json", "--exit-zero-always"]
    if node and HTML_VALIDATE.is_file():
        return [node, str(HTML_VALIDATE), "--preset", "standard", "--formatter", "json"]
    return None
