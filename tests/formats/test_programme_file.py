"""Programme files as text: every fault has a line, a field and a sentence, and no file can break the reader."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.config import ROOT
from advice.formats.programme_file.catalogue import FINAL
from advice.formats.programme_file.document import MOST_BYTES, FaultyFile, Parsed, read, write
from advice.models.catalogue import OUTCOME_FLAGS, Outcome

TODAY = date(2026, 11, 23)
THIRD = ROOT / "tests/programmes/third.toml"
FILES = (ROOT / "advice/demo/aktiv.toml", ROOT / "advice/demo/en-faelles-indsats.toml", THIRD)
TEXT = THIRD.read_text(encoding="utf-8")
LINES = TEXT.splitlines()


def parsed(text: str) -> Parsed:
    return read(text.encode(), TODAY)


def faults(content: str | bytes) -> list[str]:
    """The faults of a file as they are printed."""
    with pytest.raises(FaultyFile) as caught:
        read(content.encode() if isinstance(content, str) else content, TODAY)
    return [str(fault) for fault in caught.value.faults]


def line_number(line: str, nth: int = 1) -> int:
    """Where the nth such line stands in the third file, counted from 1."""
    return [number for number, each in enumerate(LINES, 1) if each == line][nth - 1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_written_reads_back_the_same_and_is_written_the_same(path: Path) -> None:
    file = read(path.read_bytes(), TODAY).file
    text = write(file)
    assert parsed(text).file == file
    assert write(parsed(text).file) == text


AGREED = "agreements[0].objectives[0].indicators[0]"
PROPOSED = "agreements[0].objectives[1].indicators[0]"
LINK = 'link = "https://example.org/raadhuset"'
WRONG = [
    ("valid_from = 2025-12-01", "withdrawn_at = 0001-01-01T00:00:00Z", "closures[1].withdrawn_at", "år 2000"),
    ('slug = "fjordbyen"', 'slug = "vagtplan"', "programme.slug", "optaget"),
    ('slug = "fjordbyen"', 'slug = "Fjord byen"', "programme.slug", "små bogstaver"),
    ("valid_from = 2024-01-01", 'valid_from = "2024-01-01"', "programme.valid_from", "dato uden anførselstegn"),
    ('customary_closed = ["12-24"]', 'customary_closed = ["02-30"]', "programme.customary_closed[0]", "måned og dag"),
    ('languages = ["da", "pl"]', 'languages = "da"', "programme.languages", "liste"),
    ('short_name = "Fjordhus"', f'short_name = "{"x" * 41}"', "organisations[0].short_name", "højst 40"),
    ('short_name = "Fjordhus"', "colour = 3", "organisations[0].short_name", "mangler"),
    ('area = "bakken"', 'area = "dalen"', "departments[0].area", '"dalen" findes ikke i areas'),
    ('slug = "vaskehuset"', 'slug = "pakhuset"', "places[1].slug", "to gange"),
    ("latitude = 55.5", "latitude = 155.5", "places[0].latitude", "højst være 90"),
    ("latitude = 55.5", "latitude = nan", "places[0].latitude", "almindeligt tal"),
    ('areas = ["molen", "bakken"]', 'areas = ["molen", "dalen"]', "places[1].areas[1]", "findes ikke"),
    ('labels = { da = "Hverdagshjælp", pl = "Pomoc" }', 'labels = { pl = "Pomoc" }', "services[0].labels", "dansk"),
    ('approval = "responsible"', 'approval = "nobody"', "services[0].approval", "'touched'"),
    ("approval_days = 3", "approval_days = true", "services[0].approval_days", "helt tal"),
    ('weekday = "sat"', 'weekday = "saturday"', "hours[2].weekday", "mon, tue"),
    ('ends = "13:00"', 'ends = "09:00"', "hours[2].ends", "over midnat"),
    ('ends = "13:00"', 'ends = "24:00"', "hours[2].ends", "23:59"),
    ('starts = "13:00"', 'starts = "11:59"', "hours[1].starts", "overlapper mon 09:30-12:00"),
    ("every_weeks = 2", "every_weeks = 0", "hours[3].every_weeks", "mindst være 1"),
    ("last_date = 2026-10-16", "last_date = 2026-10-11", "closures[2].last_date", "før first_date"),
    ("last_week = 29", "last_week = 54", "closures[0].last_week", "højst være 53"),
    ('first_day = "12-22"', "first_week = 3", "closures[1].first_week", "hører ikke til"),
    ('code = "hus-cykel"', 'code = "breve-kommune"', "topic_groups[1].topics[0].code", "to gange"),
    ('flags = ["bridges"]', 'flags = ["crosses"]', "outcomes[2].flags[0]", "skal være en af"),
    ('language = "pl"', 'note = "x"', "competences[0].note", "findes ikke i formatet"),
    ("best = 3", "best = 1", "needs[0].best", "mindre end least"),
    ("organisations = { fjordhus = 1 }", "organisations = { byen = 1 }", "needs[0].organisations.byen", "findes ikke"),
    (LINK, 'link = "https://"', "bodies[0].link", "hel webadresse"),
    (LINK, 'link = "https:///x"', "bodies[0].link", "hel webadresse"),
    (LINK, 'link = "http://. "', "bodies[0].link", "hel webadresse"),
    (LINK, 'link = "https://[x/"', "bodies[0].link", "hel webadresse"),
    (LINK, 'link = "raadhuset"', "bodies[0].link", "https?://"),
    ("target = 80", "", AGREED + ".target", "mangler"),
    ('counts = { kinds = ["kaffesnak"] }', 'counts = { kinds = ["te"] }', AGREED + ".counts.kinds[0]", "visit_kinds"),
    ('code = "egen-haand"', 'code = "egen haand"', PROPOSED + ".code", "ser ikke rigtig ud"),
    ('counts = { any_flag = ["self_help"] }', 'counts = { any_flag = [1] }', PROPOSED + ".counts.any_flag[0]", ""),
    ("of = { any_outcome = true }", "", PROPOSED + ".of", "share"),
    ("valid_to = 2027-12-31", "valid_to = 2023-12-31", "agreements[0].valid_to", "før valid_from"),
    ('year_start = "01-01"', 'renews = "fjordaftalen"', "agreements[0].renews", "skal stå før"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "instead", "field", "words"), WRONG, ids=[wrong[2] + " " + wrong[3] for wrong in WRONG]
)
def test_a_fault_is_named_with_line_field_and_sentence(line: str, instead: str, field: str, words: str) -> None:
    at = line_number(line)
    found = faults("\n".join([*LINES[: at - 1], instead, *LINES[at:]]))
    named = [fault for fault in found if f", {field}: " in fault]
    assert len(named) == 1, found
    assert words in named[0]
    number = int(re.match(r"linje (\d+), ", named[0])[1])  # type: ignore[index]
    table = max(line for line in range(1, at + 1) if LINES[line - 1].startswith("["))
    assert number in (at, table)


def test_every_fault_of_a_file_is_named_at_once() -> None:
    text = TEXT.replace('weekday = "sat"', "weekday = 5").replace('area = "bakken"', 'area = "dalen"')
    text = text.replace("best = 3", "best = 0").replace('code = "el"', 'code = "polsk"')
    assert [fault.split(": ")[0].split(", ")[1] for fault in faults(text)] == [
        "departments[0].area", "hours[2].weekday", "competences[1].code", "needs[0].best", "needs[0].competences[0]",
        "needs[1].weekday",
    ]  # fmt: skip


def test_the_number_of_a_line_counts_inside_lists_over_several_lines() -> None:
    text = TEXT.replace("value = 36.5", 'value = "36,5"')
    at = line_number(next(line for line in LINES if "36.5" in line))
    assert faults(text) == [
        f"linje {at}, agreements[0].objectives[0].indicators[1].readings[1].value: skal være et tal"
    ]


HOSTILE = {
    "nothing": b"",
    "null bytes": b"\x00" * 100,
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe",
    "half a letter": "navn = 'æ".encode()[:-1],
    "another encoding": TEXT.encode("utf-16"),
    "too large": b"#" * (MOST_BYTES + 1),
    "deep lists": b"a = " + b"[" * 100_000,
    "deep tables": b"a = " + b"{a=" * 50_000,
    "deep names": b".".join([b"a"] * 100_000) + b" = 1",
    "a deep header": b"[" + b".".join([b"a"] * 100_000) + b"]",
    "an endless text": b'a = """' + b"x\n" * 100_000,
    "an endless number": b"a = " + b"9" * 100_000,
    "no such day": b"a = 2026-02-30",
    "a name twice": b"a = 1\na = 2",
    "a word": b"hej",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_gets_a_sentence_with_a_line(content: bytes) -> None:
    found = faults(content)
    assert len(found) == 1
    assert re.fullmatch(r"linje \d+(, [\w.\[\]]+)?: [^\n]{5,400}", found[0])


