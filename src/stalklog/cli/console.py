"""How things look: plain lines and colours, tables, JSON, and what a stranger wrote made safe."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TextIO

from stalklog.cli.process import is_ending
from stalklog.cli.table import GAP, cells_of, widths_of
from stalklog.core.entry import JsonValue
from stalklog.errors import OutputError
from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.safety.text import safe, safe_name

_WIDEST_PROSE = 88
"""Longer lines are hard to read."""
_PLAIN_WIDTH = 100
"""The width of a table that goes into a file or a pipe."""
_STYLES = {
    "bold": "\x1b[1m",
    "dim": "\x1b[2m",
    "good": "\x1b[32m",
    "warn": "\x1b[33m",
    "bad": "\x1b[31m",
    "id": "\x1b[36m",
    "paper": "\x1b[30;47m",
}
_OFF = "\x1b[0m"
_THOUSAND = 1000
_UNITS = ("KB", "MB", "GB")
"""Of a thousand each, as disks are sold."""


class Styled(NamedTuple):
    """A piece of a line that has a look; only our own code can give it one."""

    text: str
    style: str


def bold(text: str) -> Styled:
    """What the eye should find first."""
    return Styled(text, "bold")


def dim(text: str) -> Styled:
    """What may be passed over."""
    return Styled(text, "dim")


def good(text: str) -> Styled:
    """What is well."""
    return Styled(text, "good")


def warn(text: str) -> Styled:
    """What deserves a look."""
    return Styled(text, "warn")


def bad(text: str) -> Styled:
    """What is damaged."""
    return Styled(text, "bad")


def ident(text: str) -> Styled:
    """The id of an entry."""
    return Styled(text, "id")


Part = str | Styled


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a command answers: stdout is the answer, stderr is everything else."""

    is_json: bool = False
    """Whether the answer is for a program."""
    no_color: bool = False
    """Whether colours were declined on the command line."""

    def answer(self, value: JsonValue, show: Callable[[], None]) -> None:
        """Give the answer: as one JSON value, or in words by calling `show`."""
        if self.is_json:
            write_json(value)
        else:
            show()

    def say(self, *parts: Part) -> None:
        """Write one line of the answer."""
        self.say_all((parts,))

    def say_all(self, lines: Iterable[Sequence[Part]]) -> None:
        """Write many lines of the answer."""
        stream = sys.stdout
        is_coloured = self.has_colour(stream)
        for parts in lines:
            _write(stream, _line(parts, is_coloured=is_coloured) + "\n")

    def tell(self, *parts: Part) -> None:
        """Write one line that is not the answer: a hint, a warning, a question."""
        _write(sys.stderr, self._line(sys.stderr, parts) + "\n")

    def prompt(self, text: str) -> None:
        """Write the beginning of a line that the person will end."""
        _write(sys.stderr, self._line(sys.stderr, (text,)))

    def heading(self, text: str) -> None:
        """Begin a part of the answer."""
        self.say()
        self.say(bold(text))

    def prose(self, text: str, *, indent: str = "", first: str | None = None) -> None:
        """Write sentences of our own, broken where the screen ends."""
        for line in _wrapped(text, self.width(), indent, first):
            self.say(line)

    def tell_prose(self, text: str, *, indent: str = "", style: str | None = None) -> None:
        """The same, for what is not the answer."""
        for line in _wrapped(text, self.width(), indent, None):
            self.tell(line if style is None else Styled(line, style))

    def quote(self, text: str, *, indent: str = "    ") -> None:
        """Write somebody's words, each line marked, so that none can pass for one of ours."""
        for line in safe(text, keep_newlines=True).split("\n"):
            self.say(indent, dim("| "), line)

    def hint(self, text: str) -> None:
        """Say quietly what can be done next; on a terminal only, as programs need no hints."""
        if not self.is_json and sys.stderr.isatty():
            self.tell()
            self.tell_prose(text, style="dim")

    def pairs(self, rows: Iterable[tuple[str, Part]], *, indent: str = "  ") -> None:
        """Write names and values below one another."""
        shown = [(name, value) for name, value in rows if _text(value)]
        widest = max((len(name) for name, _value in shown), default=0)
        for name, value in shown:
            self.say(indent, dim(name.ljust(widest)), "  ", value)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Part]]) -> None:
        """Write a table; its cells may be strangers' words."""
        looks = [["dim"] * len(columns)]
        texts = [[safe(column) for column in columns]]
        for row in rows:
            looks.append([cell.style if isinstance(cell, Styled) else "" for cell in row])
            texts.append([safe(_text(cell)) for cell in row])
        widths = widths_of(texts, self.width() if sys.stdout.isatty() else _PLAIN_WIDTH)
        is_coloured = self.has_colour(sys.stdout)
        for styles, cells in zip(looks, texts, strict=True):
            for line in cells_of(cells, widths):
                dressed = map(_painted, line, styles) if is_coloured else line
                _write(sys.stdout, GAP.join(dressed).rstrip() + "\n")

    def can_ask(self) -> bool:
        """Whether a person is there to answer a question."""
        is_there = sys.stdin.isatty() and sys.stderr.isatty() and not is_ending()
        return is_there and not self.is_json

    def has_colour(self, stream: TextIO) -> bool:
        """Whether colours are wanted and understood there."""
        return (
            not self.no_color
            and stream.isatty()
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM") != "dumb"
            and (os.name != "nt" or "WT_SESSION" in os.environ)
        )

    def width(self) -> int:
        """How many columns the screen has."""
        return shutil.get_terminal_size((80, 24)).columns

    def _line(self, stream: TextIO, parts: Iterable[Part]) -> str:
        return _line(parts, is_coloured=self.has_colour(stream))


