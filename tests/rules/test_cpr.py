"""CPR numbers are found however they are written, and hardly anything else is taken for one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advice.rules.cpr import holds_cpr, without_cpr

DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))
LAST_FOUR = st.integers(0, 9999).map("{:04d}".format)
SIGNS = st.text(" .-/–—‐‑−_·\u00a0\u2009\\⁄\n\t", min_size=1, max_size=3)
PERHAPS = st.one_of(st.just(""), SIGNS)
ZEROS = "0٠۰०০０𝟎𝟘🯰"
UNSEEN = ("", "\u200b", "\u200d", "\u2060", "\u00ad", "\u202e", "\u2066", "\ufeff", "\ufe0f", "\u034f", "\u2800")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Ten digits with a possible date, of a person or a replacement number."""
    born = draw(DATES)
    return f"{born.day + draw(st.sampled_from([0, 60])):02d}{born:%m%y}{draw(LAST_FOUR)}"


@st.composite
def parted(draw: st.DrawFn) -> str:
    """The date with any signs between its digits, and the last four together."""
    digits = draw(numbers())
    gaps = [draw(PERHAPS) for _ in range(5)]
    if gaps[1].isspace():  # "12 05.11.2026" is a number and a date
        gaps[3] = gaps[1]
    head = "".join(digit + gap for digit, gap in zip(digits, gaps, strict=False))
    middle = draw(PERHAPS) + draw(st.sampled_from(["", "", ":", "*", "(", "+", "="])) + draw(PERHAPS)
    if not middle and gaps[3]:  # "27/11 - 280626" is two dates
        middle = "-"
    return head + digits[5] + middle + digits[6:]


@st.composite
def paired(draw: st.DrawFn) -> str:
    """Pairs of digits with the same sign between them all."""
    digits = draw(numbers())
    return draw(SIGNS).join(digits[at : at + 2] for at in range(0, 10, 2))


@st.composite
def single(draw: st.DrawFn) -> str:
    """Single digits with signs between them."""
    digits = draw(numbers())
    return "".join(digit + draw(SIGNS) for digit in digits[:9]) + digits[9]


@st.composite
def full_year(draw: st.DrawFn) -> str:
    """With the year in full: 01.01.1990-1234, 010119901234, 01011990 1234."""
    born, last = draw(DATES), draw(LAST_FOUR)
    ways = (f"{born:%d.%m.%Y}-{last}", f"{born:%d%m%Y}{last}", f"{born:%d%m%Y} {last}", f"{born:%d-%m-%Y}-{last}")
    return draw(st.sampled_from(ways))