def test_a_control_character_is_refused_where_it_stands() -> None:
    line = 'name = "Pakhuset"'
    found = faults(TEXT.replace(line, r'name = "Pak\u0000huset"'))
    assert found == [f"linje {line_number(line)}, places[0].name: indeholder usynlige styretegn"]


VALUES = st.sampled_from(
    ["1", "-1", "1e400", "true", '""', '"x"', '"da"', "[]", "{}", "[[]]", "2026-11-23", "12:00:00", "{ da = 1 }",
     '["x", 1]', "2026-11-23T12:00:00Z", '"\\u0007"', "99999999999999999999", '"2026-11-23"', "[{}]", '{ "" = "" }']
)  # fmt: skip


def sound(content: str) -> bool:
    """Whether a file reads; if not, every fault must have a line of the file and a sentence."""
    try:
        parsed(content)
    except FaultyFile as error:
        assert error.faults
        for fault in error.faults:
            assert 1 <= fault.line <= content.count("\n") + 1, fault
            assert fault.sentence and "\n" not in str(fault)
        return False
    return True


@given(st.integers(0, len(LINES) - 1))
def test_a_file_with_a_line_gone_reads_or_names_its_faults(at: int) -> None:
    sound("\n".join([*LINES[:at], *LINES[at + 1 :]]))