def write_json_list(values: Iterable[JsonValue], stream: TextIO | None = None) -> None:
    """Write a JSON array on one line as its members come, however many there are."""
    stream = stream or sys.stdout
    between = "["
    for value in values:
        _put(stream, between + _json_of(value, stream))
        between = ", "
    _put(stream, "]\n" if between == ", " else "[]\n")


def write_json(value: JsonValue, stream: TextIO | None = None) -> None:
    """Write one JSON value on one line; strings are exact."""
    stream = stream or sys.stdout
    _put(stream, _json_of(value, stream) + "\n")


def _json_of(value: JsonValue, stream: TextIO) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def unanswered(error: OSError) -> OutputError:
    """What to tell when the answer could not be written, to a full disk for example."""
    return OutputError(
        _("The answer cannot be written there ({reason}). What was saved is in the vault.").format(
            reason=error.strerror or type(error).__name__
        ),
        hint=_("See what there is with: stalklog list all"),
    )


def json_name(path: str) -> Mapping[str, JsonValue]:
    """A file name for JSON: exact, or made safe and in base64 where it is not UTF-8."""
    try:
        path.encode()
    except UnicodeEncodeError:
        exact = b64encode(os.fsencode(path)).decode()
        return {"path": safe_name(path), "path_base64": exact}
    return {"path": path}


def size_in_words(size_bytes: int) -> str:
    """A number of bytes as a person says it."""
    if size_bytes < _THOUSAND:
        return ngettext("{n} byte", "{n} bytes", size_bytes).format(n=size_bytes)
    size, unit = size_bytes / _THOUSAND, 0
    while size >= _THOUSAND and unit < len(_UNITS) - 1:
        size, unit = size / _THOUSAND, unit + 1
    return f"{size:.1f} {_UNITS[unit]}"


def _line(parts: Iterable[Part], *, is_coloured: bool) -> str:
    return "".join(map(_dressed, parts)) if is_coloured else safe("".join(map(_text, parts)))


def _text(part: Part) -> str:
    return part.text if isinstance(part, Styled) else part


def _dressed(part: Part) -> str:
    text = safe(_text(part))
    if not (text and isinstance(part, Styled)):
        return text
    return f"{_STYLES[part.style]}{text}{_OFF}"


def _painted(text: str, style: str) -> str:
    return f"{_STYLES[style]}{text}{_OFF}" if style and text.strip() else text


def _wrapped(text: str, width: int, indent: str, first: str | None) -> list[str]:
    return textwrap.wrap(
        text,
        min(width, _WIDEST_PROSE),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _write(stream: TextIO, text: str) -> None:
    try:
        _put(stream, text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        _put(stream, text.encode(encoding, "backslashreplace").decode(encoding))
    if stream is sys.stderr:
        stream.flush()


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except BrokenPipeError:
        raise  # nobody reads any more: nothing to tell
    except OSError as error:
        raise unanswered(error) from error
