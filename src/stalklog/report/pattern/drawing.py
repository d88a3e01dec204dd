"""Draw counts as bars: shapes in the units of a drawing, which a page puts in as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.report.pattern.event import StepKind

WIDTH: Final = 720
_ROW_HEIGHT: Final = 78
"""Of the bars of one row at their highest."""
_ABOVE: Final = 50
"""For the row's title, and for the number on the highest bar."""
_TITLE_UP: Final = 24
"""How far above the highest bar the title stands."""
_BELOW: Final = 26
"""For the names of the columns."""
_TICK: Final = 7
_BAR_SHARE: Final = 0.66
_BAR_MAX: Final = 44
_NUMBERS_UNTIL: Final = 26
"""With more columns than this the numbers on the bars would run into one another."""
_LETTER: Final = 6.4
"""About the width of a letter."""
_BETWEEN: Final = 20
"""Between two names: less, and they would run into one another."""
_HALF: Final = 5
"""Half the width of a letter at the size that it has on a narrow screen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of bars."""

    title: str
    css: str
    """What sort of bars they are: `t` for threats and incidents, `m` for messages."""
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line through all rows, or a tick below them."""

    kind: StepKind
    at: float
    """Where, in columns from the left."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar."""

    css: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Text:
    """A word or a number: around its place, beginning there (`h`, `at-start`) or ending there."""

    css: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """A line, in the language of SVG paths."""

    css: str
    d: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished drawing; everything in it lies inside its frame."""

    height: float
    rects: tuple[Rect, ...]
    texts: tuple[Text, ...]
    paths: tuple[Path, ...]


def draw(rows: Sequence[Row], labels: Sequence[str], marks: Sequence[Mark] = ()) -> Drawing:
    """Rows of bars above one another, over the same columns.

    Args:
        rows: Each with as many numbers as there are columns; its highest bar fills its row.
        labels: What the columns are called; empty for one without a name.
        marks: What stands between them.
    """
    step = WIDTH / max(1, len(labels))
    floors = [(number + 1) * (_ABOVE + _ROW_HEIGHT) for number in range(len(rows))]
    bottom = floors[-1] if floors else 0
    rects, texts = [], list(_names(labels, step, bottom))
    for row, floor in zip(rows, floors, strict=True):
        texts.append(Text("h", 0, floor - _ROW_HEIGHT - _TITLE_UP, row.title))
        for rect, number in _bars(row, step, floor):
            rects.append(rect)
            if len(labels) <= _NUMBERS_UNTIL:
                middle = round(rect.x + rect.width / 2, 1)
                texts.append(Text("v", middle, round(rect.y - 5, 1), str(number)))
    paths = [Path("axis", f"M0 {floor} H{WIDTH}") for floor in floors]
    paths += [_path(mark, step, bottom) for mark in marks]
    return Drawing(bottom + _BELOW, tuple(rects), tuple(texts), tuple(paths))


def _bars(row: Row, step: float, floor: float) -> Iterator[tuple[Rect, int]]:
    most = max(row.numbers, default=0)
    width = min(step * _BAR_SHARE, _BAR_MAX)
    for column, number in enumerate(row.numbers):
        if number:
            height = max(1.0, round(_ROW_HEIGHT * number / most, 1))
            x = round(step * (column + 0.5) - width / 2, 1)
            yield Rect(row.css, x, round(floor - height, 1), round(width, 1), height), number


def _names(labels: Sequence[str], step: float, bottom: float) -> Iterator[Text]:
    """The names of the columns, so many as there is room for; every other one only where wide."""
    named = [(column, label) for column, label in enumerate(labels) if label]
    longest = max((len(label) for label in labels), default=0)
    every = max(1, -(-len(named) // int(WIDTH / (longest * _LETTER + _BETWEEN))))
    for number, (column, label) in enumerate(named[::every]):
        css, x, half = "x alt" if number % 2 else "x", step * (column + 0.5), len(label) * _HALF
        if x < half:
            css, x = f"{css} at-start", step * column
        elif x > WIDTH - half:
            css, x = f"{css} at-end", step * (column + 1)
        yield Text(css, round(x, 1), bottom + 18, label)


def _path(mark: Mark, step: float, bottom: float) -> Path:
    x = round(min(WIDTH - 1.0, max(1.0, mark.at * step)), 1)
    if mark.kind == "report":
        return Path("r", f"M{x} {bottom} l{-_TICK / 2} {_TICK} h{_TICK} Z")
    return Path("d" if mark.kind == "demand" else "o", f"M{x} {_ABOVE - 8} V{bottom}")