@st.composite
def disguised(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> str:
    """The same in the digits of other alphabets, with characters between them that nobody sees."""
    zero = draw(st.sampled_from(ZEROS))
    written = (chr(ord(zero) + int(one)) if one in "0123456789" else one for one in draw(ways))
    return "".join(one + draw(st.sampled_from(UNSEEN)) for one in written)


WAYS = st.one_of(parted(), paired(), single(), full_year())
WORDS = st.sampled_from(["", "Ahmed ", "nr. ", "cpr:", "cpr", "tlf. 20 12 15 33, ", "d. 23/11-2026 ", "(", "kl. 12 "])


@pytest.mark.t15
class TestFound:
    """However people write it."""

    @given(st.one_of(WAYS, disguised(WAYS)), WORDS, st.sampled_from(["", " ringede", ")", ".", ", 2 børn", "x"]))
    @example("29.02.00-1234", "", "")
    @example("01 01 90 - 12 34", "", "")
    @example("1️⃣5️⃣0️⃣1️⃣9️⃣0️⃣-1️⃣2️⃣3️⃣4️⃣", "", "")
    @example("01.01.901234", "", "")
    @example("01-01 90-1234", "", "")
    @example("010190-1234", "2 ", " krævede 100 kr.")
    def test_in_every_way_of_writing_and_in_the_middle_of_a_text(self, number: str, before: str, after: str) -> None:
        text = f"{before}{number}{after}"
        assert holds_cpr(text)
        assert not holds_cpr(without_cpr(text))

    def test_two_numbers_and_a_phone_number_only_the_phone_number_is_left(self) -> None:
        text = "Ring 01.01.90-1234 på 20121533 om 610190 1234 i dag"
        assert without_cpr(text).split() == ["Ring", "på", "20121533", "om", "i", "dag"]

    def test_what_is_left_is_as_it_was_typed(self) -> None:
        assert without_cpr("Åse\u200d ❶ 010190-1234 ½") == "Åse\u200d ❶   ½"


def digits(chance: random.Random, count: int, first: str = "0123456789") -> str:
    """A number of so many digits."""
    return chance.choice(first) + "".join(chance.choice("0123456789") for _ in range(count - 1))


def phone(chance: random.Random) -> str:
    number = digits(chance, 8, "23456789")
    ways = (number, " ".join(number[at : at + 2] for at in range(0, 8, 2)), f"{number[:4]} {number[4:]}")
    return chance.choice(("", "", "+45 ", "0045 ", "tlf. ", "+45")) + chance.choice(ways)


def day(chance: random.Random) -> str:
    found = date(2020 + chance.randrange(9), 1 + chance.randrange(12), 1 + chance.randrange(28))
    ways = ("%d.%m.%Y", "%d/%m-%Y", "%d-%m-%Y", "%d/%m", "%d.%m.%y", "%Y-%m-%d", "%d/%m %y", "%d%m%y")
    return found.strftime(chance.choice(ways))


def hours(chance: random.Random) -> str:
    start = chance.randrange(8, 16)
    ways = (f"{start}-{start + 3}", f"{start}.30-{start + 2}.00", f"{start:02d}:15", f"kl. {start}", f"{start:02d}.00")
    return chance.choice(ways)


def amount(chance: random.Random) -> str:
    value = chance.randrange(50, 40_000)
    grouped = f"{value:,}".replace(",", ".")
    return chance.choice((f"{value} kr.", f"{grouped} kr", f"{grouped},50 kr.", f"{value},-", f"kr. {grouped},00"))


def case_number(chance: random.Random) -> str:
    year, number = chance.randrange(2016, 2027), chance.randrange(1, 99_999)
    ways = (
        f"{year}-{number:06d}", f"{year % 100}/{number:05d}", f"sag {number}", f"S{year}-{number}",
        f"{chance.randrange(10, 90)}.{chance.randrange(99):02d}.04-G01-{number % 99}-{year % 100}",
        f"{year % 100}-{number:07d}",
    )  # fmt: skip
    return chance.choice(ways)


def register_number(chance: random.Random) -> str:
    ean = "5790" + digits(chance, 9)
    ways = (ean, f"{ean[0]} {ean[1:7]} {ean[7:]}", f"EAN {ean[:4]} {ean[4:8]} {ean[8:12]} {ean[12]}",
            f"CVR {digits(chance, 8, '1234')}", f"DK{digits(chance, 2)} 0040 0440 1162 43")  # fmt: skip
    return chance.choice(ways)


def home(chance: random.Random) -> str:
    street = chance.choice(("Stengade", "Kirkevej", "Havnen", "Nørregade", "Ringvej"))
    floor = chance.choice(("", ", 2. tv.", ", st. 12", ", 3. 304"))
    return f"{street} {chance.randrange(1, 250)}{floor}, {chance.randrange(1000, 9990)} {chance.choice(('Byen', 'NV'))}"


def sentence(chance: random.Random) -> str:
    """What an adviser might note: some facts, and words or signs between them."""
    facts: tuple[Callable[[random.Random], str], ...]
    facts = (phone, day, hours, amount, case_number, register_number, home)
    said = [chance.choice(facts)(chance) for _ in range(chance.randrange(1, 4))]
    if chance.random() < 0.25:
        said = [day(chance), hours(chance), *said]
    between = chance.choice((" ", ", ", " og ", " - ", "; ", "\n", " / ", ". Ring til "))
    return chance.choice(("", "Møde ", "Regning på ", "Brev fra ")) + between.join(said)


PHONES = st.integers(0, 99_999_999).map("{:08d}".format)


@pytest.mark.t15
class TestLeftAlone:
    """What people write just as often and means something else."""

    def test_at_most_one_in_a_hundred_of_twenty_thousand_notes_is_a_false_alarm(self) -> None:
        chance = random.Random(15)
        notes = [sentence(chance) for _ in range(20_000)]
        alarms = [note for note in notes if holds_cpr(note)]
        assert len(alarms) <= 200, (len(alarms), alarms[:20])
        kinds = (phone, day, hours, amount, case_number, register_number, home)
        for kind in kinds:
            alone = [text for text in (kind(chance) for _ in range(2_000)) if holds_cpr(text)]
            assert len(alone) <= 20, (kind.__name__, len(alone), alone[:20])

    @given(PHONES, st.sampled_from(["", " ", "  ", "-", ".", "\u00a0"]), st.sampled_from([2, 4, 8]))
    def test_a_phone_number_never(self, number: str, gap: str, size: int) -> None:
        text = gap.join(number[at : at + size] for at in range(0, 8, size))
        assert not holds_cpr(text)
        assert not holds_cpr(f"+45 {text}")
        assert not holds_cpr(f"Ring {text}, spørg efter Åse.")

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "0", "23.11.2026 12.30", "23.11.26 12.30-14.00", "23-11-26 10-12", "23/11 12.30-14.00",
            "10-12 13-15 16-18", "ma 10-12, ti 13-15", "2010-05-17 09.30", "23.11.26, 2100 København",
            "d. 23.11.26: 1500 kr.", "kl. 12 05.11.2026", "27/11 - 280626", "22 11-14 6069",
            "231126 1500,-", "20 12 15 33 40 50 60 70", "10.000-15.000 kr", "DK50 0040 0440 1162 43", "5790000123456",
            "320190-1234", "000190-1234", "011390-1234", "290201-1234", "300290-1234", "920190-1234", "01019O-1234",
            "010190-12345", "1010190-1234", "010190-xxxx", "01011890-1234",
        ],
    )  # fmt: skip
    def test_these(self, text: str) -> None:
        assert not holds_cpr(text)
        assert without_cpr(text) == text

    @given(st.text(max_size=300))
    def test_any_text_is_read_and_one_without_a_number_is_left_as_it_is(self, text: str) -> None:
        assert holds_cpr(text) or without_cpr(text) == text
