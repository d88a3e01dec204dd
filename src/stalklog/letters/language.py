"""The language of the templates: named fields and blocks, and nothing that could be run.

It is a part of Mustache (mustache.5): `{{field}}`; `{{#field}} … {{/field}}`, which stands once for
each thing in a list, and for a single field only where there is something to put in; `{{^field}} …
{{/field}}`, where there is nothing; `{{! a remark }}`. A tag of a block or a remark that stands
alone on its line takes the line with it. There are no expressions, no calls, no parts from
elsewhere and no way to turn the escaping off: what is none of these four is refused by its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from stalklog.i18n import gettext as _
from stalklog.safety.limits import MAX_TEMPLATE_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG: Final = re.compile(r"\{\{([^{}\n]{0,200})\}\}")
_ALONE: Final = re.compile(r"^[ \t]*(\{\{[#^/!][^{}\n]{0,200}\}\})[ \t]*(?:\n|\Z)", re.MULTILINE)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,49}")
_BRACE: Final = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a template that cannot be used."""

    line: int
    """Where, counted from 1."""
    message: str
    """What is wrong, and what can be done."""


@dataclass(frozen=True, slots=True)
class Words:
    """The template's own words."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A field that is put in."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """What stands once for each thing in a list, or only where there is something, or nothing."""

    name: str
    is_for_nothing: bool
    """Whether it stands where there is nothing."""
    line: int
    parts: tuple[Part, ...]


Part: TypeAlias = "Words | Value | Block"


@dataclass(slots=True)
class _Open:
    """A block that is being read."""

    name: str
    is_for_nothing: bool
    line: int
    parts: list[Part]


def parse(text: str, first_line: int = 1) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
    """What a template consists of, and what in it cannot be understood.

    Args:
        text: The template without its heading.
        first_line: The number of its first line in the file.
    """
    reading = _Reading(first_line)
    end = 0
    for start, stop, inner in _tags(text):
        reading.take_words(text[end:start])
        reading.take_tag(inner)
        reading.pass_lines(text[start:stop])
        end = stop
    reading.take_words(text[end:])
    return reading.finished()


def values(parts: tuple[Part, ...]) -> Iterator[str]:
    """The name of every field and block, in the order of the template, as often as it stands."""
    for part in parts:
        if isinstance(part, Words):
            continue
        yield part.name
        if isinstance(part, Block):
            yield from values(part.parts)


def _tags(text: str) -> Iterator[tuple[int, int, str]]:
    """Each tag: from where to where, with its line where it takes it, and what stands in it."""
    alone = {found.start(1): found.span() for found in _ALONE.finditer(text)}
    for found in _TAG.finditer(text):
        start, stop = alone.get(found.start(), found.span())
        yield start, stop, found[1].strip()


class _Reading:
    """A template as it is read, tag by tag."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._stack = [_Open("", is_for_nothing=False, line=line, parts=[])]
        self._problems: list[Problem] = []

    def take_words(self, text: str) -> None:
        for number, line in enumerate(text.split("\n") if _BRACE.search(text) else ()):
            if _BRACE.search(line):
                told = _("A brace that belongs to no field. A field is written {{name}}.")
                self._refuse(told, self._line + number)
        if text:
            self._stack[-1].parts.append(Words(text))
        self.pass_lines(text)

    def pass_lines(self, text: str) -> None:
        self._line += text.count("\n")

    def take_tag(self, inner: str) -> None:
        mark, name = inner[:1], inner[1:].strip()
        if mark == "!":
            return
        if mark not in {"#", "^", "/"}:
            mark, name = "", inner
        if not _NAME.fullmatch(name):
            self._refuse(
                _(
                    "Between the braces there may only be the name of a field, after #, ^ or / "
                    "where it is a block."
                )
            )
        elif mark == "/":
            self._close(name)
        elif mark:
            self._open(name, is_for_nothing=mark == "^")
        else:
            self._stack[-1].parts.append(Value(name, self._line))

    def finished(self) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
        while len(self._stack) > 1:
            opened = self._stack[-1]
            told = _("The block {name} is not closed: it needs {{/{name}}}.")
            self._refuse(_filled(told, opened.name), opened.line)
            self._leave()
        problems = tuple(sorted(self._problems, key=lambda problem: problem.line))
        return tuple(self._stack[0].parts), tuple(dict.fromkeys(problems))

    def _open(self, name: str, *, is_for_nothing: bool) -> None:
        if len(self._stack) > MAX_TEMPLATE_DEPTH:
            self._refuse(_("Blocks stand too deep in one another here."))
            return
        self._stack.append(_Open(name, is_for_nothing, self._line, []))

    def _close(self, name: str) -> None:
        if self._stack[-1].name != name:
            told = _("{{/{name}}} closes no block that is open here.")
            self._refuse(_filled(told, name))
            return
        self._leave()

    def _leave(self) -> None:
        opened = self._stack.pop()
        block = Block(opened.name, opened.is_for_nothing, opened.line, tuple(opened.parts))
        self._stack[-1].parts.append(block)

    def _refuse(self, message: str, line: int | None = None) -> None:
        self._problems.append(Problem(self._line if line is None else line, message))


def _filled(told: str, name: str) -> str:
    """A sentence with the name in it; its other braces are shown."""
    return told.replace("{name}", name)