@given(st.sampled_from([at for at, line in enumerate(LINES) if " = " in line]), VALUES)
def test_a_value_of_another_type_is_read_or_named(at: int, value: str) -> None:
    name = LINES[at].split(" = ")[0]
    sound("\n".join([*LINES[:at], f"{name} = {value}", *LINES[at + 1 :]]))


@given(st.sampled_from([at for at, line in enumerate(LINES) if re.match(r'(code|slug) = "', line)]))
def test_a_code_renamed_in_one_place_is_named_wherever_it_was_meant(at: int) -> None:
    old = LINES[at].split('"')[1]
    text = "\n".join([*LINES[:at], LINES[at].replace(old, f"{old}-x"), *LINES[at + 1 :]])
    if not sound(text):
        assert all("findes ikke i" in fault and f'"{old}"' in fault for fault in faults(text))


@given(st.binary(max_size=200))
def test_any_bytes_at_all_get_a_sentence(content: bytes) -> None:
    with pytest.raises(FaultyFile):
        read(content, TODAY)


@given(st.integers(0, len(TEXT)), st.text(alphabet="[]{}=\"'.,#\n\\ a1", min_size=1, max_size=6))
def test_signs_thrown_into_a_file_never_break_the_reader(at: int, signs: str) -> None:
    sound(TEXT[:at] + signs + TEXT[at:])


def test_weeks_over_the_new_year_are_no_fault() -> None:
    text = TEXT.replace("first_week = 29\nlast_week = 29", "first_week = 52\nlast_week = 1")
    closure = parsed(text).file.closures[0]
    assert (closure.first_week, closure.last_week) == (52, 1)


def test_flags_are_the_columns_of_an_outcome() -> None:
    assert {*Outcome.__table__.columns.keys()} >= {FINAL, *OUTCOME_FLAGS}
    flags = ", ".join(f'"{flag}"' for flag in (FINAL, *OUTCOME_FLAGS))
    text = TEXT.replace('flags = ["bridges"]', f"flags = [{flags}]")
    assert parsed(text).file.outcomes[2].flags == [FINAL, *OUTCOME_FLAGS]


