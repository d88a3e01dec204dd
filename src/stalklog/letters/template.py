"""A template: its heading, the letter, and what a check finds wrong in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.letters.field import check_fields, fields
from stalklog.letters.heading import lines_of, read_heading, split
from stalklog.letters.language import Problem, parse, values
from stalklog.safety.limits import MAX_TEMPLATE_BYTES
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.letters.heading import Heading
    from stalklog.letters.language import Part


@dataclass(frozen=True, slots=True)
class Template:
    """A template that can be used."""

    name: str
    """What it is called: its file's name without the ending."""
    place: str
    """Where it comes from: a path, or `stalklog` for those that come with it."""
    heading: Heading
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found."""

    heading: Heading | None
    """None where it cannot be read."""
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]
    """By line; empty for a template that can be used."""

    def as_template(self, name: str, place: str) -> Template | None:
        """The template; None where something is wrong in it."""
        if self.problems or self.heading is None:
            return None
        return Template(name, place, self.heading, self.parts)


def check(data: bytes) -> Checked:
    """Read a template and say what in it cannot be used, line by line; it raises on no bytes."""
    text, problem = _text_of(data)
    if problem is not None:
        return Checked(None, (), (problem,))
    head, letter, first_line = split(text)
    heading, problems = read_heading(head)
    parts, more = parse(letter, first_line)
    found = [*_unseen(text), *problems, *more, *check_fields(parts)]
    if not letter.strip():
        found.append(Problem(first_line, _("There is no letter below the heading.")))
    if heading is not None:
        found += _compared(heading, parts, lines_of(head).get("fields", 1))
    return Checked(heading, parts, tuple(sorted(found, key=lambda one: one.line)))


def _text_of(data: bytes) -> tuple[str, Problem | None]:
    if len(data) > MAX_TEMPLATE_BYTES:
        return "", Problem(1, _("The file is too long for a template."))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n"), None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", Problem(line, _("The file is not text in UTF-8. Save it as that."))


def _unseen(text: str) -> Iterator[Problem]:
    """Characters that steer a screen or hide: in a letter nobody would see them."""
    for number, line in enumerate(text.split("\n"), start=1):
        unseen = next((char for char in line if safe(char) not in {char, " "}), "")
        if unseen:
            told = _("A character that nobody sees, {name}, stands here. Type this line anew.")
            yield Problem(number, told.format(name=safe(unseen)))


def _compared(heading: Heading, parts: Sequence[Part], line: int) -> Iterator[Problem]:
    """The heading names what the letter uses, no more and no less."""
    known = fields()
    used = {name for name in values(tuple(parts)) if name in known}
    for name in sorted(used - set(heading.fields)):
        told = _("The letter uses {name}, and fields in the heading does not name it.")
        yield Problem(line, told.format(name=name))
    for name in sorted(set(heading.fields) - used):
        told = _("fields in the heading names {name}, which the letter does not use.")
        yield Problem(line, told.format(name=name[:40]))
