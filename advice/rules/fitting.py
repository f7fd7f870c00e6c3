"""How large a text can be set so that all of it is seen: on a sheet of paper, or on a screen that nobody scrolls.

Nobody can measure type before the browser does, so the width of a letter is taken as an average of the page's typeface
with a little to spare. What is wrong by a line is caught by the margin that each sheet keeps free; tests print and
measure the real thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LETTER = 0.54
"""The width of a letter as a part of the size of its type, bold ones among them."""
BOLD = 0.62
"""The same of a name in bold letters, which must not be broken."""
LEADING = 1.3
"""The height of a line as a part of the size of its type."""
MM_PER_POINT = 25.4 / 72

WEEK_POINTS = (13.0, 12.0, 11.0, 10.0, 9.0, 8.0)
"""The sizes in which a week is printed: at the smallest one it may need a second sheet."""
READABLE = 10.0
WEEK_WIDTH, WEEK_HEIGHT = 277.0, 148.0
"""Millimetres of a lying A4 sheet for the columns, and below its headings."""
NAMES_WIDTH, PADDING = 38.0, 3.0
"""The column of the places, and what each cell keeps free, in both directions."""

DOOR_POINTS = (30.0, 26.0, 22.0, 18.0, 15.0, 12.0, 10.0)
DOOR_WIDTH, DOOR_HEIGHT = 178.0, 268.0
"""Millimetres of an upright A4 sheet within its margins."""

WALL_SIZES = (9.0, 7.5, 6.4, 5.4, 4.6, 4.0, 3.4, 2.9, 2.5, 2.1, 1.8)
"""Hundredths of the height of the screen. From 5 metres about 4 can be read on a screen of 43 inches."""
WALL_WIDTH, WALL_HEIGHT, WALL_COLUMNS = 172.0, 80.0, (1, 2, 3, 4, 5)
"""Of a screen of 16 to 9, below the line with the clock."""

Lengths = Sequence[int]
"""How many letters each line of a text has before it is broken."""


@dataclass(frozen=True, slots=True)
class Fit:
    """In how many columns, and the number of the size among those there are (0 is the largest)."""

    columns: int
    size: int


def lines(length: int, letters: float) -> int:
    """How many lines a text of so many letters needs where a line holds some; an empty one needs one, too."""
    return max(1, -(-length // max(1, int(letters))))


def height(texts: Lengths, width: float, size: float) -> float:
    """How high some texts stand below each other in a column, in the unit of width and size."""
    return sum(lines(one, width / (LETTER * size)) for one in texts) * size * LEADING


def week_size(rows: Sequence[Sequence[Lengths]], columns: float, words: Lengths = ()) -> int:
    """The number of the largest size in which a week fits one sheet, else of the smallest there is.

    rows: each place's cells with their texts; columns: the days, a narrow one counting as a part of one; words: the
    longest of each place's name, which is not to be broken. Where no line is broken at READABLE or more, that is better
    than a larger type.
    """
    width = (WEEK_WIDTH - NAMES_WIDTH) / max(columns, 1) - PADDING
    longest = max((text for cells in rows for cell in cells for text in cell), default=0)
    fit = [number for number, size in enumerate(_sizes()) if _tall(rows, width, size) <= WEEK_HEIGHT]
    named = [one for one in fit if max(words, default=0) * BOLD * _sizes()[one] <= NAMES_WIDTH - PADDING] or fit
    whole = [one for one in named if longest * LETTER * _sizes()[one] <= width and WEEK_POINTS[one] >= READABLE]
    return next(iter(whole or named), len(WEEK_POINTS) - 1)


def _sizes() -> list[float]:
    return [points * MM_PER_POINT for points in WEEK_POINTS]


def _tall(rows: Sequence[Sequence[Lengths]], width: float, size: float) -> float:
    """How high a table is, each row as high as its highest cell."""
    return sum(max((height(cell, width, size) for cell in cells), default=0) + PADDING for cells in rows)


def door_size(texts: Lengths) -> int:
    """The number of the largest size in which the sheet for a door fits one page, else of the smallest."""
    for number, points in enumerate(DOOR_POINTS):
        if height(texts, DOOR_WIDTH, points * MM_PER_POINT) <= DOOR_HEIGHT:
            return number
    return len(DOOR_POINTS) - 1


def wall_fit(houses: Sequence[Lengths], above: Lengths = ()) -> Fit:
    """The columns and the largest size in which all houses fit the screen side by side; the fewest columns of those.

    above: what stands over the whole width before them. A house is as high as the highest of its row. What fits at no
    size gets the smallest, in the most columns.
    """
    for number, size in enumerate(WALL_SIZES):
        left = WALL_HEIGHT - height(above, WALL_WIDTH - 4 * size, size)
        for columns in WALL_COLUMNS:
            width = WALL_WIDTH / columns - 2 * size
            if width < 8 * LETTER * size:
                continue
            rows = [houses[first : first + columns] for first in range(0, len(houses), columns)]
            if sum(max(height(one, width, size) for one in row) + size for row in rows) <= left:
                return Fit(columns, number)
    return Fit(WALL_COLUMNS[-1], len(WALL_SIZES) - 1)