def hours(*rows: str) -> str:
    """The third file with other hours at its first place."""
    start, end = TEXT.index("[[hours]]"), TEXT.index("[[closures]]")
    row = '[[hours]]\nplace = "pakhuset"\nservice = "hverdagshjaelp"\nweekday = "mon"\n'
    return TEXT[:start] + "".join(row + each + "\n" for each in rows) + TEXT[end:]


def test_hours_in_alternate_weeks_do_not_overlap() -> None:
    first = 'starts = "12:00"\nends = "15:00"\nevery_weeks = 2\nvalid_from = 2026-11-02'
    other = 'starts = "13:00"\nends = "16:00"\nevery_weeks = 2\nvalid_from = 2026-11-09'
    assert parsed(hours(first, other))
    assert "overlapper" in faults(hours(first, other.replace("11-09", "11-16")))[0]


def test_hours_that_overlapped_in_the_past_are_history_and_no_fault() -> None:
    ended = 'starts = "12:00"\nends = "15:00"\nvalid_from = 2024-01-01\nvalid_to = 2026-11-22'
    now = 'starts = "13:00"\nends = "16:00"\nvalid_from = 2024-01-01'
    assert parsed(hours(ended, now))
    assert "overlapper" in faults(hours(ended.replace("11-22", "11-23"), now))[0]


def one_day(day: str, starts: str, ends: str, more: str = "") -> str:
    """The third file with one more extra opening."""
    row = f'place = "pakhuset"\nservice = "hverdagshjaelp"\nday = {day}\nstarts = "{starts}"\nends = "{ends}"\n{more}\n'
    return TEXT.replace("[[extra_openings]]", f"[[extra_openings]]\n{row}\n[[extra_openings]]")


@pytest.mark.parametrize(
    ("starts", "ends", "field"), [("02:00", "05:00", "starts"), ("01:00", "02:30", "ends"), ("01:00", "03:00", None)]
)
def test_a_time_that_the_clocks_skip_is_a_fault_of_a_day_ahead(starts: str, ends: str, field: str | None) -> None:
    text = one_day("2027-03-28", starts, ends)
    for faulty in (text, text.replace("[[extra_openings]]", "[[hours_changes]]")):
        if field is None:
            assert parsed(faulty)
        else:
            [fault] = faults(faulty)
            assert f"[0].{field}: findes ikke den 2027-03-28" in fault or f"[1].{field}: findes ikke" in fault
    for fine in (("2027-03-27", ""), ("2026-03-29", ""), ("2027-03-28", "withdrawn_at = 2026-11-01T12:00:00Z")):
        assert parsed(one_day(fine[0], starts, ends, fine[1]))


def test_a_time_that_the_clocks_skip_is_a_fault_of_weekly_hours_that_are_held_then() -> None:
    text = hours('starts = "01:00"\nends = "02:30"\nvalid_from = 2020-01-01')
    assert parsed(text)
    sundays = text.replace('weekday = "mon"', 'weekday = "sun"', 1)
    [fault] = faults(sundays)
    assert "hours[0].ends: findes ikke den dag, hvor uret bliver stillet frem" in fault
    assert "hours[0].starts: " in faults(sundays.replace("01:00", "02:00"))[0]
    for last in ("2026-11-22", "2027-03-21"):
        assert parsed(sundays.replace("valid_from = 2020-01-01", f"valid_from = 2020-01-01\nvalid_to = {last}"))
    other_weeks = sundays.replace("valid_from = 2020-01-01", "every_weeks = 2\nvalid_from = 2026-11-23")
    assert len(faults(other_weeks)) == 1, "in some later spring they are held on that day"
    short = other_weeks.replace("valid_from = 2026-11-23", "valid_from = 2026-11-23\nvalid_to = 2027-04-30")
    shifted = short.replace("2026-11-23", "2026-11-30")
    assert sorted([outcome(short), outcome(shifted)]) == [0, 1], "of two rounds of weeks one has that day"


def outcome(text: str) -> int:
    """The number of faults of a file."""
    try:
        parsed(text)
    except FaultyFile as error:
        return len(error.faults)
    return 0
